"""Every address, by everybody: what each person is answered, and that a form without its token changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Purpose, Role
from course.library.catalogue import Catalogue
from course.store import accounts, cohorts
from course.web import passwords
from tests.conftest import GLOSSARY, GRID, MakeApp
from tests.exams import LESSON, write_course
from tests.web.answers import start
from tests.web.browsing import Visitor
from tests.web.conftest import Rows
from tests.web.people import PASSWORD, sign_in
from tests.web.sitting import begin, id_of, submit
from tests.web.test_exercises import checked, placed
from tests.web.test_glossary import begin as flashcards
from tests.web.test_practice import path_of
from tests.web.test_review import later, quiz
from tests.web.test_syllabus import TEXT as SYLLABUS

# What stands in an address where nobody owns it.
COMMON = {"module": "first", "slug": "ship", "question_id": "q1a-0", "int:number": "1", "asked_version": "x"}
SLUGS = {"/exercises": "harbour", "/glossary": "keel"}
MADE_UP = {
    "attempt_id": "0" * 32,
    "sign_in_id": "0" * 64,
    "number": "x" * 43,
    "cohort_id": "0" * 32,
    "member_id": "0" * 32,
    "code": "a" * 12,
}
THINGS = ["practice", "exercise", "review", "cards", "running", "closed"]
FIRST_INSTRUCTOR = 5  # among everybody
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}

# The first digit of the status for: newcomer, guest, another guest, learner, another learner, instructor, another
# instructor, admin. All may ask; a page of a role says who may see it (403).
OPEN = {
    "GET /": "22222222",
    "GET /accessibility": "22222222",
    "GET /account": "22222222",
    "GET /account/delete": "22222222",
    "GET /account/export": "22222222",
    "GET /address/<number>": "22222222",  # whoever holds the link
    "GET /admin/log": "44444442",
    "GET /exam": "22222222",
    "GET /exam/<slug>": "22222222",
    "GET /exercises/<slug>": "23232222",  # who is done with it is led to the result
    "GET /favicon.ico": "22222222",
    "GET /flashcards": "22222222",
    "GET /glossary": "22222222",
    "GET /glossary/<slug>": "22222222",
    "GET /healthz": "22222222",
    "GET /help": "22222222",
    "GET /join/<code>": "22222222",  # whoever holds the link
    "GET /learn": "22222222",
    "GET /learn/<module>/<slug>": "22222222",
    "GET /practise": "22222222",
    "GET /practise/own": "22222222",
    "GET /privacy": "22222222",
    "GET /progress": "22222222",
    "GET /quizzes/<slug>": "22222222",
    "GET /readiness": "22222222",
    "GET /reset": "22222222",
    "GET /reset/<number>": "22222222",  # whoever holds the link
    "GET /review": "22222222",
    "GET /search": "22222222",
    "GET /signin": "22233333",  # who is signed in is led to the account
    "GET /signup": "22233333",
    "GET /signup/<number>": "22222222",
    "GET /static/<asked_version>/<path:path>": "22222222",
    "GET /syllabus": "22222222",
    "GET /teach": "44444222",
    "GET /taster": "22222222",
    # With the token and nothing else: 4 is a form shown again, or somebody who is not signed in.
    "POST /account": "33333333",
    "POST /account/address": "44444444",
    "POST /account/delete": "44444444",
    "POST /account/name": "44444444",
    "POST /account/password": "44444444",
    "POST /exam/<slug>/start": "33333333",
    "POST /exercises/<slug>/check": "44444444",
    "POST /exercises/<slug>/save": "44444444",
    "POST /flashcards": "44444444",
    "POST /help/keys": "33333333",
    "POST /join/<code>": "44433333",  # guests have to say a name
    "POST /learn/<module>/<slug>/check/<question_id>": "22222222",
    "POST /learn/<module>/<slug>/read": "33333333",
    "POST /practise/own": "44444444",
    "POST /quizzes/<slug>/start": "33333333",
    "POST /readiness/practise": "33333333",
    "POST /reset": "44444444",
    "POST /reset/<number>": "44444444",
    "POST /review": "33333333",
    "POST /signin": "44444444",
    "POST /signup": "44444444",
    "POST /signup/<number>": "44444444",
    "POST /teach/cohorts": "44444444",
    "POST /taster": "33333333",
    "POST /theme": "33333333",
    "POST /address/<number>": "34444444",  # the link works once
    "POST /signout": "33333333",  # last: nobody is signed in after it
}
# What the owner is answered for each of THINGS, with the token and nothing else; or for a device.
# For everybody else it is not there.
OWNED = {
    "GET /attempts/<attempt_id>/left": "222222",
    "GET /attempts/<attempt_id>/q/<int:number>": "242423",
    "GET /attempts/<attempt_id>/result": "333332",
    "GET /attempts/<attempt_id>/review": "444432",
    "GET /attempts/<attempt_id>/submit": "444423",
    "GET /exercises/<slug>/attempts/<attempt_id>": "424444",
    "GET /flashcards/<attempt_id>": "444344",
    "GET /flashcards/<attempt_id>/<int:number>": "444244",
    "POST /attempts/<attempt_id>/missed": "444433",
    "POST /attempts/<attempt_id>/q/<int:number>": "444433",
    "POST /attempts/<attempt_id>/q/<int:number>/rate": "444444",
    "POST /attempts/<attempt_id>/save": "444444",
    "POST /exercises/<slug>/attempts/<attempt_id>/reveal": "434444",
    "POST /flashcards/<attempt_id>/<int:number>": "444444",
    "POST /attempts/<attempt_id>/submit": "444423",
    "POST /account/devices/<sign_in_id>/end": "3",
    "POST /account/cohorts/<cohort_id>/leave": "3",
}
# What the instructor of a cohort is answered, with the token and nothing else. Another instructor does not find it,
# whoever is none is told who may see such pages.
TAUGHT = {
    "GET /teach/cohorts/<cohort_id>": "2",
    "GET /teach/cohorts/<cohort_id>/learners/<member_id>": "2",
    "POST /teach/cohorts/<cohort_id>/name": "4",
    "POST /teach/cohorts/<cohort_id>/end": "4",
    "POST /teach/cohorts/<cohort_id>/invitations": "3",
    "POST /teach/cohorts/<cohort_id>/invitations/<code>/revoke": "3",
    "POST /teach/cohorts/<cohort_id>/learners/<member_id>/remove": "3",  # last: then nobody is in it
}


@dataclass
class Person:
    """Somebody with a browser, and what is theirs: kind of thing → its id."""

    browser: Visitor
    things: dict[str, str] = field(default_factory=dict)

    @cached_property
    def token(self) -> str:
        return self.browser.open("/help").form("/theme").value("csrf_token")

    def ask(self, row: str, values: dict[str, str], token: str | None = None, **headers: str) -> int:
        """Look at the address of a row, or send it a form that holds the token alone; return the status."""
        method, path = address(row, values)
        if method == "GET":
            return self.browser.open(path).status
        fields = {} if token is None else {"csrf_token": token}
        return self.browser.post(path, fields, headers or None).status


def address(row: str, values: dict[str, str]) -> tuple[str, str]:
    method, rule = row.split()
    slug = next((slug for start, slug in SLUGS.items() if rule.startswith(start)), COMMON["slug"])
    known = {**COMMON, "slug": slug, "path:path": "css/course.css", **values}
    return method, re.sub(r"<([^>]+)>", lambda name: known[name[1]], rule)


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    folder = write_course(tmp_path / "ship")
    lesson = LESSON.replace("quiz: ship", "quiz: ship\ncheck: [q1a-0]\nexercises: [harbour]")
    (folder / "content/lessons/ship.md").write_text(lesson, "utf-8")
    (folder / "content/glossary.md").write_text(GLOSSARY, "utf-8")
    (folder / "content/syllabus.md").write_text(SYLLABUS, "utf-8")
    (folder / "quizzes/harbour.quiz.md").write_text(GRID.replace("lesson: hull", "lesson: ship"), "utf-8")
    return make_app(folder)


def busy(app: Flask, browser: Visitor) -> Person:
    """Somebody who has done one of everything that has an id."""
    catalogue: Catalogue = app.extensions["library"].catalogue
    quiz(browser, app, (False, ""), (True, "guess"))
    practice = id_of(start(browser, "ship"))
    result = checked(browser, browser.open("/exercises/harbour").form("/check"), placed(catalogue, Anchor="stern/port"))
    cards = id_of(flashcards(browser))
    browser.open("/review")  # works the answers in
    later(app, 30)
    review = id_of(browser.follow(browser.send(browser.open("/review"), "/review")))
    closed = id_of(begin(browser))
    submit(browser, closed)
    ids = (practice, path_of(result).rpartition("/")[2], review, cards, id_of(begin(browser)), closed)
    return Person(browser, dict(zip(THINGS, ids, strict=True)))


@dataclass
class World:
    """Everybody, in the order of the table, and the links that were sent."""

    app: Flask
    guest: Person
    other_guest: Person
    learner: Person
    other_learner: Person
    instructor: Person
    other_instructor: Person
    admin: Person
    letters: dict[str, str]

    def everybody(self) -> list[Person]:
        """A newcomer is new each time."""
        newcomer = Person(Visitor(self.app))
        learners = [newcomer, self.guest, self.other_guest, self.learner, self.other_learner]
        return [*learners, self.instructor, self.other_instructor, self.admin]

    def owned(self) -> Iterator[tuple[Person, str, str, dict[str, str], str]]:
        """Whose, row, kind of thing, its id, and what the owner is answered."""
        for row, digits in OWNED.items():
            (name,) = set(re.findall(r"<(\w+_id)>", row))
            if name == "attempt_id":
                for owner in (self.guest, self.learner):
                    for thing, digit in zip(THINGS, digits, strict=True):
                        yield owner, row, thing, {name: owner.things[thing]}, digit
            else:
                yield self.learner, row, name, {name: self.learner.things[name]}, digits


@pytest.fixture
def world(app: Flask) -> World:
    roles = [Role.LEARNER] * 2 + [Role.INSTRUCTOR] * 2 + [Role.ADMIN]
    addresses = [f"{name}@example.org" for name in ("ana", "bob", "ida", "ivo", "ada")]
    made = {}
    with app.app_context():
        for one, role in zip(addresses, roles, strict=True):
            made[one] = accounts.make(one, "Name", passwords.hashed(PASSWORD), role, clock.now())
        ana, bob, ida = (account for account in list(made.values())[:3] if account is not None)
        letters = {
            f"/{each.value}": accounts.write_letter(each, bob.address, clock.now())
            for each in (Purpose.SIGN_UP, Purpose.RESET)
        }
        letters["/address"] = accounts.write_letter(Purpose.MOVE, "new@example.org", clock.now(), bob.learner_id)
        cohort = cohorts.own(cohorts.make("Spring", ida.learner_id, clock.now()), ida.learner_id)
        assert cohort is not None
        codes = [cohorts.invite(cohort, clock.now() + timedelta(days=1), 9, clock.now()) for _ in range(2)]
        assert cohorts.join(codes[0], ana.learner_id, "Ana", clock.now())
        (member,) = cohorts.members(cohort)
    signed_in = [Visitor(app) for _ in addresses]
    for browser, one in (*zip(signed_in, addresses, strict=True), (Visitor(app), ana.address)):
        assert sign_in(browser, address=one).status == 303
    guest, other_guest = Visitor(app), Visitor(app)
    other_guest.send(other_guest.open("/learn/first/ship"), "/read")
    learner, other_learner, instructor, *others = busy(app, signed_in[0]), *map(Person, signed_in[1:])
    (form,) = [each for each in signed_in[0].open("/account").forms if each.action.endswith("/end")]
    learner.things |= {"sign_in_id": form.action.split("/")[3], "cohort_id": cohort.id}
    instructor.things = {"cohort_id": cohort.id, "member_id": member.id, "code": codes[1]}
    letters["/join"] = codes[0]
    people = (busy(app, guest), Person(other_guest), learner, other_learner, instructor, others[0], others[1])
    return World(app, *people, letters)


def values_of(world: World, row: str) -> dict[str, str]:
    """The link of a row that has one."""
    name = next((name for name in ("number", "code") if f"<{name}>" in row), None)
    return {name: world.letters["/" + row.split("/")[1]]} if name else {}


def test_every_address_has_a_row(app: Flask) -> None:
    rules = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method in METHODS
    }
    assert rules == {*OPEN, *OWNED, *TAUGHT}
    assert len(rules) == len(OPEN) + len(OWNED) + len(TAUGHT)
    for row in rules:
        assert ("_id>" in row and "question_id" not in row) == (row in {*OWNED, *TAUGHT}), row


def test_everybody_is_answered_as_the_table_says(world: World) -> None:
    answered = {
        row: "".join(str(person.ask(row, values_of(world, row), person.token))[0] for person in world.everybody())
        for row in OPEN
    }
    assert answered == OPEN


def test_what_somebody_owns_is_not_there_for_anybody_else(world: World, rows: Rows) -> None:
    before = rows()
    for owner, row, thing, values, _ in world.owned():
        for number, person in enumerate(world.everybody()):
            if person is not owner:
                assert person.ask(row, values, person.token) == 404, (row, thing, number)
    assert rows() == before


def test_the_owner_is_answered_as_the_table_says(world: World) -> None:
    answered: dict[str, dict[int, str]] = {}
    for owner, row, _, values, _ in world.owned():
        digits = answered.setdefault(row, {})
        digits[id(owner)] = digits.get(id(owner), "") + str(owner.ask(row, values, owner.token))[0]
    assert {row: set(digits.values()) for row, digits in answered.items()} == {row: {OWNED[row]} for row in OWNED}


def test_what_an_instructor_teaches_is_theirs_alone(world: World, rows: Rows) -> None:
    before = rows()
    for row in TAUGHT:
        for number, person in enumerate(world.everybody()):
            if person is not world.instructor:
                expected = 404 if number > FIRST_INSTRUCTOR else 403
                assert person.ask(row, world.instructor.things, person.token) == expected, (row, number)
    assert rows() == before
    teacher = world.instructor
    answered = {row: str(teacher.ask(row, teacher.things, teacher.token))[0] for row in TAUGHT}
    assert answered == TAUGHT


def test_an_id_that_is_made_up_is_not_there_for_anybody(world: World, rows: Rows) -> None:
    before = rows()
    links = [row for row in OPEN if "<number>" in row or "<code>" in row]
    for row in [*OWNED, *TAUGHT, *links]:
        for number, person in enumerate(world.everybody()):
            expected = 403 if row in TAUGHT and number < FIRST_INSTRUCTOR else 404
            assert person.ask(row, MADE_UP, person.token) == expected, (row, number)
    assert rows() == {**before, "allowance": rows()["allowance"]}  # guesses at invitations are counted


def test_no_form_without_its_token_or_from_another_site_changes_anything(world: World, rows: Rows) -> None:
    things = {**world.instructor.things, **world.learner.things, "attempt_id": world.learner.things["running"]}
    before, anothers = rows(), world.guest.token
    for row in [row for row in (*OPEN, *OWNED, *TAUGHT) if row.startswith("POST")]:
        values = things if row in TAUGHT else {**things, **values_of(world, row)}
        for number, person in enumerate(world.everybody()):
            foreign = person.ask(row, values, person.token, **{"Sec-Fetch-Site": "cross-site"})
            assert foreign == 403, (row, number)
            for token in (None, "", "0" * 40, anothers):
                if token != anothers or person is not world.guest:
                    assert person.ask(row, values, token) == 400, (row, number, token)
        assert rows() == before, row
