"""Names that say nothing: how parts of a question are called in a page, and in which order they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

NUMBER_WORDS = [
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
    "Twenty",
]


@lru_cache(maxsize=50_000)
def token(question_id: str, text: str) -> str:
    """Name a part of a question by a hash of question and text, never by its position.

    Ten hexadecimal digits; parts of one question that read the same would share a name, so the
    parser refuses those.
    """
    return sha256(f"{question_id}\n{text}".encode()).hexdigest()[:10]


def in_seeded_order(items: Iterable[T], seed: str, name: Callable[[T], str]) -> tuple[T, ...]:
    """Shuffle by seed. The same seed and names give the same order on every machine, for ever."""
    return tuple(sorted(items, key=lambda item: sha256(f"{seed}/{name(item)}".encode()).digest()))


def slug(text: str) -> str:
    """Make an address from a text: lower case, every run of other characters one hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def letter(index: int) -> str:
    """A, B … Z, AA, AB … for 0, 1 …"""
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def number_word(number: int) -> str:
    """Five for 5; digits above twenty."""
    return NUMBER_WORDS[number] if 0 <= number < len(NUMBER_WORDS) else str(number)


def folded(text: str) -> str:
    """Return a text without differences of case and space, for telling whether two read the same."""
    return re.sub(r"\s+", " ", text).strip().casefold()
