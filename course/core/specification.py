"""A mock exam's specification: what is drawn for one learner, and on which terms it is sat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from course.core.attempts import Attempt
from course.core.marks import PassMark
from course.core.naming import in_seeded_order
from course.core.quiz import Style

FACTORS = (Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2))
NO_LIMIT = "none"


@dataclass(frozen=True)
class Topic:
    """A row of a specification: how many questions of these outcomes, by Bloom level."""

    name: str
    outcomes: tuple[str, ...]
    questions: Mapping[int, int]

    @property
    def total(self) -> int:
        """How many questions, of one mark each."""
        return sum(self.questions.values())


@dataclass(frozen=True)
class Specification:
    """What a mock exam is made of."""

    slug: str
    title: str
    topics: tuple[Topic, ...]
    minutes: int
    pass_mark: PassMark
    about: str = ""
    extra_time: Fraction = Fraction(0)  # of the minutes: what the real exam may grant
    styles: Mapping[Style, int] = field(default_factory=dict)  # how many questions of a style, about

    @property
    def total(self) -> int:
        """How many questions, of one mark each."""
        return sum(topic.total for topic in self.topics)

    @property
    def topic_names(self) -> Mapping[str, str]:
        """Outcome → the name of its topic."""
        return {outcome: topic.name for topic in self.topics for outcome in topic.outcomes}

    @property
    def needed(self) -> int:
        """Marks needed to pass; a share is rounded up."""
        return ceil(self.pass_mark.needed(self.total))

    @property
    def factors(self) -> tuple[Fraction, ...]:
        """The multiples of its minutes that a learner may choose, shortest first."""
        return tuple(sorted({*FACTORS, 1 + self.extra_time}))


@dataclass(frozen=True)
class Candidate:
    """A question that may be drawn."""

    id: str
    outcome: str
    bloom: int | None
    style: Style


@dataclass(frozen=True)
class Cell:
    """A topic at one Bloom level: how many questions it wants, and which there are."""

    topic: str
    bloom: int
    wanted: int
    candidates: tuple[Candidate, ...]

    @property
    def missing(self) -> int:
        """How many questions more it would take."""
        return max(0, self.wanted - len(self.candidates))


def cells(specification: Specification, pool: Iterable[Candidate]) -> tuple[Cell, ...]:
    """Return each cell of the table with what the pool holds for it."""
    there = list(pool)
    return tuple(
        Cell(topic.name, bloom, wanted, tuple(c for c in there if c.outcome in topic.outcomes and c.bloom == bloom))
        for topic in specification.topics
        for bloom, wanted in topic.questions.items()
        if wanted
    )


def can_be_filled(specification: Specification, pool: Iterable[Candidate]) -> bool:
    """Whether every cell has as many questions as it wants."""
    return not any(cell.missing for cell in cells(specification, pool))


def draw(
    specification: Specification, pool: Iterable[Candidate], seen: Collection[str], seed: str
) -> tuple[str, ...] | None:
    """Draw one sitting: the ids in the order they are asked, or None where the pool is too small.

    First of all every cell is filled, as far as it goes with questions not yet seen; among those the
    mix of styles comes as near as it can to what the specification says. The same seed draws the same.
    """
    filled = cells(specification, pool)
    if any(cell.missing for cell in filled):
        return None
    shelves = in_seeded_order(
        [shelf for cell in filled for shelf in _shelves(cell, seen, seed)], seed, lambda shelf: shelf.name
    )
    for style, number in sorted(specification.styles.items(), key=lambda item: item[1]):
        _take_style(shelves, style, number)
    plain = [style for style in Style if style not in specification.styles]
    for shelf in shelves:
        shelf.take_rest(plain)
    return in_seeded_order((name for shelf in shelves for name in shelf.taken), f"{seed}/order", str)


@dataclass
class _Shelf:
    """The seen or the unseen candidates of one cell, and how many of them are to be taken."""

    name: str
    left: list[Candidate]
    wanted: int
    taken: list[str] = field(default_factory=list)

    def take(self, style: Style) -> bool:
        """Take one of this style, if there is one and room for it."""
        found = next((candidate for candidate in self.left if candidate.style is style), None)
        if found is None or len(self.taken) >= self.wanted:
            return False
        self.left.remove(found)
        self.taken.append(found.id)
        return True

    def take_rest(self, plain: Sequence[Style]) -> None:
        """Fill the room that is left: with the styles no number is said of, and only then with others."""
        rest = sorted(self.left, key=lambda candidate: candidate.style not in plain)
        self.taken += [candidate.id for candidate in rest[: self.wanted - len(self.taken)]]


def _shelves(cell: Cell, seen: Collection[str], seed: str) -> Iterator[_Shelf]:
    mixed = in_seeded_order(cell.candidates, seed, lambda candidate: candidate.id)
    fresh = [candidate for candidate in mixed if candidate.id not in seen]
    known = [candidate for candidate in mixed if candidate.id in seen]
    name = f"{cell.topic}/{cell.bloom}"
    yield _Shelf(f"{name}/fresh", fresh, min(cell.wanted, len(fresh)))
    yield _Shelf(f"{name}/known", known, max(0, cell.wanted - len(fresh)))


def _take_style(shelves: Sequence[_Shelf], style: Style, number: int) -> None:
    """Take so many of a style, one of each shelf in turn."""
    while number > 0:
        before = number
        for shelf in shelves:
            if number and shelf.take(style):
                number -= 1
        if number == before:
            return


@dataclass(frozen=True)
class Terms:
    """What was agreed when an exam was begun. It stays what it was, whatever becomes of the file."""

    title: str
    needed: int  # marks to pass
    minutes: int  # of the exam as it is for most
    factor: Fraction | None  # of these minutes; None: no limit
    topics: tuple[tuple[str, tuple[str, ...]], ...]  # name, and the questions of it
    granted: Fraction = Fraction(1)  # the most of these minutes that the real exam grants

    @property
    def limit(self) -> timedelta | None:
        """The time it may take; None without a limit."""
        return (
            None
            if self.factor is None
            else timedelta(minutes=1) * self.minutes * self.factor.numerator / (self.factor.denominator)
        )

    def topic_of(self, question_id: str) -> str:
        """Return the name of a question's topic; empty where it has none."""
        return next((name for name, questions in self.topics if question_id in questions), "")

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "title": self.title,
            "needed": self.needed,
            "minutes": self.minutes,
            "factor": NO_LIMIT if self.factor is None else str(self.factor),
            "topics": [[name, list(questions)] for name, questions in self.topics],
            "granted": str(self.granted),
        }


