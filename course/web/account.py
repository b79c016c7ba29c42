"""Settings: the date of the exam, and the time zone by which days are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from wtforms import DateField, SelectField, StringField, validators

from course.store import accounts, learners
from course.web import current, passwords
from course.web.limits import QUARTER, limit
from course.web.preferences import YEAR
from course.web.security import PageForm

pages = Blueprint("account", __name__)
AS_THE_DEVICE = ""
REGIONS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
}
DATE = "Write the date as year-month-day, for example 2027-03-01."
ZONE = "Choose a time zone from the list."


class SettingsForm(PageForm):
    """What a learner may set. An empty date: not known; an empty zone: as the device says."""

    exam_on = DateField(validators=[validators.Optional()])
    zone = SelectField(choices=[], validators=[validators.Optional()])


class ChangeForm(PageForm):
    """The old password and a new one."""

    old = StringField()
    password = StringField()


@cache
def zones() -> tuple[str, ...]:
    """Return the zones by the names of their cities, as `Europe/Berlin`."""
    return ("UTC", *sorted(name for name in current.every_zone() if name.partition("/")[0] in REGIONS))


@pages.get("/account")
def overview() -> str:
    """Anybody. What is set, and where the rest is."""
    return _page(_as_kept())


@pages.post("/account")
def change() -> Response | tuple[str, int]:
    """Anybody; makes a guest of a newcomer who sets a date."""
    form = _offering(SettingsForm(request.form))
    if not form.validate():
        return _page(form), 422
    if form.exam_on.data != exam_on():
        learners.set_exam_on(current.learner_id_to_save(), form.exam_on.data, current.now())
    response = redirect("/account?kept=1", 303)
    age = YEAR if form.zone.data else 0
    secure = current.config().secure_cookies
    response.set_cookie(current.CHOSEN_ZONE, form.zone.data or "", max_age=age, samesite="Lax", secure=secure)
    return response  # type: ignore[return-value]


@pages.post("/account/devices/<sign_in_id>/end")
def end_sign_in(sign_in_id: str) -> Response:
    """Signed in. Ends the session of one browser; another person's is not found."""
    account = current.account() or abort(404)
    if not accounts.sign_out(account.learner_id, sign_in_id):
        abort(404)
    flash("That device is signed out.")
    return redirect("/account", 303)  # type: ignore[return-value]


@pages.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Signed in. Keeps a new password, against the old one, and ends every other session."""
    found = current.signed_in() or abort(404)
    form = ChangeForm(request.form)
    old, new = (passwords.plain(field.data) for field in (form.old, form.password))
    limit(f"password/{found[1].learner_id}", 10, QUARTER)
    trouble = passwords.trouble(new, [found[1].address, *found[1].address.split("@"), found[1].name])
    if not passwords.fits(found[1].password, old):
        return _page(_as_kept(), [("This is not your password.", "old")]), 422
    if trouble:
        return _page(_as_kept(), [(trouble, "password")]), 422
    accounts.set_password(found[1].learner_id, passwords.hashed(new), keep=found[0].id)
    flash("Your new password is kept, and every other device is signed out.")
    return redirect("/account", 303)  # type: ignore[return-value]


def exam_on() -> date | None:
    """Return the date of the exam of the person who asks, where they set one."""
    learner = current.learner_id()
    return learners.exam_on(learner) if learner else None


def _as_kept() -> SettingsForm:
    chosen = request.cookies.get(current.CHOSEN_ZONE, AS_THE_DEVICE)
    return _offering(SettingsForm(data={"exam_on": exam_on(), "zone": chosen}))


def _offering(form: SettingsForm) -> SettingsForm:
    form.zone.choices = [(AS_THE_DEVICE, "As this device says"), *((name, name.replace("_", " ")) for name in zones())]
    return form


def _page(form: SettingsForm, more: Sequence[tuple[str, str]] = ()) -> str:
    problems = [*more, *([(DATE, "exam_on")] if form.exam_on.errors else [])]
    problems += [(ZONE, "zone")] if form.zone.errors else []
    return render_template(
        "account/settings.html",
        form=form,
        problems=problems,
        trouble={target: text for text, target in problems},
        here=str(current.zone()),
        now=current.now(),
        over=(day := exam_on()) is not None and day <= current.now().date(),
        kept="kept" in request.args and not problems,
        account=current.account(),
        sign_ins=accounts.sign_ins(found[1].learner_id, current.now()) if (found := current.signed_in()) else (),
        this=found[0].id if found else "",
    )
