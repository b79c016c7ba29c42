"""Whatever is sent and wherever: never an error of the program, nothing worked out, nothing of others, no other file.

Addresses are taken from the application's own table and fields from the forms of its pages, so that new ones are tried
by themselves. What each form refuses, and who may ask for what, is shown elsewhere.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from course import clock
from course.core.accounts import Purpose, Role
from course.store import accounts, cohorts, personal
from course.store.engine import writing
from course.web import passwords
from tests.conftest import FILES, MakeApp
from tests.hostile import ELSEWHERE, INJECTIONS, LINES, PRODUCT, SCRIPTS, TEMPLATES, TRAVERSALS, line
from tests.web.browsing import HERE, Fields, Form, Page, Visitor, check
from tests.web.conftest import Rows
from tests.web.everything import write_everything
from tests.web.people import ANA, PASSWORD, sign_in
from tests.web.test_routes import MADE_UP, THINGS, Person, address, busy

COOKIES = {"course", "theme", "zone", "zone-set", "keys", "view"}
PARAMETERS = [
    "q",
    "in",
    "retry",
    "again",
    "seed",
    "done",
    "kept",
    "next",
    "address",
    "all",
    "topic",
    "page",
    "csrf_token",
]
# What no page may hold: the key that signs cookies, a hash, what stands in files that are not served.
SECRETS = ("0123456789abcdef" * 4, "$argon2", "root:x:0", "[tool.ruff]", "SQLite format 3", "[core]", "Traceback")


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_everything(tmp_path / "ship"))


@pytest.fixture
def ana(app: Flask) -> Person:
    """Return somebody with an account that may see every page, who has one of everything, and a cohort."""
    with app.app_context():
        made = accounts.make(ANA, "Ana", passwords.hashed(PASSWORD), Role.ADMIN, clock.now())
        member = accounts.make("member@example.org", "Member", passwords.hashed(PASSWORD), Role.LEARNER, clock.now())
        assert made is not None
        assert member is not None
        cohort = cohorts.own(cohorts.make("Spring", made.learner_id, clock.now()), made.learner_id)
        assert cohort is not None
        codes = [cohorts.invite(cohort, clock.now() + timedelta(days=1), 9, clock.now()) for _ in range(2)]
        assert cohorts.join(codes[0], member.learner_id, "Member", clock.now())
    visitor = Visitor(app)
    assert sign_in(visitor).status == 303
    person = busy(app, visitor)
    person.things |= {"cohort_id": cohort.id, "code": codes[1]}
    return person


@pytest.fixture
def bob(app: Flask) -> Person:
    """Return a guest who has one of everything."""
    visitor = Visitor(app)
    visitor.send(visitor.open("/learn/first/ship"), "/read")
    return busy(app, visitor)


def everything_of(app: Flask, person: Person) -> object:
    """All that is kept of somebody."""
    with person.browser.client.session_transaction() as session:
        learner = session["learner"]
    with app.app_context():
        return personal.everything(learner)


def of_work(rows: Rows) -> dict[str, int]:
    """The rows of each table but those that count or note what was asked for."""
    return {name: number for name, number in rows().items() if name not in {"allowance", "audit"}}


def rules(app: Flask, method: str) -> list[Rule]:
    """Every rule that takes a method."""
    return sorted((rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())), key=str)


def addresses(app: Flask, method: str, person: Person, kinds: Sequence[str] = ("running", "exercise")) -> list[str]:
    """Every address, with somebody's things of these kinds in the place of its variables."""
    return [
        address(f"{method} {rule.rule}", {**MADE_UP, **person.things, "attempt_id": person.things[kind]})[1]
        for rule in rules(app, method)
        for kind in (kinds if "attempt_id" in rule.arguments else kinds[:1])
    ]


