"""Questions read from Markdown, as an author writes them."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from course.core.problems import Report
from course.core.quiz import Question
from course.library import quizfile
from course.library.source import Source
from course.questions.registry import kinds

Ask = Callable[..., Question]


@pytest.fixture
def ask() -> Ask:
    """Return a question of a kind, made of the body of its answers."""

    def make(kind: str, body: str, chips: str = "") -> Question:
        text = f"---\ntitle: A\n---\n\n## Do it\n\n`{kind}` `id=q-1` {chips}\n\n{dedent(body)}"
        report = Report("q.quiz.md")
        read = quizfile.parse(Source("q.quiz.md", text), "q", kinds(), report)
        assert read is not None, report.problems
        return read.quiz.questions[0]

    return make
