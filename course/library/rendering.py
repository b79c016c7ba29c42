"""Markdown → HTML that is safe to put into a page under a strict policy.

Python-Markdown renders, with raw HTML shown as text; `nh3` takes away whatever is left that could
act; figures and icons are put in last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
import nh3
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from course.core.naming import slug

CALLOUTS = {"In the exam:": ("exam", "target"), "Easy to mix up:": ("trap", "warn")}
ICONS = frozenset(
    [
        "magnifier",
        "door-in",
        "loop",
        "door-out",
        "archive",
        "compass",
        "steps",
        "speech",
        "pencil",
        "bricks",
        "lifebuoy",
    ]
)  # drawn in templates/components/icons.html; course data names one for each bin
IN_WORDS = "In words:"
BETWEEN_QUOTES = "\u2042quotes\u2042"  # a paragraph that never reaches the page
# Ids of the pages around a text, which scripts and links look up: a heading must not take one of them.
PAGE_IDS = frozenset(
    "main live keys q toc-h course-nav-h course-nav-p check-yourself practise-this steps-h tray-h topics which".split()
)
EXTENSIONS = ["def_list", "footnotes", "sane_lists", "fenced_code", "toc", "tables"]


def heading_id(text: str) -> str:
    """Return the id of a heading: its words, and one more where they are an id of the page around it."""
    name = slug(text)
    return f"{name}-section" if name in PAGE_IDS else name


CONFIG: dict[str, dict[str, Any]] = {
    "toc": {"slugify": lambda text, _separator: heading_id(text), "toc_depth": "2-3"},
    "tables": {"use_align_attribute": True},
    "footnotes": {"BACKLINK_TITLE": "Back to the text"},
}
TAGS = frozenset(
    [
        "a",
        "abbr",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "caption",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "details",
        "summary",
        "section",
    ]
)
ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href", "title", "role"},
    "div": {"tabindex", "role", "aria-label"},
    "th": {"scope"},
    "ol": {"start"},
}
Resolve = Callable[[str], str | None]
"""A link target as written (`lesson:x`, `term:y`, `https://…`, `figures/z.svg`) → address, or None."""


@dataclass(frozen=True)
class Heading:
    """A second-level heading of a page; its text is plain, without markup."""

    id: str
    text: str


@dataclass(frozen=True)
class Page:
    """A rendered text and its table of contents."""

    html: str
    headings: tuple[Heading, ...]


class Renderer:
    """Renders the texts of one course; `figures` maps names to SVG, `resolve` turns targets into addresses."""

    def __init__(self, resolve: Resolve, figures: Mapping[str, str]) -> None:
        self.resolve = resolve
        self.figures = figures
        self._cache: dict[tuple[str, bool], str] = {}

    def page(self, text: str) -> Page:
        """Render a lesson."""
        converter = self._converter()
        html = self._convert(converter, text)
        tokens = getattr(converter, "toc_tokens", [])
        return Page(
            html, tuple(Heading(token["id"], unescape(token["name"])) for token in tokens if token["level"] == 2)
        )

    def block(self, text: str) -> str:
        """Render a stem, a reason: any number of blocks."""
        return self._cached(text, inline=False)

    def inline(self, text: str) -> str:
        """Render a text that stands in a line; a single paragraph loses its <p>."""
        return self._cached(text, inline=True)

    def _cached(self, text: str, *, inline: bool) -> str:
        if not text:
            return ""
        found = self._cache.get((text, inline))
        if found is None:
            found = self._convert(self._converter(), text)
            if inline and found.startswith("<p>") and found.count("<p>") == 1 and found.endswith("</p>"):
                found = found[3:-4]
            self._cache[text, inline] = found
        return found

    def _convert(self, converter: markdown.Markdown, text: str) -> str:
        try:
            return self._finish(converter.convert(text))
        except RecursionError:  # nested deeper than Python-Markdown can follow: shown as typed
            return f"<pre>{escape(text)}</pre>"

    def _converter(self) -> markdown.Markdown:
        return markdown.Markdown(extensions=[*EXTENSIONS, _Course(self.resolve)], extension_configs=CONFIG)

    def _finish(self, html: str) -> str:
        clean = nh3.clean(
            html,
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            url_schemes={"https", "mailto"},
            link_rel="noopener",
        )
        clean = re.sub(r'<span class="icon-(\w+)"></span>', lambda match: icon(match[1]), clean)
        return re.sub(r'<div class="drawing" id="drawing-([\w-]+)"></div>', self._drawing, clean)

    def _drawing(self, match: re.Match[str]) -> str:
        return self.figures.get(match[1], "")


def icon(name: str) -> str:
    """Return an icon of the page's sprite."""
    use = f'<use href="#i-{escape(name)}"/>'
    return f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{use}</svg>'


class _Quotes(Preprocessor):
    """Keeps quotes apart that have a blank line between them; Python-Markdown makes one of them."""

    def run(self, lines: list[str]) -> list[str]:
        kept: list[str] = []
        quoted = False  # whether the last line that was not blank belongs to a quote
        for line in lines:
            starts = re.match(r" {0,3}>", line) is not None
            if starts and quoted and kept and not kept[-1].strip():
                kept += [BETWEEN_QUOTES, ""]
            kept.append(line)
            if line.strip():
                quoted = starts or (quoted and bool(kept[-2:-1]) and bool(kept[-2].strip()))
        return kept


