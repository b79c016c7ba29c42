"""What a page weighs on a first visit: its HTML, style, scripts and font, as they go over the wire."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from bench import rounds
from bench.visitor import Visitor

# KB on a first visit: §6 of the design guide. A quiz page is held to an exercise's.
BUDGETS = {
    "lesson": {"html": 12, "css": 12, "js": 8, "font": 36, "total": 75},
    "exercise": {"html": 15, "css": 12, "js": 12, "font": 36, "total": 75},
    "quiz question": {"html": 15, "css": 12, "js": 12, "font": 36, "total": 75},
}
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Weight:
    """The parts of one page, in bytes."""

    page: str
    parts: dict[str, int]
    requests: int


class _Assets(HTMLParser):
    """Collects what a page asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {"css": [], "js": [], "font": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("src"):
            self.found["js"].append(given["src"])
        elif tag == "link" and given.get("rel") == "stylesheet":
            self.found["css"].append(given["href"])
        elif tag == "link" and given.get("rel") == "modulepreload":
            self.found["js"].append(given["href"])
        elif tag == "link" and given.get("rel") == "preload" and given.get("as") == "font":
            self.found["font"].append(given["href"])


def weigh(pages: dict[str, tuple[Visitor, str]]) -> list[Weight]:
    """Fetch pages with all they need, compressed with gzip, and add the bytes up."""
    return [_weigh(name, someone, path) for name, (someone, path) in pages.items()]


def _weigh(name: str, someone: Visitor, path: str) -> Weight:
    assets = _Assets()
    assets.feed(someone.get(path).body.decode())
    scripts = _with_imports(someone, assets.found["js"])
    files = {"css": assets.found["css"], "js": scripts, "font": assets.found["font"]}
    parts = {"html": _bytes(someone, path)}
    parts |= {kind: sum(_bytes(someone, file) for file in addresses) for kind, addresses in files.items()}
    parts["total"] = sum(parts.values())
    return Weight(name, parts, 1 + sum(map(len, files.values())))


def _with_imports(someone: Visitor, scripts: list[str]) -> list[str]:
    """Return modules with all that they import."""
    found: list[str] = []
    waiting = list(scripts)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found.append(address)
        text = someone.get(address).body.decode()
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(address), name)) for name in IMPORT.findall(text)
        ]
    return found


def _bytes(someone: Visitor, address: str) -> int:
    return len(someone.get(address, GZIP).body)


def report(weighed: list[Weight]) -> None:
    """Print KB beside the budget."""
    kinds = ["html", "css", "js", "font", "total"]
    rows = []
    for weight in weighed:
        budget = BUDGETS[weight.page]
        rows.append(
            [weight.page, *(f"{weight.parts[kind] / 1000:.1f} of {budget[kind]}" for kind in kinds), weight.requests]
        )
    rounds.table(["KB, gzip", *kinds, "requests"], rows)
    over = [f"{w.page} {k}" for w in weighed for k in kinds if w.parts[k] > BUDGETS[w.page][k] * 1000]
    print("Over budget: " + ", ".join(over) + "\n" if over else "All within the budget.\n")
