"""A quiz of one's own, and the taster."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.library.catalogue import Catalogue
from tests.conftest import MakeApp
from tests.web.answers import answer, asked_in, full, onward, wrong
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows

OTHER_QUIZ = """\
---
title: Questions on oars
lesson: oar
use: quiz
---

## Which end is wet?

`single` `id=oar-a` `outcome=2b` `bloom=1`

- [x] The blade
- [ ] The loom

## Which end is dry?

`single` `id=oar-b` `outcome=2b` `bloom=1`

- [x] The handle
- [ ] The tip
"""


@pytest.fixture
def small_course(small_course: Path) -> Path:
    """Return the small course with a second quiz."""
    (small_course / "quizzes/oars.quiz.md").write_text(OTHER_QUIZ)
    return small_course


def build(visitor: Visitor, **changes: str | list[str]) -> Page:
    return visitor.follow(visitor.submit(visitor.open("/practise/own").form("/practise/own"), changes))


def asked(page: Page, catalogue: Catalogue) -> str:
    for slug in ("hull", "oars"):
        try:
            return asked_in(page, catalogue, slug).id
        except ValueError:
            continue
    raise AssertionError(page.text[:300])


def walk(visitor: Visitor, page: Page, catalogue: Catalogue, right: bool = True) -> tuple[list[str], Page]:
    """Answer all questions; give their ids and the result."""
    ids = []
    while page.forms[-1].kinds.get("certainty"):
        question = asked(page, catalogue)
        ids.append(question)
        fields = full(catalogue, question) if right else wrong(catalogue, question, page)
        page = onward(visitor, answer(visitor, page, fields))
    return ids, page


def test_all_questions_of_all_topics_are_asked_but_void_and_exam_questions(
    visitor: Visitor, catalogue: Catalogue
) -> None:
    page = visitor.open("/practise/own")
    assert "The hull (4)" in page.text
    assert "The oar (2)" in page.text
    assert "All questions (6 in all)" in page.text
    ids, result = walk(visitor, build(visitor, number="10"), catalogue)
    assert sorted(ids) == ["hull-a", "hull-b", "hull-c", "hull-d", "oar-a", "oar-b"]
    assert "6 of 6 marks" in result.text
    assert result.link("Build another quiz") == "/practise/own"


def test_only_the_topics_chosen_are_asked(visitor: Visitor, catalogue: Catalogue) -> None:
    ids, _ = walk(visitor, build(visitor, topics=["oar"]), catalogue)
    assert sorted(ids) == ["oar-a", "oar-b"]


def test_the_number_is_kept_and_the_topics_have_equal_shares(visitor: Visitor, catalogue: Catalogue) -> None:
    ids, _ = walk(visitor, build(visitor, number="5"), catalogue)
    assert len(ids) == 5
    assert {"oar-a", "oar-b"} <= set(ids)


def test_not_yet_seen_and_missed_go_by_what_was_answered_before(visitor: Visitor, catalogue: Catalogue) -> None:
    first = build(visitor, topics=["oar"])
    missed = asked(first, catalogue)
    page = onward(visitor, answer(visitor, first, wrong(catalogue, missed, first)))
    other = asked(page, catalogue)
    onward(visitor, answer(visitor, page, full(catalogue, other)))
    start = visitor.open("/practise/own")
    assert "Not yet seen (4 in all)" in start.text
    assert "Missed when last asked (1 in all)" in start.text
    ids, result = walk(visitor, build(visitor, which="missed"), catalogue)
    assert ids == [missed]
    assert "1 of 1 mark" in result.text
    nothing = visitor.send(visitor.open("/practise/own"), "/practise/own", which="missed")
    assert nothing.status == 422
    assert "you have missed none" in nothing.text
    assert nothing.form("/practise/own").value("which") == "missed"
    ids, _ = walk(visitor, build(visitor, which="unseen"), catalogue)
    assert set(ids) == {"hull-a", "hull-b", "hull-c", "hull-d"}


def test_what_was_answered_in_a_quiz_of_the_course_counts_as_seen(visitor: Visitor, catalogue: Catalogue) -> None:
    page = visitor.follow(visitor.send(visitor.open("/quizzes/oars"), "/start"))
    walk(visitor, page, catalogue)
    assert "Not yet seen (4 in all)" in visitor.open("/practise/own").text


def test_no_topic_is_refused_and_the_rest_of_the_choice_stays(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/practise/own")
    refused = visitor.send(page, "/practise/own", topics=None, number="20", which="unseen")
    assert refused.status == 422
    assert "Choose at least one topic." in refused.text
    form = refused.form("/practise/own")
    assert (form.value("number"), form.value("which")) == ("20", "unseen")
    assert rows() == {}


def test_each_question_of_an_own_quiz_leads_to_its_own_lesson(visitor: Visitor, catalogue: Catalogue) -> None:
    page = build(visitor, topics=["oar"])
    verdict = answer(visitor, page, full(catalogue, asked(page, catalogue)))
    assert verdict.link("Read: The oar") == "/learn/second/oar"


def test_an_own_quiz_can_be_left_and_continued_and_is_listed_in_progress(
    visitor: Visitor, catalogue: Catalogue
) -> None:
    page = build(visitor, topics=["oar"])
    answer(visitor, page, full(catalogue, asked(page, catalogue)))
    home = visitor.open("/")
    assert "Continue: Your own quiz" in home.text
    page = visitor.go(home.link("Continue"))
    assert "Question 2 of 2" in page.text
    assert "not finished" in visitor.open("/progress").text
    walk(visitor, page, catalogue)
    progress = visitor.open("/progress")
    assert "Your own quiz" in progress.text
    assert visitor.open(progress.link("2 of 2")).status == 200


def test_a_start_sent_twice_is_one_quiz(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/practise/own")
    first, second = (visitor.send(page, "/practise/own") for _ in range(2))
    assert first.location == second.location
    assert rows()["attempt"] == 1


# ---- the taster ----


def test_a_newcomer_is_offered_a_taster_of_single_choices(visitor: Visitor, catalogue: Catalogue) -> None:
    page = visitor.open(visitor.open("/").link("five-question taster"))
    ids, result = walk(visitor, visitor.follow(visitor.send(page, "/taster")), catalogue)
    assert {catalogue.questions[name].kind for name in ids} == {"single"}
    assert {"oar-a", "oar-b"} <= set(ids)
    assert result.link("Start lesson 1") == "/learn/first/hull"
    assert result.link("Five other questions") == "/taster"
    assert "Flagged" not in result.text


def test_the_next_taster_asks_again_when_all_was_seen(visitor: Visitor, catalogue: Catalogue) -> None:
    for _ in range(2):
        page = visitor.follow(visitor.send(visitor.open("/taster"), "/taster"))
        ids, _ = walk(visitor, page, catalogue)
        assert ids


def test_a_course_without_a_quiz_offers_none_of_this(small_course: Path, make_app: MakeApp) -> None:
    for slug in ("hull", "oars"):
        (small_course / f"quizzes/{slug}.quiz.md").unlink()
    visitor = Visitor(make_app(small_course))
    assert visitor.open("/practise/own").status == 404
    assert visitor.open("/taster").status == 404
    links = {href for path in ("/", "/practise") for href, _ in visitor.open(path).links}
    assert not {"/practise/own", "/taster"} & links
