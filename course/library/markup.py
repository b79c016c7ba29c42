"""Finding blocks in Markdown: where each stands, and the blocks that can hold answers.

markdown-it-py only tells block from block here (its tokens carry line spans); texts are kept as the
author typed them and rendered later, each alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from course.core.blocks import Cell, Gap, NumberedItem, NumberedList, Prose, Table, TaskItem, TaskList
from course.core.problems import Report

BOX = re.compile(r"\[(?P<box>[^\]\n]?)\](?:[ \t]+|\n|$)")
BULLET = re.compile(r"[ \t]*[-*+](?P<gap>[ \t]*)")
NUMBER = re.compile(r"[ \t]*(?P<number>[0-9]{1,9})[.)](?P<gap>[ \t]*)")
PIPE = re.compile(r"(?<!\\)\|")
GAP = re.compile(r"\[\[((?:\\[|\]]|\\(?![|\]])|[^\[\]\\]|\[(?!\[)|\](?!\]))*)\]\]")
HOLE = "\ue000"  # stands for a gap while the text around it is looked at


def _reader() -> MarkdownIt:
    # Without `reference`, which would swallow definitions: what an author typed stays in the text it stands in.
    reader = MarkdownIt("commonmark").enable("table").disable("reference")
    # Only block structure is wanted: texts are rendered elsewhere, and inline parsing costs most of the time.
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader


@dataclass(frozen=True)
class Span:
    """A top-level block: its type, its first line and the line after its last, counted from 0."""

    type: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    def source(self, lines: Sequence[str]) -> str:
        """Return its source without trailing blank lines."""
        return "\n".join(lines[self.start : self.end]).rstrip("\n ")


def source(blocks: Sequence[Span], lines: Sequence[str]) -> str:
    """Return the source of adjoining blocks, a blank line between them."""
    return "\n\n".join(block.source(lines) for block in blocks)


def spans(text: str) -> Iterator[Span]:
    """Yield the top-level blocks of a Markdown text."""
    tokens = _reader().parse(text)
    start = 0
    while start < len(tokens):
        end = start + 1
        if tokens[start].nesting == 1:
            end = next(n for n in range(start, len(tokens)) if tokens[n].level == 0 and tokens[n].nesting == -1) + 1
        place = tokens[start].map or [0, 0]
        yield Span(tokens[start].type.removesuffix("_open"), place[0], place[1], tuple(tokens[start:end]))
        start = end


def task_list(span: Span, lines: Sequence[str], offset: int, report: Report) -> TaskList:
    """Read a bullet list as options. `offset` is added to line numbers."""
    items = []
    for opening, closing in _items(span.tokens):
        token = span.tokens[opening]
        first, end = token.map or [span.start, span.end]
        children = span.tokens[opening + 1 : closing]
        items.append(_task_item(children, token.level + 1, first, end, lines, offset, report))
    return TaskList(span.start + offset, tuple(items))


def has_boxes(span: Span, lines: Sequence[str]) -> bool:
    """Whether any item of a list starts with a box."""
    return span.type == "bullet_list" and any(
        BOX.match(lines[(token.map or [0])[0]][_marker(lines[(token.map or [0])[0]]) :])
        for token in span.tokens
        if token.type == "list_item_open" and token.level == 1
    )


def _items(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    opening = None
    for n, token in enumerate(tokens):
        if token.level == 1 and token.type == "list_item_open":
            opening = n
        elif token.level == 1 and token.type == "list_item_close" and opening is not None:
            yield opening, n


def _task_item(
    children: Sequence[Token], level: int, first: int, end: int, lines: Sequence[str], offset: int, report: Report
) -> TaskItem:
    quotes = [t for t in children if t.level == level and t.type == "blockquote_open" and t.map]
    start_of_quote = (quotes[0].map or [end])[0] if quotes else end
    width = _marker(lines[first])
    body = [lines[first][width:], *(_dedent(line, width) for line in lines[first + 1 : start_of_quote])]
    feedback = [_unquote(_dedent(line, width)) for line in lines[start_of_quote:end]]
    if len(quotes) > 1:
        line = (quotes[1].map or [first])[0]
        report.error(line + offset, "an option has two quotes", "join them into one: its feedback", 3)
    elif quotes and _after(children, level, quotes[0]):
        report.error(start_of_quote + offset, "text follows the feedback of an option", "move it before the quote", 3)
    text = "\n".join(body).strip("\n")
    box = BOX.match(text)
    if box is None:
        report.error(
            first + offset,
            "an option does not start with a box",
            "start it with [x] for right or [ ] for wrong, and a space",
            width + 1,
        )
    return TaskItem(
        box=(box["box"] or "") if box else " ",
        text=text[box.end() :].strip("\n ") if box else text,
        feedback="\n".join(feedback).strip("\n "),
        line=first + offset,
        column=width + 1,
    )


def _after(children: Sequence[Token], level: int, quote: Token) -> bool:
    end = (quote.map or [0, 0])[1]
    return any(t.level == level and t.map and t.map[0] >= end and t.nesting >= 0 for t in children)


def _marker(line: str) -> int:
    """Return the width of a list item's bullet or number and the space after it."""
    marker = BULLET.match(line) or NUMBER.match(line)
    return marker.end() if marker else 0


