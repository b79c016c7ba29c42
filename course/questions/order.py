"""Ordering: steps to be put in the right order.

A learner numbers the steps; the page with JavaScript writes the same numbers as steps are moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block, NumberedList
from course.core.marks import Marked, Verdict
from course.core.naming import folded, in_seeded_order, letter, token
from course.core.problems import Report
from course.core.quiz import Places, Question
from course.questions._kind import Asking, Fields, Kind, Part, View


@dataclass(frozen=True)
class Steps:
    """The answers of an ordering question, in the right order."""

    steps: tuple[str, ...]


@dataclass(frozen=True)
class StepView:
    """One step as the widget shows it. `number` is what the learner gave it, empty for none."""

    letter: str
    field: str
    text: str
    number: str
    verdict: Verdict | None = None
    belongs: int = 0  # its number in the right order, once that is due


@dataclass(frozen=True)
class OrderView(View):
    """Steps to put in order. `solution` is the right order, once it is due."""

    steps: tuple[StepView, ...]
    solution: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Each field with the words that name it."""
        return tuple((step.field, f"Step {step.letter}") for step in self.steps)


class Order(Kind):
    """Marks: (longest run of steps in the right order relative to each other − 1) / (steps − 1)."""

    name = "order"
    widget = "arrange"
    block: ClassVar[type[Block]] = NumberedList
    missing = "write the steps as a numbered list in the right order: 1. 2. 3."
    nouns = ("step", "steps")

    def parse(self, block: Any, places: Places, report: Report) -> Steps | None:
        """Ask for two steps at least, none empty, no two the same."""
        del places
        before = report.errors
        seen: dict[str, int] = {}
        for item in block.items:
            text = folded(item.text)
            if not text:
                report.error(item.line, "a step is empty", "write its text or delete the line", item.column)
            elif text in seen:
                report.error(
                    item.line,
                    f"this step equals the one in line {seen[text]}",
                    "change one of them or delete it",
                    item.column,
                )
            seen.setdefault(text, item.line)
        if len(block.items) < 2:
            report.error(block.line, "an ordering question needs at least two steps", "add another: 2. The next step")
        return Steps(tuple(item.text for item in block.items)) if report.errors == before else None

    def write(self, answers: Steps) -> str:
        """Write `1. text`, further lines indented by the width of the number."""
        return "\n".join(_write_step(n, text) for n, text in enumerate(answers.steps, 1))

    def places(self, answers: Steps) -> Places:
        """Steps need no bins."""
        del answers
        return Places()

    def mark(self, question: Question, response: Response) -> Marked:
        """Find the longest run of steps that stand in the right order; equal numbers have no order."""
        steps: tuple[str, ...] = question.answers.steps
        numbers = _numbers(question, response)
        run = longest_run([numbers.get(field_of(question, text)) for text in steps])
        in_run = run if len(run) > 1 else frozenset[int]()
        parts = {
            field_of(question, text): _verdict(field_of(question, text) in numbers, n in in_run)
            for n, text in enumerate(steps)
        }
        return Marked(Fraction(max(len(run) - 1, 0), len(steps) - 1), parts, points=len(steps) - 1)

    def full(self, question: Question) -> Response:
        """Number the steps as they stand in the file."""
        steps: tuple[str, ...] = question.answers.steps
        return tuple(sorted((field_of(question, text), str(n)) for n, text in enumerate(steps, 1)))

    def accept(self, question: Question, fields: Fields) -> Response:
        """Take a number from 1 to the number of steps for each step."""
        steps: tuple[str, ...] = question.answers.steps
        known = {str(n) for n in range(1, len(steps) + 1)}
        given = ((name, next(iter(fields.get(name, ())), "")) for name in (field_of(question, t) for t in steps))
        return tuple(sorted((name, number) for name, number in given if number in known))

    def right(self, question: Question, response: Response) -> Response:
        """Nothing is locked: an order is answered as a whole."""
        del question, response
        return ()

    def carried(self, question: Question, response: Response) -> Response:
        """The next try goes on from the whole order."""
        del question
        return response

    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """Each step with the number it was given, by these numbers."""
        texts = {field_of(question, text): text for text in question.answers.steps}
        given = sorted((int(number), texts.get(name, name)) for name, number in response)
        return tuple(f"{number}. {text}" for number, text in given)

    def view(self, question: Question, asking: Asking) -> OrderView:
        """Put the steps as the learner numbered them, or else in an order of the seed that is not the right one."""
        steps: tuple[str, ...] = question.answers.steps
        shuffled = _shuffled(question, steps, asking.seed)
        letters = {text: letter(n) for n, text in enumerate(shuffled)}
        numbers = _numbers(question, asking.response)
        shown = shuffled
        complete = sorted(numbers.values()) == list(range(1, len(steps) + 1))
        if complete or asking.due > Due.NOTHING:
            last = len(steps) + 1
            shown = tuple(sorted(shuffled, key=lambda text: numbers.get(field_of(question, text), last)))
        key_due = asking.due is Due.KEY
        marked = self.mark(question, asking.response) if asking.due > Due.NOTHING else None
        if key_due and asking.revealed:
            shown = steps
        return OrderView(
            question_id=question.id,
            sentence=question.sentence,
            stem=question.stem,
            checked=asking.due > Due.NOTHING,
            widget=self.widget,
            steps=tuple(
                StepView(
                    letter=letters[text],
                    field=field_of(question, text),
                    text=text,
                    number=str(numbers.get(field_of(question, text), "")),
                    verdict=marked.parts[field_of(question, text)] if marked else None,
                    belongs=steps.index(text) + 1 if key_due else 0,
                )
                for text in shown
            ),
            solution=steps if key_due else (),
        )

    def parts(self, answers: Steps) -> tuple[Part, ...]:
        """Steps have no reasons of their own: the order is explained as a whole."""
        del answers
        return ()

    def lint(self, question: Question) -> Iterable[str]:
        """Two steps give themselves away; the steps are always shuffled."""
        if len(question.answers.steps) < 3:
            yield "two steps have only one wrong order, so the page gives the right one away — add a step"
        if not question.shuffle:
            yield "`shuffle=no` has no effect here: steps are always shuffled — delete the chip"

    def sample(self, texts: Sequence[str], rng: Random) -> Steps:
        """Put the texts in any order."""
        return Steps(tuple(rng.sample(list(texts), k=len(texts))))


