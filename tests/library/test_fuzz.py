"""Nothing an author types may raise: any text gives a value, or errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.problems import Report
from course.library import courseinfo, figures, glossary, lesson, quizfile
from course.library.links import links
from course.library.rendering import Renderer
from course.library.source import decode
from course.questions.registry import kinds

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = (ROOT / "quizzes" / "digital-product-lifecycle.quiz.md").read_text()
LINES = GOOD.split("\n")
NASTY = [
    "", "---", "- [x] ",
    "- [ ] a", "- [", "* [x] b", "> quote", ">", "#", "## ", "### x", "|", "|||", "| a | b |", "|---|",
    "`single`", "`single` `id=x`", "```", "~~~", "<script>", "[a](javascript:b)", "[[", "\t- [x] c", "    code", "1. x",
    "=====", "\\", "\\|", "{{ x }}", "&amp;", "\u202e", "\ufeff", "🎲", "a: b: c", ": ", "- ? :", "%",
]  # fmt: skip
Parse = Callable[[str, Report], object]

PARSERS: dict[str, Parse] = {
    "quiz": lambda text, report: _with(text, report, lambda s: quizfile.parse(s, "x", kinds(), report)),
    "lesson": lambda text, report: _with(text, report, lambda s: lesson.parse(s, "x", report)),
    "glossary": lambda text, report: _with(text, report, lambda s: glossary.parse(s, report)),
    "course": lambda text, report: _with(text, report, lambda s: courseinfo.parse(s, report)),
    "figure": lambda text, report: _with(text, report, lambda s: figures.read(s, "x", report)),
}


def _with(text: str, report: Report, parse: Callable[..., object]) -> object:
    source = decode(text.encode("utf-8", "surrogatepass"), "x", report)
    return parse(source) if source is not None else None


def tried(parse: Parse, text: str) -> None:
    report = Report("x")
    parsed = parse(text, report)
    assert (parsed is None) == report.failed
    for problem in report.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.remedy


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS.keys())
@given(text=st.text(max_size=300))
def test_any_text_is_read_or_refused(parse: Parse, text: str) -> None:
    tried(parse, text)
    tried(parse, "---\ntitle: x\nmodule: y\nmodules: {a: b}\n---\n" + text)


@given(data=st.binary(max_size=500))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    report = Report("x")
    assert (decode(data, "x", report) is None) == report.failed


@given(st.data())
def test_a_good_quiz_with_its_lines_mixed_up_is_read_or_refused(data: st.DataObject) -> None:
    lines = list(LINES[: data.draw(st.integers(20, 120))])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["delete", "double", "insert", "replace", "cut", "glue"]))
        if change == "delete" and len(lines) > 1:
            del lines[at]
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "insert":
            lines.insert(at, data.draw(st.sampled_from(NASTY)))
        elif change == "replace":
            lines[at] = data.draw(st.sampled_from(NASTY))
        elif change == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, 20))]
        else:
            lines[at] = lines[at] + data.draw(st.sampled_from(NASTY))
    tried(PARSERS["quiz"], "\n".join(lines))


@given(st.lists(st.sampled_from([*NASTY, "[a](lesson:b)", "![x](figures/y.svg)", "**In the exam:** t"]), max_size=12))
def test_any_text_is_rendered_without_anything_that_acts(pieces: list[str]) -> None:
    for glue in ("\n", "\n\n", " "):
        html = Renderer(lambda target: target if target.startswith("https:") else None, {}).page(glue.join(pieces)).html
        for danger in ("<script", "javascript:", " style=", " onclick="):
            assert danger not in html.replace("&lt;script", "").replace("[a](javascript:b)", "")
        list(links(glue.join(pieces)))


MEGA = 1024 * 1024
MONSTERS = {
    "letters": "a",
    "brackets": "[",
    "brackets and parentheses": "[](",
    "pipes": "|",
    "rows of pipes": "| a | b |\n",
    "quotes": "> ",
    "rows of quotes": "> x\n",
    "options": "- [x] a\n",
    "nested lists": "- ",
    "backquotes": "`",
    "pairs of backquotes": "`a` ",
    "stars": "*a **b ",
    "questions": "## q\n",
    "whole questions": "## q\n\n`single` `id=a`\n\n- [x] a\n- [ ] b\n\n",
    "empty lines": "\n",
    "indents": "    a\n",
    "hashes": "#",
    "angles": "<a ",
    "backslashes": "\\",
}


@pytest.mark.parametrize("piece", MONSTERS.values(), ids=MONSTERS.keys())
def test_a_mebibyte_of_anything_gives_errors_and_comes_back(piece: str) -> None:
    head = "---\ntitle: x\n---\n\n"
    body = (piece * (MEGA // len(piece)))[: MEGA - len(head)]
    tried(PARSERS["quiz"], head + body)


@pytest.mark.parametrize("piece", ["[", "{a: ", "- ", "a: b\n", "? ", "&a [*a, ", "'", "#x\n"])
def test_a_mebibyte_of_front_matter_gives_errors_and_comes_back(piece: str) -> None:
    body = (piece * (MEGA // len(piece)))[: MEGA - 20]
    tried(PARSERS["quiz"], f"---\n{body}\n---\n")
    tried(PARSERS["quiz"], f"---\n{body[:60_000]}\n---\n")
