"""Search: lessons, terms, and titles of practice. Never a question, a key or a reason."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from course.library.search import LONGEST_QUERY, Group, index
from course.web import current

pages = Blueprint("search", __name__)
NAMES = {Group.LESSONS: "Lessons", Group.TERMS: "Terms", Group.PRACTICE: "Exercises and quizzes"}


@pages.get("/search")
def results() -> str:
    """Anybody. What was found for `q`, in one group (`in`) or in all."""
    asked = request.args.get("q", "")
    within = request.args.get("in", "")
    found = index(current.catalogue()).search(asked)
    only = Group(within) if within in set(Group) and Group(within) in found.groups else None
    return render_template(
        "search/results.html",
        found=found,
        groups=[(NAMES[group], group, hits) for group, hits in found.groups.items()],
        only=only,
        longest=LONGEST_QUERY,
    )
