"""Signing up, in and out, and a new password. No page tells whether an address has an account."""

from __future__ import annotations

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, HiddenField, StringField, ValidationError

from course import mail
from course.core.accounts import Account, Purpose
from course.mail import CannotSendError
from course.store import accounts, cohorts
from course.web import current, passwords
from course.web.limits import HOUR, QUARTER, limit, network
from course.web.preferences import local
from course.web.security import PageForm, name_field

pages = Blueprint("signing", __name__)
MAILS_TO_ADDRESS, MAILS_TO_NETWORK = 5, 100  # in an hour; a classroom shares a network
# Of one network at one address, of one network at all addresses, of everybody at one address: in a quarter of an hour.
# Few from one place, so that who guesses elsewhere does not lock the owner out.
TRIES, TRIES_OF_NETWORK, TRIES_OF_ALL = 10, 50, 100
WRONG = "The address or the password is not right."
NO_ADDRESS = "Write a mail address, for example ana@example.org."
NOT_SENT = "The mail could not be sent just now. Nothing was changed. Try again in a few minutes."


def plain_address(text: str) -> str:
    """Return a mail address as it is kept. Raises EmailNotValidError."""
    found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    if "=?" in found.normalized:  # begins an encoded word, which would be decoded when the mail is made
        raise EmailSyntaxError(NO_ADDRESS)
    return (found.ascii_email or found.normalized).lower()  # one spelling, which every mail server takes


def is_address(_form: PageForm, field: Field) -> None:
    """Refuse what is no mail address; keep one as accounts have it."""
    try:
        field.data = plain_address(field.data or "")
    except EmailNotValidError:
        raise ValidationError(NO_ADDRESS) from None


class AddressForm(PageForm):
    """A mail address to which a link is sent."""

    address = StringField(validators=[is_address])


class SignInForm(PageForm):
    """Address and password. `leave`: what was done in this browser stays out of the account."""

    address = StringField(validators=[is_address])
    password = StringField()
    leave = BooleanField()
    next = HiddenField()


class NameForm(PageForm):
    """How the course calls somebody."""

    name = name_field("Write how the course should call you.", "Use 100 characters at most.")


class FinishForm(NameForm):
    """A new account's name and password."""

    password = StringField()
    leave = BooleanField()


class PasswordForm(PageForm):
    """A new password."""

    password = StringField()


# ---- signing up ----


@pages.get("/signup")
def sign_up() -> ResponseReturnValue:
    """Guests. The address of a new account."""
    return _home() if current.account() else _address_page(AddressForm(), Purpose.SIGN_UP)


@pages.post("/signup")
def ask_for_account() -> ResponseReturnValue:
    """Guests. Sends a link; to an address that has an account, a mail that says so."""
    return _send_link(Purpose.SIGN_UP)


@pages.get("/signup/<number>")
def finish(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Opening it uses nothing up: mail scanners open links too."""
    address = accounts.letter(Purpose.SIGN_UP, number, current.now())
    if address is None:
        return _link_over(Purpose.SIGN_UP)
    guest = current.learner_id()
    return _finish_page(FinishForm(name=cohorts.name_given(guest) if guest else ""), address)


@pages.post("/signup/<number>")
def make_account(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Makes the account, signs in, and takes along what a guest had."""
    address = accounts.letter(Purpose.SIGN_UP, number, current.now())
    if address is None:
        return _link_over(Purpose.SIGN_UP)
    form = FinishForm(request.form)
    fine = form.validate()
    name = form.name.data or ""
    password, trouble = _chosen(form, address, name)
    if trouble or not fine:
        return _finish_page(form, address, trouble), 422
    account = accounts.sign_up(number, name, passwords.hashed(password), current.now())
    return _sign_in(account, leave=form.leave.data) if account else _link_over(Purpose.SIGN_UP)


# ---- signing in and out ----


@pages.get("/signin")
def sign_in_page() -> ResponseReturnValue:
    """Guests. Address and password."""
    return _home() if current.account() else _sign_in_page(SignInForm(request.args))


@pages.post("/signin")
def sign_in() -> ResponseReturnValue:
    """Guests. Begins a session with a new number; a wrong address and a wrong password look the same."""
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form, NO_ADDRESS), 422
    address, password = form.address.data or "", passwords.plain(form.password.data)
    # Who is refused must not use up what others have; so first what is theirs alone.
    limit(f"signin/{network()}", TRIES_OF_NETWORK, QUARTER)
    limit(f"signin-{network().replace('/', '-')}/{address}", TRIES, QUARTER)
    limit(f"signin/{address}", TRIES_OF_ALL, QUARTER)
    account = accounts.by_address(address)
    if not passwords.fits(account.password if account else None, password) or account is None or account.disabled:
        accounts.refuse(account.learner_id if account else None, current.now())
        return _sign_in_page(form, WRONG), 422
    if passwords.is_old(account.password):
        accounts.rehash(account.learner_id, account.password, passwords.hashed(password))
    return _sign_in(account, leave=form.leave.data, next_page=form.next.data or "")


@pages.post("/signout")
def sign_out() -> ResponseReturnValue:
    """Signed in. Ends this browser's session; a guest's number stays, being the only key to what they did."""
    if "signed_in" not in session:
        return redirect("/", 303)
    found = current.signed_in()
    if found is not None:
        accounts.sign_out(found[1].learner_id, found[0].id, current.now())
    session.clear()
    flash("You are signed out. What you did is kept in your account.")
    return redirect("/signin", 303)


