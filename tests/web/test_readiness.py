"""The readiness page: no number too early, one sentence with estimate, range and count, and what it rests on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from course.store import engine
from course.store.tables import ForecastRow
from tests.conftest import MakeApp
from tests.exams import EXAM, age, write_course
from tests.web.browsing import Page, Visitor
from tests.web.sitting import begin, id_of, right, save, submit, wrong

PAGE = "/readiness"
LONG = EXAM.replace("| 2 | 2 |", "| 8 | 16 |").replace("| 2 | |", "| 16 | |").replace("styles: {{list: 1}}\n", "")


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    """A course whose mock asks forty questions, with a pool for three sittings."""
    folder = write_course(tmp_path / "ship", numbers=range(48))
    (folder / "quizzes/ship.exam.md").write_text(LONG.format(minutes=90))
    return make_app(folder, instance=tmp_path / "instance")


def sit(visitor: Visitor, app: Flask, right_ones: int, asked: int = 40) -> Page:
    """Sit a mock: so many answers are right, the others up to `asked` wrong, the rest empty."""
    page = begin(visitor)
    for number in range(1, asked + 1):
        value = (right if number <= right_ones else wrong)(app, id_of(page), number)
        assert save(visitor, page, number, 1, choice=value)[0] == 200
    return submit(visitor, id_of(page))


def percentages(page: Page) -> list[str]:
    """What the page says in per cent before it explains itself."""
    return re.findall(r"\d+%", page.text.partition("How we work this out")[0])


def test_with_nothing_answered_it_offers_five_questions(visitor: Visitor) -> None:
    page = visitor.open(PAGE)
    assert "Nothing here yet. Answer 5 questions and you'll see your topics." in page.text
    assert percentages(page) == []
    assert visitor.cookies() == {}


def test_below_forty_answers_there_is_no_percentage(visitor: Visitor, app: Flask) -> None:
    sit(visitor, app, 30, asked=39)
    page = visitor.open(PAGE)
    assert "Not enough to say yet. 39 of 40 answers, 2 of 2 topics. About 5 minutes more" in page.text
    assert percentages(page) == []


def test_from_forty_on_estimate_range_and_count_are_told(visitor: Visitor, app: Flask) -> None:
    for _ in range(2):
        sit(visitor, app, 33)
    page = visitor.open(PAGE)
    assert re.search(
        r"(About \d+%|Over 95%) likely to pass if you sat the exam now. "
        r"The real figure could be anywhere from (under )?\d+% to (over )?\d+%. "
        r"Based on 80 answers across 2 of 2 topics. In plain terms: of 10 people with answers like yours, about \d+",
        page.text,
    )
    assert "Next:" in page.text


def test_few_right_and_many_right_tell_different_chances(app: Flask) -> None:
    told = []
    for right_ones in (16, 38):
        visitor = Visitor(app)
        for _ in range(2):
            sit(visitor, app, right_ones)
        told.append(visitor.open(PAGE).text)
    assert "Under 5% likely" in told[0]
    assert "Over 95% likely" in told[1]


def test_only_the_first_answer_to_a_question_counts(visitor: Visitor) -> None:
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    for _ in range(8):
        page = visitor.follow(
            visitor.send(page, page.response.request.path, choice=page.forms[-1].choices["choice"][0])
        )
        page = visitor.open(next(href for href, words in page.links if words in {"Next question", "See your result"}))
        if "/result" in page.response.request.path:
            break
    before = visitor.open(PAGE).text
    assert "8 of 40 answers" in before
    again = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    visitor.send(again, again.response.request.path, choice=again.forms[-1].choices["choice"][1])
    assert visitor.open(PAGE).text.partition("What it rests on")[2] == before.partition("What it rests on")[2]


def test_a_mock_left_open_counts_once_its_time_is_over(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    for number in range(1, 41):
        save(visitor, page, number, 1, choice=right(app, id_of(page), number))
    assert "Nothing here yet" in visitor.open(PAGE).text
    age(database, id_of(page), 91 * 60)
    assert "Based on 40 answers" in visitor.open(PAGE).text


def test_what_was_said_long_ago_is_called_old(visitor: Visitor, app: Flask, database: Path) -> None:
    result = sit(visitor, app, 30)
    age(database, id_of(result), 22 * 24 * 3600)
    assert "From 3 weeks ago. A 10-question check would refresh it." in visitor.open(PAGE).text


def test_a_course_without_an_exam_has_no_readiness(small_course: Path, make_app: MakeApp) -> None:
    assert Visitor(make_app(small_course)).open(PAGE).status == 404


def test_what_another_answered_does_not_count(visitor: Visitor, other: Visitor, app: Flask) -> None:
    sit(visitor, app, 30)
    assert "Nothing here yet" in other.open(PAGE).text


def test_ten_questions_are_drawn_where_they_tell_most(visitor: Visitor, app: Flask) -> None:
    sit(visitor, app, 20)
    page = visitor.open(PAGE)
    question = visitor.follow(visitor.send(page, "/practise"))
    assert "Ten questions that tell most" in question.title
    assert "Question 1 of 8" in question.text  # the quiz has no more
    assert visitor.send(page, "/practise").location == question.response.request.path


def test_a_forecast_is_paired_with_the_next_mock_and_held_against_it(visitor: Visitor, app: Flask) -> None:
    sit(visitor, app, 34)
    visitor.open(PAGE)
    visitor.open(PAGE)
    assert forecasts(app) == [(None, None)]
    result = sit(visitor, app, 35)
    assert forecasts(app) == [(id_of(result), True)]
    text = visitor.open(PAGE).text
    assert re.search(r"How earlier estimates did \d+ \w+ \d+: \d+% told, and the mock after it was passed\.", text)
    sit(visitor, app, 10)
    assert "the mock after it was not passed" in visitor.open(PAGE).text


def test_a_mock_with_more_time_than_the_real_exam_tests_no_forecast(visitor: Visitor, app: Flask) -> None:
    sit(visitor, app, 34)
    visitor.open(PAGE)
    page = begin(visitor, "2")
    submit(visitor, id_of(page))
    assert forecasts(app)[0] == (None, None)


def forecasts(app: Flask) -> list[tuple[str | None, bool | None]]:
    """Attempt and outcome of each forecast."""
    with app.app_context(), engine.reading() as connection:
        rows = connection.execute(select(ForecastRow.attempt_id, ForecastRow.passed).order_by(ForecastRow.id)).all()
    return [(row.attempt_id, row.passed) for row in rows]


def test_home_says_the_next_step_and_why(visitor: Visitor, app: Flask) -> None:
    assert "Start lesson 1" in visitor.open("/").text
    sit(visitor, app, 34)
    assert "Read it" in visitor.open("/").text  # one lesson, not read
    visitor.send(visitor.open("/learn/first/ship"), "/read")
    home = visitor.open("/").text
    assert "Ten questions that tell most" in home
    assert "carry many marks" in home
