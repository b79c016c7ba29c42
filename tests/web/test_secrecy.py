"""Nothing of the key, of a reason or of a verdict is in any page before it is due: for the whole real course.

Two ways: what must not be told is looked for in every page; and a copy of the course in which every
key, reason and explanation is another one must give the same pages, byte by byte.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from course.core.quiz import Question, Quiz, Use
from course.library import quizwriter
from course.library.catalogue import Catalogue, build, read_files
from course.questions._choose import Options, value_of
from course.questions.cloze import Blank, Text
from course.questions.match import Pairs
from course.questions.order import Steps
from course.questions.registry import kinds
from course.questions.sort import Sorting
from tests.conftest import ROOT, MakeApp
from tests.web.browsing import Form, Page, Visitor
from tests.web.sitting import id_of, kept, save
from tests.web.taking import take

# What differs between two pages that say the same: numbers of attempts, tokens, signed numbers of a start.
RANDOM = re.compile(
    r'\b[0-9a-f]{32}\b|\b[0-9a-f]{40}\b|(?<=name="start" value=")[^"]+|(?<=name="start" type="hidden" value=")[^"]+'
)
TAGS = re.compile(r"<[^>]*>")
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def plain(markup: str) -> str:
    """The words of some HTML, whatever their case."""
    return " ".join(html.unescape(TAGS.sub(" ", markup)).split()).casefold()


def turned(items: list[Any]) -> list[Any]:
    """The same, each one place further."""
    return [*items[1:], *items[:1]]


def other_key(question: Question) -> Question:
    """The same question to look at, with another key, other reasons and another explanation."""
    answers = question.answers
    if isinstance(answers, Options):
        boxes = turned([option.box for option in answers.options])
        options = [
            replace(option, box=box, feedback=f"Another reason {n}.")
            for n, (option, box) in enumerate(zip(answers.options, boxes, strict=True))
        ]
        changed: Any = Options(tuple(options))
    elif isinstance(answers, Steps):
        changed = Steps(tuple(turned(list(answers.steps))))
    elif isinstance(answers, Pairs):
        meanings = iter(turned([pair.meaning for pair in answers.asked]))
        pairs = [
            replace(pair, meaning=next(meanings) if pair.term else pair.meaning, why=f"Another reason {n}.")
            for n, pair in enumerate(answers.pairs)
        ]
        changed = replace(answers, pairs=tuple(pairs))
    elif isinstance(answers, Text):
        changed = replace(answers, blanks=tuple(map(other_blank, answers.blanks)))
    else:
        assert isinstance(answers, Sorting)
        homes = turned([(card.bins, card.sides) for card in answers.cards])
        cards = [
            replace(card, bins=bins, sides=sides, why=f"Another reason {n}.")
            for n, (card, (bins, sides)) in enumerate(zip(answers.cards, homes, strict=True))
        ]
        changed = replace(answers, cards=tuple(cards))
    return replace(question, answers=changed, why="Another explanation.")


def other_blank(blank: Blank) -> Blank:
    """The same gap with another right word."""
    if not blank.choices:
        return replace(blank, right=("another word",))
    (right,) = blank.right
    after = turned(list(blank.choices))[blank.choices.index(right)]
    return replace(blank, right=(after,))


@dataclass
class Both:
    """The course as it is, and the course with other keys."""

    app: Flask
    other_app: Flask
    catalogue: Catalogue

    def visitors(self) -> tuple[Visitor, Visitor]:
        return Visitor(self.app), Visitor(self.other_app)


@pytest.fixture(scope="module")
def real_catalogue() -> Catalogue:
    """Return the real course."""
    return build(read_files(ROOT, kinds()), kinds())


@pytest.fixture(scope="module")
def other_folder(real_catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the real course in which every key, reason and explanation is another one."""
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(ROOT / "content", folder / "content")
    (folder / "quizzes").mkdir()
    for file in (ROOT / "quizzes").glob("*.exam.md"):
        shutil.copy(file, folder / "quizzes")
    for slug, quiz in real_catalogue.quizzes.items():
        changed = replace(quiz, questions=tuple(map(other_key, quiz.questions)))
        (folder / f"quizzes/{slug}.quiz.md").write_text(quizwriter.write(changed, kinds()), encoding="utf-8")
    return folder


