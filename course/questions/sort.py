"""Sorting: cards put into bins, in one dimension or in a grid of two.

A place is one bin of the first category, or a cell of the grid. A *shared* bin is one place across
the whole second category.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from random import Random
from types import MappingProxyType
from typing import Any, ClassVar

from course.core.attempts import Due, Response
from course.core.blocks import Block, Cell, Table
from course.core.marks import Marked, Verdict
from course.core.naming import folded, in_seeded_order, letter, number_word, slug, token
from course.core.problems import Report, did_you_mean
from course.core.quiz import Places, Question
from course.questions._kind import Asking, Fields, Kind, Part, View

LABEL_LENGTH = 24  # characters of a card's short label, so that it fits a cell on a phone
WHY = "why"
POINTS = {Verdict.RIGHT: Fraction(1), Verdict.HALF: Fraction(1, 2)}
LABELLED = re.compile(r"\*\*(?P<label>.+?)\*\*(?:\s+(?P<text>.*))?", re.DOTALL)
SEPARATOR = re.compile(r"(?<!\\);")
PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ /-][A-Za-z0-9]+)*")  # a name that its address tells from every other


@dataclass(frozen=True)
class Card:
    """A card: short label, full text, the bins it may go to in each category, and its reason."""

    label: str
    text: str
    bins: tuple[str, ...]
    sides: tuple[str, ...] = ()  # of the second category; empty where the bins are shared
    why: str = ""

    @property
    def name(self) -> str:
        """The card's cell as canonical Markdown; it names the card."""
        return f"**{self.label}** {self.text}" if self.text else self.label


@dataclass(frozen=True)
class Sorting:
    """The answers of a sorting question."""

    column: str  # name of the first category
    bins: tuple[str, ...]
    cards: tuple[Card, ...]
    row: str = ""  # name of the second category
    sides: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()
    heading: str = "Card"  # of the table's first column; the author's word for a card

    def sides_of(self, bin_name: str) -> tuple[str | None, ...]:
        """Return the sides a bin is divided into; one None where it is one place."""
        return (None,) if not self.sides or bin_name in self.shared else self.sides

    def verdict(self, card: Card, place: tuple[str, str | None] | None) -> Verdict:
        """Judge one card: half for the right bin on the wrong side, never for the side alone."""
        if place is None:
            return Verdict.MISSING
        bin_name, side = place
        if bin_name not in card.bins:
            return Verdict.WRONG
        return Verdict.RIGHT if side is None or side in card.sides else Verdict.HALF

    def home(self, card: Card) -> tuple[str, str | None]:
        """Return the first place where the card is right."""
        bin_name = card.bins[0]
        return bin_name, None if self.sides_of(bin_name) == (None,) else card.sides[0]


@dataclass(frozen=True)
class Column:
    """A bin of the first category as the board heads it."""

    name: str
    number: int
    shared: bool


@dataclass(frozen=True)
class Place:
    """Where a card can go. `row` is None where the column is one place."""

    value: str
    name: str
    column: int
    row: int | None


