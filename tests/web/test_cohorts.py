"""Cohorts: an instructor invites, learners join with or without an account, and everybody sees their own only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Role
from course.store import accounts, engine
from course.web import joining
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows
from tests.web.people import PASSWORD, account, learn_something, link, send, sign_in, signed_in
from tests.web.test_review import later

IDA = "ida@example.org"


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


@pytest.fixture
def ida(app: Flask) -> Visitor:
    """Return an instructor who is signed in."""
    return signed_in(app, IDA, Role.INSTRUCTOR, "Ida")


def make(teacher: Visitor, name: str = "Spring") -> Page:
    """Make a cohort; return its page."""
    return teacher.follow(teacher.send(teacher.open("/teach"), "/teach/cohorts", None, name=name))


def invite(teacher: Visitor, cohort: Page, **fields: str) -> str:
    """Make an invitation; return where its link leads."""
    page = teacher.follow(teacher.send(cohort, "/invitations", None, **fields))
    return str(re.findall(r"/join/[a-z0-9]+", page.html)[0])


def join(visitor: Visitor, where: str, name: str = "Gus") -> Page:
    return visitor.follow(visitor.send(visitor.open(where), where, None, name=name))


def learners_of(teacher: Visitor, cohort: Page) -> list[str]:
    """The names on a cohort's page."""
    page = teacher.open(cohort.response.request.path)
    return [words for where, words in page.links if "/learners/" in where]


@pytest.fixture
def cohort(ida: Visitor) -> Page:
    return make(ida)


# ---- joining ----


def test_a_guest_joins_with_a_name_and_the_instructor_sees_what_was_done_before(
    ida: Visitor, cohort: Page, visitor: Visitor
) -> None:
    learn_something(visitor)
    where = invite(ida, cohort)
    page = visitor.open(where)
    assert "Ida invites you. You need no account and no mail address" in page.text
    assert "What Ida will see:" in page.text
    assert "You have joined." in join(visitor, where).text
    assert learners_of(ida, cohort) == ["Gus"]
    overview = ida.open(cohort.response.request.path)
    told = ida.open(overview.link("Gus"))
    assert "Lessons marked as read: 1 of 1." in told.text
    assert "not finished" in told.text
    assert "1 quiz" not in told.text
    assert "1 of 1 lessons read" in visitor.open("/progress").text


def test_who_only_looks_at_an_invitation_leaves_no_trace(
    ida: Visitor, cohort: Page, visitor: Visitor, rows: Rows
) -> None:
    where = invite(ida, cohort)
    before = rows()
    for _ in range(3):
        assert "Set-Cookie" not in visitor.open(where).response.headers
    assert rows() == before


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_without_a_name_a_guest_is_asked_for_it_and_nobody_joins(
    ida: Visitor, cohort: Page, visitor: Visitor, name: str
) -> None:
    where = invite(ida, cohort)
    page = visitor.send(visitor.open(where), where, None, name=name)
    assert page.status == 422
    assert "There is a problem" in page.text
    assert f'value="{name.strip()}"' in page.html
    assert learners_of(ida, cohort) == []


def test_with_an_account_one_joins_by_its_name_and_nobody_is_asked_twice(
    app: Flask, ida: Visitor, cohort: Page, visitor: Visitor
) -> None:
    account(app)
    sign_in(visitor)
    where = invite(ida, cohort)
    page = visitor.open(where)
    assert "You join as Ana, the name of your account." in page.text
    assert "You have joined." in visitor.follow(visitor.send(page, where)).text
    assert learners_of(ida, cohort) == ["Ana"]


