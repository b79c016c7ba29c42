"""Hundreds of kills: learners save answers of an exam while workers and their parent die at random moments.

    .venv/bin/python bench/faults.py [--quick] [--kills 200] [--seed 1]

Every fifth kill takes the parent of all, which is then started again as a supervisor would; the others take one of
the two workers. The benchmark ends with 1 where an acknowledged answer is missing, one is there twice, an attempt
cannot be finished, or somebody got a wrong answer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import rounds
from tests.faults.storm import LEARNERS, Outcome, rage

EACH = 50  # kills of one storm; each has a database and learners of its own


def main() -> int:
    """Rage, print what was lost, and return 1 if anything was."""
    given = _arguments()
    print(f"{given.kills} kills in storms of {EACH}, {LEARNERS} learners, two workers. {rounds.machine()}\n")
    outcomes: list[Outcome] = []
    begun = time.perf_counter()
    for number, first in enumerate(range(0, given.kills, EACH)):
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(rage(Path(folder), min(EACH, given.kills - first), given.seed + number))
    took = time.perf_counter() - begun
    rounds.table(
        ["storm", "kills", "of the parent", "acknowledged", "sent again", "attempts", "lost", "twice", "unfinished"],
        [
            (
                n,
                o.kills,
                o.of_master,
                o.acknowledged,
                o.repeated,
                o.attempts,
                len(o.lost),
                len(o.twice),
                len(o.unfinished),
            )
            for n, o in enumerate(outcomes, 1)
        ],
    )
    for outcome in outcomes:
        for trouble in (*outcome.lost, *outcome.twice, *outcome.unfinished, *outcome.wrong):
            print(f"!! {trouble}")
    clean = all(outcome.clean for outcome in outcomes)
    values: dict[str, object] = {
        "kills": sum(o.kills for o in outcomes),
        "of_parent": sum(o.of_master for o in outcomes),
        "acknowledged": sum(o.acknowledged for o in outcomes),
        "sent_again": sum(o.repeated for o in outcomes),
        "attempts": sum(o.attempts for o in outcomes),
        "lost": sum(len(o.lost) for o in outcomes),
        "twice": sum(len(o.twice) for o in outcomes),
        "unfinished": sum(len(o.unfinished) for o in outcomes),
        "wrong": sum(len(o.wrong) for o in outcomes),
        "seconds": took,
        "clean": clean,
    }
    rounds.closing_line("faults", given.quick, values)
    return 0 if clean else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill the server's processes while learners save.")
    parser.add_argument("--quick", action="store_true", help="ten kills")
    parser.add_argument("--kills", type=int, default=200, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of what is answered (%(default)s)")
    given = parser.parse_args()
    if given.quick:
        given.kills = 10
    return given


if __name__ == "__main__":
    sys.exit(main())
