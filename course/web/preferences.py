"""How a person wants to see the course: kept in cookies of their own, not in the database."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request
from wtforms import HiddenField, validators

from course.web import current
from course.web.security import PageForm, stripped

pages = Blueprint("preferences", __name__)
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


class ThemeForm(PageForm):
    """The theme button. Without a theme in it, the other one of the present is chosen."""

    theme = HiddenField(filters=[stripped], validators=[validators.Optional(), validators.AnyOf(THEMES)])


def theme() -> str:
    """Return `light` or `dark`, or nothing: as the system has it."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


@pages.post("/theme")
def choose_theme() -> Response | tuple[str, int]:
    """Anybody. Back to the page it was chosen on."""
    form = ThemeForm(request.form)
    chosen = form.theme.data if form.validate() and form.theme.data else other_theme()
    response: Response = redirect(local(request.headers.get("Referer", "")), 303)  # type: ignore[assignment]
    keep_cookie(response, "theme", chosen)
    return response


class KeysForm(PageForm):
    """Whether the key `/` leads to the search."""

    slash = HiddenField(validators=[validators.AnyOf(("on", "off"))])


def slash() -> bool:
    """Whether the key `/` leads to the search; it does unless somebody has said otherwise."""
    return request.cookies.get("keys") != "off"


def look() -> str:
    """Return everything of these that a page is made by, in one word."""
    return f"{theme()}/{slash()}"


@pages.post("/help/keys")
def choose_keys() -> Response | tuple[str, int]:
    """Anybody. Switches the key `/` on or off (WCAG 2.1.4) and goes back to the help page."""
    form = KeysForm(request.form)
    response: Response = redirect("/help#keys", 303)  # type: ignore[assignment]
    if form.validate():
        keep_cookie(response, "keys", form.slash.data)
    return response


def keep_cookie(response: Response, name: str, value: str | None) -> None:
    """Let the browser keep a preference for a year; without a value, forget it."""
    secure = current.config().secure_cookies
    response.set_cookie(name, value or "", max_age=YEAR if value else 0, samesite="Lax", secure=secure)


def other_theme() -> str:
    """Return the theme that the button changes to."""
    return "light" if theme() == "dark" else "dark"


def local(address: str) -> str:
    """Return an address on this site that a person may be sent back to.

    That is a page of ours; from the answer to a form the page that lies above it; else home.
    """
    prefix = request.host_url
    if not address.startswith(prefix) or not address.isprintable():
        return "/"
    page, _, query = address.removeprefix(prefix).lstrip("/").partition("?")
    pages_here = current_app.url_map.bind("")
    while page and not pages_here.test(f"/{page}", "GET"):
        page, query = page.rpartition("/")[0], ""
    return f"/{page}?{query}" if query else f"/{page}"
