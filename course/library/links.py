"""Links in a text, with their places, whatever they point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINK = re.compile(r"(?P<image>!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<target>[^)\s>]*)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:[ \t]+<?(?P<target>[^\s>]+)")
AUTOMATIC = re.compile(r"<(?P<target>[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*)>")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
LONGEST_LINE = 10_000  # characters; no author's line is longer, and patterns stay quick


@dataclass(frozen=True)
class Link:
    """A link or image target as written. Line and column count from 1."""

    target: str
    line: int
    column: int
    image: bool = False


def links(text: str) -> Iterator[Link]:
    """Yield every link outside code."""
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        marker = FENCE.match(line)
        if marker and (not fence or line.lstrip().startswith(fence)):
            fence = "" if fence else marker[1]
            continue
        if fence or len(line) > LONGEST_LINE:
            continue
        yield from _in_line(CODE.sub(lambda code: " " * len(code[0]), line), number)


def _in_line(line: str, number: int) -> Iterator[Link]:
    for pattern in (LINK, REFERENCE, AUTOMATIC):
        for match in pattern.finditer(line):
            yield Link(match["target"], number, match.start("target") + 1, bool(match.groupdict().get("image")))
