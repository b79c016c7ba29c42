"""The glossary: every term with its meaning."""

from __future__ import annotations

from flask import Blueprint, render_template

from course.web.visitors import same_for_visitors

pages = Blueprint("glossary", __name__)


@pages.get("/glossary")
@same_for_visitors
def terms() -> str:
    """Anybody. All terms, each with an address of its own on the page."""
    return render_template("glossary/terms.html")
