"""Every page as people meet it: accessible, nothing wider than the screen, light, and within its policy."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Request, Response, expect

from course.core.quiz import Use
from course.library.catalogue import Catalogue
from tests.browser.conftest import Open
from tests.browser.filling import follow

LESSON = "/learn/digital-products/digital-product-lifecycle"
GRID = "/exercises/lifecycle-grid"
STAGES = "/exercises/chain-activities-1"
QUIZ = "/quizzes/digital-product-lifecycle"
PAGES = {
    "home": "/",
    "contents": "/learn",
    "lesson": LESSON,
    "practise": "/practise",
    "grid": GRID,
    "stages": STAGES,
    "quiz": QUIZ,
    "progress": "/progress",
    "glossary": "/glossary",
    "term": "/glossary/value-stream",
    "flashcards": "/flashcards",
    "own quiz": "/practise/own",
    "taster": "/taster",
    "exams": "/exam",
    "syllabus": "/syllabus",
    "readiness": "/readiness",
    "review": "/review",
    "settings": "/account",
    "sign up": "/signup",
    "sign in": "/signin",
    "new password": "/reset",
    "nothing to export": "/account/export",
    "nothing to delete": "/account/delete",
    "deleted": "/account/delete?done=1",
    "exam": "/exam/five-topics",
    "search": "/search",
    "found": "/search?q=value+stream",
    "not found": "/search?q=xyzzy",
    "help": "/help",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "missing": "/nowhere",
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, theme) for width in (375, 1280) for theme in ("light", "dark")]
CHOOSE_FIRST = """e => {
  e.value = e.querySelectorAll('option')[1].value;
  e.dispatchEvent(new Event('change', {bubbles: true}));
}"""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')].filter(e => {
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  if (!r.width || s.visibility === 'hidden' || e.type === 'hidden' || e.closest('.vh, .skip')) return false;
  const inline = s.display === 'inline';
  const inLabel = e.closest('label') && e.closest('label').getBoundingClientRect().height >= 24;
  return !inline && !inLabel && (r.width < 23.9 || r.height < 23.9);
}).map(e => e.outerHTML.slice(0, 120))"""


@cache
def axe_source() -> str:
    """Return axe-core's text; it runs through `evaluate`, since the page policy allows no script of ours."""
    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()


def violations(page: Page) -> list[str]:
    """Return what axe finds, a line each."""
    page.evaluate(axe_source())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def set_theme(page: Page, theme: str) -> None:
    """Ask for a theme as its button does: by cookie."""
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.evaluate("location.origin")}])
    page.reload()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing(open_page: Open, path: str, width: int, theme: str) -> None:
    page = open_page(path, width=width)
    set_theme(page, theme)
    assert violations(page) == []


def test_axe_finds_nothing_on_any_lesson_quiz_or_exercise(open_page: Open, catalogue: Catalogue) -> None:
    page = open_page("/")
    paths = [lesson.address for lesson in catalogue.lessons]
    paths += [f"/exercises/{quiz.slug}" for quiz in catalogue.used_as(Use.EXERCISE)]
    paths += [f"/quizzes/{quiz.slug}" for quiz in catalogue.used_as(Use.QUIZ)]
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = violations(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


def walk_through_quiz(page: Page) -> Iterator[str]:
    """Take a quiz with the first option or an empty board each time; yield what is on the screen."""
    page.goto(QUIZ)
    follow(page, page.get_by_role("button", name="Start practice"))
    for _ in range(60):
        if "/result" in page.url:
            yield "result"
            return
        yield "question"
        choice = page.locator("input[name=choice]")
        if choice.count():
            choice.first.check()
        else:
            select = page.locator("select[name^='card-']").first
            select.evaluate(CHOOSE_FIRST)
        with page.expect_navigation():
            page.locator("button[data-check]").click()
            anyway = page.get_by_role("button", name="Check anyway")
            if anyway.is_visible():
                anyway.click()
        yield "verdict"
        follow(page, page.locator("a.btn-1"))
    raise AssertionError("the quiz has no end")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_in_questions_verdicts_and_result(open_page: Open, width: int, theme: str) -> None:
    page = open_page("/", width=width, reduced_motion="reduce")
    set_theme(page, theme)
    seen = []
    for screen in walk_through_quiz(page):
        seen.append(screen)
        if len(seen) <= 12 or screen == "result":
            assert violations(page) == [], f"{screen} at {page.url}"
    assert {"question", "verdict", "result"} <= set(seen)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_while_sorting(open_page: Open, width: int, theme: str) -> None:
    page = open_page(GRID, width=width, reduced_motion="reduce")
    set_theme(page, theme)
    cards = page.locator("button.card")
    cards.first.click()
    assert violations(page) == [], "held"
    page.locator("button.place").first.click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="List").click()
    assert violations(page) == [], "list"
    page.get_by_role("button", name="Check my answers").click()
    follow(page, page.get_by_role("button", name="Check anyway"))
    assert violations(page) == [], "checked"
    follow(page, page.get_by_role("button", name="Show the answers"))
    assert violations(page) == [], "revealed"


