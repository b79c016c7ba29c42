"""A lesson: one Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.core.problems import Report
from course.library import frontmatter, markup
from course.library.source import Source

WORDS_A_MINUTE = 160  # a careful reader in a second language


@dataclass(frozen=True)
class LessonFile:
    """A lesson as its author wrote it. `offset` is the number of lines before the body."""

    slug: str
    title: str
    module: str
    order: int
    about: str
    outcomes: tuple[str, ...]
    check: tuple[str, ...]
    quiz: str
    exercises: tuple[str, ...]
    body: str
    offset: int
    lines: dict[str, int]

    @property
    def words(self) -> int:
        """How many words the body has."""
        return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", self.body))

    @property
    def minutes(self) -> int:
        """How long it takes to read, roughly."""
        return max(1, round(self.words / WORDS_A_MINUTE))


def parse(source: Source, slug: str, report: Report) -> LessonFile | None:
    """Read a lesson file; note every problem, return None if any is an error."""
    before = report.errors
    head, body, offset = frontmatter.split(source.text, report)
    lesson = LessonFile(
        slug=slug,
        title=head.text("title", required=True),
        module=head.text("module", required=True),
        order=head.number("order") or 0,
        about=head.text("about"),
        outcomes=head.words("outcomes"),
        check=head.words("check"),
        quiz=head.text("quiz"),
        exercises=head.words("exercises"),
        body=body,
        offset=offset,
        lines=dict(head.lines),
    )
    head.refuse_unknown()
    for span in markup.spans(body):
        if span.type == "heading" and span.tokens[0].tag == "h1":
            report.error(
                span.start + offset + 1,
                "a lesson has no first-level heading in its text",
                "its `title:` is that heading; start sections with ##",
            )
    if not body.strip() and not report.failed:
        report.error(offset + 1, "the lesson is empty", "write its text below the front matter")
    return lesson if report.errors == before else None
