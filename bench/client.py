"""Putting the load on, from a process of its own: one page over and over, or the saves of many learners."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import load
from bench.visitor import SCRIPT, Course, Page, Visitor, hidden_fields

CONNECTIONS = 16  # enough that chance never leaves one of the two workers without any
SAVES = 40  # of one attempt: a learner who places fourteen cards and changes their mind
SPARE = 1.5  # how many more saves are prepared than the last measured rate would need

Load = Callable[[int, float], load.Result]  # port, seconds → what it gave


class Client:
    """The process that puts the load on."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool
        self.wrk = load.wrk()

    @property
    def name(self) -> str:
        """Say what puts the load on."""
        return "wrk for pages, bench/load.py for saves" if self.wrk else "bench/load.py (wrk is not installed)"

    def page(self, path: str, headers: dict[str, str]) -> Load:
        """Return the load of one page, over and over."""
        if self.wrk:
            command = self.wrk
            return lambda port, seconds: load.run_wrk(command, port, path, headers, CONNECTIONS, seconds)
        return lambda port, seconds: self.chains(port, [[load.request("GET", path, headers)]], seconds)

    def chains(self, port: int, chains: Sequence[load.Chain], seconds: float, repeat: bool = True) -> load.Result:
        """Put a load of chains on a server."""
        return self.pool.submit(load.run, port, chains, CONNECTIONS, seconds, repeat).result(seconds + 60)


@dataclass(frozen=True)
class Saver:
    """A guest who has started an exercise, and all they are going to save."""

    visitor: Visitor
    address: str
    posts: tuple[tuple[dict[str, str], str], ...]  # headers and body

    def saves(self, path: str = "") -> list[bytes]:
        """Return the saves, to be sent one after the other."""
        return [load.request("POST", path or self.address, headers, body) for headers, body in self.posts]


def savers(port: int, course: Course, saves: float) -> list[Saver]:
    """Start enough attempts for so many saves, and some to spare."""
    wanted = max(CONNECTIONS * 2, int(saves * SPARE / SAVES) + CONNECTIONS)
    return [_saver(port, course) for _ in range(wanted)]


def _saver(port: int, course: Course) -> Saver:
    """Start an exercise by its first save, as the page's script does."""
    exercise = course.exercise
    address = f"/exercises/{exercise.slug}"
    someone = Visitor(port)
    fields = hidden_fields(someone.get(address), f"{address}/check")
    cards = course.right_answer(exercise.questions[0])
    first = someone.post(f"{address}/save", [*{**fields, "sequence": "1"}.items(), *cards[:1]], SCRIPT)
    fields = {**fields, "start": "", "attempt": _attempt(first)}  # the attempt's number stands in for the start's
    bodies = [
        urlencode([*{**fields, "sequence": str(number)}.items(), *cards[: number % len(cards) + 1]])
        for number in range(2, SAVES + 2)
    ]
    return Saver(someone, f"{address}/save", tuple((someone.headers(SCRIPT), body) for body in bodies))


def _attempt(said: Page) -> str:
    return str(json.loads(said.body)["attempt"])
