"""The sorting exercise by keyboard, mouse, touch and without JavaScript (checks 2–10 of the design guide)."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from course.core.quiz import Use
from course.library.catalogue import Catalogue
from tests.browser.board import RECORD, Board
from tests.browser.conftest import Open
from tests.browser.filling import follow

GRID = "/exercises/lifecycle-grid"
STAGES = "/exercises/lifecycle-paylark"


def board_at(page: Page, path: str, catalogue: Catalogue) -> Board:
    quiz = catalogue.quiz(path.split("/")[2].partition("?")[0], Use.EXERCISE)
    assert quiz is not None
    return Board(page, quiz.questions[0], catalogue)


def opened(open_page: Open, catalogue: Catalogue, path: str = GRID, width: int = 1280, **options: object) -> Board:
    """Open an exercise and record what it says from the start."""
    page = open_page("/healthz", width=width, **options)
    page.context.add_init_script(RECORD)
    page.goto(path)
    board = board_at(page, path, catalogue)
    expect(page.locator("form[data-enhanced]")).to_be_attached()
    return board


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.innerText || '').trim()"))


def test_a_full_mark_by_keyboard_alone(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.card')"):
            break
    order = board.fields()
    for n, field in enumerate(order):
        expect(board.card(field)).to_be_focused()
        page.keyboard.press("Enter")
        place = next(p for p in board.view.places if p.value == board.key[field])
        page.keyboard.press(str(place.column + 1))
        if place.row is not None:
            page.keyboard.press("pc"[place.row])
        expect(board.place(place.value)).to_be_focused()
        page.keyboard.press("Enter")
        assert board.where(field) == place.value
        if n + 1 < len(order):
            expect(board.card(order[n + 1])).to_be_focused()
    expect(page.get_by_role("button", name="Check my answers")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("#result")).to_have_text(f"{board.count} of {board.count} points")


def test_escape_puts_a_held_card_back(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    field = board.fields()[0]
    board.card(field).focus()
    board.page.keyboard.press("Enter")
    board.page.keyboard.press("Escape")
    assert board.where(field) == ""
    expect(board.card(field)).to_be_focused()
    assert board.said()[-1] == f"Put back. {board.labels[field]} is with the cards to place."
    board.put(field, board.key[field])
    board.card(field).focus()
    board.page.keyboard.press("Enter")
    board.page.keyboard.press("Escape")
    assert board.where(field) == board.key[field]
    assert board.said()[-1] == f"Put back. {board.labels[field]} is in {board.names[board.key[field]]}."


def test_a_click_on_a_card_and_a_click_on_a_place_need_no_dragging(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    field = board.fields()[0]
    page.evaluate("window.__moves = 0; addEventListener('mousemove', () => window.__moves++, true)")
    board.card(field).dispatch_event("click", {"detail": 1})
    board.place(board.key[field]).dispatch_event("click", {"detail": 1})
    assert board.where(field) == board.key[field]
    assert page.evaluate("window.__moves") == 0


def cell_of(board: Board, value: str) -> tuple[float, float]:
    """Return the middle of the cell of a place."""
    box = board.place(value).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_card_is_dragged_into_a_cell_and_let_go_outside_changes_nothing(
    open_page: Open, catalogue: Catalogue
) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    first, second = board.fields()[:2]
    value = board.key[first]
    box = board.card(first).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 25, steps=3)
    x, y = cell_of(board, value)
    page.mouse.move(x, y, steps=8)
    page.mouse.up()
    assert board.where(first) == value
    box = board.card(second).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(640, 30, steps=8)
    page.mouse.up()
    assert board.where(second) == ""
    assert board.where(first) == value


def test_places_stay_where_they_are_when_a_card_is_taken_up(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    first, second = board.fields()[:2]
    board.put(first, board.key[first])
    places = "all => all.map(e => [e.getBoundingClientRect().top, e.getBoundingClientRect().height])"
    before = board.page.locator("[data-board] [data-place]").evaluate_all(places)
    board.card(second).click()
    assert board.page.locator("[data-board] [data-place]").evaluate_all(places) == before


def test_on_a_touch_screen_the_text_scrolls_and_the_grip_drags(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue, width=375, has_touch=True, is_mobile=True)
    page = board.page
    client = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, to_x: float, to_y: float) -> None:
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 11):
            point = {"x": x + (to_x - x) * step / 10, "y": y + (to_y - y) * step / 10}
            client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            page.wait_for_timeout(16)
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(250)

    field = board.fields()[0]
    box = board.card(field).bounding_box()
    assert box is not None
    before = page.evaluate("scrollY")
    swipe(box["x"] + 90, box["y"] + 20, box["x"] + 90, box["y"] - 260)
    assert page.evaluate("scrollY") > before
    assert board.where(field) == ""
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(100)
    grip = board.card(field).locator(".grip").bounding_box()
    assert grip is not None
    target = page.locator(".cell").first.bounding_box()
    assert target is not None
    swipe(grip["x"] + 10, grip["y"] + 12, target["x"] + target["width"] / 2, target["y"] + target["height"] / 2)
    assert board.where(field) != ""


def test_on_a_phone_the_next_card_is_picked_up_after_a_tap(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue, width=375, has_touch=True, is_mobile=True)
    first, second = board.fields()[:2]
    board.card(first).tap()
    board.place(board.key[first]).tap()
    expect(board.card(second)).to_have_attribute("aria-pressed", "true")
    board.place(board.key[second]).tap()
    assert (board.where(first), board.where(second)) == (board.key[first], board.key[second])


def test_every_announcement_is_said_once_and_word_for_word(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page, n = board.page, board.count
    order = board.fields()
    first, second = order[:2]
    letter = "A"
    label, place = board.labels[first], board.names[board.key[first]]
    page.get_by_role("button", name="List").click()
    page.wait_for_timeout(100)
    page.get_by_role("button", name="Board").click()
    page.wait_for_timeout(100)
    board.card(first).click()
    page.wait_for_timeout(100)
    board.place(board.key[first]).click()
    page.wait_for_timeout(100)
    board.card(first).focus()
    page.keyboard.press("Delete")
    page.wait_for_timeout(100)
    page.keyboard.press("Control+z")
    page.wait_for_timeout(100)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(100)
    assert board.said() == [
        "List view. Choose a place for each card from its menu.",
        "Board view.",
        f"Picked up {letter}, {label}. Eight places. Choose a place, or press Escape to put it back.",
        f"{label} placed in {place}. {n - 1} of {n} cards left to place.",
        f"{label} taken off the board. {n} of {n} cards left to place.",
        f"Undone. {label} is back in {place}.",
        f"Undone. {label} is back with the cards to place.",
    ]
    page.evaluate("window.__said.length = 0")
    board.card(first).focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile(r"^Place here: .+, empty$"))
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    where = board.names[board.where(first)]
    assert board.said()[-1] == (
        f"Placed in {where}. {n - 1} of {n} cards left to place. Next card: {board.labels[second]}."
    )
    page.get_by_role("button", name="Check my answers").click()
    assert board.said()[-1] == f"{n - 1} cards are not placed yet. {board.labels[second]} is first."
    expect(board.card(second)).to_be_focused()
    for field in order[1:-1]:
        board.put(field, board.key[field])
    board.card(order[-1]).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    last = board.names[board.where(order[-1])]
    assert board.said()[-1] == f"Placed in {last}. All cards placed. You can check your answers."


def test_result_retry_and_reveal_are_announced(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page, n = board.page, board.count
    order = board.fields()
    half = next(f for f in order if "/" in board.key[f])
    column, _, side = board.key[half].partition("/")
    other_side = {"provider": "consumer", "consumer": "provider"}[side]
    wrong = next(f for f in order if f != half)
    for field in order:
        place = (
            f"{column}/{other_side}" if field == half else board.wrong(field) if field == wrong else board.key[field]
        )
        board.put(field, place)
    board.check()
    points = f"{n - 2}½ of {n} points"
    expect(page.locator("#result")).to_have_text(points)
    expect(page.locator("#result")).to_be_focused()
    assert board.said() == [f"{points}. {n - 2} right, 1 half right, 1 not right yet."]
    page.get_by_role("link", name="Try the 2 missed again").click()
    expect(page.locator("form[data-enhanced]")).to_be_attached()
    assert board.said() == ["2 cards to try again. The right ones stay in place."]
    expect(page.locator(".tray button.card")).to_have_count(2)
    page.go_back()
    follow(page, page.get_by_role("button", name="Show the answers"))
    assert board.said() == ["Answers shown. Missed cards have moved to where they belong."]


def test_a_retry_keeps_the_first_score(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue, STAGES)
    page = board.page
    order = board.fields()
    for field in order:
        board.put(field, board.wrong(field) if field in order[:2] else board.key[field])
    board.check()
    page.get_by_role("link", name="Try the 2 missed again").click()
    expect(page.locator("form[data-enhanced]")).to_be_attached()
    expect(page.locator(".tray button.card")).to_have_count(2)
    for field in order[:2]:
        board.put(field, board.key[field])
    board.check()
    expect(page.locator("#result")).to_have_text(f"{board.count} of {board.count} points")
    page.goto("/progress")
    row = page.get_by_role("row", name=re.compile("PayLark"))
    first = round(100 * (board.count - 2) / board.count)
    expect(row.get_by_role("cell").nth(0)).to_have_text(f"{first}%")
    expect(row.get_by_role("cell").nth(1)).to_have_text("100%")


def test_undo_goes_back_to_the_beginning_and_no_further(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    fields = board.fields()[:5]
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    for field in fields:
        board.put(field, board.wrong(field))
    for _ in range(5):
        page.locator("form#task").press("Control+z") if False else page.keyboard.press("Control+z")
    assert [board.where(field) for field in board.fields()] == [""] * board.count
    expect(undo).to_be_disabled()
    page.keyboard.press("Control+z")
    assert [board.where(field) for field in board.fields()] == [""] * board.count


@pytest.mark.parametrize("seed", range(5))
def test_without_javascript_the_same_choices_earn_the_same(open_page: Open, catalogue: Catalogue, seed: int) -> None:
    path = f"{GRID}?seed={seed}"
    with_script = opened(open_page, catalogue, path)
    order = with_script.fields()
    choices = {}
    for n, field in enumerate(order):
        places = [place.value for place in with_script.view.places]
        choices[field] = with_script.key[field] if (n + seed) % 3 else places[(n * 3 + seed) % len(places)]
    if seed == 0:
        field = next(f for f in order if "/" in with_script.key[f])
        column, _, side = with_script.key[field].partition("/")
        choices[field] = f"{column}/{'consumer' if side == 'provider' else 'provider'}"
    for field, value in choices.items():
        with_script.put(field, value)
    with_script.check()
    result = with_script.page.locator("#result").inner_text()
    parts = with_script.page.locator(".sum .parts").inner_text()

    plain = open_page(path, java_script_enabled=False)
    assert plain.locator("[name^='card-']").evaluate_all("all => all.map(e => e.name)") == order
    for field, value in choices.items():
        plain.locator(f"select[name='{field}']").select_option(value)
    plain.get_by_role("button", name="Check my answers").click()
    assert plain.locator("#result").inner_text() == result
    assert plain.locator(".sum .parts").inner_text().split() == parts.split()
    if seed == 0:
        assert "½" in result or "half" in parts


def test_without_javascript_gaps_are_named_and_may_be_left(open_page: Open, catalogue: Catalogue) -> None:
    page = open_page(GRID, java_script_enabled=False)
    board = board_at(page, GRID, catalogue)
    order = board.fields()
    page.locator(f"select[name='{order[0]}']").select_option(board.key[order[0]])
    page.get_by_role("button", name="Check my answers").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.locator(".error-summary a")).to_have_count(board.count - 1)
    target = page.locator(".error-summary a").first.get_attribute("href") or ""
    expect(page.locator(target)).to_have_attribute("name", order[1])
    assert board.where(order[0]) == board.key[order[0]]
    page.get_by_role("button", name="Check anyway").click()
    expect(page.locator("#result")).to_have_text(f"1 of {board.count} points")


def test_placements_survive_closing_the_page(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    first, second = board.fields()[:2]
    with page.expect_response(lambda r: r.url.endswith("/save") and r.ok):
        board.put(first, board.key[first])
    with page.expect_response(lambda r: r.url.endswith("/save") and r.ok):
        board.put(second, board.wrong(second))
    again = page.context.new_page()
    again.goto(GRID)
    reopened = board_at(again, GRID, catalogue)
    assert reopened.where(first) == board.key[first]
    assert reopened.where(second) == board.wrong(second)


def test_a_failed_save_is_said_and_made_good(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    first, second = board.fields()[:2]
    page.context.set_offline(True)
    board.put(first, board.key[first])
    expect(page.locator("#live")).to_have_text("Not saved. Trying again.", timeout=5000)
    with page.expect_response(lambda r: r.url.endswith("/save") and r.ok):
        page.context.set_offline(False)
    expect(page.locator("#live")).to_have_text("Saved.", timeout=20000)
    board.put(second, board.key[second])
    page.wait_for_timeout(800)
    page.reload()
    assert board.where(first) == board.key[first]


def test_a_save_that_has_to_wait_is_sent_when_the_server_said(open_page: Open, catalogue: Catalogue) -> None:
    board = opened(open_page, catalogue)
    page = board.page
    first, second = board.fields()[:2]
    sent: list[float] = []

    def refuse_once(route: Route) -> None:
        sent.append(time.monotonic())
        if len(sent) > 1:
            return route.continue_()
        return route.fulfill(status=429, headers={"Retry-After": "4"}, body="{}")

    page.route("**/save", refuse_once)
    board.put(first, board.key[first])
    words = "Not saved yet: too much was sent in a short time. Trying again in 4 seconds."
    expect(page.locator("#live")).to_have_text(words, timeout=5000)
    expect(page.locator("#task .alert")).to_have_text(words)
    board.put(second, board.key[second])
    expect(page.locator("#task .alert")).to_have_count(0, timeout=20_000)
    assert len(sent) == 2  # both placements went as one
    assert sent[1] - sent[0] > 3.5
    page.reload()
    assert (board.where(first), board.where(second)) == (board.key[first], board.key[second])
    page.unroute("**/save")
