"""What a kind of question must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block
from course.core.marks import Marked
from course.core.problems import Report
from course.core.quiz import Places, Question

Fields = Mapping[str, Sequence[str]]
"""A posted form: field name → values."""


@dataclass(frozen=True)
class Asking:
    """How a question is put to a learner: in which order, with which answer, showing how much.

    `locked` is the part of the answer that cannot be changed any more (cards that were right).
    """

    seed: str
    response: Response = ()
    due: Due = Due.NOTHING
    locked: Response = ()
    revealed: bool = False  # the learner asked for the answers: show the key in place


@dataclass(frozen=True)
class View:
    """What a widget's template receives. Holds nothing that is not due."""

    question_id: str
    sentence: str
    stem: str
    checked: bool
    widget: str

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Each field of the form with the words that name it; none where the answer is one whole."""
        return ()


@dataclass(frozen=True)
class Part:
    """A part an author should give a reason for: an option, a card."""

    text: str
    reason: str
    line: int = field(default=0, compare=False)


class Kind(ABC):
    """A kind of question: it reads, writes and marks answers, and names its widget; it never draws."""

    name: ClassVar[str]
    widget: ClassVar[str]  # the gesture: templates/widgets/<widget>.html
    block: ClassVar[type[Block]]  # what its answer block is in Markdown
    missing: ClassVar[str]  # what to do where that block is missing
    chips: ClassVar[frozenset[str]] = frozenset()  # chips only this kind understands
    halves: ClassVar[bool] = False  # whether a part can be half right
    nouns: ClassVar[tuple[str, str]] = ("answer", "answers")  # what one part of an answer is called, and several

    @abstractmethod
    def parse(self, block: Any, places: Places, report: Report) -> Any | None:
        """Make answers of an answer block; note every problem, return None if there are errors."""

    @abstractmethod
    def write(self, answers: Any) -> str:
        """Write answers as canonical Markdown, without a final newline."""

    @abstractmethod
    def places(self, answers: Any) -> Places:
        """Return the bins the answers need in the head of their file; none for most kinds."""

    @abstractmethod
    def mark(self, question: Question, response: Response) -> Marked:
        """Mark an answer, 0 to 1. An empty one earns 0."""

    @abstractmethod
    def full(self, question: Question) -> Response:
        """Return an answer that earns 1."""

    @abstractmethod
    def accept(self, question: Question, fields: Fields) -> Response:
        """Read this question's answer out of a posted form; what is not of this question is left."""

    @abstractmethod
    def right(self, question: Question, response: Response) -> Response:
        """Return the part of an answer that is right and may be locked for the next try."""

    def carried(self, question: Question, response: Response) -> Response:
        """Return what the next try starts from: what was right."""
        return self.right(question, response)

    @abstractmethod
    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """Say an answer as people read it, part by part, in an order that tells nothing of the key."""

    @abstractmethod
    def view(self, question: Question, asking: Asking) -> View:
        """Prepare what the widget draws, with nothing in it that is not due."""

    @abstractmethod
    def parts(self, answers: Any) -> tuple[Part, ...]:
        """Return each part of the answers with its reason, for lint and for the secrecy test."""

    def lint(self, question: Question) -> Iterable[str]:
        """Yield advice beyond what holds for every kind, each as `what — what to do`."""
        del question
        return ()

    @abstractmethod
    def sample(self, texts: Sequence[str], rng: Random) -> Any:
        """Make well-formed answers of given distinct texts, the key drawn from `rng`.

        The law test tries every kind on these. Six texts at least, one line each, none empty. The
        same texts give the same options and reasons, whatever the key.
        """
