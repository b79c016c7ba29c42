"""Progress: lessons read, exercises and quizzes with first and best score."""

from __future__ import annotations

from flask import Blueprint, render_template

from course.core.quiz import Use
from course.web import current, sitting
from course.web.sets import MISSED, OWN, TASTER

pages = Blueprint("progress", __name__)


@pages.get("/progress")
def overview() -> str:
    """Anybody. What this person has done; activity, not knowledge."""
    catalogue = current.catalogue()
    return render_template(
        "progress/overview.html",
        done=current.my_progress(),
        exercises=catalogue.used_as(Use.EXERCISE),
        quizzes=catalogue.used_as(Use.QUIZ),
        known=current.known_terms(),
        drawn_sets=(OWN, TASTER, MISSED),
        exams=sitting.sat(),
    )
