"""A practice quiz from start to result, by a person without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from course.core.quiz import Question
from course.library.catalogue import Catalogue
from tests.conftest import QUIZ, MakeApp
from tests.web.answers import answer, asked_in, full, onward, start, wrong
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows

# Question → what only its reasons, its explanation and its hint say.
SECRETS = {
    "hull-a": {"quince", "medlar", "sloe", "damson"},
    "hull-b": {"rowan", "azarole", "whitebeam", "mulberry", "loquat"},
    "hull-c": {"kumquat", "pomelo", "citron", "yuzu", "bergamot"},
    "hull-d": {"guava", "papaya", "lychee", "feijoa"},
    "hull-v": {"rambutan", "salak", "longan"},
}
HINTS = {"hull-a": "bullace", "hull-d": "tamarillo"}
EVERY_SECRET = set().union(*SECRETS.values())


def told(page: Page) -> set[str]:
    """The secrets that a page tells, wherever in its markup."""
    return {word for word in EVERY_SECRET if word in page.html}


def path_of(page: Page) -> str:
    return urlsplit(page.response.request.url).path


def walk(visitor: Visitor, catalogue: Catalogue, right: set[str]) -> Iterator[tuple[Question, Page, Page]]:
    """Do a whole quiz, with these questions right and the others wrong; give each question, page and verdict."""
    page = start(visitor)
    while page.forms[-1].kinds.get("certainty"):
        question = asked_in(page, catalogue, "hull")
        fields = full(catalogue, question.id) if question.id in right else wrong(catalogue, question.id, page)
        verdict = answer(visitor, page, fields)
        yield question, page, verdict
        page = onward(visitor, verdict)


# ---- start ----


def test_the_start_page_says_how_long_the_quiz_is_and_what_it_takes(visitor: Visitor) -> None:
    page = visitor.open("/quizzes/hull")
    assert "4 questions, no clock" in page.text  # the void one is not asked
    assert "2.4 marks to pass" in page.text
    assert "Five questions." in page.text
    assert page.link("Read the lesson") == "/learn/first/hull"


def test_a_start_sent_twice_is_one_attempt(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/quizzes/hull")
    first, again = visitor.send(page, "/start"), visitor.send(page, "/start")
    assert first.location == again.location
    assert rows()["attempt"] == 1
    anew = visitor.send(visitor.open("/quizzes/hull"), "/start")
    assert anew.location != first.location
    assert rows()["attempt"] == 2


@pytest.mark.parametrize("number", ["", "nonsense", "a.b", "\0", "é", "x" * 10_000])
def test_a_start_without_a_number_of_ours_starts_too_and_twice_is_two(
    visitor: Visitor, rows: Rows, number: str
) -> None:
    page = visitor.open("/quizzes/hull")
    for _ in range(2):
        assert visitor.send(page, "/start", start=number).status == 303
    assert rows()["attempt"] == 2


def test_every_attempt_has_an_order_of_its_own_and_keeps_it(visitor: Visitor, catalogue: Catalogue) -> None:
    orders = set()
    for _ in range(12):
        page = start(visitor)
        orders.add((asked_in(page, catalogue, "hull").id, tuple(page.forms[-1].choices.get("choice", []))))
        assert visitor.open(path_of(page)).main() == page.main()
    assert len(orders) > 4


def test_the_void_question_is_not_asked_and_each_other_once(visitor: Visitor, catalogue: Catalogue) -> None:
    asked = [question.id for question, _, _ in walk(visitor, catalogue, set(SECRETS))]
    assert sorted(asked) == ["hull-a", "hull-b", "hull-c", "hull-d"]


def test_where_a_quiz_is_not_shuffled_questions_stand_as_written(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("use: quiz\n", "use: quiz\nshuffle: none\n"))
    app = make_app(small_course)
    catalogue: Catalogue = app.extensions["library"].catalogue
    asked = [question.id for question, _, _ in walk(Visitor(app), catalogue, set(SECRETS))]
    assert asked == ["hull-a", "hull-b", "hull-c", "hull-d"]


def test_a_seed_in_the_address_counts_in_tests_only(small_course: Path, make_app: MakeApp, app: Flask) -> None:
    def seen(application: Flask, seed: str) -> str:
        visitor = Visitor(application)
        form = visitor.open("/quizzes/hull").form("/start")
        page = visitor.go(visitor.post(f"{form.action}?seed={seed}", form.fields).location)
        found: Catalogue = application.extensions["library"].catalogue
        return asked_in(page, found, "hull").id + str(page.forms[-1].choices)

    testing = make_app(small_course, testing=True)
    assert len({seen(testing, "7") for _ in range(6)}) == 1
    assert len({seen(testing, str(n)) for n in range(12)}) > 3
    assert len({seen(app, "7") for _ in range(12)}) > 3


# ---- asking and answering ----


def test_a_question_is_one_page_with_one_form_and_no_secret(visitor: Visitor, catalogue: Catalogue) -> None:
    for number, (question, page, _) in enumerate(walk(visitor, catalogue, set(SECRETS)), 1):
        assert f"Question {number} of 4" in page.text
        assert told(page) == set()
        assert ("Show a hint" in page.text) == (question.id in HINTS)
        assert all((word in page.html) == (question.id == asked) for asked, word in HINTS.items())
        assert page.html.count("<h1") == 1
        assert page.title.startswith(f"Question {number} of 4: Questions on hulls")


def test_a_scenario_is_shown_with_its_questions_only(visitor: Visitor, catalogue: Catalogue) -> None:
    for question, page, verdict in walk(visitor, catalogue, set()):
        for shown in (page, verdict):
            assert ("She lies in the harbour." in shown.text) == (question.id in {"hull-c", "hull-d", "hull-v"})


def test_checking_without_a_choice_says_so_and_keeps_what_was_said(visitor: Visitor, catalogue: Catalogue) -> None:
    seen = set()
    page = start(visitor)
    while page.forms[-1].kinds.get("certainty"):
        question = asked_in(page, catalogue, "hull")
        empty = visitor.submit(page.forms[-1], {"certainty": "unsure"})
        assert empty.status == 422
        assert empty.title.startswith("Error: Question ")
        assert "There is a problem" in empty.text
        target = empty.link("Choose an answer first.")
        assert target.removeprefix("#") in empty.ids
        assert empty.forms[-1].value("certainty") == "unsure"
        assert told(empty) == set()
        seen.add(question.kind)
        verdict = answer(visitor, empty, full(catalogue, question.id))
        page = onward(visitor, verdict)
    assert seen == {"single", "multiple", "sort"}
    assert page.text.count("you said unsure") == 4


@pytest.mark.parametrize("said", ["certain", "", "GUESS", "x" * 5000, "\0"])
def test_a_certainty_that_is_none_is_none(visitor: Visitor, catalogue: Catalogue, said: str) -> None:
    page = start(visitor)
    verdict = answer(visitor, page, full(catalogue, asked_in(page, catalogue, "hull").id), certainty=said)
    assert "Right" in verdict.text
    assert "you said" not in visitor.open(path_of(verdict).rpartition("/q/")[0] + "/result").text


def test_the_verdict_comes_with_every_reason_and_only_of_this_question(visitor: Visitor, catalogue: Catalogue) -> None:
    for question, _, verdict in walk(visitor, catalogue, {"hull-a", "hull-d"}):
        assert told(verdict) == SECRETS[question.id]
        assert ("✓" in verdict.text or "Right" in verdict.text) or question.id not in {"hull-a", "hull-d"}
        assert "Read: The hull" in verdict.text
        assert not verdict.forms[-1].choices  # nothing can be chosen any more
        assert not [button for button in verdict.forms[-1].buttons if button[0] != "theme"]


@pytest.mark.parametrize("right", [True, False])
def test_the_verdict_is_said_in_words(visitor: Visitor, catalogue: Catalogue, right: bool) -> None:
    for _, _, verdict in walk(visitor, catalogue, set(SECRETS) if right else set()):
        heading = re.findall(r'<h2[^>]*id="verdict".*?</h2>', verdict.html, re.DOTALL)[0]
        words = re.sub(r"<[^>]+>", "", heading).strip()
        assert words == ("Right" if right else "Not this one")
        assert 'role="status"' in verdict.html


def test_part_of_a_mark_is_said_as_such(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    while (question := asked_in(page, catalogue, "hull")).id != "hull-c":
        page = onward(visitor, answer(visitor, page, full(catalogue, question.id)))
    half = full(catalogue, "hull-c")["choice"][:1]
    assert "Partly right: ½ of a mark" in answer(visitor, page, {"choice": half}).text


def test_a_card_on_the_wrong_side_is_half_right_in_a_quiz_too(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    while (question := asked_in(page, catalogue, "hull")).id != "hull-d":
        page = onward(visitor, answer(visitor, page, full(catalogue, question.id)))
    placed = full(catalogue, "hull-d")
    name = next(name for name, (value,) in placed.items() if value == "morning/port")
    verdict = answer(visitor, page, {**placed, name: ["morning/starboard"]})
    assert "Partly right: 83%" in verdict.text  # 2½ of 3
    assert "Watch right, side wrong" in verdict.text


def test_checking_again_changes_nothing(visitor: Visitor, catalogue: Catalogue, rows: Rows) -> None:
    page = start(visitor)
    question = asked_in(page, catalogue, "hull")
    verdict = answer(visitor, page, wrong(catalogue, question.id, page))
    kept = rows()
    again = visitor.submit(page.forms[-1], full(catalogue, question.id))
    assert (again.status, again.location) == (303, path_of(verdict))
    assert rows() == kept
    assert visitor.open(path_of(verdict)).main() == verdict.main()
    # A check without a choice is a repeat too, and no mistake.
    assert visitor.submit(page.forms[-1], {}).status == 303


def test_a_choice_of_another_question_is_none(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    question = asked_in(page, catalogue, "hull")
    for other in {"hull-a", "hull-b", "hull-c", "hull-d", "hull-v"} - {question.id}:
        assert visitor.submit(page.forms[-1], full(catalogue, other)).status == 422


# ---- on the way ----


def test_one_can_leave_and_goes_on_at_the_same_question(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    second = onward(visitor, answer(visitor, page, full(catalogue, asked_in(page, catalogue, "hull").id)))
    visitor.open("/practise")
    again = visitor.go(visitor.open("/quizzes/hull").link("Continue where you left off"))
    assert path_of(again) == path_of(second)
    assert again.main() == second.main()
    assert path_of(visitor.go(visitor.open("/").link("Continue"))) == path_of(second)
    assert "Started; your answers are kept." in visitor.open("/practise").text


def test_a_question_further_on_is_not_shown_before_its_turn(visitor: Visitor, catalogue: Catalogue) -> None:
    page = start(visitor)
    attempt = path_of(page).rpartition("/q/")[0]
    for number in (2, 3, 4):
        ahead = visitor.open(f"{attempt}/q/{number}")
        assert (ahead.status, ahead.location) == (302, f"{attempt}/q/1")
    for number in (0, 5, 99):
        assert visitor.open(f"{attempt}/q/{number}").status == 404
    assert visitor.open(f"{attempt}/result").location == f"{attempt}/q/1"
    assert catalogue.quizzes


def test_a_question_that_was_checked_can_be_looked_at_again(visitor: Visitor, catalogue: Catalogue) -> None:
    verdicts = [(path_of(verdict), verdict.main()) for _, _, verdict in walk(visitor, catalogue, {"hull-b"})]
    for path, _ in verdicts:
        page = visitor.open(path)
        assert page.status == 200
        assert "See your result" in page.text or "Next question" in page.text


# ---- second look and result ----


def test_what_was_missed_comes_back_once_and_does_not_change_the_score(visitor: Visitor, catalogue: Catalogue) -> None:
    marked = {question.id: verdict for question, _, verdict in walk(visitor, catalogue, {"hull-a", "hull-c"})}
    attempt = path_of(next(iter(marked.values()))).rpartition("/q/")[0]
    result = visitor.open(f"{attempt}/result")
    assert "2 of 4 marks" in result.text
    assert "The pass mark is 2.4. You were 0.4 below." in result.text

    page = visitor.go(result.link("Take a second look at the 2 missed"))
    seen = set()
    for number in (1, 2):
        assert f"Second look, not scored Question {number} of 2" in page.text
        question = asked_in(page, catalogue, "hull")
        seen.add(question.id)
        assert told(page) == set()
        verdict = answer(visitor, page, full(catalogue, question.id))
        assert told(verdict) == SECRETS[question.id]
        page = onward(visitor, verdict)
    assert seen == {"hull-b", "hull-d"}

    after = visitor.open(f"{attempt}/result")
    assert "2 of 4 marks" in after.text
    assert after.text.count("second look: right") == 2
    assert "Take a second look" not in after.text
    assert visitor.open(f"{attempt}/q/7").status == 404
    assert "Your first try: 2 of 4. Best: 2 of 4." in visitor.open("/quizzes/hull").text


def test_the_second_look_comes_in_an_order_of_its_own(visitor: Visitor, catalogue: Catalogue) -> None:
    first: dict[str, list[str]] = {}
    page = start(visitor)
    while page.forms[-1].kinds.get("certainty"):
        question = asked_in(page, catalogue, "hull")
        first[question.id] = page.forms[-1].named("card-") or page.forms[-1].choices["choice"]
        page = onward(visitor, answer(visitor, page, wrong(catalogue, question.id, page)))
    changed = 0
    page = visitor.go(page.link("Take a second look"))
    while page.forms[-1].kinds.get("certainty"):
        question = asked_in(page, catalogue, "hull")
        order = page.forms[-1].named("card-") or page.forms[-1].choices["choice"]
        assert sorted(order) == sorted(first[question.id])
        changed += order != first[question.id]
        page = onward(visitor, answer(visitor, page, full(catalogue, question.id)))
    assert changed


def test_a_quiz_without_misses_has_no_second_look(visitor: Visitor, catalogue: Catalogue) -> None:
    pages = list(walk(visitor, catalogue, set(SECRETS)))
    assert len(pages) == 4
    attempt = path_of(pages[0][2]).rpartition("/q/")[0]
    result = visitor.open(f"{attempt}/result")
    assert "4 of 4 marks" in result.text
    assert "The pass mark is 2.4. You reached it." in result.text
    assert result.link("Practise again") == "/quizzes/hull"
    assert visitor.open(f"{attempt}/q/5").status == 404
    assert [text for _, text in visitor.open("/").links if text == "Continue"] == []


def test_exactly_the_pass_mark_passes(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("pass: 60%", "pass: 50%"))
    app = make_app(small_course)
    catalogue: Catalogue = app.extensions["library"].catalogue
    for right, passed in (({"hull-a", "hull-b"}, True), ({"hull-a"}, False)):
        visitor = Visitor(app)
        *_, (_, _, last) = walk(visitor, catalogue, right)
        result = visitor.go(path_of(last).rpartition("/q/")[0] + "/result")
        assert ("You reached it." in result.text) == passed


def test_a_quiz_without_a_pass_mark_says_nothing_of_passing(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("pass: 60%\n", ""))
    app = make_app(small_course)
    catalogue: Catalogue = app.extensions["library"].catalogue
    visitor = Visitor(app)
    assert "to pass" not in visitor.open("/quizzes/hull").text
    *_, (_, _, last) = walk(visitor, catalogue, {"hull-a"})
    assert "pass mark" not in visitor.go(path_of(last).rpartition("/q/")[0] + "/result").text


def test_the_result_names_every_question_with_its_verdict(visitor: Visitor, catalogue: Catalogue) -> None:
    *_, (_, _, last) = walk(visitor, catalogue, {"hull-a"})
    result = visitor.go(path_of(last).rpartition("/q/")[0] + "/result")
    questions = [q for q in catalogue.quizzes["hull"].questions if not q.void]
    assert all(question.sentence in result.text for question in questions)
    assert result.text.count("Not right") == 3
    assert told(result) == set()
    for question in questions:
        assert visitor.open(result.link(question.sentence)).status == 200


def test_progress_shows_the_first_and_the_best_score(visitor: Visitor, catalogue: Catalogue) -> None:
    list(walk(visitor, catalogue, {"hull-a"}))
    list(walk(visitor, catalogue, set(SECRETS)))
    page = visitor.open("/progress")
    assert "Questions on hulls 25% 100% 2" in page.text
    assert "First try 25%, best 100%." in visitor.open("/practise").text
    assert "Your first try: 1 of 4. Best: 4 of 4." in visitor.open("/quizzes/hull").text


# ---- odd courses ----


def test_a_quiz_of_which_every_question_is_void_is_not_there(small_course: Path, make_app: MakeApp) -> None:
    void = re.sub(r"(`id=hull-[a-d]`)", r"\1 `void`", QUIZ)
    (small_course / "quizzes/hull.quiz.md").write_text(void)
    visitor = Visitor(make_app(small_course))
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    assert visitor.open("/quizzes/hull").status == 404
    assert visitor.post("/quizzes/hull/start", {"csrf_token": token}).status == 404


def test_questions_for_the_exam_are_not_there_for_practice(visitor: Visitor) -> None:
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    for path in ("/quizzes/pool", "/exercises/pool"):
        assert visitor.open(path).status == 404
        for end in ("start", "check", "save"):
            assert visitor.post(f"{path}/{end}", {"csrf_token": token}).status in {404, 405}
    for path in ("/", "/learn", "/practise", "/progress", "/learn/first/hull"):
        assert "knot" not in visitor.open(path).html


def test_an_exercise_is_no_quiz_and_a_quiz_no_exercise(visitor: Visitor) -> None:
    assert visitor.open("/quizzes/harbour").status == 404
    assert visitor.open("/exercises/hull").status == 404
