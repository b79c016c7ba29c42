"""Ordering, matching and gaps: by mouse, touch, keyboard and without JavaScript, with the same marks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from course.core.quiz import Question, Use
from course.library.catalogue import Catalogue
from course.questions import match, order
from tests.browser.board import RECORD
from tests.browser.conftest import Open
from tests.browser.filling import fill, follow, full, partly
from tests.browser.test_pages import LOOKS, SMALL, set_theme, violations

STEPS, WORDS, RECIPE = "/exercises/steps", "/exercises/words", "/exercises/recipe"
ALL = [STEPS, WORDS, RECIPE]
Visit = Callable[..., Page]


@pytest.fixture
def visit(open_page: Open, tiny_site: str) -> Visit:
    """Return a function that opens an exercise of the second course and records what it says."""

    def go(path: str, **options: object) -> Page:
        page = open_page("/healthz", base=tiny_site, **options)
        page.context.add_init_script(RECORD)
        page.goto(path)
        if options.get("java_script_enabled", True):
            expect(page.locator("form[data-enhanced]")).to_be_attached()
        return page

    return go


def question_of(tiny: Catalogue, path: str) -> Question:
    quiz = tiny.quiz(path.split("/")[2], Use.EXERCISE)
    assert quiz is not None
    return quiz.questions[0]


def said(page: Page) -> list[str]:
    page.wait_for_timeout(450)
    return list(page.evaluate("window.__said"))


def check(page: Page) -> None:
    follow(page, page.get_by_role("button", name="Check my answers"))


def card(page: Page, text: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^[A-Z]\W*{re.escape(text)}\b"))


def shown(page: Page) -> list[str]:
    """Return the steps from top to bottom."""
    return [text.strip() for text in page.locator("[data-steps] .sh").all_inner_texts()]


def numbers(page: Page, question: Question) -> str:
    """Return the numbers the form would post, in the right order of the steps."""
    return "".join(
        page.locator(f"[name='{order.field_of(question, text)}']").input_value() or "."
        for text in question.answers.steps
    )


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


# ---- ordering ----


def test_steps_are_ordered_by_keyboard_alone(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(STEPS), question_of(tiny, STEPS)
    tab_to(page, "[data-steps] .card")
    for place, text in enumerate(question.answers.steps):
        while page.evaluate("document.activeElement.querySelector('.sh')?.textContent.trim()") != text:
            here = shown(page).index(page.evaluate("document.activeElement.querySelector('.sh').textContent.trim()"))
            page.keyboard.press("ArrowDown" if here < shown(page).index(text) else "ArrowUp")
        page.keyboard.press("Enter")
        while shown(page).index(text) > place:
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(card(page, text)).to_be_focused()
    assert numbers(page, question) == "12345"
    tab_to(page, "[data-check]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("#result")).to_have_text("4 of 4 points")


def test_steps_are_moved_by_their_buttons_and_said(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(STEPS), question_of(tiny, STEPS)
    assert numbers(page, question) == "....."
    before = shown(page)
    page.get_by_role("button", name="Move A down").click()
    assert shown(page) == [before[1], before[0], *before[2:]]
    expect(page.get_by_role("button", name="Move A down")).to_be_focused()
    assert said(page)[-1] == "A is now 2 of 5."
    assert sorted(numbers(page, question)) == ["1", "2", "3", "4", "5"]
    page.get_by_role("button", name="Move A up").click()
    expect(page.get_by_role("button", name="Move A down")).to_be_focused()  # at the top, Up has no use
    assert said(page)[-1] == "A is now 1 of 5."


def test_undo_leads_back_to_an_order_that_is_not_answered(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(STEPS), question_of(tiny, STEPS)
    before = shown(page)
    page.get_by_role("button", name="Move B down").click()
    page.get_by_role("button", name="Move E up").click()
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Undo").click()
    assert shown(page) == before
    assert numbers(page, question) == "....."
    assert said(page)[-1] == "Undone. B is back at 2 of 5."
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_held_step_is_said_moved_and_put_back(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(STEPS), question_of(tiny, STEPS)
    before = shown(page)
    first = card(page, before[0])
    first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    assert shown(page)[-1] == before[0]
    page.keyboard.press("2")
    assert shown(page)[1] == before[0]
    page.keyboard.press("Escape")
    assert shown(page) == before
    expect(first).to_be_focused()
    assert numbers(page, question) == "....."
    assert said(page)[-1] == "Put back. A is 1 of 5."
    page.keyboard.press("Enter")
    assert said(page)[-1] == (
        f"Picked up A, {before[0]}. 1 of 5. Move it with the arrow keys, or press Escape to put it back."
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert said(page)[-1] == "Put down. A is 2 of 5."


def test_a_step_goes_where_it_is_put_by_two_clicks(visit: Visit) -> None:
    page = visit(STEPS)
    before = shown(page)
    card(page, before[0]).click()
    page.get_by_role("button", name="Place here: 4 of 5").click()
    assert shown(page) == [before[1], before[2], before[3], before[0], before[4]]
    assert page.locator("[data-steps] .place:visible").count() == 0


def test_a_step_is_dragged_and_let_go_outside_it_stays(visit: Visit) -> None:
    page = visit(STEPS)
    before = shown(page)
    drag(page, card(page, before[0]), page.locator("[data-steps] [data-item]").nth(2))
    assert shown(page) == [before[1], before[2], before[0], *before[3:]]
    here = shown(page)
    drag(page, card(page, here[0]), page.locator("h1"))
    assert shown(page) == here


def drag(page: Page, source: Locator, target: Locator) -> None:
    start, end = source.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + start["height"] / 2 + 8)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


def test_nothing_moved_is_nothing_answered(visit: Visit) -> None:
    page = visit(STEPS)
    page.get_by_role("button", name="Check my answers").click()
    assert said(page)[-1] == "Nothing is moved yet. Put the steps in order first."
    follow(page, page.get_by_role("button", name="Check anyway"))
    expect(page.locator("#result")).to_have_text("0 of 4 points")


def test_the_next_try_goes_on_from_the_order_and_the_answers_show_the_right_one(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(STEPS), question_of(tiny, STEPS)
    fill(page, partly(question, tiny))
    check(page)
    mine = [text.strip() for text in page.locator(".steps-list .row-card > :last-child").all_inner_texts()]
    page.get_by_role("link", name=re.compile("Try the . missed again")).click()
    expect(page.locator("form[data-enhanced]")).to_be_attached()
    assert shown(page) == mine
    assert re.search(r"\d steps? to try again\. Your order is kept\.", said(page)[-1])
    page.get_by_role("button", name=re.compile(r"^Move . down$")).first.click()  # the last step has nowhere to go
    check(page)
    page.get_by_role("button", name="Show the answers").click()
    steps = [text.strip() for text in page.locator(".steps-list .row-card > :last-child").all_inner_texts()]
    assert steps == list(question.answers.steps)
    assert said(page)[-1] == "Answers shown. The steps stand in the right order."
    expect(page.get_by_text("nothing cools before it was hot")).to_be_visible()


# ---- matching ----


def test_meanings_are_placed_by_keyboard_alone(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(WORDS), question_of(tiny, WORDS)
    tab_to(page, ".tray .card")
    right = {pair.meaning: pair.term for pair in question.answers.pairs}
    spare = next(meaning for meaning, term in right.items() if not term)
    while page.locator("[data-pair] select").evaluate_all("all => all.some(e => !e.value)"):
        meaning = str(page.evaluate("document.activeElement.querySelector('.sh').textContent"))
        if meaning == spare:
            last = spare in page.locator(".tray .card").last.inner_text()
            page.keyboard.press("ArrowUp" if last else "ArrowDown")
            continue
        page.keyboard.press("Enter")
        terms = [name.strip() for name in page.locator(".pairs h2").all_inner_texts()]
        page.keyboard.press(str(terms.index(right[meaning]) + 1))
        expect(page.get_by_role("button", name=f"Place here: {right[meaning]}, empty")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check my answers")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#result")).to_have_text("4 of 4 points")


def test_a_meaning_makes_room_for_another_and_every_change_is_said(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(WORDS), question_of(tiny, WORDS)
    select = page.locator(f"[name='{match.field_of(question, 'Knead')}']")
    put(page, "Let the dough rise", "Knead")
    assert said(page)[-1] == "Let the dough rise placed at Knead. 3 of 4 terms left."
    put(page, "Turn the oven off", "Knead")
    assert said(page)[-1] == (
        "Turn the oven off placed at Knead. Let the dough rise is back with the meanings to place. 3 of 4 terms left."
    )
    assert select.input_value() == match.value_of(question, "Turn the oven off")
    page.get_by_role("button", name="Undo").click()
    assert select.input_value() == match.value_of(question, "Let the dough rise")
    page.get_by_role("button", name="Undo").click()
    assert select.input_value() == ""
    assert said(page)[-1] == "Undone. Let the dough rise is back with the meanings to place."
    page.get_by_role("button", name="Check my answers").click()
    assert said(page)[-1].startswith("4 terms have no meaning yet. ")


def put(page: Page, meaning: str, term: str) -> None:
    card(page, meaning).click()
    page.get_by_role("button", name=re.compile(rf"^Place here: {term}, ")).click()


def test_in_the_list_a_meaning_is_taken_by_one_term_at_a_time(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(WORDS), question_of(tiny, WORDS)
    page.get_by_role("button", name="List").click()
    knead = page.locator(f"select[name='{match.field_of(question, 'Knead')}']")
    score = page.locator(f"select[name='{match.field_of(question, 'Score')}']")
    knead.select_option(label="Leave the dough alone")
    score.select_option(label="Leave the dough alone")
    assert knead.input_value() == ""
    assert said(page)[-1] == "Leave the dough alone placed at Score. 3 of 4 terms left."
    page.get_by_role("button", name="Board").click()
    expect(page.locator(".pairs .cell").filter(has_text="Leave the dough alone")).to_have_count(1)


def test_right_pairs_stay_for_the_next_try(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(WORDS), question_of(tiny, WORDS)
    answer = dict(full(question, tiny))
    knead, score = match.field_of(question, "Knead"), match.field_of(question, "Score")
    answer[knead], answer[score] = answer[score], answer[knead]
    fill(page, tuple(sorted(answer.items())))
    check(page)
    expect(page.locator("#result")).to_have_text("2 of 4 points")
    page.get_by_role("link", name="Try the 2 missed again").click()
    expect(page.locator("form[data-enhanced]")).to_be_attached()
    assert said(page)[-1] == "2 terms to try again. The right ones stay in place."
    assert page.locator(".pairs .card[aria-disabled]").count() == 2
    put(page, "Press and fold the dough", "Knead")
    put(page, "Cut the top of the loaf", "Score")
    check(page)
    expect(page.locator("#result")).to_have_text("4 of 4 points")


@pytest.mark.parametrize("width", [375, 1280])
def test_terms_stay_where_they_are_when_a_meaning_is_taken_up(visit: Visit, width: int) -> None:
    page = visit(WORDS, width=width)
    places = "all => all.map(e => [e.getBoundingClientRect().top, e.getBoundingClientRect().height])"
    before = page.locator(".pairs [data-place]").evaluate_all(places)
    page.locator("button.card:visible").first.click()
    assert page.locator(".pairs [data-place]").evaluate_all(places) == before


def test_a_meaning_is_dragged_onto_a_term(visit: Visit, tiny: Catalogue) -> None:
    page, question = visit(WORDS), question_of(tiny, WORDS)
    drag(page, card(page, "Cut the top of the loaf"), page.locator("[aria-label='Score'][data-place]"))
    value = page.locator(f"[name='{match.field_of(question, 'Score')}']").input_value()
    assert value == match.value_of(question, "Cut the top of the loaf")


# ---- gaps ----


def test_gaps_are_filled_by_keyboard_alone(visit: Visit) -> None:
    page = visit(RECIPE)
    tab_to(page, "input.gap-field")
    page.keyboard.type("Cold water")
    page.keyboard.press("Tab")
    page.keyboard.type("yeast")
    page.keyboard.press("Tab")
    page.keyboard.type("oven.")
    tab_to(page, "[data-check]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#result")).to_have_text("3 of 3 points")


def test_empty_gaps_are_named_and_right_ones_stay(visit: Visit) -> None:
    page = visit(RECIPE)
    page.get_by_label("Gap 1").fill("water")
    page.get_by_role("button", name="Check my answers").click()
    expect(page.get_by_label("Gap 2")).to_be_focused()
    assert said(page)[-1] == "2 gaps are empty. Gap 2 is first."
    page.get_by_label("Gap 2").select_option(label="salt")
    page.get_by_label("Gap 3").fill("pan")
    check(page)
    expect(page.locator("#result")).to_have_text("1 of 3 points")
    page.get_by_role("link", name="Try the 2 missed again").click()
    expect(page.locator(".gap.right")).to_have_text(re.compile("water"))
    assert page.get_by_label("Gap 1").count() == 0
    page.get_by_label("Gap 2").select_option(label="yeast")
    page.get_by_label("Gap 3").fill("oven")
    check(page)
    expect(page.locator("#result")).to_have_text("3 of 3 points")


# ---- all three ----


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("seed", range(2))
def test_without_javascript_the_same_answer_earns_the_same(visit: Visit, tiny: Catalogue, path: str, seed: int) -> None:
    question = question_of(tiny, path)
    answer = partly(question, tiny) if seed else full(question, tiny)
    points = []
    for script in (True, False):
        page = visit(f"{path}?seed={seed}", java_script_enabled=script)
        fill(page, answer)
        if not script and path == STEPS:
            page.locator("select").first.wait_for(state="visible")
        check(page)
        points.append(page.locator("#result").inner_text())
    assert points[0] == points[1]


@pytest.mark.parametrize("path", ALL)
def test_without_javascript_gaps_are_named_beside_their_fields(visit: Visit, path: str) -> None:
    page = visit(path, java_script_enabled=False)
    page.get_by_role("button", name="Check my answers").click()
    summary = page.locator(".error-summary")
    expect(summary.get_by_role("heading")).to_have_text("There is a problem")
    lines = summary.get_by_role("link").all()
    assert len(lines) in {3, 4, 5}
    target = lines[0].get_attribute("href")
    assert page.locator(f"{target}[aria-invalid=true]").count() == 1
    beside = " ".join(page.locator(f"{target}-error").inner_text().split())
    assert beside == f"Error: {lines[0].inner_text()}"
    expect(page.get_by_role("button", name="Check anyway")).to_be_visible()


@pytest.mark.parametrize("path", ALL)
def test_answers_survive_closing_the_page(visit: Visit, tiny: Catalogue, path: str) -> None:
    page, question = visit(path), question_of(tiny, path)
    answer = full(question, tiny)[:2] if path != STEPS else partly(question, tiny)
    with page.expect_response(lambda r: r.url.endswith("/save") and r.status == 200):
        fill(page, answer)
    again = page.context.new_page()
    page.close()
    again.goto(path)
    for name, value in answer:
        expect(again.locator(f"[name='{name}']")).to_have_value(value)


@pytest.mark.parametrize("path", ALL)
def test_an_open_question_holds_no_key(visit: Visit, tiny: Catalogue, path: str) -> None:
    page, question = visit(path), question_of(tiny, path)
    scripts = page.eval_on_selector_all("script[src]", "all => all.map(e => e.src)")
    text = page.content() + "".join(page.request.get(address).text() for address in scripts)
    for part in tiny.kinds[question.kind].parts(question.answers):
        assert part.reason not in text
    assert question.why not in text
    if path == RECIPE:
        assert "cold water" not in text
        assert "oven" not in text.partition("<form")[2].replace("/learn/first/oven", "")


def late(route: Route) -> None:
    """Answer after the page was drawn."""
    time.sleep(0.2)
    route.continue_()


def test_no_text_fades_through_a_colour_that_is_hard_to_read(visit: Visit) -> None:
    page = visit(STEPS)
    set_theme(page, "dark")
    motion = page.context.new_cdp_session(page)
    motion.send("Animation.enable")
    motion.send("Animation.setPlaybackRate", {"playbackRate": 0.001})  # whatever moves is still near where it began
    page.route("**/*.js*", late)
    page.reload()  # the board takes the emphasis from its Check button, which by then is on the screen
    page.locator("button.card:visible").first.click()
    assert violations(page) == []


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_at_any_moment(visit: Visit, tiny: Catalogue, path: str, width: int, theme: str) -> None:
    page = visit(path, width=width)
    set_theme(page, theme)
    assert violations(page) == []
    if path != RECIPE:
        page.locator("button.card:visible").first.click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="List").click()
        assert violations(page) == []
    fill(page, partly(question_of(tiny, path), tiny))
    check(page)
    assert violations(page) == []
    follow(page, page.get_by_role("button", name="Show the answers"))
    assert violations(page) == []


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_is_wider_than_the_screen_and_targets_are_large(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width=width)
    if path != RECIPE:
        page.locator("button.card:visible").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("path", [STEPS, WORDS])
def test_on_a_touch_screen_two_taps_place_and_the_grip_drags(visit: Visit, path: str) -> None:
    page = visit(path, width=375, has_touch=True, is_mobile=True)
    page.locator("button.card:visible").first.tap()
    page.locator("button.place:visible").nth(1).tap()
    assert page.locator("select").evaluate_all("all => all.filter(e => e.value).length") in {1, 5}
    page.keyboard.press("Escape")
    before = page.locator("select").evaluate_all("all => all.map(e => e.value)")
    source = page.locator(".grip:visible").first.bounding_box()
    target = page.locator("[data-place]:visible").nth(0 if path == WORDS else 2).bounding_box()
    assert source is not None
    assert target is not None
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    x, y = source["x"] + source["width"] / 2, source["y"] + source["height"] / 2
    touch("touchStart", (x, y))
    for n in range(1, 9):
        share = n / 8
        touch(
            "touchMove",
            (
                x + (target["x"] + target["width"] / 2 - x) * share,
                y + (target["y"] + target["height"] / 2 - y) * share,
            ),
        )
    touch("touchEnd")
    assert page.locator("select").evaluate_all("all => all.map(e => e.value)") != before
