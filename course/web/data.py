"""A learner's data in their own hands."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from course.store import personal
from course.web import current, export, results

pages = Blueprint("data", __name__)


@pages.get("/account/export")
def download() -> Response | str:
    """Anybody. Everything that is kept of the person who asks, as a ZIP file; a page where that is nothing."""
    learner = current.learner_id()
    if learner is not None:
        results.close_overdue()
    kept = personal.everything(learner) if learner else None
    if kept is None:
        return render_template("account/export.html")
    answer = Response(export.zipped(kept), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name()}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
