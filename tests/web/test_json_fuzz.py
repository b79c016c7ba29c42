"""Ten thousand requests to what scripts talk to: right ones, nearly right ones and wild ones, by several people.

Whatever is sent, the answer is JSON of the promised shape and never an error of the program; what is refused changes
nothing in the database; what is acknowledged is there at the end. `pytest -s` shows how often each status came.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pysqlite3
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from course import clock
from course.core import sitting
from course.core.accounts import Role
from course.core.attempts import Response
from course.library.catalogue import Catalogue
from course.questions._choose import value_of
from course.store import accounts
from course.web import passwords
from tests.conftest import MakeApp
from tests.web.answers import start
from tests.web.browsing import HERE, Fields, Visitor, check
from tests.web.everything import write_everything
from tests.web.people import PASSWORD, sign_in
from tests.web.sitting import begin, id_of, kept, submit
from tests.web.test_routes import MADE_UP, METHODS, THINGS, Person, address, busy

REQUESTS, SEED = 10_000, 20_270_301
JSON = {**HERE, "Accept": "application/json"}
# What answers JSON to a script when all is well; every other address only when it refuses.
ROUTES = {"POST /exercises/<slug>/save", "POST /attempts/<attempt_id>/save", "GET /attempts/<attempt_id>/left"}
WILD = [
    *("", " ", "0", "-1", "1.0", "1e9", "+1", "01", "NaN", "null", "true", "{}", "[]", "1" * 9, "9" * 4301, "9" * 30),
    *("\0", "\ud800", "\u0661", "\u00b2", "x" * 10_000, "on", "off", "' OR 1=1--", "{{7*7}}", "<b>", "../..", "%00"),
    *("a\r\nb", "0" * 32, "x" * 32, "stern/port", "🎲", "\u202e", "None", "attempt", "1000001", "1000", "1001"),
]
SORRY = {"error", "happened", "next"}


@dataclass
class Learner:
    """Somebody with exams that run, one that is closed, and exercises under way."""

    browser: Visitor
    running: list[str]
    others: list[str]  # ids of theirs that take no change of an exam
    exercises: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    token: str = ""

    @property
    def ids(self) -> list[str]:
        return [*self.running, *self.others, *self.exercises]

    def load(self) -> None:
        """Open pages as they stand: the token of this person, and exercises not yet started."""
        form = self.browser.open("/exercises/harbour?again=1").form("/check")
        self.token = form.value("csrf_token")
        self.starts.append(form.value("start"))


@dataclass
class World:
    """Everybody, and what was acknowledged: (attempt, position, act) → number and response."""

    app: Flask
    learners: list[Learner]
    database: Any
    chance: random.Random
    choices: dict[str, list[list[str]]]  # exam attempt → of each question the values that it offers
    cards: dict[str, list[str]]  # of the exercise: card → its places
    said: dict[tuple[str, int, str], tuple[int, Response]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)  # exercise attempt → the number last acknowledged
    counts: Counter[str] = field(default_factory=Counter)

    def version(self) -> int:
        """A number that changes whenever anything is written to the database by anybody."""
        return int(self.database.execute("PRAGMA data_version").fetchone()[0])

    def mostly(self, right: str, share: float = 0.85) -> str:
        """The right value, or now and then a wild one."""
        return right if self.chance.random() < share else self.chance.choice(WILD)

    def somewhat(self, fields: Fields) -> Fields:
        """Fields as they are, or now and then with one missing, doubled, added, or in another order."""
        found, what = list(fields), self.chance.random()
        if what < 0.04 and found:
            found.pop(self.chance.randrange(len(found)))
        elif what < 0.08:
            found.append((self.chance.choice([name for name, _ in fields] or ["x"]), self.chance.choice(WILD)))
        elif what < 0.1:
            found += [(self.chance.choice(WILD), self.chance.choice(WILD)) for _ in range(5)]
        elif what < 0.2:
            self.chance.shuffle(found)
        return found

    def credentials(self, learner: Learner) -> tuple[str, dict[str, str]]:
        """The token and the headers of a page of theirs; now and then of somebody else, or none."""
        token = (
            self.chance.choice(self.learners).token if self.chance.random() < 0.03 else self.mostly(learner.token, 0.97)
        )
        headers = self.chance.choices(
            [JSON, {"Accept": "application/json"}, {**JSON, "Sec-Fetch-Site": "cross-site"}], [94, 4, 2]
        )
        return token, headers[0]

    def exam(self, learner: Learner) -> str:
        """An exam of theirs; now and then something else of theirs, or of somebody else."""
        what = self.chance.random()
        if what < 0.8:
            return self.chance.choice(learner.running)
        if what < 0.95:
            return self.chance.choice([*learner.ids, *self.chance.choice(self.learners).ids])
        return self.chance.choice(["0" * 32, "x" * 32, "%00", "%ff", "..%2f..", "x" * 500, "%F0%9F%8E%B2", "-"])


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_everything(tmp_path / "ship"))


@pytest.fixture
def world(app: Flask, database: Path, catalogue: Catalogue) -> Iterator[World]:
    with app.app_context():
        for one in ("ana@example.org", "bob@example.org"):
            accounts.make(one, "Name", passwords.hashed(PASSWORD), Role.LEARNER, clock.now())
    browsers = [Visitor(app) for _ in range(4)]
    sign_in(browsers[0], address="ana@example.org")
    sign_in(browsers[1], address="bob@example.org")
    learners = []
    for number, browser in enumerate(browsers):
        closed = id_of(begin(browser))
        submit(browser, closed)
        practice = id_of(start(browser, "ship"))
        learners.append(Learner(browser, [id_of(begin(browser, "none" if number % 2 else "1"))], [closed, practice]))
    choices = {
        attempt: [
            [
                value_of(catalogue.questions[item.question_id], option)
                for option in catalogue.questions[item.question_id].answers.options
            ]
            for item in kept(app, attempt).items
        ]
        for learner in learners
        for attempt in learner.running
    }
    form = browsers[0].open("/exercises/harbour").form("/check")
    cards = {name: form.choices[name] for name in form.named("card-")}
    connection = pysqlite3.connect(database, timeout=10, isolation_level=None)
    yield World(app, learners, connection, random.Random(SEED), choices, cards)
    connection.close()


# ---- what is sent, and what must come back ----


def sent(learner: Learner, path: str, fields: Fields, headers: dict[str, str]) -> TestResponse:
    answer = learner.browser.client.post(
        path,
        data=urlencode(fields, errors="surrogatepass"),
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )
    assert answer.is_json, (answer.status, path[:100], fields)
    return answer


def is_sorry(found: Any) -> bool:
    """A sentence of what happened, and one of what to do."""
    return set(found) == SORRY and all(found.values()) and found["next"].endswith(".")


def seconds_left(found: Any) -> bool:
    return found is None or (isinstance(found, float | int) and found >= 0)


def save_an_answer(world: World, learner: Learner) -> TestResponse:
    """A change of an exam's question."""
    chance, attempt = world.chance, world.exam(learner)
    position = chance.randint(1, 6)
    values = world.choices.get(attempt, [["x"]] * 6)[position - 1]
    act = "flag" if chance.random() < 0.2 else "save"
    known = world.said.get((attempt, position, act), (0, ()))[0]
    look = str(max(1, known + chance.choice([1, 1, 1, 1, 2, 0, 0, -1])))
    token, headers = world.credentials(learner)
    fields = [
        ("csrf_token", token),
        ("position", world.mostly(str(position), 0.93)),
        ("look", world.mostly(look, 0.93)),
    ]
    if act == "flag":
        fields.append(("flag", world.mostly(chance.choice(["on", "off"]))))
    else:
        fields += [("choice", world.mostly(chance.choice(values), 0.9)), ("seconds", world.mostly("3"))]
    fields = world.somewhat(fields)
    answer = sent(learner, f"/attempts/{attempt}/save", fields, headers)
    found = answer.get_json()
    if answer.status_code == 200:
        assert found.keys() == {"saved", "left"}
        assert found["saved"] is True
        assert seconds_left(found["left"])
        remember(world, learner, attempt, fields)
    elif "saved" in found:
        assert found["saved"] is False
        assert (answer.status_code, found["why"]) in {
            (404, "foreign"),
            (422, "invalid"),
            (409, "stale"),
            (410, "closed"),
        }
        assert seconds_left(found["left"])
        assert found.keys() == {"saved", "why", "left"} | ({"look", "value"} if answer.status_code == 409 else set())
        assert answer.status_code != 409 or (found["look"] >= 1 and isinstance(found["value"], list))
    else:
        assert is_sorry(found)
    return answer


