"""How much longer pages take for a learner with 20,000 answers than for one with 200.

    .venv/bin/python bench/progress.py [--quick]

Two learners of the real course: seven of ten answers from quizzes, half of which were looked at twice, the others from
mock exams. Beside the pages stands a bare equivalent: reading all of the learner's checks with one statement.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import insert, text

from bench import rounds
from course import clock, config, create_app
from course.core.attempts import EXAM, PRACTICE, Act, Attempt, Certainty, Item
from course.core.quiz import Question, Use
from course.library import quizwriter
from course.library.catalogue import Catalogue
from course.store import attempts, engine, migrations
from course.store.attempts import NewItem
from course.store.tables import EventRow

FEW, MANY, MOST_TIMES = 200, 20_000, 2.5
PAGES = ["/progress", "/readiness", "/review", "/", "/learn", "/practise"]
CHECKS = text(
    "SELECT e.* FROM event e JOIN attempt a ON a.id = e.attempt_id WHERE a.learner_id = :learner AND e.act = 'check'"
)


@dataclass
class Measured:
    """One page, or the bare statement, for both learners, in seconds a time."""

    name: str
    open: Callable[[str], object]
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=15)
    print(rounds.machine())
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.read({"COURSE_INSTANCE": folder}))
        with app.app_context():
            migrations.upgrade()
            for learner, answers in (("few", FEW), ("many", MANY)):
                study(app.extensions["library"].catalogue, learner, answers)
        first = {learner: _timed(partial(_page(app, "/progress"), learner)) for learner in ("few", "many")}
        measured = [Measured(path, _page(app, path)) for path in PAGES] + [Measured("all checks, bare", _bare(app))]
        for number in range(-2, given.rounds):
            for one in rounds.in_turn(measured, number):
                times = [_timed(partial(one.open, learner)) for learner in ("few", "many")]
                if number >= 0:
                    one.few.append(times[0])
                    one.many.append(times[1])
        _report(measured, given.quick, first["many"])


def _page(app: Flask, path: str) -> Callable[[str], object]:
    def look(learner: str) -> object:
        client = app.test_client()
        with client.session_transaction() as session:
            session["learner"] = learner
        page = client.get(path)
        if page.status_code != 200:
            raise SystemExit(f"{path} answered {page.status}")
        return page.data

    return look


def _bare(app: Flask) -> Callable[[str], object]:
    def look(learner: str) -> object:
        with app.app_context(), engine.reading() as connection:
            return connection.execute(CHECKS, {"learner": learner}).all()

    return look


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def study(catalogue: Catalogue, learner: str, answers: int) -> None:
    """Keep so many answers, spread over a year."""
    chance = Random(1)  # nosec B311 # the same answers each time; nothing secret hangs on it
    now = clock.now()
    quizzes = cycle(catalogue.used_as(Use.QUIZ))
    exam = next(iter(catalogue.exams.values()))
    pool = [question for quiz in catalogue.used_as(Use.EXAM) for question in quiz.questions]
    terms = {"title": exam.title, "needed": exam.needed, "minutes": exam.minutes, "factor": "1", "granted": "5/4"}
    done = number = 0
    with engine.writing() as connection:
        while done < answers:
            number += 1
            mock = chance.random() < 0.3 * 14 / 40
            asked = chance.sample(pool, exam.total) if mock else list(next(quizzes).questions)
            at = now - timedelta(days=365) * (1 - done / answers)
            topics = [[exam.topics[0].name, [question.id for question in asked]]]
            attempt = Attempt(
                f"{learner}-{number}",
                learner,
                f"~exam-{exam.slug}" if mock else "quiz",
                EXAM if mock else PRACTICE,
                "seed",
                at,
                tuple(Item(question.id, catalogue.revisions[question.id]) for question in asked),
                limit=timedelta(minutes=exam.minutes) if mock else None,
                terms={**terms, "topics": topics} if mock else {},
            )
            texts = [
                NewItem(question.id, catalogue.revisions[question.id], quizwriter.alone(question, catalogue.kinds))
                for question in asked
            ]
            attempts.start_within(connection, attempt, f"start-{number}", texts)
            acts = _sat(asked, chance) if mock else _practised(asked, chance)
            full = {question.id: catalogue.kinds[question.kind].full(question) for question in asked}
            rows = [
                {
                    "attempt_id": attempt.id,
                    "sequence": n,
                    "at": at + timedelta(seconds=40 * n),
                    "response": full.get(act["question_id"], ()),
                    **act,
                }
                for n, act in enumerate(acts, 1)
            ]
            connection.execute(insert(EventRow), rows)
            done += len(asked)


def _act(act: Act, question: str, look: int = 1, mark: str | None = None, sure: str | None = None) -> dict[str, Any]:
    return {"act": act.value, "question_id": question, "look": look, "mark": mark, "certainty": sure}


def _practised(asked: list[Question], chance: Random) -> Iterator[dict[str, Any]]:
    missed = []
    for question in asked:
        mark = str(int(chance.random() < 0.7))
        yield _act(Act.CHECK, question.id, 1, mark, chance.choice(list(Certainty)).value)
        if mark == "0":
            missed.append(question.id)
    if chance.random() < 0.5:
        for question_id in missed:
            yield _act(Act.CHECK, question_id, 2, "1")


def _sat(asked: list[Question], chance: Random) -> Iterator[dict[str, Any]]:
    for question in asked:
        yield _act(Act.SAVE, question.id)
    yield _act(Act.SUBMIT, "")
    for question in asked:
        yield _act(Act.CHECK, question.id, 1, str(int(chance.random() < 0.7)))


def _report(measured: list[Measured], quick: bool, first: float) -> None:
    rounds.table(
        ["page", f"{FEW} answers, ms", f"{MANY:,} answers, ms", "times as long"],
        [
            [one.name, median(one.few) * 1000, median(one.many) * 1000, rounds.ratio(one.many, one.few)]
            for one in measured
        ],
    )
    print(f"The very first look at {MANY:,} answers sums them up: {first:.2f} s, once.")
    times = rounds.ratio(measured[0].many, measured[0].few)
    print(f"The progress page takes {times:.2f} times as long; the aim is at most {MOST_TIMES}.\n")
    rounds.closing_line(
        "progress",
        quick,
        {
            "times": {one.name: rounds.ratio(one.many, one.few) for one in measured},
            "few_ms": {one.name: median(one.few) * 1000 for one in measured},
            "many_ms": {one.name: median(one.many) * 1000 for one in measured},
            "first_look_s": first,
        },
    )


if __name__ == "__main__":
    main()
