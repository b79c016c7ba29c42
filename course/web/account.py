"""Settings for everybody, and for who has an account: name, address, password, devices and cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectField, StringField, validators

from course.core.accounts import Account, Purpose
from course.core.settings import Settings
from course.mail import CannotSendError
from course.store import accounts, cohorts, learners
from course.web import current, exams, passwords, preferences
from course.web.limits import QUARTER, limit
from course.web.preferences import THEMES, keep_cookie
from course.web.security import PageForm, stripped
from course.web.signing import NO_ADDRESS, NOT_SENT, AddressForm, NameForm, send_letter, send_words

pages = Blueprint("account", __name__)
AS_THE_DEVICE = ""
REGIONS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
}
DATE = "Write the date as year-month-day, for example 2027-03-01."
SORRY = {
    "exam_on": DATE,
    "zone": "Choose a time zone from the list.",
    "exam_time": "Choose a time from the list.",
    "theme": "Choose a theme from the list.",
}
NOT_YOURS = "This is not your password."


class SettingsForm(PageForm):
    """What a learner may set. An empty date: not known; an empty zone or theme: as the device says."""

    exam_on = DateField(validators=[validators.Optional()])
    exam_time = SelectField(choices=[], filters=[stripped], validators=[validators.Optional()])
    zone = SelectField(choices=[], filters=[stripped], validators=[validators.Optional()])
    theme = SelectField(choices=[], filters=[stripped], validators=[validators.Optional()])


class ChangeForm(PageForm):
    """The old password and a new one."""

    old = StringField()
    password = StringField()


class MoveForm(AddressForm):
    """A new mail address, and the password as a proof."""

    proof = StringField()


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
    wanted = Settings(form.exam_on.data, kept().exam_time)
    if form.exam_time.data and form.exam_time.data != _usual_time():
        wanted = Settings(form.exam_on.data, form.exam_time.data)
    if wanted != kept():
        learners.set_settings(current.learner_id_to_save(), wanted, current.now())
    response: Response = redirect("/account?kept=1", 303)  # type: ignore[assignment]
    keep_cookie(response, current.CHOSEN_ZONE, form.zone.data)
    if "theme" in request.form:
        keep_cookie(response, "theme", form.theme.data)
    return response


@pages.post("/account/devices/<sign_in_id>/end")
def end_sign_in(sign_in_id: str) -> Response:
    """Signed in. Ends the session of one browser; another person's is not found."""
    account = current.account() or abort(404)
    if not accounts.sign_out(account.learner_id, sign_in_id, current.now()):
        abort(404)
    flash("That device is signed out.")
    return redirect("/account", 303)  # type: ignore[return-value]


@pages.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Signed in. Keeps a new password, against the old one, and ends every other session."""
    found = current.signed_in() or abort(404)
    form = ChangeForm(request.form)
    new = passwords.plain(form.password.data)
    right = _is_password_of(found[1], form.old.data)
    trouble = passwords.trouble(new, passwords.known_words(found[1].address, found[1].name))
    if not right:
        return _page(_as_kept(), [(NOT_YOURS, "old")]), 422
    if trouble:
        return _page(_as_kept(), [(trouble, "password")]), 422
    accounts.set_password(found[1].learner_id, passwords.hashed(new), current.now(), keep=found[0].id)
    flash("Your new password is kept, and every other device is signed out.")
    return _back()


# ---- name and address ----


@pages.post("/account/name")
def change_name() -> Response | tuple[str, int]:
    """Signed in. Keeps another name."""
    account = current.account() or abort(404)
    form = NameForm(request.form)
    if not form.validate():
        return _page(_as_kept(), [(str(form.name.errors[0]), "name")], name=form.name.data or ""), 422
    accounts.rename(account.learner_id, form.name.data or "")
    flash("Your name is kept.")
    return _back()


@pages.post("/account/address")
def ask_for_address() -> ResponseReturnValue:
    """Signed in, against the password. Sends a link to the new address; until it is followed, the old one stays."""
    account = current.account() or abort(404)
    form = MoveForm(request.form)
    fine = form.validate()
    if not _is_password_of(account, form.proof.data):
        return _page(_as_kept(), [(NOT_YOURS, "proof")], address=form.address.data or ""), 422
    if not fine:
        return _page(_as_kept(), [(NO_ADDRESS, "address")], address=form.address.data or ""), 422
    address = form.address.data or ""
    try:
        send_letter(Purpose.MOVE, address, account.learner_id)
    except CannotSendError:
        return _page(_as_kept(), [(NOT_SENT, "address")], address=address), 503
    printed = not current.config().smtp
    return render_template("signing/sent.html", address=address, purpose=Purpose.MOVE, printed=printed)


@pages.get("/address/<number>")
def address_page(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Opening it changes nothing: mail scanners open links too."""
    address = accounts.letter(Purpose.MOVE, number, current.now())
    if address is None:
        return render_template("signing/over.html", purpose=Purpose.MOVE), 404
    return render_template("account/address.html", address=address)


