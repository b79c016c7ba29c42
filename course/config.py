"""Every setting: its name, its default, and one sentence. Environment variables of these names change them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class CannotStartError(ValueError):
    """The application cannot start as it is set up; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Setting:
    """One setting of the application."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("COURSE_DIR", str(ROOT), "Folder of the course: it holds content/ and quizzes/."),
    Setting("COURSE_INSTANCE", str(ROOT / "instance"), "Folder for what the application keeps: database, secret key."),
    Setting("COURSE_DATABASE_URL", "", "SQLAlchemy address of the database; empty: course.db in the instance folder."),
    Setting(
        "COURSE_SECRET_KEY", "", "Key that signs cookies; empty: made on first run and kept in the instance folder."
    ),
    Setting("COURSE_REFRESH_SECONDS", "1", "How often to look for changed course files; 0 never looks."),
    Setting(
        "COURSE_SECURE_COOKIES", "0", "1 where the course is served over https: cookies are then sent over https only."
    ),
    Setting("COURSE_TESTING", "0", "1 only in automatic tests: a seed in the address counts."),
)


@dataclass(frozen=True)
class Config:
    """The settings, read and typed."""

    course_dir: Path
    instance: Path
    database_url: str
    secret_key: str
    refresh_seconds: float
    secure_cookies: bool
    testing: bool


def read(environment: Mapping[str, str] | None = None) -> Config:
    """Read the settings from the environment; make the instance folder and the secret key where missing.

    Raises CannotStartError with a plain sentence where a setting cannot be used.
    """
    given = os.environ if environment is None else environment
    values = {s.name: given.get(s.name) or s.default for s in SETTINGS}
    course_dir = Path(values["COURSE_DIR"]).resolve()
    if not (course_dir / "content").is_dir():
        raise CannotStartError(
            f"COURSE_DIR is {course_dir}, which has no folder content/ — name the folder of a course"
        )
    instance = Path(values["COURSE_INSTANCE"]).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    return Config(
        course_dir=course_dir,
        instance=instance,
        database_url=values["COURSE_DATABASE_URL"] or f"sqlite:///{instance / 'course.db'}",
        secret_key=values["COURSE_SECRET_KEY"] or secret_key(instance / "secret_key"),
        refresh_seconds=_seconds(values["COURSE_REFRESH_SECONDS"]),
        secure_cookies=values["COURSE_SECURE_COOKIES"] == "1",
        testing=values["COURSE_TESTING"] == "1",
    )


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        raise CannotStartError(f"COURSE_REFRESH_SECONDS is “{text}”, which is not a number — write 1") from None


def secret_key(file: Path) -> str:
    """Return the key kept in `file`; on first run make one that only this user can read (mode 600)."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_text().strip()
        if len(key) < 32:
            raise CannotStartError(f"{file} holds no key — delete it, and a new one is made") from None
        return key
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_hex(32)
        handle.write(key + "\n")
    return key
