"""How easy an English text is to read."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n+")
VOWELS = re.compile(r"[aeiouy]+")


def reading_ease(text: str) -> float | None:
    """Return the Flesch reading ease (Flesch 1948): 206.835 − 1.015 · words per sentence − 84.6 · syllables per word.

    100 is very easy, 60 plain English, below 30 very difficult. None where there is no word. Syllables
    are counted by groups of vowels, a silent e at the end left out.
    """
    words = WORD.findall(text)
    if not words:
        return None
    sentences = sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))
    syllables = sum(_syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    plain = word.casefold()
    groups = len(VOWELS.findall(plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee", "ie", "oe", "ue"))
    return max(1, groups - (1 if silent and groups > 1 else 0))