@pytest.fixture
def both(real_catalogue: Catalogue, other_folder: Path, make_app: MakeApp) -> Both:
    """Return the application on both."""
    other_app = make_app(other_folder, testing=True)
    found: Catalogue = other_app.extensions["library"].catalogue
    assert found.questions.keys() == real_catalogue.questions.keys()
    assert all(found.revisions[qid] != revision for qid, revision in real_catalogue.revisions.items())
    return Both(make_app(ROOT, testing=True), other_app, real_catalogue)


def same(one: Page, two: Page) -> None:
    """Both pages are the same but for what is drawn anew each time."""
    assert (one.status, RANDOM.sub("…", one.html)) == (two.status, RANDOM.sub("…", two.html))


def secrets(catalogue: Catalogue, question: Question) -> set[str]:
    """Every reason and the explanation of a question, as words."""
    parts = catalogue.kinds[question.kind].parts(question.answers)
    texts = [catalogue.renderer.inline(part.reason) for part in parts if part.reason]
    texts += [catalogue.renderer.block(question.why)] if question.why else []
    return {plain(text) for text in texts}


def tells_nothing(page: Page, catalogue: Catalogue, question: Question) -> None:
    """No reason stands in the page, in its text, an attribute or a template; nor where a card belongs."""
    everything = plain(page.html)
    attributes = html.unescape(page.html).casefold()
    for secret in secrets(catalogue, question):
        assert secret not in everything
        assert secret not in attributes
    assert 'class="opt right' not in page.html
    assert "data-mark=" not in page.html
    assert "row-reason" not in page.html


def shapes(page: Page, catalogue: Catalogue, question: Question) -> set[str]:
    """The markup of every option, card, step or term, without its own words, values and numbers.

    Gaps are typed or chosen and stand in running text: they have no shape in common.
    """
    answers = question.answers
    if isinstance(answers, Text):
        return {"gap"}
    kind = catalogue.kinds[question.kind]
    parts = kind.parts(answers)
    main = page.main()
    found = re.findall(r'<label class="opt">.*?</label>|<li data-(?:card|step|term).*?</li>', main, re.DOTALL)
    assert len(found) == (len(parts) if isinstance(answers, Options) else len(kind.full(question)))
    texts = [catalogue.renderer.inline(part.text) for part in parts]
    if isinstance(answers, Steps):
        texts += [catalogue.renderer.inline(step) for step in answers.steps]
    if isinstance(answers, Pairs):
        texts += [html.escape(pair.term) for pair in answers.pairs if pair.term]
    if isinstance(question.answers, Sorting):
        texts += [catalogue.renderer.inline(card.text) for card in question.answers.cards if card.text]
        texts += [html.escape(card.label) for card in question.answers.cards]
    texts.sort(key=len, reverse=True)
    return {shape(markup, texts) for markup in found}


def shape(markup: str, texts: list[str]) -> str:
    for text in texts:
        markup = markup.replace(text, "")
    markup = re.sub(r'\sid="[^"]*first-option"', "", markup)
    markup = re.sub(r'(?:value|data-letter|data-short|for|id|name)="[^"]*"', "", markup)
    markup = re.sub(r'<b>[^<]*</b>|<span class="let-s"[^>]*>[^<]*</span>|<span data-full></span>', "", markup)
    return " ".join(markup.split())


def exercises(catalogue: Catalogue) -> Iterator[tuple[str, Question]]:
    for quiz in catalogue.used_as(Use.EXERCISE):
        yield quiz.slug, quiz.questions[0]


