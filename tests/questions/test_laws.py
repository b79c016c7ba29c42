"""The five laws every kind of question keeps. A new kind is taken up by being there."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course.core.attempts import Due, Response
from course.core.blocks import NumberedList, Prose
from course.core.problems import Report
from course.core.quiz import Credit, Question, Quiz, Scenario, Style
from course.library import quizfile, quizwriter
from course.library.source import Source
from course.questions._kind import Asking, Kind
from course.questions.registry import kinds

KINDS = kinds()
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())

# Texts as authors write them: every letter and sign, but no start that Markdown reads as a block, and one line.
INSIDE = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf"), exclude_characters="\x85"),
    max_size=20,
)
numbers = st.integers(0, 999)
texts = st.builds(lambda n, inside: f"Text {n} {' '.join(inside.split())}x", numbers, INSIDE)
others = st.builds(lambda n, inside: f"Ask {n} {' '.join(inside.split())}x", numbers, INSIDE)  # never part of an answer
text_lists = st.lists(texts, min_size=6, max_size=14, unique_by=lambda text: text.casefold()[:8])
randoms = st.integers(0, 2**32).map(Random)
seeds = st.text(alphabet="0123456789abcdef", min_size=4, max_size=32)


@st.composite
def questions(draw: st.DrawFn, kind: Kind) -> Question:
    """Any question of a kind that an author could have written."""
    question = draw(_questions(kind))
    # In a cloze two opening brackets begin a gap wherever they stand.
    assume(kind.block is not Prose or "[[" not in repr(replace(question, answers=None, scenario=None)))
    assume(kind.block is not Prose or "[[" not in repr(question.answers))
    # Two numbered lists in a row are one list in Markdown.
    assume(kind.block is not NumberedList or not re.search(r"\d\. .*\Z", question.stem))
    return question


@st.composite
def _questions(draw: st.DrawFn, kind: Kind) -> Question:
    return Question(
        id=draw(st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)),
        kind=kind.name,
        sentence=draw(others),
        answers=kind.sample(draw(text_lists), draw(randoms)),
        stem=draw(st.one_of(st.just(""), others, st.just("A first.\n\nA second, with\n\n1. one\n2. two"))),
        why=draw(st.one_of(st.just(""), others.map("Since {}".format), st.just("One line\nand another.\n\n- a list"))),
        hint=draw(st.one_of(st.just(""), others.map("Think {}".format))),
        outcome=draw(st.sampled_from(["", "2.1c", "exam"])),
        bloom=draw(st.sampled_from([None, 1, 2, 3])),
        style=draw(st.sampled_from(list(Style))),
        credit=draw(st.sampled_from(list(Credit))) if "credit" in kind.chips else Credit.ALL,
        shuffle=draw(st.booleans()),
        void=draw(st.booleans()),
        scenario=draw(st.one_of(st.none(), st.builds(Scenario, texts, texts))),
    )


@st.composite
def responses(draw: st.DrawFn, kind: Kind, question: Question) -> Response:
    """Any answer a form could post: true fields and values, in any mixture."""
    offered = [*kind.full(question), *_offered(kind.view(question, Asking("1")))]
    chosen = draw(st.lists(st.sampled_from(offered), max_size=2 * len(offered)))
    return kind.accept(question, _fields(tuple(chosen)))


def _offered(view: Any) -> list[tuple[str, str]]:
    """Every field and value that a view offers, found by how widgets name them."""
    if hasattr(view, "options"):
        return [("choice", option.value) for option in view.options]
    if hasattr(view, "places"):
        return [(card.field, place.value) for card in view.cards for place in view.places]
    if hasattr(view, "steps"):
        return [(step.field, str(n)) for step in view.steps for n in range(1, len(view.steps) + 1)]
    if hasattr(view, "meanings"):
        return [(term.field, meaning.value) for term in view.terms for meaning in view.meanings]
    typed = [(gap.field, word) for gap in view.gaps for word in ("typed", "a b.") if not gap.choices]
    return typed + [(gap.field, value) for gap in view.gaps for value, _ in gap.choices]


def _fields(response: Response) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in response:
        fields.setdefault(name, []).append(value)
    return fields


@every_kind
@given(data=st.data())
def test_the_full_answer_earns_one_none_earns_nothing_and_any_lies_between(kind: Kind, data: st.DataObject) -> None:
    question = data.draw(questions(kind))
    assert kind.mark(question, kind.full(question)).mark == 1
    assert kind.mark(question, ()).mark == 0
    given_answer = data.draw(responses(kind, question))
    mark = kind.mark(question, given_answer).mark
    assert isinstance(mark, Fraction)
    assert 0 <= mark <= 1


@every_kind
@given(data=st.data(), first=seeds, second=seeds)
def test_marking_twice_gives_the_same_and_no_seed_or_order_changes_it(
    kind: Kind, data: st.DataObject, first: str, second: str
) -> None:
    question = data.draw(questions(kind))
    response = data.draw(responses(kind, question))
    marked = kind.mark(question, response)
    assert kind.mark(question, response) == marked
    for seed in (first, second):
        for shuffled in (True, False):
            asked = replace(question, shuffle=shuffled)
            kind.view(asked, Asking(seed, response))
            assert kind.mark(asked, kind.accept(asked, _fields(response))) == marked


@every_kind
@given(data=st.data())
def test_a_question_written_and_read_again_is_the_same(kind: Kind, data: st.DataObject) -> None:
    question = data.draw(questions(kind))
    written = quizwriter.alone(question, KINDS)
    report = Report("q.quiz.md")
    read = quizfile.parse(Source("q.quiz.md", written), question.id, KINDS, report)
    assert not report.problems, written
    assert read is not None
    assert read.quiz.questions == (question,), written
    assert quizwriter.write(read.quiz, KINDS) == written


@every_kind
@given(data=st.data(), seed=seeds)
def test_nothing_of_the_key_is_in_what_is_shown_before_it_is_due(kind: Kind, data: st.DataObject, seed: str) -> None:
    """Two questions that differ in nothing but their key look the same."""
    parts = data.draw(text_lists)
    question = replace(data.draw(questions(kind)), answers=kind.sample(parts, data.draw(randoms)))
    other = replace(question, answers=kind.sample(parts, data.draw(randoms)))
    response = data.draw(responses(kind, question))
    asking = Asking(seed, response)
    view = kind.view(question, asking)
    assert _unordered(view) == _unordered(kind.view(other, asking))
    shown = repr(asdict(view))
    for part in kind.parts(question.answers):
        assert not part.reason or part.reason not in shown
    for text in (question.why, question.hint):
        assert not text or text not in shown


@every_kind
@given(data=st.data())
def test_an_answer_in_words_is_the_same_whatever_the_key_and_holds_no_reason(kind: Kind, data: st.DataObject) -> None:
    parts = data.draw(text_lists)
    question = replace(data.draw(questions(kind)), answers=kind.sample(parts, data.draw(randoms)))
    other = replace(question, answers=kind.sample(parts, data.draw(randoms)))
    response = data.draw(responses(kind, question))
    words = kind.in_words(question, response)
    assert words == kind.in_words(other, response)
    assert len(words) == len(response)
    for part in kind.parts(question.answers):
        assert not part.reason or part.reason not in "\n".join(words)


@every_kind
@given(data=st.data())
def test_an_answer_in_words_says_every_part_of_it(kind: Kind, data: st.DataObject) -> None:
    question = data.draw(questions(kind))
    one, two = (data.draw(responses(kind, question)) for _ in range(2))
    assert (kind.in_words(question, one) == kind.in_words(question, two)) is (one == two)


def _unordered(view: Any) -> Any:
    """Of steps only which there are: their order differs in nothing but that it is never the right one."""
    if not hasattr(view, "steps"):
        return view
    return {(step.field, step.text, step.number) for step in view.steps}, replace(view, steps=())


@every_kind
@given(data=st.data(), seed=seeds)
def test_parts_are_named_by_a_hash_of_question_and_text_and_never_by_position(
    kind: Kind, data: st.DataObject, seed: str
) -> None:
    question = data.draw(questions(kind))
    here = _names(kind, question, seed)
    assert here == _names(kind, question, seed + "0")
    elsewhere = _names(kind, replace(question, id=question.id + "-b"), seed)
    assert here.isdisjoint(elsewhere)


def _names(kind: Kind, question: Question, seed: str) -> set[str]:
    view = kind.view(question, Asking(seed))
    offered = _offered(view)
    if hasattr(view, "options"):
        return {value for _, value in offered}
    return {name for name, _ in offered} | {value for _, value in offered if re.fullmatch("[0-9a-f]{10}", value)}


@every_kind
@given(data=st.data(), seed=seeds)
def test_what_the_page_posts_is_the_answer_it_shows(kind: Kind, data: st.DataObject, seed: str) -> None:
    """The fields a page without JavaScript posts, and those the enhanced page posts, are one and the same."""
    question = data.draw(questions(kind))
    response = data.draw(responses(kind, question))
    view = kind.view(question, Asking(seed, response))
    posted = _filled_in(view)
    assert kind.accept(question, posted) == response
    noise = {**posted, "csrf_token": ["x"], "choice-9": ["y"], "card-none": ["z"]}
    assert kind.accept(question, noise) == response


def _filled_in(view: Any) -> dict[str, list[str]]:
    if hasattr(view, "options"):
        return {"choice": [option.value for option in view.options if option.chosen]}
    if hasattr(view, "places"):
        return {card.field: [card.place] for card in view.cards}
    if hasattr(view, "steps"):
        return {step.field: [step.number] for step in view.steps}
    return {each.field: [each.value] for each in (view.terms if hasattr(view, "terms") else view.gaps)}


@every_kind
@given(data=st.data(), seed=seeds)
def test_the_whole_solution_is_shown_once_it_is_due(kind: Kind, data: st.DataObject, seed: str) -> None:
    question = data.draw(questions(kind))
    shown = repr(asdict(kind.view(question, Asking(seed, kind.full(question), Due.KEY, revealed=True))))
    for part in kind.parts(question.answers):
        assert repr(part.reason)[1:-1] in shown


@given(data=st.data())
def test_revision_follows_what_is_answered_and_not_where_it_is_filed(data: st.DataObject) -> None:
    kind = KINDS["single"]
    question = data.draw(questions(kind))
    same = replace(question, outcome="9.9", bloom=6, style=Style.STANDARD, void=not question.void, id="other")
    assert quizwriter.revision(same, KINDS) == quizwriter.revision(question, KINDS)
    for changed in (
        replace(question, sentence=question.sentence + "!"),
        replace(question, why=question.why + " more"),
        replace(question, scenario=Scenario("Another", "case")),
    ):
        assert quizwriter.revision(changed, KINDS) != quizwriter.revision(question, KINDS)


@given(questions_of_kinds=st.data())
def test_a_whole_file_written_and_read_again_is_the_same(questions_of_kinds: st.DataObject) -> None:
    drawn = [questions_of_kinds.draw(questions(KINDS[name])) for name in ("single", "multiple")]
    asked = tuple(replace(question, id=f"q-{n}") for n, question in enumerate(drawn))
    if asked[0].scenario is not None and asked[1].scenario is None:
        asked = asked[::-1]  # a scenario holds until the next one; a file cannot end it
    quiz = Quiz("file", "A title: with 'quotes' & more", asked)
    report = Report("file")
    read = quizfile.parse(Source("file", quizwriter.write(quiz, KINDS)), "file", KINDS, report)
    assert read is not None, report.problems
    assert read.quiz == quiz
