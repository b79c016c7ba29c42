"""The theme: a cookie of its own, and back to where it was chosen."""

from __future__ import annotations

import pytest

from course.library.catalogue import Catalogue
from tests.web.browsing import HERE, Visitor
from tests.web.conftest import Rows
from tests.web.test_exercises import placed


def choose(visitor: Visitor, theme: str | None, referer: str = "") -> str:
    """Choose a theme; return where it leads."""
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    fields = {"csrf_token": token} | ({"theme": theme} if theme is not None else {})
    headers = {**HERE, **({"Referer": referer} if referer else {})}
    page = visitor.post("/theme", fields, headers)
    assert page.status == 303
    return page.location


def shown(visitor: Visitor, path: str = "/learn") -> str:
    html = visitor.open(path).html
    return html.partition("<html")[2].partition(">")[0].partition('data-theme="')[2].partition('"')[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_kept_in_a_cookie_and_makes_nobody_a_guest(visitor: Visitor, rows: Rows, theme: str) -> None:
    assert shown(visitor) == ""
    choose(visitor, theme)
    assert visitor.cookies() == {"theme": theme}
    for path in ("/", "/learn", "/learn/first/hull", "/exercises/deck", "/nothing"):
        assert shown(visitor, path) == theme
    assert rows() == {}


def test_both_buttons_are_there_and_do_what_they_say(visitor: Visitor) -> None:
    page = visitor.open("/learn")
    assert page.form("/theme").buttons == [("theme", "dark"), ("theme", "light")]
    visitor.send(page, "/theme", ("theme", "dark"))
    assert shown(visitor) == "dark"
    visitor.send(page, "/theme", ("theme", "light"))
    assert shown(visitor) == "light"


def test_without_a_theme_the_other_one_is_chosen(visitor: Visitor) -> None:
    choose(visitor, None)
    assert shown(visitor) == "dark"
    choose(visitor, None)
    assert shown(visitor) == "light"


@pytest.mark.parametrize("theme", ["blue", "", "DARK", "dark; Secure", 'dark"><script>', "\0", "é" * 4000])
def test_a_theme_that_is_none_is_never_kept(visitor: Visitor, theme: str) -> None:
    choose(visitor, theme)
    assert visitor.cookies()["theme"] in {"light", "dark"}


@pytest.mark.parametrize("value", ["blue", "", 'dark" onload="x', "\xe9", "x" * 3000])
def test_a_cookie_that_holds_no_theme_is_passed_over(visitor: Visitor, value: str) -> None:
    visitor.client.set_cookie("theme", value)
    assert shown(visitor) == ""


@pytest.mark.parametrize("path", ["/", "/learn", "/learn/first/hull", "/practise?x=1&y=%3C", "/exercises/deck?retry=a"])
def test_one_comes_back_to_the_page_it_was_chosen_on(visitor: Visitor, path: str) -> None:
    assert choose(visitor, "dark", f"http://localhost{path}") == path


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "nonsense",
        "https://evil.example/learn",
        "http://localhost.evil.example/learn",
        "http://localhost@evil.example/learn",
        "http://localhost:81/learn",
        "//evil.example/learn",
        "http://localhost//evil.example",
        "http://localhost///evil.example",
        "http://localhost/\\evil.example",
        "http://localhost/\t/evil.example",
        "http://localhost/%09/evil.example",
        "javascript:alert(1)",
        "http://localhost",
    ],
)
def test_one_is_never_sent_to_another_site(visitor: Visitor, referer: str) -> None:
    assert choose(visitor, "dark", referer) == "/"


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/exercises/harbour/check", "/exercises/harbour"),
        ("/learn/first/hull/check/hull-a", "/learn/first/hull"),
        ("/quizzes/hull/start", "/quizzes/hull"),
        ("/theme", "/"),
        ("/nothing/here", "/"),
    ],
)
def test_from_a_page_that_answered_a_form_one_comes_back_to_what_can_be_looked_at(
    visitor: Visitor, path: str, back: str
) -> None:
    assert choose(visitor, "dark", f"http://localhost{path}") == back


def test_a_theme_chosen_beside_a_mistake_in_a_form_leads_to_a_page(visitor: Visitor, catalogue: Catalogue) -> None:
    form = visitor.open("/exercises/harbour").form("/check")
    gaps = visitor.submit(form, placed(catalogue, Anchor=""))
    assert gaps.status == 422
    address = gaps.response.request.url
    answer = visitor.post("/theme", gaps.form("/theme").fields, {**HERE, "Referer": address})
    assert visitor.follow(answer).status == 200
