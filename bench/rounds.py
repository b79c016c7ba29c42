"""Rounds, medians, tables and the closing line of JSON: what all benchmarks share.

Machines are shared and noisy. Things to be compared therefore run in turn, in several rounds, each
round in the opposite order of the one before; what is reported is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Sequence
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def arguments(about: str, rounds: int, seconds: float | None = None) -> argparse.Namespace:
    """Read the command line: `rounds`, `seconds` a measurement where it has a length, and `quick`."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="a smoke run of a few seconds; its numbers mean little")
    parser.add_argument("--rounds", type=int, default=rounds, help="how often everything is measured (%(default)s)")
    if seconds is not None:
        parser.add_argument("--seconds", type=float, default=seconds, help="length of one measurement (%(default)s)")
    given = parser.parse_args()
    if given.quick:
        given.rounds = 1
        if seconds is not None:
            given.seconds = 0.3
    return given


def in_turn(things: Iterable[T], number: int) -> list[T]:
    """Return what one round measures, in the order of that round."""
    order = list(things)
    return order if number % 2 == 0 else order[::-1]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the rounds' ratios: each is of two measurements made side by side."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def spread(values: Sequence[float]) -> float:
    """Return how far the rounds lie apart, as a share of their median."""
    return (max(values) - min(values)) / median(values)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers stand to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [all(isinstance(row[n], float | int) or row[n] in {None, ""} for row in rows) for n in range(len(header))]
    widths = [max(len(row[n]) for row in [list(header), *cells]) for n in range(len(header))]
    for line in [list(header), ["-" * width for width in widths], *cells]:
        words = zip(line, widths, numeric, strict=True)
        print("  ".join(w.rjust(width) if right else w.ljust(width) for w, width, right in words).rstrip())
    print()


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
    return str(value)


def aim(value: float, least: float) -> str:
    """Say whether a ratio meets its aim."""
    return f"≥ {least:g} {'met' if value >= least else 'MISSED'}"


def machine() -> str:
    """Name the machine a result belongs to."""
    load = os.getloadavg()[0]
    return f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} before the start"


def closing_line(bench: str, quick: bool, values: dict[str, object]) -> None:
    """Print the line of JSON that ends every benchmark."""
    print(json.dumps({"bench": bench, "quick": quick, **_rounded(values)}, ensure_ascii=False))


def _rounded(values: dict[str, object]) -> dict[str, object]:
    def short(value: object) -> object:
        if isinstance(value, float):
            return round(value, 4 if abs(value) < 10 else 1)
        return _rounded(value) if isinstance(value, dict) else value

    return {name: short(value) for name, value in values.items()}