def numbered_list(span: Span, lines: Sequence[str], offset: int, report: Report) -> NumberedList:
    """Read a numbered list, each item's text without its indent."""
    items: list[NumberedItem] = []
    previous = 0
    for opening, closing in _items(span.tokens):
        first, end = span.tokens[opening].map or [span.start, span.end]
        width = _marker(lines[first])
        body = [lines[first][width:], *(_dedent(line, width) for line in lines[first + 1 : end])]
        quote = next((t for t in span.tokens[opening + 1 : closing] if t.type == "blockquote_open" and t.map), None)
        if quote is not None:
            report.error(
                (quote.map or [first])[0] + offset,
                "a quote stands inside a step, where everybody would read it",
                "move it below the list, as a quote that starts with **Why:**",
            )
        number = NUMBER.match(lines[first])
        if items and number and int(number["number"]) == 1 and previous > 1:
            report.error(
                first + offset,
                "the numbering starts again, so this list and the one above are read as one",
                "put a sentence between the two, or number the steps on",
            )
        previous = int(number["number"]) if number else 0
        items.append(NumberedItem("\n".join(body).strip("\n "), first + offset, width + 1))
    return NumberedList(span.start + offset, tuple(items))


def prose(blocks: Sequence[Span], lines: Sequence[str], offset: int, report: Report) -> Prose:
    """Read paragraphs with gaps; note gaps that are not closed, and gaps in code, links or images."""
    text = source(blocks, lines)
    first = blocks[0].start
    texts, gaps, end = [], [], 0
    for match in GAP.finditer(text):
        before = text[: match.start()]
        # Between blocks the source has one blank line, the file perhaps more.
        line = _line_of(blocks, before.count("\n"))
        gaps.append(Gap(match[1], line + offset, match.start() - before.rfind("\n")))
        texts.append(text[end : match.start()])
        end = match.end()
    texts.append(text[end:])
    for part in texts:
        if "[[" in part:
            report.error(first + offset, "a gap is not closed", "end it with ]] and write ] inside it as \\]")
        if HOLE in part:
            report.error(first + offset, "the text holds the character U+E000", "delete it")
    for n in _misplaced(texts):
        report.error(
            gaps[n].line, "a gap stands in code, a link or an image", "move it into the text around", gaps[n].column
        )
    return Prose(first + offset, tuple(texts), tuple(gaps))


def _line_of(blocks: Sequence[Span], breaks: int) -> int:
    """Return the line of the file that stands `breaks` line breaks into the joined source of blocks."""
    for block in blocks:
        height = block.end - block.start + 1
        if breaks < height:
            return block.start + breaks
        breaks -= height
    return blocks[-1].end - 1


def _misplaced(texts: Sequence[str]) -> list[int]:
    """Return which gaps do not stand in plain text."""
    if len(texts) < 2:
        return []
    holes = 0
    wrong: list[int] = []
    for token in _inline(HOLE.join(texts)):
        held = token.content.count(HOLE) + sum(str(value).count(HOLE) for value in token.attrs.values())
        if held and token.type != "text":
            wrong += range(holes, holes + held)
        holes += held
    return [n for n in wrong if n < len(texts) - 1]


def _inline(text: str) -> Iterator[Token]:
    """Yield the inline tokens of paragraphs; what stands inside a link is called `link`."""
    inside = 0
    for block in MarkdownIt("commonmark").disable("reference").parse(text):
        for token in block.children or ():
            inside += token.nesting if token.type in {"link_open", "link_close"} else 0
            if token.type == "text" and inside:
                token.type = "link"
            yield token


def _dedent(line: str, width: int) -> str:
    """Take off as much indent as a list item's marker is wide. A tab counts to the next fourth column."""
    text = line.lstrip(" \t")
    indent = len(line[: len(line) - len(text)].expandtabs(4))
    return " " * (indent - width) + text


def _unquote(line: str) -> str:
    return re.sub(r"^ {0,3}> ?", "", line)


def quote_text(span: Span, lines: Sequence[str]) -> str:
    """Return what stands in a top-level quote."""
    return "\n".join(_unquote(line) for line in lines[span.start : span.end]).strip("\n ")


def table(span: Span, lines: Sequence[str], offset: int, report: Report) -> Table:
    """Read a pipe table; note every row that has another number of cells than the header."""
    rows = [n for n in range(span.start, span.end) if lines[n].strip()]
    header = cells(lines[rows[0]], rows[0] + offset)
    kept = []
    for n in rows[2:]:
        row = cells(lines[n], n + offset)
        if len(row) == len(header):
            kept.append(row)
            continue
        surplus = len(row) > len(header)
        report.error(
            n + offset,
            f"this row has {len(row)} cells, the header has {len(header)}",
            "escape a pipe inside a cell as \\|" if surplus else "add the missing cells, empty ones too",
            row[len(header)].column if surplus else 1,
        )
    return Table(span.start + offset, header, tuple(kept))


def cells(line: str, number: int) -> tuple[Cell, ...]:
    """Split a table row at its unescaped pipes; leading and trailing pipes are optional."""
    found = []
    start = 0
    for end in [*(match.start() for match in PIPE.finditer(line)), len(line)]:
        raw = line[start:end]
        column = start + len(raw) - len(raw.lstrip()) + 1
        found.append(Cell(raw.strip().replace("\\|", "|"), number, column))
        start = end + 1
    if not found[0].text and line.lstrip().startswith("|"):
        found = found[1:]
    if len(found) > 1 and not found[-1].text and PIPE.search(line.rstrip()[-2:]):
        found = found[:-1]
    return tuple(found)
