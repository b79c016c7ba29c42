"""A quiz, its scenarios and its questions, as an author wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from course.core.marks import PassMark


class Use(StrEnum):
    """What a quiz file is for."""

    QUIZ = "quiz"  # practice, one question a page
    EXERCISE = "exercise"  # listed under exercises; exactly one question
    EXAM = "exam"  # reserved for mock exams, never shown in practice


class Shuffle(StrEnum):
    """What is put in a new order for each attempt."""

    BOTH = "both"
    QUESTIONS = "questions"
    OPTIONS = "options"
    NONE = "none"


class Style(StrEnum):
    """How a stem asks."""

    STANDARD = "standard"
    NEGATIVE = "negative"  # which is NOT …
    LIST = "list"  # numbered statements; options are pairs of them


class Credit(StrEnum):
    """How a multiple choice is marked."""

    ALL = "all"  # 1 for exactly the right set
    PROPORTIONAL = "proportional"  # (right ticks − wrong ticks) / right options, not below 0


@dataclass(frozen=True)
class Scenario:
    """A situation shown with each question below it."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Places:
    """The bins of a quiz: categories by name, and the bins its second category does not divide."""

    categories: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """One question. Texts are Markdown; `answers` is what its kind makes of the answer block."""

    id: str
    kind: str
    sentence: str
    answers: Any
    stem: str = ""
    why: str = ""
    hint: str = ""
    outcome: str = ""
    bloom: int | None = None
    style: Style = Style.STANDARD
    credit: Credit = Credit.ALL
    shuffle: bool = True
    void: bool = False
    scenario: Scenario | None = None

    @property
    def shuffles(self) -> bool:
        """Whether its options may change place: list items refer to numbers, so they keep their order."""
        return self.shuffle and self.style is not Style.LIST


@dataclass(frozen=True)
class Quiz:
    """A quiz file: its head and its questions in file order."""

    slug: str
    title: str
    questions: tuple[Question, ...]
    about: str = ""
    lesson: str = ""
    use: Use = Use.QUIZ
    pass_mark: PassMark | None = None
    minutes: int | None = None
    shuffle: Shuffle = Shuffle.BOTH
    places: Places = field(default_factory=Places)

    def question(self, question_id: str) -> Question | None:
        """Return the question of this id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)
