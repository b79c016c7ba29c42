"""What a learner takes along: a ZIP file with everything that is kept of them, for people and for programs.

Left out are the seeds of a shuffle, the revision of a question, which is made of its key, and sums, which say nothing
new.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Generic, TypeVar

from flask import render_template

from course.core.naming import slug
from course.core.table import written
from course.store.personal import Everything
from course.web import current
from course.web.told import Line, Told, tell

T = TypeVar("T")
MARK_ORDER = "\ufeff"  # by which spreadsheets know UTF-8


@dataclass(frozen=True)
class Read:
    """A lesson that was marked as read."""

    slug: str
    title: str
    module: str
    at: datetime


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a table: its name, what it means, and what stands in it."""

    name: str
    meaning: str
    cell: Callable[[T], object]


def _decimal(mark: Fraction | None) -> str | None:
    return None if mark is None else f"{float(mark):.4f}".rstrip("0").removesuffix(".")


def _marks(told: Told) -> Fraction | None:
    return told.score.marks if told.score else None


def _minutes(told: Told) -> str | None:
    limit = told.attempt.limit
    return None if limit is None else f"{limit.total_seconds() / 60:g}"


LESSONS: tuple[Column[Read], ...] = (
    Column("read_utc", "when you marked it as read", lambda read: read.at),
    Column("lesson", "its title", lambda read: read.title),
    Column("module", "the part of the course it belongs to", lambda read: read.module),
    Column("slug", "its name in addresses", lambda read: read.slug),
)
ATTEMPTS: tuple[Column[Told], ...] = (
    Column("attempt", "its number, by which answers.csv names it", lambda told: told.attempt.id),
    Column("started_utc", "when you began", lambda told: told.attempt.started_at),
    Column("last_utc", "when something was last kept of it", lambda told: told.last_at),
    Column("kind", "practice, exercise, flashcards, review or exam", lambda told: told.attempt.rules.name),
    Column("title", "what it was", lambda told: told.title),
    Column("over", "yes where nothing is left to do in it", lambda told: "yes" if told.over else "no"),
    Column("questions", "how many questions it has", lambda told: len(told.attempt.items)),
    Column("score", "marks at the first try, one for each question at most", lambda told: _decimal(_marks(told))),
    Column("score_exact", "the same as an exact fraction", _marks),
    Column("needed", "in an exam: the marks it takes to pass", lambda told: told.needed),
    Column("minutes", "the time it may take; empty where there is no limit", _minutes),
)
ANSWERS: tuple[Column[Line], ...] = (
    Column("attempt", "the attempt it belongs to", lambda line: line.told.attempt.id),
    Column("sequence", "its place within the attempt", lambda line: line.event.sequence),
    Column("time_utc", "when it was kept", lambda line: line.event.at),
    Column("kind", "as in attempts.csv", lambda line: line.told.attempt.rules.name),
    Column("title", "as in attempts.csv", lambda line: line.told.title),
    Column("act", "what you did; see below", lambda line: line.event.act),
    Column("number", "the question's number within the attempt", lambda line: line.number),
    Column("question_id", "the question's name in the course", lambda line: line.event.question_id),
    Column("question", "the question as it was asked, or the term of a flashcard", lambda line: line.question),
    Column("look", "how often it was looked at; in an exam: which change it is", lambda line: line.event.look),
    Column("answer", "what you answered", lambda line: line.answer),
    Column("mark", "from 0 to 1, rounded to four decimals", lambda line: _decimal(line.mark)),
    Column("mark_exact", "the same as an exact fraction", lambda line: line.mark),
    Column("certainty", "guess, unsure or sure, where you said so", lambda line: line.event.certainty),
    Column("seconds", "in an exam: how long the question was on the screen", lambda line: line.event.seconds),
)


def file_name() -> str:
    """Return what the file is called: by the course and the day."""
    return f"{slug(current.catalogue().info.title) or 'course'}-{current.now():%Y-%m-%d}.zip"


