"""Processes that write, for the tests that need several of them or need one to die.

python -m tests.store.writers race|forever|hold|hurry <database> …: each prints JSON lines.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from course.core.attempts import EXERCISE, Act, Attempt, Event, Item
from course.core.limits import TooOftenError
from course.store import attempts, engine
from course.store.attempts import NewItem
from course.store.tables import db

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
THREADS = 8
SAVES = 12


def store_on(database: Path) -> Flask:
    """Return an application with the real store on a database file, and nothing else."""
    app = Flask(__name__)
    url = f"sqlite:///{database}"
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine.engine_options(url))
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    return app


def new_attempt(number: str, learner: str = "guest") -> Attempt:
    """An exercise with one question, about to start."""
    return Attempt(f"attempt-{number}", learner, "harbour", EXERCISE, "seed", AT, (Item("q", "r1"),))


def history(attempt_id: str, name: str = "card-1") -> list[tuple[int, str, str]]:
    """Everything that was ever kept of an attempt: number, act and what was given under a name, empty for nothing.

    Reading an attempt gives its last saves.
    """
    with engine.reading() as connection:
        rows = connection.execute(
            text("SELECT sequence, act, response FROM event WHERE attempt_id = :id ORDER BY sequence"),
            {"id": attempt_id},
        ).all()
    return [(row.sequence, row.act, dict(json.loads(row.response)).get(name, "")) for row in rows]


ITEMS = (NewItem("q", "r1", "the text of q"),)


def saved(sequence: int, answer: str = "bow", look: int = 1) -> Event:
    """One save under a sequence number."""
    return Event(sequence, Act.SAVE, "q", look, (("card-1", answer),), AT)


def checked(look: int, answer: str = "bow") -> Event:
    """One check of a look."""
    return Event(0, Act.CHECK, "q", look, (("card-1", answer),), AT, Fraction(13, 16))


@dataclass
class Racer:
    """One thread: it saves to an attempt of its own, and races the others for everything else."""

    app: Flask
    name: str
    done: dict[str, list[object]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def timed(self, call: Callable[[], object]) -> object:
        """Call, and note how long it took."""
        begun = time.perf_counter()
        result = call()
        self.waits.append(time.perf_counter() - begun)
        return result

    def run(self) -> None:
        """Do everything; an error ends it and is told."""
        try:
            with self.app.app_context():
                self._run()
        except Exception as error:  # whatever it is, the test wants to see it
            self.failures.append(repr(error))

    def _run(self) -> None:
        own = new_attempt(self.name, f"guest-{self.name}")
        attempts.start(own, f"start-{self.name}", ITEMS)
        note = self.done.setdefault
        for n in range(1, SAVES + 1):
            note("own", []).append(self.timed(lambda n=n: attempts.save(own.id, saved(n))))  # type: ignore[misc]
            note("shared", []).append(
                self.timed(lambda n=n: attempts.save("attempt-shared", saved(n, self.name)))  # type: ignore[misc]
            )
            note("checks", []).append(
                self.timed(lambda n=n: attempts.act("attempt-checks", checked(n, self.name)))  # type: ignore[misc]
            )
            note("starts", []).append(
                self.timed(
                    lambda n=n: attempts.start(  # type: ignore[misc]
                        new_attempt(f"{self.name}-{n}", "guest-shared"), f"start-{n}", ITEMS
                    )
                )
            )


def race(database: Path, process: str) -> None:
    """Write with eight threads at the same time; print what each of them was told."""
    app = store_on(database)
    sys.stdin.readline()  # all processes begin together
    racers = [Racer(app, f"{process}-{n}") for n in range(THREADS)]
    threads = [threading.Thread(target=racer.run) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for racer in racers:
        tell({"name": racer.name, "done": racer.done, "waits": racer.waits, "failures": racer.failures})


def forever(database: Path) -> None:
    """Save without end; print each number once its save was acknowledged."""
    with store_on(database).app_context():
        attempts.start(new_attempt("killed"), "start", ITEMS)
        sequence = 0
        while True:
            sequence += 1
            if attempts.save("attempt-killed", replace(saved(sequence), at=AT + timedelta(seconds=sequence))):
                tell(sequence)


def hurry(database: Path, process: str) -> None:
    """Check one look after the other until that is refused; print how many were kept, and how long to wait."""
    with store_on(database).app_context():
        sys.stdin.readline()  # all processes begin together
        kept = 0
        try:
            while attempts.act("attempt-shared", checked(10_000 * int(process) + kept)):
                kept += 1
        except TooOftenError as error:
            tell([kept, error.wait.total_seconds()])


def hold(database: Path) -> None:
    """Begin to write, say so, and never end."""
    with store_on(database).app_context(), engine.writing() as connection:
        connection.exec_driver_sql("INSERT INTO learner (id, created_at) VALUES ('half', '2026-03-01')")
        tell("holding")
        sys.stdin.readline()


def tell(what: object) -> None:
    """Print one line at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


COMMANDS: dict[str, Callable[..., None]] = {"race": race, "forever": forever, "hold": hold, "hurry": hurry}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
