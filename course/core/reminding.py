"""When somebody without an account is reminded that their progress can be saved: seldom enough to stay welcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

EVERY = timedelta(days=7)


def is_due(kind: str, reminded: Mapping[str, date], today: date) -> bool:
    """Whether to remind after a `kind` of thing: after the first of its kind, and else when a week has passed.

    `reminded` holds for each kind the day of the last reminder after it.
    """
    return kind not in reminded or all(today - day >= EVERY for day in reminded.values())