def is_well(answer: TestResponse) -> None:
    """Assert what holds of every answer to anything: a page for people, or JSON with a sentence, and no trap in it."""
    where = (answer.request.method, answer.request.path[:100], answer.status)
    assert answer.status_code < 500, where
    check(answer)
    for name, value in answer.headers:
        assert value.isprintable(), (where, name)
    for value in answer.headers.getlist("Set-Cookie"):
        assert value.partition("=")[0] in COOKIES, where
    target = answer.headers.get("Location", "/")
    assert urlsplit(target).netloc in {"", "localhost"}, (where, target)
    assert not target.startswith(("//", "/\\", "\\")), (where, target)
    text = answer.get_data(as_text=True) if answer.mimetype == "text/html" or answer.is_json else ""
    assert PRODUCT not in text, where
    for secret in SECRETS:
        assert secret not in text, (where, secret)
    if answer.is_json and answer.status_code in {400, 403, 405, 413}:
        assert answer.get_json()["next"].endswith("."), where
    elif answer.is_json:  # what scripts are told: tests/web/test_json_fuzz.py
        assert answer.status_code in {200, 404, 409, 410, 422}, where
    elif answer.status_code >= 400:
        assert "<h1" in text, where
        assert "</html>" in text, where


def encoded(fields: Fields) -> str:
    return urlencode(fields, errors="surrogatepass")


def post(person: Visitor, path: str, fields: Fields, **headers: str) -> TestResponse:
    """Send a form."""
    kind = "application/x-www-form-urlencoded"
    answer = person.client.post(path, data=encoded(fields), content_type=kind, headers={**HERE, **headers})
    is_well(answer)
    return answer


# ---- every field of every form ----


@dataclass(frozen=True)
class Field:
    """A field of a form in a page."""

    form: Form
    name: str


def fields_of(app: Flask, person: Person) -> dict[tuple[str, str], Field]:
    """Every field of every form that somebody is shown, by the rule it is sent to and its name."""
    found: dict[tuple[str, str], Field] = {}
    urls = app.url_map.bind("")
    for path in addresses(app, "GET", person, THINGS):
        answer = person.browser.client.get(path)
        if answer.mimetype != "text/html":
            continue
        for form in Page(answer).forms:
            if form.method == "post":
                rule = str(urls.match(urlsplit(form.action).path, "POST", return_rule=True)[0].rule)
                for name in {*dict(form.fields), *form.choices, *(name for name, _ in form.buttons if name)}:
                    # Cards and gaps are named by a hash; one of each stands for all.
                    found.setdefault((rule, name[:5]), Field(form, name))
    return found


@pytest.mark.parametrize("who", ["guest", "account"])
def test_no_text_in_any_field_is_anything_but_a_text(
    app: Flask, request: pytest.FixtureRequest, who: str, rows: Rows
) -> None:
    person: Person = request.getfixturevalue("ana" if who == "account" else "bob")
    fields = fields_of(app, person)
    assert len({rule for rule, _ in fields}) >= 15
    other = Visitor(app)
    other.send(other.open("/learn/first/ship"), "/read")
    theirs, tables = everything_of(app, Person(other)), set(rows())
    for number, ((rule, _), field) in enumerate(fields.items()):
        if rule == "/signout":
            continue
        for text in INJECTIONS[number % 6 :: 6]:
            answer = post(person.browser, field.form.action, field.form.filled({field.name: text}))
            assert answer.status_code in {200, 303, 400, 403, 404, 409, 410, 422, 429}, (rule, field.name, text[:50])
    assert everything_of(app, Person(other)) == theirs
    assert tables <= set(rows()), "a table was emptied"


def test_no_text_in_the_name_of_a_field_is_anything_but_a_name(app: Flask, bob: Person) -> None:
    names = [(text, text) for text in INJECTIONS]
    for path in addresses(app, "POST", bob):
        if path not in {"/signout", "/account/delete"}:
            post(bob.browser, path, [*names, ("csrf_token", bob.token)])
            assert post(bob.browser, path, names).status_code in {400, 413}


def test_no_text_in_an_address_is_anything_but_a_text(app: Flask, ana: Person, rows: Rows) -> None:
    ana.browser.open("/review")  # works answers in
    before = of_work(rows)
    for number, path in enumerate(addresses(app, "GET", ana)):
        for text in INJECTIONS[number % 8 :: 8]:
            query = encoded([(name, text[:2000]) for name in PARAMETERS])
            answer = ana.browser.client.get(f"{path}?{query}")
            is_well(answer)
            assert answer.status_code in {200, 302, 303, 403, 404, 429}, (path, text[:50])
    assert of_work(rows) == before


