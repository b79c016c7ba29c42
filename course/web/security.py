"""What every answer carries and every form must prove.

A form is accepted when the browser does not say that it came from another site, and when it holds
the token of the person who sends it. Somebody without a cookie has nothing that could be forged, so
their pages carry one token for all; it stays good when the first saved act makes them a guest, as
long as the browser itself says that the form came from this site.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Flask, Response, abort, current_app, g, render_template, request
from wtforms import Form, StringField, validators
from wtforms.csrf.core import CSRF
from wtforms.fields.core import Field
from wtforms.form import BaseForm

from course.web import current

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
VISITOR = "visitor"
OF_ACCOUNTS = {"account", "admin", "data", "joining", "signing", "teach"}  # nothing of them stays behind in a browser
NOT_AGAIN = frozenset({"csrf_token", "password", "old", "proof"})  # what a form shown again does not hold


def register(app: Flask) -> None:
    """Set cookies up, guard every unsafe request, and put the headers on every answer."""
    secure = app.config["COURSE"].secure_cookies
    app.config.update(
        SESSION_COOKIE_NAME="__Host-course" if secure else "course",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=400),
    )
    app.after_request(add_headers)
    app.before_request(guard)


def add_headers(response: Response) -> Response:
    """Add the headers; pages of a person are not to be kept by caches."""
    response.headers.extend(HEADERS)
    if request.blueprint in OF_ACCOUNTS:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers.add("Cache-Control", "no-cache, private")
    if current.config().secure_cookies:
        response.headers.add("Strict-Transport-Security", "max-age=31536000")
    return response


def token_for(who: str) -> str:
    """Return the form token of a learner id, or of `visitor`."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"form/{who}".encode(), hashlib.sha256).hexdigest()[:40]


def csrf_token() -> str:
    """Return the token for the forms of this page."""
    if "csrf_token" not in g:
        g.csrf_token = token_for(current.learner_id() or VISITOR)
    return str(g.csrf_token)


def guard() -> Response | tuple[str, int] | None:
    """Refuse an unsafe request from another site; offer to send it again where only the token is old."""
    if request.method in SAFE or request.routing_exception is not None:
        return None  # the answer says that there is nothing to send to
    same_site = came_from_here()
    if same_site is False:
        abort(403)
    if _is_token_of(current.learner_id() or VISITOR) or (same_site and _is_token_of(VISITOR)):
        return None
    if "application/json" in request.headers.get("Accept", ""):
        abort(400)
    return render_template("errors/resend.html", fields=posted_fields()), 400


def _is_token_of(who: str) -> bool:
    """Whether the form holds this token; compared as bytes, since anything may have been sent."""
    return hmac.compare_digest(request.form.get("csrf_token", "").encode(), token_for(who).encode())


def came_from_here() -> bool | None:
    """Whether the browser says that this request came from our own pages; None where it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    return origin.partition("://")[2] == request.host != ""  # empty: the host asked for is no name


def posted_fields() -> list[tuple[str, str]]:
    """Return what was sent, for a form that sends it again. Secrets are left out."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_AGAIN]


class _Token(CSRF):
    """The token as a WTForms field, so that every form renders it; `guard` has checked it already."""

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        del csrf_token_field
        return csrf_token()

    def validate_csrf_token(self, form: BaseForm, field: Field) -> None:
        del form, field


class PageForm(Form):
    """A form with its token."""

    class Meta:
        """How WTForms makes the token."""

        csrf = True
        csrf_class = _Token


def name_field(empty: str, too_long: str) -> StringField:
    """Return a field for a name in one line, of 100 characters at most, with what is said of one that will not do."""
    return StringField(
        validators=[validators.DataRequired(empty), validators.Length(max=100, message=too_long)],
        filters=[lambda text: " ".join((text or "").split())],
    )


def stripped(text: str | None) -> str:
    """Take the space around a field away: WTForms takes a blank for nothing, but hands it on."""
    return (text or "").strip()