def remember(world: World, learner: Learner, attempt: str, fields: Fields) -> None:
    """What was acknowledged can only be a change of an exam of one's own that runs, to what its page offers."""
    first: dict[str, str] = {}
    for name, value in fields:
        first.setdefault(name, value)
    assert attempt in learner.running
    position, look = int(first["position"]), int(first["look"])
    flag = first.get("flag", "").strip()
    if flag:
        act, response = "flag", ((("flag", "on"),) if flag == "on" else ())
    else:
        act, response = "save", (("choice", first["choice"]),)
        assert first["choice"] in world.choices[attempt][position - 1]
    known = world.said.get((attempt, position, act))
    assert known is None or look > known[0] or (look, response) == known
    world.said[attempt, position, act] = (look, response)


def save_placements(world: World, learner: Learner) -> TestResponse:
    """The placements of an exercise, not yet started or under way."""
    chance, what = world.chance, world.chance.random()
    new = not learner.exercises or what < 0.02
    attempt = "" if new else chance.choice(learner.exercises[-3:])
    if 0.02 < what < 0.1:
        attempt = chance.choice([*learner.ids, *chance.choice(world.learners).ids, *WILD])
    known = world.last.get(attempt, 0)
    sequence = str(max(0, known + chance.choice([1, 1, 1, 1, 1, 3, 0, -1])))
    token, headers = world.credentials(learner)
    fields = [
        *(("csrf_token", token), ("attempt", attempt), ("sequence", world.mostly(sequence, 0.93))),
        *(("start", world.mostly(chance.choice(learner.starts), 0.9)), ("look", world.mostly("1", 0.93))),
        *((world.mostly(name, 0.97), world.mostly(chance.choice(places), 0.9)) for name, places in world.cards.items()),
    ]
    slug = "harbour" if chance.random() < 0.98 else chance.choice(["ship", "pool", "%00", "x" * 300, "harbour%5c"])
    answer = sent(learner, f"/exercises/{slug}/save", world.somewhat(fields), headers)
    found = answer.get_json()
    if answer.status_code in {200, 409}:
        assert found.keys() == {"attempt", "sequence"}
        assert len(found["attempt"]) == 32
        assert isinstance(found["sequence"], int)
    else:
        assert is_sorry(found)
    if answer.status_code == 200:
        assert found["sequence"] >= 1
        world.last[found["attempt"]] = max(found["sequence"], world.last.get(found["attempt"], 0))
        if found["attempt"] not in learner.exercises:
            assert not any(found["attempt"] in each.ids for each in world.learners)
            learner.exercises.append(found["attempt"])
            learner.load()
    return answer


