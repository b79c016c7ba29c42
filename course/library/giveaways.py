"""What gives the key of a single choice away by form alone, after Haladyna, Downing and Rodriguez (2002)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import mean

from course.core.quiz import Question, Style
from course.questions._choose import RIGHT, Options

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SHORTEST = 5  # letters of a word that says something
ECHOES = 2  # words of the stem in the key alone, from which on they lead there
LONGER = 1.6  # times the mean of the other options
ABSOLUTE = frozenset(
    {"always", "never", "only", "all", "every", "everything", "nothing", "none", "nobody", "completely"}
)
COMMON = frozenset(
    [
        "about",
        "after",
        "again",
        "another",
        "because",
        "before",
        "being",
        "between",
        "could",
        "every",
        "first",
        "other",
        "others",
        "should",
        "since",
        "their",
        "there",
        "these",
        "those",
        "through",
        "under",
        "until",
        "which",
        "while",
        "whose",
        "without",
        "would",
    ]
)


def giveaways(question: Question) -> Iterator[str]:
    """Yield each, as `what — what to do`. Options that are pairs of statements say nothing of themselves."""
    answers = question.answers
    if question.kind != "single" or not isinstance(answers, Options) or question.style is Style.LIST:
        return
    key = next(option.text for option in answers.options if option.box == RIGHT)
    others = [option.text for option in answers.options if option.box != RIGHT]
    stem = f"{question.sentence} {question.stem}"
    echoes = echoed(stem, key, others)
    most = max(
        (len(echoed(stem, other, [key, *others[:n], *others[n + 1 :]])) for n, other in enumerate(others)), default=0
    )
    if len(echoes) >= ECHOES and len(echoes) > most:
        named = " and ".join(f"“{word}”" for word in sorted(echoes)[:3])
        yield f"of the stem’s words {named} stand in the key alone — use them in other options too, or in none"
    if others and len(key) > LONGER * mean(map(len, others)) and len(key) > max(map(len, others)):
        yield "the key is much longer than the other options — shorten it, or say more in the others"
    absolute = [bool(ABSOLUTE & _words(other)) for other in others]
    if len(others) > 1 and all(absolute) and not ABSOLUTE & _words(key):
        yield "every wrong option holds a word like always, never or only — word some of them without it"


def echoed(stem: str, option: str, others: Sequence[str]) -> set[str]:
    """Return the words of a stem that come back in an option and in no other one, endings aside."""
    said = {root(word): word for word in _words(stem) if len(word) >= SHORTEST and word not in COMMON}
    elsewhere = {root(word) for other in others for word in _words(other)}
    return {said[name] for name in {root(word) for word in _words(option)} if name in said and name not in elsewhere}


def root(word: str) -> str:
    """Return a word without its English ending, roughly: `released` and `releases` are one."""
    for ending in ("ings", "ing", "ies", "ed", "es", "s", "d", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}
