"""A mock exam up to its end, as a browser without script, and the requests that a script sends."""

from __future__ import annotations

import fcntl
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from course.core import sitting
from tests.conftest import MakeApp
from tests.exams import age, write_course
from tests.web.browsing import HERE, Page, Visitor
from tests.web.conftest import Rows
from tests.web.sitting import answer, begin, events, id_of, kept, press, right, save, submit, visitor_of, wrong

SECRET = re.compile(r"(Sound|Rotten|whysaid)\S*")
MINUTES = 60


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


# ---- before it starts ----


def test_the_list_and_the_start_page_say_the_facts(visitor: Visitor) -> None:
    for path in ("/exam", "/exam/ship"):
        text = visitor.open(path).text
        assert "6 questions" in text
        assert "90 minutes" in text
        assert "5 to pass (83%)" in text
    page = visitor.open("/exam/ship")
    assert "113 minutes (25% more, as the real exam may grant)" in page.text
    assert page.form("/start").choices["time"] == ["1", "1.25", "1.5", "2", "none"]
    assert page.form("/start").value("time") == "1"
    assert "/exam" in [href for href, _ in visitor.open("/").links]


def test_a_course_without_exams_says_so_and_has_no_entry_for_them(small_course: Path, make_app: MakeApp) -> None:
    visitor = Visitor(make_app(small_course))
    assert "no mock exam yet" in visitor.open("/exam").text
    assert "Mock exam" not in visitor.open("/").text
    assert visitor.open("/exam/ship").status == 404


def test_looking_makes_no_guest_and_starting_makes_one(visitor: Visitor, rows: Rows) -> None:
    visitor.open("/exam")
    visitor.open("/exam/ship")
    assert visitor.cookies() == {}
    assert rows() == {}
    begin(visitor)
    assert set(visitor.cookies()) == {"course"}
    assert rows()["attempt"] == 1
    assert rows()["attempt_item"] == 6


def test_an_exam_that_the_pool_cannot_fill_does_not_start_and_says_what_is_missing(
    tmp_path: Path, make_app: MakeApp
) -> None:
    app = make_app(write_course(tmp_path / "short", numbers=range(1)))
    visitor = Visitor(app)
    page = visitor.open("/exam/ship")
    assert "This exam is not ready yet" in page.text
    assert "Hulls, Bloom 2: 2 asked, 1 there, 1 missing" in page.text
    assert not [form for form in page.forms if form.action.endswith("/start")]
    token = page.form("/theme").value("csrf_token")
    refused = visitor.post("/exam/ship/start", {"csrf_token": token, "time": "1"})
    assert refused.status == 409
    assert "not ready yet" in refused.text
    assert "Not ready yet" in visitor.open("/exam").text


@pytest.mark.parametrize("time", ["", "0", "3", "-1", "1/0", "never", "1.25 "])
def test_a_time_that_is_not_offered_is_refused(visitor: Visitor, rows: Rows, time: str) -> None:
    page = visitor.send(visitor.open("/exam/ship"), "/start", time=time)
    assert page.status == 422
    assert "Choose one of the times." in page.text
    assert rows() == {}


@pytest.mark.parametrize(("time", "seconds"), [("1", 5400), ("1.25", 6750), ("2", 10800), ("none", None)])
def test_the_chosen_time_counts_and_is_remembered(visitor: Visitor, app: Flask, time: str, seconds: int | None) -> None:
    page = begin(visitor, time)
    limit = kept(app, id_of(page)).limit
    assert (limit.total_seconds() if limit else None) == seconds
    submit(visitor, id_of(page))
    assert visitor.open("/exam/ship").form("/start").value("time") == time


def test_a_running_exam_is_offered_again_and_a_second_start_goes_there(
    visitor: Visitor, database: Path, rows: Rows
) -> None:
    start_page = visitor.open("/exam/ship")
    page = begin(visitor)
    age(database, id_of(page), 38 * MINUTES)
    for path in ("/exam", "/exam/ship"):
        assert "Continue your exam, 52 minutes left" in visitor.open(path).text
    assert visitor.send(start_page, "/start", time="1").location == f"/attempts/{id_of(page)}/q/1"
    assert rows()["attempt"] == 1
    assert "the clock goes on" in visitor.open("/").text