def test_a_guest_who_joined_keeps_the_cohort_with_the_account_and_is_in_it_once(
    ida: Visitor, cohort: Page, visitor: Visitor, other: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    where = invite(ida, cohort)
    join(visitor, where)
    send(visitor, "/signup", address="gus@example.org")
    path = link(capsys, "signup")
    page = visitor.open(path)
    assert page.form(path).value("name") == "Gus"  # said once already
    visitor.send(page, path, name="Gustav", password=PASSWORD)
    assert learners_of(ida, cohort) == ["Gustav"]
    # On another device as a guest, and then signed in: still one learner.
    join(other, where, "G.")
    assert learners_of(ida, cohort) == ["G.", "Gustav"]
    sign_in(other, address="gus@example.org")
    assert learners_of(ida, cohort) == ["Gustav"]


def test_who_is_in_already_uses_nothing_up(ida: Visitor, cohort: Page, visitor: Visitor, other: Visitor) -> None:
    where = invite(ida, cohort, most="2")
    form = visitor.open(where).form(where)
    for _ in range(3):
        assert visitor.post(where, form.filled({"name": "Gus"})).status == 303
    assert "You are in Spring" in visitor.open(where).text
    assert "You have joined." in join(other, where, "Gil").text
    assert learners_of(ida, cohort) == ["Gil", "Gus"]


# ---- invitations that are over ----


def after_a_day(app: Flask, _teacher: Visitor, _cohort: Page, _where: str) -> None:
    later(app, 2)
    with app.app_context(), engine.writing() as connection:
        connection.exec_driver_sql("UPDATE invitation SET ends_at = '2020-01-01 00:00:00'")


def after_its_last_use(app: Flask, _teacher: Visitor, _cohort: Page, where: str) -> None:
    join(Visitor(app), where, "Last")


def after_it_was_revoked(_app: Flask, teacher: Visitor, cohort: Page, _where: str) -> None:
    page = teacher.open(cohort.response.request.path)
    assert "The invitation is revoked." in teacher.follow(teacher.send(page, "/revoke")).text


Over = Callable[[Flask, Visitor, Page, str], None]


@pytest.mark.parametrize(
    ("over", "why"),
    [
        (after_a_day, "The time in which it was good has run out."),
        (after_its_last_use, "As many as it was made for have joined Spring by it."),
        (after_it_was_revoked, "Ida has revoked it."),
    ],
)
def test_an_invitation_that_is_over_says_whom_to_ask_and_lets_nobody_in(
    app: Flask, ida: Visitor, cohort: Page, visitor: Visitor, over: Over, why: str
) -> None:
    where = invite(ida, cohort, days="1", most="1")
    form = visitor.open(where).form(where)
    over(app, ida, cohort, where)
    before = learners_of(ida, cohort)
    for page in (visitor.open(where), visitor.post(where, form.filled({"name": "Late"}))):
        assert page.status == 410
        assert why in page.text
        assert "Ask Ida for a new link." in page.text
    assert learners_of(ida, cohort) == before


def test_the_last_place_is_given_once(app: Flask, ida: Visitor, cohort: Page) -> None:
    where = invite(ida, cohort, most="1")
    people = [Visitor(app) for _ in range(3)]
    forms = [person.open(where).form(where) for person in people]
    answers = [
        person.post(where, form.filled({"name": "Gus"})).status for person, form in zip(people, forms, strict=True)
    ]
    assert answers == [303, 410, 410]


def test_a_code_that_was_never_made_is_not_there_and_guessing_is_limited(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "TRIES", 3)
    for n in range(3):
        assert visitor.open(f"/join/guess{n}").status == 404
    page = visitor.open("/join/guess4")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0


# ---- an instructor's pages ----


@pytest.mark.parametrize(
    ("form", "fields", "why"),
    [
        ("/name", {"name": " "}, "Write a name for the cohort, of 100 characters at most."),
        ("/invitations", {"days": "0"}, "Write a number of days from 1 to 365."),
        ("/invitations", {"days": "9" * 400}, "Write a number of days from 1 to 365."),
        ("/invitations", {"days": "soon", "most": "7"}, "Write a number of days from 1 to 365."),
        ("/invitations", {"most": "1001"}, "Write a number of people from 1 to 1000."),
        ("/end", {}, "Tick the box to end the cohort. Nothing is changed yet."),
    ],
)
def test_what_will_not_do_is_said_and_shown_again(
    ida: Visitor, cohort: Page, form: str, fields: dict[str, str], why: str, rows: Rows
) -> None:
    before = rows()
    page = ida.send(cohort, form, None, **fields)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.text.count(why) == 2
    for value in fields.values():
        assert f'value="{value.strip()}"' in page.html
    assert rows() == before


def test_a_cohort_is_renamed_and_ended_and_its_learners_keep_what_is_theirs(
    ida: Visitor, cohort: Page, visitor: Visitor
) -> None:
    learn_something(visitor)
    where = invite(ida, cohort)
    join(visitor, where)
    page = ida.follow(ida.send(cohort, "/name", None, name="Autumn <b>"))
    assert "Autumn <b>" in page.text
    assert "Autumn <b>" in visitor.open("/account").text
    done = ida.follow(ida.send(page, "/end", None, sure="yes"))
    assert "The cohort has ended." in done.text
    assert ida.open(cohort.response.request.path).status == 404
    assert visitor.open(where).status == 404
    assert "Autumn" not in visitor.open("/account").text
    assert "1 of 1 lessons read" in visitor.open("/progress").text


def test_who_leaves_or_is_removed_is_seen_no_more(ida: Visitor, cohort: Page, visitor: Visitor, other: Visitor) -> None:
    where = invite(ida, cohort)
    join(visitor, where, "Gus")
    join(other, where, "Gil")
    overview = ida.open(cohort.response.request.path)
    pages = {name: overview.link(name) for name in ("Gus", "Gil")}
    left = visitor.follow(visitor.send(visitor.open("/account"), "/leave"))
    assert "You have left the cohort." in left.text
    ida.follow(ida.send(ida.open(pages["Gil"]), "/remove"))
    assert learners_of(ida, cohort) == []
    assert [ida.open(page).status for page in pages.values()] == [404, 404]
    assert "Your cohorts" not in other.open("/account").text
    assert "You have joined." in join(other, where, "Gil").text  # the link is still good


def test_marks_are_shown_once_an_attempt_is_complete_and_never_of_an_exam_that_is_running(
    ida: Visitor, cohort: Page, visitor: Visitor
) -> None:
    join(visitor, invite(ida, cohort))
    visitor.send(visitor.open("/exam/ship"), "/exam/ship/start", None, time="1")
    overview = ida.open(cohort.response.request.path)
    page = ida.open(overview.link("Gus"))
    assert "not finished" in page.text
    assert not re.search(r"\d of \d", page.main().partition("<tbody>")[2])


def test_the_page_of_deleting_names_the_cohorts_that_go(ida: Visitor, cohort: Page, visitor: Visitor) -> None:
    join(visitor, invite(ida, cohort))
    assert "Your place in Spring; its instructor sees nothing of you any more." in visitor.open("/account/delete").text
    told = ida.open("/account/delete").text
    assert "The cohorts you teach, with their invitations: Spring. Their learners keep what is theirs." in told


def test_when_a_learner_was_last_active_is_shown(ida: Visitor, cohort: Page, visitor: Visitor, other: Visitor) -> None:
    where = invite(ida, cohort)
    learn_something(visitor)
    join(visitor, where, "Gus")
    join(other, where, "Zoe")
    gus, zoe = ida.open(cohort.response.request.path).main().partition("<tbody>")[2].split("</tr>")[:2]
    today = f"{clock.now():%-d %b %Y}"
    assert gus.count(today) == 2  # joined and last active
    assert '<td class="num">1</td>' in gus
    assert "not yet" in zoe


def test_a_learner_who_deletes_everything_is_in_no_cohort(ida: Visitor, cohort: Page, visitor: Visitor) -> None:
    join(visitor, invite(ida, cohort))
    visitor.send(visitor.open("/account/delete"), "/account/delete", None, sure="yes")
    assert learners_of(ida, cohort) == []


def test_who_teaches_no_more_sees_no_cohort(app: Flask, ida: Visitor, cohort: Page) -> None:
    with app.app_context():
        assert accounts.set_role(IDA, Role.LEARNER, clock.now())
    page = ida.open(cohort.response.request.path)
    assert page.status == 403
    assert "This page is for instructors" in page.text
    assert "/teach" not in [where for where, _ in ida.open("/").links]


def test_a_page_of_a_role_leads_through_signing_in_back_to_itself(app: Flask, visitor: Visitor) -> None:
    account(app, IDA, Role.INSTRUCTOR, "Ida")
    page = visitor.open("/teach")
    assert page.status == 403
    sign_in_page = visitor.open(page.link("Sign in"))
    done = visitor.send(sign_in_page, "/signin", None, address=IDA, password=PASSWORD)
    assert done.location == "/teach"
