"""The exam file: read as written, refused with the line and the remedy, and held against the pool."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.problems import Problem, Report, Severity
from course.core.quiz import Style
from course.library import examfile
from course.library.catalogue import Library
from course.library.checker import check
from course.library.source import Source
from course.questions.registry import kinds

EXAM = """\
---
title: The boat mock
about: Two topics.
minutes: 90
pass: 28
extra_time: 25%
styles: {list: 1, negative: 1}
---

| Outcomes | Topic | Bloom 2 | Bloom 3 |
|---|---|---|---|
| 1a, 1b | Hulls | 2 | 20 |
| 2b | Oars | | 6 |
"""
COURSE = """\
---
title: A course
modules: {first: The first module}
outcomes: {a1: Knows a, b1: Knows b}
---
"""
SMALL = """\
---
title: The mock
minutes: 10
pass: 50%
---

| Outcomes | Topic | Bloom 2 |
|---|---|---|
| a1 | Things | 2 |
"""


def parse(text: str) -> tuple[examfile.ExamFile | None, list[Problem]]:
    report = Report("quizzes/boats.exam.md")
    return examfile.parse(Source("quizzes/boats.exam.md", text), "boats", report), report.problems


def question(number: int, options: int = 4, chips: str = "`outcome=a1` `bloom=2`") -> str:
    body = "".join(f"- [{'x' if n == 0 else ' '}] Option {n} of {number}\n  > Reason {n}.\n" for n in range(options))
    heading = f"## What is the answer to number {number * 7919}?"
    return f"{heading}\n\n`single` `id=pool-{number}` {chips}\n\n{body}\n> **Why:** so.\n"


def course(folder: Path, exam: str, questions: list[str]) -> Path:
    (folder / "content" / "lessons").mkdir(parents=True)
    (folder / "quizzes").mkdir()
    (folder / "content" / "course.md").write_text(COURSE)
    (folder / "quizzes" / "mock.exam.md").write_text(exam)
    (folder / "quizzes" / "pool.quiz.md").write_text("---\ntitle: Pool\nuse: exam\n---\n\n" + "\n".join(questions))
    return folder


def about_exams(folder: Path) -> list[Problem]:
    return [p for p in check(folder, kinds()).problems if "mock.exam" in p.path or "mock exam" in p.message]


def test_a_specification_is_read_as_written() -> None:
    found, problems = parse(EXAM)
    assert problems == []
    assert found is not None
    read = found.specification
    assert (read.title, read.about, read.minutes, read.extra_time) == (
        "The boat mock",
        "Two topics.",
        90,
        Fraction(1, 4),
    )
    assert (read.total, read.needed) == (28, 28)
    assert [(topic.name, topic.outcomes, topic.questions) for topic in read.topics] == [
        ("Hulls", ("1a", "1b"), {2: 2, 3: 20}),
        ("Oars", ("2b",), {2: 0, 3: 6}),
    ]
    assert read.styles == {Style.LIST: 1, Style.NEGATIVE: 1}
    assert found.lines == {"Hulls": 12, "Oars": 13}


# What is written instead, the line that is named, and words of message and remedy.
MISTAKES = [
    ("title: The boat mock", "titel: The boat mock", 1, "`title:` is missing"),
    ("minutes: 90", "minutes: long", 4, "not a whole number"),
    ("minutes: 90\n", "", 1, "`minutes:` is missing"),
    ("pass: 28", "pass: most", 5, "not a pass mark"),
    ("pass: 28", "pass: 29", 5, "29 marks cannot be reached with 28 questions"),
    ("extra_time: 25%", "extra_time: a bit", 6, "write `extra_time: 25%`"),
    ("list: 1", "lists: 1", 7, "did you mean “list”?"),
    ("list: 1", "list: one", 7, "not a number of questions"),
    ("list: 1", "list: 28", 7, "ask for more questions than the table"),
    ("| Outcomes | Topic |", "| Outcome | Topic |", 10, "start it with | Outcomes | Topic"),
    ("Bloom 3 |", "Level 3 |", 10, "column “Level 3”"),
    ("Bloom 3 |", "Bloom 2 |", 10, "column “Bloom 2”"),
    ("| 20 |", "| twenty |", 12, "“twenty” is not a number"),
    ("| 2b | Oars |", "| 1b | Oars |", 13, "outcome 1b belongs to Hulls already"),
    ("| 2b | Oars |", "| 2b | Hulls |", 13, "topic Hulls stands here twice"),
    ("| 2b | Oars |", "|  | Oars |", 13, "the outcomes of this row are missing"),
    ("| 2b | Oars | | 6 |", "| 2b | Oars | 6 |", 13, "this row has 3 cells"),
    ("| 1a, 1b | Hulls | 2 | 20 |\n| 2b | Oars | | 6 |\n", "", 10, "the table lacks"),
    ("about: Two topics.", "colour: red", 3, "`colour:` is not known here"),
]


@pytest.mark.parametrize(("written", "instead", "line", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_to_do(written: str, instead: str, line: int, words: str) -> None:
    assert written in EXAM
    found, problems = parse(EXAM.replace(written, instead))
    assert found is None
    assert [(p.line, p.severity) for p in problems if words in str(p)] == [(line, Severity.ERROR)], problems


def test_a_file_without_a_table_or_with_two_is_refused() -> None:
    head, _, table = EXAM.partition("\n\n")
    assert "0 tables instead of one" in str(parse(head + "\n\nNothing.\n")[1][0])
    assert "2 tables instead of one" in str(parse(f"{EXAM}\nMore:\n\n{table}")[1][0])


@given(st.text("|-: abc019#\n%,", max_size=120), st.text("|-: abc019#\n{}[],%", max_size=80))
def test_whatever_is_written_there_is_an_answer(body: str, head: str) -> None:
    parse(f"---\ntitle: x\nminutes: 9\npass: 1\n{head}\n---\n\n{body}")


def test_a_pool_that_fills_two_sittings_is_in_order(tmp_path: Path) -> None:
    folder = course(tmp_path, SMALL, [question(n) for n in range(4)])
    assert about_exams(folder) == []
    catalogue = Library(folder, kinds()).catalogue
    assert [candidate.id for candidate in catalogue.exam_pool()] == [f"pool-{n}" for n in range(4)]
    assert list(catalogue.exams) == ["mock"]


def test_a_pool_for_one_sitting_is_a_warning_and_a_smaller_one_an_error(tmp_path: Path) -> None:
    once = about_exams(course(tmp_path / "once", SMALL, [question(n) for n in range(3)]))
    assert [(p.line, p.severity) for p in once] == [(9, Severity.WARNING)]
    assert "a second sitting repeats questions — write 1 more" in str(once[0])
    none = about_exams(course(tmp_path / "none", SMALL, [question(0)]))
    assert [(p.line, p.severity) for p in none] == [(9, Severity.ERROR)]
    assert "2 asked, 1 in the pool; the exam cannot start — write 1 more" in str(none[0])


def test_void_questions_and_other_forms_are_not_drawn(tmp_path: Path) -> None:
    odd = [
        question(5, options=3),
        question(6, chips="`bloom=2`"),
        question(7, chips="`outcome=a1`"),
        question(8, chips="`outcome=a1` `bloom=2` `void`"),
    ]
    folder = course(tmp_path, SMALL, [question(n) for n in range(4)] + odd)
    problems = [str(p) for p in about_exams(folder)]
    assert len(problems) == 3
    assert "pool-5 is not a single choice of four" in problems[0]
    assert all("has no outcome or no Bloom level" in problem for problem in problems[1:])
    drawn = {candidate.id for candidate in Library(folder, kinds()).catalogue.exam_pool()}
    assert drawn == {"pool-0", "pool-1", "pool-2", "pool-3", "pool-6", "pool-7"}


def test_an_unknown_outcome_is_named(tmp_path: Path) -> None:
    folder = course(tmp_path, SMALL.replace("| a1 |", "| a2 |"), [question(n) for n in range(4)])
    assert any("there is no outcome “a2” — " in str(p) for p in about_exams(folder))


def test_while_an_exam_file_has_errors_the_last_good_version_is_served(tmp_path: Path) -> None:
    folder = course(tmp_path, SMALL, [question(n) for n in range(4)])
    library = Library(folder, kinds())
    (folder / "quizzes" / "mock.exam.md").write_text(SMALL.replace("minutes: 10", "minutes: ten"))
    assert library.refresh()
    assert library.catalogue.exams["mock"].minutes == 10
    assert any("not a whole number" in str(problem) for problem in library.catalogue.files.problems)
