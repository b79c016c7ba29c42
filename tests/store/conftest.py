"""A database of its own for every test of the store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from course.store import engine
from tests.store.writers import store_on


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Path:
    """Return a database file with all tables and no row."""
    return Path(shutil.copy(empty_database, tmp_path / "course.db"))


@pytest.fixture
def store(database: Path) -> Iterator[Flask]:
    """Open the store on that file."""
    app = store_on(database)
    with app.app_context():
        yield app
        engine.close_all()
