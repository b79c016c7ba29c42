"""Finding the answer block of a question: the last block of its kind's type, and what is wrong where it is missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from course.core.blocks import Block, NumberedList, Prose, Table, TaskList
from course.core.problems import Report
from course.library import markup
from course.library.markup import Span
from course.questions._kind import Kind

NUMBERED, BULLETS = "ordered_list", "bullet_list"


class Finder(ABC):
    """Finds and reads the answer block of one type among the blocks of a question."""

    quotes_belong: ClassVar[bool] = False  # whether a quote below is most likely meant for the last answer

    def __init__(self, lines: Sequence[str], offset: int, report: Report) -> None:
        self.lines = lines
        self.offset = offset
        self.report = report

    def find(self, blocks: Sequence[Span]) -> tuple[Block | None, Sequence[Span]]:
        """Return the answers and the blocks of the stem; None where there are no answers."""
        places = [n for n, block in enumerate(blocks) if self.is_answer(block)]
        if not places:
            return None, ()
        for block in blocks[places[-1] + 1 :]:
            self.tell_surplus(block)
        return self.read(blocks, places), blocks[: self.start(places)]

    @abstractmethod
    def is_answer(self, block: Span) -> bool:
        """Whether a block is of the type."""

    @abstractmethod
    def read(self, blocks: Sequence[Span], places: Sequence[int]) -> Block:
        """Read the answers; `places` says which blocks are of the type."""

    def start(self, places: Sequence[int]) -> int:
        """Return where the stem ends."""
        return places[-1]

    def nearly(self, block: Span) -> str:
        """Return the remedy for a block that was meant to be the answers; empty for any other."""
        del block
        return ""

    def tell_missing(self, kind: Kind, blocks: Sequence[Span], line: int) -> None:
        """Note that there are no answers, at the block that was perhaps meant to be them."""
        at, remedy = line, kind.missing
        for block in blocks:
            if near := self.nearly(block):
                at, remedy = block.start + self.offset, near
        self.report.error(at, f"this `{kind.name}` question has no answers", remedy)

    def tell_surplus(self, block: Span) -> None:
        """Note a block below the answers."""
        if block.type == "blockquote" and self.quotes_belong:
            self.tell_quote(block)
            return
        self.report.error(
            block.start + self.offset,
            "this stands below the answers",
            "move it above them, or make it a quote that starts with **Why:**",
        )

    def tell_quote(self, quote: Span) -> None:
        """Note feedback that is not indented."""
        self.report.error(
            quote.start + self.offset,
            "a quote stands between or below the options",
            "indent it by two spaces, so that it belongs to the option above",
        )


class _Tables(Finder):
    def is_answer(self, block: Span) -> bool:
        return block.type == "table"

    def read(self, blocks: Sequence[Span], places: Sequence[int]) -> Table:
        return markup.table(blocks[places[-1]], self.lines, self.offset, self.report)

    def nearly(self, block: Span) -> str:
        if block.type == "paragraph" and "|" in block.source(self.lines):
            return "the line below the header needs one --- for each of its cells: |---|---|"
        return ""


class _Options(Finder):
    quotes_belong = True

    def is_answer(self, block: Span) -> bool:
        return markup.has_boxes(block, self.lines)

    def read(self, blocks: Sequence[Span], places: Sequence[int]) -> TaskList:
        """Read the options; where they stand in several lists, say so, and check them as the one they should be."""
        for n, m in pairwise(places):
            self._tell_split(blocks[n + 1 : m], blocks[m])
        lists = [markup.task_list(blocks[n], self.lines, self.offset, self.report) for n in places]
        return TaskList(lists[0].line, tuple(item for each in lists for item in each.items))

    def nearly(self, block: Span) -> str:
        if block.type in {NUMBERED, BULLETS}:
            return "start each option with a bullet and a box: - [x] right, - [ ] wrong"
        return ""

    def _tell_split(self, between: Sequence[Span], second: Span) -> None:
        """Options in two lists: a quote, another bullet or a text stands between them."""
        quote = next((block for block in between if block.type == "blockquote"), None)
        if quote is not None:
            self.tell_quote(quote)
            return
        self.report.error(
            (between[0] if between else second).start + self.offset,
            "the options stand in two lists",
            "move this above the options" if between else "use the same bullet (-) for all options",
        )


class _Steps(Finder):
    def is_answer(self, block: Span) -> bool:
        return block.type == NUMBERED

    def read(self, blocks: Sequence[Span], places: Sequence[int]) -> NumberedList:
        last = blocks[places[-1]]
        number = last.tokens[0].attrs.get("start", 1)
        if len(places) > 1 and number != 1:
            between = blocks[places[-2] + 1 : places[-1]]
            self.report.error(
                (between[0] if between else last).start + self.offset,
                "the steps stand in two lists",
                "move this above the steps" if between else "number all steps the same way: 1. 2. 3.",
            )
        return markup.numbered_list(last, self.lines, self.offset, self.report)

    def nearly(self, block: Span) -> str:
        return "number the steps: 1. 2. 3." if block.type == BULLETS else ""


class _Gaps(Finder):
    def is_answer(self, block: Span) -> bool:
        return block.type == "paragraph" and markup.GAP.search(block.source(self.lines)) is not None

    def find(self, blocks: Sequence[Span]) -> tuple[Block | None, Sequence[Span]]:
        for block in blocks:
            if block.type != "paragraph" and markup.GAP.search(block.source(self.lines)):
                self.report.error(
                    block.start + self.offset, "a gap stands outside a paragraph", "write gaps in paragraphs only"
                )
        return super().find(blocks)

    def start(self, places: Sequence[int]) -> int:
        return places[0]

    def read(self, blocks: Sequence[Span], places: Sequence[int]) -> Prose:
        text = blocks[places[0] : places[-1] + 1]
        for block in text:
            if block.type != "paragraph":
                self.report.error(
                    block.start + self.offset, "this stands between paragraphs with gaps", "move it above them"
                )
        return markup.prose(text, self.lines, self.offset, self.report)

    def nearly(self, block: Span) -> str:
        return "close the gap with ]]" if block.type == "paragraph" and "[[" in block.source(self.lines) else ""


FINDERS: dict[type[Block], type[Finder]] = {
    Table: _Tables,
    TaskList: _Options,
    NumberedList: _Steps,
    Prose: _Gaps,
}