def test_no_page_of_an_exam_tells_anything_before_its_end(both: Both) -> None:
    visitor, other = both.visitors()
    pool = [question for quiz in both.catalogue.used_as(Use.EXAM) for question in quiz.questions]
    reserved = {secret for question in pool for secret in secrets(both.catalogue, question)}
    for slug, exam in both.catalogue.exams.items():
        pages = [begun(each, slug) for each in (visitor, other)]
        paths = [page.response.request.path.removesuffix("q/1") for page in pages]
        for place in [*(f"q/{n}" for n in range(1, exam.total + 1)), "submit"]:
            one, two = visitor.open(paths[0] + place), other.open(paths[1] + place)
            assert CLOCK.sub("…", RANDOM.sub("…", one.html)) == CLOCK.sub("…", RANDOM.sub("…", two.html))
            words, attributes = plain(one.html), html.unescape(one.html).casefold()
            assert not [secret for secret in reserved if secret in words or secret in attributes]
            assert 'class="opt right' not in one.html
        form = visitor.open(paths[0] + "submit").form("/submit")
        visitor.post(form.action, {**dict(form.fields), "sure": "1"})
        # The search finds what is really said.
        review = plain(visitor.open(paths[0] + "review?show=all").html)
        assert [secret for secret in reserved if secret in review]


def a_second_later(seconds: Iterator[int]) -> datetime:
    """A clock that goes by one second whenever it is looked at, so that all is kept in one order."""
    return AT + timedelta(seconds=next(seconds))