def agreed(
    specification: Specification, pool: Iterable[Candidate], drawn: Collection[str], factor: Fraction | None
) -> Terms:
    """Return the terms of a sitting with these questions."""
    by_topic: dict[str, list[str]] = {topic.name: [] for topic in specification.topics}
    for cell in cells(specification, pool):
        by_topic[cell.topic] += [candidate.id for candidate in cell.candidates if candidate.id in drawn]
    topics = tuple((name, tuple(questions)) for name, questions in by_topic.items())
    granted = 1 + specification.extra_time
    return Terms(specification.title, specification.needed, specification.minutes, factor, topics, granted)


def terms(attempt: Attempt) -> Terms:
    """Return the terms an exam is sat on. Raises KeyError where it was not begun as one."""
    return terms_of(attempt.terms)


def terms_of(data: Mapping[str, Any]) -> Terms:
    """Read terms from plain data, as `Terms.data` gives them. Raises KeyError where they are none."""
    return Terms(
        title=str(data["title"]),
        needed=int(data["needed"]),
        minutes=int(data["minutes"]),
        factor=None if data["factor"] == NO_LIMIT else Fraction(data["factor"]),
        topics=tuple((str(name), tuple(questions)) for name, questions in data["topics"]),
        granted=Fraction(data.get("granted", 1)),
    )


def minutes_shown(minutes: int, factor: Fraction) -> int:
    """Return a time as an exam announces it: whole minutes, a started one counts (112½ are shown as 113)."""
    return ceil(minutes * factor)
