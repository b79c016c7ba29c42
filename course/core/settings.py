"""What a learner sets for themselves and the server keeps; how pages look is kept in cookies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Settings:
    """A learner's settings; None: not set."""

    exam_on: date | None = None
    exam_time: str | None = None  # chosen for mock exams: a factor of their minutes, or `none` for no limit