def test_the_questions_fit_the_specification_and_new_ones_come_first(visitor: Visitor, app: Flask) -> None:
    seen: set[str] = set()
    for _ in range(4):
        page = begin(visitor)
        asked = [item.question_id for item in kept(app, id_of(page)).items]
        assert sorted(name[1:5] for name in asked) == ["1a-2", "1a-2", "1a-3", "1a-3", "2b-2", "2b-2"]
        assert not seen & set(asked)
        seen |= set(asked)
        submit(visitor, id_of(page))
    page = begin(visitor)
    assert {item.question_id for item in kept(app, id_of(page)).items} <= seen


def test_exam_questions_are_in_no_practice_page_and_not_in_the_search(visitor: Visitor) -> None:
    for path in ("/practise", "/practise/own", "/search?q=plank", "/learn/first/ship"):
        assert "p1a-2" not in visitor.open(path).html
    page = visitor.open("/practise/own")
    assert "(8)" in page.text  # the questions of the quiz alone


# ---- sitting it without script ----


def test_a_question_is_saved_by_every_button_and_can_be_changed(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    page = answer(visitor, page, wrong(app, attempt_id, 1))
    assert page.title.startswith("Question 2 of 6")
    page = answer(visitor, page, right(app, attempt_id, 2), ("go", "previous"))
    assert page.title.startswith("Question 1 of 6")
    assert page.forms[0].value("choice") == wrong(app, attempt_id, 1)
    page = answer(visitor, page, right(app, attempt_id, 1), ("go", "6"))
    assert page.title.startswith("Question 6 of 6")
    page = visitor.follow(press(visitor, page, ("go", "submit")))
    assert "You have answered 2 of 6" in page.text
    first = kept(app, attempt_id)
    assert dict(first.response(first.items[0].question_id))["choice"] == right(app, attempt_id, 1)
    assert [act for _, act, _ in events(app, attempt_id)] == ["save", "save", "save"]


def test_enter_in_an_option_saves_and_stays(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    form = page.forms[0]
    assert form.buttons[0] == ("go", "1")
    again = visitor.follow(press(visitor, page, form.buttons[0], choice=right(app, id_of(page), 1)))
    assert again.title.startswith("Question 1 of 6")
    assert again.forms[0].value("choice") == right(app, id_of(page), 1)


def test_leaving_without_a_choice_keeps_nothing_and_says_nothing(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    assert visitor.follow(press(visitor, page)).title.startswith("Question 2 of 6")
    assert events(app, id_of(page)) == []


def test_a_flag_is_set_taken_away_and_listed(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    flagged = visitor.follow(press(visitor, page, ("flag", "on"), choice=right(app, id_of(page), 1)))
    assert 'aria-pressed="true"' in flagged.main()
    assert "1, answered, flagged, current" in flagged.text
    states = r'data-number="1"[^>]*\sdata-answered\s+data-flagged\s+aria-current="true">'
    assert re.search(states, flagged.html)
    overview = visitor.open(f"/attempts/{id_of(page)}/submit")
    assert "Flagged 1" in overview.text
    assert (f"/attempts/{id_of(page)}/q/1", "1") in overview.links
    visitor.follow(press(visitor, flagged, ("flag", "off")))
    assert "Flagged" not in visitor.open(f"/attempts/{id_of(page)}/submit").text
    assert [act for _, act, _ in events(app, id_of(page))] == ["save", "flag", "flag"]


def test_the_time_is_told_in_words(visitor: Visitor, database: Path) -> None:
    page = begin(visitor)
    age(database, id_of(page), 32 * MINUTES)
    text = visitor.open(f"/attempts/{id_of(page)}/q/1").text
    assert re.search(r"Ends at \d\d:\d\d UTC\. 58 minutes left when this page loaded\.", text)
    assert "No time limit" in begin_anew(visitor, id_of(page), "none").text


def begin_anew(visitor: Visitor, attempt_id: str, time: str) -> Page:
    submit(visitor, attempt_id)
    return begin(visitor, time)


def test_a_page_that_is_behind_shows_the_newer_answer_and_loses_none(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    attempt_id, old = id_of(page), wrong(app, id_of(page), 1)
    new = right(app, attempt_id, 1)
    answer(visitor, page, new)
    behind = press(visitor, page, choice=old)
    assert behind.status == 409
    assert "The newer answer is shown" in behind.text
    assert behind.forms[0].value("choice") == new
    assert answer(visitor, behind, old).title.startswith("Question 2 of 6")
    assert [(act, given) for _, act, given in events(app, attempt_id)] == [("save", new), ("save", old)]
    found = kept(app, attempt_id)
    assert dict(found.response(found.items[0].question_id))["choice"] == old


def test_nothing_of_a_key_is_in_any_page_before_the_end(visitor: Visitor) -> None:
    page = begin(visitor)
    for number in range(1, 7):
        page = visitor.open(f"/attempts/{id_of(page)}/q/{number}")
        assert not SECRET.search(page.html)
        assert page.html.count("<template") == 5
    assert not SECRET.search(visitor.open(f"/attempts/{id_of(page)}/submit").html)
    for path in ("result", "review"):
        early = visitor.open(f"/attempts/{id_of(page)}/{path}")
        assert early.status in {302, 303}
        assert early.location.endswith("/q/1")


def test_a_question_number_that_is_not_there_is_not_found(visitor: Visitor) -> None:
    page = begin(visitor)
    for number in ("0", "7", "99999999999999999999"):
        assert visitor.open(f"/attempts/{id_of(page)}/q/{number}").status == 404
    assert visitor.send(page, "/q/1", ("go", "7")).location.endswith("/q/6")
    assert visitor.send(page, "/q/1", ("go", "-4")).location.endswith("/q/1")


# ---- what script sends ----


def test_a_save_is_kept_once_however_often_it_is_sent(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    value = right(app, id_of(page), 3)
    for _ in range(3):
        status, told = save(visitor, page, 3, 1, choice=value, seconds="12")
        assert status == 200
        assert told["saved"] is True
        assert 5390 < told["left"] <= 5400
    assert len(events(app, id_of(page))) == 1


def test_an_older_save_gets_the_newer_answer(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    first, second = wrong(app, id_of(page), 1), right(app, id_of(page), 1)
    assert save(visitor, page, 1, 2, choice=second)[0] == 200
    for look, value in ((1, first), (2, first), (1, second)):
        status, told = save(visitor, page, 1, look, choice=value)
        assert (status, told["look"], told["value"], told["why"]) == (409, 2, [second], "stale")
    assert len(events(app, id_of(page))) == 1
    assert save(visitor, page, 1, 3, choice=first)[0] == 200


def test_a_flag_is_saved_and_numbered_by_itself(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    assert save(visitor, page, 2, 1, flag="on")[0] == 200
    assert save(visitor, page, 2, 1, choice=right(app, id_of(page), 2))[0] == 200
    assert save(visitor, page, 2, 1, flag="off")[1]["value"] == ["on"]
    assert save(visitor, page, 2, 2, flag="off")[0] == 200


BAD = [
    (7, 1, {}, 404),
    (0, 1, {}, 422),
    (-1, 1, {}, 422),
    ("x", 1, {}, 422),
    (10**30, 1, {}, 422),
    (1, 0, {}, 422),
    (1, -3, {}, 422),
    (1, 2**63, {}, 422),
    (1, "1e3", {}, 422),
    (1, "", {}, 422),
    (1, 1, {"choice": "0123456789"}, 422),
    (1, 1, {"choice": ""}, 422),
    (1, 1, {"choice": "\0'; DROP TABLE event; --"}, 422),
    (1, 1, {"flag": "perhaps"}, 422),
    (1, 1, {"flag": " ", "choice": ""}, 422),
    (1, 1, {"seconds": "-5"}, 422),
    (1, 1, {"seconds": "many"}, 422),
]


@pytest.mark.parametrize(("position", "look", "changes", "status"), BAD)
def test_what_cannot_be_is_refused_and_changes_nothing(
    visitor: Visitor, app: Flask, position: int | str, look: int | str, changes: dict[str, str], status: int
) -> None:
    page = begin(visitor)
    fields = {"choice": right(app, id_of(page), 1), **changes}
    got, told = save(visitor, page, position, look, **fields)
    assert got == status
    assert told is not None
    assert events(app, id_of(page)) == []


def test_an_answer_to_another_question_is_no_answer_to_this_one(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    assert save(visitor, page, 1, 1, choice=right(app, id_of(page), 2))[0] == 422
    assert events(app, id_of(page)) == []


def test_nobody_reaches_the_exam_of_another(visitor: Visitor, other: Visitor, app: Flask, rows: Rows) -> None:
    page, theirs = begin(visitor), begin(other)
    before = rows()
    for path in ("q/1", "submit", "result", "review", "left"):
        assert other.open(f"/attempts/{id_of(page)}/{path}").status == 404
    token = dict(theirs.forms[-1].fields)["csrf_token"]
    value = right(app, id_of(page), 1)
    for path in ("q/1", "submit", "missed", "save"):
        fields = {"csrf_token": token, "position": "1", "look": "1", "choice": value, "sure": "1"}
        assert other.post(f"/attempts/{id_of(page)}/{path}", fields).status == 404
    assert rows() == before
    assert Visitor(app).open(f"/attempts/{id_of(page)}/left").status == 404


def test_practice_has_none_of_this(visitor: Visitor) -> None:
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    for path in ("submit", "review"):
        assert visitor.open(f"/attempts/{id_of(page)}/{path}").status == 404
    assert save(visitor, page, 1, 1, choice="x")[0] == 404


def test_a_body_that_is_too_long_or_of_another_kind_is_refused(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    status, told = save(visitor, page, 1, 1, choice="x" * 1_100_000)
    assert status == 413
    assert told["error"] == "That was too large"
    json = visitor.client.post(
        f"/attempts/{id_of(page)}/save", json={"position": 1}, headers={**HERE, "Accept": "application/json"}
    )
    assert json.status_code == 400
    assert events(app, id_of(page)) == []


def test_the_time_left_is_told(visitor: Visitor, database: Path) -> None:
    page = begin(visitor)
    age(database, id_of(page), 10 * MINUTES)
    told = visitor.open(f"/attempts/{id_of(page)}/left").response.get_json()
    assert 4790 < told["left"] <= 4800
    assert told["over"] is False
    age(database, id_of(page), 81 * MINUTES)
    assert visitor.open(f"/attempts/{id_of(page)}/left").response.get_json() == {"left": 0.0, "over": True}


# ---- the end ----


def test_handing_in_early_with_gaps_is_asked_for_twice(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    answer(visitor, page, right(app, attempt_id, 1))
    page = visitor.open(f"/attempts/{attempt_id}/submit")
    assert "You have answered 1 of 6" in page.text
    assert "Not answered 2 3 4 5 6" in page.text
    assert "Unanswered questions score 0, and a guess costs nothing." in page.text
    asked = visitor.send(page, "/submit")
    assert asked.status == 200
    assert "Submit now? 5 questions have no answer" in asked.text
    assert not kept(app, attempt_id).handed_in
    age(database, attempt_id, 71 * MINUTES)
    assert visitor.send(visitor.open(f"/attempts/{attempt_id}/submit"), "/submit").status == 303
    assert kept(app, attempt_id).handed_in


def test_with_everything_answered_one_press_hands_in(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    for number in range(1, 7):
        page = answer(visitor, page, right(app, attempt_id, number), ("go", str(number + 1)))
    page = visitor.open(f"/attempts/{attempt_id}/submit")
    assert "Every question has an answer." in page.text
    result = visitor.follow(visitor.send(page, "/submit"))
    assert "Passed: 6 of 6" in result.text


def test_once_handed_in_nothing_is_taken_and_every_page_leads_to_the_result(visitor: Visitor, app: Flask) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    submit(visitor, attempt_id)
    before = events(app, attempt_id)
    status, told = save(visitor, page, 1, 1, choice=right(app, attempt_id, 1))
    assert (status, told["why"]) == (410, "closed")
    assert press(visitor, page, choice=right(app, attempt_id, 1)).location.endswith("/result")
    assert visitor.open(f"/attempts/{attempt_id}/q/3").location.endswith("/result")
    assert visitor.open(f"/attempts/{attempt_id}/submit").location.endswith("/result")
    token = dict(page.forms[0].fields)["csrf_token"]
    assert visitor.post(f"/attempts/{attempt_id}/submit", {"csrf_token": token}).location.endswith("/result")
    assert events(app, attempt_id) == before


def test_an_exam_left_open_closes_with_its_saved_answers(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    answer(visitor, page, right(app, attempt_id, 1))
    age(database, attempt_id, 90 * MINUTES + 31)
    assert save(visitor, page, 2, 1, choice=right(app, attempt_id, 2))[0] == 410
    result = visitor.go(f"/attempts/{attempt_id}/q/1")
    assert "Not yet: 1 of 6" in result.text
    assert "Submitted when time ran out. 1 answered." in result.text
    assert "Continue" not in visitor.open("/exam/ship").text


def test_a_save_on_its_way_when_time_ran_out_counts_until_somebody_looks(
    visitor: Visitor, app: Flask, database: Path
) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    age(database, attempt_id, 90 * MINUTES + 5)
    assert save(visitor, page, 2, 1, choice=right(app, attempt_id, 2))[0] == 200
    assert save(visitor, page, 2, 1, flag="on")[0] == 410
    # A form without script counts too, and leads to the result, which closes it.
    late = press(visitor, page, choice=right(app, attempt_id, 1))
    assert late.location.endswith("/result")
    assert "Not yet: 2 of 6" in visitor.follow(late).text
    assert save(visitor, page, 3, 1, choice=right(app, attempt_id, 3))[0] == 410
    assert "Not yet: 2 of 6" in visitor.go(f"/attempts/{attempt_id}/result").text


def test_a_clock_that_jumps_back_reopens_nothing_that_was_handed_in(
    visitor: Visitor, app: Flask, database: Path
) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    answer(visitor, page, right(app, attempt_id, 1))
    submit(visitor, attempt_id)
    age(database, attempt_id, -3600)  # as if the server's clock had gone back an hour
    assert save(visitor, page, 2, 1, choice=right(app, attempt_id, 2))[0] == 410
    assert visitor.open(f"/attempts/{attempt_id}/q/1").location.endswith("/result")


def test_a_clock_that_jumps_back_while_sitting_loses_nothing(visitor: Visitor, app: Flask, database: Path) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    save(visitor, page, 1, 1, choice=right(app, attempt_id, 1))
    age(database, attempt_id, -3600)
    status, told = save(visitor, page, 2, 1, choice=right(app, attempt_id, 2), seconds="9")
    assert status == 200
    assert told["left"] == 5400  # never more than was agreed
    assert "You have answered 2 of 6" in visitor.open(f"/attempts/{attempt_id}/submit").text


def test_an_answer_kept_while_it_is_handed_in_is_the_one_that_is_marked(
    visitor: Visitor, app: Flask, database: Path
) -> None:
    page = begin(visitor)
    attempt_id = id_of(page)
    value, laggard = right(app, attempt_id, 1), visitor_of(app, visitor)
    told: list[int] = []
    one = threading.Thread(target=lambda: told.append(save(laggard, page, 1, 1, choice=value)[0]))
    two = threading.Thread(target=lambda: submit(visitor, attempt_id))
    with held(database):  # both have looked at the exam, and wait to write: first the answer
        for thread in (one, two):
            thread.start()
            time.sleep(0.5)
    for thread in (one, two):
        thread.join()
    attempt = kept(app, attempt_id)
    for item in attempt.items:
        check = attempt.check(item.question_id, 1)
        assert check is not None
        assert check.response == sitting.standing(attempt, item.question_id).response
    assert told == [200]


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Have the turn to write, so that everybody else waits for it."""
    with Path(f"{database}.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
