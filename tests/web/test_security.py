"""What every answer carries, and what every form must prove."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from werkzeug.routing import Rule

from course.web.security import VISITOR, token_for
from tests.conftest import MakeApp
from tests.web.browsing import HERE, Form, Page, Visitor
from tests.web.conftest import Rows

EXAMPLES = {
    "module": "first",
    "slug": "hull",
    "question_id": "hull-a",
    "attempt_id": "0" * 32,
    "number": "1",
    "sign_in_id": "0" * 64,
    "cohort_id": "0" * 32,
    "member_id": "0" * 32,
    "code": "a" * 12,
}
CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "null"},
    {"Origin": ""},
]


def posts(app: Flask) -> list[Rule]:
    """Every rule that takes another method than those for looking."""
    return [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}]


def filled(rule: Rule) -> str:
    """The address of a rule, with something there in the place of its variables."""
    path = rule.rule
    for name in rule.arguments:
        value = "harbour" if name == "slug" and path.startswith("/exercises") else EXAMPLES[name]
        path = path.replace(f"<int:{name}>", value).replace(f"<{name}>", value)
    return path


@pytest.fixture
def addresses(app: Flask) -> list[str]:
    """Return every address that something can be sent to."""
    found = sorted(filled(rule) for rule in posts(app))
    assert len(found) >= 8
    return found


def test_nothing_but_posts_changes_anything(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule
        assert not {"GET", "POST"} <= (rule.methods or set()), f"{rule} both shows and changes"


# ---- headers ----


def test_every_kind_of_answer_carries_the_headers(
    visitor: Visitor, addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Visitor looks at the headers of each answer it gets."""
    style = visitor.open("/").html.split('rel="stylesheet" href="')[1].split('"')[0]
    assert visitor.open(style).status == 200
    assert visitor.open("/learn", Accept_Encoding="br, gzip").status == 200
    assert visitor.open("/nothing").status == 404
    assert visitor.open("/static/x/nothing").status == 404
    assert visitor.open("/theme").status == 405
    for path in addresses:
        assert visitor.post(path).status == 400
        assert visitor.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
        assert visitor.post(path, headers={**HERE, "Accept": "application/json"}).response.is_json
    assert visitor.post("/theme", {"csrf_token": "x" * 2_000_000}).status == 413
    assert visitor.send(visitor.open("/learn/first/hull"), "/read").status == 303
    monkeypatch.setattr("course.store.learners.lessons_read", lambda _: 1 / 0)
    assert visitor.open("/learn").status == 500


@pytest.mark.parametrize("path", ["/account", "/account/export", "/account/delete", "/signin", "/teach", "/admin/log"])
def test_nothing_of_accounts_stays_behind_in_a_browser(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).response.headers["Cache-Control"] == "no-store"


def test_a_number_that_opens_something_is_in_no_log(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("course.store.accounts.letter", lambda *_: 1 / 0)
    number = "a-number-that-opens-something"
    assert visitor.open(f"/reset/{number}%0Aforged").status == 500
    assert visitor.open(f"/reset/{number}").status == 500
    assert "Exception at /reset/<number> [GET]" in caplog.text
    assert number not in caplog.text
    assert "forged" not in caplog.text


def test_styles_and_scripts_are_kept_by_browsers_for_a_year_and_pages_are_not(visitor: Visitor) -> None:
    page = visitor.open("/exercises/deck")
    assert page.response.headers["Cache-Control"] == "no-cache, private"
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.html)
    assert len(assets) >= 5
    for path in assets:
        answer = visitor.open(path).response
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
    old = re.sub(r"/static/[0-9a-f]+/", "/static/000000000000/", assets[0])
    assert visitor.open(old).response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd", "deflate", "identity", "*", "brotli"])
def test_answers_are_packed_as_the_browser_can_unpack_them(visitor: Visitor, encoding: str) -> None:
    plain = visitor.open("/learn").html
    style = re.findall(r'rel="stylesheet" href="([^"]+)"', plain)[0]
    for path in ("/learn", style, "/favicon.ico"):
        expected = visitor.client.get(path).get_data()
        answer = visitor.client.get(path, headers={"Accept-Encoding": encoding})
        packed = answer.headers.get("Content-Encoding", "identity")
        if encoding in {"identity", "brotli", "deflate"}:
            assert packed == "identity", path
        if encoding == "br":
            assert brotli.decompress(answer.get_data()) == expected
        elif encoding == "gzip":
            assert gzip.decompress(answer.get_data()) == expected
        elif packed == "identity":
            assert answer.get_data() == expected


def test_where_the_course_is_served_over_https_cookies_and_browsers_keep_to_it(
    small_course: Path, make_app: MakeApp
) -> None:
    visitor = Visitor(make_app(small_course, secure_cookies=True))
    page = visitor.open("/learn/first/hull")
    assert page.response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "; Secure;" in visitor.send(page, "/read").response.headers["Set-Cookie"]
    themed = visitor.send(page, "/theme", ("theme", "dark"))
    assert "; Secure;" in themed.response.headers["Set-Cookie"]


def test_over_http_nothing_is_said_of_https(visitor: Visitor) -> None:
    assert "Strict-Transport-Security" not in visitor.open("/").response.headers


# ---- who sends it ----


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_what_comes_from_another_site_is_refused_everywhere(
    visitor: Visitor, addresses: list[str], rows: Rows, app: Flask, headers: dict[str, str]
) -> None:
    with app.app_context():
        token = token_for(VISITOR)
    for path in addresses:
        page = visitor.post(path, {"csrf_token": token, "theme": "dark"}, headers)
        assert page.status == 403
        assert "That came from another site" in page.text
        assert "Nothing was changed" in page.text
    assert rows() == {}
    assert visitor.cookies() == {}


