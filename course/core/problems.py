"""What is wrong in a file an author wrote, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"  # the file is refused as a whole
    WARNING = "warning"  # advice; does not stop publishing


@dataclass(frozen=True, order=True)
class Problem:
    """One problem at one place. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    severity: Severity
    message: str
    remedy: str

    def __str__(self) -> str:
        """`file:line:column: severity: what is wrong — what to do`."""
        return f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.message} — {self.remedy}"


@dataclass
class Report:
    """Collects every problem of one file, so that an author sees them all at once."""

    path: str
    problems: list[Problem] = field(default_factory=list)
    errors: int = 0  # how many errors were noted so far

    def error(self, line: int, message: str, remedy: str, column: int = 1) -> None:
        """Note something that makes the file unusable."""
        self.problems.append(Problem(self.path, line, column, Severity.ERROR, message, remedy))
        self.errors += 1

    def warning(self, line: int, message: str, remedy: str, column: int = 1) -> None:
        """Note something worth mending that does not stop publishing."""
        self.problems.append(Problem(self.path, line, column, Severity.WARNING, message, remedy))

    @property
    def failed(self) -> bool:
        """Whether any error was noted."""
        return self.errors > 0


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return `did you mean “x”?` where a close name exists, else `otherwise`."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(names), n=1, cutoff=0.6)
    return f"did you mean “{names[close[0]]}”?" if close else otherwise
