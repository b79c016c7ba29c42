"""The quiz file, the other way: a `Quiz` as canonical Markdown, and a question's identity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from course.core.quiz import Credit, Places, Question, Quiz, Scenario, Shuffle, Style
from course.questions._kind import Kind

Kinds = Mapping[str, Kind]
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /.%()’'-]*")


def write(quiz: Quiz, kinds: Kinds) -> str:
    """Write a whole file. `parse(write(quiz))` gives the same quiz."""
    blocks = [_head(quiz)]
    scenario: Scenario | None = None
    for question in quiz.questions:
        if question.scenario != scenario and question.scenario is not None:
            blocks.append(_scenario(question.scenario))
        scenario = question.scenario
        blocks.append(write_question(question, kinds))
    return "\n\n".join(blocks) + "\n"


def write_question(question: Question, kinds: Kinds) -> str:
    """Write one question, from its heading to its explanations, without a final newline."""
    blocks = [
        f"## {question.sentence}",
        " ".join(f"`{chip}`" for chip in _chips(question)),
        question.stem,
        kinds[question.kind].write(question.answers),
        _quote("**Why:** " + question.why if question.why else ""),
        _quote("**Hint:** " + question.hint if question.hint else ""),
    ]
    return "\n\n".join(block for block in blocks if block)


def alone(question: Question, kinds: Kinds) -> str:
    """Write a question as a file of its own: all that is needed to show and mark it again, for ever."""
    places = kinds[question.kind].places(question.answers)
    return write(Quiz(question.id, question.id, (question,), places=places), kinds)


def revision(question: Question, kinds: Kinds) -> str:
    """Return the SHA-256 of what a learner answers: not of outcome, Bloom level, style and the like."""
    essence = replace(question, id="revision", outcome="", bloom=None, style=Style.STANDARD, shuffle=True, void=False)
    return sha256(alone(essence, kinds).encode()).hexdigest()


def _head(quiz: Quiz) -> str:
    entries = [
        ("title", _scalar(quiz.title)),
        ("about", _scalar(quiz.about) if quiz.about else ""),
        ("lesson", quiz.lesson),
        ("use", quiz.use),
        ("pass", str(quiz.pass_mark) if quiz.pass_mark else ""),
        ("minutes", str(quiz.minutes) if quiz.minutes else ""),
        ("shuffle", quiz.shuffle if quiz.shuffle is not Shuffle.BOTH else ""),
    ]
    lines = [f"{key}: {value}" for key, value in entries if value]
    return "\n".join(["---", *lines, *_places(quiz.places), "---"])


def _places(places: Places) -> list[str]:
    lines = []
    if places.categories:
        lines.append("categories:")
        lines += [f"  {_scalar(name)}: {_flow(bins)}" for name, bins in places.categories.items()]
    if places.shared:
        order = [b for bins in places.categories.values() for b in bins if b in places.shared]
        lines.append(f"shared: {_flow(order)}")
    return lines


def _flow(words: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(map(_scalar, words)) + "]"


def _scalar(text: str) -> str:
    """Write a YAML scalar; anything that might not read as plain text is put in double quotes."""
    if PLAIN.fullmatch(text) and not text.endswith(" "):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _scenario(scenario: Scenario) -> str:
    return f"# {scenario.title}" + (f"\n\n{scenario.text}" if scenario.text else "")


def _chips(question: Question) -> list[str]:
    chips = [
        ("id", question.id),
        ("outcome", question.outcome),
        ("bloom", str(question.bloom) if question.bloom is not None else ""),
        ("style", question.style if question.style is not Style.STANDARD else ""),
        ("credit", question.credit if question.credit is not Credit.ALL else ""),
        ("shuffle", "" if question.shuffle else "no"),
    ]
    written = [f"{key}={value}" for key, value in chips if value]
    return [question.kind, *written, *(["void"] if question.void else [])]


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text else ""
