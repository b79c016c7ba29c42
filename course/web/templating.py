"""What templates can use."""

from __future__ import annotations

import datetime
from fractions import Fraction
from functools import cache

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from course.core import marks
from course.library import rendering
from course.web import assets, current, preferences, security, visitors, widgets


def register(app: Flask) -> None:
    """Add filters, globals and what every page knows."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        md=md,
        md_block=md_block,
        upper_first=rendering.upper_first,
        points=points,
        percent=marks.percent,
        date=date,
        clock=clock,
    )
    app.jinja_env.globals.update(
        asset=assets.address, csrf_token=security.csrf_token, part=visitors.part, icon=icon, token=token, plural=plural
    )
    app.jinja_env.globals.update(widget=widgets.widget, widget_script=widgets.widget_script)
    app.context_processor(page_knows)


def preload(environment: Environment) -> None:
    """Compile every template, so that no visitor waits for it; workers take them over from their parent."""
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def page_knows() -> dict[str, object]:
    """Return what every template knows."""
    catalogue = current.catalogue()
    return {
        "course": catalogue.info,
        "catalogue": catalogue,
        "theme": preferences.theme(),
        "slash": preferences.slash(),
    }


@cache
def icon(name: str) -> Markup:
    """Draw an icon of the page's sprite. It only decorates; a word stands beside it."""
    return Markup(rendering.icon(name))  # noqa: S704 — escaped there


def token() -> Markup:
    """Return the hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(security.csrf_token())


def plural(number: int, one: str, many: str) -> str:
    """Write `1 card`, `2 cards`."""
    return f"{number} {one if number == 1 else many}"


def md(text: str) -> Markup:
    """Render Markdown that stands in a line. Sanitised by the renderer."""
    return Markup(current.catalogue().renderer.inline(text))  # noqa: S704


def md_block(text: str) -> Markup:
    """Render Markdown blocks. Sanitised by the renderer."""
    return Markup(current.catalogue().renderer.block(text))  # noqa: S704


def points(value: Fraction) -> str:
    """Write points as people read them."""
    return marks.shown(value)


def date(value: datetime.date) -> str:
    """Write a date as `2 Dec 2026`; of a time the date where its reader is."""
    here = value.astimezone(current.zone()) if isinstance(value, datetime.datetime) else value
    return f"{here:%-d %b %Y}"


def clock(value: datetime.datetime) -> str:
    """Write a time as its reader's clock has it, `14:05`; where that is not known, as `13:05 UTC`."""
    zone = current.zone()
    return f"{value.astimezone(zone):%H:%M}{' UTC' if zone is datetime.UTC else ''}"
