"""Learn: the course's contents, its lessons, and their unscored questions."""

from __future__ import annotations

from fractions import Fraction

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from markupsafe import Markup

from course.core.attempts import Due
from course.core.quiz import Question, Use
from course.library.catalogue import Lesson
from course.questions._kind import Asking, View
from course.store import learners
from course.web import asking, current, loading, security, visitors
from course.web.visitors import same_for_visitors

pages = Blueprint("learn", __name__)


@pages.get("/learn")
@same_for_visitors
def contents() -> str:
    """Anybody. All modules, and what is done."""
    return render_template("learn/contents.html", read=_read())


@pages.get("/learn/<module>/<slug>")
@same_for_visitors
def lesson(module: str, slug: str) -> str:
    """Anybody. One lesson."""
    return _page(loading.lesson(module, slug), {})


@pages.post("/learn/<module>/<slug>/read")
def mark_read(module: str, slug: str) -> Response:
    """Anybody; makes a guest of a newcomer. Goes on to the next lesson."""
    found = loading.lesson(module, slug)
    learners.mark_read(current.learner_id_to_save(), found.slug, current.now())
    after = _neighbours(found)[1]
    return redirect(after.address if after else url_for("learn.contents"), 303)  # type: ignore[return-value]


@pages.post("/learn/<module>/<slug>/check/<question_id>")
def quick_check(module: str, slug: str, question_id: str) -> str:
    """Anybody. The verdict on an unscored question; nothing is kept."""
    found = loading.lesson(module, slug)
    question = next((q for q in found.check if q.id == question_id), None)
    if question is None:
        abort(404)
    response = asking.answer(question)
    due = Due.KEY if response else Due.NOTHING
    view = asking.kind_of(question).view(question, Asking(found.slug, response, due))
    mark = asking.kind_of(question).mark(question, response).mark
    return _page(found, {question.id: view}, unanswered=None if response else question.id, mark=mark)


def _page(found: Lesson, answered: dict[str, View], unanswered: str | None = None, mark: Fraction = Fraction(0)) -> str:
    before, after = _neighbours(found)
    catalogue = current.catalogue()
    return render_template(
        "learn/lesson.html",
        lesson=found,
        module=next(m for m in catalogue.modules if m.slug == found.module),
        number=[item.slug for item in catalogue.lessons].index(found.slug) + 1,
        read=_read(),
        before=before,
        after=after,
        contents=visitors.kept_part("learn/toc.html", found.slug, lambda: _practice(found)),
        article=_answered(found, answered, unanswered, mark) if answered else _article(found),
    )


def _article(found: Lesson) -> Markup:
    """Return the lesson with its questions still open: the same for everybody."""
    return visitors.kept_part(
        "learn/article.html",
        found.slug,
        lambda: {**_practice(found), "checks": [_open(found, question) for question in found.check]},
    )


def _answered(found: Lesson, answered: dict[str, View], unanswered: str | None, mark: Fraction) -> Markup:
    views = [answered.get(question.id) or _open(found, question) for question in found.check]
    page = render_template(
        "learn/article.html",
        **_practice(found),
        checks=views,
        unanswered=unanswered,
        mark=mark,
        token=security.csrf_token(),
    )
    return Markup(page)  # noqa: S704 — our own template


def _practice(found: Lesson) -> dict[str, object]:
    """Return a lesson with the quiz and the exercises that it names, as far as they are there."""
    catalogue = current.catalogue()
    named = (catalogue.quiz(slug, Use.EXERCISE) for slug in found.exercises)
    return {
        "lesson": found,
        "quiz": catalogue.quiz(found.quiz, Use.QUIZ),
        "exercises": [exercise for exercise in named if exercise is not None],
    }


def _open(found: Lesson, question: Question) -> View:
    return asking.kind_of(question).view(question, Asking(found.slug))


def _read() -> frozenset[str]:
    learner = current.learner_id()
    return frozenset(learners.lessons_read(learner)) if learner else frozenset()


def _neighbours(found: Lesson) -> tuple[Lesson | None, Lesson | None]:
    lessons = current.catalogue().lessons
    place = [lesson.slug for lesson in lessons].index(found.slug)
    return (
        lessons[place - 1] if place else None,
        lessons[place + 1] if place + 1 < len(lessons) else None,
    )
