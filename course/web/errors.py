"""What people see when something is not there, not allowed, or broken. Never a traceback."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests

from course.core.limits import TooOftenError
from course.web import current
from course.web.roles import WHO, NotYourRoleError
from course.web.security import posted_fields


@dataclass(frozen=True)
class Sorry:
    """What happened, what was kept, and what to do next."""

    title: str
    happened: str
    next: str


SORRY = {
    400: Sorry("That did not arrive as expected", "Nothing was changed.", "Go back, load the page again and retry."),
    403: Sorry(
        "That came from another site",
        "For your safety, a form sent from another site is not accepted. Nothing was changed.",
        "Open the page here and send the form again.",
    ),
    404: Sorry(
        "There is nothing at this address",
        "The page may have moved, or it belongs to somebody else.",
        "Continue from the course's contents.",
    ),
    405: Sorry("That page cannot be used like this", "Nothing was changed.", "Start again from the course's contents."),
    413: Sorry("That was too large", "What you sent is larger than 1 MiB; nothing was changed.", "Send less at once."),
    429: Sorry(
        "That was too often",
        "To keep guessers out, this may be done only so often. Nothing was changed.",
        "Wait a while, then try again.",
    ),
    500: Sorry(
        "Something went wrong on our side",
        "The fault was noted. What was saved before is kept.",
        "Load the page again in a moment.",
    ),
}


PLAIN = """<!doctype html>
<html lang="en"><title>{0.title}</title><h1>{0.title}</h1><p>{0.happened} {0.next}</p></html>
"""


def register(app: Flask) -> None:
    """Answer every error with a page, or with JSON where a script asked."""
    app.log_exception = _log  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(TooOftenError, too_often)
    app.register_error_handler(NotYourRoleError, not_your_role)


def _log(exc_info: Any) -> None:
    """Note a fault by the rule of its address: the address itself may hold a number that opens something."""
    current_app.logger.error("Exception at %s [%s]", request.url_rule, request.method, exc_info=exc_info)


def too_often(error: TooOftenError) -> ResponseReturnValue:
    """Say when there is room again, with a form that sends the same once more: nothing typed is lost."""
    seconds = math.ceil(error.wait.total_seconds())
    happened = f"{error.limit.happened} This is not saved yet; what was saved before is kept."
    sorry = Sorry(SORRY[429].title, happened, f"Wait {_words(seconds)}, then send it again.")
    return _say(sorry, 429, {"Retry-After": str(seconds)}, posted_fields())


def not_your_role(error: NotYourRoleError) -> ResponseReturnValue:
    """Say who can see the page, and how to become known as one of them."""
    account = current.account()
    who = f"You are signed in as {account.address}, who is none of them." if account else "You are not signed in."
    then = "If you should be one, ask whoever runs this course." if account else "Sign in, then open the page again."
    sorry = Sorry(f"This page is for {WHO[error.role]}", f"{who} Nothing was changed.", then)
    return _say(sorry, 403, {}, template="errors/sorry.html" if account else "errors/signin.html")


def answer(error: HTTPException) -> ResponseReturnValue:
    """Say sorry in plain words."""
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        current_app.logger.error("while answering %s", request.url_rule)
    sorry = SORRY.get(code, SORRY[400] if code < 500 else SORRY[500])
    headers = {}
    if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
        headers["Retry-After"] = str(error.retry_after)
        sorry = replace(sorry, next=f"Wait {_words(error.retry_after)}, then try again.")
    return _say(sorry, code, headers)


def _words(seconds: int) -> str:
    """Return a time to wait as people say it: seconds up to a minute, then minutes."""
    number, unit = (seconds, "second") if seconds <= 60 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _say(
    sorry: Sorry,
    code: int,
    headers: Mapping[str, str],
    fields: Sequence[tuple[str, str]] | None = None,
    template: str = "errors/sorry.html",
) -> ResponseReturnValue:
    """Answer in the language of who asks; with `fields`, offer people to send them again."""
    if "application/json" in request.headers.get("Accept", ""):
        return jsonify(error=sorry.title, happened=sorry.happened, next=sorry.next), code, headers
    try:
        return render_template(template, sorry=sorry, code=code, fields=fields), code, headers
    except Exception:  # what every page is made of is broken; these words are ours and need none of it
        current_app.logger.exception("while saying sorry at %s", request.url_rule)
        return PLAIN.format(sorry), code
