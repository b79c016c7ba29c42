"""Matching: pairs, distractors, and meanings that are alike."""

from __future__ import annotations

from fractions import Fraction

from course.core.attempts import Due, Response
from course.core.marks import Verdict
from course.core.quiz import Question
from course.questions import match
from course.questions._kind import Asking
from course.questions.registry import kinds
from tests.questions.conftest import Ask

KIND = kinds()["match"]
TABLE = """\
| Term | Meaning | Why |
|---|---|---|
| Dog | Barks | Dogs do. |
| Cat | Purrs | Cats do. |
| Seal | Barks | Seals do too. |
| | Sings | Nobody here does. |
"""


def paired(question: Question, **meanings: str) -> Response:
    return tuple(sorted((match.field_of(question, t), match.value_of(question, m)) for t, m in meanings.items()))


def test_right_pairs_count_and_equal_meanings_are_one(ask: Ask) -> None:
    question = ask("match", TABLE)
    assert KIND.mark(question, paired(question, Dog="Barks", Cat="Purrs", Seal="Barks")).mark == 1
    marked = KIND.mark(question, paired(question, Dog="Sings", Cat="Purrs"))
    assert marked.mark == Fraction(1, 3)
    assert [marked.count(v) for v in (Verdict.RIGHT, Verdict.WRONG, Verdict.MISSING)] == [1, 1, 1]


def test_equal_meanings_are_offered_once_and_may_be_taken_as_often_as_they_stand_there(ask: Ask) -> None:
    view = KIND.view(ask("match", TABLE), Asking("1"))
    assert {m.text: m.count for m in view.meanings} == {"Barks": 2, "Purrs": 1, "Sings": 1}  # type: ignore[attr-defined]
    assert len(view.terms) == 3  # type: ignore[attr-defined]


def test_meanings_do_not_stand_beside_their_terms_even_without_shuffling(ask: Ask) -> None:
    rows = "".join(f"| term {n} | meaning {n} |\n" for n in range(1, 7))
    question = ask("match", "| Term | Meaning |\n|---|---|\n" + rows, "`shuffle=no`")
    view = KIND.view(question, Asking("3"))
    assert [t.text for t in view.terms] == [f"term {n}" for n in range(1, 7)]  # type: ignore[attr-defined]
    assert [m.text for m in view.meanings] != [f"meaning {n}" for n in range(1, 7)]  # type: ignore[attr-defined]


def test_reasons_come_with_what_is_right_and_the_distractors_with_the_key(ask: Ask) -> None:
    question = ask("match", TABLE)
    answer = paired(question, Dog="Barks", Cat="Sings", Seal="Barks")
    first = KIND.view(question, Asking("1", answer, Due.VERDICT))
    assert {t.text: t.reason for t in first.terms} == {  # type: ignore[attr-defined]
        "Dog": "Dogs do.",
        "Cat": "",
        "Seal": "Seals do too.",
    }
    assert first.spare == ()  # type: ignore[attr-defined]
    assert {t.belongs for t in first.terms} == {""}  # type: ignore[attr-defined]
    last = KIND.view(question, Asking("1", answer, Due.KEY, revealed=True))
    assert {t.text: t.given for t in last.terms}["Cat"] == "Purrs"  # type: ignore[attr-defined]
    assert last.spare == (("Sings", "Nobody here does."),)  # type: ignore[attr-defined]


def test_right_pairs_stay_for_the_next_try(ask: Ask) -> None:
    question = ask("match", TABLE)
    answer = paired(question, Dog="Barks", Cat="Sings")
    assert KIND.carried(question, answer) == paired(question, Dog="Barks")
