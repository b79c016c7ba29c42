"""Which server, and with how many threads: the real application under granian and under gunicorn.

    .venv/bin/python bench/servers.py [--quick]

All servers run at once on one instance of the course, each with two workers; in each round they get
the same load in turn. Ratios are to what `flask course serve` uses. More threads cost a little, since
Python runs one at a time; what they buy shows where saves are slow: half of the connections read
while the others save, and another process holds the writers' turn for 20 ms, again and again, as a
slow disk would.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, rounds, running, visitor
from bench.client import CONNECTIONS, SAVES, savers
from bench.running import Place, Server
from bench.visitor import Course, Visitor
from course.serving import THREADS

LESSON, SAVE = "lesson", "save"
READING, SAVING = "lesson, saves being slow", "save, saves being slow"
HELD_SECONDS, BETWEEN_SECONDS = 0.02, 0.002


@dataclass
class Candidate:
    """A server to choose from."""

    name: str
    command: Callable[[int], list[str]]
    results: dict[str, list[load.Result]] = field(
        default_factory=lambda: {name: [] for name in (LESSON, SAVE, READING, SAVING)}
    )

    def rates(self, name: str) -> list[float]:
        """Return requests per second of each round."""
        return [result.rate for result in self.results[name]]

    def p95(self, name: str) -> float:
        """Return the milliseconds within which 95 of 100 requests were answered."""
        return median(result.p95 or 0.0 for result in self.results[name]) * 1000

    def keep(self, name: str, result: load.Result) -> None:
        """Note a result."""
        load.check(result, f"{self.name}, {name}")
        self.results[name].append(result)


def granian(threads: int) -> Candidate:
    """Return granian with so many threads in each worker."""
    name = f"granian, {threads} thread{'' if threads == 1 else 's'}"
    return Candidate(name, lambda port: running.granian_command(port, threads))


def candidates() -> list[Candidate]:
    """Return what is compared; what the course uses comes first."""
    threads = [THREADS, *(number for number in (1, 2, 4, 8) if number != THREADS)]
    gunicorn = Candidate("gunicorn gthread, 4 threads", lambda port: running.gunicorn_command(port, 4))
    return [*map(granian, threads), gunicorn]


@dataclass
class Measuring:
    """What every measurement needs."""

    pool: ProcessPoolExecutor
    course: Course
    learner: Visitor
    turn: Path
    rate: float = 500.0  # saves per second to prepare for

    def measure(self, candidate: Candidate, server: Server, seconds: float) -> None:
        """Put the plain loads on one server."""
        read = self._reading()
        candidate.keep(LESSON, self.pool.submit(load.run, server.port, read, CONNECTIONS, seconds).result(60))
        saves = self._saves(server, self.rate * seconds)
        saved = self.pool.submit(load.run, server.port, saves, CONNECTIONS, seconds, False).result(60)
        self.rate = max(self.rate, saved.rate)
        candidate.keep(SAVE, saved)

    def measure_slow(self, candidate: Candidate, server: Server, seconds: float) -> None:
        """Let half of the connections read and half save, where a save takes long."""
        read, saves = self._reading(), self._saves(server, 200 * seconds)
        slowed = self.pool.submit(hold_the_turn, self.turn, seconds + 0.2)
        saving = self.pool.submit(load.run, server.port, saves, CONNECTIONS // 2, seconds, False)
        reading = self.pool.submit(load.run, server.port, read, CONNECTIONS // 2, seconds)
        candidate.keep(READING, reading.result(60))
        candidate.keep(SAVING, saving.result(60))
        slowed.result(60)

    def _reading(self) -> list[list[bytes]]:
        return [[load.request("GET", self.course.lesson.address, self.learner.headers())]]

    def _saves(self, server: Server, number: float) -> list[list[bytes]]:
        return [saver.saves() for saver in savers(server.port, self.course, number)]


def hold_the_turn(file: Path, seconds: float) -> None:
    """Stand in line with the application's own writers, and hold the turn for a while each time."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        with file.open("r+b") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            time.sleep(HELD_SECONDS)
        time.sleep(BETWEEN_SECONDS)  # a lock asked for again at once goes past those who wait


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=5, seconds=0.8)
    print(rounds.machine())
    print(f"{running.WORKERS} workers each, {CONNECTIONS} connections, load from bench/load.py")
    print(f"{SAVES} saves an attempt; the course uses granian with {THREADS} threads\n")
    course, compared = Course.here(), candidates()
    if given.quick:
        compared = [compared[0], compared[-1]]
    with (
        tempfile.TemporaryDirectory(prefix="bench-servers-") as folder,
        ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool,
        ExitStack() as stack,
    ):
        place = Place.new(Path(folder))
        running.upgrade(place)
        servers = [_started(candidate, place, stack) for candidate in compared]
        learner = visitor.with_progress(servers[0].port, course)
        measuring = Measuring(pool, course, learner, place.folder / "instance/course.db.turn")
        for candidate, server in zip(compared, servers, strict=True):
            for _ in range(8):  # until chance has brought both workers one: the first page compiles its templates
                Visitor(server.port, learner.cookies).get(course.lesson.address)
            measuring.measure(candidate, server, 0.3)
            for results in candidate.results.values():
                results.clear()
        for number in range(given.rounds):
            for candidate, server in rounds.in_turn(zip(compared, servers, strict=True), number):
                measuring.measure(candidate, server, given.seconds)
                measuring.measure_slow(candidate, server, max(1.0, given.seconds * 1.25))
    _report(compared, given.quick)


def _started(candidate: Candidate, place: Place, stack: ExitStack) -> Server:
    port = running.free_port()
    log = place.folder / f"{port}.log"
    return stack.enter_context(running.served(candidate.command(port), port, running.ROOT, place.environment(), log))


def _report(compared: list[Candidate], quick: bool) -> None:
    ours = compared[0]
    print(f"Ratio: requests per second, those of {ours.name} (what the course uses) being 1.\n")
    values: dict[str, object] = {}
    for name in ours.results:
        rounds.table(
            [name, "ratio", "requests/s", "spread", "p95 ms"],
            [
                [
                    candidate.name,
                    rounds.ratio(candidate.rates(name), ours.rates(name)),
                    median(candidate.rates(name)),
                    f"{rounds.spread(candidate.rates(name)):.0%}",
                    candidate.p95(name),
                ]
                for candidate in compared
            ],
        )
        values[name] = {
            candidate.name: {
                "ratio": round(rounds.ratio(candidate.rates(name), ours.rates(name)), 3),
                "per_second": round(median(candidate.rates(name)), 1),
                "p95_ms": round(candidate.p95(name), 1),
            }
            for candidate in compared
        }
    rounds.closing_line("servers", quick, values)


if __name__ == "__main__":
    main()