def test_no_text_in_the_place_of_a_variable_is_anything_but_not_there(app: Flask, ana: Person, rows: Rows) -> None:
    before = of_work(rows)
    texts = (*INJECTIONS, *SCRIPTS[::9])
    for number, rule in enumerate(rule for rule in app.url_map.iter_rules() if rule.arguments):
        for text in texts[number % 3 :: 3]:
            part = quote_from_bytes(text.encode("utf-8", "surrogatepass")[:2000], safe="")
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<int:{name}>", part).replace(f"<path:{name}>", part).replace(f"<{name}>", part)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                data = {"csrf_token": ana.token} if method == "POST" else None
                answer = ana.browser.client.open(path, method=method, data=data, headers=HERE)
                is_well(answer)
                assert answer.status_code in {308, 403, 404, 405}, (path[:100], method)
    assert of_work(rows) == before


def test_the_first_and_the_last_day_there_is_break_no_page(app: Flask, bob: Person) -> None:
    for day, zone in (
        ("0001-01-01", "Pacific/Kiritimati"),
        ("0999-12-31", ""),
        ("1970-01-01", "Pacific/Niue"),
        ("9999-12-31", "Pacific/Niue"),
    ):
        page = bob.browser.send(bob.browser.open("/account"), "/account", exam_on=day, zone=zone)
        assert page.status == 303
        for path in addresses(app, "GET", bob):
            is_well(bob.browser.client.get(path))


# ---- headers ----

NAMES = ["Referer", "Origin", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "X-Forwarded-For", "Cookie"]
NAMES += [
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "Content-Type",
    "Content-Length",
    "Authorization",
    "X-Requested-With",
]


def raw(
    app: Flask, path: str, method: str = "GET", body: bytes = b"", **environ: str
) -> tuple[int, str, list[tuple[str, str]]]:
    """Ask as a server does, with bytes that no client would send; return status, text and headers."""
    asked = EnvironBuilder(path=path, method=method, input_stream=io.BytesIO(body)).get_environ()
    asked.update({"CONTENT_LENGTH": str(len(body)), **environ})
    parts, status, headers = run_wsgi_app(app.wsgi_app, asked, buffered=True)
    return int(status[:3]), b"".join(parts).decode(errors="replace"), list(headers)


def test_no_header_is_anything_but_a_text(app: Flask) -> None:
    texts = [text.encode("utf-8", "surrogatepass").decode("latin-1")[:5000] for text in (*INJECTIONS, *SCRIPTS[::9])]
    for number, text in enumerate([*texts, "\xff", "\xc3\x28", "bytes=0-99999999999", "*/*;q=nan", "x" * 20_000]):
        path = ("/learn", "/search?q=a", "/account", "/nothing", "/static/x/css/course.css", "/signin")[number % 6]
        for name in NAMES:
            key = name.upper().replace("-", "_")
            where = key if key.startswith("CONTENT") else f"HTTP_{key}"
            status, body, headers = raw(app, path, "GET", b"", **{where: text})
            assert status < 500, (name, text[:50])
            assert PRODUCT not in body
            assert all(value.isprintable() for _, value in headers), (name, text[:50])
            assert raw(app, "/theme", "POST", b"theme=dark", **{where: text})[0] in {303, 400, 403, 413}, (
                name,
                text[:50],
            )


def test_no_cookie_is_anything_but_a_text(app: Flask) -> None:
    for number, text in enumerate((*INJECTIONS, *SCRIPTS[::5])):
        value = text.encode("utf-8", "surrogatepass").decode("latin-1")[:3000]
        cookies = "; ".join(f"{name}={value}" for name in sorted(COOKIES))
        for path in ("/account", "/review", "/progress", "/help")[number % 4 :][:2]:
            status, body, headers = raw(app, path, HTTP_COOKIE=cookies)
            assert status == 200, (path, text[:50])
            assert PRODUCT not in body
            assert all(value.isprintable() for _, value in headers)


