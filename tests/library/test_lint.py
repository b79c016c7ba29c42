"""Advice to authors: it is given where it is due, and not elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.core.problems import Severity
from course.library.checker import check
from course.library.readability import reading_ease
from course.questions.registry import kinds

COURSE = "---\ntitle: C\nmodules: {m: M}\noutcomes: {a: A}\n---\n"
LESSON = "---\ntitle: L\nmodule: m\n---\n\nText.\n"


def options(key: str, *others: str) -> str:
    rows = [f"- [x] {key}\n  > Yes.\n", *(f"- [ ] {other}\n  > No.\n" for other in others)]
    return "".join(rows)


def asked(n: int, body: str, sentence: str = "", chips: str = "") -> str:
    words = [
        "anchor",
        "bottle",
        "candle",
        "desert",
        "engine",
        "forest",
        "garden",
        "harbour",
        "island",
        "jacket",
        "kettle",
    ]
    sentence = sentence or f"What does the {words[n]} tell about {words[-n - 1]} number {n * 37}?"
    return f"## {sentence}\n\n`single` `id=q-{n}` `outcome=a`{chips}\n\n{body}\n> **Why:** so.\n\n"


def warnings(root: Path, *questions: str, course: str = COURSE) -> list[str]:
    for path, text in {
        "content/course.md": course,
        "content/lessons/l.md": LESSON,
        "quizzes/q.quiz.md": "---\ntitle: Q\n---\n\n" + "".join(questions),
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    problems = check(root, kinds()).problems
    assert not [p for p in problems if p.severity is Severity.ERROR], problems
    return [p.message for p in problems]


CLEAN = options("The first one", "Second", "A third thing")


def test_a_clean_question_gets_no_advice(tmp_path: Path) -> None:
    assert warnings(tmp_path, asked(0, CLEAN)) == []


@pytest.mark.parametrize(
    ("body", "sentence", "chips", "message"),
    [
        ("- [x] Yes\n- [ ] Not\n  > No.\n", "", "", "has no reason"),
        (options("All of the above", "One", "Two"), "", "", "catch-all"),
        (options("A ship at sea", "A ship at sea with sails"), "", "", "contained in another"),
        (CLEAN, "Which of these is not a boat?", "", "negative question"),
        (CLEAN, "Which of these is a boat?", " `style=negative`", "without NOT in capitals"),
    ],
)
def test_advice_on_one_question(tmp_path: Path, body: str, sentence: str, chips: str, message: str) -> None:
    found = warnings(tmp_path, asked(0, body, sentence, chips))
    assert any(message in warning for warning in found), found


HARD = (
    "Considering organisational interdependencies, which operationalisation of accountability mechanisms accommodates "
    "heterogeneous institutional constituencies while simultaneously guaranteeing comprehensive regulatory conformity "
    "throughout multinational organisations?"
)


@pytest.mark.parametrize(
    ("body", "sentence", "message"),
    [
        (
            options("Paint the harbour garden", "Sell the whole of it"),
            "Who owns the harbour and its garden?",
            "garden” and “harbour",
        ),
        (options("Released walls", "Burn it"), "Which walls were releases of harbours?", "stand in the key alone"),
        (
            options("A very long answer that says everything", "Short", "Brief"),
            "",
            "much longer than the other options",
        ),
        (options("Some of them", "Always wait", "Only the first"), "", "every wrong option holds a word like always"),
        (CLEAN, HARD, "hard to read (reading ease -"),
        (CLEAN, "Which team at Netflix decides?", "“Netflix” is a brand"),
        (options("Ask Google", "Wait", "Run away"), "", "“Google” is a brand"),
    ],
)
def test_advice_on_what_gives_a_key_away_and_on_words(tmp_path: Path, body: str, sentence: str, message: str) -> None:
    found = warnings(tmp_path, asked(0, body, sentence))
    assert any(message in warning for warning in found), found


@pytest.mark.parametrize(
    ("body", "sentence", "chips"),
    [
        (options("Paint the harbour", "Sell the harbour"), "Who owns the harbour and its wall?", ""),  # in both
        (
            options("Paint the harbour", "Sell it again"),
            "Who owns the harbour and its garden?",
            "",
        ),  # one word is chance
        (options("Only it", "Always", "Never"), "", ""),  # the key too
        (options("1 and 2", "1 and 4", "2 and 3"), "Which TWO statements are true?", " `style=list`"),
        (CLEAN, "Which operationalisation accommodates constituencies?", ""),  # too short to judge
        (CLEAN, "Who works at Googol and at Appleby?", ""),
        (CLEAN, "What does Toyota Kata train?", ""),
    ],
)
def test_no_advice_where_none_is_due(tmp_path: Path, body: str, sentence: str, chips: str) -> None:
    assert warnings(tmp_path, asked(0, body, sentence, chips)) == []


def test_too_many_negative_questions_in_a_file_are_named(tmp_path: Path) -> None:
    def one(n: int) -> str:
        negative = n < 2
        sentence = f"Which part of ship {n * 37} is {'NOT ' if negative else ''}made of wood number {n * 91}?"
        return asked(n, options(f"Mast {n}", f"Anchor {n}"), sentence, " `style=negative`" if negative else "")

    found = warnings(tmp_path, *(one(n) for n in range(10)))
    assert "2 of 10 questions are negative" in found
    assert "2 of 10 questions are negative" not in warnings(tmp_path / "few", *(one(n) for n in range(1, 11)))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat on the mat.", 100, 120),  # 116 by Flesch's formula
        ("We like short words. They help us all.", 95, 120),
        ("Organisational accountability necessitates comprehensive documentation.", -300, -100),
    ],
)
def test_reading_ease_is_fleschs(text: str, low: float, high: float) -> None:
    ease = reading_ease(text)
    assert ease is not None
    assert low <= ease <= high


def test_without_words_there_is_no_reading_ease() -> None:
    assert reading_ease(" 12 … ") is None


def test_a_negative_question_with_not_in_capitals_is_fine(tmp_path: Path) -> None:
    assert warnings(tmp_path, asked(0, CLEAN, "Which of these is NOT a boat?", " `style=negative`")) == []


def test_a_column_without_a_name_is_named(tmp_path: Path) -> None:
    lesson = LESSON + "\n| | Boat |\n|---|---|\n| Mast | tall |\n"
    warnings(tmp_path, asked(0, CLEAN))
    (tmp_path / "content/lessons/l.md").write_text(lesson)
    found = [(p.line, p.message) for p in check(tmp_path, kinds()).problems]
    assert found == [(8, "a column has no name")]


def test_a_question_without_explanation_is_named(tmp_path: Path) -> None:
    found = warnings(tmp_path, asked(0, CLEAN).replace("> **Why:** so.\n", ""))
    assert found == ["the question has no explanation"]


def test_keys_are_looked_at_as_a_set(tmp_path: Path) -> None:
    first = [asked(n, options(f"The very longest option of all {n}", f"b {n}", f"c {n}", f"d {n}")) for n in range(10)]
    found = warnings(tmp_path, *first)
    assert "the key is the longest option in 10 of 10 questions" in found
    assert "the key stands in position 1 in 10 of 10 questions" in found


def test_nine_questions_are_too_few_to_judge_their_keys(tmp_path: Path) -> None:
    few = [asked(n, options(f"The very longest option of all {n}", f"b {n}", f"c {n}")) for n in range(9)]
    assert not [warning for warning in warnings(tmp_path, *few) if "of 9 questions" in warning]


def test_near_duplicates_and_outcomes_without_question_are_named(tmp_path: Path) -> None:
    sentence = "In which stage is the shop that has signed a long contract with a firm?"
    found = warnings(
        tmp_path,
        asked(0, CLEAN, sentence),
        asked(1, CLEAN, sentence.replace("long", "large")),
        course=COURSE.replace("{a: A}", "{a: A, b: B}"),
    )
    assert any("nearly the question in quizzes/q.quiz.md:5" in warning for warning in found), found
    assert "outcome b has no question" in found
