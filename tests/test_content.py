"""The course that is shipped: complete, free of advice, and with exam questions for five sittings without a repeat."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from course.core import specification
from course.core.quiz import Style, Use
from course.library.catalogue import Catalogue, build, read_files
from course.library.checker import check_catalogue
from course.library.links import links
from course.questions.registry import kinds
from tests.conftest import ROOT

FULL = "hvit"
SITTINGS = 5
LEAST_QUESTIONS = 12  # to practise, of each lesson
LEAST_TERMS, LEAST_FIGURES, LEAST_POOL = 110, 16, 240
WORDS = range(900, 1801)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build(read_files(ROOT, kinds()), kinds())


def test_the_check_finds_nothing_to_mend(catalogue: Catalogue) -> None:
    assert [str(problem) for problem in check_catalogue(catalogue).problems] == []


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_five_full_mocks_for_one_learner_share_no_question(catalogue: Catalogue, seed: str) -> None:
    exam, pool = catalogue.exams[FULL], catalogue.exam_pool()
    seen: set[str] = set()
    for sitting in range(SITTINGS):
        drawn = specification.draw(exam, pool, seen, f"{seed}{sitting}")
        assert drawn is not None
        assert len(drawn) == len(set(drawn)) == 40
        assert not seen & set(drawn), f"sitting {sitting + 1}"
        seen |= set(drawn)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_the_first_three_mocks_have_the_styles_that_are_asked_for(catalogue: Catalogue, seed: str) -> None:
    exam, pool = catalogue.exams[FULL], catalogue.exam_pool()
    styles = {candidate.id: candidate.style for candidate in pool}
    seen: set[str] = set()
    for sitting in range(3):
        drawn = specification.draw(exam, pool, seen, f"{seed}{sitting}") or ()
        mix = Counter(styles[name] for name in drawn)
        assert mix == {Style.STANDARD: 30, Style.LIST: 8, Style.NEGATIVE: 2}
        seen |= set(drawn)


def test_the_full_mock_is_like_the_real_exam(catalogue: Catalogue) -> None:
    exam = catalogue.exams[FULL]
    assert (exam.total, exam.minutes, exam.needed) == (40, 90, 28)
    by_bloom = Counter[int]()
    for topic in exam.topics:
        by_bloom.update(topic.questions)
    assert by_bloom == {2: 16, 3: 24}


def test_the_pool_is_large_and_its_questions_are_of_the_exams_kind(catalogue: Catalogue) -> None:
    pool = [question for quiz in catalogue.used_as(Use.EXAM) for question in quiz.questions]
    assert len(pool) >= LEAST_POOL
    assert len(catalogue.exam_pool()) == len(pool)
    shares = {style: count / len(pool) for style, count in Counter(question.style for question in pool).items()}
    assert shares[Style.STANDARD] == pytest.approx(0.75, abs=0.04)
    assert shares[Style.LIST] == pytest.approx(0.20, abs=0.04)
    assert shares[Style.NEGATIVE] == pytest.approx(0.05, abs=0.02)


def test_a_question_in_which_something_is_applied_brings_a_situation(catalogue: Catalogue) -> None:
    for quiz in catalogue.used_as(Use.EXAM):
        for question in quiz.questions:
            if question.bloom == 3:
                assert len(question.stem.split()) >= 12, question.id


def test_no_reason_speaks_of_an_option_by_its_letter_or_place(catalogue: Catalogue) -> None:
    pattern = re.compile(r"\b(?:[Oo]ption|[Aa]nswer) [A-D1-4]\b|\bthe (?:first|second|third|fourth) option\b")
    for question in catalogue.questions.values():
        texts = [question.why, *(part.reason for part in catalogue.kinds[question.kind].parts(question.answers))]
        assert not [text for text in texts if pattern.search(text)], question.id


def test_every_lesson_is_complete(catalogue: Catalogue) -> None:
    quizzes = {quiz.lesson: quiz for quiz in catalogue.used_as(Use.QUIZ)}
    assert len(catalogue.lessons) == 17
    for lesson in catalogue.lessons:
        body = catalogue.files.lessons[lesson.slug].body
        assert lesson.outcomes, lesson.slug
        assert len(lesson.check) >= 3, lesson.slug
        assert len(quizzes[lesson.slug].questions) >= LEAST_QUESTIONS, lesson.slug
        for part in ("> **Easy to mix up:**", "> **In the exam:**", "## In one minute"):
            assert part in body, (lesson.slug, part)
        plain = re.sub(r"^\|[-|: ]+\|$|\]\([^)]*\)|[|>*#\[\]!]", " ", body, flags=re.MULTILINE)
        assert len(plain.split()) in WORDS, (lesson.slug, len(plain.split()))


def test_every_term_is_taught_by_a_lesson_or_stands_with_one_that_is(catalogue: Catalogue) -> None:
    assert len(catalogue.terms) >= LEAST_TERMS
    linked = {
        link.target.removeprefix("term:")
        for lesson in catalogue.files.lessons.values()
        for link in links(lesson.body)
        if link.target.startswith("term:")
    }
    without = [term.name for term in catalogue.terms if term.slug not in linked]
    assert without == []


def test_every_figure_is_shown_somewhere(catalogue: Catalogue) -> None:
    assert len(catalogue.files.figures) >= LEAST_FIGURES
    shown = "\n".join(lesson.body for lesson in catalogue.files.lessons.values())
    assert [name for name in catalogue.files.figures if f"figures/{name}.svg" not in shown] == []


def test_the_syllabus_names_every_outcome_of_the_exam(catalogue: Catalogue) -> None:
    assert catalogue.syllabus is not None
    rows = {criterion.outcome for criterion in catalogue.syllabus.criteria}
    asked = {outcome for topic in catalogue.exams[FULL].topics for outcome in topic.outcomes}
    assert rows == asked == set(catalogue.info.outcomes) - {"exam"}
