"""Every setting: its name, its default, and one sentence. Environment variables of these names change them."""

from __future__ import annotations

import math
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32  # characters
LONGEST_GRACE = 3600  # seconds
MOST_BYTES = 1024 * 1024  # of the body of a request


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
        "COURSE_SECRET_KEY",
        "",
        "Key that signs cookies, 32 characters or more; empty: made on first run, kept in the instance folder.",
    ),
    Setting("COURSE_REFRESH_SECONDS", "1", "How often to look for changed course files; 0 never looks."),
    Setting("COURSE_GRACE_SECONDS", "30", "How long after the end of an exam answers on their way are still taken."),
    Setting(
        "COURSE_SECURE_COOKIES",
        "",
        "1 where the course is served over https: cookies are then sent over https only. "
        "Empty: as COURSE_ADDRESS says.",
    ),
    Setting(
        "COURSE_ADDRESS",
        "",
        "Public address of the course, as https://learn.example.org; links in mails begin with it. "
        "Empty: the address a request came to, which only a course without mail server may use.",
    ),
    Setting(
        "COURSE_SMTP",
        "",
        "Mail server, as smtp://user:password@host:587 (STARTTLS) or smtps://…:465; empty: mails are printed.",
    ),
    Setting("COURSE_MAIL_FROM", "", "Sender of mails; needed with a mail server."),
    Setting("COURSE_PROXIES", "0", "How many proxies stand before the server and say in X-Forwarded-For who asks."),
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
    grace_seconds: int = 30
    address: str = ""
    smtp: str = ""
    mail_from: str = ""
    proxies: int = 0


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
    instance = _folder(Path(values["COURSE_INSTANCE"]).resolve())
    return Config(
        course_dir=course_dir,
        instance=instance,
        database_url=values["COURSE_DATABASE_URL"] or _address(instance / "course.db"),
        secret_key=_given_key(values["COURSE_SECRET_KEY"]) or secret_key(instance / "secret_key"),
        refresh_seconds=_seconds("COURSE_REFRESH_SECONDS", values["COURSE_REFRESH_SECONDS"]),
        secure_cookies=_switch("COURSE_SECURE_COOKIES", values["COURSE_SECURE_COOKIES"] or _over_https(values)),
        testing=_switch("COURSE_TESTING", values["COURSE_TESTING"]),
        grace_seconds=_grace(values["COURSE_GRACE_SECONDS"]),
        address=_public(values["COURSE_ADDRESS"]),
        smtp=_smtp(values),
        mail_from=values["COURSE_MAIL_FROM"],
        proxies=_proxies(values["COURSE_PROXIES"]),
    )


def _public(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.path.strip("/")):
        raise CannotStartError(f"COURSE_ADDRESS is “{text}” — write it as https://learn.example.org")
    return text.rstrip("/")


def _over_https(values: Mapping[str, str]) -> str:
    return "1" if values["COURSE_ADDRESS"].startswith("https:") else "0"


def _smtp(values: Mapping[str, str]) -> str:
    text = values["COURSE_SMTP"]
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:  # the text may hold a password
        raise CannotStartError("COURSE_SMTP is no mail server — write it as smtp://user:password@host:587")
    for name in ("COURSE_ADDRESS", "COURSE_MAIL_FROM"):
        if not values[name]:
            raise CannotStartError(f"COURSE_SMTP is set and {name} is not — mails need both")
    return text


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 1):
        raise CannotStartError(f"COURSE_PROXIES is “{text}” — write how many proxies there are, 0 for none")
    return int(text)


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise CannotStartError(f"{name} is “{text}”, which is not a number of seconds — write 1, or 0 to never look")
    return seconds


def _grace(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_GRACE):
        raise CannotStartError(
            f"COURSE_GRACE_SECONDS is “{text}” — write a whole number of seconds from 0 to {LONGEST_GRACE}"
        )
    return int(text)


def _switch(name: str, text: str) -> bool:
    if text not in {"0", "1"}:
        raise CannotStartError(f"{name} is “{text}” — write 1 or 0")
    return text == "1"


def _given_key(text: str) -> str:
    if text and len(text) < SHORTEST_KEY:
        raise CannotStartError(f"COURSE_SECRET_KEY has {len(text)} characters — give it {SHORTEST_KEY} or more")
    return text


def _folder(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStartError(
            f"COURSE_INSTANCE is {path}, which cannot be a folder: {error.strerror} — name another one"
        ) from None
    return path


def _address(file: Path) -> str:
    """Return the address of a database file; in an address % and ? mean something."""
    return "sqlite:///" + str(file).replace("%", "%25").replace("?", "%3F")


def secret_key(file: Path) -> str:
    """Return the key kept in `file`; on first run make one that only this user can read (mode 600)."""
    try:
        if not file.exists():
            _make_key(file)
        key = file.read_text("utf-8", "replace").strip()
    except OSError as error:
        raise CannotStartError(f"{file} cannot be read or made: {error.strerror} — make it your own") from None
    if len(key) < SHORTEST_KEY:
        raise CannotStartError(f"{file} holds no key — delete it, and a new one is made")
    return key


def _make_key(file: Path) -> None:
    """Make a key. It gets its name when it is whole, and the first of several processes gives it."""
    descriptor, unnamed = tempfile.mkstemp(dir=file.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            os.link(unnamed, file)
    finally:
        Path(unnamed).unlink()
