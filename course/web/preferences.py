"""How a person wants to see the course: kept in cookies of their own, not in the database."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from wtforms import HiddenField, validators

from course.web import current
from course.web.security import PageForm

pages = Blueprint("preferences", __name__)
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


class ThemeForm(PageForm):
    """The theme button. Without a theme in it, the other one of the present is chosen."""

    theme = HiddenField(validators=[validators.Optional(), validators.AnyOf(THEMES)])


def theme() -> str:
    """Return `light` or `dark`, or nothing: as the system has it."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


@pages.post("/theme")
def choose_theme() -> Response | tuple[str, int]:
    """Anybody. Back to the page it was chosen on."""
    form = ThemeForm(request.form)
    chosen = form.theme.data if form.validate() and form.theme.data else other_theme()
    response = redirect(local(request.headers.get("Referer", "")), 303)
    secure = current.config().secure_cookies
    response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=secure)
    return response  # type: ignore[return-value]


def other_theme() -> str:
    """Return the theme that the button changes to."""
    return "light" if theme() == "dark" else "dark"


def local(address: str) -> str:
    """Return an address on this site that a person may be sent back to, else home."""
    prefix = request.host_url
    path = "/" + address.removeprefix(prefix) if address.startswith(prefix) else "/"
    return path if not path.startswith("//") else "/"
