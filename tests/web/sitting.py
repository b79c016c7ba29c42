"""Sitting the mock exam of `tests.exams`: as a browser without script, and what a script sends."""

from __future__ import annotations

from typing import Any

from flask import Flask

from course.core.attempts import Attempt
from course.core.quiz import Question
from course.library.catalogue import Catalogue
from course.questions._choose import value_of
from course.store import attempts
from tests.store.writers import history
from tests.web.browsing import HERE, Page, Visitor


def begin(visitor: Visitor, time: str = "1") -> Page:
    """Start the exam; return its first question."""
    page = visitor.send(visitor.open("/exam/ship"), "/start", time=time)
    assert page.status == 303, page.text
    return visitor.follow(page)


def id_of(page: Page) -> str:
    """The id of the attempt that a page belongs to."""
    return page.response.request.path.split("/")[2]


def kept(app: Flask, attempt_id: str) -> Attempt:
    """An attempt as it is kept."""
    with app.app_context():
        found = attempts.load(attempt_id)
    assert found is not None
    return found


def events(app: Flask, attempt_id: str) -> list[tuple[int, str, str]]:
    """Everything that was ever kept of an exam: number, act and choice."""
    with app.app_context():
        return history(attempt_id, "choice")


def question_of(app: Flask, attempt_id: str, number: int) -> Question:
    catalogue: Catalogue = app.extensions["library"].catalogue
    return catalogue.questions[kept(app, attempt_id).items[number - 1].question_id]


def right(app: Flask, attempt_id: str, number: int) -> str:
    """The choice that is right at a question."""
    question = question_of(app, attempt_id, number)
    catalogue: Catalogue = app.extensions["library"].catalogue
    return dict(catalogue.kinds["single"].full(question))["choice"]


def wrong(app: Flask, attempt_id: str, number: int) -> str:
    """A choice that is wrong at a question."""
    question = question_of(app, attempt_id, number)
    return next(value_of(question, option) for option in question.answers.options if option.box != "x")


def press(visitor: Visitor, page: Page, button: tuple[str, str] = ("go", "next"), **changes: str) -> Page:
    """Press a button of a question's page."""
    return visitor.send(page, page.response.request.path, button, **changes)


def answer(visitor: Visitor, page: Page, value: str, button: tuple[str, str] = ("go", "next")) -> Page:
    """Choose and press a button; look at the page it leads to."""
    return visitor.follow(press(visitor, page, button, choice=value))


def save(visitor: Visitor, page: Page, position: int | str, look: int | str, **more: str) -> tuple[int, Any]:
    """Send what a script sends; return status and answer."""
    token = dict(page.forms[-1].fields)["csrf_token"]
    sent = visitor.post(
        f"/attempts/{id_of(page)}/save",
        {"csrf_token": token, "position": str(position), "look": str(look), **more},
        {**HERE, "Accept": "application/json"},
    )
    return sent.status, sent.response.get_json(silent=True)


def submit(visitor: Visitor, attempt_id: str) -> Page:
    """Hand in, and say yes if asked again."""
    page = visitor.send(visitor.open(f"/attempts/{attempt_id}/submit"), "/submit")
    if page.status == 200:
        page = visitor.send(page, "/submit")
    return visitor.follow(page)


def visitor_of(app: Flask, visitor: Visitor) -> Visitor:
    """The same person at another application."""
    moved = Visitor(app)
    moved.client.set_cookie("course", visitor.cookies()["course"])
    return moved
