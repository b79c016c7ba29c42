"""The migrations make the tables that the code works on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, inspect, text

from course.store import engine, migrations
from course.store.engine import reading, writing
from course.store.tables import Base
from tests.conftest import ROOT
from tests.store.writers import store_on


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """Return the store on a file that is not there yet."""
    return store_on(tmp_path / "new.db")


def schema(connection: Connection) -> dict[str, Any]:
    """Everything the database says of its tables."""
    found = inspect(connection)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)],
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "references": sorted(map(repr, found.get_foreign_keys(table))),
            "unique": sorted(map(repr, found.get_unique_constraints(table))),
            "indexes": sorted(
                re.sub(r"\s+", " ", sql)
                for sql in connection.execute(
                    text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL AND tbl_name = :name"),
                    {"name": table},
                ).scalars()
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_exactly_the_tables_of_the_code(empty: Flask, tmp_path: Path) -> None:
    with empty.app_context():
        migrations.upgrade()
        with reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
            migrated = schema(connection)
        engine.close_all()
    with store_on(tmp_path / "direct.db").app_context():
        with writing() as connection:
            Base.metadata.create_all(connection)
        with reading() as connection:
            assert schema(connection) == migrated
        engine.close_all()
    assert migrated.keys() == {
        "account",
        "allowance",
        "audit",
        "cohort",
        "invitation",
        "member",
        "learner",
        "lesson_read",
        "memory",
        "revision",
        "attempt",
        "attempt_item",
        "attempt_sum",
        "event",
        "forecast",
        "letter",
        "question_sum",
        "sign_in",
    }


def test_upgrading_twice_does_nothing_the_second_time(empty: Flask) -> None:
    with empty.app_context():
        assert migrations.current() is None
        assert migrations.upgrade() is True
        assert migrations.current() == migrations.newest()
        assert migrations.upgrade() is False
        engine.close_all()


def test_the_program_may_lie_in_a_folder_of_any_name(
    empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "50% of %(here)s").symlink_to(migrations.HERE)
    monkeypatch.setattr(migrations, "HERE", tmp_path / "50% of %(here)s")
    with empty.app_context():
        assert migrations.upgrade() is True
        engine.close_all()


def test_every_step_can_be_taken_back_and_taken_again(empty: Flask) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    config.set_main_option("path_separator", "os")
    with empty.app_context():
        migrations.upgrade()
        with writing() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        with reading() as connection:
            assert schema(connection) == {}
        assert migrations.upgrade() is True
        engine.close_all()


def test_upgrading_keeps_what_is_there(store: Flask) -> None:
    del store
    with writing() as connection:
        connection.execute(text("INSERT INTO learner (id, created_at) VALUES ('a', '2026-03-01 08:00:00')"))
    migrations.upgrade()
    with reading() as connection:
        assert connection.execute(text("SELECT id FROM learner")).scalars().all() == ["a"]


def test_steps_are_numbered_without_gaps_and_each_follows_the_one_before() -> None:
    files = sorted(file.name for file in (migrations.HERE / "versions").glob("[0-9]*.py"))
    assert [name[:4] for name in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert migrations.newest() == files[-1][:4]
    before = "None"
    for name in files:
        said = (migrations.HERE / "versions" / name).read_text()
        assert f'\nrevision = "{name[:4]}"\n' in said
        assert f"\ndown_revision = {before}\n" in said
        before = f'"{name[:4]}"'


def test_processes_that_upgrade_at_the_same_time_all_succeed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.store.writers import store_on, tell\n"
        "from course.store import migrations\n"
        "app = store_on(Path(sys.argv[1])); sys.stdin.readline()\n"
        "with app.app_context(): tell(migrations.upgrade())\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "raced.db")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    outputs = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        out, err = process.communicate(timeout=60)
        outputs.append(out.strip())
        assert process.returncode == 0, err.decode()
    assert set(outputs) <= {b"true", b"false"}
    assert b"true" in outputs