@dataclass(frozen=True)
class CardView:
    """A card as the widget shows it; verdict, reason and `belongs` stay empty until due."""

    letter: str
    field: str
    short: str
    full: str
    place: str
    locked: bool = False
    verdict: Verdict | None = None
    belongs: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SortView(View):
    """A board of places and the cards to put there."""

    noun: str
    side: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    places: tuple[Place, ...]
    cards: tuple[CardView, ...]
    number_word: str

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Each field with the words that name it."""
        return tuple((card.field, card.short) for card in self.cards)

    @property
    def state(self) -> str:
        """`open` while it can be answered, else `checked`."""
        return "checked" if self.checked else "open"


class Sort(Kind):
    """Put each card into its place. Marks: each card counts equally, ½ for bin right, side wrong."""

    name = "sort"
    widget = "sort-into"
    block: ClassVar[type[Block]] = Table
    nouns = ("card", "cards")
    halves = True
    missing = "write a table: the cards in the first column, then one column for each category"

    def parse(self, block: Any, places: Places, report: Report) -> Sorting | None:
        """Match the columns with the categories and every cell with its bins."""
        before = report.errors
        head = _read_header(block, places, report)
        if head is None:
            return None
        column, row, has_why = head
        sorting = Sorting(
            column=column,
            bins=places.categories[column],
            cards=(),
            row=row,
            sides=places.categories[row] if row else (),
            shared=places.shared if row else frozenset(),
        )
        cards = tuple(_read_card(cells, sorting, has_why, report) for cells in block.rows)
        _check_cards(cards, block, report)
        if report.errors > before:
            return None
        return replace(sorting, cards=cards, heading=block.header[0].text or "Card")

    def write(self, answers: Sorting) -> str:
        """Write the table with one space around each cell."""
        why = any(card.why for card in answers.cards)
        header = [answers.heading, answers.column, *([answers.row] if answers.row else []), *(["Why"] if why else [])]
        rows = [header, *(_write_card(card, answers, why) for card in answers.cards)]
        lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
        return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])

    def places(self, answers: Sorting) -> Places:
        """Return both categories and the shared bins."""
        categories = {answers.column: answers.bins}
        if answers.row:
            categories[answers.row] = answers.sides
        return Places(MappingProxyType(categories), answers.shared)

    def mark(self, question: Question, response: Response) -> Marked:
        """Mean over the cards."""
        answers: Sorting = question.answers
        given = _placed(question, response)
        parts = {
            field_of(question, card): answers.verdict(card, given.get(field_of(question, card)))
            for card in answers.cards
        }
        total = sum((POINTS.get(verdict, Fraction(0)) for verdict in parts.values()), Fraction(0))
        return Marked(total / len(parts), parts)

    def full(self, question: Question) -> Response:
        """Put every card where it belongs."""
        answers: Sorting = question.answers
        return _response((field_of(question, c), place_value(*answers.home(c))) for c in answers.cards)

    def accept(self, question: Question, fields: Fields) -> Response:
        """Take each card's field where it names a place."""
        answers: Sorting = question.answers
        known = _places(answers)
        given = [(name, (fields.get(name) or [""])[0]) for name in (field_of(question, c) for c in answers.cards)]
        return _response((name, value) for name, value in given if value in known)

    def right(self, question: Question, response: Response) -> Response:
        """Return the cards that are right; they stay when the others are tried again."""
        parts = self.mark(question, response).parts
        return tuple((name, value) for name, value in response if parts[name] is Verdict.RIGHT)

    def in_words(self, question: Question, response: Response) -> tuple[str, ...]:
        """Each card that is placed with its place, by the cards' letters."""
        answers: Sorting = question.answers
        cards = {field_of(question, card): card.label for card in answers.cards}
        placed = _placed(question, response)
        return tuple(sorted(f"{cards.get(name, name)}: {place_name(answers, *placed[name])}" for name in placed))

    def view(self, question: Question, asking: Asking) -> SortView:
        """Lay out columns, places and the cards in the order of the seed."""
        answers: Sorting = question.answers
        cards: Sequence[Card] = answers.cards
        if question.shuffle:
            cards = in_seeded_order(cards, asking.seed, lambda card: field_of(question, card))
        places = tuple(_place_views(answers))
        placed = _placed(question, asking.response)
        return SortView(
            question_id=question.id,
            sentence=question.sentence,
            stem=question.stem,
            checked=asking.due > Due.NOTHING,
            widget=self.widget,
            noun=answers.column.casefold(),
            side=answers.row.casefold(),
            columns=tuple(
                Column(name, n, bool(answers.sides) and name in answers.shared)
                for n, name in enumerate(answers.bins, 1)
            ),
            rows=answers.sides,
            places=places,
            cards=tuple(_card_view(question, c, n, asking, placed) for n, c in enumerate(cards)),
            number_word=number_word(len(places)),
        )

    def parts(self, answers: Sorting) -> tuple[Part, ...]:
        """Each card with its reason."""
        return tuple(Part(card.label, card.why) for card in answers.cards)

    def sample(self, texts: Sequence[str], rng: Random) -> Sorting:
        """Make cards of half the texts and reasons of the rest; draw grid, bins and accepted places."""
        half = len(texts) // 2
        bins, sides = ("Start", "The middle", "End/close"), ("Giver", "Taker")
        shared = frozenset({"The middle"})
        cards: list[Card] = []
        for text, why in zip(texts[:half], texts[half : 2 * half], strict=True):
            label = f"Card {len(cards) + 1}"
            into = tuple(rng.sample(bins, k=rng.choice([1, 1, 2])))
            divided = any(name not in shared for name in into)
            own = tuple(rng.sample(sides, k=rng.choice([1, 1, 2]))) if divided else ()
            cards.append(Card(label, text, into, own, why))
        return Sorting("Stage", bins, tuple(cards), "Role", sides, shared)


