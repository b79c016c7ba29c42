"""How long a search takes in the server, over a course the size of the whole syllabus.

    .venv/bin/python bench/search.py [--quick]

The course's own lessons, terms and titles are repeated, each time with words of their own, up to that
size. Beside the search stands its bare equivalent: one FTS5 statement over the same rows for the same
words, without ranking, forms of words, slips, groups or sentences. And the whole page, from the request
to the rendered answer.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pysqlite3

from bench import rounds
from bench.visitor import Course
from course import config, create_app
from course.library import search
from course.library.search import Entry, Group, Index

LESSONS, TERMS, TITLES = 17, 110, 70
LIMIT_MS = 20
QUERIES = {
    "one letter": "v",
    "beginning of a word": "prov",
    "one word": "value",
    "two words": "value stream",
    "a question": "what is the difference between release and deployment",
    "a slip": "vlaue straem",
    "nothing alike": "xyzzyq plughw",
    "500 letters": "provision " * 50,
    "signs": '"value" AND (stream* OR -x)',
}


@dataclass
class Measured:
    """One query, three ways, in seconds a time."""

    name: str
    text: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)


def syllabus(own: list[Entry]) -> Iterator[Entry]:
    """Yield entries up to the size of the whole syllabus; each copy has some words that no other has."""
    lessons = [entry for entry in own if entry.group is Group.LESSONS]
    addresses = dict.fromkeys(entry.address.partition("#")[0] for entry in lessons)
    for number, address in enumerate(islice(cycle(addresses), LESSONS)):
        for entry in lessons:
            if entry.address.partition("#")[0] == address:
                yield _copy(entry, number)
    for group, size in ((Group.TERMS, TERMS), (Group.PRACTICE, TITLES)):
        for number, entry in enumerate(islice(cycle(e for e in own if e.group is group), size)):
            yield _copy(entry, number)


def _copy(entry: Entry, number: int) -> Entry:
    """Turn every ninth word of a copy into one that only this copy has."""
    if not number:
        return entry
    words = entry.text.split(" ")
    changed = [f"{word}{chr(97 + number % 26)}" if n % 9 == 0 else word for n, word in enumerate(words)]
    return replace(entry, address=f"/copy-{number}{entry.address}", text=" ".join(changed))


def bare(entries: list[Entry]) -> Callable[[str], object]:
    """Return one MATCH over the same rows."""
    base = pysqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE entry USING fts5(title, heading, also, text, prefix='2 3 4')")
    base.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", ((e.title, e.heading, e.also, e.text) for e in entries))
    statement = "SELECT rowid FROM entry WHERE entry MATCH ?"

    def look(text: str) -> object:
        words = search.words(text)[: search.MOST_WORDS]
        return base.execute(statement, (" ".join(f'"{word}"*' for word in words),)).fetchall()

    return look


def timed(do: Callable[[], object], into: list[float]) -> None:
    """Do it once and keep how long it took."""
    begun = time.perf_counter()
    do()
    into.append(time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=60)
    print(rounds.machine())
    own = list(search.entries(Course.here().catalogue))
    entries = list(syllabus(own))
    begun = time.perf_counter()
    index = Index(entries)
    built = time.perf_counter() - begun
    words = sum(len(entry.text.split()) for entry in entries)
    print(f"{len(entries)} entries, {words:,} words; the index is built in {built * 1000:.0f} ms, once a change\n")
    look = bare(entries)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.read({"COURSE_INSTANCE": folder}))
        app.extensions["library"].catalogue.memo["search",] = index
        client = app.test_client()
        measured = [Measured(name, text) for name, text in QUERIES.items()]
        for number in range(-2, given.rounds):
            for one in rounds.in_turn(measured, number):
                keep = [one.ours, one.bare, one.page] if number >= 0 else [[], [], []]
                timed(partial(index.search, one.text), keep[0])
                timed(partial(look, one.text), keep[1])
                timed(partial(client.get, "/search", query_string={"q": one.text}), keep[2])
    _report(measured, given.quick, built, len(entries))


def _report(measured: list[Measured], quick: bool, built: float, size: int) -> None:
    rounds.table(
        ["query", "search ms", "bare MATCH ms", "times the bare one", "page ms", "page ms, 95 of 100"],
        [
            [
                one.name,
                median(one.ours) * 1000,
                median(one.bare) * 1000,
                rounds.ratio(one.ours, one.bare),
                median(one.page) * 1000,
                _high(one.page) * 1000,
            ]
            for one in measured
        ],
    )
    slowest = max(median(one.page) * 1000 for one in measured)
    print(f"The slowest page takes {slowest:.1f} ms; the aim is less than {LIMIT_MS} ms.\n")
    rounds.closing_line(
        "search",
        quick,
        {
            "entries": size,
            "build_ms": built * 1000,
            "search_ms": {one.name: median(one.ours) * 1000 for one in measured},
            "page_ms": {one.name: median(one.page) * 1000 for one in measured},
            "ratios": {one.name: rounds.ratio(one.ours, one.bare) for one in measured},
        },
    )


def _high(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    main()