def test_no_line_break_reaches_a_header_or_leads_elsewhere(app: Flask, ana: Person) -> None:
    """`next`, the theme's way back, and cookies that are set from what was sent."""
    token = encoded([("csrf_token", Visitor(app).open("/help").form("/theme").value("csrf_token"))])
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_SEC_FETCH_SITE": "same-origin"}
    for text in LINES:
        again = Visitor(app)
        with app.app_context(), writing() as connection:
            connection.exec_driver_sql("DELETE FROM allowance")  # more often than one may sign in
        fields = {"address": ANA, "password": PASSWORD, "next": text}
        answer = post(again, "/signin", again.open("/signin").form("/signin").filled(fields))
        assert answer.status_code == 303
        for path, name in (("/theme", "theme"), ("/help/keys", "slash"), ("/account", "zone")):
            post(ana.browser, path, [("csrf_token", ana.token), (name, text)])
        referer = f"http://localhost/learn?{text}".encode().decode("latin-1")
        status, _, headers = raw(app, "/theme", "POST", token.encode(), HTTP_REFERER=referer, **kind)
        assert status == 303
        assert all(value.isprintable() for _, value in headers)
        assert dict(headers)["Location"].startswith("/")


# ---- mails ----


BEHIND = [
    "\r\nBcc: eve@evil.example",
    "\nBcc: eve@evil.example",
    "\rX: y",
    "\0",
    "\x0bX",
    "@x",
    "%0aBcc:e@evil.example",
]
ADDRESSES = [
    *(f"ana@example.org{text}" for text in [*BEHIND, ", eve@evil.example", ";eve@evil.example"]),
    *('"a\r\nBcc: b"@example.org', "<ana@example.org>", "Ana <ana@example.org>", "a\u2028b@example.org"),
    *("ana@[127.0.0.1]", "ana@localhost", "(c)a@example.org", "a@" + "b." * 200 + "org", "@", "a@b@c"),
]


@pytest.mark.parametrize("given", ADDRESSES)
@pytest.mark.parametrize("path", ["/signup", "/reset"])
def test_no_address_with_more_than_an_address_in_it_is_written_to(
    visitor: Visitor, rows: Rows, capsys: pytest.CaptureFixture[str], path: str, given: str
) -> None:
    page = visitor.send(visitor.open(path), path, address=given)
    assert page.status == 422
    assert capsys.readouterr().err == ""
    assert rows() == {}


