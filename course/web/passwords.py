"""Passwords: hashed with Argon2id, and refused with a reason where they are easy to guess."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from course.web import current

SHORTEST, LONGEST = 10, 200  # characters
MOST_COMPOSED = 5  # letters and accents that become one character, and one more
LOOKED_AT = 40  # of which zxcvbn judges so many, in a second or two at worst; the rest makes it no weaker
LEAST_SCORE = 3  # of 4: more than 10⁸ guesses
_hasher = PasswordHasher()  # RFC 9106's parameters for little memory, as the package keeps them up to date
NOBODY = _hasher.hash("the password of nobody")


def plain(typed: str | None) -> str:
    """Return a password as it is hashed: the same however a keyboard composes its letters.

    Composing takes time by the square of the length, so what is too long in any case is cut, and still too long.
    """
    return unicodedata.normalize("NFKC", (typed or "")[: MOST_COMPOSED * (LONGEST + 1)])


def known_words(address: str, name: str) -> list[str]:
    """Return what somebody who guesses would try first: words of the person and of this course."""
    title = current.catalogue().info.title
    return [address, *address.split("@"), name, *title.split(), "".join(title.split())]


def trouble(password: str, known: list[str]) -> str:
    """Return why a password will not do, or nothing; `known` are words that an attacker would try first."""
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more. Three or four words that do not belong together are good."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters at most."
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[word for word in known if word])
    if found["score"] >= LEAST_SCORE:
        return ""
    reason = found["feedback"]["warning"] or "This one is easy to guess."
    return f"{reason.rstrip('.')}. Three or four words that do not belong together are good."


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that is kept. It takes as long where there is none."""
    try:
        return _hasher.verify(kept or NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_old(kept: str) -> bool:
    """Whether what is kept was hashed with parameters of another time."""
    return _hasher.check_needs_rehash(kept)
