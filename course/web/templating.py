"""What templates can use."""

from __future__ import annotations

from fractions import Fraction

from flask import Flask
from markupsafe import Markup

from course.core import marks
from course.web import assets, current, preferences, security


def register(app: Flask) -> None:
    """Add filters, globals and what every page knows."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(md=md, md_block=md_block, points=points, percent=marks.percent, date=date)
    app.jinja_env.globals.update(asset=assets.address, csrf_token=security.csrf_token)
    app.context_processor(page_knows)


def page_knows() -> dict[str, object]:
    """Return what every template knows."""
    catalogue = current.catalogue()
    return {"course": catalogue.info, "catalogue": catalogue, "theme": preferences.theme()}


def md(text: str) -> Markup:
    """Render Markdown that stands in a line. Sanitised by the renderer."""
    return Markup(current.catalogue().renderer.inline(text))  # noqa: S704


def md_block(text: str) -> Markup:
    """Render Markdown blocks. Sanitised by the renderer."""
    return Markup(current.catalogue().renderer.block(text))  # noqa: S704


def points(value: Fraction) -> str:
    """Write points as people read them."""
    return marks.shown(value)


def date(value: object) -> str:
    """Write a date as `2 Dec 2026`."""
    return f"{value:%-d %b %Y}"
