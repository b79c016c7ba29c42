"""The glossary, and rounds of flashcards."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import MakeApp
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows
from tests.web.test_practice import path_of

MEANINGS = {"Keel": "The beam along the bottom.", "Thwart": "A bench across the boat."}


def begin(visitor: Visitor, **changes: str) -> Page:
    return visitor.follow(visitor.submit(visitor.open("/flashcards").form("/flashcards"), changes))


def rate(visitor: Visitor, card: Page, rating: str) -> Page:
    form = card.forms[-1]
    return visitor.follow(visitor.post(form.action, [*form.fields, ("rating", rating)]))


def name_on(card: Page) -> str:
    return next(name for name in MEANINGS if f'id="term">{name}<' in card.html)


# ---- the glossary ----


def test_every_term_stands_below_its_letter_and_has_a_page(visitor: Visitor) -> None:
    page = visitor.open("/glossary")
    assert "2 terms" in page.text
    assert page.link("K") == "#letter-K"
    for name, meaning in MEANINGS.items():
        assert meaning in page.text
        term = visitor.open(page.link(name))
        assert f"<h1>{name}</h1>" in term.html
        assert meaning in term.text


def test_a_term_leads_to_the_lesson_that_teaches_it_and_to_its_neighbours(visitor: Visitor) -> None:
    page = visitor.open("/glossary/keel")
    assert page.link("Read: The hull") == "/learn/first/hull"
    assert page.link("After") == "/glossary/thwart"
    assert visitor.open("/glossary/thwart").link("Before") == "/glossary/keel"


def test_terms_that_speak_of_each_other_are_shown_together(small_course: Path, make_app: MakeApp) -> None:
    glossary = small_course / "content/glossary.md"
    glossary.write_text(glossary.read_text() + "\nHog\n:   A bend in the keel of an old boat.\n")
    visitor = Visitor(make_app(small_course))
    assert visitor.open("/glossary/hog").link("Keel") == "/glossary/keel"
    assert visitor.open("/glossary/keel").link("Hog") == "/glossary/hog"
    assert "Goes with" not in visitor.open("/glossary/thwart").text


def test_an_unknown_term_is_not_there(visitor: Visitor) -> None:
    assert visitor.open("/glossary/rudder").status == 404


# ---- flashcards ----


def test_a_round_shows_each_card_once_and_the_missed_ones_again(visitor: Visitor) -> None:
    card = begin(visitor)
    assert "Card 1 of 2" in card.text
    first = name_on(card)
    assert MEANINGS[first] in card.text
    card = rate(visitor, card, "knew")
    second = name_on(card)
    assert {first, second} == set(MEANINGS)
    result = rate(visitor, card, "nearly")
    assert "You knew 1 of 2 terms" in result.text
    again = visitor.open(result.link("Take a second look at the other 1"))
    assert "Second look" in again.text
    assert name_on(again) == second
    end = rate(visitor, again, "knew")
    assert "You knew 1 of 2 terms" in end.text  # the second look comes just after the meaning was read
    assert "second look" not in end.text


def test_what_was_known_shows_in_progress_and_glossary_and_in_no_score(visitor: Visitor) -> None:
    card = begin(visitor)
    known = name_on(card)
    rate(visitor, rate(visitor, card, "knew"), "not-yet")
    progress = visitor.open("/progress")
    assert "1 of 2 terms known when last seen" in progress.text
    assert "Quizzes: share of the marks" not in progress.text
    assert "You knew 1 of them" in visitor.open("/glossary").text
    assert "You knew this" in visitor.open(f"/glossary/{known.lower()}").text


def test_the_next_round_can_be_of_what_was_not_known(visitor: Visitor) -> None:
    card = begin(visitor)
    known = name_on(card)
    rate(visitor, rate(visitor, card, "knew"), "not-yet")
    form = visitor.open("/flashcards")
    assert "You knew 1 of 2 terms" in form.text
    card = begin(visitor, which="missed")
    assert "Card 1 of 1" in card.text
    assert name_on(card) != known
    none_new = visitor.send(visitor.open("/flashcards"), "/flashcards", which="unseen")
    assert none_new.status == 422
    assert "you have seen them all" in none_new.text


def test_a_repeated_rating_changes_nothing_and_a_round_can_be_left_and_continued(visitor: Visitor, rows: Rows) -> None:
    card = begin(visitor)
    rate(visitor, card, "knew")
    before = rows()
    assert "Card 2 of 2" in rate(visitor, card, "not-yet").text
    assert rows() == before
    assert "Card 2 of 2" in visitor.go(visitor.open("/flashcards").link("Continue the round")).text
    assert "Card 2 of 2" in visitor.go(visitor.open("/").link("Continue")).text


def test_a_rating_that_is_none_is_refused_and_the_meaning_stays_open(visitor: Visitor, rows: Rows) -> None:
    card = begin(visitor)
    before = rows()
    for fields in ([], [("rating", "")], [("rating", "by heart")]):
        refused = visitor.post(card.forms[-1].action, [*card.forms[-1].fields, *fields])
        assert refused.status == 422
        assert refused.title.startswith("Error: ")
        assert '<details id="meaning" open>' in refused.html
    assert rows() == before


def test_a_start_sent_twice_is_one_round(visitor: Visitor, rows: Rows) -> None:
    form = visitor.open("/flashcards")
    first, second = (visitor.send(form, "/flashcards") for _ in range(2))
    assert first.location == second.location
    assert rows()["attempt"] == 1


def test_cards_are_not_questions_and_questions_are_not_cards(visitor: Visitor) -> None:
    number = path_of(begin(visitor)).split("/")[2]
    assert visitor.open(f"/attempts/{number}/q/1").status == 404
    assert visitor.go(f"/attempts/{number}/result").text.count("Card 1 of 2") >= 1
    start = visitor.open("/quizzes/hull")
    quiz = path_of(visitor.follow(visitor.send(start, "/start"))).split("/")[2]
    assert visitor.open(f"/flashcards/{quiz}").status == 404
    assert visitor.open(f"/flashcards/{quiz}/1").status == 404
    assert visitor.open(f"/flashcards/{number}/9").status == 404


def test_a_term_that_is_deleted_during_a_round_stays_in_it(small_course: Path, make_app: MakeApp) -> None:
    visitor = Visitor(make_app(small_course, refresh_seconds=0.001))
    card = begin(visitor)
    (small_course / "content/glossary.md").write_text("---\ntitle: Glossary\n---\n\nRib\n:   A bent timber.\n")
    time.sleep(0.01)
    assert "1 term" in visitor.open("/glossary").text
    card = visitor.open(path_of(card))
    assert any(meaning in card.text for meaning in MEANINGS.values())
    rate(visitor, card, "knew")
    assert "0 of 1 term known" in visitor.open("/progress").text  # it is in no glossary any more


@pytest.mark.parametrize("field", ["topics", "number", "which"])
def test_what_the_page_does_not_offer_is_refused_with_a_clear_page(visitor: Visitor, field: str, rows: Rows) -> None:
    for value in ("", "nonsense", "-1", "999999999999999999999"):
        page = visitor.submit(visitor.open("/flashcards").form("/flashcards"), {field: value})
        assert page.status == 422
        assert "There is a problem" in page.text
    assert rows() == {}


def test_a_course_without_glossary_has_no_flashcards(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "content/glossary.md").unlink()
    lesson = small_course / "content/lessons/hull.md"
    lesson.write_text(lesson.read_text().replace("[keel](term:keel)", "keel"))
    app: Flask = make_app(small_course)
    visitor = Visitor(app)
    assert visitor.open("/flashcards").status == 404
    assert "Flashcards" not in visitor.open("/practise").text
    assert visitor.open("/glossary").status == 200
