"""The connection to the database, and the fair turn before each write.

SQLite is used in WAL mode with full synchronisation: a commit that was acknowledged survives a power
cut. What is deleted is overwritten in the file. Reads run without a transaction of their own; writes
begin with BEGIN IMMEDIATE, behind a lock on a file beside the database, because SQLite's own waiting
polls and starves some writers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from course.config import CannotStartError
from course.store.tables import db

SAFE_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL database when two connections write and checkpoint
WRITES = {"course_begins": "BEGIN IMMEDIATE"}
LOOKS = {"course_begins": "BEGIN"}
BUSY_MILLISECONDS = 10_000


def engine_options(url: str) -> dict[str, Any]:
    """Return how SQLAlchemy is to open the database at `url`."""
    if _dialect(url).name != "sqlite":
        return {"pool_pre_ping": True}
    if pysqlite3.sqlite_version_info < SAFE_SQLITE:
        raise CannotStartError(
            f"SQLite {pysqlite3.sqlite_version} can corrupt a database in WAL mode — install pysqlite3 0.6.1 or later"
        )
    return {"module": pysqlite3}


def _dialect(url: str) -> type[Dialect]:
    """Return what speaks to the database at `url`. Its password must not come into a message."""
    try:
        dialect = make_url(url).get_dialect()
        if dialect.name != "sqlite":
            dialect.import_dbapi()
    except ImportError as error:
        raise CannotStartError(f"COURSE_DATABASE_URL needs the package {error.name} — install it") from None
    except (ArgumentError, ValueError):
        raise CannotStartError(
            "COURSE_DATABASE_URL is no address of a database — write sqlite:////folder/course.db, or leave it empty"
        ) from None
    return dialect


def prepare(engine: Engine) -> None:
    """Set up every connection the engine will open."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # this module says when a transaction begins
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    words = connection.get_execution_options().get("course_begins")
    if words:
        connection.exec_driver_sql(words)


def close_all() -> None:
    """Close every connection. To be called before a process forks: SQLite's do not survive it."""
    db.engine.dispose()


@contextmanager
def reading() -> Iterator[Connection]:
    """Give a connection for reading."""
    with db.engine.connect() as connection:
        yield connection


@contextmanager
def looking() -> Iterator[Connection]:
    """Give a connection for reading several things as they stand at one moment."""
    engine = db.engine
    options: dict[str, Any] = LOOKS if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """Give a connection in a write transaction; it is durable when the block ends, undone on an error."""
    engine = db.engine
    with _turn(engine), engine.connect().execution_options(**WRITES) as connection, connection.begin():
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Wait for the database without polling: the kernel wakes who waits, and a lock ends with its process."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    descriptor = os.open(Path(f"{path}.turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