def ask_for_the_time(world: World, learner: Learner) -> TestResponse:
    """How much time an exam has left."""
    attempt = world.exam(learner)
    path = f"/attempts/{attempt}/left?" + urlencode(
        {world.chance.choice(WILD): world.chance.choice(WILD)}, errors="ignore"
    )
    answer = learner.browser.client.get(path, headers={"Accept": "application/json"})
    found = answer.get_json()
    if answer.status_code == 200:
        assert found.keys() == {"left", "over"}
        assert seconds_left(found["left"])
        assert found["over"] in {True, False}
        assert attempt in learner.ids
    else:
        assert is_sorry(found)
    return answer


KINDS: list[Callable[[World, Learner], TestResponse]] = [save_an_answer, save_placements, ask_for_the_time]


def test_ten_thousand_requests_of_scripts_are_answered_as_promised(world: World) -> None:
    for learner in world.learners:
        learner.load()
    before = world.version()
    for _ in range(REQUESTS):
        learner = world.chance.choice(world.learners)
        (kind,) = world.chance.choices(KINDS, [48, 42, 10])
        answer = kind(world, learner)
        check(answer)
        assert answer.status_code in {200, 400, 403, 404, 409, 410, 422}
        after = world.version()
        assert answer.status_code == 200 or after == before, f"{kind.__name__} was refused and changed something"
        before = after
        world.counts[f"{kind.__name__}: {answer.status_code}"] += 1
    print(*sorted(f"{number:6} {name}" for name, number in world.counts.items()), sep="\n")  # noqa: T201 — for -s
    assert sum(number for name, number in world.counts.items() if name.endswith("200")) > REQUESTS / 4
    assert {name.rpartition(" ")[2] for name in world.counts} >= {"200", "400", "403", "404", "409", "410", "422"}
    assert_kept(world)


def assert_kept(world: World) -> None:
    """What was acknowledged last stands in the database, each under its question."""
    for (attempt_id, position, act), known in world.said.items():
        attempt = kept(world.app, attempt_id)
        standing = sitting.standing(attempt, attempt.items[position - 1].question_id)
        assert known == (
            (standing.flag_look, sitting.SET if standing.flagged else ())
            if act == "flag"
            else (standing.look, standing.response)
        )
    for attempt_id, sequence in world.last.items():
        assert kept(world.app, attempt_id).sequence == sequence


def test_no_other_address_answers_json_when_all_is_well(app: Flask) -> None:
    """A new one joins `ROUTES`, and a kind of request above."""
    browser = Visitor(app)
    browser.send(browser.open("/learn/first/ship"), "/read")
    person = Person(browser, {})
    person = busy(app, browser)
    found = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & METHODS:
            row = f"{method} {rule.rule}"
            for thing in THINGS:
                values = {**MADE_UP, "attempt_id": person.things[thing]}
                _, path = address(row, values)
                fields = {"csrf_token": person.token, "position": "1", "look": "1", "flag": "on", "sequence": "1"}
                answer = browser.client.open(
                    path, method=method, data=fields if method == "POST" else None, headers=JSON
                )
                if answer.is_json and answer.status_code < 400:
                    found.add(row)
    assert found == ROUTES
