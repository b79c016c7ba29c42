"""A learner's data in their own hands: taken along, or deleted."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, session
from wtforms import StringField, validators

from course.core.audit import Deed
from course.store import audit, cohorts, learners, personal
from course.web import current, export, results, security
from course.web.limits import HOUR, limit
from course.web.security import PageForm

pages = Blueprint("data", __name__)
COOKIES = ("theme", "zone", "zone-set", "view", "keys")  # beside the session's, which Flask deletes once it is empty
YES = "yes"
EXPORTS = 20  # in an hour


class DeleteForm(PageForm):
    """The box that says that one means it."""

    sure = StringField(validators=[validators.AnyOf([YES])])


@pages.get("/account/export")
def download() -> Response | str:
    """Anybody. Everything that is kept of the person who asks, as a ZIP file; a page where that is nothing."""
    if security.came_from_here() is False:
        abort(403)  # it takes a while and is noted, so nobody else's page may ask for it
    learner = current.learner_id()
    if learner is None or not learners.exists(learner):
        return render_template("account/export.html")
    limit(f"export/{learner}", EXPORTS, HOUR)
    results.close_overdue()
    kept = personal.everything(learner)
    if kept is None:  # deleted meanwhile
        return render_template("account/export.html")
    audit.note_alone(Deed.EXPORTED, current.now(), who=learner, whom=learner)
    answer = Response(export.zipped(kept), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name()}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/account/delete")
def ask() -> str:
    """Anybody. What will be gone, and the button; afterwards that it is."""
    if "done" in request.args and not _is_known():
        return render_template("account/deleted.html")
    return _page()


@pages.post("/account/delete")
def delete() -> Response | tuple[str, int]:
    """Anybody who means it. Deletes everything that is kept of the person who asks, and their cookies."""
    if not DeleteForm(request.form).validate():
        return _page("Tick the box to delete everything. Nothing is deleted yet."), 422
    learner = current.learner_id()
    if learner is not None:
        personal.delete_everything(learner, current.now())
    session.clear()
    response = redirect("/account/delete?done=1", 303)
    for name in COOKIES:
        response.delete_cookie(name, samesite="Lax", secure=current.config().secure_cookies)
    response.headers["Clear-Site-Data"] = '"storage"'  # answers of an exam that could not be sent
    return response  # type: ignore[return-value]


def _is_known() -> bool:
    """Whether anything is kept of the person who asks."""
    learner = current.learner_id()
    return learner is not None and learners.exists(learner)


def _page(error: str = "") -> str:
    if not _is_known():
        return render_template("account/nothing.html")
    attempts = current.my_history().attempts
    running = any(each.rules.at_the_end and each.can_go_on(current.now()) for each in attempts)
    learner = current.learner_id() or ""
    return render_template(
        "account/delete.html",
        error=error,
        running=running,
        account=current.account(),
        joined=cohorts.joined_by(learner),
        taught=cohorts.taught_by(learner),
        yes=YES,
    )