def field_of(question: Question, card: Card) -> str:
    """Name a card's form field by a hash of question and card."""
    return f"card-{token(question.id, card.name)}"


@lru_cache(maxsize=2000)
def place_value(bin_name: str, side: str | None) -> str:
    """Name a place in a form: `explore/provider`, or `onboard` where it is one place."""
    return _key(bin_name) if side is None else f"{_key(bin_name)}/{_key(side)}"


def _key(name: str) -> str:
    """A short name for a bin; one with other signs or of other alphabets adds a hash, lest two become one."""
    return slug(name) if PLAIN.fullmatch(name) else f"{slug(name)}{sha256(name.encode()).hexdigest()[:8]}"


def place_name(answers: Sorting, bin_name: str, side: str | None) -> str:
    """Name a place for people: `Explore, provider`, `Onboard, shared`, `Engage`."""
    if side is not None:
        return f"{bin_name}, {side.casefold()}"
    return f"{bin_name}, shared" if answers.sides else bin_name


def _response(pairs: Any) -> Response:
    return tuple(sorted(pairs))


def _places(answers: Sorting) -> Mapping[str, tuple[str, str | None]]:
    return {place_value(name, side): (name, side) for name in answers.bins for side in answers.sides_of(name)}


def _placed(question: Question, response: Response) -> Mapping[str, tuple[str, str | None]]:
    known = _places(question.answers)
    return {name: known[value] for name, value in response if value in known}


def _place_views(answers: Sorting) -> list[Place]:
    return [
        Place(
            place_value(name, side),
            place_name(answers, name, side),
            column,
            None if side is None else answers.sides.index(side),
        )
        for column, name in enumerate(answers.bins)
        for side in answers.sides_of(name)
    ]


def _card_view(
    question: Question, card: Card, index: int, asking: Asking, placed: Mapping[str, tuple[str, str | None]]
) -> CardView:
    answers: Sorting = question.answers
    field = field_of(question, card)
    given = placed.get(field)
    place = place_value(*given) if given else ""
    shown = CardView(
        letter=letter(index),
        field=field,
        short=card.label,
        full=card.text,
        place=place,
        locked=(field, place) in asking.locked,
    )
    if asking.due == Due.NOTHING:
        return shown
    verdict = answers.verdict(card, given)
    home = answers.home(card)
    moved = asking.due is Due.KEY and asking.revealed and verdict is not Verdict.RIGHT
    return CardView(
        letter=shown.letter,
        field=field,
        short=card.label,
        full=card.text,
        place=place_value(*home) if moved else shown.place,
        verdict=verdict,
        belongs=place_name(answers, *home) if asking.due is Due.KEY and verdict is not Verdict.RIGHT else "",
        reason=card.why if asking.due >= Due.REASONS or verdict is Verdict.RIGHT else "",
    )


def _write_card(card: Card, answers: Sorting, why: bool) -> list[str]:
    cells = [card.name, "; ".join(_write_bin(name) for name in card.bins)]
    if answers.row:
        cells.append("; ".join(_write_bin(name) for name in card.sides))
    if why:
        cells.append(card.why)
    return [cell.replace("|", "\\|") for cell in cells]


def _write_bin(name: str) -> str:
    return name.replace(";", "\\;")


