"""Forecasts: kept with what they were made from, paired with the next mock, and held against its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from course.store.engine import reading, writing
from course.store.tables import ForecastRow


@dataclass(frozen=True)
class Forecast:
    """What was told: the chance and its range, from 0 to 1, and what it was made from, as plain data."""

    learner_id: str
    slug: str
    at: datetime
    chance: float
    low: float
    high: float
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Paired:
    """A forecast and the mock that came after it."""

    at: datetime
    chance: float
    attempt_id: str
    passed: bool


LAST = (
    select(ForecastRow.inputs)
    .where(ForecastRow.learner_id == bindparam("learner"), ForecastRow.slug == bindparam("slug"))
    .order_by(ForecastRow.id.desc())
    .limit(1)
)
MINE = (
    select(ForecastRow.at, ForecastRow.chance, ForecastRow.attempt_id, ForecastRow.passed)
    .where(ForecastRow.learner_id == bindparam("learner"), ForecastRow.passed.is_not(None))
    .order_by(ForecastRow.id.desc())
)
ALL = select(ForecastRow.chance, ForecastRow.passed).where(ForecastRow.passed.is_not(None))


def keep(forecast: Forecast) -> None:
    """Keep a forecast; one made from the very same answers is kept once."""
    with reading() as connection:
        known = connection.execute(LAST, {"learner": forecast.learner_id, "slug": forecast.slug}).scalar()
    if known == forecast.inputs:
        return
    with writing() as connection:
        connection.execute(insert(ForecastRow).values(**vars(forecast)))


def pair(learner_id: str, slug: str, attempt_id: str) -> None:
    """Give the last forecast, if it has no mock yet, the one that begins now."""
    last = (
        select(ForecastRow.id)
        .where(ForecastRow.learner_id == learner_id, ForecastRow.slug == slug)
        .order_by(ForecastRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    with writing() as connection:
        connection.execute(
            update(ForecastRow)
            .where(ForecastRow.id == last, ForecastRow.attempt_id.is_(None))
            .values(attempt_id=attempt_id)
        )


def settle_within(connection: Connection, attempt_id: str, passed: bool) -> None:
    """Note what came of the mock that a forecast was paired with, within a write transaction that goes on."""
    connection.execute(
        update(ForecastRow)
        .where(ForecastRow.attempt_id == attempt_id, ForecastRow.passed.is_(None))
        .values(passed=passed)
    )


def of_learner(learner_id: str) -> tuple[Paired, ...]:
    """Return a learner's forecasts whose mock is over, the latest first."""
    with reading() as connection:
        rows = connection.execute(MINE, {"learner": learner_id}).all()
    return tuple(Paired(row.at, row.chance, row.attempt_id, bool(row.passed)) for row in rows)


def everybody() -> tuple[tuple[float, bool], ...]:
    """Return (chance, passed) of every forecast whose mock is over."""
    with reading() as connection:
        return tuple((float(chance), bool(passed)) for chance, passed in connection.execute(ALL).all())
