"""How long from `flask course serve` to the first answered request, beside a bare Flask application.

    .venv/bin/python bench/startup.py [--quick]

A first start makes the database; a later one finds it. The bare application starts under the same
server with the same number of workers.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import rounds, running
from bench.running import ROOT, Place


@dataclass
class Start:
    """A way to start, and how long it took in each round."""

    name: str
    command: Callable[[int], list[str]]
    folder: Path
    environment: Callable[[int], dict[str, str]]  # of a round
    seconds: list[float] = field(default_factory=list)

    def measure(self, number: int, log: Path) -> None:
        """Start once, and stop."""
        port = running.free_port()
        with running.served(self.command(port), port, self.folder, self.environment(number), log) as server:
            self.seconds.append(server.seconds_to_answer)


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=9)
    print(rounds.machine())
    print(f"{running.WORKERS} workers; seconds until /healthz is answered, asked every 5 ms\n")
    with tempfile.TemporaryDirectory(prefix="bench-startup-") as name:
        place = Place.new(Path(name))
        starts = [
            Start("first start", running.course_command, ROOT, lambda number: place.environment(f"new-{number}")),
            Start("later start", running.course_command, ROOT, lambda _: place.environment()),
            Start("bare", running.granian_command, place.folder / "bare", lambda _: place.environment()),
        ]
        for start in starts:  # once for the caches, and for the database of the later start
            start.measure(-1, place.folder / "log")
            start.seconds.clear()
        for number in range(given.rounds):
            for start in rounds.in_turn(starts, number):
                start.measure(number, place.folder / "log")
    _report(starts, given.quick)


def _report(starts: list[Start], quick: bool) -> None:
    bare = starts[-1]
    rounds.table(
        ["", "seconds", "least", "most", "times the bare one"],
        [
            [
                start.name,
                median(start.seconds),
                min(start.seconds),
                max(start.seconds),
                None if start is bare else rounds.ratio(start.seconds, bare.seconds),
            ]
            for start in starts
        ],
    )
    rounds.closing_line(
        "startup",
        quick,
        {
            "seconds": {start.name: median(start.seconds) for start in starts},
            "ratios": {start.name: rounds.ratio(start.seconds, bare.seconds) for start in starts[:-1]},
        },
    )


if __name__ == "__main__":
    main()
