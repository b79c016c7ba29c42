"""The log of what matters for safety: who did what, to whom, and when. It is only added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """What is noted. The value is what the log shows; `whom` and `detail` say the rest."""

    SIGNED_UP = "made an account"
    SIGNED_IN = "signed in"
    REFUSED = "was refused"
    SIGNED_OUT = "signed out"
    NEW_PASSWORD = "changed the password"  # noqa: S105 # nosec B105 # words for people
    RESET_PASSWORD = "reset the password"  # noqa: S105 # nosec B105
    NEW_ADDRESS = "changed the mail address"
    NEW_ROLE = "changed the role of"
    DISABLED = "disabled"
    ENABLED = "let in again"
    EXPORTED = "exported the data of"
    DELETED = "deleted everything of"
    NEW_COHORT = "made a cohort"
    ENDED_COHORT = "ended a cohort"
    INVITED = "made an invitation"
    REVOKED = "revoked an invitation"
    JOINED = "joined a cohort"
    LEFT = "left a cohort"
    REMOVED = "took out of a cohort"


@dataclass(frozen=True)
class Entry:
    """A line of the log. Addresses are those of today: the log itself holds ids, so that who is deleted is nobody."""

    id: int
    at: datetime
    deed: str
    who: str | None  # the id of an account; empty: somebody without one; None: the command line
    who_address: str | None
    whom: str | None  # the same; None: the deed is about nobody
    whom_address: str | None  # None for an account that is deleted
    detail: str  # a role, or a cohort: its name as long as there is one
