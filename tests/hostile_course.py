"""A course whose author means harm: every text of `tests.hostile` in every field that an author can fill.

Texts go in eights through lessons and questions, and in larger groups through what holds many parts. Fields of the
front matter take NUL and line breaks too, since YAML can write them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.hostile import BY_TECHNIQUE, SCRIPTS, chunks, joined, line

EIGHTS = chunks(8)
QUARTERS = chunks(len(SCRIPTS) // 4 + 1)
GESTURES = ("sort", "order", "match", "cloze")
LOUD = " ".join(BY_TECHNIQUE["several places at once"][:3])  # on every page of the course


def head(text: str) -> str:
    """A text as YAML: with every character it has."""
    return json.dumps(text)


def cell(text: str) -> str:
    return line(text).replace("|", "\\|").replace(";", "\\;")


def gap(text: str) -> str:
    return line(text).replace("|", "\\|").replace("]", "\\]").replace("[[", "[ [").strip("()")


def ungapped(text: str) -> str:
    """A text for a cloze, where [[ begins a gap."""
    return text.replace("[[", "[ [")


def course(title: str = LOUD, about: str = LOUD, footer: str = LOUD) -> str:
    outcomes = "".join(f"  o{n}: {head(joined(texts))}\n" for n, texts in enumerate(EIGHTS))
    modules = "  first: The first module\n" + "".join(
        f"  m{n}: {head(joined(texts))}\n" for n, texts in enumerate(EIGHTS)
    )
    icons = f"icons: {{{head(LOUD)}: {head(LOUD)}}}\n"
    return (
        f"---\ntitle: {head(title)}\nsubject: {head(title)}\nabout: {head(about)}\nfooter: {head(footer)}\n"
        f"modules:\n{modules}outcomes:\n{outcomes}{icons}---\n\n{about}\n"
    )


def body(text: str, number: int, drawing: str) -> str:
    """A text in every place that Markdown has for it."""
    one = line(text)
    return "\n\n".join(
        [
            f"## {one}",
            text.replace("\0", ""),
            f"### A {one}",
            f"- {one}\n- *{one}* **{one}**",
            f"1. {one}",
            f"> {one}",
            f"> **In the exam:** {one}",
            f"| {cell(text)} | b |\n|:--|--:|\n| {cell(text)} | {cell(text)} |",
            f"{one}\n:   {one}",
            f"`{one}` and ``{one}``",
            f'[{one}](https://a.example "{one}")',
            f"[a]({one}) [b](<{one}>) [c](https://a.example/{one}) [d](mailto:{one}) [e](#{one})",
            f"[r{number}] ![r{number}]\n\n[r{number}]: {one}",
            f"![{one}](figures/{drawing}.svg)",
            f"> **In words:** {one}",
            f"![{one}]({one}) ![f](https://a.example/{one}) [![g]({one})]({one})",
            f"n[^{number}]\n\n[^{number}]: {one}",
            f"<{one}>",
            f"    {one}",
            f"```{one}\n{text}\n```".replace("\0", ""),
            f"~~~\n{text}".replace("\0", "") + "\n~~~",
            f"<div {one}>\n{one}\n</div>",
        ]
    )


def lesson(number: int, texts: Sequence[str]) -> str:
    checks = ", ".join(f"{kind}-{number}" for kind in ("single", "multiple"))
    top = {"title": joined(texts), "module": f"m{number}", "about": "".join(texts), "quiz": "all"}
    lines = "".join(f"{name}: {head(value)}\n" for name, value in top.items())
    exercises = ", ".join(f"{kind}-{part}" for kind in GESTURES for part in range(len(QUARTERS)))
    return (
        f"---\n{lines}order: {number}\noutcomes: [o{number}]\ncheck: [{checks}]\nexercises: [{exercises}]\n---\n\n"
        f"See [the term](term:term-{number}) and [{joined(texts)}](lesson:l{(number + 1) % len(EIGHTS)}).\n\n"
        + "\n\n".join(body(text, n, "one" if number + n else "all") for n, text in enumerate(texts))
        + "\n"
    )


def glossary() -> str:
    """A term for each group, named by a plain word, so that its address is known."""
    terms = "\n".join(f"Term {n}\n:   {joined(texts)}\n" for n, texts in enumerate(EIGHTS))
    return f"---\ntitle: {head(LOUD)}\n---\n\n{terms}\n" + "\n".join(
        f"Name {n} {joined(texts)}\n:   {joined(texts)}\n" for n, texts in enumerate(EIGHTS)
    )


def syllabus() -> str:
    rows = "\n\n".join(
        f"## {joined(texts)}\n\n| Outcome | You can | Bloom |\n|---|---|---|\n| o{n} | {cell(joined(texts))} | 2 |"
        for n, texts in enumerate(EIGHTS)
    )
    return f"---\ntitle: {head(LOUD)}\nabout: {head(LOUD)}\n---\n\n{joined(SCRIPTS)}\n\n{rows}\n"


def stem(texts: Sequence[str], name: str = "a") -> str:
    """A paragraph for each text; `name` makes them differ from those elsewhere, else the check compares all of it."""
    return "\n\n".join(f"{name}-{n} {line(text)} {n}-{name}" for n, text in enumerate(texts))


def why(texts: Sequence[str]) -> str:
    return "> **Why:** " + "\n>\n> ".join(map(line, texts)) + "\n\n> **Hint:** " + "\n>\n> ".join(map(line, texts))


def options(texts: Sequence[str], right: int = 1) -> str:
    return "\n".join(
        f"- [{'x' if n < right else ' '}] {n} {line(text)}\n  > {line(text)}" for n, text in enumerate(texts)
    )


def choice(kind: str, name: str, number: int, texts: Sequence[str], right: int = 1) -> str:
    return (
        f"## {number} {joined(texts)}\n\n`{kind}` `id={name}` `outcome=o{number}` `bloom=2`\n\n"
        f"{stem(texts, name)}\n\n{options(texts, right)}\n\n{why(texts)}\n"
    )


def scenario(texts: Sequence[str], name: str = "s") -> str:
    return f"# {joined(texts)}\n\n{stem(texts, name)}\n\n"


def quiz(use: str, questions: str, more: str = "", title: str = "") -> str:
    title, about = head(title or joined(SCRIPTS)), head(" ".join(SCRIPTS))
    return f"---\ntitle: {title}\nabout: {about}\nlesson: l0\nuse: {use}\n{more}---\n\n{questions}"


def gesture(kind: str, texts: Sequence[str]) -> str:
    """What stands below the stem of a question that is no choice: every text in each of its parts."""
    if kind == "order":
        return "\n".join(f"{n}. {n} {line(text)}" for n, text in enumerate(texts, 1))
    if kind == "cloze":
        typed = "\n\n".join(f"[[{n} {gap(text)}]] {ungapped(line(text))}" for n, text in enumerate(texts))
        return typed + "\n\n" + "\n\n".join(f"{n} [[({n} {gap(text)})|x {gap(text)}]]" for n, text in enumerate(texts))
    if kind == "match":
        rows = "\n".join(f"| {n} {cell(text)} | {n} {cell(text)} | {cell(text)} |" for n, text in enumerate(texts))
        return f"| Term | Meaning | Why |\n|---|---|---|\n{rows}"
    rows = "\n".join(
        f"| **{n} {cell(text)[:20] if '*' not in text else n}** {cell(text)} | {bin_name(n, text)} | {cell(text)} |"
        for n, text in enumerate(texts)
    )
    return f"| Card | Place | Why |\n|---|---|---|\n{rows}"


def bin_name(number: int, text: str) -> str:
    return f"{number} {cell(text)}"


def exercise(kind: str, part: int, texts: Sequence[str]) -> str:
    bins = [f"{n} {line(text)}" for n, text in enumerate(texts)]
    more = f"categories:\n  Place: {json.dumps(bins)}\n" if kind == "sort" else ""
    sentence = ungapped(joined(texts[part::10]))
    question = (
        f"## {kind} {part} {sentence}\n\n`{kind}` `id={kind}-q{part}` `outcome=o0` `bloom=3`\n\n"
        f"{ungapped(stem(texts, kind))}\n\n{gesture(kind, texts)}\n\n{why(texts)}\n"
    )
    return quiz("exercise", scenario(texts, f"{kind}s") + question, more, joined(texts))


def exam() -> str:
    rows = "\n".join(f"| o{n} | {n} {cell(joined(texts))} | 2 |" for n, texts in enumerate(EIGHTS))
    return (
        f"---\ntitle: {head(joined(SCRIPTS))}\nabout: {head(' '.join(SCRIPTS))}\nminutes: 90\npass: 70%\n---\n\n"
        f"| Outcomes | Topic | Bloom 2 |\n|---|---|---|\n{rows}\n"
    )


def figure(given: Sequence[str]) -> str:
    """A drawing with texts in its title, its description and as labels. XML knows no control characters."""
    texts = [escape("".join(c for c in text if c.isprintable() or c == "\n")) for text in given]
    labels = "".join(f'<text x="1" y="{n}" id="t{n}" class="{text}">{text}</text>' for n, text in enumerate(texts))
    words = " ".join(texts)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 300" role="img">'
        f"<title>{words}</title><desc>{words}</desc>{labels}</svg>"
    )


def files() -> dict[str, str]:
    """Every file of the course."""
    practice = "\n".join(scenario(texts) + choice("single", f"single-{n}", n, texts) for n, texts in enumerate(EIGHTS))
    more = "\n".join(choice("multiple", f"multiple-{n}", n, texts, 2) for n, texts in enumerate(EIGHTS))
    pool = "\n".join(
        choice("single", f"pool-{n}-{half}", n, (*texts, *texts, *texts)[4 * half : 4 * half + 4])
        for n, texts in enumerate(EIGHTS)
        for half in (0, 1)
    )
    found = {
        "content/course.md": course(),
        "content/glossary.md": glossary(),
        "content/syllabus.md": syllabus(),
        "content/figures/all.svg": figure(SCRIPTS),  # once, being large
        "content/figures/one.svg": figure(SCRIPTS[-1:]),
        "quizzes/all.quiz.md": quiz("quiz", practice),
        "quizzes/more.quiz.md": quiz("quiz", more),
        "quizzes/pool.quiz.md": quiz("exam", pool),
        "quizzes/mock.exam.md": exam(),
    }
    found |= {f"content/lessons/l{n}.md": lesson(n, texts) for n, texts in enumerate(EIGHTS)}
    found |= {
        f"quizzes/{kind}-{part}.quiz.md": exercise(kind, part, texts)
        for kind in GESTURES
        for part, texts in enumerate(QUARTERS)
    }
    return found


def write_course(folder: Path, **changed: str) -> Path:
    """Write the course into a folder, some files of it changed; return it."""
    for name, text in {**files(), **changed}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
