"""The line that reminds guests that their progress can be saved; the days are kept in their cookie."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import session

from course.core.reminding import is_due
from course.web import current

AFTER_QUIZ, AFTER_EXAM = "quiz", "exam"


def remind(kind: str) -> bool:
    """Whether the page that says how something went is to remind its reader; notes that it did."""
    if "learner" not in session:
        return False
    today, reminded = current.now().date(), _reminded()
    if not is_due(kind, reminded, today):
        return False
    session["reminded"] = {name: day.isoformat() for name, day in {**reminded, kind: today}.items()}
    return True


def _reminded() -> dict[str, date]:
    """Read it from the cookie, which is signed and may yet be of another version."""
    kept: Any = session.get("reminded")
    days: dict[str, date] = {}
    for name, day in kept.items() if isinstance(kept, dict) else ():
        try:
            days[str(name)] = date.fromisoformat(day)
        except (TypeError, ValueError):
            continue
    return days
