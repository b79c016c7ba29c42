"""Cloze: typed and chosen gaps."""

from __future__ import annotations

from fractions import Fraction

import pytest

from course.core.attempts import Due
from course.core.marks import Verdict
from course.core.quiz import Question
from course.questions import cloze
from course.questions._kind import Asking, Fields
from course.questions.registry import kinds
from tests.questions.conftest import Ask

KIND = kinds()["cloze"]
TEXT = "It turns [[demand|demand and opportunity]] into value through [[(Obtain/build)|Plan|Improve]].\n"


def filled(question: Question, *words: str) -> Fields:
    """Fill the gaps: typed words as they are, choices by their text."""
    return {
        cloze.field_of(question, n): [
            cloze.choice_value(question, n, word) if question.answers.blanks[n].choices else word
        ]
        for n, word in enumerate(words)
    }


@pytest.mark.parametrize(
    "typed", ["demand", " Demand ", "DEMAND.", "demand  and\topportunity", "Demand and opportunity."]
)
def test_case_outer_space_and_a_final_full_stop_are_ignored(ask: Ask, typed: str) -> None:
    question = ask("cloze", TEXT)
    assert KIND.mark(question, KIND.accept(question, filled(question, typed, "Obtain/build"))).mark == 1


@pytest.mark.parametrize("typed", ["demands", "de mand", "demand..", "opportunity"])
def test_other_words_are_wrong(ask: Ask, typed: str) -> None:
    question = ask("cloze", TEXT)
    marked = KIND.mark(question, KIND.accept(question, filled(question, typed, "Obtain/build")))
    assert marked.mark == Fraction(1, 2)
    assert marked.count(Verdict.WRONG) == 1


def test_blank_gaps_are_missing_and_unknown_choices_count_for_nothing(ask: Ask) -> None:
    question = ask("cloze", TEXT)
    assert KIND.accept(question, filled(question, "   ", "Engage")) == ()
    assert KIND.mark(question, ()).count(Verdict.MISSING) == 2


def test_a_very_long_answer_is_cut(ask: Ask) -> None:
    question = ask("cloze", TEXT)
    ((_, value),) = KIND.accept(question, filled(question, "x" * 5000))
    assert len(value) == cloze.LONGEST


def test_the_words_of_a_gap_are_shown_only_when_they_are_due(ask: Ask) -> None:
    question = ask("cloze", TEXT)
    answer = KIND.accept(question, filled(question, "nothing", "Plan"))
    open_view = KIND.view(question, Asking("1"))
    assert "demand" not in repr(open_view)
    assert [gap.right for gap in KIND.view(question, Asking("1", answer, Due.REASONS)).gaps] == ["", ""]  # type: ignore[attr-defined]
    due = KIND.view(question, Asking("1", answer, Due.KEY))
    assert [gap.right for gap in due.gaps] == ["demand / demand and opportunity", "Obtain/build"]  # type: ignore[attr-defined]


def test_text_before_the_gaps_is_the_stem_and_paragraphs_between_them_are_text(ask: Ask) -> None:
    question = ask("cloze", "A stem.\n\nFirst [[a]].\n\nBetween.\n\nLast [[b]] one.\n")
    assert question.stem == "A stem."
    assert question.answers.texts == ("First ", ".\n\nBetween.\n\nLast ", " one.")


def test_pipes_and_brackets_in_a_gap_are_escaped(ask: Ask) -> None:
    question = ask("cloze", r"Type [[a\|b|c\]d]] or [[(x\|y)|z]]." + "\n")
    assert [blank.right for blank in question.answers.blanks] == [("a|b", "c]d"), ("x|y",)]
    assert KIND.write(question.answers) == r"Type [[a\|b|c\]d]] or [[(x\|y)|z]]."
