"""Reading: lessons, their unscored questions, what is read, where one goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course.library.catalogue import Catalogue
from tests.conftest import LESSON_ONE, MakeApp
from tests.web.answers import full
from tests.web.browsing import Form, Page, Visitor
from tests.web.conftest import Rows

LESSON = "/learn/first/hull"


def question(page: Page, question_id: str) -> Form:
    return page.form(f"/check/{question_id}")


def check_of(page: Page, question_id: str) -> str:
    """The markup of one unscored question."""
    (found,) = re.findall(rf'<form[^>]*id="quick-{question_id}".*?</form>', page.html, re.DOTALL)
    return str(found)


def ask(visitor: Visitor, question_id: str, *values: str) -> Page:
    return visitor.submit(question(visitor.open(LESSON), question_id), {"choice": values})


def verdict(page: Page, question_id: str) -> str:
    heading = re.findall(r"<h4[^>]*data-verdict.*?</h4>", check_of(page, question_id), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", "".join(heading)).split())


# ---- the quick check ----


def test_an_unscored_question_is_asked_without_its_answer(visitor: Visitor) -> None:
    page = visitor.open(LESSON)
    assert not re.search("quince|medlar|sloe|damson|bullace|rowan|loquat", page.html)
    assert question(page, "hull-a").kinds["choice"] == "radio"
    assert question(page, "hull-b").kinds["choice"] == "checkbox"
    assert page.text.count("Not scored") == 2


def test_a_right_answer_is_said_to_be_right_with_its_reasons(visitor: Visitor, catalogue: Catalogue) -> None:
    page = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
    assert page.status == 200
    assert verdict(page, "hull-a") == "Right"
    assert {"quince", "medlar", "sloe"} <= set(re.findall(r"\w+", check_of(page, "hull-a")))
    assert "rowan" not in page.html  # the other question stays open
    assert question(page, "hull-b").choices


def test_a_wrong_answer_is_said_to_be_wrong_with_its_reasons(visitor: Visitor, catalogue: Catalogue) -> None:
    key = full(catalogue, "hull-a")["choice"]
    other = next(v for v in question(visitor.open(LESSON), "hull-a").choices["choice"] if v not in key)
    page = ask(visitor, "hull-a", other)
    assert verdict(page, "hull-a") == "Not this one"
    assert "medlar" in check_of(page, "hull-a")


def test_of_several_only_all_the_right_ones_and_no_other_are_right(visitor: Visitor, catalogue: Catalogue) -> None:
    keys = full(catalogue, "hull-b")["choice"]
    others = [v for v in question(visitor.open(LESSON), "hull-b").choices["choice"] if v not in keys]
    assert verdict(ask(visitor, "hull-b", *keys), "hull-b") == "Right"
    for chosen in ([keys[0]], [keys[1]], others[:1], [*keys, others[0]], [keys[0], others[1]], [*keys, *others]):
        assert verdict(ask(visitor, "hull-b", *chosen), "hull-b") != "Right", chosen


def test_checking_without_a_choice_asks_for_one(visitor: Visitor) -> None:
    page = ask(visitor, "hull-a")
    assert "Choose an answer first, then check." in check_of(page, "hull-a")
    assert "Choose an answer first" not in check_of(page, "hull-b")
    assert question(page, "hull-a").choices
    assert "medlar" not in page.html


def test_an_unscored_question_keeps_nothing_and_makes_nobody_a_guest(
    visitor: Visitor, catalogue: Catalogue, rows: Rows
) -> None:
    for _ in range(3):
        page = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
        assert "Set-Cookie" not in page.response.headers
    assert rows() == {}
    assert visitor.cookies() == {}


def test_options_keep_their_places_from_question_to_verdict(visitor: Visitor, catalogue: Catalogue) -> None:
    before = re.findall(r"(Oak|Balsa|Cork) planks", check_of(visitor.open(LESSON), "hull-a"))
    after = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
    shown = re.findall(r'class="opt.*?(Oak|Balsa|Cork) planks', check_of(after, "hull-a"), re.DOTALL)
    assert shown == before
    assert before == re.findall(r"(Oak|Balsa|Cork) planks", check_of(visitor.open(LESSON), "hull-a"))


def test_it_can_be_tried_again(visitor: Visitor, catalogue: Catalogue) -> None:
    page = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
    again = page.link("Try it again")
    assert again == f"{LESSON}#quick-hull-a"
    assert question(visitor.open(again.partition("#")[0]), "hull-a").choices


@pytest.mark.parametrize("value", ["", "x", "0000000000", "\0", "é" * 500])
def test_a_choice_that_is_none_is_no_answer(visitor: Visitor, value: str) -> None:
    assert "Choose an answer first" in ask(visitor, "hull-a", value).text


def test_a_question_that_is_not_in_the_lesson_is_not_there(visitor: Visitor) -> None:
    token = visitor.open(LESSON).form("/read").value("csrf_token")
    for path in (
        "first/hull/check/hull-c",
        "first/hull/check/nothing",
        "second/oar/check/hull-a",
        "x/hull/check/hull-a",
    ):
        assert visitor.post(f"/learn/{path}", {"csrf_token": token, "choice": "x"}).status == 404


def test_a_question_on_the_answered_page_works_for_a_guest_too(visitor: Visitor, catalogue: Catalogue) -> None:
    visitor.send(visitor.open("/learn/second/oar"), "/read")
    page = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
    keys = full(catalogue, "hull-b")["choice"]
    following = visitor.submit(question(page, "hull-b"), {"choice": keys})
    assert verdict(following, "hull-b") == "Right"


def test_the_answered_page_can_be_marked_as_read(visitor: Visitor, catalogue: Catalogue, rows: Rows) -> None:
    page = ask(visitor, "hull-a", *full(catalogue, "hull-a")["choice"])
    assert visitor.send(page, "/read").status == 303
    assert rows() == {"learner": 1, "lesson_read": 1}


def test_part_of_a_mark_is_said_as_such(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "content/lessons/hull.md").write_text(LESSON_ONE.replace("hull-b]", "hull-c]"))
    app = make_app(small_course)
    keys = full(app.extensions["library"].catalogue, "hull-c")["choice"]
    visitor = Visitor(app)
    assert verdict(ask(visitor, "hull-c", keys[0]), "hull-c") == "Partly right"
    assert verdict(ask(visitor, "hull-c", *keys), "hull-c") == "Right"


def test_a_sorting_question_can_be_asked_in_a_lesson_too(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "content/lessons/hull.md").write_text(LESSON_ONE.replace("hull-b]", "hull-d]"))
    app = make_app(small_course)
    visitor = Visitor(app)
    form = question(visitor.open(LESSON), "hull-d")
    right = {name: values[0] for name, values in full(app.extensions["library"].catalogue, "hull-d").items()}
    assert sorted(form.choices) == sorted(right)
    answered = visitor.submit(form, right)
    assert verdict(answered, "hull-d") == "Right"
    assert {"guava", "papaya", "lychee"} <= set(re.findall(r"\w+", check_of(answered, "hull-d")))


# ---- reading on ----


def test_a_lesson_leads_to_its_neighbours_its_quiz_and_its_exercises(visitor: Visitor) -> None:
    one, two = visitor.open(LESSON), visitor.open("/learn/second/oar")
    assert "Lesson 1 of 2" in one.text
    assert "Lesson 2 of 2" in two.text
    assert two.link("The hull") == LESSON
    assert one.link("Quiz: Questions on hulls") == "/quizzes/hull"
    assert "4 questions, no clock." in one.text  # the void one is not asked
    assert (one.link("The harbour"), one.link("The deck")) == ("/exercises/harbour", "/exercises/deck")
    assert one.link("keel") == "/glossary/keel"
    assert two.link("the hull") == LESSON


def test_what_is_read_is_marked_everywhere_and_for_this_person_only(visitor: Visitor, other: Visitor) -> None:
    page = visitor.open(LESSON)
    assert "Mark as read and continue" in page.text
    assert visitor.follow(visitor.send(page, "/read")).text.count("The oar") > 1
    assert "1 read." in visitor.open("/learn").text
    assert "The hull (read)" in visitor.open("/learn").text
    assert "Mark as read" not in visitor.open(LESSON).text
    assert "Next lesson: The oar" in visitor.open("/").text
    assert "1 of 2 lessons read" in visitor.open("/progress").text
    assert "Start: The hull" in other.open("/").text
    assert "0 read." in other.open("/learn").text


def test_after_the_last_lesson_come_all_lessons_and_then_practice(visitor: Visitor) -> None:
    for path in (LESSON, "/learn/second/oar"):
        answer = visitor.send(visitor.open(path), "/read")
    assert answer.location == "/learn"
    assert "You have read every lesson" in visitor.open("/").text


def test_marking_twice_keeps_the_first_time(visitor: Visitor, rows: Rows) -> None:
    for _ in range(2):
        visitor.send(visitor.open(LESSON), "/read")
    assert rows() == {"learner": 1, "lesson_read": 1}


@pytest.mark.parametrize("path", ["/learn/second/hull", "/learn/first/oar", "/learn/first/nothing", "/learn/first"])
def test_a_lesson_has_one_address(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).status == 404
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    assert visitor.post(f"{path}/read", {"csrf_token": token}).status in {404, 405}


def test_a_lesson_of_a_module_that_is_not_there_is_left_out(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "content/lessons/hull.md").write_text(LESSON_ONE.replace("module: first", "module: third"))
    visitor = Visitor(make_app(small_course))
    assert visitor.open("/learn/third/hull").status == 404
    assert "Start: The oar" in visitor.open("/").text
    assert visitor.open("/practise").link("Questions on hulls") == "/quizzes/hull"
    assert visitor.open("/exercises/harbour").status == 200


def test_a_course_of_which_nothing_can_be_shown_still_answers(make_app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "bare/content").mkdir(parents=True)
    visitor = Visitor(make_app(tmp_path / "bare"))
    for path in ("/", "/learn", "/practise", "/progress", "/glossary"):
        assert visitor.open(path).status == 200


def test_the_glossary_gives_every_term_an_address(visitor: Visitor, catalogue: Catalogue) -> None:
    page = visitor.open("/glossary")
    assert {term.slug for term in catalogue.terms} <= set(page.ids)
    assert "The beam along the bottom." in page.text
