"""How long it takes to export and to delete everything of a learner with 20,000 answers.

    .venv/bin/python bench/data.py [--quick]

The learner is that of bench/progress.py. Beside the export stands a bare equivalent: reading all of the learner's acts
with one statement and packing them as JSON. Exports are timed twice: with the course as it was answered, and with a
course in which every question has changed since, so that each is read from what was kept of it.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import text

from bench import rounds
from bench.progress import study
from course import clock, config, create_app
from course.store import engine, migrations, personal

MANY, QUICK = 20_000, 500
ACTS = text("SELECT e.* FROM event e JOIN attempt a ON a.id = e.attempt_id WHERE a.learner_id = :learner")


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=7)
    answers = QUICK if given.quick else MANY
    print(rounds.machine())
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.read({"COURSE_INSTANCE": folder}))
        library = app.extensions["library"]
        with app.app_context():
            migrations.upgrade()
            study(library.catalogue, "many", answers)
        bare = _times(given.rounds, lambda: _bare(app))
        size = len(_export(app))
        fresh = _times(given.rounds, lambda: _export(app))
        today = library.catalogue
        library.catalogue = replace(today, revisions=dict.fromkeys(today.revisions, "changed"), memo={})
        stale = _times(given.rounds, lambda: _export(app))
        library.catalogue = today
        gone = _times(1, lambda: _delete(app))
    figures = {"bare_s": bare, "export_s": fresh, "export_all_changed_s": stale, "delete_s": gone}
    rounds.table([f"{answers:,} answers", "seconds"], list(figures.items()))
    print(f"The file has {size / 1e6:.1f} MB.\n")
    rounds.closing_line("data", given.quick, {**figures, "bytes": size})


def _times(number: int, do: Callable[[], object]) -> float:
    times = []
    for _ in range(number):
        begun = time.perf_counter()
        do()
        times.append(time.perf_counter() - begun)
    return median(times)


def _export(app: Flask) -> bytes:
    client = app.test_client()
    with client.session_transaction() as session:
        session["learner"] = "many"
    answer = client.get("/account/export")
    if answer.mimetype != "application/zip":
        raise SystemExit(f"no file, but {answer.status}")
    return answer.get_data()


def _bare(app: Flask) -> bytes:
    with app.app_context(), engine.reading() as connection:
        rows = [tuple(row) for row in connection.execute(ACTS, {"learner": "many"})]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("acts.json", json.dumps(rows))
    return buffer.getvalue()


def _delete(app: Flask) -> None:
    with app.app_context():
        personal.delete_everything("many", clock.now())


if __name__ == "__main__":
    main()
