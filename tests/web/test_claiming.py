"""What a guest did comes along into their account, once, and nobody else's does."""

from __future__ import annotations

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Role
from course.store import accounts, engine
from course.web import passwords
from tests.web.browsing import Visitor
from tests.web.people import OTHER, learn_something, send, sign_in


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


def test_on_a_shared_computer_the_guests_progress_can_stay_out(visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    page = visitor.follow(sign_in(visitor, leave="1"))
    assert "We kept" not in page.text
    assert "Nothing here yet" in page.text
    del ana


def test_a_claim_unites_both_and_takes_nothing_twice(app: Flask, visitor: Visitor, other: Visitor, ana: str) -> None:
    sign_in(other)
    learn_something(other)
    learn_something(visitor)
    assert "We kept your 1 quiz and 2 answers." in visitor.follow(sign_in(visitor)).text
    with app.app_context(), engine.reading() as connection:
        learners = connection.exec_driver_sql("SELECT count(*) FROM learner").scalar()
        attempts = connection.exec_driver_sql("SELECT learner_id, count(*) FROM attempt GROUP BY 1").all()
    assert learners == 1
    assert [tuple(row) for row in attempts] == [(ana, 2)]


def test_progress_review_and_readiness_are_the_same_before_and_after(app: Flask, visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    send(visitor, "/account", exam_on="2030-05-04")
    paths = ("/progress", "/review", "/readiness", "/practise")
    before = [shown(visitor, path) for path in paths]
    sign_in(visitor)
    visitor.open("/progress")  # which says what was kept
    assert [shown(visitor, path) for path in paths] == before
    with app.app_context(), engine.reading() as connection:
        assert [row.id for row in connection.exec_driver_sql("SELECT id FROM learner")] == [ana]


def shown(visitor: Visitor, path: str) -> str:
    """What a page says, but for what it says of accounts."""
    text = visitor.open(path).text
    for words in (
        " A cookie in this browser is the key to it; another browser starts anew. Save my progress",
        "Save my progress",
        "Account",
    ):
        text = text.replace(words, "")
    return " ".join(text.split())


def test_nobody_can_claim_an_account(app: Flask, visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    learn_something(visitor)
    with app.app_context():
        bob = accounts.make("bob@example.org", "Bob", passwords.hashed(OTHER), Role.LEARNER, clock.now())
        assert bob is not None
        assert not accounts.claim(ana, bob.learner_id).anything
    assert "1 of 1 lessons read" in visitor.open("/progress").text
