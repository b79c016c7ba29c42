"""Accounts: who somebody is, what they may do, and what of a guest's came along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(days=30)  # after so long without a visit a browser is signed out
LONGEST = timedelta(days=180)  # and after so long in any case


# What browsers say of themselves; each also says the names of those that came before it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class Role(StrEnum):
    """What somebody may do, each more than the one before."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Purpose(StrEnum):
    """What a link sent by mail is good for."""

    SIGN_UP = "signup"
    RESET = "reset"
    MOVE = "address"  # an account's new one

    @property
    def page(self) -> str:
        """Where one asks for such a link."""
        return "/account#address" if self is Purpose.MOVE else f"/{self.value}"

    @property
    def lasts(self) -> timedelta:
        """How long it is good."""
        return timedelta(hours=1) if self is Purpose.RESET else timedelta(days=1)


@dataclass(frozen=True)
class Account:
    """A learner who is known by an address."""

    learner_id: str
    address: str
    name: str
    password: str  # its hash
    role: Role
    disabled: bool


@dataclass(frozen=True)
class SignIn:
    """A browser in which somebody is signed in; `id` is the hash of the number it holds."""

    id: str
    learner_id: str
    created_at: datetime
    last_at: datetime
    browser: str

    @property
    def words(self) -> str:
        """The browser in a few words, `Firefox on Windows`, as far as it can be told from what it says of itself."""
        name = next((words for sign, words in BROWSERS if sign in self.browser), "A browser")
        system = next((words for sign, words in SYSTEMS if sign in self.browser), "")
        return f"{name} on {system}" if system else name

    def is_good(self, now: datetime) -> bool:
        """Whether it still counts."""
        return now - self.last_at < IDLE and now - self.created_at < LONGEST


@dataclass(frozen=True)
class Claimed:
    """What of a guest's an account took over."""

    attempts: int = 0
    answers: int = 0
    lessons: int = 0

    @property
    def anything(self) -> bool:
        """Whether there was anything."""
        return bool(self.attempts or self.lessons)
