"""How long from `flask course serve` to the first answered request, beside a bare Flask application.

    .venv/bin/python bench/startup.py [--quick]

A first start makes the database; a later one finds it. The bare application starts under the same
server with the same number of workers. The first page comes on top: each worker compiles its
templates when it is first asked for one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import rounds, running
from bench.running import ROOT, Place
from bench.visitor import Course, Visitor


@dataclass
class Start:
    """A way to start, and how long it took in each round."""

    name: str
    command: Callable[[int], list[str]]
    folder: Path
    environment: Callable[[int], dict[str, str]]  # of a round
    page: str = ""
    seconds: list[float] = field(default_factory=list)
    first_page: list[float] = field(default_factory=list)

    def measure(self, number: int, log: Path) -> None:
        """Start once, and stop."""
        port = running.free_port()
        with running.served(self.command(port), port, self.folder, self.environment(number), log) as server:
            self.seconds.append(server.seconds_to_answer)
            if self.page:
                begun = time.perf_counter()
                Visitor(port).get(self.page)
                self.first_page.append(time.perf_counter() - begun)

    def forget(self) -> None:
        """Forget what was measured so far."""
        self.seconds.clear()
        self.first_page.clear()


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=9)
    print(rounds.machine())
    print(f"{running.WORKERS} workers; seconds until /healthz is answered, asked every 5 ms\n")
    with tempfile.TemporaryDirectory(prefix="bench-startup-") as name:
        place, page = Place.new(Path(name)), Course.here().lesson.address
        starts = [
            Start("first start", running.course_command, ROOT, lambda number: place.environment(f"new-{number}"), page),
            Start("later start", running.course_command, ROOT, lambda _: place.environment(), page),
            Start("bare", running.granian_command, place.folder / "bare", lambda _: place.environment()),
        ]
        for start in starts:  # once for the caches, and for the database of the later start
            start.measure(-1, place.folder / "log")
            start.forget()
        for number in range(given.rounds):
            for start in rounds.in_turn(starts, number):
                start.measure(number, place.folder / "log")
    _report(starts, given.quick)


def _report(starts: list[Start], quick: bool) -> None:
    bare = starts[-1]
    rounds.table(
        ["", "seconds", "least", "most", "times the bare one", "first page, ms"],
        [
            [
                start.name,
                median(start.seconds),
                min(start.seconds),
                max(start.seconds),
                None if start is bare else rounds.ratio(start.seconds, bare.seconds),
                median(start.first_page) * 1000 if start.first_page else None,
            ]
            for start in starts
        ],
    )
    rounds.closing_line(
        "startup",
        quick,
        {
            "seconds": {start.name: median(start.seconds) for start in starts},
            "first_page_ms": {start.name: median(start.first_page) * 1000 for start in starts if start.first_page},
            "ratios": {start.name: rounds.ratio(start.seconds, bare.seconds) for start in starts[:-1]},
        },
    )


if __name__ == "__main__":
    main()
