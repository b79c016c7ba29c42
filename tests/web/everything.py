"""A course with one of everything: a lesson, terms, a syllabus, an exercise, a quiz and a mock exam."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import GLOSSARY, GRID
from tests.exams import LESSON, write_course
from tests.web.test_syllabus import TEXT as SYLLABUS


def write_everything(folder: Path) -> Path:
    """Write it into a folder; return it."""
    write_course(folder)
    lesson = LESSON.replace("quiz: ship", "quiz: ship\ncheck: [q1a-0]\nexercises: [harbour]")
    (folder / "content/lessons/ship.md").write_text(lesson, "utf-8")
    (folder / "content/glossary.md").write_text(GLOSSARY, "utf-8")
    (folder / "content/syllabus.md").write_text(SYLLABUS, "utf-8")
    (folder / "quizzes/harbour.quiz.md").write_text(GRID.replace("lesson: hull", "lesson: ship"), "utf-8")
    return folder
