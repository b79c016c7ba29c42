"""Everything that is kept of a learner can be taken along: all of it, of nobody else, and nothing before it is due."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from course import clock
from course.core.accounts import Purpose, Role
from course.core.attempts import Attempt
from course.library.catalogue import Catalogue
from course.store import accounts, attempts, cohorts, engine
from course.store.attempts import NewItem
from course.store.tables import Base, EventRow
from course.web import data, passwords
from tests.conftest import QUIZ, MakeApp
from tests.core.histories import histories
from tests.test_second_course import TINY
from tests.web.answers import answer, asked_in, full, onward, start, wrong
from tests.web.browsing import Visitor
from tests.web.conftest import Rows
from tests.web.taking import NAMES, Taken, take
from tests.web.test_exercises import checked, placed, show_answers

EVENTS = """
SELECT e.attempt_id, e.sequence, e.act, e.question_id, e.look, e.response, e.mark, e.certainty, e.seconds, e.at
FROM event e JOIN attempt a ON a.id = e.attempt_id WHERE a.learner_id = :learner ORDER BY e.attempt_id, e.sequence
"""


def learner_of(visitor: Visitor) -> str:
    """Who somebody is."""
    with visitor.client.session_transaction() as session:
        return str(session["learner"])


def rows_of(app: Flask, learner: str) -> list[dict[str, Any]]:
    """Every act of a learner, as the database has it."""
    with app.app_context(), engine.reading() as connection:
        return [dict(row) for row in connection.execute(text(EVENTS), {"learner": learner}).mappings()]


def is_complete(taken: Taken, rows: list[dict[str, Any]]) -> None:
    """Every act of the database is in the data and in the table, and no other."""
    in_data = {(each["attempt"], each["sequence"]): each for each in taken.events}
    in_table = {(each["attempt"], int(each["sequence"])): each for each in taken.table("answers.csv")}
    assert len(taken.events) == len(taken.table("answers.csv")) == len(rows)
    assert in_data.keys() == in_table.keys() == {(row["attempt_id"], row["sequence"]) for row in rows}
    for row in rows:
        key = (row["attempt_id"], row["sequence"])
        said, cells = in_data[key], in_table[key]
        for name in ("act", "question_id", "look", "mark", "certainty", "seconds"):
            assert said[name] == row[name]
        assert said["response"] == json.loads(row["response"])
        assert said["at"].replace("T", " ").startswith(row["at"][:19])
        assert said["at"].endswith("+00:00")
        assert cells["time_utc"] == row["at"][:19]
        assert (cells["act"], cells["question_id"], cells["look"]) == (row["act"], row["question_id"], str(row["look"]))
        assert (cells["mark_exact"], cells["certainty"]) == (row["mark"] or "", row["certainty"] or "")
        assert bool(cells["mark"]) is bool(row["mark"])
        assert not row["mark"] or abs(Fraction(cells["mark"]) - Fraction(row["mark"])) <= Fraction(1, 20_000)
        assert cells["seconds"] == ("" if row["seconds"] is None else str(row["seconds"]))


def do_everything(visitor: Visitor, catalogue: Catalogue) -> None:
    """Read, answer, sort, know a card, say when the exam is."""
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    page = start(visitor)
    for n in range(4):
        question = asked_in(page, catalogue, "hull").id
        fields = full(catalogue, question) if n else wrong(catalogue, question, page)
        page = onward(visitor, answer(visitor, page, fields, certainty="sure"))
    form = visitor.open("/exercises/harbour").form("/check")
    some = form.filled({**placed(catalogue, Anchor="stern/port", Buoy=""), "sequence": "1"})
    assert visitor.post("/exercises/harbour/save", some).status == 200
    result = checked(visitor, visitor.open("/exercises/harbour").form("/check"), placed(catalogue, Anchor="stern/port"))
    show_answers(visitor, result)
    card = visitor.follow(visitor.send(visitor.open("/flashcards"), "/flashcards"))
    visitor.send(card, card.response.request.path, rating="nearly")
    visitor.send(visitor.open("/account"), "/account", exam_on="2027-03-01")
    visitor.open("/review")


# ---- the file ----


def test_a_newcomer_is_told_that_there_is_nothing_and_leaves_no_trace(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/account/export")
    assert page.status == 200
    assert "There is nothing to export yet." in page.text
    assert "Set-Cookie" not in page.response.headers
    assert rows() == {}


def test_it_is_a_file_by_the_name_of_the_course_and_the_day_and_no_cache_keeps_it(visitor: Visitor) -> None:
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    headers = take(visitor).page.response.headers
    day = clock.now().date().isoformat()
    assert headers["Content-Disposition"] == f'attachment; filename="small-course-{day}.zip"'
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize(("title", "name"), [("帆船", "course"), ('A "b"\\; c/../d', "a-b-c-d")])
def test_any_title_makes_a_name(small_course: Path, make_app: MakeApp, title: str, name: str) -> None:
    file = small_course / "content/course.md"
    file.write_text(file.read_text().replace("title: Small course", f"title: {title!r}"))
    visitor = Visitor(make_app(small_course))
    visitor.send(visitor.open("/learn/first/hull"), "/read")
    found = take(visitor).page.response.headers["Content-Disposition"]
    assert re.fullmatch(rf'attachment; filename="{name}-\d{{4}}-\d\d-\d\d\.zip"', found)


def test_the_readme_explains_every_file_column_and_record(visitor: Visitor, catalogue: Catalogue) -> None:
    do_everything(visitor, catalogue)
    taken = take(visitor)
    readme = taken.texts["README.txt"]
    assert readme.startswith("Small course: everything that is kept of you\n")
    assert "UTC" in readme
    for name in NAMES[1:]:
        assert f"\n{name}: " in readme
    for name in NAMES[2:]:
        part = readme.partition(f"\n{name}: ")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in part.splitlines()[1:]] == list(taken.table(name)[0])
    for key in taken.data.keys() - {"course", "made_at"}:
        assert f"\n  {key} " in readme
    acts = {event["act"] for event in taken.events}
    assert {"check", "reveal"} <= acts
    assert all(f"\n  {act} " in readme for act in acts)
    assert "{" not in readme
    assert max(map(len, readme.splitlines())) <= 110


# ---- all of it, and of nobody else ----


def test_everything_that_was_done_is_in_it(visitor: Visitor, app: Flask, catalogue: Catalogue) -> None:
    do_everything(visitor, catalogue)
    learner, taken = learner_of(visitor), take(visitor)
    rows = rows_of(app, learner)
    assert len(rows) >= 7
    is_complete(taken, rows)
    data = taken.data
    assert (data["course"], data["learner"]["id"], data["learner"]["exam_on"]) == (
        "Small course",
        learner,
        "2027-03-01",
    )
    assert [(each["slug"], each["title"]) for each in data["lessons"]] == [("hull", "The hull")]
    assert [row["module"] for row in taken.table("lessons.csv")] == ["The first module"]
    kinds = {row["kind"]: row for row in taken.table("attempts.csv")}
    assert set(kinds) == {"practice", "exercise", "flashcards"}
    assert (kinds["practice"]["title"], kinds["practice"]["questions"]) == ("Questions on hulls", "4")
    assert (kinds["practice"]["score"], kinds["practice"]["over"]) == ("3", "no")  # the second look is left
    assert (kinds["exercise"]["score"], kinds["exercise"]["score_exact"]) == ("0.8", "4/5")
    assert (kinds["exercise"]["over"], kinds["flashcards"]["score"]) == ("yes", "")
    assert [each["question_id"] for each in data["memory"]]
    assert {"stability", "difficulty", "due", "last"} <= data["memory"][0].keys()


def test_answers_are_in_words(visitor: Visitor, catalogue: Catalogue) -> None:
    do_everything(visitor, catalogue)
    by_question = {row["question_id"]: row for row in take(visitor).table("answers.csv") if row["act"] == "check"}
    everything = by_question["ex-harbour"]
    assert everything["question"] == "Put everything in its part of the boat"
    assert everything["answer"] == (
        "Anchor: Stern, port; Buoy: Bow, starboard; Compass: Middle, shared; Drum: Stern, port; Ensign: Stern, port"
    )
    assert (everything["mark"], everything["mark_exact"]) == ("0.8", "4/5")
    card = next(row for row in by_question.values() if row["kind"] == "flashcards")
    assert card["question"] in {"Keel", "Thwart"}
    assert (card["answer"], card["mark"]) == ("Nearly", "0.5")
    said = {row["answer"] for row in by_question.values()}
    assert {"A barrel; A bottle", "Oak planks"} & said


many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@many
@given(mine=st.lists(histories(), max_size=3), theirs=st.lists(histories(), max_size=2), number=st.integers(0, 10**9))
def test_every_act_ever_kept_is_in_it_and_no_act_of_anybody_else(
    app: Flask, mine: list[Attempt], theirs: list[Attempt], number: int
) -> None:
    """Its questions are of no course any more, so they go by their names."""
    with app.app_context(), engine.writing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "audit":  # which lets nothing be deleted
                connection.execute(table.delete())
        for who, done in (("me", mine), ("you", theirs)):
            for n, attempt in enumerate(done):
                keep(connection, attempt, who, f"{who}-{number}-{n}")
    visitor = Visitor(app)
    with visitor.client.session_transaction() as session:
        session["learner"] = "me"
    if not mine:
        assert "There is nothing to export yet." in visitor.open("/account/export").text
        return
    taken = take(visitor)
    is_complete(taken, rows_of(app, "me"))
    assert "you-" not in taken.whole
    for event in taken.events:
        if event["answer"] not in {"I knew it", "Nearly", "Not yet"}:
            assert event["answer"] == "; ".join(f"{name}: {value}" for name, value in event["response"])


def keep(connection: Any, attempt: Attempt, learner: str, name: str) -> None:
    """Keep an attempt of a learner as it is."""
    items = [NewItem(item.question_id, item.revision, "no text") for item in attempt.items]
    mine = Attempt(name, learner, attempt.slug, attempt.rules, attempt.seed, attempt.started_at, attempt.items)
    attempts.start_within(connection, mine, name, items)
    for event in attempt.events:
        mark = None if event.mark is None else str(event.mark)
        row = {
            **vars(event),
            "attempt_id": name,
            "act": event.act.value,
            "mark": mark,
            "response": list(event.response),
        }
        connection.execute(insert(EventRow), {**row, "certainty": event.certainty and event.certainty.value})


def test_two_people_take_along_what_is_theirs(visitor: Visitor, other: Visitor, catalogue: Catalogue) -> None:
    for person in (visitor, other):
        do_everything(person, catalogue)
    one, two = take(visitor), take(other)
    ids = [{each["id"] for each in taken.data["attempts"]} | {taken.data["learner"]["id"]} for taken in (one, two)]
    assert ids[0].isdisjoint(ids[1])
    assert not [each for each in ids[1] if each in one.whole]
    assert not [each for each in ids[0] if each in two.whole]


ANA, PASSWORD = "ana@example.org", "bicycle lantern harbour seven"


def with_account(app: Flask, visitor: Visitor) -> None:
    """Give a guest an account that takes over what they did."""
    with app.app_context():
        assert accounts.make(ANA, "Ana", passwords.hashed(PASSWORD), Role.LEARNER, clock.now())
        accounts.write_letter(Purpose.RESET, ANA, clock.now())
        account = accounts.by_address(ANA)
        assert account is not None
        cohort = cohorts.own(cohorts.make("Spring", account.learner_id, clock.now()), account.learner_id)
        assert cohort is not None
        code = cohorts.invite(cohort, clock.now() + timedelta(days=1), 9, clock.now())
        assert cohorts.join(code, account.learner_id, "Ana", clock.now())
    assert visitor.send(visitor.open("/signin"), "/signin", None, address=ANA, password=PASSWORD).status == 303


def test_with_an_account_it_is_in_it_too_and_nothing_that_opens_it(
    app: Flask, visitor: Visitor, other: Visitor, catalogue: Catalogue
) -> None:
    do_everything(visitor, catalogue)
    before = take(visitor)
    with_account(app, visitor)
    assert other.send(other.open("/signin"), "/signin", None, address=ANA, password=PASSWORD).status == 303
    taken = take(other)
    assert taken.data["account"].items() >= {"address": ANA, "name": "Ana", "role": "learner"}.items()
    assert len(taken.data["sign_ins"]) == 2
    assert [(each["purpose"], each["used"]) for each in taken.data["letters"]] == [("reset", False)]
    assert taken.events == before.events
    with app.app_context(), engine.reading() as connection:
        secrets = set(connection.execute(text("SELECT password FROM account")).scalars())
        secrets |= set(connection.execute(text("SELECT id FROM sign_in UNION SELECT id FROM letter")).scalars())
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in taken.whole]
    assert before.data["account"] is None


# What becomes of each column: where it stands in data.json, or why it is left out. A new column has to be decided.
RANDOM, AGAIN, KEY, INSIDE = "a random number", "worked out anew at any time", "made of the key", "says where it is"
OPENS, NEVER = "opens something", "nobody who can export is"
DECIDED = {
    "learner": {
        "id": "id",
        "created_at": "created_at",
        "exam_on": "exam_on",
        "exam_time": "exam_time",
        "reviewed_event": AGAIN,
    },
    "lesson_read": {"learner_id": INSIDE, "slug": "slug", "at": "at"},
    "memory": {
        "learner_id": INSIDE,
        **{name: name for name in ("question_id", "stability", "difficulty", "due", "last")},
    },
    "attempt": {
        **{name: name for name in ("id", "slug", "started_at", "limit_seconds", "grace_seconds", "terms")},
        "rules": "kind",
        "learner_id": INSIDE,
        "seed": RANDOM,
        "start": RANDOM,
    },
    "attempt_item": {"attempt_id": INSIDE, "position": "number", "question_id": "question_id", "revision": KEY},
    "event": {
        **{name: name for name in ("sequence", "act", "question_id", "look", "response", "mark", "certainty", "at")},
        "seconds": "seconds",
        "id": INSIDE,
        "attempt_id": INSIDE,
    },
    "account": {
        **{name: name for name in ("address", "name", "role", "created_at")},
        "learner_id": INSIDE,
        "password": OPENS,
        "disabled": NEVER,
    },
    "sign_in": {
        **{name: name for name in ("created_at", "last_at", "browser")},
        "id": OPENS,
        "learner_id": INSIDE,
    },
    "letter": {
        **{name: name for name in ("purpose", "ends_at", "used")},
        "id": OPENS,
        "address": INSIDE,
        "learner_id": INSIDE,
    },
    "cohort": {"id": "id", "name": "name", "created_at": "created_at", "teacher_id": INSIDE},
    "member": {"name": "name", "joined_at": "joined_at", "id": INSIDE, "cohort_id": INSIDE, "learner_id": INSIDE},
    "invitation": {
        **{name: name for name in ("cohort_id", "created_at", "ends_at", "most", "uses", "revoked")},
        "code": OPENS,
    },
    "audit": {**{name: name for name in ("at", "deed", "detail")}, "id": INSIDE, "who": INSIDE, "whom": INSIDE},
    "forecast": {
        **{name: name for name in ("slug", "at", "chance", "low", "high", "inputs", "attempt_id", "passed")},
        "id": INSIDE,
        "learner_id": INSIDE,
    },
}
DERIVED = {"attempt_sum", "question_sum"}
OF_THE_COURSE = {"revision"}
COUNTED = {"allowance"}  # for two days, to slow guessing down


def test_of_every_column_that_is_kept_it_is_decided_whether_it_is_taken_along(
    app: Flask, visitor: Visitor, catalogue: Catalogue
) -> None:
    do_everything(visitor, catalogue)
    with_account(app, visitor)
    visitor.open("/review")  # what is remembered is made anew
    kept = take(visitor).data
    with app.app_context(), engine.writing() as connection:
        forecast = {"learner_id": kept["learner"]["id"], "slug": "mock", "at": clock.now(), "inputs": {"day": "today"}}
        table = Base.metadata.tables["forecast"]
        connection.execute(table.insert().values(**forecast, chance=0.5, low=0.25, high=0.75, passed=True))
    data = take(visitor).data
    records = {
        "learner": data["learner"],
        "lesson_read": data["lessons"][0],
        "memory": data["memory"][0],
        "attempt": data["attempts"][0],
        "attempt_item": data["attempts"][0]["asked"][0],
        "event": data["attempts"][0]["events"][0],
        "forecast": data["forecasts"][0],
        "account": data["account"],
        "sign_in": data["sign_ins"][0],
        "letter": data["letters"][0],
        "cohort": data["teaches"][0],
        "member": data["cohorts"][0],
        "invitation": data["invitations"][0],
        "audit": data["log"][0],
    }
    assert records["forecast"]["high"] == 0.75
    assert Base.metadata.tables.keys() == DECIDED.keys() | DERIVED | OF_THE_COURSE | COUNTED
    for name, decided in DECIDED.items():
        assert set(Base.metadata.tables[name].columns.keys()) == decided.keys(), name
        there = set(decided.values()) - {RANDOM, AGAIN, KEY, INSIDE, OPENS, NEVER}
        assert there <= records[name].keys(), name


def test_a_question_is_told_as_it_was_asked(
    small_course: Path, make_app: MakeApp, catalogue: Catalogue, tmp_path: Path
) -> None:
    visitor = Visitor(make_app(small_course, instance=tmp_path / "same"))
    do_everything(visitor, catalogue)
    before = take(visitor)
    changed = QUIZ.replace("Which wood is a hull made of?", "Which tree?").replace("planks", "boards")
    (small_course / "quizzes/hull.quiz.md").write_text(changed.replace("- [x] A barrel", "- [x] A cask"))
    (small_course / "quizzes/harbour.quiz.md").unlink()
    (small_course / "content/glossary.md").unlink()
    after = Visitor(make_app(small_course, instance=tmp_path / "same"))
    after.client.set_cookie("course", visitor.cookies()["course"])
    assert "Which wood is a hull made of?" in before.texts["answers.csv"]
    told = take(after).texts["answers.csv"]
    assert "Which tree?" not in told
    assert told == before.texts["answers.csv"].replace('"The harbour"', '"harbour"')


# ---- only for oneself, and only so often ----


def test_another_site_cannot_ask_for_it(visitor: Visitor, catalogue: Catalogue) -> None:
    do_everything(visitor, catalogue)
    for site in ("cross-site", "same-site"):
        assert visitor.open("/account/export", **{"Sec-Fetch-Site": site}).status == 403
    for site in ("same-origin", "none"):
        assert visitor.open("/account/export", **{"Sec-Fetch-Site": site}).status == 200


def test_it_is_made_so_often_and_then_the_time_to_wait_is_said(
    visitor: Visitor, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "EXPORTS", 2)
    do_everything(visitor, catalogue)
    answers = [visitor.open("/account/export") for _ in range(3)]
    assert [page.status for page in answers] == [200, 200, 429]
    assert int(answers[-1].response.headers["Retry-After"]) > 0


# ---- formulas ----


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("https://evil.example")', "\uff1d1"])
def test_what_was_typed_is_never_run_by_a_spreadsheet(make_app: MakeApp, typed: str) -> None:
    app = make_app(TINY)
    visitor = Visitor(app)
    form = visitor.open("/exercises/recipe").form("/check")
    gap = next(name for name in form.named("gap-") if form.kinds[name] == "text")
    visitor.submit(form, {gap: typed}, "anyway")
    taken = take(visitor)
    (row,) = [row for row in taken.table("answers.csv") if row["act"] == "check"]
    assert f"Gap 1: {typed}" in row["answer"] or f"Gap 3: {typed}" in row["answer"]
    assert [typed] == [value for _, value in taken.events[-1]["response"]]
    for name in NAMES[2:]:
        for line in taken.table(name):
            assert not [cell for cell in line.values() if cell.startswith(tuple("=+-@\t\r\n\uff1d"))]


def test_neither_is_what_the_course_says(small_course: Path, make_app: MakeApp) -> None:
    file = small_course / "quizzes/hull.quiz.md"
    changed = QUIZ.replace("## Which wood is a hull made of?", "## =1+1 is what?").replace("Oak planks", "-1")
    file.write_text(changed.replace("title: Questions on hulls", 'title: "@title"'))
    app = make_app(small_course)
    catalogue: Catalogue = app.extensions["library"].catalogue
    visitor = Visitor(app)
    page = start(visitor)
    for _ in range(4):
        question = asked_in(page, catalogue, "hull").id
        page = onward(visitor, answer(visitor, page, full(catalogue, question)))
    taken = take(visitor)
    cells = {cell for line in taken.table("answers.csv") for cell in line.values()}
    assert {"'=1+1 is what?", "'-1", "'@title"} <= cells
    assert "=1+1 is what?" in {each["question"] for each in taken.data["attempts"][0]["asked"]}
