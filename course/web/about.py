"""Pages about the course itself: help, accessibility, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template

from course.web.visitors import same_for_visitors

pages = Blueprint("about", __name__)
# Part of the course → keys and what they do there.
KEYS = (
    (
        "On every page",
        (
            (("Tab",), "goes to the next link, button or field; with Shift to the one before"),
            (("/",), "goes to the search, unless you are typing"),
            (("Esc",), "closes the menu, or the meaning of a term"),
        ),
    ),
    (
        "Sorting and matching",
        (
            (("Enter", "Space"), "on a card: picks it up; on a place: puts the card there and goes to the next card"),
            (("↑", "↓", "←", "→"), "on a card: another card; on a place: another place, as you see them"),
            (("1", "… 9"), "on a place: the place of this number"),
            (("A", "… Z"), "on a place of a grid: the row whose name starts with this letter, if only one does"),
            (("Home", "End"), "on a place: the first or the last"),
            (("Esc",), "puts the card back"),
            (("Delete", "Backspace"), "on a card that is placed: takes it off the board"),
            (("Ctrl+Z",), "undoes the last step (on a Mac: Command+Z)"),
        ),
    ),
    (
        "Putting steps in order",
        (
            (("Enter", "Space"), "picks a step up, and puts it down"),
            (("↑", "↓"), "while a step is held: moves it; else goes to another step"),
            (("1", "… 9", "Home", "End"), "while a step is held: moves it to this place"),
            (("Esc",), "puts the step back where it was"),
            (("Ctrl+Z",), "undoes the last move (on a Mac: Command+Z)"),
        ),
    ),
    (
        "Choosing an answer",
        (
            (("↑", "↓"), "chooses, where one answer is right"),
            (("Space",), "ticks or unticks, where several can be right"),
            (("Enter",), "checks the answer"),
        ),
    ),
    (
        "In a mock exam",
        (
            (("A", "… D"), "in the options: chooses the first to the last; so do 1 to 4"),
            (("↑", "↓"), "in the options: chooses the one before or after"),
            (("T",), "in the bar at the top: says how much time is left"),
        ),
    ),
)


@pages.get("/help")
@same_for_visitors
def help_page() -> str:
    """Anybody. How to use the course, and every key."""
    return render_template("about/help.html", keys=KEYS)


@pages.get("/accessibility")
@same_for_visitors
def accessibility() -> str:
    """Anybody. What works, what was not tried, and how to tell us."""
    return render_template("about/accessibility.html")


@pages.get("/privacy")
@same_for_visitors
def privacy() -> str:
    """Anybody. What is kept, where, and for how long."""
    return render_template("about/privacy.html")
