"""The commands: flask course check | upgrade | serve | user."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from course import clock
from course.config import ROOT, SETTINGS, CannotStartError, Config
from course.core.accounts import Purpose, Role
from course.core.problems import Severity
from course.library.checker import Checked, check_catalogue
from course.store import accounts, engine, migrations
from course.web import passwords, signing, templating

course = AppGroup("course", help="Check, prepare and serve the course.")


def _config() -> Config:
    config: Config = current_app.config["COURSE"]
    return config


def _checked() -> Checked:
    return check_catalogue(current_app.extensions["library"].catalogue)


@course.command("check")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
def check(style: str, strict: bool) -> None:
    """Print every problem of every lesson, quiz and link; exit 1 on errors."""
    checked = _checked()
    if style == "json":
        click.echo(json.dumps({"problems": [asdict(p) for p in checked.problems], "counts": asdict(checked.counts)}))
    else:
        _print(checked)
    failed = checked.count(Severity.ERROR) or (strict and checked.problems)
    sys.exit(1 if failed else 0)


def _print(checked: Checked) -> None:
    for problem in checked.problems:
        click.echo(str(problem))
    counts = checked.counts
    click.echo(
        f"{counts.lessons} lessons, {counts.exercises} exercises with {counts.cards} distinct cards, "
        f"{counts.quizzes} quizzes, {counts.exams} mock exams, {counts.questions} questions, "
        f"{counts.terms} glossary terms, {counts.figures} figures"
    )
    for name, numbers in (
        ("kind", counts.by_kind),
        ("topic", counts.by_outcome),
        ("Bloom level", counts.by_bloom),
        ("style", counts.by_style),
        ("position of the key", counts.by_key),
    ):
        click.echo(f"questions by {name}: {_listed(numbers)}")
    errors, warnings = checked.count(Severity.ERROR), checked.count(Severity.WARNING)
    click.echo(f"{errors} errors, {warnings} warnings")


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.items()) or "none"


@course.command("upgrade")
def upgrade() -> None:
    """Bring the database up to date."""
    click.echo("Database brought up to date." if _upgraded() else "Database is up to date.")


def _upgraded() -> bool:
    try:
        return migrations.upgrade()
    except CannotStartError as error:
        raise click.ClickException(str(error)) from None


@course.command("settings")
def settings() -> None:
    """Print every setting with its default."""
    for setting in SETTINGS:
        click.echo(f"{setting.name} (default: {setting.default or 'empty'}): {setting.meaning}")


@course.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
def serve(host: str, port: int, workers: int) -> None:
    """Bring the database up to date, check the course, and serve it."""
    from course.serving import serve_until_stopped

    click.echo("Database: " + ("brought up to date." if _upgraded() else "up to date."))
    checked = _checked()
    for problem in checked.problems:
        click.echo(str(problem), err=True)
    errors = checked.count(Severity.ERROR)
    if not current_app.extensions["library"].catalogue.lessons:
        raise click.ClickException("the course has no lesson that can be shown; mend the errors above")
    left_out = " Files with errors are left out until they are mended." if errors else ""
    click.echo(
        f"Course: {checked.counts.lessons} lessons, {checked.counts.questions} questions, {errors} errors.{left_out}"
    )
    templating.preload(current_app.jinja_env)
    engine.close_all()
    serve_until_stopped(host, port, workers, ROOT, lambda address: click.echo(f"Serving at {address} — Ctrl+C stops."))


@course.group("user")
def user() -> None:
    """Accounts: add, promote, disable, reset."""


@user.command("add")
@click.argument("address")
@click.option("--name", prompt=True, help="How the course calls the person.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.LEARNER.value, show_default=True)
@click.password_option(help="The first password; asked for where it is not given.")
def add_user(address: str, name: str, role: str, password: str) -> None:
    """Make an account for ADDRESS, without mail."""
    plain = _plain(address)
    trouble = passwords.trouble(password, passwords.known_words(plain, name))
    if trouble:
        _fail(trouble)
    if accounts.make(plain, name, passwords.hashed(password), Role(role), clock.now()) is None:
        _fail(f"{plain} has an account already.")
    click.echo(f"{plain} has an account now: {role}.")


@user.command("promote")
@click.argument("address")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def promote(address: str, role: str) -> None:
    """Give the account of ADDRESS a ROLE, a lesser one too."""
    plain = _plain(address)
    if not accounts.set_role(plain, Role(role), clock.now()):
        _fail(f"{plain} has no account.")
    click.echo(f"{plain} is {role} now.")


@user.command("disable")
@click.argument("address")
@click.option("--undo", is_flag=True, help="Let the account in again.")
def disable(address: str, undo: bool) -> None:
    """Sign the account of ADDRESS out everywhere and keep it out; nothing of it is deleted."""
    plain = _plain(address)
    if not accounts.disable(plain, clock.now(), undo=undo):
        _fail(f"{plain} has no account.")
    click.echo(f"{plain} can sign in again." if undo else f"{plain} is signed out everywhere and cannot sign in.")


@user.command("reset")
@click.argument("address")
def reset(address: str) -> None:
    """Print a link, good for an hour, with which the person at ADDRESS chooses a new password."""
    plain = _plain(address)
    if accounts.by_address(plain) is None:
        _fail(f"{plain} has no account.")
    number = accounts.write_letter(Purpose.RESET, plain, clock.now())
    click.echo(f"{_config().address or 'http://127.0.0.1:8000'}/reset/{number}")


def _plain(address: str) -> str:
    try:
        return signing.plain_address(address)
    except ValueError:
        _fail(f"{address} is no mail address.")


def _fail(why: str) -> NoReturn:
    click.echo(f"Error: {why}", err=True)
    sys.exit(1)
