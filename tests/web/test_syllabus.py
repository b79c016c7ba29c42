"""The syllabus page, and what an author hears of its file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course.core.problems import Report, Severity
from course.library import syllabus
from course.library.checker import check
from course.library.source import Source
from course.questions.registry import kinds
from tests.conftest import ROOT, MakeApp
from tests.web.browsing import Visitor

TEXT = """\
---
title: What to know
about: All of it.
---

The numbers are *ours*.

## 1. Wood

| Outcome | You can | Bloom |
|---|---|---|
| 1a | name the parts of a boat | 1 |

## 2. Water

| Outcome | You can | Bloom |
|---|---|---|
| 2b | row | 3 |
"""


def problems(text: str) -> list[tuple[int, str]]:
    report = Report("content/syllabus.md")
    parsed = syllabus.parse(Source("content/syllabus.md", text), report)
    assert (parsed is None) == bool(report.problems)
    return [(problem.line, str(problem)) for problem in report.problems]


@pytest.mark.parametrize(
    ("written", "instead", "line", "words"),
    [
        ("title: What to know", "about: x", 1, "`title:` is missing"),
        (
            "| Outcome | You can | Bloom |\n|---|---|---|\n| 1a",
            "| Ref | You can | Bloom |\n|---|---|---|\n| 1a",
            10,
            "start it",
        ),
        ("boat | 1 |", "boat | high |", 12, "“high” is no Bloom level"),
        ("| 2b | row | 3 |", "| 1a | row | 3 |", 18, "outcome 1a stands here twice"),
        ("| 2b | row | 3 |", "| 2b |  | 3 |", 18, "a cell of this row is empty"),
        ("| 2b | row | 3 |", "| 2b | row |", 18, "this row has 2 cells"),
        ("## 2. Water\n", "## 2. Water\n\nSome words.\n", 16, "below a heading stands only the table"),
    ],
)
def test_a_mistake_is_named_with_its_line(written: str, instead: str, line: int, words: str) -> None:
    assert written in TEXT
    found = problems(TEXT.replace(written, instead, 1))
    assert [number for number, said in found if words in said] == [line], found


def test_a_file_without_rows_is_refused() -> None:
    assert any("the syllabus has no row" in said for _, said in problems("---\ntitle: x\n---\n\nNothing.\n"))


def test_an_outcome_that_is_unknown_or_not_taught_is_named(small_course: Path) -> None:
    (small_course / "content/syllabus.md").write_text(TEXT.replace("| 2b |", "| 2c |"))
    course = (small_course / "content/course.md").read_text().replace("  2b: Row them", "  2b: Row them\n  3c: Swim")
    (small_course / "content/course.md").write_text(course)
    said = [str(problem) for problem in check(small_course, kinds()).problems if "syllabus" in problem.path]
    assert len(said) == 1
    assert said[0].startswith("content/syllabus.md:18:1: error: there is no outcome “2c” — ")
    (small_course / "content/syllabus.md").write_text(TEXT.replace("| 2b |", "| 3c |"))
    found = [problem for problem in check(small_course, kinds()).problems if "syllabus" in problem.path]
    assert [(problem.line, problem.severity) for problem in found] == [(18, Severity.WARNING)]
    assert "no lesson teaches outcome 3c" in str(found[0])


def test_each_outcome_shows_its_lesson_quiz_and_exercises(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "content/syllabus.md").write_text(TEXT)
    visitor = Visitor(make_app(small_course))
    page = visitor.open("/syllabus")
    assert "What to know All of it. The numbers are ours." in page.text
    assert "1. Wood" in page.text
    assert "1a Bloom 1 Name the parts of a boat." in page.text
    assert ("/learn/first/hull", "The hull") in page.links
    assert ("/quizzes/hull", "quiz: Questions on hulls") in page.links
    assert "The harbour and 1 more exercise" in page.text
    assert page.html.count('class="tile"') == 2
    assert ("/syllabus", "What to know") in visitor.open("/learn").links


def test_the_shares_of_the_mock_exam_add_up_to_all_its_questions(make_app: MakeApp) -> None:
    page = Visitor(make_app(ROOT)).open("/syllabus")
    assert sum(map(int, re.findall(r"In the mock exam: (\d+) questions? on ", page.text))) == 40
    assert "In the mock exam: 5 questions on Fast development, shared with 4.4." in page.text
    assert "In the mock exam: Fast development, counted with 4.3." in page.text
    assert ("#o-4.3", "4.3") in page.links


def test_a_course_without_a_syllabus_has_no_such_page(visitor: Visitor) -> None:
    assert visitor.open("/syllabus").status == 404
    assert "/syllabus" not in visitor.open("/learn").html
