"""Joining a cohort by an invitation, with or without an account, and leaving it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from course.core.cohorts import Invitation
from course.store import cohorts
from course.web import current
from course.web.limits import QUARTER, limit, network
from course.web.security import PageForm, name_field

pages = Blueprint("joining", __name__)
TRIES = 300  # in a quarter of an hour from one network; a classroom shares one
NAME = "Write the name by which your instructor knows you, of 100 characters at most."


class JoinForm(PageForm):
    """The name that the instructor sees; an account's own goes before it."""

    name = name_field(NAME, NAME)


@pages.get("/join/<code>")
def show(code: str) -> ResponseReturnValue:
    """Whoever holds the link. Who invites, and what they will see."""
    found = _found(code)
    if _is_in(found):
        return render_template("join/joined.html", cohort=found.cohort)
    return _page(found, JoinForm()) if found.is_good(current.now()) else _over(found)


@pages.post("/join/<code>")
def join(code: str) -> ResponseReturnValue:
    """Whoever holds the link; makes a guest of a newcomer. What one did before comes along."""
    limit(f"join/{network()}", TRIES, QUARTER)
    found = _found(code)
    if _is_in(found):
        return redirect(f"/join/{code}", 303)
    if not found.is_good(current.now()):
        return _over(found)
    account, form = current.account(), JoinForm(request.form)
    if account is None and not form.validate():
        return _page(found, form, NAME), 422
    name = account.name if account else form.name.data or ""
    if not cohorts.join(code, current.learner_id_to_save(), name, current.now()):
        return _over(_found(code))  # somebody else took the last place meanwhile
    flash("You have joined.")
    return redirect(f"/join/{code}", 303)


@pages.post("/account/cohorts/<cohort_id>/leave")
def leave(cohort_id: str) -> Response:
    """A learner of the cohort. From now on its instructor sees nothing of theirs."""
    learner = current.learner_id()
    if learner is None or not cohorts.leave(cohort_id, learner, current.now()):
        abort(404)
    flash("You have left the cohort. Its instructor sees nothing of yours any more.")
    return redirect("/account", 303)  # type: ignore[return-value]


def _found(code: str) -> Invitation:
    """Return the invitation with a code, good or not; guessing is limited."""
    found = cohorts.invitation(code)
    if found is None:
        limit(f"join/{network()}", TRIES, QUARTER)
        abort(404)
    return found


def _is_in(invitation: Invitation) -> bool:
    learner = current.learner_id()
    return learner is not None and cohorts.is_in(invitation.cohort, learner)


def _page(invitation: Invitation, form: JoinForm, error: str = "") -> str:
    return render_template(
        "join/join.html", cohort=invitation.cohort, form=form, error=error, account=current.account()
    )


def _over(invitation: Invitation) -> ResponseReturnValue:
    state = invitation.state(current.now())
    return render_template("join/over.html", cohort=invitation.cohort, state=state), 410