def test_a_title_of_several_lines_or_with_odd_characters_is_one_subject(
    make_app: MakeApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_everything(tmp_path / "course")
    file = folder / "content/course.md"
    title = '"Ship\\r\\nBcc: eve@evil.example\\n\\n\\0\\x85\\u2028Study \\U0001F6A2"'
    file.write_text(file.read_text("utf-8").replace("title: Ship Study", f"title: {title}"), "utf-8")
    visitor = Visitor(make_app(folder))
    for path in ("/signup", "/reset"):
        assert visitor.send(visitor.open(path), path, address="ana@example.org").status == 200
        (subject,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("Subject:")]
        assert subject == "Subject: Ship Bcc: eve@evil.example Study \U0001f6a2: your link"


@pytest.mark.parametrize("text", [*LINES, "\0", "\u202eeve", "{{918273*645546}}", "'; DROP TABLE account; --"])
def test_a_name_is_one_line_of_text(app: Flask, visitor: Visitor, text: str, rows: Rows) -> None:
    with app.app_context():
        number = accounts.write_letter(Purpose.SIGN_UP, ANA, clock.now())
    page = visitor.open(f"/signup/{number}")
    fields = page.form(number).filled({"name": text, "password": PASSWORD})
    assert post(visitor, f"/signup/{number}", fields).status_code == 303
    with app.app_context():
        kept = accounts.by_address(ANA)
    assert kept is not None
    assert kept.name == " ".join(text.split())
    assert rows()["account"] == 1
    is_well(visitor.open("/account").response)


# ---- where the course is, and who asks ----

FORWARDED = {
    "X-Forwarded-Host": ELSEWHERE,
    "X-Forwarded-Server": ELSEWHERE,
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": f"//{ELSEWHERE}",
    "X-Forwarded-Proto": "gopher",
    "X-Original-URL": "/account",
    "X-Rewrite-URL": "/account",
    "X-Original-Host": ELSEWHERE,
    "X-Host": ELSEWHERE,
    "Forwarded": f"for=1.2.3.4;host={ELSEWHERE};proto=https",
    "X-Script-Name": f"//{ELSEWHERE}",
}


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_links_in_mails_and_redirects_lead_to_the_address_that_is_set_whoever_asks(
    make_app: MakeApp, tmp_path: Path, capsys: pytest.CaptureFixture[str], proxies: int
) -> None:
    more: dict[str, Any] = {"proxies": proxies, "address": "https://learn.example.org"}
    app = make_app(write_everything(tmp_path / "course"), **more)
    for path in ("/signup", "/reset"):
        visitor = Visitor(app)
        fields = visitor.open(path).form(path).filled({"address": f"ana{len(path)}@example.org"})
        answer = post(visitor, path, fields, Host=ELSEWHERE, Origin=f"http://{ELSEWHERE}", **FORWARDED)
        assert answer.status_code == 200
        told = capsys.readouterr().err
        assert "https://learn.example.org/" in told
        assert ELSEWHERE not in told
    page = visitor.open("/learn/first/ship", **{name.replace("-", "_"): value for name, value in FORWARDED.items()})
    assert ELSEWHERE not in page.html
    moved = visitor.client.get("/learn//first/ship", headers={"Host": ELSEWHERE, **FORWARDED})
    assert moved.status_code in {308, 404}
    read = visitor.send(page, "/read")
    assert read.location.startswith("/")


def test_nobody_says_for_themselves_where_they_ask_from(make_app: MakeApp, tmp_path: Path) -> None:
    """Limits count by network: that of the connection, or behind a proxy what that proxy saw, the last in its list."""
    for proxies, expected in ((0, "127.0.0.1"), (1, "9.9.9.9")):
        more: dict[str, Any] = {"proxies": proxies}
        app = make_app(write_everything(tmp_path / f"course-{proxies}"), **more)
        visitor = Visitor(app)
        headers = {"X-Forwarded-For": "1.2.3.4, 9.9.9.9", "X-Real-IP": "5.6.7.8", "Client-IP": "5.6.7.8", **FORWARDED}
        fields = visitor.open("/signin").form("/signin").filled({"address": ANA, "password": "x"})
        assert post(visitor, "/signin", fields, **headers).status_code == 422
        with app.app_context():
            assert accounts.allow([f"signin/{expected}"], 1, timedelta(minutes=1), clock.now()) is not None
            for made_up in ("1.2.3.4", "5.6.7.8"):
                assert accounts.allow([f"signin/{made_up}"], 1, timedelta(minutes=1), clock.now()) is None


@pytest.mark.parametrize(
    "host", ["", "a b", "x" * 300, "é.example", "[::1", "localhost:99999", "/", "a\tb", "<b>", "a'\"", "a@b"]
)
def test_no_host_gives_an_error_where_an_address_is_made_of_it(app: Flask, host: str) -> None:
    token = Visitor(app).open("/help").form("/theme").value("csrf_token")
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_SEC_FETCH_SITE": "same-origin"}
    fields = encoded([("csrf_token", token), ("address", ANA), ("password", "x"), ("next", "/learn")]).encode()
    for path in ("/signup", "/reset", "/signin", "/theme"):
        status, text, headers = raw(app, path, "POST", fields, HTTP_HOST=host.encode().decode("latin-1"), **kind)
        assert status < 500, path
        assert all(value.isprintable() for _, value in headers)
        assert "<b>" not in text


# ---- methods ----


def overriding(method: str) -> dict[str, str]:
    return dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), method)