# ---- a new password ----


@pages.get("/reset")
def reset_page() -> ResponseReturnValue:
    """Anybody. The address whose password was forgotten."""
    return _address_page(AddressForm(), Purpose.RESET)


@pages.post("/reset")
def ask_for_reset() -> ResponseReturnValue:
    """Anybody. Sends a link; to an address without account, a mail that says so."""
    return _send_link(Purpose.RESET)


@pages.get("/reset/<number>")
def new_password_page(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Opening it uses nothing up."""
    address = accounts.letter(Purpose.RESET, number, current.now())
    return _password_page(PasswordForm(), address) if address else _link_over(Purpose.RESET)


@pages.post("/reset/<number>")
def new_password(number: str) -> ResponseReturnValue:
    """Whoever holds the link. Keeps the password and ends every session of the account."""
    address = accounts.letter(Purpose.RESET, number, current.now())
    if address is None:
        return _link_over(Purpose.RESET)
    form = PasswordForm(request.form)
    password, trouble = _chosen(form, address)
    if trouble:
        return _password_page(form, address, trouble), 422
    if accounts.reset(number, passwords.hashed(password), current.now()) is None:
        return _link_over(Purpose.RESET)
    session.clear()
    flash("Your new password is kept, and every other device is signed out. Sign in with it now.")
    return redirect("/signin", 303)


# ---- what these share ----


def _home() -> Response:
    return redirect("/account", 303)  # type: ignore[return-value]


def _chosen(form: FinishForm | PasswordForm, address: str, name: str = "") -> tuple[str, str]:
    """Return the new password of an account, and why it will not do, if so. Judging takes a while, so it is limited."""
    limit(f"link/{address}", 20, QUARTER)
    password = passwords.plain(form.password.data)
    return password, passwords.trouble(password, passwords.known_words(address, name))


def _sign_in(account: Account, *, leave: bool, next_page: str = "") -> Response:
    guest, before = current.learner_id(), current.signed_in()
    if before is not None:
        accounts.sign_out(before[1].learner_id, before[0].id, current.now())
    session.clear()
    session.permanent = True
    session["signed_in"] = accounts.sign_in(account.learner_id, request.user_agent.string, current.now())
    if guest is not None and not leave:
        kept = accounts.claim(guest, account.learner_id)
        if kept.anything:
            flash(render_template("signing/kept.txt", kept=kept).strip())
    return redirect(local(request.host_url + next_page.lstrip("/")) if next_page else "/progress", 303)  # type: ignore[return-value]


def _send_link(purpose: Purpose) -> ResponseReturnValue:
    form = AddressForm(request.form)
    if not form.validate():
        return _address_page(form, purpose, NO_ADDRESS), 422
    address = form.address.data or ""
    try:
        send_letter(purpose, address)
    except CannotSendError:
        return _address_page(form, purpose, NOT_SENT), 503
    return render_template("signing/sent.html", address=address, purpose=purpose, printed=not current.config().smtp)


def send_letter(purpose: Purpose, address: str, learner_id: str | None = None) -> None:
    """Send a link, or what there is to say instead. Raises CannotSendError; TooManyRequests beyond the limits."""
    limit(f"mail/{network()}", MAILS_TO_NETWORK, HOUR)
    limit(f"mail/{address}", MAILS_TO_ADDRESS, HOUR)
    known = accounts.by_address(address)
    number = accounts.write_letter(purpose, address, current.now(), learner_id)
    words = {"number": number, "known": known is not None and not known.disabled, "purpose": purpose}
    if not send_words(address, "your link", "signing/letter.txt", **words):
        raise CannotSendError("noted already")


def send_words(address: str, subject: str, template: str, **words: object) -> bool:
    """Send a mail of our own words; return whether it was taken. What goes wrong is noted."""
    config = current.config()
    text = render_template(template, base=config.address or request.host_url.rstrip("/"), **words)
    # One line, whatever the author typed: a header ends where a line does.
    title = " ".join("".join(c if c.isprintable() else " " for c in current.catalogue().info.title).split())
    try:
        mail.send(config, address, f"{title}: {subject}", text)
    except CannotSendError:
        current_app.logger.exception("a mail was not taken")
        return False
    return True


def _address_page(form: AddressForm, purpose: Purpose, error: str = "") -> str:
    return render_template("signing/address.html", form=form, purpose=purpose, error=error)


def _sign_in_page(form: SignInForm, error: str = "") -> str:
    return render_template("signing/signin.html", form=form, error=error, guest=current.learner_id() is not None)


def _finish_page(form: FinishForm, address: str, trouble: str = "") -> str:
    problems = [(str(error), "name") for error in form.name.errors]
    problems += [(trouble, "password")] if trouble else []
    guest = current.learner_id() is not None and current.account() is None
    return render_template("signing/finish.html", form=form, address=address, problems=problems, guest=guest)


def _password_page(form: PasswordForm, address: str, trouble: str = "") -> str:
    return render_template("signing/password.html", form=form, address=address, trouble=trouble)


def _link_over(purpose: Purpose) -> ResponseReturnValue:
    return render_template("signing/over.html", purpose=purpose), 404
