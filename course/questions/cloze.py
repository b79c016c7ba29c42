"""Cloze: a text with gaps, each typed or chosen from a few words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block, Gap, Prose
from course.core.marks import Marked, Verdict
from course.core.naming import folded, in_seeded_order, token
from course.core.problems import Report
from course.core.quiz import Places, Question
from course.questions._kind import Asking, Fields, Kind, Part, View

LONGEST = 200  # characters of a typed answer; what is longer is cut
SEPARATOR = re.compile(r"(?<!\\)\|")
BRACKETED = re.compile(r"\((?P<text>.*)\)", re.DOTALL)
ESCAPED = re.compile(r"\\([|\]])")


@dataclass(frozen=True)
class Blank:
    """A gap: the words that are right, and for a chosen gap all words in the author's order."""

    right: tuple[str, ...]
    choices: tuple[str, ...] = ()  # empty: typed


@dataclass(frozen=True)
class Text:
    """The answers of a cloze: one text more than there are gaps."""

    texts: tuple[str, ...]
    blanks: tuple[Blank, ...]


@dataclass(frozen=True)
class GapView:
    """One gap as the widget shows it. `choices` are (value, text); a typed gap has none."""

    field: str
    number: int
    value: str
    given: str
    choices: tuple[tuple[str, str], ...]
    locked: bool = False
    verdict: Verdict | None = None
    right: str = ""  # once it is due


@dataclass(frozen=True)
class ClozeView(View):
    """A text with gaps: the widget renders the texts joined by a mark and puts the gaps in their places."""

    texts: tuple[str, ...]
    gaps: tuple[GapView, ...]

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Each field with the words that name it."""
        return tuple((gap.field, f"Gap {gap.number}") for gap in self.gaps)


class Cloze(Kind):
    """Marks: right gaps / gaps."""

    name = "cloze"
    widget = "fill"
    block: ClassVar[type[Block]] = Prose
    missing = "write a paragraph with gaps: [[typed]] or [[(right)|wrong]]"
    nouns = ("gap", "gaps")

    def parse(self, block: Any, places: Places, report: Report) -> Text | None:
        """Read every gap; note empty, equal and doubly marked words."""
        del places
        before = report.errors
        blanks = tuple(_read_gap(gap, report) for gap in block.gaps)
        return Text(block.texts, blanks) if report.errors == before else None

    def write(self, answers: Text) -> str:
        """Write `[[right|also right]]` and `[[(right)|wrong]]` back into the text."""
        written = [_write_gap(blank) for blank in answers.blanks]
        return "".join(text + gap for text, gap in zip(answers.texts, [*written, ""], strict=True))

    def places(self, answers: Text) -> Places:
        """Gaps need no bins."""
        del answers
        return Places()

    def mark(self, question: Question, response: Response) -> Marked:
        """Compare without case, surrounding space and a final full stop."""
        answers: Text = question.answers
        given = dict(response)
        parts = {}
        for n, blank in enumerate(answers.blanks):
            value = given.get(field_of(question, n), "")
            right = _is_right(question, n, blank, value)
            parts[field_of(question, n)] = Verdict.RIGHT if right else Verdict.WRONG if value else Verdict.MISSING
        right_ones = sum(verdict is Verdict.RIGHT for verdict in parts.values())
        return Marked(Fraction(right_ones, len(parts)), parts)

    def full(self, question: Question) -> Response:
        """Fill each gap with its first right word."""
        answers: Text = question.answers
        return tuple(
            sorted((field_of(question, n), _value(question, n, blank)) for n, blank in enumerate(answers.blanks))
        )

    def accept(self, question: Question, fields: Fields) -> Response:
        """Take what was typed, or a known choice, for each gap."""
        answers: Text = question.answers
        given = []
        for n, blank in enumerate(answers.blanks):
            name = field_of(question, n)
            value = " ".join(next(iter(fields.get(name, ())), "")[:LONGEST].split())
            known = {choice_value(question, n, text) for text in blank.choices}
            if value and (not known or value in known):
                given.append((name, value))
        return tuple(sorted(given))

    def right(self, question: Question, response: Response) -> Response:
        """Return the gaps that are filled rightly."""
        parts = self.mark(question, response).parts
        return tuple((name, value) for name, value in response if parts.get(name) is Verdict.RIGHT)

    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """Each gap that is filled, by its number."""
        given, said = dict(response), []
        for n, blank in enumerate(question.answers.blanks):
            value = given.get(field_of(question, n))
            if value is not None:
                texts = {choice_value(question, n, text): text for text in blank.choices}
                said.append(f"Gap {n + 1}: {texts.get(value, value)}")
        return tuple(said)

    def view(self, question: Question, asking: Asking) -> ClozeView:
        """Shuffle each gap's choices; typed gaps show nothing of what is right before it is due."""
        answers: Text = question.answers
        marked = self.mark(question, asking.response).parts if asking.due > Due.NOTHING else {}
        given = dict(asking.response)
        return ClozeView(
            question_id=question.id,
            sentence=question.sentence,
            stem=question.stem,
            checked=asking.due > Due.NOTHING,
            widget=self.widget,
            texts=answers.texts,
            gaps=tuple(_gap_view(question, n, b, asking, given, marked) for n, b in enumerate(answers.blanks)),
        )

    def parts(self, answers: Text) -> tuple[Part, ...]:
        """Gaps have no reasons of their own: the text is explained as a whole."""
        del answers
        return ()

    def sample(self, texts: Sequence[str], rng: Random) -> Text:
        """Make one gap to choose from half of the texts, and one to type of the others; draw what is right."""
        half = len(texts) // 2
        choices, typed = tuple(texts[:half]), tuple(texts[half:])
        blanks = (Blank((rng.choice(choices),), choices), Blank(tuple(rng.sample(typed, k=rng.choice([1, 2])))))
        return Text(("A text with ", ", then\na line break.\n\nAnother paragraph: ", " it ends."), blanks)