def test_a_method_is_what_it_is(app: Flask, bob: Person, rows: Rows) -> None:
    bob.browser.open("/review")  # works answers in
    before = of_work(rows)
    for path in addresses(app, "POST", bob):
        for method in ("POST", "DELETE", "PUT"):
            query = encoded([("_method", method), ("csrf_token", bob.token), ("sure", "yes")])
            looked = bob.browser.client.get(f"{path}?{query}", headers={**HERE, **overriding(method)})
            is_well(looked)
        sent = bob.browser.client.post(
            path, data={"_method": "GET", "sure": "yes"}, headers={**HERE, **overriding("GET")}
        )
        is_well(sent)
        assert sent.status_code == 400
    assert of_work(rows) == before


# ---- bodies ----


def bodies(token: str) -> Iterator[tuple[str, str, bytes]]:
    """Name, content type, and body."""
    form, good = "application/x-www-form-urlencoded", f"csrf_token={token}".encode()
    part = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode()
    yield "JSON", "application/json", b'{"csrf_token": "x", "sure": "yes", "theme": "dark"}'
    yield "broken JSON", "application/json", b'{"csrf_token": '
    yield "deep JSON", "application/json", b"[" * 100_000
    yield "XML", "application/xml", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    yield "plain", "text/plain", good
    yield "nothing said", "", good
    yield "a kind that is none", "\x00/\xff; charset=\x00", good
    yield "a kind of many words", "application/" + "x" * 9000, good
    yield "another charset", f"{form}; charset=utf-16", good.decode().encode("utf-16")
    yield "a charset that is none", f"{form}; charset=nonsense", good
    yield "a boundary that is none", "multipart/form-data", part
    yield "another boundary", "multipart/form-data; boundary=y", part
    yield "an empty boundary", "multipart/form-data; boundary=", part
    yield "a huge boundary", "multipart/form-data; boundary=" + "x" * 5000, part
    yield "no end", "multipart/form-data; boundary=x", part
    yield "no head", "multipart/form-data; boundary=x", b"--x\r\n\r\nbody\r\n--x--"
    yield "no name", "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"
    yield (
        "odd names",
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="\xff\x00"; filename="../../x\x00"\r\n'
            b"Content-Type: text/html; charset=utf-7\r\n\r\n\xff\xfe\r\n--x--\r\n"
        ),
    )
    yield (
        "a file for a token",
        "multipart/form-data; boundary=x",
        (b'--x\r\nContent-Disposition: form-data; name="csrf_token"; filename="a"\r\n\r\nx\r\n--x--\r\n'),
    )
    yield (
        "an encoded part",
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\nContent-Type: text/plain; charset=utf-16\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\neA==\r\n--x--\r\n"
        ),
    )
    yield "a thousand parts and more", "multipart/form-data; boundary=x", part * 1500 + b"--x--\r\n"
    yield (
        "parts in parts",
        "multipart/mixed; boundary=x",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--",
    )
    yield "no UTF-8", form, b"csrf_token=%ff%fe\xff&\xff=\xff&a=%ed%a0%80&%=%zz&%u0041=1"
    yield "NUL", form, b"csrf_token=\0&\0=\0&a=%00"
    yield "nothing but signs", form, b"&&&===;;;%%%"
    yield "ten thousand fields", form, good + b"".join(b"&f%d=x" % n for n in range(10_000))
    yield "ten thousand times one field", form, good + b"&choice=x&look=1&position=1&theme=dark" * 2_500
    yield "a token twice, the wrong one first", form, b"csrf_token=x&" + good
    yield "a very long value", form, good + b"&choice=" + b"x" * 900_000
    yield "a very long name", form, good + b"&" + b"x" * 900_000 + b"=1"
    yield "more than is taken", form, good + b"&a=" + b"x" * 1_100_000
    numbers = (b"position", b"look", b"seconds", b"number", b"sequence", b"shown", b"flag_look", b"go")
    yield "huge numbers", form, good + b"".join(b"&%s=%s" % (name, b"9" * 5000) for name in numbers)
    yield "names in brackets", form, good + b"&a[b][c]=1&a[]=2&a.b=3&__proto__[x]=1&constructor.prototype=1"
    yield "packed", form, gzip.compress(good)


