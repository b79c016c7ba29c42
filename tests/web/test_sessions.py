"""Where somebody is signed in: how a session begins, ends, and is listed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from course import clock
from course.store import accounts, engine
from tests.web.browsing import Visitor
from tests.web.conftest import Rows
from tests.web.people import ANA, PASSWORD, learn_something, sign_in


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


def test_a_sign_in_begins_a_new_session_and_a_number_from_before_is_worth_nothing(visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    before = visitor.client.get_cookie("course")
    assert before is not None
    assert sign_in(visitor).status == 303
    after = visitor.client.get_cookie("course")
    assert after is not None
    assert after.value != before.value
    visitor.client.set_cookie("course", before.value)
    assert ANA not in visitor.open("/account").text
    del ana


def test_signing_out_ends_the_session_also_for_a_cookie_kept_by_hand(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    kept = visitor.client.get_cookie("course")
    assert kept is not None
    page = visitor.follow(visitor.send(visitor.open("/account"), "/signout"))
    assert "You are signed out." in page.text
    visitor.client.set_cookie("course", kept.value)
    assert ANA not in visitor.open("/account").text
    assert visitor.open("/progress").status == 200
    del ana


def test_signing_out_takes_nothing_from_a_guest(visitor: Visitor) -> None:
    learn_something(visitor)
    token = visitor.open("/signin").form("/signin").value("csrf_token")
    assert visitor.post("/signout", {"csrf_token": token}).location == "/"
    assert "1 of 1 lessons read" in visitor.open("/progress").text


def test_a_disabled_account_is_out_at_once(app: Flask, visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    with app.app_context():
        accounts.disable(ANA, clock.now())
    assert ANA not in visitor.open("/account").text
    del ana


@pytest.mark.parametrize("column", ["last_at", "created_at"])
def test_a_session_ends_after_a_pause_and_after_half_a_year(
    app: Flask, visitor: Visitor, ana: str, column: str
) -> None:
    sign_in(visitor)
    days = 31 if column == "last_at" else 181
    with app.app_context(), engine.writing() as connection:
        at = (clock.now() - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        connection.exec_driver_sql(f"UPDATE sign_in SET {column} = ?", (at,))  # noqa: S608
    assert ANA not in visitor.open("/account").text
    del ana


def test_devices_are_listed_and_signed_out_one_by_one_and_nobody_elses(
    app: Flask, visitor: Visitor, other: Visitor, ana: str
) -> None:
    sign_in(visitor)
    sign_in(other)
    page = visitor.open("/account")
    ends = [form for form in page.forms if form.action.endswith("/end")]
    assert len(ends) == 1
    eve = Visitor(app)
    learn_something(eve)
    token = eve.open("/signin").form("/signin").value("csrf_token")
    assert eve.post(ends[0].action, {"csrf_token": token}).status == 404
    assert ANA in other.open("/account").text
    assert visitor.post(ends[0].action, ends[0].fields).status == 303
    assert ANA not in other.open("/account").text
    assert ANA in visitor.open("/account").text
    del ana


def test_who_signs_in_again_is_signed_out_of_what_was_before(visitor: Visitor, ana: str, rows: Rows) -> None:
    page = visitor.open("/signin")
    sign_in(visitor)
    kept = visitor.client.get_cookie("course")
    assert kept is not None
    assert visitor.send(page, "/signin", address=ANA, password=PASSWORD).status == 303
    assert rows()["sign_in"] == 1
    visitor.client.set_cookie("course", kept.value)
    assert ANA not in visitor.open("/account").text
    del ana