@pytest.mark.parametrize(("width", "theme"), [*LOOKS, (320, "light")])
def test_axe_finds_nothing_where_everything_is_deleted_and_all_of_it_fits(
    open_page: Open, width: int, theme: str
) -> None:
    page = open_page(LESSON, width=width, reduced_motion="reduce")
    follow(page, page.get_by_role("button", name="Mark as read"))
    page.goto("/account/delete")
    set_theme(page, theme)

    def is_well(words: str) -> None:
        expect(page.get_by_role("main")).to_contain_text(words)
        assert violations(page) == [], words
        assert page.evaluate(SMALL) == [], words
        assert page.evaluate("document.documentElement.scrollWidth") <= width, words

    is_well("What goes")
    follow(page, page.get_by_role("button", name="Delete everything"))
    is_well("There is a problem")
    expect(page.locator(".error-summary")).to_be_focused()
    assert {cookie["name"] for cookie in page.context.cookies()} == {"course", "theme", "zone"}
    page.get_by_label("Yes, delete everything").check()
    is_well("Yes, delete everything")
    follow(page, page.get_by_role("button", name="Delete everything"))
    is_well("Everything is deleted.")
    expect(page.get_by_role("heading", name="Everything is deleted.")).to_be_focused()
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_nothing_is_wider_than_the_screen_and_every_target_is_large_enough(
    open_page: Open, path: str, width: int
) -> None:
    page = open_page(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().left") >= 16
    # Text at twice its size, as a reader sets it in the browser.
    client = page.context.new_cdp_session(page)
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("path", [LESSON, GRID, "/practise"])
def test_what_has_the_focus_is_never_covered_by_a_bar(open_page: Open, path: str, width: int) -> None:
    page = open_page(path, width=width)
    covered = []
    for _ in range(80):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body || e.matches('.skip')) return '';
            const r = e.getBoundingClientRect(); if (!r.width) return '';
            const inset = (v, n) => Math.max(1, Math.min(v, n - 1));
            const middle = [r.left + r.width / 2, r.top + r.height / 2];
            const points = [middle, [r.left + 3, r.top + 3], [r.right - 3, r.bottom - 3]];
            const seen = points.some(([x, y]) => {
              const t = document.elementFromPoint(inset(x, innerWidth), inset(y, innerHeight));
              return t && (e.contains(t) || t.contains(e)) && y > 0 && y < innerHeight; });
            return seen ? '' : e.outerHTML.slice(0, 100); }"""
        )
        if hidden:
            covered.append(hidden)
    assert covered == []


def test_with_reduced_motion_nothing_moves(open_page: Open) -> None:
    page = open_page(GRID, reduced_motion="reduce")
    page.locator("button.card").first.click()
    page.locator("button.place").first.click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_print_leaves_the_navigation_out_and_keeps_the_article(open_page: Open) -> None:
    page = open_page(LESSON)
    page.emulate_media(media="print")
    for selector in ("header.site", ".course-nav", ".toc-side", ".pager"):
        expect(page.locator(selector)).to_be_hidden()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main figure.fig svg").first).to_be_visible()


def test_the_theme_button_works_with_and_without_javascript(open_page: Open) -> None:
    for script in (True, False):
        page = open_page("/learn", java_script_enabled=script, color_scheme="light")
        page.get_by_role("button", name="Dark theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.wait_for_load_state("networkidle")
        page.goto("/practise")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_role("button", name="Light theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_policy_is_on_every_answer_and_pages_hold_no_inline_style_or_script(open_page: Open, site: str) -> None:
    page = open_page("/healthz")
    headers = {}

    def note(response: Response) -> None:
        headers[response.url] = response.headers.get("content-security-policy")

    page.on("response", note)
    for path in PAGES.values():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[...document.querySelectorAll('script:not([src]), style')].length") == 0
        text = page.request.get(path).text()
        assert " style=" not in text
        assert " onclick=" not in text
    assert headers
    assert {policy for url, policy in headers.items() if url.startswith(site)} == {POLICY}
    assert all(url.startswith(site) for url in headers), "something came from elsewhere"


@pytest.mark.parametrize(
    ("path", "html", "script"), [(LESSON, 12, 8), (GRID, 15, 12), (QUIZ, 12, 8)], ids=["lesson", "exercise", "quiz"]
)
def test_a_first_visit_is_light(open_page: Open, path: str, html: int, script: int) -> None:
    page = open_page("/healthz")
    bodies: dict[str, bytes] = {}

    def keep(request: Request) -> None:
        response = request.response()
        assert response is not None
        bodies[request.url] = response.body()

    page.on("requestfinished", keep)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    weights: dict[str, float] = {"html": 0, "css": 0, "js": 0, "font": 0}
    for url, body in bodies.items():
        kind = "css" if url.endswith(".css") else "js" if url.endswith(".js") else "font" if "woff" in url else "html"
        weights[kind] += len(body if kind == "font" else gzip.compress(body, 9)) / 1024
    print(json.dumps({"path": path, "requests": len(bodies), **{k: round(v, 1) for k, v in weights.items()}}))  # noqa: T201
    assert weights["html"] <= html
    assert weights["css"] <= 12
    assert weights["js"] <= script
    assert weights["font"] <= 36
    assert sum(weights.values()) <= 75
    assert len(bodies) <= 8


@pytest.mark.parametrize("path", [LESSON, GRID], ids=["lesson", "exercise"])
def test_a_slow_phone_sees_the_page_soon_and_nothing_jumps(open_page: Open, path: str) -> None:
    page = open_page("/healthz", width=375)
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    network = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", network)
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.context.add_init_script(
        """window.__shift = 0; window.__paint = 0;
        const add = e => { if (!e.hadRecentInput) window.__shift += e.value; };
        new PerformanceObserver(l => l.getEntries().forEach(add))
          .observe({type: 'layout-shift', buffered: true});
        new PerformanceObserver(l => { for (const e of l.getEntries()) window.__paint = e.startTime; })
          .observe({type: 'largest-contentful-paint', buffered: true});"""
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    shift, paint = page.evaluate("[window.__shift, window.__paint]")
    print(json.dumps({"path": path, "shift": shift, "largest_paint_ms": paint}))  # noqa: T201
    assert shift <= 0.02