@pages.post("/address/<number>")
def change_address(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Keeps the new address and tells the old one."""
    moved = accounts.move(number, current.now())
    if moved is None:
        return render_template("signing/over.html", purpose=Purpose.MOVE), 404
    old, new = moved
    send_words(old, "your address was changed", "signing/moved.txt", moved_to=new)
    flash("Your new address is kept. Sign in with it from now on.")  # without it: cookies can be read
    return _back() if current.account() else redirect("/signin", 303)


def _is_password_of(account: Account, typed: str | None) -> bool:
    """Whether somebody who is signed in knows their password; guessing is limited."""
    limit(f"password/{account.learner_id}", 10, QUARTER)
    right = passwords.fits(account.password, passwords.plain(typed))
    if not right:
        accounts.refuse(account.learner_id, current.now())
    return right


# ---- what these share ----


def kept() -> Settings:
    """Return what the person who asks has set."""
    return learners.settings(current.learner_id())


def _back() -> Response:
    return redirect("/account", 303)  # type: ignore[return-value]


def _usual_time() -> str:
    exam = current.catalogue().main_exam
    return exams.usual_time(exam) if exam else ""


def _as_kept() -> SettingsForm:
    data = {
        "exam_on": kept().exam_on,
        "exam_time": _usual_time(),
        "zone": request.cookies.get(current.CHOSEN_ZONE, AS_THE_DEVICE),
        "theme": preferences.theme(),
    }
    return _offering(SettingsForm(data=data))


def _offering(form: SettingsForm) -> SettingsForm:
    as_said = (AS_THE_DEVICE, "As this device says")
    exam = current.catalogue().main_exam
    form.zone.choices = [as_said, *((name, name.replace("_", " ")) for name in zones())]
    form.theme.choices = [as_said, *((name, name.capitalize()) for name in THEMES)]
    form.exam_time.choices = [(choice.value, choice.in_words) for choice in exams.choices(exam)] if exam else []
    return form


def _page(
    form: SettingsForm, more: Sequence[tuple[str, str]] = (), *, name: str | None = None, address: str = ""
) -> str:
    account = current.account()
    learner, exam_on = current.learner_id(), kept().exam_on
    problems = [*more, *((text, field) for field, text in SORRY.items() if form[field].errors)]
    return render_template(
        "account/settings.html",
        form=form,
        name=name if name is not None or account is None else account.name,
        address=address,
        cohorts=cohorts.joined_by(learner) if learner else (),
        problems=problems,
        trouble={target: text for text, target in problems},
        here=str(current.zone()),
        now=current.now(),
        over=exam_on is not None and exam_on <= current.now().date(),
        kept="kept" in request.args and not problems,
        account=account,
        sign_ins=accounts.sign_ins(found[1].learner_id, current.now()) if (found := current.signed_in()) else (),
        this=found[0].id if found else "",
    )