def field_of(question: Question, text: str) -> str:
    """Name a step's form field by a hash of question and text."""
    return f"step-{token(question.id, text)}"


def longest_run(numbers: Sequence[int | None]) -> frozenset[int]:
    """Return the places of a longest strictly rising run among `numbers`; None counts for nothing.

    Patience sorting, O(n log n); of several longest runs the one with the smallest numbers at its end.
    """
    tails: list[int] = []  # the smallest number a run of each length can end with
    ends: list[int] = []  # where that number stands
    before: dict[int, int | None] = {}
    for place, number in enumerate(numbers):
        if number is None:
            continue
        length = bisect_left(tails, number)
        before[place] = ends[length - 1] if length else None
        tails[length : length + 1] = [number]
        ends[length : length + 1] = [place]
    run: set[int] = set()
    place_or_none = ends[-1] if ends else None
    while place_or_none is not None:
        run.add(place_or_none)
        place_or_none = before[place_or_none]
    return frozenset(run)


def _numbers(question: Question, response: Response) -> Mapping[str, int]:
    known = {field_of(question, text) for text in question.answers.steps}
    return {name: int(number) for name, number in response if name in known}


def _verdict(numbered: bool, in_run: bool) -> Verdict:
    if not numbered:
        return Verdict.MISSING
    return Verdict.RIGHT if in_run else Verdict.WRONG


def _shuffled(question: Question, steps: tuple[str, ...], seed: str) -> tuple[str, ...]:
    """Shuffle by seed, whatever the quiz says of shuffling; never into the right order."""
    shuffled = in_seeded_order(steps, seed, lambda text: field_of(question, text))
    return shuffled if shuffled != steps else (shuffled[1], shuffled[0], *shuffled[2:])


def _write_step(number: int, text: str) -> str:
    marker = f"{number}. "
    first, *rest = text.split("\n")
    return "\n".join([marker + first, *(f"{' ' * len(marker)}{line}".rstrip() for line in rest)])
