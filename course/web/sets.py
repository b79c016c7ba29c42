"""Sets that are drawn for one learner: a quiz of their own choice, and the taster for newcomers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from secrets import token_hex
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from wtforms import Field, HiddenField, IntegerField, StringField, validators

from course.core.attempts import PRACTICE, Rules
from course.core.drawing import Which, draw, fitting
from course.core.quiz import Use
from course.store import attempts
from course.store.attempts import NewItem
from course.web import asking, current
from course.web.security import PageForm

pages = Blueprint("sets", __name__)
NUMBERS = (5, 10, 20, 40)
TASTER_LENGTH = 5
UNKNOWN = ("Choose from what the page offers.", "which")
MORE = "-"  # the topic of what belongs to no lesson


@dataclass(frozen=True)
class Drawn:
    """A set that no file holds. Its slug has a sign that no file name has."""

    slug: str
    title: str
    address: str
    again: str  # what a button says that leads to another one


OWN = Drawn("~own", "Your own quiz", "/practise/own", "Build another quiz")
TASTER = Drawn("~taster", "Five-question taster", "/taster", "Five other questions")
CARDS = Drawn("~flashcards", "Flashcards", "/flashcards", "Another round")
MISSED = Drawn("~missed", "What you missed", "/exam", "To the mock exams")
TELLING = Drawn("~telling", "Ten questions that tell most", "/readiness", "See what they changed")
TOPIC = Drawn("~topic", "One topic", "/progress#topics", "To your topics")
DUE = Drawn("~review", "Review", "/review", "To what is due")
DRAWN: Mapping[str, Drawn] = {drawn.slug: drawn for drawn in (OWN, TASTER, CARDS, MISSED, TELLING, TOPIC, DUE)}


class Ticked(Field):
    """The values of the boxes that are ticked."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take them as they come; what the page does not offer chooses nothing."""
        self.data = [str(value) for value in valuelist]


class SetForm(PageForm):
    """Which topics, how many, and which of their items. A page shows each field as boxes or buttons."""

    start = HiddenField()
    topics = Ticked()
    number = IntegerField(default=10, validators=[validators.AnyOf(NUMBERS)])
    which = StringField(default=Which.ALL.value, validators=[validators.AnyOf([which.value for which in Which])])


@dataclass(frozen=True)
class Topic:
    """A lesson's items, or those of no lesson."""

    slug: str
    title: str
    items: tuple[str, ...]


def form_for(drawn: Drawn, topics: Sequence[Topic]) -> SetForm:
    """Return the form of a set as it was sent, or as it stands at first: every topic."""
    form = SetForm(request.form, start=asking.new_start(drawn.slug))
    if request.method == "GET":
        form.topics.data = [topic.slug for topic in topics]
    return form


def wanted(form: SetForm, topics: Sequence[Topic], marks: Mapping[str, Fraction]) -> Mapping[str, tuple[str, ...]]:
    """Return the items that fit what the form says, by topic."""
    chosen = set(form.topics.data or ())
    return {
        topic.slug: fitting(topic.items, Which(form.which.data or Which.ALL), marks)
        for topic in topics
        if topic.slug in chosen
    }


def counts(topics: Sequence[Topic], marks: Mapping[str, Fraction]) -> Mapping[str, int]:
    """Return how many items there are of each `which`, over all topics."""
    pool = {item for topic in topics for item in topic.items}
    return {which.value: len(fitting(pool, which, marks)) for which in Which}


def problem(form: SetForm, pool: Mapping[str, Collection[str]]) -> tuple[str, str] | None:
    """Return what keeps a set from being drawn and the field to mend, or None."""
    if not pool:
        return "Choose at least one topic.", "topics"
    if not any(pool.values()):
        none = "you have seen them all" if form.which.data == Which.UNSEEN else "you have missed none"
        return f"Nothing fits: in these topics {none}. Choose other topics, or all.", "which"
    return None


