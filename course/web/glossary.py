"""The glossary: every term, A to Z, and a page for each."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from course.library.teaching import Taught, glossary
from course.web import current
from course.web.visitors import same_for_visitors

pages = Blueprint("glossary", __name__)


@pages.get("/glossary")
@same_for_visitors
def terms() -> str:
    """Anybody. All terms by their first letter."""
    by_letter: dict[str, list[Taught]] = {}
    for taught in glossary(current.catalogue()).values():
        first = taught.term.slug[:1].upper()
        by_letter.setdefault(first if first.isalpha() else "0–9", []).append(taught)
    return render_template("glossary/terms.html", by_letter=by_letter, known=current.known_terms())


@pages.get("/glossary/<slug>")
@same_for_visitors
def term(slug: str) -> str:
    """Anybody. What a term means, the lessons that teach it, and what it belongs with."""
    taught = glossary(current.catalogue()).get(slug)
    if taught is None:
        abort(404)
    return render_template("glossary/term.html", taught=taught, known=slug in current.known_terms())