@pytest.mark.parametrize("token", [None, "", "x", "é", "\N{SNOWMAN}" * 40, "0" * 40, "\0"])
@pytest.mark.parametrize("headers", [HERE, {}], ids=["from here", "says nothing"])
def test_what_comes_without_the_token_is_offered_to_be_sent_again(
    visitor: Visitor, addresses: list[str], rows: Rows, token: str | None, headers: dict[str, str]
) -> None:
    for path in addresses:
        sent = [("some", "value"), ("some", "<b>“other”</b>"), ("choice", "")]
        page = visitor.post(path, sent + ([("csrf_token", token)] if token is not None else []), headers)
        assert page.status == 400
        assert "Please send it again" in page.text
        form = page.form(path)
        assert form.action == path
        assert [pair for pair in form.fields if pair[0] != "csrf_token"] == sent
        assert page.html.count("csrf_token") == 2  # the theme's and this form's
    assert rows() == {}


def test_a_script_that_comes_without_the_token_is_told_in_its_own_language(visitor: Visitor) -> None:
    page = visitor.post("/exercises/deck/save", {"a": "b"}, {**HERE, "Accept": "application/json"})
    assert page.status == 400
    assert page.response.get_json()["error"] == "That did not arrive as expected"


def test_what_is_sent_again_works_and_is_as_it_was_entered(visitor: Visitor) -> None:
    form = visitor.open("/exercises/deck").form("/check")
    places = {name: values[-1] for name, values in form.choices.items() if name.startswith("card-")}
    again = visitor.submit(form, {**places, "csrf_token": "of yesterday"})
    assert again.status == 400
    answer = visitor.submit(again.form("/check"), {})
    assert answer.status == 303
    result = visitor.follow(answer)
    assert "of 3 points" in result.text


def test_the_query_of_an_address_is_kept_when_it_is_sent_again(visitor: Visitor) -> None:
    assert visitor.post("/theme?a=1&b=%3C").form("/theme").action == "/theme?a=1&b=%3C"


def test_a_person_has_a_token_of_their_own(visitor: Visitor, other: Visitor) -> None:
    def token(page: Page) -> str:
        return page.form("/read").value("csrf_token")

    shared = token(visitor.open("/learn/first/hull"))
    assert token(other.open("/learn/first/hull")) == shared
    for person in (visitor, other):
        person.send(person.open("/learn/first/hull"), "/read")
    tokens = {token(person.open("/learn/first/hull")) for person in (visitor, other)}
    assert len(tokens | {shared}) == 3


def guest_with_an_old_page(visitor: Visitor) -> Form:
    """A page opened before its reader became a guest, in another tab."""
    old = visitor.open("/learn/second/oar")
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    return old.form("/read")


@pytest.mark.parametrize("headers", [HERE, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}], ids=str)
def test_a_page_from_before_becoming_a_guest_still_works_where_the_browser_says_where_it_comes_from(
    visitor: Visitor, headers: dict[str, str], rows: Rows
) -> None:
    form = guest_with_an_old_page(visitor)
    assert visitor.post(form.action, form.fields, headers).status == 303
    assert rows() == {"learner": 1, "lesson_read": 2}


def test_a_page_from_before_becoming_a_guest_is_sent_again_where_the_browser_says_nothing(visitor: Visitor) -> None:
    form = guest_with_an_old_page(visitor)
    page = visitor.post(form.action, form.fields, {})
    assert page.status == 400
    assert visitor.submit(page.form("/read"), {}).status == 303


def test_a_guests_page_works_in_a_browser_that_says_nothing(visitor: Visitor) -> None:
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    form = visitor.open("/learn/second/oar").form("/read")
    assert visitor.post(form.action, form.fields, {}).status == 303


def test_another_persons_token_is_no_good(visitor: Visitor, other: Visitor, rows: Rows) -> None:
    for person in (visitor, other):
        person.send(person.open("/learn/first/hull"), "/read")
    form = other.open("/learn/second/oar").form("/read")
    before = rows()
    assert visitor.post(form.action, form.fields).status == 400
    assert rows() == before


@pytest.mark.parametrize("path", ["/nothing", "/learn/first", "/static/x/css/course.css", "//evil.example/x"])
def test_what_is_sent_to_where_nothing_takes_it_is_not_offered_again(visitor: Visitor, path: str) -> None:
    page = visitor.post(path, {"a": "b"})
    assert page.status in {404, 405, 308}
    assert "send it again" not in page.text
    assert not [form for form in page.forms if "evil" in form.action]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_other_methods_do_nothing(visitor: Visitor, method: str, rows: Rows) -> None:
    for path in ("/learn", "/theme", "/learn/first/hull/read", "/nothing"):
        answer = visitor.client.open(path, method=method, headers=HERE)
        assert answer.status_code in {404, 405}
    assert rows() == {}


def test_a_site_at_another_address_accepts_its_own_forms(app: Flask) -> None:
    client = app.test_client()
    address = "https://course.example:8443"
    token = Page(client.get("/learn", base_url=address)).form("/theme").value("csrf_token")
    data = {"csrf_token": token, "theme": "dark"}
    mine = client.post("/theme", base_url=address, data=data, headers={"Origin": address})
    assert mine.status_code == 303
    foreign = client.post("/theme", base_url=address, data=data, headers={"Origin": "https://course.example"})
    assert foreign.status_code == 403


def test_from_nowhere_is_not_from_here_where_the_host_is_no_name(app: Flask) -> None:
    answer = app.test_client().post("/theme", headers={"Host": "a b", "Origin": "null"})
    assert answer.status_code == 403
