"""The syllabus: what a learner should be able to do, by outcome. One file, `content/syllabus.md`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from course.core.blocks import Table
from course.core.problems import Report
from course.library import frontmatter, markup
from course.library.source import Source

HEADER = ("Outcome", "You can", "Bloom")
EXAMPLE = "| Outcome | You can | Bloom |"
LEVEL = re.compile(r"[1-6]")


@dataclass(frozen=True)
class Criterion:
    """One row: a reference of `content/course.md`, what it means in words, and its Bloom level."""

    outcome: str
    text: str  # Markdown
    bloom: int
    line: int


@dataclass(frozen=True)
class Group:
    """A heading with the rows below it."""

    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Syllabus:
    """The whole file: a title, some words before the first heading, and the groups."""

    title: str
    about: str
    text: str
    groups: tuple[Group, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every row, in order."""
        return tuple(criterion for group in self.groups for criterion in group.criteria)


def parse(source: Source, report: Report) -> Syllabus | None:
    """Read the file; note every problem, return None if any is an error."""
    before = report.errors
    head, body, offset = frontmatter.split(source.text, report)
    title, about = head.text("title", required=True), head.text("about")
    head.refuse_unknown()
    lines = body.split("\n")
    intro: list[str] = []
    titles: list[str] = []
    tables: list[list[Criterion]] = []
    for span in markup.spans(body):
        if span.type == "heading":
            titles.append(span.source(lines).lstrip("#").strip())
            tables.append([])
        elif not titles:
            intro.append(span.source(lines))
        elif span.type == "table":
            tables[-1] += _criteria(markup.table(span, lines, offset + 1, report), report)
        else:
            report.error(span.start + offset + 1, "below a heading stands only the table", f"start it with {EXAMPLE}")
    groups = tuple(Group(name, tuple(rows)) for name, rows in zip(titles, tables, strict=True))
    _check(groups, report)
    return Syllabus(title, about, "\n\n".join(intro), groups) if report.errors == before else None


def _criteria(table: Table, report: Report) -> list[Criterion]:
    if tuple(cell.text for cell in table.header) != HEADER:
        report.error(table.line, "the table has other columns", f"start it with {EXAMPLE}")
        return []
    found = []
    for reference, text, bloom in table.rows:
        if not reference.text or not text.text:
            report.error(reference.line, "a cell of this row is empty", "write the outcome and what a learner can do")
        if LEVEL.fullmatch(bloom.text):
            found.append(Criterion(reference.text, text.text, int(bloom.text), reference.line))
        else:
            report.error(bloom.line, f"“{bloom.text}” is no Bloom level", "write a number from 1 to 6", bloom.column)
    return found


def _check(groups: Sequence[Group], report: Report) -> None:
    if not any(group.criteria for group in groups):
        report.error(1, "the syllabus has no row", f"write a heading (##) and below it a table that starts {EXAMPLE}")
    seen: set[str] = set()
    for criterion in (criterion for group in groups for criterion in group.criteria):
        if criterion.outcome in seen:
            report.error(criterion.line, f"outcome {criterion.outcome} stands here twice", "join the two rows")
        seen.add(criterion.outcome)
