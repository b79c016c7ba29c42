"""An instructor's cohorts: who is in them, what they have done, and how others join."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from wtforms import Field, IntegerField, ValidationError

from course.core.accounts import Role
from course.core.cohorts import LONGEST_DAYS, MOST_USES, Cohort
from course.core.history import AttemptSum
from course.store import cohorts, history, learners
from course.web import current, roles
from course.web.security import PageForm, name_field
from course.web.told import title_of

pages = Blueprint("teach", __name__)
NAME = "Write a name for the cohort, of 100 characters at most."
DAYS = f"Write a number of days from 1 to {LONGEST_DAYS}."
USES = f"Write a number of people from 1 to {MOST_USES}."
LATEST = 100  # attempts of a learner on one page


class CohortForm(PageForm):
    """A cohort's name."""

    name = name_field(NAME, NAME)


def up_to(most: int) -> Callable[[PageForm, Field], None]:
    """Return what refuses a number that is not from 1 to `most`; WTForms' own fails on numbers beyond a float."""

    def judge(_form: PageForm, field: Field) -> None:
        if field.data is None or not 1 <= field.data <= most:
            raise ValidationError

    return judge


class InviteForm(PageForm):
    """For how long, and for how many, an invitation is good."""

    days = IntegerField(default=30, validators=[up_to(LONGEST_DAYS)])
    most = IntegerField(default=30, validators=[up_to(MOST_USES)])


@dataclass(frozen=True)
class Done:
    """An attempt of a learner as their instructor sees it: what it was, and its marks once it is complete."""

    title: str
    attempt: AttemptSum


def _own(cohort_id: str) -> Cohort:
    """Return a cohort of the instructor who asks; another's is not found."""
    return cohorts.own(cohort_id, roles.needs(Role.INSTRUCTOR).learner_id) or abort(404)


@pages.get("/teach")
def home() -> str:
    """Instructors. Their cohorts, and a form for a new one."""
    roles.needs(Role.INSTRUCTOR)
    return _home(CohortForm())


@pages.post("/teach/cohorts")
def make() -> Response | tuple[str, int]:
    """Instructors. Makes a cohort."""
    teacher, form = roles.needs(Role.INSTRUCTOR), CohortForm(request.form)
    if not form.validate():
        return _home(form, NAME), 422
    return _to(cohorts.make(form.name.data or "", teacher.learner_id, current.now()))


@pages.get("/teach/cohorts/<cohort_id>")
def cohort(cohort_id: str) -> str:
    """The cohort's instructor. Who is in it, and how others join."""
    found = _own(cohort_id)
    return _page(found, CohortForm(name=found.name), InviteForm())


@pages.post("/teach/cohorts/<cohort_id>/name")
def rename(cohort_id: str) -> Response | tuple[str, int]:
    """The cohort's instructor. Gives it another name."""
    found, form = _own(cohort_id), CohortForm(request.form)
    if not form.validate():
        return _page(found, form, InviteForm(), (NAME, "name")), 422
    cohorts.rename(found, form.name.data or "")
    flash("The new name is kept.")
    return _to(cohort_id)


@pages.post("/teach/cohorts/<cohort_id>/end")
def end(cohort_id: str) -> Response | tuple[str, int]:
    """The cohort's instructor, who ticked the box. Deletes it; its learners keep what is theirs."""
    found = _own(cohort_id)
    if request.form.get("sure") != "yes":
        sorry = "Tick the box to end the cohort. Nothing is changed yet."
        return _page(found, CohortForm(name=found.name), InviteForm(), (sorry, "sure")), 422
    cohorts.end(found, current.now())
    flash("The cohort has ended. Its learners keep what is theirs.")
    return redirect("/teach", 303)  # type: ignore[return-value]


@pages.post("/teach/cohorts/<cohort_id>/invitations")
def invite(cohort_id: str) -> Response | tuple[str, int]:
    """The cohort's instructor. Makes an invitation."""
    found, form = _own(cohort_id), InviteForm(request.form)
    if not form.validate():
        wrong = (DAYS, "days") if form.days.errors else (USES, "most")
        return _page(found, CohortForm(name=found.name), form, wrong), 422
    ends_at = current.now() + timedelta(days=form.days.data or 1)
    cohorts.invite(found, ends_at, form.most.data or 1, current.now())
    flash("The invitation is made. Send its link to your learners.")
    return _to(cohort_id)


@pages.post("/teach/cohorts/<cohort_id>/invitations/<code>/revoke")
def revoke(cohort_id: str, code: str) -> Response:
    """The cohort's instructor. Nobody joins by this code any more; who has joined stays."""
    if not cohorts.revoke(_own(cohort_id), code, current.now()):
        abort(404)
    flash("The invitation is revoked. Who has joined by it stays.")
    return _to(cohort_id)


@pages.get("/teach/cohorts/<cohort_id>/learners/<member_id>")
def learner(cohort_id: str, member_id: str) -> str:
    """The cohort's instructor. What one learner has done."""
    found = _own(cohort_id)
    member = cohorts.member(found, member_id) or abort(404)
    attempts = sorted(history.of_learner(member.learner_id).attempts, key=lambda each: each.started_at, reverse=True)
    return render_template(
        "teach/learner.html",
        cohort=found,
        member=member,
        read=learners.lessons_read(member.learner_id).keys() & {lesson.slug for lesson in current.catalogue().lessons},
        done=[Done(title_of(attempt.rules, attempt.slug), attempt) for attempt in attempts[:LATEST]],
        more=max(0, len(attempts) - LATEST),
    )


@pages.post("/teach/cohorts/<cohort_id>/learners/<member_id>/remove")
def remove(cohort_id: str, member_id: str) -> Response:
    """The cohort's instructor. Takes a learner out; everything of the learner's stays theirs."""
    found = _own(cohort_id)
    member = cohorts.member(found, member_id) or abort(404)
    cohorts.remove(found, member, current.now())
    flash("That learner is no longer in this cohort.")
    return _to(cohort_id)


def _to(cohort_id: str) -> Response:
    return redirect(f"/teach/cohorts/{cohort_id}", 303)  # type: ignore[return-value]


def _home(form: CohortForm, error: str = "") -> str:
    mine = cohorts.taught_by(roles.needs(Role.INSTRUCTOR).learner_id)
    return render_template("teach/home.html", cohorts=mine, form=form, error=error)


def _page(cohort: Cohort, name: CohortForm, invitation: InviteForm, problem: tuple[str, str] | None = None) -> str:
    return render_template(
        "teach/cohort.html",
        cohort=cohort,
        members=cohorts.members(cohort),
        invitations=cohorts.invitations(cohort),
        base=current.config().address or request.host_url.rstrip("/"),
        now=current.now(),
        name_form=name,
        invite_form=invitation,
        problem=problem,
    )
