"""What single and multiple choice share: options with a box each, and the widget `choose`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block, TaskItem, TaskList
from course.core.marks import Verdict
from course.core.naming import folded, in_seeded_order, token
from course.core.problems import Report
from course.core.quiz import Places, Question
from course.questions._kind import Asking, Fields, Kind, Part, View

FIELD = "choice"
RIGHT, WRONG, DISREGARDED = "x", " ", "~"


@dataclass(frozen=True)
class Option:
    """One option: its Markdown, its box (`x` right, space wrong, `~` disregarded) and its feedback."""

    text: str
    box: str
    feedback: str = ""


@dataclass(frozen=True)
class Options:
    """The answers of a choice, in file order."""

    options: tuple[Option, ...]

    @property
    def right(self) -> tuple[Option, ...]:
        """The options that belong to the full answer."""
        return tuple(option for option in self.options if option.box == RIGHT)


@dataclass(frozen=True)
class OptionView:
    """One option as the widget shows it; `key` and `reason` stay empty until they are due."""

    value: str
    text: str
    chosen: bool
    key: bool | None = None
    verdict: Verdict | None = None  # of an option that was chosen, or missed
    reason: str = ""


@dataclass(frozen=True)
class ChooseView(View):
    """Options to choose one or several of."""

    several: bool
    options: tuple[OptionView, ...]


class Choice(Kind):
    """A question answered by ticking options."""

    widget = "choose"
    block: ClassVar[type[Block]] = TaskList
    missing = "write the options as a list, “- [x] right” and “- [ ] wrong”"
    several: ClassVar[bool]
    boxes: ClassVar[frozenset[str]] = frozenset({RIGHT, WRONG})

    def parse(self, block: Any, places: Places, report: Report) -> Options | None:
        """Check every box, find empty and equal options, and leave the count of keys to the kind."""
        del places
        before = report.errors
        seen: dict[str, TaskItem] = {}
        for item in block.items:
            self._check_box(item, report)
            self._check_text(item, seen, report)
        options = Options(tuple(Option(item.text, item.box.lower(), item.feedback) for item in block.items))
        if report.errors == before:
            self.check_keys(options, block.line, report)
        return options if report.errors == before else None

    def check_keys(self, options: Options, line: int, report: Report) -> None:
        """Note what is wrong with the number of right and wrong options."""
        raise NotImplementedError

    def _check_box(self, item: TaskItem, report: Report) -> None:
        if item.box.lower() in self.boxes:
            return
        if item.box == DISREGARDED:
            report.error(item.line, "[~] is only for multiple choice", "use [x] for the key or [ ]", item.column)
        else:
            report.error(
                item.line,
                f"“[{item.box}]” is not a box",
                "write [x] for right, [ ] for wrong" + (", [~] for disregarded" if self.several else ""),
                item.column,
            )

    @staticmethod
    def _check_text(item: TaskItem, seen: dict[str, TaskItem], report: Report) -> None:
        text = folded(item.text)
        if not text:
            report.error(item.line, "an option is empty", "write its text or delete the line", item.column)
        elif text in seen:
            report.error(
                item.line,
                f"this option equals the one in line {seen[text].line}",
                "change one of them or delete it",
                item.column,
            )
        seen.setdefault(text, item)

    def write(self, answers: Options) -> str:
        """Write `- [x] text` with the feedback as a quote indented by two."""
        return "\n".join(_write_option(option) for option in answers.options)

    def places(self, answers: Options) -> Places:
        """Options need no bins."""
        del answers
        return Places()

    def full(self, question: Question) -> Response:
        """Tick every right option."""
        return _ticks(question, question.answers.right)

    def accept(self, question: Question, fields: Fields) -> Response:
        """Take the known values of the field `choice`; of a single choice the first."""
        known = {value_of(question, option): option for option in question.answers.options}
        given = [value for value in fields.get(FIELD, ()) if value in known]
        return tuple(sorted((FIELD, value) for value in set(given if self.several else given[:1])))

    def right(self, question: Question, response: Response) -> Response:
        """Nothing of a choice is locked: it is answered as a whole."""
        del question, response
        return ()

    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """The options that are ticked, by their letters."""
        texts = {value_of(question, option): option.text for option in question.answers.options}
        return tuple(sorted(texts.get(value, value) for _, value in response))

    def view(self, question: Question, asking: Asking) -> ChooseView:
        """Put the options in the order of the seed; add key, verdict and reasons once they are due."""
        answers: Options = question.answers
        order: Sequence[Option] = answers.options
        if question.shuffles:
            order = in_seeded_order(order, asking.seed, lambda option: value_of(question, option))
        return ChooseView(
            question_id=question.id,
            sentence=question.sentence,
            stem=question.stem,
            checked=asking.due > Due.NOTHING,
            widget=self.widget,
            several=self.several,
            options=tuple(_option_view(question, option, asking) for option in order),
        )

    def parts(self, answers: Options) -> tuple[Part, ...]:
        """Each option with its feedback."""
        return tuple(Part(option.text, option.feedback) for option in answers.options)

    def sample(self, texts: Sequence[str], rng: Random) -> Options:
        """Make half of the texts options and the other half their feedback."""
        half = len(texts) // 2
        boxes = self.sample_boxes(half, rng)
        return Options(tuple(map(Option, texts[:half], boxes, texts[half : 2 * half])))

    def sample_boxes(self, count: int, rng: Random) -> list[str]:
        """Draw a valid set of boxes for `count` options."""
        raise NotImplementedError


def value_of(question: Question, option: Option) -> str:
    return token(question.id, option.text)


def _ticks(question: Question, options: Sequence[Option]) -> Response:
    return tuple(sorted((FIELD, value_of(question, option)) for option in options))


def _write_option(option: Option) -> str:
    first, *rest = option.text.split("\n")
    lines = [f"- [{option.box}] {first}", *(f"  {line}".rstrip() for line in rest)]
    if option.feedback:
        lines += [f"  > {line}".rstrip() for line in option.feedback.split("\n")]
    return "\n".join(lines)


def _option_view(question: Question, option: Option, asking: Asking) -> OptionView:
    value = value_of(question, option)
    chosen = (FIELD, value) in asking.response
    if asking.due < Due.KEY:
        return OptionView(value, option.text, chosen)
    key = option.box == RIGHT
    verdict = None
    if option.box != DISREGARDED and (chosen or key):
        verdict = (Verdict.RIGHT if key else Verdict.WRONG) if chosen else Verdict.MISSING
    return OptionView(value, option.text, chosen, key, verdict, option.feedback)