def begin(drawn: Drawn, rules: Rules, number: str, items: Sequence[NewItem]) -> str:
    """Start an attempt at what was drawn; return its id. A repeated start gives the first."""
    learner = current.learner_id_to_save()
    attempt = asking.attempt_at(drawn.slug, items, rules, learner, asking.seed_of(number), current.now())
    return attempts.start(attempt, number, items)


def start_number(drawn: Drawn) -> str:
    """Return the number of the start that was sent, or a new one where it was not made here."""
    return asking.start_number(drawn.slug, request.form.get("start", "")) or token_hex(12)


# ---- a quiz of one's own ----


@pages.get("/practise/own")
def own() -> str:
    """Anybody. Topics, number, and which questions."""
    return _own_page(form_for(OWN, question_topics()))


@pages.post("/practise/own")
def start_own() -> str | tuple[str, int] | Response:
    """Anybody; makes a guest of a newcomer. Draws the questions and goes to the first."""
    topics = question_topics()
    form = form_for(OWN, topics)
    if not form.validate():
        return _own_page(form, UNKNOWN), 422
    pool = wanted(form, topics, _my_marks())
    trouble = problem(form, pool)
    if trouble:
        return _own_page(form, trouble), 422
    number = start_number(OWN)
    return _ask(OWN, number, draw(pool, form.number.data or 0, asking.seed_of(number)))


def _own_page(form: SetForm, trouble: tuple[str, str] | None = None) -> str:
    topics = question_topics()
    if not topics:
        abort(404)
    here = counts(topics, _my_marks())
    return render_template("practise/own.html", form=form, topics=topics, counts=here, trouble=trouble, numbers=NUMBERS)


def _my_marks() -> Mapping[str, Fraction]:
    return current.my_history().last_marks([PRACTICE])


def question_topics() -> tuple[Topic, ...]:
    """Return the questions of every quiz by lesson, in course order. Exam files are for exams alone."""
    catalogue = current.catalogue()
    by_lesson: dict[str, list[str]] = {lesson.slug: [] for lesson in catalogue.lessons}
    for quiz in catalogue.used_as(Use.QUIZ):
        slug = quiz.lesson if quiz.lesson in by_lesson else MORE
        by_lesson.setdefault(slug, []).extend(question.id for question in quiz.questions if not question.void)
    titles = {lesson.slug: lesson.title for lesson in catalogue.lessons}
    return tuple(Topic(slug, titles.get(slug, "More"), tuple(ids)) for slug, ids in by_lesson.items() if ids)


def _ask(drawn: Drawn, number: str, ids: Sequence[str]) -> Response:
    attempt_id = begin(drawn, PRACTICE, number, [asking.new_item(name) for name in ids])
    return redirect(url_for("attempts.question", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]


# ---- the taster ----


@pages.get("/taster")
def taster() -> str:
    """Anybody. What the five questions are, and Start."""
    if not question_topics():
        abort(404)
    form = SetForm(start=asking.new_start(TASTER.slug))
    return render_template("practise/taster.html", form=form, length=TASTER_LENGTH)


@pages.post("/taster")
def start_taster() -> Response:
    """Anybody; makes a guest of a newcomer. Five single choices from as many topics as there are, unseen first."""
    if not question_topics():
        abort(404)
    number = start_number(TASTER)
    seed = asking.seed_of(number)
    topics = taster_topics()
    fresh = {topic.slug: fitting(topic.items, Which.UNSEEN, _my_marks()) for topic in topics}
    ids = draw(fresh, TASTER_LENGTH, seed)
    if len(ids) < TASTER_LENGTH:
        ids = draw({topic.slug: topic.items for topic in topics}, TASTER_LENGTH, seed)
    return _ask(TASTER, number, ids)


def taster_topics() -> tuple[Topic, ...]:
    """Return the single choices of a course by lesson; all its questions where it has none."""
    questions = current.catalogue().questions
    simple = tuple(
        Topic(topic.slug, topic.title, tuple(name for name in topic.items if questions[name].kind == "single"))
        for topic in question_topics()
    )
    return simple if any(topic.items for topic in simple) else question_topics()