def test_no_body_gives_an_error_and_without_its_token_none_changes_anything(
    app: Flask, bob: Person, rows: Rows
) -> None:
    paths = addresses(app, "POST", bob)
    before = of_work(rows)
    for name, kind, body in bodies("x" * 40):
        for number, path in enumerate(paths):
            accept = {"Accept": ("text/html", "application/json")[number % 2]}
            answer = bob.browser.client.post(path, data=body, content_type=kind, headers={**HERE, **accept})
            is_well(answer)
            assert answer.status_code in {400, 413}, (name, path)
    assert of_work(rows) == before


def test_no_body_with_its_token_gives_an_error(app: Flask, bob: Person) -> None:
    for name, kind, body in bodies(bob.token):
        for path in addresses(app, "POST", bob):
            answer = bob.browser.client.post(path, data=body, content_type=kind, headers=HERE)
            is_well(answer)
            assert answer.status_code in {200, 303, 400, 403, 404, 409, 410, 413, 422, 429}, (name, path)


# ---- files ----


def test_no_address_leads_to_another_file(app: Flask, ana: Person) -> None:
    starts = [rule.rule.partition("<")[0] for rule in rules(app, "GET") if rule.arguments]
    for text in TRAVERSALS:
        for start in [*dict.fromkeys(starts), "/static/x/", "/static/x/css/", "/"]:
            answer = ana.browser.client.get(start + text)
            is_well(answer)
            assert answer.status_code in {200, 302, 303, 308, 403, 404, 405}, start + text
            if start.startswith("/static") and answer.status_code == 200:
                assert answer.mimetype in {"text/css", "text/javascript"}
        status, body, _ = raw(app, "/", PATH_INFO=f"/static/x/{text}".encode().decode("latin-1"))
        assert status in {200, 404, 308}
        assert not any(secret in body for secret in SECRETS)


# ---- authors ----

PHRASES = (
    *("Small course", "Boats and oars", "A course of two lessons", "The first module", "Know the boats"),
    *("What carries the boat", "A hull is hollow", "Wood", "Oak and larch", "Keel", "The beam along the bottom"),
    *("Questions on hulls", "Five questions", "Balsa planks", "Balsa: quince", "the wood: damson", "The *Marigold*"),
    *("She lies in the harbour", "Five cards on a board", "It hangs outside", "Anchor: almond", "A boat lies along it"),
    *("Oak planks", "Which wood is a hull made of"),
)


@pytest.mark.parametrize(
    "text",
    [*(text for text in TEMPLATES if "|" not in text), "{{course}}", "{{ g }}", "{{ csrf_token() }}", "%(title)s"],
)
def test_what_an_author_types_is_shown_as_it_is_typed(make_app: MakeApp, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "course"
    for name, written in FILES.items():
        for phrase in PHRASES:
            written = written.replace(phrase, f"{phrase} {text}")  # noqa: PLW2901
        head, _, body = written.removeprefix("---\n").partition("\n---\n")
        lines = [quoted(each) if text in each else each for each in head.split("\n")]
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("---\n" + "\n".join(lines) + "\n---\n" + body, "utf-8")
    app = make_app(folder)
    assert [str(each) for each in app.extensions["library"].catalogue.files.problems if each.severity == "error"] == []
    visitor = Visitor(app)
    for path in (
        "/",
        "/learn",
        "/learn/first/hull",
        "/glossary",
        "/quizzes/hull",
        "/exercises/harbour",
        "/search?q=hull",
    ):
        page = visitor.go(path)
        assert page.status == 200, path
        is_well(page.response)
        assert plain(text) in plain(page.text) + plain(page.title), path


def plain(text: str) -> str:
    return "".join(line(text).split())


def quoted(written: str) -> str:
    """A line of the front matter with its value in quotes."""
    name, _, value = written.partition(": ")
    return f"{name}: '{value.strip(chr(34)).replace(chr(39), chr(39) * 2)}'"
