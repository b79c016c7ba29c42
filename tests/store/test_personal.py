"""Everything of a learner is read, and everything of a learner is deleted: of one, and of nobody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from course.core.accounts import Purpose, Role
from course.core.settings import Settings
from course.store import accounts, attempts, learners, personal
from course.store.engine import close_all, reading, writing
from course.store.tables import Base
from tests.store.writers import AT, ITEMS, checked, new_attempt, saved

LEARNER = Base.metadata.tables["learner"]
# Tables without anything of a learner. A new table belongs here, or goes with its learner: nothing in between.
OF_NOBODY = {"revision"}  # the texts of questions as they were asked, which belong to the course
BY_ADDRESS = {"letter", "allowance"}  # of an account, which they know by its address: deleted by hand
KEPT = {"audit"}  # the log: nothing of a guest, and of an account a number that is nobody's afterwards


def of_a_learner() -> list[Table]:
    """Every table that a learner's rows can be in, parents first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in OF_NOBODY | BY_ADDRESS | KEPT]


def parent(column: Column[Any]) -> Column[Any] | None:
    """What a column refers to."""
    return next((key.column for key in column.foreign_keys), None)


@pytest.mark.parametrize("table", of_a_learner(), ids=lambda table: str(table.name))
def test_every_table_with_something_of_a_learner_is_emptied_with_the_learner(table: Table) -> None:
    """A table that has no learner is to be named in `OF_NOBODY`."""
    keys = table.foreign_keys
    assert table is LEARNER or any(key.column.table.name not in OF_NOBODY for key in keys), f"{table} has no owner"
    assert all(key.ondelete == "CASCADE" for key in keys), f"{table} outlives its learner"
    for column in table.columns:
        named = column.name in {"learner_id", "attempt_id"}
        assert not named or parent(column) is not None, f"{column} refers to nothing"


def test_the_database_itself_says_so_too(store: Flask) -> None:
    del store
    with reading() as connection:
        found = inspect(connection)
        there = set(found.get_table_names()) - OF_NOBODY - BY_ADDRESS - KEPT - {"learner", "alembic_version"}
        assert there == {table.name for table in of_a_learner()} - {"learner"}
        for name in there:
            keys = found.get_foreign_keys(name)
            assert keys, name
            assert {key["options"].get("ondelete") for key in keys} == {"CASCADE"}, name


