"""Answers to the questions of a course, for tests that know its keys."""

from __future__ import annotations

from course.core.attempts import Response
from course.core.quiz import Question
from course.library.catalogue import Catalogue
from course.questions._kind import Kind
from tests.web.browsing import Page, Visitor


def kind_of(catalogue: Catalogue, question: Question) -> Kind:
    return catalogue.kinds[question.kind]


def full(catalogue: Catalogue, question_id: str) -> dict[str, list[str]]:
    """The fields of an answer that earns everything."""
    question = catalogue.questions[question_id]
    return as_fields(kind_of(catalogue, question).full(question))


def as_fields(response: Response) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in response:
        fields.setdefault(name, []).append(value)
    return fields


def wrong(catalogue: Catalogue, question_id: str, page: Page) -> dict[str, list[str]]:
    """The fields of an answer that earns nothing, of what the page offers."""
    question = catalogue.questions[question_id]
    right = dict(kind_of(catalogue, question).full(question))
    form = page.forms[-1]
    if "choice" in form.choices:
        keys = full(catalogue, question_id)["choice"]
        return {"choice": [next(value for value in form.choices["choice"] if value not in keys)]}
    found = {}
    for name in form.named("card-"):
        bins = {value.partition("/")[0] for value in form.choices[name] if value} - {right[name].partition("/")[0]}
        found[name] = next(v for v in form.choices[name] if v and v.partition("/")[0] in bins)
    placed: dict[str, list[str]] = {name: [value] for name, value in found.items()}
    return placed if earns_nothing(catalogue, question, placed) else {next(iter(placed)): next(iter(placed.values()))}


def earns_nothing(catalogue: Catalogue, question: Question, fields: dict[str, list[str]]) -> bool:
    kind = kind_of(catalogue, question)
    return kind.mark(question, kind.accept(question, fields)).mark == 0


def asked_in(page: Page, catalogue: Catalogue, slug: str) -> Question:
    """The question of a quiz that a page asks: its sentence stands in it."""
    html = page.main()
    (found,) = [q for q in catalogue.quizzes[slug].questions if catalogue.renderer.inline(q.sentence) in html]
    return found


def start(visitor: Visitor, slug: str = "hull") -> Page:
    """Start a quiz and look at its first question."""
    return visitor.follow(visitor.send(visitor.open(f"/quizzes/{slug}"), "/start"))


def answer(visitor: Visitor, page: Page, fields: dict[str, list[str]], **more: str) -> Page:
    """Check an answer and look at the verdict."""
    return visitor.follow(visitor.submit(page.forms[-1], {**fields, **more}))


def onward(visitor: Visitor, page: Page) -> Page:
    """Go on from a verdict."""
    words = "Next question" if any(text == "Next question" for _, text in page.links) else "See your result"
    return visitor.go(page.link(words))
