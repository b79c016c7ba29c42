"""Figures: SVG drawings that are put into the page itself, so that they follow theme and font."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from course.core.problems import Report
from course.library.source import Source

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(
    [
        "svg",
        "title",
        "desc",
        "defs",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "marker",
        "pattern",
        "use",
        "symbol",
        "clipPath",
    ]
)
ATTRIBUTES = frozenset(
    [
        "viewBox",
        "role",
        "aria-labelledby",
        "aria-hidden",
        "id",
        "class",
        "transform",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "width",
        "height",
        "d",
        "points",
        "dx",
        "dy",
        "text-anchor",
        "dominant-baseline",
        "font-size",
        "font-weight",
        "stroke-dasharray",
        "stroke-width",
        "stroke-linecap",
        "stroke-linejoin",
        "opacity",
        "fill",
        "marker-start",
        "marker-mid",
        "marker-end",
        "markerWidth",
        "markerHeight",
        "refX",
        "refY",
        "orient",
        "markerUnits",
        "patternUnits",
        "patternTransform",
        "patternContentUnits",
        "clip-path",
        "href",
        "preserveAspectRatio",
    ]
)
LOCAL = re.compile(r"none|currentColor|url\(#[\w-]+\)|#[\w-]+")
WORDS = frozenset({"title", "desc"})  # a browser reads what stands in them as HTML, where <title/> swallows the page
DECLARATION = re.compile(r"\A<\?xml\s[^>]*>")
FOREIGN = re.compile(r"<!\w*|<\?(?!xml\s)[\w-]*")
LOCAL_ONLY = frozenset({"fill", "href", "clip-path", "marker-start", "marker-mid", "marker-end"})


@dataclass(frozen=True)
class Figure:
    """A checked drawing, ready to stand in a page."""

    name: str
    svg: str


def read(source: Source, name: str, report: Report) -> Figure | None:
    """Check a drawing: it has title and description, and nothing that a strict page policy would block."""
    before = report.errors
    text = _without_comments(source.text)
    foreign = FOREIGN.search(text)
    if foreign:
        report.error(
            text.count("\n", 0, foreign.start()) + 1,
            "a drawing holds no document type and no processing instruction",
            f"delete what starts with {foreign[0]}",
        )
        return None
    try:
        # Document types, the only danger, are refused above.
        root = ET.fromstring(text)  # noqa: S314 # nosec B314
    except ET.ParseError as error:
        line, column = error.position
        report.error(line, f"this is not well-formed XML: {error.msg}", "mend the mark-up", column + 1)
        return None
    svg = DECLARATION.sub("", text.strip()).lstrip()
    if root.tag != f"{SVG}svg" or not svg.startswith("<svg") or "viewBox" not in root.attrib:
        report.error(1, "this is not an SVG drawing with a viewBox", 'start with <svg xmlns="…" viewBox="0 0 340 300">')
    for needed in ("title", "desc"):
        if not (root.findtext(f"{SVG}{needed}") or "").strip():
            report.error(1, f"the drawing has no <{needed}>", f"add <{needed}>…</{needed}> as a first element")
    for element, (written, line) in zip(root.iter(), _start_tags(text), strict=True):
        _check(element, written, line, report)
        if written in WORDS and len(element):
            report.error(line, f"<{written}> holds other elements", "write plain text into it")
    return Figure(name, svg) if report.errors == before else None


def _without_comments(text: str) -> str:
    """Take comments out, but keep every line where it is."""
    first, *rest = text.split("<!--")
    kept = [first]
    for piece in rest:
        comment, end, after = piece.partition("-->")
        kept += ["\n" * comment.count("\n"), after] if end else ["<!--", piece]
    return "".join(kept)


def _start_tags(text: str) -> list[tuple[str, int]]:
    """Return the name of each element as written, and its line, in the order of the text."""
    found: list[tuple[str, int]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append((name, parser.CurrentLineNumber))
    parser.Parse(text, True)
    return found


def _check(element: ET.Element, written: str, line: int, report: Report) -> None:
    # A page is read as HTML, which knows no prefixes; so `<s:rect>` is refused, whatever `s` stands for.
    if written not in ELEMENTS or element.tag != f"{SVG}{written}":
        report.error(line, f"<{written}> is not used in drawings", "draw it with basic shapes")
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES:
            report.error(
                line, f"attribute {attribute} is not used in drawings", "use a class of the style sheet instead"
            )
        elif attribute in LOCAL_ONLY and not LOCAL.fullmatch(value):
            report.error(line, f'{attribute}="{value}" points outside the drawing', "use a class, none or url(#id)")
