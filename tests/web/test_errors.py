"""What people see when something is not there, not allowed or broken: words, and never the program's own."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from werkzeug.test import EnvironBuilder, run_wsgi_app

from course.library.catalogue import Catalogue
from course.store.engine import writing
from tests.conftest import MakeApp
from tests.web.answers import start
from tests.web.browsing import HERE, Page, Visitor, check
from tests.web.conftest import Rows
from tests.web.test_exercises import placed

STORE = [
    ("course.store.learners.lessons_read", "/learn"),
    ("course.store.history.of_learner", "/progress"),
    ("course.store.attempts.of_learner_at", "/exercises/harbour"),
    ("course.store.attempts.load", f"/attempts/{'0' * 32}/q/1"),
]


def raises(*_: object, **__: object) -> Any:
    raise OperationalError("SELECT secret", {}, Exception("disk I/O error"))


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """Return somebody who has read a lesson."""
    person = Visitor(app)
    person.send(person.open("/learn/first/hull"), "/read")
    return person


@pytest.mark.parametrize(("function", "path"), STORE)
def test_a_page_that_cannot_be_made_says_sorry_and_the_log_says_why(
    guest: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, function: str, path: str
) -> None:
    monkeypatch.setattr(function, raises)
    with caplog.at_level(logging.ERROR):
        page = guest.open(path)
    assert page.status == 500
    assert "Something went wrong on our side" in page.text
    assert "The fault was noted. What was saved before is kept." in page.text
    assert page.link("contents") == "/learn"
    assert "secret" not in page.html
    assert "disk I/O error" in caplog.text
    assert "Exception at /" in caplog.text
    monkeypatch.undo()
    assert guest.open(path).status in {200, 404}


def test_a_script_is_told_in_its_own_language(
    guest: Visitor, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = guest.open("/exercises/harbour").form("/check")
    monkeypatch.setattr("course.store.attempts.start_and_save", raises)
    page = guest.post(
        "/exercises/harbour/save",
        form.filled({**placed(catalogue), "sequence": "1"}),
        {**HERE, "Accept": "application/json"},
    )
    assert page.status == 500
    assert page.response.get_json() == {
        "error": "Something went wrong on our side",
        "happened": "The fault was noted. What was saved before is kept.",
        "next": "Load the page again in a moment.",
    }


def test_what_could_not_be_saved_is_not_said_to_be(
    guest: Visitor, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, rows: Rows
) -> None:
    form = guest.open("/exercises/harbour").form("/check")
    before = rows()
    for function in ("learners.mark_read", "attempts.start", "attempts.act"):
        monkeypatch.setattr(f"course.store.{function}", raises)
    assert guest.send(guest.open("/quizzes/hull"), "/start").status == 500
    assert guest.send(guest.open("/learn/second/oar"), "/read").status == 500
    assert guest.submit(form, placed(catalogue)).status == 500
    assert rows() == before


def test_a_newcomer_whose_first_save_fails_is_no_guest(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visitor.open("/learn/first/hull")
    monkeypatch.setattr("course.store.learners.mark_read", raises)
    assert visitor.send(page, "/read").status == 500
    monkeypatch.undo()
    assert visitor.open("/progress").status == 200
    assert visitor.send(page, "/read").status == 303


def test_a_database_without_tables_breaks_no_page_for_visitors(
    make_app: MakeApp, small_course: Path, tmp_path: Path
) -> None:
    instance = tmp_path / "bare"
    instance.mkdir()
    (instance / "course.db").write_bytes(b"")
    visitor = Visitor(make_app(small_course, instance))
    page = visitor.open("/learn/first/hull")
    assert page.status == 200
    assert visitor.open("/practise").status == 200
    assert visitor.send(page, "/read").status == 500


def test_a_template_that_fails_says_sorry_too(app: Flask, visitor: Visitor) -> None:
    template = app.jinja_env.from_string("{{ 1 // 0 }}")
    app.add_url_rule("/fails", view_func=template.render)
    page = visitor.open("/fails")
    assert page.status == 500
    assert "division" not in page.html


def test_where_no_page_can_be_drawn_at_all_the_words_come_without_it(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    app.jinja_env.globals["part"] = raises  # what every page is made of
    for path, status, words in (
        ("/learn", 500, "Something went wrong on our side"),
        ("/nothing", 404, "There is nothing at this address"),
    ):
        page = visitor.open(path)
        assert page.status == status
        assert words in page.text
        assert "secret" not in page.html
        assert page.response.mimetype == "text/html"
    assert "disk I/O error" in caplog.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing", "There is nothing at this address"),
        ("/learn/first/nothing", "There is nothing at this address"),
        ("/learn/", "There is nothing at this address"),
        ("/theme", "That page cannot be used like this"),
        ("/exercises/harbour/check", "That page cannot be used like this"),
    ],
)
def test_what_is_not_there_is_said_in_words_with_a_way_on(visitor: Visitor, path: str, words: str) -> None:
    page = visitor.open(path)
    assert page.status in {404, 405}
    assert words in page.text
    assert visitor.open(page.link("contents")).status == 200
    asked_by_script = visitor.open(path, Accept="application/json")
    assert asked_by_script.response.get_json()["error"] == words
    assert asked_by_script.status == page.status


def test_too_much_is_refused_in_words(visitor: Visitor) -> None:
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    page = visitor.post("/theme", {"csrf_token": token, "theme": "x" * 1_100_000})
    assert page.status == 413
    assert "That was too large" in page.text


def test_a_form_of_another_encoding_is_read_or_refused(visitor: Visitor) -> None:
    for data, kind in (
        (b"\xff\xfe\x00&&&==%zz%", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b'{"csrf_token": 1}', "application/json"),
        (b"", ""),
        (b"x" * 1000, "text/plain; charset=nonsense"),
    ):
        answer = visitor.client.post("/theme", data=io.BytesIO(data), content_type=kind, headers=HERE)
        check(answer)
        assert answer.status_code in {400, 413}


def test_a_form_of_many_parts_and_files_is_read_or_refused(visitor: Visitor) -> None:
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    many: dict[str, Any] = {f"field-{n}": "x" for n in range(3000)} | {"csrf_token": token}
    assert visitor.client.post("/theme", data=many, headers=HERE).status_code in {303, 413}
    parts = visitor.client.post("/theme", data=many, headers=HERE, content_type="multipart/form-data")
    assert parts.status_code in {303, 413}
    file: dict[str, Any] = {"csrf_token": token, "theme": (io.BytesIO(b"x"), "dark")}
    assert visitor.client.post("/theme", data=file, headers=HERE).status_code == 303


# ---- nothing that is sent gives an error of the program ----

NASTY = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "\0",
                "..",
                "../../etc/passwd",
                "%00",
                "%ff",
                "%2e%2e",
                "'",
                '"',
                "<script>",
                "{{7*7}}",
                "\N{SNOWMAN}",
            ),
            *(
                "9" * 5000,
                "-1",
                "0",
                "1e9",
                "NaN",
                "\N{ARABIC-INDIC DIGIT ONE}",
                "x" * 40_000,
                "hull",
                "harbour",
                "first",
                "hull-a",
                "0" * 32,
            ),
            *("\ud800", "\u202e", "a\r\nSet-Cookie: x=y", ";", "&", "=", "+", "#", "?", "//evil.example", "\\evil"),
        ]
    ),
    st.text(max_size=40),
    st.integers().map(str),
)
WHERE = ["/", "/learn", "/exercises", "/quizzes", "/attempts", "/static", "/glossary", "/practise", "/theme", ""]
ENDS = ["", "/save", "/check", "/start", "/read", "/q/1", "/result", "/reveal", "/attempts"]
FIELDS = [
    "start",
    "attempt",
    "sequence",
    "look",
    "choice",
    "certainty",
    "theme",
    "anyway",
    "csrf_token",
    "card-x",
    "\0",
]
# Every example goes to one application as one guest.
many = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(100, settings().max_examples),
)


def quoted(part: str) -> str:
    """Percent-encode what a browser would, and what it would not."""
    return "".join(c if c.isascii() and c.isalnum() else "".join(f"%{b:02X}" for b in raw(c)) for c in part)


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@many
@given(where=st.sampled_from(WHERE), parts=st.lists(NASTY, max_size=5), end=st.sampled_from(ENDS), query=NASTY)
def test_no_address_gives_an_error_of_the_program(
    guest: Visitor, where: str, parts: list[str], end: str, query: str
) -> None:
    path = where + "".join(f"/{quoted(part)}" for part in parts) + end
    path = "/" + path.lstrip("/")  # two slashes would be a host to the client of the tests
    for name in ("retry", "again", "seed", query):
        page = guest.open(f"{path}?{quoted(name)}={quoted(query)}")
        assert page.status < 500
        if page.status in {301, 302, 308}:
            assert page.location.startswith(("/", "http://localhost/"))
            assert not page.location.startswith(("//", "/\\"))


@many
@given(
    path=st.sampled_from(
        [
            "/theme",
            "/quizzes/hull/start",
            "/exercises/harbour/check",
            "/exercises/harbour/save",
            "/exercises/deck/check",
            "/learn/first/hull/read",
            "/learn/first/hull/check/hull-a",
            "/learn/first/hull/check/hull-b",
        ]
    ),
    fields=st.lists(st.tuples(st.sampled_from(FIELDS), NASTY), max_size=8),
    headers=st.dictionaries(
        st.sampled_from(["Referer", "Accept", "User-Agent", "Accept-Encoding", "Accept-Language", "X-Forwarded-For"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    ),
)
def test_nothing_that_is_sent_gives_an_error_of_the_program(
    guest: Visitor, path: str, fields: list[tuple[str, str]], headers: dict[str, str]
) -> None:
    token = guest.open("/learn").form("/theme").value("csrf_token")
    page = guest.post(path, [("csrf_token", token), *fields], {**HERE, **headers})
    assert page.status < 500
    assert guest.post(path, fields, {**HERE, **headers}).status < 500


@many
@given(fields=st.lists(st.tuples(st.sampled_from(["choice", "certainty", "x"]), NASTY), max_size=6))
def test_no_answer_to_a_question_gives_an_error_of_the_program(guest: Visitor, fields: list[tuple[str, str]]) -> None:
    form = start(guest).forms[-1]
    names = form.named("card-")
    sent = [(names[n % len(names)] if names and name == "x" else name, v) for n, (name, v) in enumerate(fields)]
    assert guest.post(form.action, [*form.fields, *sent]).status in {303, 422}


def answered(app: Flask, environ: dict[str, Any]) -> tuple[int, str]:
    """Ask as a server does, without the help of a client; return status and text."""
    parts, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return int(status[:3]), b"".join(parts).decode(errors="replace")


@pytest.mark.parametrize(
    "host", ["", "x" * 300, "evil.example", "a b", "[::1]:8000", "é.example", "localhost:99999", "/"]
)
def test_no_host_gives_an_error_of_the_program(app: Flask, host: str) -> None:
    for method in ("GET", "POST"):
        environ = EnvironBuilder(path="/theme" if method == "POST" else "/learn", method=method).get_environ()
        environ["HTTP_HOST"] = host.encode().decode("latin-1")
        environ["HTTP_REFERER"] = f"http://{environ['HTTP_HOST']}/learn"
        environ["HTTP_ORIGIN"] = f"http://{environ['HTTP_HOST']}"
        status, text = answered(app, environ)
        assert status < 500
        assert "Traceback" not in text


@pytest.mark.parametrize("path", [b"/\xff\xfe", b"/learn/\x80/\x00", b"/%", b"/\xed\xa0\x80", b"//", b"/./learn/../x"])
def test_bytes_that_are_no_text_give_no_error_of_the_program(app: Flask, path: bytes) -> None:
    environ = EnvironBuilder(path="/").get_environ()
    environ["PATH_INFO"] = path.decode("latin-1")
    environ["QUERY_STRING"] = "retry=\xff%ff&%zz"
    environ["HTTP_COOKIE"] = "course=\xff; theme=\xfe; =; ;;; course"
    assert answered(app, environ)[0] in {200, 308, 404}


@pytest.mark.parametrize(
    "path", ["//evil.example", "///evil.example/x", "//evil.example//learn", "//learn", "/learn//first"]
)
def test_an_address_with_two_slashes_leads_to_no_other_site(app: Flask, path: str) -> None:
    environ = EnvironBuilder(path="/").get_environ()
    environ["PATH_INFO"] = path
    _, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert status.startswith(("200", "308", "404"))
    assert headers.get("Location", "/learn") in {"/learn", "http://localhost/learn"}


def test_huge_numbers_in_an_address_are_not_there(guest: Visitor) -> None:
    attempt = start(guest).response.request.path.split("/")[2]
    for number in (
        "9" * 30,
        "9" * 4300,
        "9" * 4301,
        "9" * 20_000,
        "0" * 5000 + "1",
        "-1",
        "1.0",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ):
        assert guest.open(f"/attempts/{attempt}/q/{number}").status in {404, 200}, number[:9]
        token = guest.open("/learn").form("/theme").value("csrf_token")
        sent = guest.post(f"/attempts/{attempt}/q/{number}", {"csrf_token": token, "choice": "x"})
        assert sent.status in {404, 405, 422}, (number[:9], len(number))


def test_a_learner_whom_the_database_has_forgotten_goes_on_as_new(app: Flask, guest: Visitor, rows: Rows) -> None:
    start(guest)
    with app.app_context(), writing() as connection:
        connection.exec_driver_sql("DELETE FROM learner")
    assert rows() == {"revision": 4}
    for path in ("/", "/learn", "/progress", "/practise", "/exercises/harbour"):
        assert guest.open(path).status == 200
    assert guest.send(guest.open("/learn/first/hull"), "/read").status == 303
    assert "Question 1 of 4" in start(guest).text
    assert rows()["learner"] == 1


def test_every_page_of_errors_is_a_page_like_the_others(visitor: Visitor) -> None:
    for page in (
        visitor.open("/nothing"),
        visitor.open("/theme"),
        visitor.post("/theme"),
        visitor.post("/theme", headers={"Sec-Fetch-Site": "cross-site"}),
    ):
        assert isinstance(page, Page)
        assert page.html.count("<h1") == 1
        assert page.title.endswith(" – Small course")
        assert page.link("Learn") == "/learn"
        assert page.form("/theme")
