"""Results of mock exams: score and pass mark, every answer with its reason, and practice of what was missed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import MakeApp
from tests.exams import age, write_course
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows
from tests.web.sitting import answer, begin, id_of, kept, right, save, submit, visitor_of, wrong


@pytest.fixture
def ship(tmp_path: Path) -> Path:
    return write_course(tmp_path / "ship")


@pytest.fixture
def app(make_app: MakeApp, ship: Path, tmp_path: Path) -> Flask:
    return make_app(ship, instance=tmp_path / "instance")


def sit(visitor: Visitor, app: Flask, right_ones: int) -> Page:
    """Sit an exam with so many right answers and the others wrong; return its result."""
    page = begin(visitor)
    attempt_id = id_of(page)
    for number in range(1, 7):
        value = (right if number <= right_ones else wrong)(app, attempt_id, number)
        page = answer(visitor, page, value, ("go", str(number + 1)))
    return submit(visitor, attempt_id)


@pytest.mark.parametrize(
    ("right_ones", "head", "line"),
    [
        (6, "Passed: 6 of 6", "You were 1 above."),
        (5, "Passed: 5 of 6", "You reached it exactly."),
        (2, "Not yet: 2 of 6", "You were 3 below."),
    ],
)
def test_the_result_says_score_pass_mark_and_range(
    visitor: Visitor, app: Flask, right_ones: int, head: str, line: str
) -> None:
    page = sit(visitor, app, right_ones)
    assert head in page.text
    assert page.title.startswith(head)
    assert f"The pass mark is 5 (83%). {line}" in page.text
    assert re.search(r"someone at your level would usually score between \d and \d", page.text)
    assert "6 of 6 answered in 1 minute" in page.text
    assert "90 minutes" in page.text
    assert ("Practise what you missed" in page.text) == (right_ones < 6)
    assert "Hulls" in page.text
    assert f"{right_ones} of 6" in visitor.open("/progress").text


def test_the_result_stays_what_it_is_when_the_course_changes(
    visitor: Visitor, app: Flask, ship: Path, make_app: MakeApp
) -> None:
    page = sit(visitor, app, 5)
    (ship / "quizzes/ship.exam.md").unlink()
    (ship / "quizzes/pool.quiz.md").unlink()
    later = visitor_of(make_app(ship, instance=app.config["COURSE"].instance), visitor)
    again = later.open(f"/attempts/{id_of(page)}/result")
    assert "Passed: 5 of 6" in again.text
    assert "The pass mark is 5 (83%)." in again.text
    assert "Plank" in later.open(f"/attempts/{id_of(page)}/review?show=all").text
    assert "Passed" not in later.open("/exam").text


def test_the_review_shows_every_option_with_its_reason_and_filters(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    answer(visitor, page, right(app, attempt_id, 1), ("flag", "on"))
    answer(visitor, visitor.open(f"/attempts/{attempt_id}/q/2"), wrong(app, attempt_id, 2))
    submit(visitor, attempt_id)
    whole = visitor.open(f"/attempts/{attempt_id}/review?show=all")
    assert len(re.findall(r"Sound|Rotten", whole.text)) == 24
    assert whole.text.count("whysaid") + whole.text.count("Whysaid") == 6
    assert whole.text.count("Your answer, and right") == 1
    assert re.search(r"Not right \(5\) Not answered \(4\) Flagged \(1\) All \(6\)", whole.text)
    for show, number in {"": 5, "wrong": 5, "open": 4, "flagged": 1, "all": 6, "nonsense": 5}.items():
        assert visitor.open(f"/attempts/{attempt_id}/review?show={show}").main().count("<section") == number


def test_what_was_missed_is_practised_in_a_new_set(visitor: Visitor, app: Flask, rows: Rows) -> None:
    page = sit(visitor, app, 4)
    missed = {item.question_id for item in kept(app, id_of(page)).items[4:]}
    page = visitor.open(f"/attempts/{id_of(page)}/result")
    practice = visitor.follow(visitor.send(page, "/missed"))
    assert "What you missed" in practice.title
    items = {item.question_id for item in kept(app, id_of(practice)).items}
    assert missed < items
    more = items - missed
    assert all(name.startswith("q") for name in more)
    topics = {name[1:3] for name in missed}
    assert len(more) == 2 * len(topics)
    assert {name[1:3] for name in more} == topics
    assert visitor.send(page, "/missed").location == practice.response.request.path
    assert rows()["attempt"] == 2
    assert "What you missed" in visitor.open("/progress").text


def test_nothing_missed_means_nothing_to_practise(visitor: Visitor, app: Flask, rows: Rows) -> None:
    page = sit(visitor, app, 6)
    token = dict(page.forms[0].fields)["csrf_token"]
    sent = visitor.post(f"/attempts/{id_of(page)}/missed", {"csrf_token": token})
    assert sent.location.endswith("/result")
    assert rows()["attempt"] == 1


def test_what_was_missed_cannot_be_had_before_the_end(visitor: Visitor, rows: Rows) -> None:
    page = begin(visitor)
    token = dict(page.forms[0].fields)["csrf_token"]
    assert visitor.post(f"/attempts/{id_of(page)}/missed", {"csrf_token": token}).location.endswith("/q/1")
    assert rows()["attempt"] == 1


def test_the_time_on_each_question_is_told_for_the_slowest(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    age(database, attempt_id, 600)
    for number, seconds in {1: 20, 2: 95, 3: 41, 4: 5, 5: 10**9}.items():
        save(visitor, page, number, 1, choice=wrong(app, attempt_id, number), seconds=str(seconds))
    result = submit(visitor, attempt_id)
    assert re.search(
        r"Question 5: 10 min \d+ s, not right Question 2: 1 min 35 s, not right Question 3: 41 s", result.text
    )
