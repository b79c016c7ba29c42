"""Matching: each term gets the meaning that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block, Table
from course.core.marks import Marked, Verdict
from course.core.naming import folded, in_seeded_order, letter, number_word, token
from course.core.problems import Report
from course.core.quiz import Places, Question
from course.questions._kind import Asking, Fields, Kind, Part, View

WHY = "why"


@dataclass(frozen=True)
class Pair:
    """A term and its meaning; a distractor has no term."""

    term: str
    meaning: str
    why: str = ""


@dataclass(frozen=True)
class Pairs:
    """The answers of a matching question, with the names of its two columns."""

    left: str
    right: str
    pairs: tuple[Pair, ...]

    @property
    def asked(self) -> tuple[Pair, ...]:
        """The pairs that have a term."""
        return tuple(pair for pair in self.pairs if pair.term)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Every meaning once, distractors too."""
        return tuple(dict.fromkeys(pair.meaning for pair in self.pairs))


@dataclass(frozen=True)
class MeaningView:
    """One meaning to choose. `count` is for how many terms it may be taken."""

    letter: str
    value: str
    text: str
    count: int


@dataclass(frozen=True)
class TermView:
    """One term with the meaning given to it; what is right and why once it is due."""

    field: str
    text: str
    value: str
    given: str
    locked: bool = False
    verdict: Verdict | None = None
    belongs: str = ""
    reason: str = ""


@dataclass(frozen=True)
class MatchView(View):
    """Terms and meanings; `left` and `right` name the columns, `spare` gives the distractors' reasons once due."""

    left: str
    right: str
    terms: tuple[TermView, ...]
    meanings: tuple[MeaningView, ...]
    number_word: str
    spare: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Each field with the words that name it."""
        return tuple((term.field, term.text) for term in self.terms)


class Match(Kind):
    """Marks: right pairs / terms."""

    name = "match"
    widget = "pair"
    block: ClassVar[type[Block]] = Table
    missing = "write the pairs as a table: | Term | Meaning | Why |"
    nouns = ("term", "terms")

    def parse(self, block: Any, places: Places, report: Report) -> Pairs | None:
        """Ask for two or three columns, two pairs, terms that differ and meanings that are there."""
        del places
        before = report.errors
        header = [cell.text for cell in block.header]
        has_why = len(header) == 3 and folded(header[2]) == WHY
        if len(header) != 2 and not has_why:
            report.error(
                block.line,
                f"a matching table has two columns and perhaps Why, this one has {len(header)}",
                "write | Term | Meaning | Why |",
            )
            return None
        pairs = tuple(Pair(row[0].text, row[1].text, row[2].text if has_why else "") for row in block.rows)
        _check(pairs, block, report)
        return Pairs(header[0], header[1], pairs) if report.errors == before else None

    def write(self, answers: Pairs) -> str:
        """Write a table with cells padded by one space; `Why` where any pair has a reason."""
        why = any(pair.why for pair in answers.pairs)
        rows = [[answers.left, answers.right, "Why"], ["---", "---", "---"]]
        rows += [[pair.term, pair.meaning, pair.why] for pair in answers.pairs]
        return "\n".join(_row(row if why else row[:2]) for row in rows)

    def places(self, answers: Pairs) -> Places:
        """Pairs need no bins."""
        del answers
        return Places()

    def mark(self, question: Question, response: Response) -> Marked:
        """Count the terms that have their meaning; equal meanings are interchangeable."""
        answers: Pairs = question.answers
        given = dict(response)
        parts = {}
        for pair in answers.asked:
            value = given.get(field_of(question, pair.term), "")
            right = value == value_of(question, pair.meaning)
            parts[field_of(question, pair.term)] = (
                Verdict.RIGHT if right else Verdict.WRONG if value else Verdict.MISSING
            )
        right_ones = sum(verdict is Verdict.RIGHT for verdict in parts.values())
        return Marked(Fraction(right_ones, len(parts)), parts)

    def full(self, question: Question) -> Response:
        """Give each term its meaning."""
        answers: Pairs = question.answers
        return tuple(
            sorted((field_of(question, pair.term), value_of(question, pair.meaning)) for pair in answers.asked)
        )

    def accept(self, question: Question, fields: Fields) -> Response:
        """Take a known meaning for each term."""
        answers: Pairs = question.answers
        known = {value_of(question, meaning) for meaning in answers.meanings}
        given = ((name, next(iter(fields.get(name, ())), "")) for name in _fields(question))
        return tuple(sorted((name, value) for name, value in given if value in known))

    def right(self, question: Question, response: Response) -> Response:
        """Return the terms that have their meaning."""
        full = set(self.full(question))
        return tuple(pair for pair in response if pair in full)

    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """Each term with the meaning it was given, by the terms' letters."""
        answers: Pairs = question.answers
        terms = {field_of(question, pair.term): pair.term for pair in answers.asked}
        texts = {value_of(question, meaning): meaning for meaning in answers.meanings}
        return tuple(sorted(f"{terms.get(name, name)}: {texts.get(value, value)}" for name, value in response))

    def view(self, question: Question, asking: Asking) -> MatchView:
        """Shuffle terms and meanings apart from each other. Meanings are shuffled even where terms keep their order."""
        answers: Pairs = question.answers
        asked: Sequence[Pair] = answers.asked
        if question.shuffles:
            asked = in_seeded_order(asked, asking.seed, lambda pair: field_of(question, pair.term))
        order = in_seeded_order(answers.meanings, asking.seed, lambda text: value_of(question, text))
        texts = {value_of(question, text): text for text in order}
        given = dict(asking.response)
        marked = self.mark(question, asking.response).parts if asking.due > Due.NOTHING else {}
        return MatchView(
            question_id=question.id,
            sentence=question.sentence,
            stem=question.stem,
            checked=asking.due > Due.NOTHING,
            widget=self.widget,
            left=answers.left,
            right=answers.right,
            terms=tuple(_term(question, pair, asking, given, texts, marked) for pair in asked),
            meanings=tuple(
                MeaningView(letter(n), value_of(question, text), text, _count(answers, text))
                for n, text in enumerate(order)
            ),
            number_word=number_word(len(asked)),
            spare=tuple((p.meaning, p.why) for p in answers.pairs if not p.term) if asking.due is Due.KEY else (),
        )

    def parts(self, answers: Pairs) -> tuple[Part, ...]:
        """Each pair with its reason."""
        return tuple(Part(pair.term or pair.meaning, pair.why) for pair in answers.pairs)

    def sample(self, texts: Sequence[str], rng: Random) -> Pairs:
        """Make terms of a third of the texts, meanings of the second, reasons of the rest; draw which belong."""
        third = len(texts) // 3
        terms, meanings, whys = texts[:third], texts[third : 2 * third], texts[2 * third : 3 * third]
        drawn = rng.sample(meanings, k=third)
        return Pairs("Term", "Meaning", tuple(map(Pair, terms, drawn, whys)))


