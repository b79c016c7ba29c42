"""What a request is about: which course, who, and when."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, tzinfo
from functools import cache
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import current_app, g, request, session

from course import clock
from course.config import Config
from course.core.accounts import Account, SignIn
from course.core.history import History
from course.core.progress import Progress, progress
from course.library.catalogue import Catalogue, Library
from course.store import accounts, history, learners
from course.web import limits

CHOSEN_ZONE, DEVICE_ZONE = "zone-set", "zone"  # cookies; a script writes the second
_refreshing = threading.Lock()
_looked_at: dict[int, float] = {}


def config() -> Config:
    """Return the settings."""
    found: Config = current_app.config["COURSE"]
    return found


def catalogue() -> Catalogue:
    """Return the course; the same one from a request's first line to its last."""
    if "catalogue" not in g:
        library: Library = current_app.extensions["library"]
        _refresh(library)
        g.catalogue = library.catalogue
    found: Catalogue = g.catalogue
    return found


def _refresh(library: Library) -> None:
    """Look for changed files once in a while; one thread does it, the others go on with what there is."""
    every = config().refresh_seconds
    tick = time.monotonic()
    if not every or tick - _looked_at.get(id(library), 0.0) < every:
        return
    if _refreshing.acquire(blocking=False):
        try:
            _looked_at[id(library)] = tick
            if library.refresh():
                for problem in library.catalogue.files.problems:
                    current_app.logger.warning("%s", problem)
        finally:
            _refreshing.release()


def zone() -> tzinfo:
    """Return the time zone of the person who asks: the one they chose, else that of their device, else UTC."""
    if "zone" not in g:
        g.zone = _zone(request.cookies.get(CHOSEN_ZONE) or request.cookies.get(DEVICE_ZONE, ""))
    found: tzinfo = g.zone
    return found


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name in every_zone() else UTC


@cache
def every_zone() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def now() -> datetime:
    """Return the time of this request, in the zone of the person who asks; the same for all of it."""
    if "now" not in g:
        g.now = clock.now().astimezone(zone())
    found: datetime = g.now
    return found


def signed_in() -> tuple[SignIn, Account] | None:
    """Return the sign-in and the account of the person who asks; None for guests, and where it is over."""
    if "signed_in" not in g:
        number: Any = session.get("signed_in")
        g.signed_in = accounts.signed_in(number, now()) if isinstance(number, str) else None
    found: tuple[SignIn, Account] | None = g.signed_in
    return found


def account() -> Account | None:
    """Return the account of the person who asks, None for guests."""
    found = signed_in()
    return found[1] if found else None


def learner_id() -> str | None:
    """Return who asks, or None for somebody who has saved nothing yet."""
    if "signed_in" in session:
        known = account()
        return known.learner_id if known else None
    found: Any = session.get("learner")
    return found if isinstance(found, str) else None


def learner_id_to_save() -> str:
    """Return who asks; give a newcomer an id, and a new one to somebody who had everything deleted.

    Only where something is saved now: a new guest is counted. Raises TooOftenError where a network has made too many.
    """
    if "saves_as" not in g:
        known = learner_id()
        if known is None or not learners.exists(known):
            limits.count_guest()
            session.clear()  # of a sign-in that is over, or of what was deleted
            session.permanent = True
            known = session["learner"] = token_hex(16)
        g.saves_as = known
    return str(g.saves_as)


def known_terms() -> frozenset[str]:
    """Return the terms of today's glossary that the person who asks knew when they were last shown."""
    return my_progress().known & {term.slug for term in catalogue().terms}


def my_progress() -> Progress:
    """Return what the person who asks has done."""
    if "progress" not in g:
        known = learner_id()
        g.progress = progress(learners.lessons_read(known), my_history(), now()) if known else Progress({}, {})
    found: Progress = g.progress
    return found


def my_history() -> History:
    """Return what the attempts of the person who asks come to; read once in a request."""
    if "history" not in g:
        known = learner_id()
        g.history = history.of_learner(known) if known else History()
    found: History = g.history
    return found
