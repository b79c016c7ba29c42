"""A course with a mock exam, made for a test: two topics, 20 questions in the pool, 6 asked."""

from __future__ import annotations

from pathlib import Path

import pysqlite3

from course.core.limits import ACTS

COURSE = """\
---
title: Ship Study
subject: Ships
about: One lesson, one quiz, one mock exam.
modules: {first: The first module}
outcomes: {1a: Hulls, 2b: Oars}
---
"""
LESSON = """\
---
title: The ship
module: first
order: 10
about: What floats.
outcomes: [1a, 2b]
quiz: ship
---

A ship floats.
"""
EXAM = """\
---
title: The ship mock
about: Six questions on ships.
minutes: {minutes}
pass: 70%
extra_time: 25%
styles: {{list: 1}}
---

| Outcomes | Topic | Bloom 2 | Bloom 3 |
|---|---|---|---|
| 1a | Hulls | 2 | 2 |
| 2b | Oars | 2 | |
"""
NUMBERS = range(8)
CELLS = (("1a", 2), ("1a", 3), ("2b", 2))


def question(name: str, outcome: str, bloom: int, number: int) -> str:
    """A single choice of four; the words of its key, reasons and explanation stand nowhere else."""
    style = " `style=list`" if number == 0 else ""
    key = (number + bloom) % 4
    options = "".join(
        f"- [{'x' if n == key else ' '}] Plank {name} {'abcd'[n]}\n  > {'Sound' if n == key else 'Rotten'}{name}{n}.\n"
        for n in range(4)
    )
    return (
        f"## Which plank is number {name}?\n\n`single` `id={name}` `outcome={outcome}` `bloom={bloom}`{style}\n\n"
        f"A ship of *{number}* masts.\n\n{options}\n> **Why:** whysaid{name}.\n"
    )


def pool(numbers: range = NUMBERS) -> list[str]:
    """So many questions for each cell of the exam."""
    return [question(f"p{o}-{b}-{n}", o, b, n) for o, b in CELLS for n in numbers]


def write_course(folder: Path, minutes: int = 90, numbers: range = NUMBERS) -> Path:
    """Write the course into a folder; return it."""
    files = {
        "content/course.md": COURSE,
        "content/lessons/ship.md": LESSON,
        "quizzes/ship.quiz.md": "---\ntitle: Ships\nlesson: ship\n---\n\n"
        + "\n".join(question(f"q{o}-{n}", o, 2, n) for o in ("1a", "2b") for n in range(4)),
        "quizzes/pool.quiz.md": "---\ntitle: The pool\nuse: exam\n---\n\n" + "\n".join(pool(numbers)),
        "quizzes/ship.exam.md": EXAM.format(minutes=minutes),
    }
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def age(database: Path, attempt_id: str, seconds: float) -> None:
    """Let an attempt have begun so much earlier than it did, with everything in it."""
    with pysqlite3.connect(database, timeout=10) as connection:
        for table, column, key in (("attempt", "started_at", "id"), ("event", "at", "attempt_id")):
            connection.execute(
                f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, ?) WHERE {key} = ?",  # noqa: S608
                (f"{-seconds:+} seconds", attempt_id),
            )
    connection.close()


def fill(database: Path, attempt_id: str, acts: int = ACTS.most, ago: float = 0, step: int = 1) -> None:
    """Add so many acts to an attempt, all of them so many seconds ago; their numbers go up by `step`."""
    with pysqlite3.connect(database, timeout=10) as connection:
        connection.executemany(
            "INSERT INTO event (attempt_id, sequence, act, question_id, look, response, at) VALUES (:id, :step + "
            "(SELECT coalesce(max(sequence), 0) FROM event WHERE attempt_id = :id), "
            "'flag', 'another', :look, '[]', strftime('%Y-%m-%d %H:%M:%f', 'now', :ago))",
            [{"id": attempt_id, "step": step, "look": n, "ago": f"{-ago} seconds"} for n in range(1, acts + 1)],
        )
    connection.close()