def test_what_is_taken_along_tells_nothing_of_what_is_not_checked_or_still_running(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the keys are: the file is the same, byte by byte."""
    taken = []
    for visitor, app in zip(both.visitors(), (both.app, both.other_app), strict=True):
        monkeypatch.setattr("course.clock.now", partial(a_second_later, count()))
        page = begun(visitor, next(iter(both.catalogue.exams)))
        for number, item in enumerate(kept(app, id_of(page)).items, 1):
            option = both.catalogue.questions[item.question_id].answers.options[0]
            value = value_of(both.catalogue.questions[item.question_id], option)
            assert save(visitor, page, number, 1, choice=value)[0] == 200
        for slug, _ in exercises(both.catalogue):
            form = visitor.open(f"/exercises/{slug}?seed=1").form("/check")
            fields = form.filled({**anything(form), "sequence": "1"})
            assert visitor.post(f"/exercises/{slug}/save?seed=1", fields).status == 200
        for quiz in both.catalogue.used_as(Use.QUIZ):
            form = visitor.open(f"/quizzes/{quiz.slug}").form("/start")
            visitor.post(f"{form.action}?seed=1", form.fields)
        taken.append(take(visitor))
    one, two = taken
    assert len(one.events) > 60
    assert RANDOM.sub("…", one.whole) == RANDOM.sub("…", two.whole)
    words = plain(one.whole)
    for question in both.catalogue.questions.values():
        assert not [secret for secret in secrets(both.catalogue, question) if secret in words], question.id


CLOCK = re.compile(r'data-left="[^"]*"|(?<=name="shown" value=")[^"]*|Ends at \S+')


def begun(visitor: Visitor, slug: str) -> Page:
    """The first question of an exam, drawn by the same seed for everybody."""
    form = visitor.open(f"/exam/{slug}").form("/start")
    return visitor.follow(visitor.post(f"{form.action}?seed=1", form.fields))


def test_no_page_of_an_exercise_to_do_tells_anything(both: Both) -> None:
    visitor, other = both.visitors()
    for slug, question in exercises(both.catalogue):
        page = visitor.open(f"/exercises/{slug}?seed=1")
        same(page, other.open(f"/exercises/{slug}?seed=1"))
        tells_nothing(page, both.catalogue, question)
        assert len(shapes(page, both.catalogue, question)) == 1, slug


def test_neither_does_one_with_gaps_nor_one_that_was_saved(both: Both) -> None:
    for slug, question in exercises(both.catalogue):
        found = []
        for visitor in both.visitors():
            form = visitor.open(f"/exercises/{slug}?seed=1").form("/check")
            first, second = placed(form)[:2]
            some = {first: form.choices[first][1], second: form.choices[second][-1]}
            gaps = visitor.post(f"/exercises/{slug}/check?seed=1", form.filled(some))
            assert gaps.status == 422
            saved = visitor.post(f"/exercises/{slug}/save?seed=1", form.filled({**some, "sequence": "1"}))
            assert saved.status == 200
            found.append((gaps, saved, visitor.open(f"/exercises/{slug}")))
        for one, two in zip(*found, strict=True):
            same(one, two)
            tells_nothing(one, both.catalogue, question)


def placed(form: Form) -> list[str]:
    """The fields of cards, steps and terms."""
    return [name for start in ("card-", "step-", "term-") for name in form.named(start)]


def anything(form: Form) -> dict[str, str]:
    """An answer to everything: of a choice the last, of steps and terms each another, of a typed gap a word."""
    fields = {name: values[-1] for name, values in form.choices.items() if name != "certainty"}
    for start in ("step-", "term-"):
        fields |= {name: form.choices[name][n] for n, name in enumerate(form.named(start), 1)}
    return fields | {name: "a word" for name, kind in form.kinds.items() if kind == "text"}


def walk(visitor: Visitor, quiz: Quiz) -> Iterator[Page]:
    """Give each question's page before it is checked; each is answered with what stands first."""
    form = visitor.open(f"/quizzes/{quiz.slug}").form("/start")
    page = visitor.follow(visitor.post(f"{form.action}?seed=1", form.fields))
    while "certainty" in page.forms[-1].kinds and "Second look" not in page.text:
        yield page
        answer = page.forms[-1]
        verdict = visitor.follow(visitor.submit(answer, anything(answer)))
        page = visitor.go(next(href for href, words in verdict.links if words in {"Next question", "See your result"}))


def asked_in(page: Page, catalogue: Catalogue, quiz: Quiz) -> Question:
    """The question that a page asks: its options or cards are the ones offered."""
    form = page.forms[-1]
    offered = {*form.choices.get("choice", ()), *form.kinds}
    for question in quiz.questions:
        names = {value if name == "choice" else name for name, value in catalogue.kinds[question.kind].full(question)}
        if names <= offered:
            return question
    raise AssertionError("the page asks no question of the quiz")


def test_no_page_of_a_quiz_tells_anything_before_the_check(both: Both) -> None:
    for quiz in both.catalogue.used_as(Use.QUIZ):
        visitor, other = both.visitors()
        seen = set()
        for page, twin in zip(walk(visitor, quiz), walk(other, quiz), strict=True):
            same(page, twin)
            question = asked_in(page, both.catalogue, quiz)
            tells_nothing(page, both.catalogue, question)
            assert len(shapes(page, both.catalogue, question)) == 1, question.id
            seen.add(question.id)
        assert seen == {q.id for q in quiz.questions if not q.void}


def test_no_page_to_read_tells_anything_of_a_question(both: Both) -> None:
    """A lesson may say in its own words what is a reason too; its questions may not."""
    visitor, other = both.visitors()
    paths = [
        "/",
        "/learn",
        "/practise",
        "/progress",
        "/glossary",
        "/search?q=value",
        "/taster",
        *(les.address for les in both.catalogue.lessons),
    ]
    paths += [f"/quizzes/{quiz.slug}" for quiz in both.catalogue.used_as(Use.QUIZ)]
    for path in paths:
        page = visitor.open(path)
        same(page, other.open(path))
        words = plain("".join(re.findall(r"<form.*?</form>", page.html, re.DOTALL)))
        for question in both.catalogue.questions.values():
            assert not [secret for secret in secrets(both.catalogue, question) if secret in words], (path, question.id)


def test_scripts_and_styles_hold_no_word_of_the_course(both: Both) -> None:
    visitor, _ = both.visitors()
    page = visitor.open(f"/exercises/{both.catalogue.used_as(Use.EXERCISE)[0].slug}")
    for path in re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page.html):
        text = visitor.open(path).html
        for question in both.catalogue.questions.values():
            assert question.id not in text
            assert not [secret for secret in secrets(both.catalogue, question) if secret in text.casefold()]


def test_after_the_check_the_same_pages_do_tell(both: Both) -> None:
    """So that the tests above look for something that is really said."""
    visitor, _ = both.visitors()
    slug, question = next(exercises(both.catalogue))
    form = visitor.open(f"/exercises/{slug}").form("/check")
    right = dict(both.catalogue.kinds[question.kind].full(question))
    result = visitor.follow(visitor.submit(form, right))
    words = plain(result.html)
    assert all(secret in words for secret in secrets(both.catalogue, question))
    with pytest.raises(AssertionError):
        tells_nothing(result, both.catalogue, question)
