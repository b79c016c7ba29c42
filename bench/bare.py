"""The bare equivalent: a Flask application that does the least that a page or a save needs.

It has no course, no templates, no security and no fair turn before a write. It gives back bytes it
keeps in memory, and commits one durable row for somebody whose signed cookie it has verified.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pysqlite3
from flask import Flask, Response, abort, request, session
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)

FOLDER = "BENCH_FOLDER"  # environment variable: where the pages to give back and the database are
TABLES = MetaData()
LEARNER = Table("learner", TABLES, Column("id", String(32), primary_key=True))
SAVED = Table(
    "saved",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("learner_id", String(32)),
    Column("answer", Text),
)


def create_app() -> Flask:
    """Make the application from the folder named in the environment. Cookies are those of the course."""
    folder = Path(os.environ[FOLDER])
    pages = {file.name: file.read_bytes() for file in (folder / "pages").iterdir()}
    engine = open_database(folder)
    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY=os.environ["COURSE_SECRET_KEY"], SESSION_COOKIE_NAME="course")

    @app.get("/healthz")
    def health() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/page/<name>")
    def page(name: str) -> Response:
        return Response(pages[name], content_type="text/html; charset=utf-8")

    @app.post("/learner")
    def learner() -> dict[str, str]:
        with engine.begin() as connection:
            connection.execute(insert(LEARNER).values(id=_who()))
        return {}

    @app.post("/commit")
    def commit() -> dict[str, str]:
        who = _who()
        with engine.begin() as connection:
            if connection.execute(select(LEARNER.c.id).where(LEARNER.c.id == who)).first() is None:
                abort(404)
            connection.execute(insert(SAVED).values(learner_id=who, answer=request.get_data(as_text=True)))
        return {}

    return app


def _who() -> str:
    who = session.get("learner")
    if not isinstance(who, str):
        abort(403)
    return who


def open_database(folder: Path) -> Engine:
    """Open the database: SQLite in WAL mode, fully synchronised, each transaction begun as a write."""
    engine = create_engine(f"sqlite:///{folder / 'bare.db'}", module=pysqlite3)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def make_database(folder: Path) -> None:
    """Make the tables, before there are two processes that could."""
    engine = open_database(folder)
    TABLES.create_all(engine)
    engine.dispose()


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