def field_of(question: Question, term: str) -> str:
    """Name a term's form field by a hash of question and term."""
    return f"term-{token(question.id, term)}"


def value_of(question: Question, meaning: str) -> str:
    """Name a meaning by a hash of question and meaning; equal meanings have one name."""
    return token(question.id, meaning)


def _fields(question: Question) -> list[str]:
    return [field_of(question, pair.term) for pair in question.answers.asked]


def _count(answers: Pairs, meaning: str) -> int:
    return max(sum(pair.meaning == meaning for pair in answers.asked), 1)


def _term(
    question: Question,
    pair: Pair,
    asking: Asking,
    given: Mapping[str, str],
    texts: Mapping[str, str],
    marked: Mapping[str, Verdict],
) -> TermView:
    field = field_of(question, pair.term)
    value = given.get(field, "")
    verdict = marked.get(field)
    key_due = asking.due is Due.KEY
    moved = key_due and asking.revealed and verdict is not Verdict.RIGHT
    if moved:
        value = value_of(question, pair.meaning)
    told = asking.due >= Due.REASONS or verdict is Verdict.RIGHT
    return TermView(
        field=field,
        text=pair.term,
        value=value,
        given=texts.get(value, ""),
        locked=(field, value) in asking.locked,
        verdict=verdict,
        belongs=pair.meaning if key_due and verdict is not Verdict.RIGHT else "",
        reason=pair.why if told else "",
    )


def _row(cells: Sequence[str]) -> str:
    if set(cells) == {"---"}:
        return "|" + "---|" * len(cells)
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return "|" + "|".join(f" {cell} " if cell else " " for cell in escaped) + "|"


def _check(pairs: Sequence[Pair], block: Table, report: Report) -> None:
    terms: dict[str, int] = {}
    meanings: dict[str, tuple[int, str]] = {}
    for pair, row in zip(pairs, block.rows, strict=True):
        line, term, meaning = row[0].line, folded(pair.term), folded(pair.meaning)
        if not meaning:
            report.error(line, "a meaning is empty", "write it, or delete the row", row[1].column)
        if term and term in terms:
            report.error(
                line,
                f"this term equals the one in line {terms[term]}",
                "change one of them or delete the row",
                row[0].column,
            )
        elif meaning in meanings and (not term or not meanings[meaning][1]):
            report.error(
                line,
                f"this meaning equals the one in line {meanings[meaning][0]}, and one of them is a distractor",
                "change one of them or delete the row",
                row[1].column,
            )
        terms.setdefault(term, line)
        meanings.setdefault(meaning, (line, term))
    _check_spelling(pairs, block, report)
    if sum(bool(pair.term) for pair in pairs) < 2:
        report.error(block.line, "a matching question needs at least two pairs", "add rows to the table")


def _check_spelling(pairs: Sequence[Pair], block: Table, report: Report) -> None:
    """Equal meanings are interchangeable, so they must be written alike to the letter."""
    first: dict[str, str] = {}
    for pair, row in zip(pairs, block.rows, strict=True):
        if first.setdefault(folded(pair.meaning), pair.meaning) != pair.meaning:
            report.error(
                row[1].line,
                "this meaning differs from another one in nothing but case or space",
                "write both alike, or make them differ",
                row[1].column,
            )