def field_of(question: Question, number: int) -> str:
    """Name a gap's form field by a hash of question and place: the words of a gap would tell what is right."""
    return f"gap-{token(question.id, f'gap {number}')}"


def choice_value(question: Question, number: int, text: str) -> str:
    """Name a choice by a hash of question, gap and text."""
    return token(question.id, f"gap {number}: {text}")


def _value(question: Question, number: int, blank: Blank) -> str:
    """Return what a form holds when the gap is filled rightly."""
    return choice_value(question, number, blank.right[0]) if blank.choices else " ".join(blank.right[0].split())


def _is_right(question: Question, number: int, blank: Blank, value: str) -> bool:
    if blank.choices:
        return value == choice_value(question, number, blank.right[0])
    return bool(value) and _plain(value) in {_plain(text) for text in blank.right}


def _plain(text: str) -> str:
    return folded(text).removesuffix(".").rstrip()


def _gap_view(
    question: Question,
    number: int,
    blank: Blank,
    asking: Asking,
    given: Mapping[str, str],
    marked: Mapping[str, Verdict],
) -> GapView:
    field = field_of(question, number)
    choices: Sequence[str] = blank.choices
    if question.shuffles:
        choices = in_seeded_order(choices, asking.seed, lambda text: choice_value(question, number, text))
    texts = {choice_value(question, number, text): text for text in choices}
    value = given.get(field, "")
    verdict = marked.get(field)
    return GapView(
        field=field,
        number=number + 1,
        value=value,
        given=texts.get(value, "") if choices else value,
        choices=tuple(texts.items()),
        locked=(field, value) in asking.locked,
        verdict=verdict,
        right=" / ".join(blank.right) if asking.due is Due.KEY and verdict is not Verdict.RIGHT else "",
    )


def _read_gap(gap: Gap, report: Report) -> Blank:
    words = [" ".join(part.split()) for part in SEPARATOR.split(gap.source)]
    keys = [match["text"].strip() for word in words if (match := BRACKETED.fullmatch(word))]
    chosen = bool(keys)
    texts = tuple(
        ESCAPED.sub(r"\1", BRACKETED.fullmatch(word)["text"].strip() if BRACKETED.fullmatch(word) else word)  # type: ignore[index]
        for word in words
    )
    _check_gap(gap, texts, keys, report)
    return Blank((ESCAPED.sub(r"\1", keys[0]),), texts) if chosen else Blank(texts)


def _check_gap(gap: Gap, texts: Sequence[str], keys: Sequence[str], report: Report) -> None:
    def error(message: str, remedy: str) -> None:
        report.error(gap.line, message, remedy, gap.column)

    if any(len(text) > LONGEST for text in texts):
        error(f"a word of a gap is longer than {LONGEST} characters", "shorten it: nobody types that much")
    if not all(texts):
        error("a word of a gap is empty", "write it, or delete the | beside it")
    elif len({_plain(text) for text in texts}) < len(texts):
        error("two words of a gap read the same", "delete one: case and a final full stop are ignored anyway")
    if len(keys) > 1:
        error(f"{len(keys)} words of a gap stand in round brackets", "leave the brackets around the right one alone")
    elif keys and len(texts) < 2:
        error("a gap to choose from has one word only", "add wrong ones: [[(right)|wrong]]; or type it: [[right]]")


def _write_gap(blank: Blank) -> str:
    words = blank.choices or blank.right
    written = [_escape(f"({word})" if blank.choices and word == blank.right[0] else word) for word in words]
    return "[[" + "|".join(written) + "]]"


def _escape(word: str) -> str:
    escaped = word.replace("|", "\\|").replace("]", "\\]")
    # A final backslash would escape what follows it.
    return f"{escaped} " if escaped.endswith("\\") else escaped
