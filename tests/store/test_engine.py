"""How the database is opened, and what a transaction promises."""

from __future__ import annotations

import fcntl
import stat
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from course.config import CannotStartError
from course.store.engine import SAFE_SQLITE, close_all, engine_options, reading, writing
from tests.store.writers import store_on

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 10_000}


def test_every_connection_is_durable_and_keeps_references(store: Flask) -> None:
    del store
    with ExitStack() as stack:
        connections = [stack.enter_context(reading()) for _ in range(8)]
        connections.append(stack.enter_context(writing()))
        for connection in connections:
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
            assert found == PRAGMAS


def test_a_connection_opened_after_closing_all_is_set_up_too(store: Flask) -> None:
    del store
    close_all()
    with reading() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_the_library_in_use_is_the_one_that_was_asked_for_and_a_safe_one(store: Flask) -> None:
    del store
    with reading() as connection:
        assert connection.execute(text("SELECT sqlite_version()")).scalar() == pysqlite3.sqlite_version
    assert pysqlite3.sqlite_version_info >= SAFE_SQLITE


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2), (3, 7, 0)])
def test_a_library_that_can_corrupt_the_database_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(pysqlite3, "sqlite_version", ".".join(map(str, version)))
    with pytest.raises(CannotStartError, match=r"SQLite 3\.\d+\.\d can corrupt .* — install pysqlite3"):
        engine_options("sqlite:////tmp/course.db")


def test_the_first_safe_library_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", SAFE_SQLITE)
    assert engine_options("sqlite:////tmp/course.db") == {"module": pysqlite3}


@pytest.mark.parametrize("address", ["nonsense", "sqlite", "not-a-database://x/y", "http://[::1", "sqlite://x:y/z"])
def test_an_address_that_names_no_database_is_refused_in_plain_words(address: str) -> None:
    with pytest.raises(CannotStartError, match="COURSE_DATABASE_URL is no address of a database — write "):
        engine_options(address)


def test_a_database_whose_driver_is_not_installed_is_refused_without_telling_its_password() -> None:
    with pytest.raises(CannotStartError, match=r"COURSE_DATABASE_URL needs .*oracledb.* install") as refused:
        engine_options("oracle+oracledb://course:topsecret@host/course")
    assert "topsecret" not in str(refused.value)


def test_what_a_failed_transaction_wrote_is_undone(store: Flask) -> None:
    del store
    with suppress(RuntimeError), writing() as connection:
        connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('a', '2026-03-01')"))
        raise RuntimeError
    with reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM learner")).scalar() == 0
    with writing() as connection:
        connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('b', '2026-03-01')"))
    with reading() as connection:
        assert connection.execute(text("SELECT id FROM learner")).scalars().all() == ["b"]


def test_a_row_that_refers_to_nobody_is_refused(store: Flask) -> None:
    del store
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), writing() as connection:
        connection.execute(text("INSERT INTO lesson_read VALUES ('nobody', 'hull', '2026-03-01')"))


def test_reading_does_not_wait_for_a_writer_and_does_not_see_what_is_not_committed(store: Flask) -> None:
    del store
    with writing() as connection:
        connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('a', '2026-03-01')"))
        with reading() as other:
            assert other.execute(text("SELECT count(*) FROM learner")).scalar() == 0
    with reading() as other:
        assert other.execute(text("SELECT count(*) FROM learner")).scalar() == 1


def test_a_second_writer_waits_for_the_first(store: Flask) -> None:
    order: list[str] = []
    begun = threading.Event()

    def second() -> None:
        with store.app_context():
            begun.set()
            with writing() as connection:
                order.append("second")
                assert connection.execute(text("SELECT count(*) FROM learner")).scalar() == 1

    thread = threading.Thread(target=second)
    with writing() as connection:
        thread.start()
        begun.wait(10)
        connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('a', '2026-03-01')"))
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_who_writes_stands_in_line_at_a_file_beside_the_database(store: Flask, database: Path) -> None:
    """SQLite's own waiting polls and starves some; the kernel hands a file lock on in order."""
    done = threading.Event()

    def write() -> None:
        with store.app_context(), writing() as connection:
            connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('a', '2026-03-01')"))
        done.set()

    thread = threading.Thread(target=write)
    with Path(f"{database}.turn").open("w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        thread.start()
        assert not done.wait(0.3)
        with reading() as connection:  # reading needs no turn
            assert connection.execute(text("SELECT count(*) FROM learner")).scalar() == 0
    assert done.wait(10)
    thread.join(10)


def test_a_write_transaction_holds_the_database_from_its_first_moment(store: Flask, database: Path) -> None:
    """Also against programs that know nothing of the line, and before anything was read."""
    del store
    outside = pysqlite3.connect(str(database), timeout=0, isolation_level=None)
    try:
        with writing(), pytest.raises(pysqlite3.OperationalError, match="locked"):
            outside.execute("BEGIN IMMEDIATE")
        outside.execute("BEGIN IMMEDIATE")
    finally:
        outside.close()


def test_only_the_owner_may_read_the_file_that_writers_wait_at(store: Flask, database: Path) -> None:
    del store
    with writing():
        pass
    assert stat.S_IMODE(Path(f"{database}.turn").stat().st_mode) & 0o077 == 0


def test_waiting_in_line_leaves_no_file_open(store: Flask) -> None:
    del store

    def turns_open() -> int:
        return sum(str(link.resolve()).endswith(".turn") for link in Path("/proc/self/fd").iterdir())

    with writing():
        assert turns_open() == 1
    with pytest.raises(RuntimeError), writing():
        raise RuntimeError
    assert turns_open() == 0


def test_a_database_in_memory_has_nothing_to_wait_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = store_on(Path(":memory:"))
    with app.app_context(), writing() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert not list(tmp_path.iterdir())
