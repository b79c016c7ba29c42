"""The search page: something to go on with, whatever was typed."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.library.test_search import ODD
from tests.web.browsing import Page, Visitor

SECRET = ["quince", "rowan", "guava", "vetiver", "tamarillo", "bowline", "granny"]  # reasons, hints, exam questions


def search(visitor: Visitor, typed: str, within: str = "") -> Page:
    typed = quote(typed, safe="", errors="surrogatepass")
    return visitor.open(f"/search?q={typed}" + (f"&in={within}" if within else ""))


def test_lessons_terms_and_exercises_are_found_with_the_sentence(visitor: Visitor) -> None:
    page = search(visitor, "hollow")
    assert page.link("The hull") == "/learn/first/hull"
    assert "A hull is <mark>hollow</mark>" in page.html
    assert search(visitor, "keel").link("Keel") == "/glossary/keel"
    assert search(visitor, "harbour").link("The harbour") == "/exercises/harbour"
    assert search(visitor, "wood").link("The hull: Wood") == "/learn/first/hull#wood"


def test_questions_keys_reasons_and_exam_files_are_not_found(visitor: Visitor) -> None:
    for word in SECRET:
        assert "Nothing was found" in search(visitor, word).text, word


def test_one_group_can_be_chosen(visitor: Visitor) -> None:
    everything = search(visitor, "boat")
    assert ("The hull" in everything.text, "Keel" in everything.text) == (True, False)
    both = search(visitor, "hull")
    only = visitor.open(both.link("Exercises and quizzes ("))
    assert "Questions on hulls" in only.text
    assert 'id="g-lessons"' not in only.html
    assert search(visitor, "hull", "nonsense").text == both.text


def test_a_slip_is_told(visitor: Visitor) -> None:
    page = search(visitor, "thwrat")
    assert "Nothing has “thwrat”. 1 result for “thwart”." in page.text
    assert page.link("Thwart") == "/glossary/thwart"


def test_nothing_found_still_leads_on(visitor: Visitor) -> None:
    page = search(visitor, "xyzzy plugh")
    assert "Nothing was found for “xyzzy plugh”." in page.text
    assert {"/learn", "/glossary"} <= {href for href, _ in page.links}


def test_the_query_comes_back_in_the_field_and_in_the_title(visitor: Visitor) -> None:
    page = search(visitor, '"hull" & <b>')
    assert page.form("/search").value("q") == '"hull" & <b>'
    assert "<b>" not in page.main().replace("<b>", "", 0).partition("<form")[0]
    assert page.title.startswith('"hull" & <b>')


def test_a_long_query_is_cut_and_says_so(visitor: Visitor) -> None:
    page = search(visitor, "hull " * 100)
    assert "first 200 characters" in page.text
    assert page.link("The hull")


@pytest.mark.parametrize("typed", ODD, ids=[ascii(text[:24]) for text in ODD])
def test_whatever_is_typed_gets_a_page(visitor: Visitor, typed: str) -> None:
    page = search(visitor, typed)
    assert page.status == 200
    assert page.form("/search").method == "get"
    assert {"/learn", "/glossary"} <= {href for href, _ in page.links}


def test_bytes_that_are_no_text_get_a_page(visitor: Visitor) -> None:
    for query in ("q=%ff%fe", "q=%00", "q", "q=a&q=b", "in=lessons", "q=%F0%9F", "Q=hull"):
        assert visitor.open(f"/search?{query}").status == 200, query


def test_a_page_that_is_not_there_offers_the_search(visitor: Visitor) -> None:
    page = visitor.open("/nowhere")
    assert page.status == 404
    assert page.form("/search").kinds["q"] == "search"


def test_searching_leaves_nothing_behind(visitor: Visitor) -> None:
    search(visitor, "hull")
    assert visitor.cookies() == {}
