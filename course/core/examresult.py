"""What a mock exam says: the score with its honest range, and where the marks were earned and lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor, sqrt

Z80 = 1.2815515655446004  # the normal distribution's 90 % quantile: 80 % lie between minus this and this
FEW = 4  # a group with fewer questions says little
SLOWEST = 3


@dataclass(frozen=True)
class Row:
    """One question as it was answered."""

    number: int
    question_id: str
    topic: str
    bloom: int | None
    style: str
    mark: Fraction
    answered: bool
    flagged: bool
    seconds: int | None  # on the screen until the last change; None where nothing was noted

    @property
    def right(self) -> bool:
        """Whether it earned its mark."""
        return self.mark == 1


@dataclass(frozen=True)
class Group:
    """The questions that have something in common."""

    name: str
    right: int
    total: int

    @property
    def few(self) -> bool:
        """Whether there are too few to say much."""
        return self.total < FEW


@dataclass(frozen=True)
class ExamResult:
    """A mock exam that was handed in or whose time ran out."""

    rows: tuple[Row, ...]
    needed: int
    time_used: timedelta

    @property
    def total(self) -> int:
        """How many questions, of one mark each."""
        return len(self.rows)

    @property
    def marks(self) -> int:
        """Marks earned: the questions that are right."""
        return sum(row.right for row in self.rows)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(row.answered for row in self.rows)

    @property
    def passed(self) -> bool:
        """Whether the pass mark is reached."""
        return self.marks >= self.needed

    @property
    def usual(self) -> tuple[int, int]:
        """Between which scores someone at this level would usually land: see `wilson`."""
        return wilson(self.marks, self.total)

    @property
    def missed(self) -> tuple[Row, ...]:
        """The questions that earned nothing, answered or not."""
        return tuple(row for row in self.rows if not row.right)

    @property
    def by_topic(self) -> tuple[Group, ...]:
        """Topics, the weakest first."""
        return tuple(sorted(_groups((row.topic, row) for row in self.rows), key=_share))

    @property
    def by_bloom(self) -> tuple[Group, ...]:
        """Bloom levels in order."""
        rows = sorted(self.rows, key=lambda row: row.bloom or 0)
        return _groups((str(row.bloom or "none"), row) for row in rows)

    @property
    def by_style(self) -> tuple[Group, ...]:
        """Styles, the most frequent first."""
        return tuple(sorted(_groups((row.style, row) for row in self.rows), key=lambda group: -group.total))

    @property
    def slowest(self) -> Sequence[Row]:
        """The questions that took longest, longest first."""
        timed = [row for row in self.rows if row.seconds]
        return sorted(timed, key=lambda row: (-(row.seconds or 0), row.number))[:SLOWEST]


def wilson(right: int, total: int, z: float = Z80) -> tuple[int, int]:
    """Return the Wilson score interval of a share (Wilson 1927), 80 % by default, as whole scores out of `total`.

    The ends are rounded outwards, so that the range is never narrower than the formula's.
    """
    if not total:
        return 0, 0
    share, square = right / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0, floor((centre - half) * total)), min(total, ceil((centre + half) * total))


def _groups(named: Iterable[tuple[str, Row]]) -> tuple[Group, ...]:
    rows: dict[str, list[Row]] = {}
    for name, row in named:
        rows.setdefault(name, []).append(row)
    return tuple(Group(name, sum(row.right for row in members), len(members)) for name, members in rows.items())


def _share(group: Group) -> Fraction:
    return Fraction(group.right, group.total)
