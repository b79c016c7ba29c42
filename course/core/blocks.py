"""The blocks of a quiz file that can hold answers, as plain values with their places.

`library` finds them in the Markdown; a kind of question turns one into answers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text without escapes of `|`, and where it stands."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Table:
    """A pipe table. Every row has as many cells as the header."""

    line: int
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class TaskItem:
    """One `- [ ] option` with the quote inside it. `box` is the character between the brackets."""

    box: str
    text: str
    feedback: str
    line: int
    column: int


@dataclass(frozen=True)
class TaskList:
    """A bullet list whose items start with a box."""

    line: int
    items: tuple[TaskItem, ...]


@dataclass(frozen=True)
class NumberedItem:
    """One `1. item`."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class NumberedList:
    """A numbered list."""

    line: int
    items: tuple[NumberedItem, ...]


@dataclass(frozen=True)
class Gap:
    """What stands between `[[` and `]]`, escapes and all."""

    source: str
    line: int
    column: int


@dataclass(frozen=True)
class Prose:
    """Paragraphs with gaps: one text more than there are gaps, each gap between two of them."""

    line: int
    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]


Block = Table | TaskList | NumberedList | Prose