def _read_header(block: Table, places: Places, report: Report) -> tuple[str, str, bool] | None:
    """Return the names of the first and second category and whether there is a column of reasons."""
    before = report.errors
    names = {folded(name): name for name in places.categories}
    cells = list(block.header[1:])
    has_why = bool(cells) and folded(cells[-1].text) == WHY and WHY not in names
    if has_why:
        cells.pop()
    for cell in cells:
        if folded(cell.text) not in names:
            report.error(
                cell.line,
                f"column “{cell.text}” is not a category of this file",
                did_you_mean(cell.text, places.categories, "add it to `categories:` in the front matter"),
                cell.column,
            )
    if not 1 <= len(cells) <= 2:
        report.error(
            block.line,
            f"a sorting table has one or two category columns, this one has {len(cells)}",
            "write | Card | Category | Why | or | Card | Category | Second category | Why |",
        )
    found = [names[folded(cell.text)] for cell in cells if folded(cell.text) in names]
    if len(set(found)) < len(found):
        report.error(block.line, f"category “{found[0]}” has two columns", "delete one of them")
    if report.errors > before:
        return None
    return found[0], found[1] if len(found) == 2 else "", has_why


def _read_card(cells: Sequence[Cell], sorting: Sorting, has_why: bool, report: Report) -> Card:
    label, text = _read_label(cells[0], report)
    bins = _read_bins(cells[1], sorting.column, sorting.bins, report)
    sides: tuple[str, ...] = ()
    if sorting.row:
        sides = _read_sides(cells[2], bins, sorting, report)
    return Card(label, text, bins, sides, cells[-1].text if has_why else "")


def _read_label(cell: Cell, report: Report) -> tuple[str, str]:
    labelled = LABELLED.fullmatch(cell.text)
    label = labelled["label"].strip() if labelled else cell.text
    if not label:
        report.error(cell.line, "a card is empty", "write its text or delete the row", cell.column)
    elif len(label) > LABEL_LENGTH:
        report.error(
            cell.line,
            f"a card's short label has {len(label)} characters, {LABEL_LENGTH} fit"
            if labelled
            else f"this card is longer than {LABEL_LENGTH} characters and has no short label",
            "shorten the bold words" if labelled else "start it with a short label: **Short label** full text",
            cell.column,
        )
    return label, (labelled["text"] or "").strip() if labelled else ""


def _read_sides(cell: Cell, bins: Sequence[str], sorting: Sorting, report: Report) -> tuple[str, ...]:
    divided = [name for name in bins if name not in sorting.shared]
    if bins and not divided:
        if cell.text:
            report.error(
                cell.line,
                f"“{bins[0]}” is shared, so it has no {sorting.row.casefold()}",
                "leave this cell empty",
                cell.column,
            )
        return ()
    return _read_bins(cell, sorting.row, sorting.sides, report)


def _read_bins(cell: Cell, category: str, bins: Sequence[str], report: Report) -> tuple[str, ...]:
    """Read `A; B` as bins of a category, ignoring case and space."""
    known = {folded(name): name for name in bins}
    found: list[str] = []
    for piece in SEPARATOR.split(cell.text):
        name = piece.replace("\\;", ";").strip()
        if folded(name) in known:
            found.append(known[folded(name)])
        elif name:
            report.error(
                cell.line,
                f"“{name}” is not a bin of {category}",
                did_you_mean(name, bins, "the bins are " + ", ".join(bins)),
                cell.column,
            )
        else:
            report.error(
                cell.line,
                f"the {category} cell is empty",
                "write one of " + ", ".join(bins),
                cell.column,
            )
    return tuple(dict.fromkeys(found))


def _check_cards(cards: Sequence[Card], block: Table, report: Report) -> None:
    if len(cards) < 2:
        report.error(block.line, "a sorting question needs at least two cards", "add rows to the table")
    seen: dict[str, int] = {}
    for card, cells in zip(cards, block.rows, strict=True):
        same = folded(card.label)
        if same and same in seen:
            report.error(
                cells[0].line,
                f"this card has the same label as the one in line {seen[same]}",
                "give each card a label of its own",
                cells[0].column,
            )
        seen.setdefault(same, cells[0].line)