def zipped(kept: Everything) -> bytes:
    """Return the file."""
    now = current.now().astimezone(UTC)
    lessons, attempts = _lessons(kept), tell(kept.attempts, now)
    tables = {"lessons.csv": LESSONS, "attempts.csv": ATTEMPTS, "answers.csv": ANSWERS}
    files = {
        "README.txt": render_template("account/readme.txt", made_at=_time(now), tables=tables),
        "data.json": _json(_data(kept, lessons, attempts, now)),
        "lessons.csv": _csv(LESSONS, lessons),
        "attempts.csv": _csv(ATTEMPTS, attempts),
        "answers.csv": _csv(ANSWERS, (line for attempt in attempts for line in attempt.lines)),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.external_attr = 0o600 << 16  # as whoever unpacks it may read and change it
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _lessons(kept: Everything) -> list[Read]:
    found = []
    for name, at in sorted(kept.lessons.items(), key=lambda each: each[1]):
        lesson = current.catalogue().lesson(name)
        found.append(Read(name, lesson.title if lesson else name, lesson.module_title if lesson else "", at))
    return found


# ---- tables ----


def _csv(columns: Sequence[Column[T]], things: Iterable[T]) -> str:
    rows = ([_cell(column.cell(thing)) for column in columns] for thing in things)
    return MARK_ORDER + written([column.name for column in columns], rows)


def _cell(value: object) -> str:
    """Return what stands in a cell: a text in one line, a time in UTC, nothing for None."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime):
        return _time(value)
    return "" if value is None else str(value)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


# ---- data.json ----


def _json(data: Mapping[str, Any]) -> str:
    """Write data with a line for each record, so that an editor can open it."""
    parts = []
    for name, value in data.items():
        text = f"[\n{_records(value)}\n]" if isinstance(value, list) else _record(value)
        parts.append(f"{_record(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _records(values: Iterable[Any]) -> str:
    return ",\n".join(map(_record, values))


def _record(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: date | Fraction) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _data(kept: Everything, lessons: Iterable[Read], attempts: Iterable[Told], now: datetime) -> Mapping[str, Any]:
    return {
        "course": current.catalogue().info.title,
        "made_at": now,
        "learner": {
            "id": kept.learner_id,
            "created_at": kept.created_at,
            "exam_on": kept.exam_on,
            "exam_time": kept.exam_time,
        },
        "account": kept.account,
        "sign_ins": list(kept.sign_ins),
        "letters": list(kept.letters),
        "cohorts": list(kept.cohorts),
        "teaches": list(kept.teaches),
        "invitations": list(kept.invitations),
        "log": list(kept.log),
        "lessons": [vars(read) for read in lessons],
        "attempts": [_attempt(attempt) for attempt in attempts],
        "memory": list(kept.memory),
        "forecasts": list(kept.forecasts),
    }


def _attempt(told: Told) -> Mapping[str, Any]:
    attempt = told.attempt
    return {
        "id": attempt.id,
        "slug": attempt.slug,
        "title": told.title,
        "kind": attempt.rules.name,
        "started_at": attempt.started_at,
        "limit_seconds": None if attempt.limit is None else attempt.limit.total_seconds(),
        "grace_seconds": attempt.grace.total_seconds(),
        "terms": told.terms,
        "over": told.over,
        "score": _marks(told),
        "questions": len(attempt.items),
        "asked": [
            {"number": number, "question_id": item.question_id, "question": text} for number, item, text in told.asked
        ],
        "events": [_event(line) for line in told.lines],
    }


def _event(line: Line) -> Mapping[str, Any]:
    event = line.event
    return {
        "sequence": event.sequence,
        "at": event.at,
        "act": event.act,
        "question_id": event.question_id,
        "look": event.look,
        "response": event.response,
        "answer": line.answer,
        "mark": line.mark,
        "certainty": event.certainty,
        "seconds": event.seconds,
    }
