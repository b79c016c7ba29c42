"""How often something may be done, counted over all processes."""

from __future__ import annotations

import math
from datetime import timedelta

from werkzeug.exceptions import TooManyRequests

from course.store import accounts
from course.web import current

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


def limit(name: str, most: int, within: timedelta) -> None:
    """Count one more use under a name. Raises TooManyRequests, with the time to wait, beyond `most`."""
    wait = accounts.allow([name], most, within, current.now())
    if wait is not None:
        raise TooManyRequests(retry_after=math.ceil(wait.total_seconds()))
