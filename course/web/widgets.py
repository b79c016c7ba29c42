"""Gestures: a kind of question names its widget, and here its template and script are found.

A widget is `templates/widgets/<name>.html` with macros: `draw(view, prefix, missing, icons)`, `reasons(view)`,
`target(view)` (the id an error leads to), `layout()` (the class of its page), and for exercises `gap(name)` (what is
said of a field without answer) and `shown()` (what is said when the answers are). Its script, if it has one, is
`static/js/<name>.js`.
"""

from __future__ import annotations

from functools import cache

from flask import current_app
from markupsafe import Markup

from course.questions._kind import View
from course.web import assets


def widget(view: View, macro: str = "draw", **options: object) -> Markup:
    """Draw a question, or another part of its widget."""
    module = current_app.jinja_env.get_template(f"widgets/{view.widget}.html").module
    takes_view = macro in {"draw", "reasons", "reviewed", "target"}
    drawn: Markup = getattr(module, macro)(*([view] if takes_view else []), **options)
    return drawn


@cache
def script(name: str) -> Markup:
    """Return the script element of a widget, or nothing."""
    if not (assets.FOLDER / "js" / f"{name}.js").exists():
        return Markup()
    return Markup('<script type="module" src="{}"></script>').format(assets.address(f"js/{name}.js"))


def widget_script(view: View) -> Markup:
    """Return the script element that a question's widget needs."""
    return script(view.widget)
