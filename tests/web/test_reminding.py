"""Guests are reminded that their progress can be saved: where something was finished, and seldom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from course import clock
from tests.web.answers import answer, onward, start
from tests.web.browsing import Page, Visitor
from tests.web.people import account, sign_in
from tests.web.sitting import begin, id_of, submit

LINE = "This is kept for this browser only. Save my progress"


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


def finished_quiz(visitor: Visitor) -> Page:
    """The result of a quiz."""
    page = start(visitor, "ship")
    while page.forms[-1].choices:
        first = page.forms[-1].choices["choice"][0]
        page = onward(visitor, answer(visitor, page, {"choice": [first]}))
    return page


def finished_exam(visitor: Visitor) -> Page:
    """The result of a mock exam."""
    attempt = id_of(begin(visitor))
    return submit(visitor, attempt)


def pretend(visitor: Visitor, reminded: Any) -> None:
    with visitor.client.session_transaction() as session:
        session["reminded"] = reminded


def test_after_the_first_quiz_and_the_first_mock_and_not_again_at_once(visitor: Visitor) -> None:
    first = finished_quiz(visitor)
    assert LINE in first.text
    assert first.main().count("/signup") == 1
    assert LINE not in visitor.open(first.response.request.path).text
    assert LINE not in finished_quiz(visitor).text
    assert LINE in finished_exam(visitor).text
    assert LINE not in finished_exam(visitor).text


def test_again_after_a_week(visitor: Visitor) -> None:
    finished_quiz(visitor)
    finished_exam(visitor)
    for days, due in ((6, False), (7, True)):
        day = (clock.now().date() - timedelta(days=days)).isoformat()
        pretend(visitor, {"quiz": day, "exam": day})
        assert (LINE in finished_quiz(visitor).text) is due


def test_who_has_an_account_is_never_reminded(app: Flask, visitor: Visitor) -> None:
    account(app)
    sign_in(visitor)
    assert LINE not in finished_quiz(visitor).text
    assert LINE not in finished_exam(visitor).text


@pytest.mark.parametrize("kept", ["x", 7, None, [], {"quiz": 7}, {"quiz": "soon"}, {"quiz": None}])
def test_a_cookie_of_another_version_is_no_error(visitor: Visitor, kept: Any) -> None:
    finished_quiz(visitor)
    pretend(visitor, kept)
    assert LINE in finished_quiz(visitor).text
    with visitor.client.session_transaction() as session:
        assert date.fromisoformat(session["reminded"]["quiz"])