def row_of(table: Table, who: str, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A row with something in every column, belonging to the rows of the same learner that were made before."""
    row: dict[str, Any] = {}
    for column in table.columns:
        above = parent(column)
        kind = getattr(column.type, "impl_instance", column.type).python_type
        values: dict[type, Any] = {datetime: AT, date: AT.date(), int: 1 if who == "ann" else 2, float: 0.5, bool: True}
        row[column.name] = made[above.table.name][above.name] if above is not None else values.get(kind, f"{who}s")
    return row


def fill(who: str) -> None:
    """Put a row of a learner into every table that can hold one."""
    made: dict[str, dict[str, Any]] = {}
    with writing() as connection:
        for table in of_a_learner():
            made[table.name] = row_of(table, who, made)
            connection.execute(table.insert().values(made[table.name]))


def counts() -> dict[str, int]:
    tables = [table for table in Base.metadata.tables.values() if table.name not in KEPT]
    with reading() as connection:
        return {table.name: len(connection.execute(table.select()).all()) for table in tables}


def test_deleting_a_learner_leaves_no_row_of_theirs_and_every_row_of_others(store: Flask) -> None:
    del store
    fill("ann")
    fill("bob")
    assert set(counts().values()) == {0, 2}
    personal.delete_everything("anns", AT)
    for table in of_a_learner():
        with reading() as connection:
            (left,) = connection.execute(table.select()).all()
        assert "bobs" in left or 2 in left, table
    personal.delete_everything("bobs", AT)
    assert set(counts().values()) == {0}


def test_what_knows_an_account_by_its_address_goes_too_and_that_of_others_stays(store: Flask) -> None:
    del store
    addresses = ["ann@example.org", "x/ann@example.org", "joann@example.org"]
    made = [accounts.make(address, "A", "hash", Role.LEARNER, AT) for address in addresses]
    ids = [account.learner_id for account in made if account is not None]
    for address, learner_id in zip(addresses, ids, strict=True):
        accounts.write_letter(Purpose.RESET, address, AT)
        accounts.allow([f"signin/{address}", f"mail/{address}", f"password/{learner_id}"], 9, timedelta(hours=1), AT)
    accounts.allow(["signin/192.0.2.1"], 9, timedelta(hours=1), AT)
    accounts.sign_in(ids[0], "a browser", AT)
    personal.delete_everything(ids[0], AT)
    assert counts()["account"] == counts()["letter"] == 2
    assert counts()["sign_in"] == 0
    with reading() as connection:
        left = set(connection.execute(text("SELECT name FROM allowance")).scalars())
    assert left == {
        "signin/192.0.2.1",
        *(f"{what}/{address}" for what in ("signin", "mail") for address in addresses[1:]),
        *(f"password/{learner_id}" for learner_id in ids[1:]),
    }


def test_deleting_nobody_does_nothing(store: Flask) -> None:
    del store
    fill("ann")
    before = counts()
    personal.delete_everything("nobody", AT)
    personal.delete_everything("", AT)
    assert counts() == before


def test_a_deletion_that_fails_half_way_deletes_nothing(store: Flask) -> None:
    del store
    fill("ann")
    before = counts()
    with writing() as connection:
        connection.execute(
            text("CREATE TRIGGER refuse BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        )
    with pytest.raises(IntegrityError, match="the disk is full"):
        personal.delete_everything("anns", AT)
    assert counts() == before


def test_what_is_deleted_is_not_in_the_file_any_more(store: Flask, database: Path) -> None:
    del store
    attempts.start(new_attempt("1", "guest-who-goes"), "start", ITEMS)
    for n in range(1, 300):
        attempts.save("attempt-1", saved(n, f"secret-answer-{n}"))
    learners.mark_read("guest-who-stays", "harbour", AT)
    assert in_the_file(database) == {b"guest-who-goes", b"secret-answer", b"guest-who-stays"}
    personal.delete_everything("guest-who-goes", AT)
    assert in_the_file(database) == {b"guest-who-stays"}


def in_the_file(database: Path) -> set[bytes]:
    """Which of these words stand in the database, once all that was written is in its one file."""
    with writing():
        pass
    with reading() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    close_all()
    data = database.read_bytes()
    return {word for word in (b"guest-who-goes", b"secret-answer", b"guest-who-stays") if word in data}


@pytest.fixture
def two(store: Flask) -> None:
    """Keep something of two learners."""
    del store
    for who in ("ann", "bob"):
        attempts.start(new_attempt(who, who), "start", ITEMS)
        for n in (1, 2, 3):
            attempts.save(f"attempt-{who}", saved(n, f"{who}-{n}"))
        attempts.act(f"attempt-{who}", checked(1, f"{who}-4"))
        learners.mark_read(who, f"lesson-of-{who}", AT)
    learners.set_settings("ann", Settings(date(2026, 5, 1)), AT)


def test_everything_holds_every_act_and_not_only_the_last_save(two: None) -> None:
    del two
    kept = personal.everything("ann")
    assert kept is not None
    assert (kept.learner_id, kept.created_at, kept.exam_on) == ("ann", AT, date(2026, 5, 1))
    assert kept.lessons == {"lesson-of-ann": AT}
    (attempt,) = kept.attempts
    assert [dict(event.response)["card-1"] for event in attempt.events] == ["ann-1", "ann-2", "ann-3", "ann-4"]
    assert "bob" not in repr(kept)


def test_of_somebody_who_is_not_there_there_is_nothing(two: None) -> None:
    del two
    personal.delete_everything("ann", AT)
    assert personal.everything("ann") is None
    assert personal.everything("") is None
    assert personal.everything("bob") is not None
