"""Review: what was missed, guessed or flagged comes back; right answers are rated; nothing beyond the exam."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from course import clock
from course.library.catalogue import Catalogue
from course.questions._choose import value_of
from course.store import engine
from tests.conftest import MakeApp
from tests.exams import write_course
from tests.web.browsing import Page, Visitor
from tests.web.sitting import begin, id_of, save, submit, wrong


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


def option(app: Flask, page: Page, right: bool) -> str:
    """A right or wrong value of the question on the page."""
    catalogue: Catalogue = app.extensions["library"].catalogue
    offered = set(page.forms[-1].choices["choice"])
    for question in (each for each in catalogue.questions.values() if each.kind == "single"):
        values = {value_of(question, each): each.box == "x" for each in question.answers.options}
        if set(values) == offered:
            return next(value for value, key in values.items() if key is right)
    raise AssertionError("no such question")


def check(visitor: Visitor, app: Flask, page: Page, right: bool, certainty: str = "") -> Page:
    """Answer the question on the page; return its verdict."""
    path = page.response.request.path
    said = certainty or None
    return visitor.follow(visitor.send(page, path, choice=option(app, page, right), certainty=said))


def quiz(visitor: Visitor, app: Flask, *answers: tuple[bool, str]) -> None:
    """Answer the first questions of the quiz, each right or not and with a certainty."""
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    for right, certainty in answers:
        verdict = check(visitor, app, page, right, certainty)
        page = visitor.open(verdict.link("Next question"))


def later(app: Flask, days: int) -> None:
    """Let so many days go by for what is remembered."""
    with app.app_context(), engine.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE memory SET due = strftime('%Y-%m-%d %H:%M:%f', due, ?), "
            "last = strftime('%Y-%m-%d %H:%M:%f', last, ?)",
            (f"-{days} days", f"-{days} days"),
        )


def test_with_nothing_answered_there_is_nothing_to_review(visitor: Visitor) -> None:
    assert "Nothing to review yet." in visitor.open("/review").text
    assert visitor.cookies() == {}


def test_what_was_missed_guessed_or_unsure_comes_back_and_a_plain_right_answer_does_not(
    visitor: Visitor, app: Flask
) -> None:
    quiz(visitor, app, (False, ""), (True, "guess"), (True, "unsure"), (True, ""), (True, "sure"))
    page = visitor.open("/review")
    assert "Nothing due. Next:" in page.text
    later(app, 1)
    assert "3 due · about 2 minutes" in visitor.open("/review").text
    later(app, 30)
    assert "4 due" in visitor.open("/review").text
    assert "4 to review" in visitor.open("/").text
    assert "Review: 4 due" in visitor.open("/practise").text


def test_a_missed_question_of_a_mock_comes_back_and_an_empty_one_too(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    save(visitor, page, 1, 1, choice=wrong(app, id_of(page), 1))
    submit(visitor, id_of(page))
    visitor.open("/review")
    later(app, 1)
    assert "6 due" in visitor.open("/review").text


def test_a_right_answer_is_rated_with_the_day_it_comes_back(visitor: Visitor, app: Flask) -> None:
    quiz(visitor, app, (False, ""), (False, ""))
    visitor.open("/review")
    later(app, 1)
    question = visitor.follow(visitor.send(visitor.open("/review"), "/review"))
    assert "Question 1 of 2" in question.text
    verdict = check(visitor, app, question, True)
    assert "How hard was it to remember?" in verdict.text
    assert verdict.text.count("· back on") == 2
    form = verdict.form(verdict.response.request.path)
    following = visitor.follow(visitor.post(f"{form.action}/rate", [*form.filled({}), ("rating", "hard")]))
    assert "Question 2 of 2" in following.text
    missed = check(visitor, app, following, False)
    assert "How hard" not in missed.text
    again = visitor.open(missed.link("See your result"))
    assert again.location.endswith("/q/3")
    second = check(visitor, app, visitor.open(again.location), True)
    assert "How hard" not in second.text  # within one sitting it is not rated again
    end = visitor.go(second.link("See your result"))
    assert "Done. Next:" in end.text


def test_a_rating_is_refused_where_there_is_nothing_to_rate(visitor: Visitor, app: Flask) -> None:
    quiz(visitor, app, (False, ""))
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    verdict = check(visitor, app, page, True)
    form = verdict.form(verdict.response.request.path)
    for rating in ("good", "easy", ""):
        assert visitor.post(f"{form.action}/rate", [*form.filled({}), ("rating", rating)]).status == 404


def test_the_exam_date_is_told_where_reviews_are(visitor: Visitor, app: Flask) -> None:
    quiz(visitor, app, (False, ""))
    assert "No date is set for your exam." in visitor.open("/review").text
    day = (clock.now() + timedelta(days=9)).date()
    visitor.send(visitor.open("/account"), "/account", exam_on=day.isoformat())
    assert f"Your exam is on {day:%-d %b %Y}; nothing is put off beyond that day." in visitor.open("/review").text
    visitor.send(visitor.open("/account"), "/account", exam_on="2020-01-01")
    assert "The day of your exam, 1 Jan 2020, is over" in visitor.open("/review").text


def test_starting_with_nothing_due_leads_back(visitor: Visitor, app: Flask) -> None:
    quiz(visitor, app, (False, ""))
    token = visitor.open("/account").form("/account").value("csrf_token")
    assert visitor.post("/review", {"csrf_token": token}).location == "/review"


def test_what_another_missed_is_not_reviewed(visitor: Visitor, other: Visitor, app: Flask) -> None:
    quiz(visitor, app, (False, ""))
    visitor.open("/review")
    later(app, 1)
    assert "Nothing to review yet." in other.open("/review").text
