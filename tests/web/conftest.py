"""People who visit the small course."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from course.library.catalogue import Catalogue
from course.store.engine import reading
from course.store.tables import Base
from tests.conftest import MakeApp
from tests.exams import write_course
from tests.web.browsing import Visitor
from tests.web.people import account


@pytest.fixture
def ship(make_app: MakeApp, tmp_path: Path) -> Flask:
    """Return a course with a mock exam, one lesson and one quiz, on a database that can be looked into."""
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


@pytest.fixture
def ana(app: Flask) -> str:
    """Make an account; return its learner."""
    return account(app).learner_id


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Return somebody who has never been here."""
    return Visitor(app)


@pytest.fixture
def other(app: Flask) -> Visitor:
    """Return somebody else."""
    return Visitor(app)


@pytest.fixture
def catalogue(app: Flask) -> Catalogue:
    """Return the course as the application sees it, with its keys."""
    found: Catalogue = app.extensions["library"].catalogue
    return found


@pytest.fixture
def database(app: Flask) -> Path:
    """Return the file in which the application keeps everything."""
    instance: Path = app.config["COURSE"].instance
    return instance / "course.db"


BUT = {"allowance": " WHERE name NOT LIKE 'guest/%'"}  # nobody's own, and there wherever somebody began
Rows = Callable[[], Mapping[str, int]]


@pytest.fixture
def rows(app: Flask) -> Rows:
    """Return a function that counts the rows of each table; tables without rows are left out, and guests by network."""

    def count() -> Mapping[str, int]:
        with app.app_context(), reading() as connection:
            numbers = {
                name: int(connection.execute(text(f"SELECT count(*) FROM {name}{BUT.get(name, '')}")).scalar() or 0)  # noqa: S608
                for name in Base.metadata.tables
            }
        return {name: number for name, number in numbers.items() if number}

    return count
