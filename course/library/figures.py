"""Figures: SVG drawings that are put into the page itself, so that they follow theme and font."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

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
LOCAL_ONLY = frozenset({"fill", "href", "clip-path", "marker-start", "marker-mid", "marker-end"})


@dataclass(frozen=True)
class Figure:
    """A checked drawing, ready to stand in a page."""

    name: str
    svg: str


def read(source: Source, name: str, report: Report) -> Figure | None:
    """Check a drawing: it has title and description, and nothing that a strict page policy would block."""
    before = report.errors
    if "<!" in source.text.replace("<!--", ""):
        report.error(1, "a drawing holds no document type", "delete the line that starts with <!DOCTYPE")
        return None
    try:
        root = ET.fromstring(source.text)  # noqa: S314 — document types, the only danger, are refused above
    except ET.ParseError as error:
        line, column = error.position
        report.error(line, f"this is not well-formed XML: {error.msg}", "mend the mark-up", column + 1)
        return None
    if root.tag != f"{SVG}svg" or "viewBox" not in root.attrib:
        report.error(1, "this is not an SVG drawing with a viewBox", 'start with <svg xmlns="…" viewBox="0 0 340 300">')
    for needed in ("title", "desc"):
        if not (root.findtext(f"{SVG}{needed}") or "").strip():
            report.error(1, f"the drawing has no <{needed}>", f"add <{needed}>…</{needed}> as a first element")
    for element in root.iter():
        _check(element, source.text, report)
    if report.errors > before:
        return None
    start = source.text.index("<svg")
    return Figure(name, re.sub(r"<!--.*?-->", "", source.text[start:], flags=re.DOTALL).strip())


def _check(element: ET.Element, text: str, report: Report) -> None:
    name = str(element.tag).removeprefix(SVG)
    if name not in ELEMENTS:
        report.error(_line_of(text, f"<{name}"), f"<{name}> is not used in drawings", "draw it with basic shapes")
    for attribute, value in element.attrib.items():
        at = _line_of(text, f"{attribute}=")
        if attribute not in ATTRIBUTES:
            report.error(at, f"attribute {attribute} is not used in drawings", "use a class of the style sheet instead")
        elif attribute in LOCAL_ONLY and not LOCAL.fullmatch(value):
            report.error(at, f'{attribute}="{value}" points outside the drawing', "use a class, none or url(#id)")


def _line_of(text: str, piece: str) -> int:
    position = text.find(piece)
    return text.count("\n", 0, max(position, 0)) + 1
