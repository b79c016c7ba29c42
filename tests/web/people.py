"""People with accounts: how they sign in, and the links that are mailed to them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Account, Role
from course.store import accounts
from course.web import passwords
from tests.web.browsing import Page, Visitor

ANA, PASSWORD = "ana@example.org", "bicycle lantern harbour seven"
OTHER = "a quite different sentence 42"


def account(app: Flask, address: str = ANA, role: Role = Role.LEARNER, name: str = "Ana") -> Account:
    """Make an account with the password of everybody here."""
    with app.app_context():
        made = accounts.make(address, name, passwords.hashed(PASSWORD), role, clock.now())
    assert made is not None
    return made


def signed_in(app: Flask, address: str, role: Role, name: str) -> Visitor:
    """Make an account; return its owner, who is signed in."""
    account(app, address, role, name)
    browser = Visitor(app)
    assert sign_in(browser, address=address).status == 303
    return browser


def send(visitor: Visitor, page: str, form: str = "", **fields: str) -> Page:
    return visitor.send(visitor.open(page), form or page, None, **fields)


def sign_in(visitor: Visitor, password: str = PASSWORD, address: str = ANA, **fields: str) -> Page:
    return send(visitor, "/signin", address=address, password=password, **fields)


def link(capsys: pytest.CaptureFixture[str], purpose: str) -> str:
    """The link of the last mail that was printed."""
    return str(re.findall(rf"https?://[^/]+(/{purpose}/\S+)", capsys.readouterr().err)[-1])


def learn_something(visitor: Visitor) -> None:
    """Read a lesson and answer two questions of a quiz."""
    visitor.send(visitor.open("/learn/first/ship"), "/read")
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    for _ in range(2):
        choice = page.forms[-1].choices["choice"][0]
        verdict = visitor.follow(visitor.send(page, page.response.request.path, choice=choice))
        page = visitor.open(verdict.link("Next question"))
