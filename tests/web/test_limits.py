"""Limits on saving: who is refused loses nothing, is told when to go on, and goes on then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pysqlite3
import pytest
from flask import Flask

from course.core.limits import ACTS, GUESTS, STARTS, Limit
from course.library.catalogue import Catalogue
from tests.conftest import GRID, MakeApp
from tests.exams import age, fill, write_course
from tests.store.writers import history
from tests.web import sitting
from tests.web.answers import full
from tests.web.browsing import HERE, Fields, Form, Page, Visitor
from tests.web.conftest import Rows
from tests.web.test_review import check as checked
from tests.web.test_review import later, quiz

SCRIPT = {**HERE, "Accept": "application/json"}
MINUTE, HOUR = 61, 3601  # seconds, and one more


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    """Return the course with a mock exam, and with an exercise and a term beside it."""
    course = write_course(tmp_path / "ship")
    (course / "quizzes/harbour.quiz.md").write_text(GRID.replace("lesson: hull", "lesson: ship"))
    (course / "content/glossary.md").write_text("---\ntitle: Glossary\n---\n\nKeel\n:   The beam along the bottom.\n")
    return make_app(course, instance=tmp_path / "instance")


@dataclass(frozen=True)
class Sent:
    """A form that is about to be sent, and the attempt that it adds to."""

    attempt: str
    path: str
    fields: Fields
    headers: Mapping[str, str]

    def by(self, visitor: Visitor) -> Page:
        return visitor.post(self.path, self.fields, self.headers)


def of(page: Page, form: Form, changes: Mapping[str, object], path: str = "", script: bool = False) -> Sent:
    fields = form.filled(changes)  # type: ignore[arg-type]
    return Sent(sitting.id_of(page), path or form.action, fields, SCRIPT if script else HERE)


# ---- every way of adding to an attempt ----


def in_exam(visitor: Visitor, app: Flask, **changes: str) -> Sent:
    page = sitting.begin(visitor)
    form = page.form(page.response.request.path)
    return of(page, form, {"choice": sitting.right(app, sitting.id_of(page), 1), "go": "next", **changes})


def exam_page(visitor: Visitor, app: Flask) -> Sent:
    return in_exam(visitor, app)


def exam_page_flag(visitor: Visitor, app: Flask) -> Sent:
    return in_exam(visitor, app, flag="on", choice="")


def exam_script(visitor: Visitor, app: Flask) -> Sent:
    page = sitting.begin(visitor)
    changes = {"position": "1", "look": "1", "choice": sitting.wrong(app, sitting.id_of(page), 1)}
    return of(page, page.forms[-1], changes, f"/attempts/{sitting.id_of(page)}/save", script=True)


def exam_script_flag(visitor: Visitor, app: Flask) -> Sent:
    sent = exam_script(visitor, app)
    return Sent(sent.attempt, sent.path, [*sent.fields, ("flag", "on")], sent.headers)


def practice(visitor: Visitor, app: Flask) -> Sent:
    del app
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    form = page.forms[-1]
    return of(page, form, {"choice": form.choices["choice"][0], "certainty": "guess"})


def flashcard(visitor: Visitor, app: Flask) -> Sent:
    del app
    page = visitor.follow(visitor.send(visitor.open("/flashcards"), "/flashcards"))
    return of(page, page.form(page.response.request.path), {"rating": "nearly"})


def rating(visitor: Visitor, app: Flask) -> Sent:
    quiz(visitor, app, (False, ""))
    visitor.open("/review")
    later(app, 1)
    verdict = checked(visitor, app, visitor.follow(visitor.send(visitor.open("/review"), "/review")), True)
    form = verdict.form(verdict.response.request.path)
    return of(verdict, form, {"rating": "hard"}, f"{form.action}/rate")


def exercise(visitor: Visitor, app: Flask, act: str, script: bool) -> Sent:
    catalogue: Catalogue = app.extensions["library"].catalogue
    form = visitor.open("/exercises/harbour").form("/check")
    answer = full(catalogue, "ex-harbour")
    first = visitor.post("/exercises/harbour/save", form.filled({**answer, "sequence": "1"}), SCRIPT)
    attempt = first.response.get_json()["attempt"]
    number = "100000" if script else ""
    fields = form.filled({**answer, "start": None, "attempt": attempt, "sequence": number})
    return Sent(attempt, f"/exercises/harbour/{act}", fields, SCRIPT if script else HERE)


def exercise_save(visitor: Visitor, app: Flask) -> Sent:
    return exercise(visitor, app, "save", script=True)


def exercise_check(visitor: Visitor, app: Flask) -> Sent:
    return exercise(visitor, app, "check", script=False)


def exercise_reveal(visitor: Visitor, app: Flask) -> Sent:
    sent = exercise(visitor, app, "check", script=False)
    nothing_placed = [field for field in sent.fields if not field[0].startswith("card-")]
    result = visitor.follow(visitor.post(sent.path, [*nothing_placed, ("anyway", "1")]))
    return Sent(sent.attempt, result.form("/reveal").action, result.form("/reveal").fields, HERE)


WAYS = (
    *(exam_page, exam_page_flag, exam_script, exam_script_flag),
    *(practice, flashcard, rating, exercise_save, exercise_check, exercise_reveal),
)


def kept(app: Flask, attempt_id: str) -> list[tuple[int, str, str]]:
    with app.app_context():
        return history(attempt_id)


def is_refused(page: Page, limit: Limit) -> int:
    """Look at an answer that refuses; return the seconds to wait."""
    assert page.status == 429
    seconds = int(page.response.headers["Retry-After"])
    assert 0 < seconds <= limit.within.total_seconds()
    told = f"{limit.happened} This is not saved yet; what was saved before is kept."
    if page.response.mimetype == "application/json":
        assert page.response.get_json()["happened"] == told
    else:
        assert told in page.text
        assert "then send it again." in page.text
    return seconds


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_too_much_for_a_minute_is_refused_and_taken_after_it(
    visitor: Visitor, app: Flask, database: Path, way: Callable[[Visitor, Flask], Sent]
) -> None:
    sent = way(visitor, app)
    fill(database, sent.attempt, ago=20)
    before = kept(app, sent.attempt)
    assert 30 < is_refused(sent.by(visitor), ACTS) <= 40
    assert kept(app, sent.attempt) == before
    age(database, sent.attempt, 41)
    assert sent.by(visitor).status in {200, 303}
    assert len(kept(app, sent.attempt)) == len(before) + 1


@pytest.mark.parametrize("way", [exam_script, exercise_save, practice], ids=lambda way: way.__name__)
def test_the_last_place_in_a_minute_is_still_given(
    visitor: Visitor, app: Flask, database: Path, way: Callable[[Visitor, Flask], Sent]
) -> None:
    sent = way(visitor, app)
    fill(database, sent.attempt, ACTS.most - 1 - len(kept(app, sent.attempt)))
    assert sent.by(visitor).status in {200, 303}
    assert len(kept(app, sent.attempt)) == ACTS.most


def test_numbers_that_are_left_out_make_no_room(visitor: Visitor, app: Flask, database: Path) -> None:
    sent = exercise_save(visitor, app)
    fill(database, sent.attempt, step=100)
    is_refused(sent.by(visitor), ACTS)
    age(database, sent.attempt, MINUTE)
    fill(database, sent.attempt, 1, step=30_000)  # one jump is not many acts
    fields = [(name, "200000" if name == "sequence" else value) for name, value in sent.fields]
    assert visitor.post(sent.path, fields, SCRIPT).status == 200


def test_the_page_that_refuses_sends_what_was_typed_again(visitor: Visitor, app: Flask, database: Path) -> None:
    sent = exam_page(visitor, app)
    fill(database, sent.attempt)
    page = sent.by(visitor)
    is_refused(page, ACTS)
    form = page.form(sent.path)
    assert sorted(form.fields) == sorted(sent.fields)
    age(database, sent.attempt, MINUTE)
    following = visitor.follow(visitor.post(form.action, form.fields))
    assert following.response.request.path.endswith("/q/2")
    assert [act for _, act, _ in kept(app, sent.attempt)[ACTS.most :]] == ["save"]


def test_another_attempt_of_the_same_learner_goes_on(visitor: Visitor, app: Flask, database: Path) -> None:
    fill(database, exercise_save(visitor, app).attempt)
    assert practice(visitor, app).by(visitor).status == 303


# ---- the end of an exam ----


def test_an_exam_can_always_be_handed_in(visitor: Visitor, app: Flask, database: Path) -> None:
    sent = exam_script(visitor, app)
    assert sent.by(visitor).status == 200
    fill(database, sent.attempt)
    page = sitting.submit(visitor, sent.attempt)
    assert page.status == 200
    assert "of 6" in page.text
    acts = [act for _, act, _ in kept(app, sent.attempt)]
    assert acts[ACTS.most + 1 :] == ["submit"] + ["check"] * 6


@pytest.mark.parametrize(("left", "status"), [(130, 429), (110, 200), (5, 200), (-20, 200), (-40, 410)])
def test_an_answer_that_could_not_wait_for_its_turn_is_taken_until_the_exam_closes(
    visitor: Visitor, app: Flask, database: Path, left: int, status: int
) -> None:
    sent = exam_script(visitor, app)
    age(database, sent.attempt, 90 * 60 - left)
    fill(database, sent.attempt)
    assert sent.by(visitor).status == status


# ---- starting ----


def started(database: Path, many: int = STARTS.most) -> None:
    """Let the only learner have started so many attempts just now."""
    with pysqlite3.connect(database, timeout=10) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO attempt (id, learner_id, slug, rules, seed, start, started_at) "
            "SELECT 'many-' || i, learner.id, 'ship', 'practice', 'seed', 'start-' || i, "
            "strftime('%Y-%m-%d %H:%M:%f', 'now') FROM n, learner",
            (many,),
        )
    connection.close()


def an_hour_later(database: Path) -> None:
    with pysqlite3.connect(database, timeout=10) as connection:
        for table, column in (("attempt", "started_at"), ("allowance", "since")):
            connection.execute(
                f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '-{HOUR} seconds')"  # noqa: S608
            )
    connection.close()


STARTING = {
    "/quizzes/ship": "/quizzes/ship/start",
    "/practise/own": "/practise/own",
    "/taster": "/taster",
    "/flashcards": "/flashcards",
    "/exam/ship": "/exam/ship/start",
    "/exercises/harbour": "/exercises/harbour/check",
}


def read_lesson(visitor: Visitor) -> Page:
    return visitor.send(visitor.open("/learn/first/ship"), "/read")


@pytest.mark.parametrize(("path", "action"), STARTING.items())
def test_who_starts_too_much_within_an_hour_waits(
    visitor: Visitor, app: Flask, database: Path, rows: Rows, path: str, action: str
) -> None:
    read_lesson(visitor)
    answer = full(app.extensions["library"].catalogue, "ex-harbour") if "exercises" in path else {}
    form = visitor.open(path).form(action)
    started(database)
    before = rows()
    page = visitor.post(action, form.filled(answer))
    assert is_refused(page, STARTS) > 3000
    assert "minutes, then send it again." in page.text
    assert rows() == before
    an_hour_later(database)
    again = page.form(action)
    assert visitor.post(again.action, again.fields).status == 303
    assert rows()["attempt"] == STARTS.most + 1


def test_the_last_start_of_an_hour_is_given_and_sending_it_twice_starts_nothing_new(
    visitor: Visitor, database: Path, rows: Rows
) -> None:
    read_lesson(visitor)
    started(database, STARTS.most - 1)
    page = visitor.open("/quizzes/ship")
    first = visitor.send(page, "/start")
    assert first.status == 303
    assert visitor.send(page, "/start").location == first.location
    assert rows()["attempt"] == STARTS.most
    is_refused(visitor.send(visitor.open("/quizzes/ship"), "/start"), STARTS)


def test_others_start_all_the_same(visitor: Visitor, other: Visitor, database: Path) -> None:
    read_lesson(visitor)
    started(database)
    assert other.send(other.open("/taster"), "/taster").status == 303


# ---- new guests ----


def guests(database: Path, many: int) -> None:
    """Let so many guests have come from the network of these tests."""
    with pysqlite3.connect(database, timeout=10) as connection:
        connection.execute("UPDATE allowance SET uses = ? WHERE name = 'guest/127.0.0.1'", (many,))
    connection.close()


def uses(database: Path) -> int:
    with pysqlite3.connect(database, timeout=10) as connection:
        row = connection.execute("SELECT uses FROM allowance WHERE name LIKE 'guest/%'").fetchone()
    connection.close()
    return int(row[0]) if row else 0


def test_a_network_makes_only_so_many_guests_within_an_hour(app: Flask, database: Path, rows: Rows) -> None:
    first, last, late = Visitor(app), Visitor(app), Visitor(app)
    read_lesson(first)
    guests(database, GUESTS.most - 1)
    assert read_lesson(last).status == 303
    page = read_lesson(late)
    assert is_refused(page, GUESTS) > 3000
    assert late.cookies() == {}
    assert rows()["learner"] == 2
    assert first.send(first.open("/taster"), "/taster").status == 303  # who is known goes on
    elsewhere = Visitor(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert read_lesson(elsewhere).status == 303
    an_hour_later(database)
    form = page.form("/read")
    assert late.post(form.action, form.fields).status == 303
    assert set(late.cookies()) == {"course"}


def test_only_who_becomes_a_guest_is_counted(visitor: Visitor, app: Flask, database: Path) -> None:
    form = visitor.open("/exercises/harbour").form("/check")
    assert visitor.post(form.action, form.fields).status == 422  # nothing placed: nothing is kept
    assert visitor.post("/exercises/harbour/save", form.filled({"sequence": "0"}), SCRIPT).status == 409
    assert visitor.cookies() == {}
    assert uses(database) == 0
    exercise_save(visitor, app)
    assert uses(database) == 1
    practice(visitor, app).by(visitor)
    read_lesson(visitor)
    assert uses(database) == 1
