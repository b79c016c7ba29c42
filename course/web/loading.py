"""Load or refuse: the one place that says 404."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort

from course.core.attempts import Attempt, Item
from course.core.problems import Report
from course.core.quiz import Question, Quiz, Use
from course.library import glossary, quizfile, teaching
from course.library.catalogue import Lesson
from course.library.glossary import Term
from course.library.source import Source
from course.store import attempts
from course.web import current


def lesson(module: str, slug: str) -> Lesson:
    """Return a lesson."""
    found = current.catalogue().lesson(slug)
    if found is None or found.module != module:
        abort(404)
    return found


def quiz(slug: str, use: Use) -> Quiz:
    """Return a quiz of one use. One whose questions are all void asks nothing, and is not there."""
    found = current.catalogue().quiz(slug, use)
    if found is None or all(question.void for question in found.questions):
        abort(404)
    return found


def own_attempt(attempt_id: str) -> Attempt:
    """Return an attempt of the person who asks; another's is not found."""
    return _own(attempt_id, attempts.load)


def own_exam(attempt_id: str) -> Attempt:
    """Return an attempt at an exam of the person who asks."""
    found = own_attempt(attempt_id)
    return found if found.rules.at_the_end else abort(404)


def own_seat(attempt_id: str, position: int) -> Attempt:
    """Return an attempt of the person who asks as one change of its nth question needs it."""
    return _own(attempt_id, lambda known: attempts.seat(known, position))


def _own(attempt_id: str, load: Callable[[str], Attempt | None]) -> Attempt:
    learner = current.learner_id()
    found = load(attempt_id) if learner is not None and len(attempt_id) == 32 else None
    if found is None or found.learner_id != learner:
        abort(404)
    return found


def question(item: Item) -> Question:
    """Return a question in the revision the learner saw."""
    return as_asked(item) or abort(404)


def as_asked(item: Item) -> Question | None:
    """Return a question in the revision the learner saw, from the course or from what was kept of it; None if neither.

    What was kept can be read as long as the engine knows its kind.
    """
    catalogue = current.catalogue()
    if catalogue.revisions.get(item.question_id) == item.revision:
        return catalogue.questions[item.question_id]
    text = attempts.revision_text(item.question_id, item.revision)
    report = Report(item.question_id)
    kept = quizfile.parse(Source(item.question_id, text or ""), item.question_id, catalogue.kinds, report)
    return kept.quiz.questions[0] if kept else None


def term(item: Item) -> Term:
    """Return a term."""
    return term_as_asked(item) or abort(404)


def term_as_asked(item: Item) -> Term | None:
    """Return a term as it stands in the glossary, or where it is gone as it was kept; None if neither."""
    known = teaching.glossary(current.catalogue()).get(item.question_id)
    if known is not None:
        return known.term
    text = attempts.revision_text(item.question_id, item.revision) or ""
    return glossary.parse_entry(text)
