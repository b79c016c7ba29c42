"""Pages that are the same for all visitors come from memory, and nobody else ever gets them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered

from tests.conftest import LESSON_ONE, MakeApp
from tests.web.browsing import Page, Visitor
from tests.web.test_secrecy import same

KEPT = ["/", "/learn", "/learn/first/hull", "/learn/second/oar", "/glossary"]


@contextmanager
def drawn(app: Flask) -> Iterator[list[str]]:
    """Collect the names of the templates that are drawn meanwhile."""
    names: list[str] = []

    def note(_: Flask, template: Any, **__: object) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


def memo(app: Flask) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = app.extensions["library"].catalogue.memo
    return found


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """Return somebody who has read a lesson."""
    person = Visitor(app)
    person.send(person.open("/learn/first/hull"), "/read")
    return person


@pytest.mark.parametrize("path", KEPT)
def test_a_page_is_drawn_for_the_first_visitor_and_then_kept(
    app: Flask, visitor: Visitor, other: Visitor, path: str
) -> None:
    with drawn(app) as first:
        page = visitor.open(path)
    with drawn(app) as second:
        again = other.open(path)
    assert first
    assert not second
    assert again.html == page.html
    assert again.response.headers.to_wsgi_list() == page.response.headers.to_wsgi_list()


@pytest.mark.parametrize("path", KEPT)
def test_a_kept_page_is_what_a_fresh_one_would_be(app: Flask, make_app: MakeApp, small_course: Path, path: str) -> None:
    for theme in ("", "dark", "light"):
        pages = []
        for application in (app, app, make_app(small_course)):
            person = Visitor(application)
            if theme:
                person.client.set_cookie("theme", theme)
            pages.append(person.open(path).html)
        assert len(set(pages)) == 1
        assert (f'data-theme="{theme}"' in pages[0]) == bool(theme)


@pytest.mark.parametrize("path", KEPT)
def test_somebody_with_a_cookie_never_gets_a_kept_page(app: Flask, visitor: Visitor, guest: Visitor, path: str) -> None:
    visitor.open(path)
    for key in [key for key in memo(app) if key[0] == "page"]:
        memo(app)[key] = b"<title>kept</title>"
    assert visitor.open(path).title == "kept"
    page = guest.open(path)
    assert page.title != "kept"
    assert page.status == 200


@pytest.mark.parametrize("path", KEPT)
def test_a_page_of_somebody_with_a_cookie_is_never_kept(app: Flask, guest: Visitor, path: str) -> None:
    memo(app).clear()
    mine = guest.open(path)
    assert not [key for key in memo(app) if key[0] == "page"]
    visitor = Visitor(app)
    theirs = visitor.open(path)
    token = mine.form("/theme").value("csrf_token")
    assert token not in theirs.html
    assert "(read)" not in theirs.html
    assert not [value for value in memo(app).values() if token in str(value)]


def test_every_form_of_a_page_made_of_kept_parts_carries_the_token_of_who_asks(
    app: Flask, guest: Visitor, visitor: Visitor
) -> None:
    for path in (*KEPT, "/practise", "/progress", "/nothing", "/quizzes/hull", "/exercises/deck"):
        for _ in range(2):
            tokens = [
                {form.value("csrf_token") for form in person.open(path).forms if form.method == "post"}
                for person in (guest, visitor)
            ]
            assert [len(found) for found in tokens] == [1, 1]
            assert tokens[0] != tokens[1]
    assert not [value for value in memo(app).values() if b"course=" in str(value).encode()]


def test_an_address_with_a_query_and_another_method_are_not_kept(app: Flask, visitor: Visitor) -> None:
    memo(app).clear()
    visitor.open("/learn?x=1")
    visitor.client.head("/learn")
    assert not [key for key in memo(app) if key[0] == "page"]


def test_what_is_not_there_is_not_kept(app: Flask, visitor: Visitor) -> None:
    for number in range(30):
        assert visitor.open(f"/learn/first/lesson-{number}").status == 404
    assert not [key for key in memo(app) if key[0] == "page"]


def test_a_page_with_a_signed_start_is_drawn_anew_for_everybody(visitor: Visitor, other: Visitor) -> None:
    for path, form in (("/exercises/deck", "/check"), ("/quizzes/hull", "/start")):
        one, two = visitor.open(path), other.open(path)
        assert one.form(form).value("start") != two.form(form).value("start")


def test_a_change_of_a_file_is_seen_by_visitors_and_guests(small_course: Path, make_app: MakeApp) -> None:
    app = make_app(small_course, refresh_seconds=0.001)
    visitor, guest = Visitor(app), Visitor(app)
    guest.send(guest.open("/learn/second/oar"), "/read")
    people = (visitor, guest)
    assert all("Oak and larch." in person.open("/learn/first/hull").text for person in people)
    (small_course / "content/lessons/hull.md").write_text(LESSON_ONE.replace("Oak and larch.", "Oak, larch and elm."))
    for person in people:
        page = person.open("/learn/first/hull")
        assert "Oak, larch and elm." in page.text
        assert "Oak and larch." not in page.text


def test_a_change_of_the_course_file_is_seen_in_the_kept_parts_of_every_page(
    small_course: Path, make_app: MakeApp
) -> None:
    app = make_app(small_course, refresh_seconds=0.001)
    visitor = Visitor(app)
    paths = (*KEPT, "/practise", "/progress", "/nothing")
    for path in paths:
        visitor.open(path)
    file = small_course / "content/course.md"
    file.write_text(file.read_text().replace("Small course", "Big course").replace("A footer with", "Another with"))
    for path in paths:
        page = visitor.open(path)
        assert "Small course" not in page.html
        assert page.title.endswith("Big course")
        assert "Another with" in page.text


def test_where_looking_for_changes_is_off_none_is_seen(app: Flask, small_course: Path, visitor: Visitor) -> None:
    before = visitor.open("/learn/first/hull").html
    (small_course / "content/lessons/hull.md").write_text(LESSON_ONE.replace("Oak and larch.", "Elm."))
    assert visitor.open("/learn/first/hull").html == before
    assert visitor.open("/learn/first/hull?x=1").html == before
    assert app.config["COURSE"].refresh_seconds == 0


def test_everybody_gets_a_whole_page_while_the_course_changes(small_course: Path, make_app: MakeApp) -> None:
    """Each answer is of one course: its title and its text are of the same moment."""
    app = make_app(small_course, refresh_seconds=0.001)
    file = small_course / "content/lessons/hull.md"
    wrong: list[str] = []
    stop = threading.Event()

    def look() -> None:
        person = Visitor(app)
        while not stop.is_set():
            page = person.open("/learn/first/hull")
            number = page.title.partition(" – ")[0].removeprefix("The hull").strip()
            if page.status != 200 or f"larch{number}." not in page.text:
                wrong.append(page.title)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(12):
        temporary = file.with_suffix(".new")
        text = LESSON_ONE.replace("title: The hull", f"title: The hull {number}")
        temporary.write_text(text.replace("larch.", f"larch{number}."))
        temporary.replace(file)
        stop.wait(0.03)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not wrong


def test_two_applications_keep_their_own_pages(app: Flask, make_app: MakeApp, small_course: Path) -> None:
    open_in: Callable[[Flask], Page] = lambda application: Visitor(application).open("/learn")  # noqa: E731
    page = open_in(app)
    other_app = make_app(small_course)
    memo(app)[("page", "/learn", "")] = b"kept"
    same(open_in(other_app), page)
