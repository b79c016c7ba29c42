"""The log: what is noted, that nothing of it can be changed, and that who is deleted is nobody in it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from course import clock
from course.core.accounts import Role
from course.store import accounts, engine
from tests.web.browsing import Visitor
from tests.web.people import ANA, OTHER, PASSWORD, account, learn_something, send, sign_in, signed_in
from tests.web.test_cohorts import invite, join, make

ADA = "ada@example.org"


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


@pytest.fixture
def ada(app: Flask) -> Visitor:
    """Return an admin who is signed in."""
    return signed_in(app, ADA, Role.ADMIN, "Ada")


def lines(admin: Visitor, path: str = "/admin/log") -> list[str]:
    """The lines of the log, the latest first: who, what."""
    rows = admin.open(path).main().partition("<tbody>")[2].split("<tr>")[1:]
    return [" ".join(_plain(row).split()) for row in rows]


def _plain(row: str) -> str:
    """The text of a line, without its time."""
    return unescape(re.sub(r"<[^>]+>", " ", row.partition("</td>")[2]))


def test_signing_in_and_out_passwords_and_refusals_are_noted(app: Flask, ada: Visitor, visitor: Visitor) -> None:
    account(app)
    sign_in(visitor, OTHER)
    sign_in(visitor, address="nobody@example.org")
    sign_in(visitor)
    page = visitor.open("/account")
    visitor.send(page, "/account/password", None, old=PASSWORD, password=OTHER)
    visitor.send(visitor.open("/account"), "/signout")
    assert lines(ada)[:5] == [
        f"{ANA} signed out",
        f"{ANA} changed the password",
        f"{ANA} signed in",
        "somebody without an account was refused",
        f"{ANA} was refused",
    ]


def test_a_wrong_password_in_the_settings_is_noted(app: Flask, ada: Visitor, visitor: Visitor) -> None:
    account(app)
    sign_in(visitor)
    visitor.send(visitor.open("/account"), "/account/password", None, old="wrong", password=OTHER)
    assert lines(ada)[0] == f"{ANA} was refused"


def test_roles_exports_cohorts_and_deletions_are_noted(app: Flask, ada: Visitor, visitor: Visitor) -> None:
    account(app)
    with app.app_context():
        assert accounts.set_role(ANA, Role.INSTRUCTOR, clock.now())
        assert accounts.disable(ANA, clock.now())
        assert accounts.disable(ANA, clock.now(), undo=True)
    sign_in(visitor)
    cohort = make(visitor, "Spring")
    guest = Visitor(app)
    join(guest, invite(visitor, cohort))
    learn_something(guest)
    assert guest.open("/account/export").status == 200
    visitor.send(visitor.open(cohort.response.request.path), "/revoke")
    learner = visitor.open(cohort.response.request.path).link("Gus")
    visitor.send(visitor.open(learner), "/remove")
    guest.send(guest.open("/account/delete"), "/account/delete", None, sure="yes")
    assert lines(ada)[:11] == [
        "somebody without an account deleted everything of themselves",
        f"{ANA} took out of a cohort somebody without an account (Spring)",
        f"{ANA} revoked an invitation (Spring)",
        "somebody without an account exported the data of themselves",
        "somebody without an account joined a cohort (Spring)",
        f"{ANA} made an invitation (Spring)",
        f"{ANA} made a cohort (Spring)",
        f"{ANA} signed in",
        f"the command line let in again {ANA}",
        f"the command line disabled {ANA}",
        f"the command line changed the role of {ANA} (instructor)",
    ]


def test_who_deletes_an_account_is_nobody_in_the_log(app: Flask, ada: Visitor, visitor: Visitor) -> None:
    account(app, role=Role.INSTRUCTOR)
    sign_in(visitor)
    make(visitor, "The class of Ana")
    visitor.send(visitor.open("/account/delete"), "/account/delete", None, sure="yes")
    page = ada.open("/admin/log")
    assert ANA not in page.html
    assert "The class of Ana" not in page.html
    assert lines(ada)[0].startswith("a deleted account, ")
    assert lines(ada)[0].endswith("deleted everything of themselves")
    with app.app_context(), engine.reading() as connection:
        kept = repr(connection.execute(text("SELECT * FROM audit")).all())
    assert "Ana" not in kept
    assert "@" not in kept


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = NULL", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"]
)
def test_the_database_itself_lets_no_line_be_changed_or_deleted(app: Flask, ada: Visitor, statement: str) -> None:
    before = lines(ada)
    with (
        app.app_context(),
        pytest.raises(IntegrityError, match="the log is only added to"),
        engine.writing() as connection,
    ):
        connection.execute(text(statement))
    assert lines(ada) == before


def test_a_long_log_is_read_page_by_page(app: Flask, ada: Visitor) -> None:
    account(app)
    with app.app_context():
        for n in range(230):
            accounts.set_role(ANA, Role.INSTRUCTOR if n % 2 else Role.LEARNER, clock.now())
    page, found = ada.open("/admin/log"), lines(ada)
    while any("Older lines" in words for _, words in page.links):
        older = page.link("Older lines")
        found += lines(ada, older)
        page = ada.open(older)
    assert len(found) == 230 + 5  # two accounts made, each with its role, and one sign-in


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "9" * 40, "1e9", "'"])
def test_a_place_in_the_log_that_is_none_shows_the_latest(ada: Visitor, before: str) -> None:
    assert lines(ada, f"/admin/log?before={before}") == lines(ada)


def test_nobody_but_admins_reads_it(app: Flask, visitor: Visitor) -> None:
    account(app, role=Role.INSTRUCTOR)
    sign_in(visitor)
    page = visitor.open("/admin/log")
    assert page.status == 403
    assert "This page is for admins" in page.text
    assert send(visitor, "/account", "/signout").status == 303
    assert visitor.open("/admin/log").status == 403
