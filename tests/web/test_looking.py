"""Looking costs nothing: no cookie, no learner, no row. What is saved first makes a guest."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.browsing import Visitor
from tests.web.conftest import Rows
from tests.web.test_security import EXAMPLES as WITHOUT_FILES

EXAMPLES = {**WITHOUT_FILES, "asked_version": "x", "path": "css/course.css"}
PAGES = [
    "/",
    "/learn",
    "/learn/first/hull",
    "/learn/second/oar",
    "/practise",
    "/quizzes/hull",
    "/exercises/harbour",
    "/exercises/deck",
    "/progress",
    "/glossary",
    "/healthz",
    "/favicon.ico",
]


def looked_at(app: Flask) -> list[str]:
    """Every address that can be looked at, with something in the place of its variables."""
    found = set(PAGES)
    for rule in app.url_map.iter_rules():
        if rule.methods and "GET" in rule.methods:
            for slug in ("hull", "harbour"):
                path = rule.rule
                for name in rule.arguments:
                    value = slug if name == "slug" else EXAMPLES[name]
                    path = path.replace(f"<{name}>", value).replace(f"<int:{name}>", value)
                    path = path.replace(f"<path:{name}>", value)
                found |= {path, f"{path}?retry={'0' * 32}", f"{path}?again=1", f"{path}?seed=1"}
    return sorted(found)


def test_looking_at_any_page_leaves_nothing_behind(app: Flask, visitor: Visitor, rows: Rows) -> None:
    addresses = looked_at(app)
    assert len(addresses) > 40
    for path in addresses:
        page = visitor.open(path)
        assert page.status in {200, 302, 403, 404}, path
        assert "Set-Cookie" not in page.response.headers, path
        assert visitor.client.head(path).headers.get("Set-Cookie") is None, path
        assert visitor.client.options(path).headers.get("Set-Cookie") is None, path
    assert visitor.cookies() == {}
    assert rows() == {"allowance": 1}  # guesses at invitations are counted


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_for_everybody(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert page.status == 200
    if page.response.mimetype == "text/html":
        assert len(page.ids) == len(set(page.ids))
        assert page.html.count("<h1") == 1
        assert page.title.endswith(" – Small course")


def test_every_link_of_every_page_leads_somewhere(visitor: Visitor) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page = visitor.go(path)
        assert page.status == 200, path
        for href, words in page.links:
            assert words, f"a link without words in {path}"
            address, _, anchor = href.partition("#")
            if anchor and not address:
                assert anchor in page.ids, f"{href} in {path}"
            elif href.startswith("/"):
                waiting.append(address)
            else:
                assert href.startswith("https://")
    assert {path for path in PAGES if path not in {"/healthz", "/favicon.ico"}} <= seen


def test_marking_a_lesson_as_read_makes_a_guest(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/learn/first/hull")
    answer = visitor.send(page, "/read")
    assert (answer.status, answer.location) == (303, "/learn/second/oar")
    assert set(visitor.cookies()) == {"course"}
    assert rows() == {"learner": 1, "lesson_read": 1}


def test_starting_a_quiz_makes_a_guest(visitor: Visitor, rows: Rows) -> None:
    visitor.send(visitor.open("/quizzes/hull"), "/start")
    assert rows() == {"learner": 1, "attempt": 1, "attempt_item": 4, "revision": 4}
    assert set(visitor.cookies()) == {"course"}


def test_checking_an_exercise_makes_a_guest(visitor: Visitor, rows: Rows) -> None:
    form = visitor.open("/exercises/deck").form("/check")
    visitor.submit(form, {}, "anyway")
    assert rows() == {"learner": 1, "attempt": 1, "attempt_item": 1, "revision": 1, "event": 1}


def test_a_guest_stays_the_same_guest(visitor: Visitor, rows: Rows) -> None:
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    cookie = visitor.cookies()
    visitor.send(visitor.open("/learn/second/oar"), "/read")
    visitor.send(visitor.open("/quizzes/hull"), "/start")
    assert visitor.cookies() == cookie
    assert rows()["learner"] == 1


def test_two_people_are_two_guests(visitor: Visitor, other: Visitor, rows: Rows) -> None:
    for person in (visitor, other):
        person.send(person.open("/learn/first/hull"), "/read")
    assert rows()["learner"] == 2
    assert visitor.cookies() != other.cookies()


def test_the_cookie_is_kept_for_long_and_is_not_for_scripts(visitor: Visitor) -> None:
    answer = visitor.send(visitor.open("/learn/first/hull"), "/read")
    cookie = answer.response.headers["Set-Cookie"]
    assert cookie.startswith("course=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert part in cookie
    assert "Secure" not in cookie


def test_a_cookie_that_was_not_made_here_is_nobody(visitor: Visitor, rows: Rows) -> None:
    for value in ("nonsense", "eyJsZWFybmVyIjoiYSJ9.aaaa.bbbb", "\xe9", "x" * 3000):
        visitor.client.set_cookie("course", value)
        assert visitor.open("/progress").status == 200
        assert "Nothing here yet" in visitor.open("/progress").text
    assert rows() == {}
