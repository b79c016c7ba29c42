"""The head of a file: YAML between `---` lines, read as the author typed it.

Every scalar stays the text it is (`No`, `12:30` and `010` included); the schema of each file says
what becomes of it. Aliases, tags and deep nesting have no use here and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from course.core.problems import Report, did_you_mean

FENCE = "---"
LARGEST = 64 * 1024  # characters; the YAML reader is slow, and no head needs more
DEEPEST = 6


@dataclass
class Head:
    """Front matter with places: ask it for what the file may hold, then call `refuse_unknown`."""

    report: Report
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    read: bool = True  # False where there is none or it is broken: then nothing is said to be missing

    def line(self, key: str) -> int:
        """Return the line where a key stands; 1 where it is missing."""
        return self.lines.get(key, 1)

    def lines_in(self, key: str) -> dict[str, int]:
        """Return the line of each name in the mapping that a key holds."""
        node = self.nodes.get(key)
        return _places(node) if isinstance(node, MappingNode) else {}

    def text(self, key: str, *, required: bool = False) -> str:
        """Return a text; empty where it is missing."""
        node = self._node(key)
        if node is None:
            if required and self.read:
                self.report.error(1, f"`{key}:` is missing", f"add `{key}: …` between the --- lines at the top")
            return ""
        if not isinstance(node, ScalarNode):
            self.report.error(self.line(key), f"`{key}:` must be one text", f"write `{key}: a text`")
            return ""
        value = str(node.value).strip()
        if required and not value:
            self.report.error(self.line(key), f"`{key}:` is empty", f"write `{key}: a text`")
        return value

    def choice(self, key: str, allowed: Iterable[str], default: str) -> str:
        """Return one of the allowed words."""
        value = self.text(key)
        words = list(allowed)
        if not value:
            return default
        if value not in words:
            self.report.error(
                self.line(key),
                f"`{key}: {value}` is not known",
                did_you_mean(value, words, "use one of " + ", ".join(words)),
            )
            return default
        return value

    def number(self, key: str, least: int = 0) -> int | None:
        """Return a whole number, or None where it is missing."""
        value = self.text(key)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", value) or int(value) < least:
            self.report.error(
                self.line(key), f"`{key}: {value}` is not a whole number from {least} up", f"write `{key}: 10`"
            )
            return None
        return int(value)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, `[a, b]`; a single text counts as a list of one."""
        node = self._node(key)
        if node is None:
            return ()
        if isinstance(node, ScalarNode):
            return (str(node.value).strip(),) if str(node.value).strip() else ()
        return self._list(key, node)

    def mapping(self, key: str) -> dict[str, Node]:
        """Return name → node, in order."""
        node = self._node(key)
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self.report.error(self.line(key), f"`{key}:` must hold names and values", f"write `{key}: {{Name: …}}`")
            return {}
        return _items(node, self.report)

    def lists(self, key: str) -> dict[str, tuple[str, ...]]:
        """Return name → list of texts."""
        return {name: self._list(name, node) for name, node in self.mapping(key).items()}

    def texts(self, key: str) -> dict[str, str]:
        """Return name → text."""
        found = {}
        for name, node in self.mapping(key).items():
            if isinstance(node, ScalarNode):
                found[name] = str(node.value).strip()
            else:
                self.report.error(_line(node), f"`{name}:` must be one text", f"write `{name}: a text`")
        return found

    def refuse_unknown(self) -> None:
        """Note every key nobody asked for."""
        for key, line in self.lines.items():
            if key not in self.asked:
                self.report.error(
                    line,
                    f"`{key}:` is not known here",
                    did_you_mean(key, self.asked, "the keys are " + ", ".join(sorted(self.asked))),
                )

    def _node(self, key: str) -> Node | None:
        self.asked.add(key)
        return self.nodes.get(key)

    def _list(self, key: str, node: Node) -> tuple[str, ...]:
        if isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) for item in node.value):
            return tuple(str(item.value).strip() for item in node.value)
        self.report.error(_line(node), f"`{key}:` must be a list of texts", f"write `{key}: [one, two]`")
        return ()


def split(text: str, report: Report) -> tuple[Head, str, int]:
    """Cut the front matter off. Return the head, the rest, and the number of lines cut."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        report.error(1, "the file does not start with front matter", "begin with a line ---, then `title: …`, then ---")
        return Head(report, read=False), text, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        report.error(1, "the front matter has no end", "close it with a line ---")
        return Head(report, read=False), "", len(lines)
    return read("\n".join(lines[1:end]), report), "\n".join(lines[end + 1 :]), end + 1


def read(text: str, report: Report) -> Head:
    """Read the YAML of a head that starts in line 2 of its file."""
    before = report.errors
    root = _root(text, report)
    if root is None:
        return Head(report, read=report.errors == before)
    if not isinstance(root, MappingNode):
        report.error(_line(root), "the front matter holds no keys", "write lines like `title: …`")
        return Head(report, read=False)
    nodes = _items(root, report)
    return Head(report, nodes, _places(root))


def _root(text: str, report: Report) -> Node | None:
    """Return the YAML as nodes, or None where it is empty or, once that is noted, cannot be read."""
    if len(text) > LARGEST:
        report.error(1, "the front matter is longer than 64 KiB", "keep it to a few lines")
        return None
    try:
        return _compose(text, report)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        report.error(
            min(line, text.count("\n") + 2),
            f"the front matter is not valid YAML: {error.problem or error.context}",
            "check colons, brackets and indents; put a text that holds a colon in quotes",
            mark.column + 1 if mark else 1,
        )
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 2
        report.error(line, f"the front matter holds the character U+{error.character:04X}", "delete it")
    except (YAMLError, ValueError) as error:
        report.error(1, f"the front matter cannot be read: {error}", "write `key: value` lines")
    return None


def _yaml() -> Any:
    return YAML(typ="safe", pure=True)


def _compose(text: str, report: Report) -> Node | None:
    depth = 0
    for event in _yaml().parse(text):
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            report.error(
                event.start_mark.line + 2,
                "anchors and aliases (& and *) have no use here",
                "write it out, and a text that starts with & or * in quotes",
            )
            return None
        if getattr(event, "tag", None):
            report.error(event.start_mark.line + 2, "a value that starts with ! needs quotes", 'write "!…"')
            return None
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            report.error(event.start_mark.line + 2, "the front matter is nested too deeply", "flatten it")
            return None
    node: Node | None = _yaml().compose(text)
    return node


def _places(node: MappingNode) -> dict[str, int]:
    return {str(key.value): _line(key) for key, _ in node.value if isinstance(key, ScalarNode)}


def _items(node: MappingNode, report: Report) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else ""
        if not name:
            report.error(_line(key), "a key must be a word", "write `key: value`")
        elif name in found:
            report.error(_line(key), f"`{name}:` stands here twice", "delete one of them")
        found.setdefault(name, value)
    return found


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 2


def as_texts(node: Node) -> Mapping[str, str]:
    """Return a mapping node as text → text, leaving out what is not a text."""
    if not isinstance(node, MappingNode):
        return {}
    return {
        str(key.value): str(value.value).strip()
        for key, value in node.value
        if isinstance(key, ScalarNode) and isinstance(value, ScalarNode)
    }
