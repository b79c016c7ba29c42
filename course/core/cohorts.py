"""Cohorts: learners whom an instructor teaches, and the invitations by which they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_USES = 1000  # of one invitation
LONGEST_DAYS = 365  # for which one is good
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read out or copied by hand
CODE_LENGTH = 12  # 59 bits


@dataclass(frozen=True)
class Cohort:
    """Learners whom one instructor teaches."""

    id: str
    name: str
    teacher_id: str
    teacher: str  # the instructor's name
    created_at: datetime
    size: int


@dataclass(frozen=True)
class Member:
    """A learner in a cohort. `id` is of the membership; it opens nothing outside its cohort."""

    id: str
    learner_id: str
    name: str
    guest: bool
    joined_at: datetime
    attempts: int
    last_at: datetime | None  # when something was last done in an attempt


@dataclass(frozen=True)
class Invitation:
    """A link by which learners join a cohort."""

    code: str
    cohort: Cohort
    ends_at: datetime
    most: int
    uses: int
    revoked: bool

    def is_good(self, now: datetime) -> bool:
        """Whether somebody can still join by it."""
        return not self.revoked and self.uses < self.most and now < self.ends_at

    def state(self, now: datetime) -> str:
        """Say in a word or two how it stands."""
        if self.revoked:
            return "revoked"
        if self.uses >= self.most:
            return "used up"
        return "over" if now >= self.ends_at else "open"
