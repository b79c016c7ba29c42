"""The progress page: topics with level, estimate and count; how sure answers came out; and its cost."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import event as listening
from sqlalchemy import insert

from course import clock
from course.core.attempts import PRACTICE, Act, Attempt, Certainty, Item
from course.store import attempts, engine
from course.store.attempts import NewItem
from course.store.tables import EventRow, db
from tests.conftest import MakeApp
from tests.exams import age, write_course
from tests.web.browsing import Page, Visitor
from tests.web.sitting import begin, id_of, kept, right, save, submit


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


def learner_of(app: Flask, visitor: Visitor) -> str:
    """Make somebody a guest; return their id."""
    visitor.send(visitor.open("/learn/first/ship"), "/read")
    with app.app_context(), engine.reading() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM learner ORDER BY created_at DESC LIMIT 1").scalar())


def practised(app: Flask, learner: str, count: int, share: float = 0.8, certainty: Certainty | None = None) -> None:
    """Keep so many checked answers of practice, ten an attempt, spread over the quiz's questions and some weeks."""
    rng = Random(count)
    questions = [f"q{outcome}-{n}" for outcome in ("1a", "2b") for n in range(4)]
    start = clock.now() - timedelta(days=60)
    items, texts = tuple(Item(name, "r") for name in questions), [NewItem(name, "r", "text") for name in questions]
    with app.app_context(), engine.writing() as connection:
        for number in range(0, count, len(questions)):
            at = start + timedelta(days=60 * number / count)
            attempt = Attempt(f"{number:032x}", learner, "ship", PRACTICE, "seed", at, items)
            attempts.start_within(connection, attempt, f"start-{number}", texts)
            checks = [
                {
                    "attempt_id": attempt.id,
                    "sequence": place,
                    "act": Act.CHECK.value,
                    "question_id": name,
                    "look": 1,
                    "response": [["choice", "x"]],
                    "mark": str(int(rng.random() < share)),
                    "certainty": certainty,
                    "at": at + timedelta(seconds=place),
                }
                for place, name in enumerate(questions[: count - number], 1)
            ]
            connection.execute(insert(EventRow), checks)


def rows(page: Page) -> dict[str, str]:
    """Topic → what is said of it."""
    found = re.findall(r"<li>\s*<div>\s*<strong>(.*?)</strong>(.*?)</li>", page.html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for name, text in found}


def test_nothing_is_said_of_topics_before_the_first_answer(visitor: Visitor) -> None:
    assert "What you know" not in visitor.open("/progress").text


def test_each_topic_has_its_level_estimate_range_and_count(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    for number in range(1, 7):
        save(visitor, page, number, 1, choice=right(app, id_of(page), number))
    submit(visitor, id_of(page))
    told = rows(visitor.open("/progress"))
    assert set(told) == {"Hulls", "Oars"}
    assert re.search(r"Started \d+%, likely \d+–\d+%, 4 answers, 4 exam questions\.", told["Hulls"])
    assert "The ship" in told["Oars"]
    assert "2 answers" in told["Oars"]


def test_levels_rise_with_answers(visitor: Visitor, app: Flask) -> None:
    practised(app, learner_of(app, visitor), 64, share=1.0)
    assert "Secure" in rows(visitor.open("/progress"))["Hulls"]


def test_certainty_is_held_against_what_came(visitor: Visitor, app: Flask) -> None:
    practised(app, learner_of(app, visitor), 40, share=0.5, certainty=Certainty.SURE)
    text = visitor.open("/progress").text
    assert re.search(r"Of 10 answers you were sure of, about \d were right \(\d+ of 40\)\.", text)
    assert "unsure" not in text


def test_a_left_open_exam_is_closed_and_listed(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    save(visitor, page, 1, 1, choice=right(app, attempt_id, 1))
    assert "The ship mock – running" in visitor.open("/progress").text
    age(database, attempt_id, 91 * 60)
    after = visitor.open("/progress")
    assert "The ship mock 1 of 6 not yet, pass mark 5" in after.text
    assert "running" not in after.text
    assert after.link("The ship mock") == f"/attempts/{attempt_id}/result"
    assert kept(app, attempt_id).handed_in


@pytest.mark.parametrize("answers", [0, 200, 20_000])
def test_the_page_asks_few_questions_of_the_database_however_much_was_answered(
    visitor: Visitor, app: Flask, answers: int
) -> None:
    practised(app, learner_of(app, visitor), answers)
    statements: list[str] = []
    with app.app_context():

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            statements.append(statement)

        listening.listen(db.engine, "before_cursor_execute", note)
        for _ in range(2):  # the first look sums up what is new
            statements.clear()
            visitor.open("/progress")
            asked = [statement for statement in statements if not statement.startswith(("PRAGMA", "BEGIN"))]
            assert len(asked) <= 12, asked
        listening.remove(db.engine, "before_cursor_execute", note)


def test_what_was_sure_and_wrong_comes_first(visitor: Visitor, app: Flask) -> None:
    practised(app, learner_of(app, visitor), 16, share=0.0, certainty=Certainty.SURE)
    page = visitor.open("/progress")
    assert "Sure, and not right. These are worth a look first:" in page.text
    assert len([href for href, _ in page.links if re.fullmatch(r"/attempts/\w+/q/\d", href)]) == 5


def test_scores_of_mocks_are_drawn_from_two_on_and_stand_in_a_table(visitor: Visitor) -> None:
    for time in ("1", "2"):
        submit(visitor, id_of(begin(visitor, time)))
    page = visitor.open("/progress")
    assert page.html.count('class="f-solid" cx=') == 1
    assert page.html.count('class="f-box" cx=') == 1
    assert page.text.count("not yet, pass mark 5") == 2
    submit(visitor, id_of(begin(visitor, "1.25")))
    assert visitor.open("/progress").html.count("<polyline") == 1


def test_each_topic_can_be_practised_alone(visitor: Visitor, app: Flask) -> None:
    practised(app, learner_of(app, visitor), 3)
    page = visitor.open("/progress")
    forms = [form for form in page.forms if form.action == "/readiness/practise"]
    begun = []
    for form, topic in zip(forms, ["Hulls", "Oars"], strict=True):
        fields = [*form.fields, ("topic", topic)]
        begun.append(id_of(visitor.follow(visitor.post(form.action, fields))))
        assert id_of(visitor.follow(visitor.post(form.action, fields))) == begun[-1]  # sent twice, begun once
    asked = [{item.question_id for item in kept(app, attempt).items} for attempt in begun]
    assert asked == [{f"q1a-{n}" for n in range(4)}, {f"q2b-{n}" for n in range(4)}]


def test_a_topic_that_is_none_is_not_found(visitor: Visitor) -> None:
    token = visitor.open("/account").form("/account").value("csrf_token")
    assert visitor.post("/readiness/practise", {"csrf_token": token, "topic": "Nothing"}).status == 404
