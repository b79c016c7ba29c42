"""Finding things: the search and its key, terms in a lesson, flashcards by keyboard, printing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Watched
from tests.browser.filling import follow
from tests.browser.test_pages import LOOKS, set_theme, violations

LESSON = "/learn/operating-model/service-value-chain"


def active(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


# ---- the search key ----


def test_slash_leads_to_the_search_and_into_its_field(open_page: Open) -> None:
    page = open_page(LESSON)
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("value stream")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_slash_does_nothing_once_it_is_switched_off(open_page: Open) -> None:
    page = open_page("/help")
    page.get_by_role("button", name="Switch the key / off").click()
    expect(page.get_by_text("The key / is switched off.")).to_be_visible()
    page.goto(LESSON)
    page.keyboard.press("/")
    page.wait_for_timeout(300)
    assert page.url.endswith(LESSON)


def test_the_search_works_without_script(open_page: Open) -> None:
    page = open_page(LESSON, java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.locator("#q").fill("vlaue")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing has “vlaue”")).to_be_visible()
    page.locator(".found a").first.click()
    expect(page.locator("h1")).to_be_visible()


# ---- terms in a lesson ----


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_a_term_shows_its_meaning_on_the_spot(open_page: Open, width: int, theme: str) -> None:
    page = open_page(LESSON, width=width)
    set_theme(page, theme)
    term = page.locator("a.term").nth(1)
    name = page.request.get(term.evaluate("e => e.href")).text().partition("<h1>")[2].partition("</h1>")[0]
    term.click()
    card = page.get_by_role("dialog", name=name)
    expect(card).to_be_focused()
    expect(card).to_contain_text(name)
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(term).to_be_focused()


def test_a_term_is_opened_and_followed_by_keyboard(open_page: Open) -> None:
    page = open_page(LESSON)
    term = page.locator("a.term").first
    term.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".term-card")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="More about this term")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/*")


def test_a_term_closes_by_its_button_and_by_scrolling(open_page: Open) -> None:
    page = open_page(LESSON)
    page.locator("a.term").first.click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".term-card")).to_have_count(0)
    page.locator("a.term").first.click()
    expect(page.locator(".term-card")).to_be_visible()
    page.mouse.wheel(0, 300)
    expect(page.locator(".term-card")).to_have_count(0)


def test_a_term_leads_to_its_page_without_script_and_when_its_meaning_cannot_be_fetched(
    open_page: Open, watched: Watched
) -> None:
    page = open_page(LESSON, java_script_enabled=False)
    page.locator("a.term").first.click()
    page.wait_for_url("**/glossary/*")
    page = open_page(LESSON)
    page.route("**/glossary/*", lambda r: r.abort() if r.request.resource_type == "fetch" else r.continue_())
    page.locator("a.term").first.click()
    page.wait_for_url("**/glossary/*")
    assert [message for message in watched.messages if "ERR_FAILED" in message]
    watched.messages.clear()


# ---- flashcards ----


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_round_of_flashcards_by_keyboard(open_page: Open, script: bool) -> None:
    page = open_page("/flashcards", java_script_enabled=script)
    page.locator("input[name=number][value='5']").check(force=True)
    page.get_by_role("button", name="Start the round").press("Enter")
    for number in range(1, 6):
        expect(page.get_by_text(f"Card {number} of 5")).to_be_visible()
        meaning = page.locator("#meaning p").first
        expect(meaning).to_be_hidden()
        summary = page.locator("summary", has_text="Show the meaning")
        if script:
            expect(summary).to_be_focused()
        summary.press("Enter")
        expect(meaning).to_be_visible()
        page.get_by_role("button", name="I knew it" if number > 1 else "Not yet").press("Enter")
    expect(page.locator("h1")).to_have_text("You knew 4 of 5 terms")
    page.get_by_role("link", name="Take a second look").press("Enter")
    expect(page.get_by_text("Second look")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_in_a_round_and_in_a_set_with_a_problem(open_page: Open, width: int, theme: str) -> None:
    page = open_page("/flashcards", width=width)
    set_theme(page, theme)
    page.get_by_role("button", name="Start the round").click()
    page.locator("summary", has_text="Show the meaning").click()
    assert violations(page) == [], "card"
    for _ in range(10):
        if not page.locator("#meaning[open]").count():
            page.locator("summary", has_text="Show the meaning").click()
        follow(page, page.get_by_role("button", name="Nearly"))
    expect(page.locator("h1")).to_have_text(re.compile("You knew 0 of 10"))
    assert violations(page) == [], "round"
    page.goto("/practise/own")
    page.locator("input[name=which][value=missed]").check()
    page.get_by_role("button", name="Start this quiz").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert violations(page) == [], "problem"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# ---- a quiz of one's own, and the taster ----


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_newcomer_tries_five_questions(open_page: Open, script: bool) -> None:
    page = open_page("/", java_script_enabled=script)
    page.get_by_role("link", name="five-question taster").click()
    page.get_by_role("button", name="Start the taster").click()
    for number in range(1, 6):
        expect(page.get_by_text(f"Question {number} of 5").first).to_be_visible()
        page.locator("input[name=choice]").first.check()
        page.get_by_role("button", name="Check answer").click()
        expect(page.locator("#verdict")).to_be_visible()
        page.locator("a.btn-1").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"^[0-5] of 5 marks$"))
    expect(page.get_by_role("link", name="Start lesson 1")).to_be_visible()


# ---- printing ----


@pytest.mark.parametrize("path", ["/glossary", "/search?q=value", "/help", "/progress", "/practise"])
def test_print_leaves_out_what_paper_cannot_do(open_page: Open, path: str) -> None:
    page = open_page(path)
    page.emulate_media(media="print")
    for selector in ("header.site", "form.search", ".letters", ".filters", ".btn"):
        for found in page.locator(selector).all():
            expect(found).to_be_hidden()
    expect(page.locator("main h1")).to_be_visible()
