"""What somebody did is theirs: for everybody else it is not there."""

from __future__ import annotations

import pytest
from flask import Flask

from course.library.catalogue import Catalogue
from tests.web.answers import answer, asked_in, full, start
from tests.web.browsing import Visitor
from tests.web.conftest import Rows
from tests.web.test_exercises import checked, placed
from tests.web.test_practice import path_of


@pytest.fixture
def quiz_attempt(other: Visitor, catalogue: Catalogue) -> str:
    """Return the id of an attempt at a quiz that somebody else has begun."""
    page = start(other)
    verdict = answer(other, page, full(catalogue, asked_in(page, catalogue, "hull").id))
    return path_of(verdict).split("/")[2]


@pytest.fixture
def exercise_attempt(other: Visitor, catalogue: Catalogue) -> str:
    """Return the id of an attempt at an exercise that somebody else has checked."""
    form = other.open("/exercises/harbour").form("/check")
    return path_of(checked(other, form, placed(catalogue, Anchor="stern/port"))).rpartition("/")[2]


def addresses(app: Flask, attempt_id: str) -> list[tuple[str, str]]:
    """Every address that names an attempt, with its method."""
    found = []
    for rule in app.url_map.iter_rules():
        if "attempt_id" in rule.arguments:
            path = rule.rule.replace("<attempt_id>", attempt_id).replace("<slug>", "harbour")
            path = path.replace("<int:number>", "1")
            found += [(path, method) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return [*found, (f"/exercises/harbour?retry={attempt_id}", "GET")]


def test_somebody_elses_attempt_is_not_there_for_a_visitor_nor_for_a_guest(
    app: Flask, visitor: Visitor, catalogue: Catalogue, rows: Rows, quiz_attempt: str, exercise_attempt: str
) -> None:
    assert catalogue.quizzes
    for person in ("visitor", "guest"):
        if person == "guest":
            visitor.send(visitor.open("/learn/first/hull"), "/read")
        token = visitor.open("/learn").form("/theme").value("csrf_token")
        before = rows()
        for attempt_id in (quiz_attempt, exercise_attempt, "0" * 32):
            found = addresses(app, attempt_id)
            assert len(found) >= 6
            for path, method in found:
                sent = {"csrf_token": token, "choice": "x", "anyway": "1"}
                page = visitor.open(path) if method == "GET" else visitor.post(path, sent)
                assert page.status == 404, (path, method)
                assert "There is nothing at this address" in page.text
        assert rows() == before


def test_an_attempt_named_in_a_form_must_be_ones_own(
    visitor: Visitor, catalogue: Catalogue, rows: Rows, quiz_attempt: str, exercise_attempt: str
) -> None:
    form = visitor.open("/exercises/harbour").form("/check")
    before = rows()
    for attempt_id in (quiz_attempt, exercise_attempt, "0" * 32, "0", "x" * 5000, "\0" * 32, "é" * 32):
        for end in ("check", "save"):
            sent = form.filled({**placed(catalogue), "attempt": attempt_id, "sequence": "9", "look": "2"})
            assert visitor.post(f"/exercises/harbour/{end}", sent).status == 404
    assert rows() == before
    assert "Set-Cookie" not in visitor.open("/learn").response.headers


def test_the_owner_still_has_it_all(other: Visitor, app: Flask, quiz_attempt: str, exercise_attempt: str) -> None:
    assert other.open(f"/attempts/{quiz_attempt}/q/1").status == 200
    assert other.open(f"/exercises/harbour/attempts/{exercise_attempt}").status == 200
    assert app.extensions


def test_what_one_person_did_shows_on_no_page_of_another(
    visitor: Visitor, other: Visitor, quiz_attempt: str, exercise_attempt: str
) -> None:
    other.send(other.open("/learn/first/hull"), "/read")
    for path in ("/", "/learn", "/learn/first/hull", "/practise", "/quizzes/hull", "/exercises/harbour", "/progress"):
        page = visitor.open(path)
        assert quiz_attempt not in page.html
        assert exercise_attempt not in page.html
        assert "First try" not in page.text
        assert "(read)" not in page.text
        assert page.status == 200


def test_a_start_of_somebody_else_is_ones_own_attempt(visitor: Visitor, other: Visitor, rows: Rows) -> None:
    """The number in a page says nothing of who looks at it; the cookie does."""
    page = other.open("/quizzes/hull")
    assert other.send(page, "/start").location != visitor.send(page, "/start").location
    assert rows()["attempt"] == 2
