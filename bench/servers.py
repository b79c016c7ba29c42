"""Which server, and with how many threads: the real application under granian and under gunicorn.

    .venv/bin/python bench/servers.py [--quick]

All servers run at once on one instance of the course, each with two workers; in each round they get
the same load in turn. Ratios are to what `flask course serve` uses. The mixed load is that of
learners at work: every connection saves, loads a page, saves …
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, rounds, running, visitor
from bench.client import CONNECTIONS, SAVES, Client, savers
from bench.running import Place, Server
from bench.visitor import Course, Visitor
from course.serving import THREADS

LOADS = ("lesson", "save", "mixed")


@dataclass
class Candidate:
    """A server to choose from."""

    name: str
    command: Callable[[int], list[str]]
    results: dict[str, list[load.Result]] = field(default_factory=lambda: {name: [] for name in LOADS})
    computed: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in LOADS})

    def rates(self, name: str) -> list[float]:
        """Return requests per second of each round."""
        return [result.rate for result in self.results[name]]

    def p95(self, name: str) -> float:
        """Return the milliseconds within which 95 of 100 requests were answered."""
        return median(result.p95 or 0.0 for result in self.results[name]) * 1000


def granian(threads: int) -> Candidate:
    """Return granian with so many threads in each worker."""
    return Candidate(f"granian, {threads} threads", lambda port: running.granian_command(port, threads))


def candidates() -> list[Candidate]:
    """Return what is compared; what the course uses comes first."""
    threads = [THREADS, *(number for number in (1, 2, 4, 8) if number != THREADS)]
    gunicorn = Candidate("gunicorn gthread, 4 threads", lambda port: running.gunicorn_command(port, 4))
    return [*map(granian, threads), gunicorn]


@dataclass
class Measuring:
    """What every measurement needs."""

    client: Client
    course: Course
    learner: Visitor
    rates: dict[str, float] = field(default_factory=lambda: {"save": 500.0, "mixed": 500.0})

    def measure(self, candidate: Candidate, server: Server, name: str, seconds: float) -> None:
        """Put one load on one server."""
        chains = self._chains(server.port, name, seconds)
        before = server.computed()
        result = self.client.chains(server.port, chains, seconds, repeat=name == "lesson")
        after = server.computed()
        load.check(result, f"{candidate.name}, {name}")
        if name in self.rates:
            self.rates[name] = max(self.rates[name], result.rate)
        candidate.results[name].append(result)
        if before is not None and after is not None:
            candidate.computed[name].append((after - before) / result.answered)

    def _chains(self, port: int, name: str, seconds: float) -> list[list[bytes]]:
        page = load.request("GET", self.course.lesson.address, self.learner.headers())
        if name == "lesson":
            return [[page]]
        share = 1.0 if name == "save" else 0.5
        chains = [saver.saves() for saver in savers(port, self.course, self.rates[name] * seconds * share)]
        return (
            chains if name == "save" else [[request for save in chain for request in (save, page)] for chain in chains]
        )


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=5, seconds=0.8)
    print(rounds.machine())
    print(f"{running.WORKERS} workers each, {CONNECTIONS} connections, load from bench/load.py")
    print(f"{SAVES} saves an attempt; the course uses granian with {THREADS} threads\n")
    course, compared = Course.here(), candidates()
    with (
        tempfile.TemporaryDirectory(prefix="bench-servers-") as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
        ExitStack() as stack,
    ):
        place = Place.new(Path(folder))
        running.upgrade(place)
        servers = [_started(candidate, place, stack) for candidate in compared]
        measuring = Measuring(Client(pool), course, visitor.with_progress(servers[0].port, course))
        for candidate, server in zip(compared, servers, strict=True):  # warm up
            for name in LOADS:
                measuring.measure(candidate, server, name, 0.5)
                candidate.results[name].clear()
                candidate.computed[name].clear()
        for number in range(given.rounds):
            for name in LOADS:
                for candidate, server in rounds.in_turn(zip(compared, servers, strict=True), number):
                    measuring.measure(candidate, server, name, given.seconds)
    _report(compared, given.quick)


def _started(candidate: Candidate, place: Place, stack: ExitStack) -> Server:
    port = running.free_port()
    log = place.folder / f"{port}.log"
    return stack.enter_context(running.served(candidate.command(port), port, running.ROOT, place.environment(), log))


def _report(compared: list[Candidate], quick: bool) -> None:
    ours = compared[0]
    print(f"Ratio: requests per second, those of {ours.name} (what the course uses) being 1.\n")
    values: dict[str, object] = {}
    for name in LOADS:
        rounds.table(
            [name, "ratio", "requests/s", "spread", "p95 ms", "CPU ms"],
            [
                [
                    candidate.name,
                    rounds.ratio(candidate.rates(name), ours.rates(name)),
                    median(candidate.rates(name)),
                    f"{rounds.spread(candidate.rates(name)):.0%}",
                    candidate.p95(name),
                    median(candidate.computed[name]) * 1000 if candidate.computed[name] else None,
                ]
                for candidate in compared
            ],
        )
        values[name] = {c.name: rounds.ratio(c.rates(name), ours.rates(name)) for c in compared}
        values[f"{name}_per_second"] = {c.name: median(c.rates(name)) for c in compared}
        values[f"{name}_p95_ms"] = {c.name: c.p95(name) for c in compared}
    rounds.closing_line("servers", quick, values)


if __name__ == "__main__":
    main()
