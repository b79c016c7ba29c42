"""Migrations: how the tables came to be. One file a step, in `versions`; its number is its name."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from course.config import CannotStartError
from course.store.engine import reading, writing

HERE = Path(__file__).parent


def newest() -> str:
    """Return the number of the last step."""
    return max(file.name[:4] for file in (HERE / "versions").glob("[0-9]*.py"))


def current() -> str | None:
    """Return the step the database stands at; None before the first."""
    with reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade() -> bool:
    """Bring the database up to date, in one transaction. Return whether there was anything to do.

    Raises CannotStartError where the database cannot be opened, or is newer than this program.
    """
    try:
        found = current()
    except DBAPIError as error:
        raise CannotStartError(
            f"the database cannot be opened: {error.orig} — look at COURSE_DATABASE_URL, and at whose folder it is"
        ) from None
    if found == newest():
        return False
    if found is not None and found > newest():
        raise CannotStartError(
            f"the database was made by a newer version of the course (step {found}) — "
            "use that version, or another database"
        )
    # Imported only when needed: it takes as long as all the rest of a start.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
