"""The course itself: what its pages are called, its modules and outcomes. One file, `content/course.md`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from course.core.problems import Report
from course.library import frontmatter
from course.library.source import Source

MAPPINGS = ("modules", "outcomes", "icons")
ADDRESS = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True)
class CourseInfo:
    """Course data that belongs to no single lesson or quiz."""

    title: str = "Course"
    subject: str = ""
    about: str = ""
    footer: str = ""  # Markdown; trade-mark line
    modules: Mapping[str, str] = field(default_factory=dict)  # slug → title, in order
    outcomes: Mapping[str, str] = field(default_factory=dict)  # reference → what is learnt
    icons: Mapping[str, str] = field(default_factory=dict)  # bin → icon of the sprite
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (`icons`, bin) → line
    text: str = ""


def parse(source: Source, report: Report) -> CourseInfo | None:
    """Read the course file; note every problem, return None if any is an error."""
    before = report.errors
    head, body, _ = frontmatter.split(source.text, report)
    info = CourseInfo(
        title=head.text("title", required=True),
        subject=head.text("subject"),
        about=head.text("about"),
        footer=head.text("footer"),
        modules=head.texts("modules"),
        outcomes=head.texts("outcomes"),
        icons=head.texts("icons"),
        lines={(key, name): line for key in MAPPINGS for name, line in head.lines_in(key).items()},
        text=body.strip(),
    )
    head.refuse_unknown()
    for name in info.modules:
        if not ADDRESS.fullmatch(name):
            report.error(
                info.lines["modules", name],
                f"module “{name}” has other characters than a–z, 0–9 and -",
                "its name is part of its lessons’ addresses: write `the-name: The title`",
            )
    if not info.modules and not report.failed:
        report.error(1, "`modules:` is missing", "add `modules: {first: The first module}`")
    return info if report.errors == before else None
