"""Many write at once, and some die: nothing is lost, nothing kept twice, nobody is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from course.core.limits import ACTS
from course.store import attempts, learners
from course.store.engine import reading
from tests.conftest import ROOT
from tests.store.writers import AT, ITEMS, SAVES, THREADS, history, new_attempt, saved

PROCESSES = 4
LONGEST_WAIT = 8.0  # seconds, below the busy timeout of 10: who waits longer was starved


@contextmanager
def writer(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of tests/store/writers.py; end it by its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writers", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def line(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def together(database: Path, processes: int, command: str) -> list[Any]:
    """What so many processes told that began a command at the same moment."""
    with ExitStack() as stack:
        running = [stack.enter_context(writer(command, str(database), str(n))) for n in range(processes)]
        for process in running:
            assert process.stdin is not None
            process.stdin.write(b"\n")
            process.stdin.flush()
        told = []
        for process in running:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err.decode()
            told += [json.loads(told_line) for told_line in out.splitlines()]
        return told


def test_eight_threads_of_four_processes_write_to_one_file_and_nothing_is_lost(store: Flask, database: Path) -> None:
    del store
    for shared in ("shared", "checks"):
        attempts.start(new_attempt(shared, "guest-shared"), f"start-{shared}", ITEMS)

    told = together(database, PROCESSES, "race")

    assert [racer["failures"] for racer in told] == [[]] * (PROCESSES * THREADS)  # no “database is locked”
    assert max(wait for racer in told for wait in racer["waits"]) < LONGEST_WAIT
    everyone = [racer["name"] for racer in told]
    assert len(set(everyone)) == PROCESSES * THREADS

    # Everybody's own saves are all there.
    for racer in told:
        assert racer["done"]["own"] == [True] * SAVES
        own = attempts.load(f"attempt-{racer['name']}")
        assert own is not None
        assert own.events == (saved(SAVES),)
        assert history(own.id) == [(n, "save", "bow") for n in range(1, SAVES + 1)]

    # Of all who saved under one number at most one was kept, and who was told so is the one.
    kept = {(n, racer["name"]) for racer in told for n, said in enumerate(racer["done"]["shared"], 1) if said is True}
    assert history("attempt-shared") == sorted((n, "save", name) for n, name in kept)
    assert max(n for n, _ in kept) == SAVES

    # Every look was checked by exactly one, and under a number of its own.
    checks = attempts.load("attempt-checks")
    assert checks is not None
    winners = {
        (n, racer["name"]) for racer in told for n, said in enumerate(racer["done"]["checks"], 1) if said is True
    }
    assert {(event.look, event.response[0][1]) for event in checks.events} == winners
    assert Counter(event.look for event in checks.events) == dict.fromkeys(range(1, SAVES + 1), 1)
    assert sorted(event.sequence for event in checks.events) == list(range(1, SAVES + 1))

    # One start is one attempt, whoever of them asks.
    for n in range(SAVES):
        assert len({racer["done"]["starts"][n] for racer in told}) == 1
    started = [attempt for attempt in attempts.of_learner("guest-shared") if attempt.slug == "harbour"]
    assert len(started) == 2 + SAVES
    with reading() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_processes_that_add_to_one_attempt_share_its_limit(store: Flask, database: Path) -> None:
    del store
    attempts.start(new_attempt("shared"), "start", ITEMS)
    told = together(database, 2, "hurry")
    assert sum(kept for kept, _ in told) == ACTS.most == len(history("attempt-shared"))
    assert [wait for _, wait in told] == [60, 60]  # all was kept at one moment


def test_what_was_acknowledged_survives_a_process_that_is_killed(store: Flask, database: Path) -> None:
    del store
    with writer("forever", str(database)) as process:
        acknowledged = [line(process) for _ in range(60)]
        os.kill(process.pid, signal.SIGKILL)
        assert process.stdout is not None
        rest = process.stdout.read().splitlines()
    acknowledged += [json.loads(number) for number in rest if number.isdigit()]
    kept = [number for number, _, _ in history("attempt-killed")]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1  # one may have been kept and not yet acknowledged
    assert attempts.save("attempt-killed", saved(len(kept) + 1))


def test_a_writer_that_is_killed_holds_up_nobody_and_leaves_nothing_half_done(store: Flask, database: Path) -> None:
    del store
    with writer("hold", str(database)) as process:
        assert line(process) == "holding"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        learners.mark_read("guest", "hull", AT)
    assert learners.exists("guest")
    assert not learners.exists("half")
