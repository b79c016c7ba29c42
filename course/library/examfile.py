"""The exam file: a mock exam's specification, from Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from course.core.blocks import Cell, Table
from course.core.marks import PassMark
from course.core.problems import Report, did_you_mean
from course.core.quiz import Style
from course.core.specification import Specification, Topic
from course.library import frontmatter, markup
from course.library.frontmatter import Head
from course.library.quizfile import pass_mark
from course.library.source import Source

FIRST, SECOND = "Outcomes", "Topic"
LEVEL = re.compile(r"bloom\s+([1-6])", re.IGNORECASE)
EXAMPLE = "| Outcomes | Topic | Bloom 2 | Bloom 3 |"
PERCENT = re.compile(r"([0-9]{1,3})\s*%")


@dataclass(frozen=True)
class ExamFile:
    """A specification, and where its rows stand."""

    specification: Specification
    lines: Mapping[str, int]  # topic → line


def parse(source: Source, slug: str, report: Report) -> ExamFile | None:
    """Read an exam file. Note every problem in `report`; return None if any is an error."""
    before = report.errors
    head, body, offset = frontmatter.split(source.text, report)
    title = head.text("title", required=True)
    minutes = head.text("minutes", required=True) and head.number("minutes", least=1)
    needed = head.text("pass", required=True) and pass_mark(head, report)
    about, extra, styles = head.text("about"), _extra_time(head, report), _styles(head, report)
    head.refuse_unknown()
    topics, lines = _topics(body, offset + 1, report)
    if report.errors > before or not minutes or not isinstance(needed, PassMark):
        return None
    found = Specification(slug, title, tuple(topics), minutes, needed, about, extra, styles)
    _check_sums(found, head, report)
    return ExamFile(found, lines) if report.errors == before else None


def _extra_time(head: Head, report: Report) -> Fraction:
    text = head.text("extra_time")
    match = PERCENT.fullmatch(text)
    if text and match is None:
        report.error(head.line("extra_time"), f"`extra_time: {text}` is not a percentage", "write `extra_time: 25%`")
    return Fraction(int(match[1]), 100) if match else Fraction(0)


def _styles(head: Head, report: Report) -> dict[Style, int]:
    found: dict[Style, int] = {}
    lines = head.lines_in("styles")
    for name, number in head.texts("styles").items():
        if name not in list(Style):
            remedy = did_you_mean(name, [*Style], "use one of " + ", ".join(Style))
            report.error(lines.get(name, 1), f"style {name} is not known", remedy)
        elif not re.fullmatch(r"[0-9]{1,3}", number):
            report.error(lines.get(name, 1), f"“{number}” is not a number of questions", f"write `{name}: 8`")
        else:
            found[Style(name)] = int(number)
    return found


def _check_sums(found: Specification, head: Head, report: Report) -> None:
    if found.total == 0:
        report.error(1, "the table asks for no question", "write a number above 0 into a cell")
    elif found.needed > found.total:
        report.error(
            head.line("pass"), f"{found.needed} marks cannot be reached with {found.total} questions", "lower `pass:`"
        )
    if sum(found.styles.values()) > found.total:
        report.error(head.line("styles"), "the styles ask for more questions than the table", "lower their numbers")


# ---- the table ----


def _topics(body: str, offset: int, report: Report) -> tuple[list[Topic], dict[str, int]]:
    lines = body.split("\n")
    before = report.errors
    tables = [markup.table(span, lines, offset, report) for span in markup.spans(body) if span.type == "table"]
    if len(tables) != 1:
        where = tables[1].line if tables else offset
        report.error(where, f"there are {len(tables)} tables instead of one", f"write one that starts {EXAMPLE}")
        return [], {}
    levels = _levels(tables[0], report)
    if not levels or report.errors > before:
        return [], {}
    topics = [_topic(row, levels, report) for row in tables[0].rows]
    places = {topic.name: row[0].line for topic, row in zip(topics, tables[0].rows, strict=True)}
    _check_apart(topics, tables[0].rows, report)
    return topics, places


def _levels(table: Table, report: Report) -> list[int]:
    names = [cell.text for cell in table.header]
    if names[:2] != [FIRST, SECOND] or len(names) < 3 or not table.rows:
        report.error(table.line, "the table lacks its first columns, a level or a row", f"start it with {EXAMPLE}")
        return []
    levels = []
    for cell in table.header[2:]:
        match = LEVEL.fullmatch(cell.text)
        if match is None or int(match[1]) in levels:
            report.error(
                cell.line, f"column “{cell.text}” is no Bloom level of its own", "write Bloom 2, Bloom 3 …", cell.column
            )
        else:
            levels.append(int(match[1]))
    return levels


def _topic(row: Sequence[Cell], levels: Sequence[int], report: Report) -> Topic:
    outcomes = tuple(name.strip() for name in row[0].text.split(",") if name.strip())
    for cell, what in zip(row[:2], ("outcomes", "topic"), strict=True):
        if not cell.text:
            report.error(cell.line, f"the {what} of this row are missing", "write them, as 1.1, 1.2", cell.column)
    questions = {}
    for level, cell in zip(levels, row[2:], strict=True):
        if cell.text and not re.fullmatch(r"[0-9]{1,3}", cell.text):
            report.error(cell.line, f"“{cell.text}” is not a number of questions", "write 0, 1, 2 …", cell.column)
            continue
        questions[level] = int(cell.text or 0)
    return Topic(row[1].text, outcomes, questions)


def _check_apart(topics: Sequence[Topic], rows: Sequence[Sequence[Cell]], report: Report) -> None:
    """A question belongs to one topic: no outcome and no name stands in two rows."""
    owners: dict[str, str] = {}
    names: set[str] = set()
    for topic, row in zip(topics, rows, strict=True):
        if topic.name in names:
            report.error(row[1].line, f"topic {topic.name} stands here twice", "give each row its own", row[1].column)
        names.add(topic.name)
        for outcome in topic.outcomes:
            if outcome in owners:
                report.error(
                    row[0].line,
                    f"outcome {outcome} belongs to {owners[outcome]} already",
                    "name each outcome in one row",
                    row[0].column,
                )
            owners.setdefault(outcome, topic.name)
