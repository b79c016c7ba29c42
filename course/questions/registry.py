"""The kinds of question there are: what the files of this folder define."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import course.questions
from course.questions._kind import Kind
from course.seams import classes_in


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by name."""
    return MappingProxyType({kind.name: kind() for kind in classes_in(course.questions, Kind)})  # type: ignore[type-abstract]
