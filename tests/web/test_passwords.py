"""Passwords: changed, reset, refused with a reason, and never shown again."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Role
from course.store import accounts
from course.web import passwords
from tests.web.browsing import Visitor
from tests.web.people import ANA, OTHER, PASSWORD, link, send, sign_in


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


def test_changing_the_password_wants_the_old_one_and_ends_every_other_session(
    visitor: Visitor, other: Visitor, ana: str
) -> None:
    sign_in(visitor)
    sign_in(other)
    wrong = send(visitor, "/account", "/account/password", old=OTHER, password=OTHER)
    assert wrong.status == 422
    assert "This is not your password." in wrong.text
    weak = send(visitor, "/account", "/account/password", old=PASSWORD, password="password12")
    assert weak.status == 422
    kept = visitor.follow(send(visitor, "/account", "/account/password", old=PASSWORD, password=OTHER))
    assert "Your new password is kept, and every other device is signed out." in kept.text
    assert ANA not in other.open("/account").text
    assert sign_in(other).status == 422
    assert sign_in(other, OTHER).status == 303
    del ana


def test_a_password_that_will_not_do_leaves_the_settings_beside_it_as_they_are(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    send(visitor, "/account", exam_on="2030-05-04", zone="Europe/Berlin")
    page = send(visitor, "/account", "/account/password", old=OTHER, password=OTHER)
    assert page.status == 422
    assert page.form("/account").value("exam_on") == "2030-05-04"
    visitor.send(page, "/account")
    again = visitor.open("/account")
    assert again.form("/account").value("exam_on") == "2030-05-04"
    assert "(Europe/Berlin)" in again.text
    del ana


def test_a_password_of_the_greatest_length_wants_every_character_and_no_more(app: Flask, visitor: Visitor) -> None:
    longest = "ab cd ef 12" * 18 + "xy"
    assert len(longest) == passwords.LONGEST
    with app.app_context():
        accounts.make(ANA, "Ana", passwords.hashed(longest), Role.LEARNER, clock.now())
    assert sign_in(visitor, longest + "z").status == 422
    assert sign_in(visitor, longest).status == 303


def test_a_reset_keeps_the_new_password_ends_all_sessions_and_works_once(
    visitor: Visitor, other: Visitor, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(other)
    send(visitor, "/reset", address=ANA)
    path = link(capsys, "reset")
    page = visitor.open(path)
    assert visitor.send(page, path, password="password12").status == 422
    done = visitor.follow(visitor.send(page, path, password=OTHER))
    assert "Your new password is kept" in done.text
    assert ANA not in other.open("/account").text
    assert visitor.send(page, path, password=PASSWORD).status == 404
    assert sign_in(visitor).status == 422
    assert sign_in(visitor, OTHER).status == 303
    del ana


@pytest.mark.parametrize("path", ["/signin", "/account/password"])
def test_a_password_of_very_many_accents_keeps_nobody_waiting(visitor: Visitor, ana: str, path: str) -> None:
    """Composing it takes time by the square of its length: 120,000 accents took half a minute."""
    sign_in(visitor)
    accents = "a" + "\u0301" * 20_000 + "\u0316" * 20_000
    before = time.process_time()
    page = visitor.open("/account" if path == "/account/password" else "/reset")
    token = page.form("/theme").value("csrf_token")
    fields = {"csrf_token": token, "address": ANA, "old": PASSWORD, "password": accents}
    assert visitor.post(path, fields).status == 422
    assert time.process_time() - before < 1.5
    del ana


def test_passwords_tried_with_a_link_are_limited(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    page = visitor.open(path)
    for _ in range(20):
        assert visitor.send(page, path, name="Ana", password="short").status == 422
    assert visitor.send(page, path, name="Ana", password=PASSWORD).status == 429


def test_no_old_password_is_shown_again_either(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    page = visitor.post("/account/password", {"old": PASSWORD, "password": OTHER, "csrf_token": "old"})
    assert page.status == 400
    assert PASSWORD not in page.html
    assert OTHER not in page.html
    del ana