class _Course(Extension):
    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        self.resolve = resolve

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        # Raw HTML is shown as the text it is.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        # After fenced code (25) has been put aside, so that nothing is put into it.
        md.preprocessors.register(_Quotes(md), "quotes", 20)
        # After the inline processor (20), so that bold labels and links are elements already.
        md.treeprocessors.register(_Shape(md, self.resolve), "course", 15)


class _Shape(Treeprocessor):
    """Turns quotes into call-outs, images into figures, tables into regions that scroll; resolves links."""

    def __init__(self, md: markdown.Markdown, resolve: Resolve) -> None:
        super().__init__(md)
        self.resolve = resolve
        self.names: Counter[str] = Counter()

    def run(self, root: Element) -> None:
        self._blocks(root)
        for parent in list(root.iter()):
            self._links(parent)

    def _blocks(self, parent: Element) -> None:
        heading = ""
        figure: Element | None = None
        for child in list(parent):
            if child.tag == "p" and (child.text or "").strip() == BETWEEN_QUOTES:
                parent.remove(child)
                continue
            if child.tag in {"h1", "h2", "h3"}:
                heading = "".join(child.itertext())
            elif child.tag == "table":
                _wrap_table(parent, child, self._table_name(heading or "Table"))
            elif child.tag == "blockquote":
                _quote(parent, child, figure)
            figure = self._figure(child) if child.tag == "p" else None
            if child.tag in {"blockquote", "ul", "ol", "li", "dl", "dd"}:
                self._blocks(child)

    def _table_name(self, heading: str) -> str:
        """Name a table by its heading; the second below the same heading gets a number."""
        self.names[heading] += 1
        return heading if self.names[heading] == 1 else f"{heading} ({self.names[heading]})"

    def _figure(self, paragraph: Element) -> Element | None:
        """Turn a paragraph that holds one drawing into a figure."""
        images = paragraph.findall("img")
        alone = len(paragraph) == 1 and not (paragraph.text or "").strip() and len(images) == 1
        if not alone or (images[0].tail or "").strip():
            return None
        target = self.resolve(images[0].get("src", "")) or ""
        if not target.startswith("drawing:"):
            return None
        caption = images[0].get("alt", "")
        paragraph.clear()
        paragraph.tag = "figure"
        paragraph.set("class", "fig")
        SubElement(paragraph, "div", {"class": "drawing", "id": "drawing-" + target.removeprefix("drawing:")})
        SubElement(paragraph, "figcaption").text = caption
        return paragraph

    def _links(self, parent: Element) -> None:
        if parent.tag == "a" and not parent.get("class", "").startswith("footnote"):
            written = parent.get("href", "")
            address = self.resolve(written)
            if address is None:
                # A dead link stays readable text; the checker names its place.
                parent.tag = "span"
                parent.attrib.clear()
            else:
                parent.set("href", address)
                if written.startswith("term:"):
                    parent.set("class", "term")
        elif parent.tag == "img":
            # No drawing of the course, or one amid words: what it shows stays readable, and no browser asks for it.
            words = parent.get("alt", "")
            parent.tag = "span"
            parent.attrib.clear()
            parent.text = words


def _label(paragraph: Element) -> tuple[Element, str] | None:
    """Return the known bold label that a paragraph starts with."""
    strong = paragraph[0] if len(paragraph) and not (paragraph.text or "").strip() else None
    if strong is None or strong.tag != "strong":
        return None
    label = "".join(strong.itertext()).strip()
    return (strong, label) if label == IN_WORDS or label in CALLOUTS else None


def _quote(parent: Element, quote: Element, figure: Element | None) -> None:
    """Make a quote that starts with a known bold label a call-out, or the words of a figure."""
    first = quote.find("p")
    labelled = _label(first) if first is not None else None
    if first is None or labelled is None:
        return
    strong, label = labelled
    if label == IN_WORDS and figure is not None:
        _take_label(first, strong)
        details = SubElement(figure, "details")
        SubElement(details, "summary").text = "The figure in words"
        details.extend(list(quote))
        parent.remove(quote)
    elif label in CALLOUTS:
        name, sign = CALLOUTS[label]
        _take_label(first, strong)
        quote.tag = "div"
        quote.set("class", f"callout {name}")
        title = Element("p", {"class": "callout-title"})
        SubElement(title, "span", {"class": f"icon-{sign}"}).tail = label.rstrip(":")
        quote.insert(0, title)


def upper_first(text: str) -> str:
    """Let a text begin with a capital, inside a quotation mark too: authors go on in lower case after a label."""
    start = 1 if text[:1] in {'"', "“", "‘"} else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def _take_label(paragraph: Element, strong: Element) -> None:
    """Take the label away; what follows it begins the paragraph now, with a capital."""
    paragraph.text = upper_first((strong.tail or "").lstrip())
    paragraph.remove(strong)


def _wrap_table(parent: Element, table: Element, name: str) -> None:
    index = list(parent).index(table)
    parent.remove(table)
    region = Element(
        "div", {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": f"Table: {name}"}
    )
    region.append(table)
    parent.insert(index, region)
    caption = Element("caption", {"class": "vh"})
    caption.text = name
    table.insert(0, caption)
    for cell in _cells(table):
        if cell.tag == "th":
            cell.set("scope", "col")
        if cell.attrib.pop("align", "") == "right":
            cell.set("class", "num")


def _cells(table: Element) -> Iterator[Element]:
    yield from table.iter("th")
    yield from table.iter("td")
