"""A mock exam in a browser: clock, saving, losing the connection, two pages, the end; by keyboard, without script."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from course.library.catalogue import Catalogue
from tests.browser.board import RECORD
from tests.browser.conftest import Open, Ship, Watched
from tests.browser.filling import follow
from tests.browser.test_pages import LOOKS, SMALL, set_theme, violations
from tests.exams import age, fill

MINUTES = 60
HOURS = 60 * MINUTES
# The device's clock is wrong by so many milliseconds; the stopwatch of the page is not.
WRONG_CLOCK = "const now = Date.now; Date.now = () => now() + %d;"


@dataclass
class Exam:
    """Somebody who sits the exam."""

    ship: Ship
    page: Page
    id: str = field(default="")

    def start(self, time: str = "1") -> None:
        self.page.goto("/exam/ship")
        self.page.locator(f"input[name=time][value='{time}']").check()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Start the exam").click()
        self.id = self.page.url.split("/")[4]

    def age(self, seconds: float) -> None:
        age(self.ship.database, self.id, seconds)

    def go(self, place: str) -> None:
        self.page.goto(f"/attempts/{self.id}/{place}")

    def choose(self, option: int) -> str:
        """Choose an option of the question on the screen; return its value."""
        box = self.page.locator("[data-box] input[name=choice]").nth(option)
        box.check()
        return box.input_value()

    def turn(self, number: int) -> None:
        self.page.locator(f".palette button[data-number='{number}']").click()
        expect(self.page.locator("[data-where]")).to_have_text(f"{number} of 6")

    def chosen(self) -> str:
        """The value of the option that is chosen on the screen."""
        found = self.page.locator("[data-box] input[name=choice]:checked")
        return found.input_value() if found.count() else ""

    def saved(self) -> None:
        expect(self.page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))

    def kept(self) -> int:
        """How many answers the server has."""
        text = self.page.request.get(f"/attempts/{self.id}/submit").text()
        found = re.search(r"You have answered (\d)", text)
        assert found is not None, text[:500]
        return int(found[1])

    def said(self) -> list[str]:
        self.page.wait_for_timeout(200)
        return list(self.page.evaluate("window.__said"))


Sit = Callable[..., Exam]


@pytest.fixture
def sit(open_page: Open, ship: Ship) -> Sit:
    """Return a function that starts the exam in a fresh profile."""

    def begin(time: str = "1", script: str = "", **options: object) -> Exam:
        page = open_page("/healthz", base=ship.address, **options)
        page.context.add_init_script(RECORD)
        if script:
            page.context.add_init_script(script)
        exam = Exam(ship, page)
        exam.start(time)
        return exam

    return begin


def seconds_shown(page: Page) -> int:
    parts = [int(part) for part in page.locator("[data-timer]").inner_text().split(":")]
    return sum(part * 60**place for place, part in enumerate(reversed(parts)))


def other_tab(exam: Exam, context: BrowserContext | None = None) -> Exam:
    """The same exam in another tab, or on another device of the same person."""
    page = (context or exam.page.context).new_page()
    page.goto(exam.page.url)
    return Exam(exam.ship, page, exam.id)


def other_device(exam: Exam) -> Exam:
    browser = exam.page.context.browser
    assert browser is not None
    context = browser.new_context(base_url=exam.ship.address)
    context.add_cookies([dict(cookie) for cookie in exam.page.context.cookies()])  # type: ignore[misc]
    return other_tab(exam, context)


# ---- the clock (check 12) ----


@pytest.mark.parametrize("wrong_by", [-2 * HOURS, 2 * HOURS])
def test_the_time_is_the_servers_whatever_the_device_says(sit: Sit, wrong_by: int) -> None:
    exam = sit(script=WRONG_CLOCK % (wrong_by * 1000))
    for aged in (0, 20 * MINUTES):
        exam.age(aged)
        exam.page.reload()
        left = exam.page.request.get(f"/attempts/{exam.id}/left").json()["left"]
        assert abs(seconds_shown(exam.page) - left) <= 2
    timer = exam.page.locator("[data-timer]")
    expect(timer).to_have_attribute("aria-live", "off")
    expect(timer).to_have_attribute("role", "timer")


def test_the_time_follows_the_server_when_it_is_seen_again_and_with_each_save(sit: Sit) -> None:
    exam = sit()
    exam.age(30 * MINUTES)
    exam.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(exam.page.locator("[data-timer]")).to_have_text(re.compile(r"^(1:00:00|59:\d\d)$"))
    exam.age(20 * MINUTES)
    exam.choose(0)
    expect(exam.page.locator("[data-timer]")).to_have_text(re.compile(r"^(40:00|39:\d\d)$"))


def test_time_is_spoken_at_five_moments_and_never_else(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    page.clock.install()
    page.goto(page.url)
    assert re.match(r"1:30:00|1:29:5", exam.page.locator("[data-timer]").inner_text())
    for _ in range(89 * 2):
        page.clock.run_for(30_000)
    assert page.evaluate("window.__said") == [
        *(f"{n} minutes left. 6 questions unanswered." for n in (30, 15, 10, 5)),
        "1 minute left. Your answers are saved.",
    ]


def test_a_page_that_is_loaded_late_does_not_repeat_what_lies_behind(sit: Sit) -> None:
    exam = sit()
    exam.age(78 * MINUTES)
    exam.page.reload()
    assert exam.said() == []
    expect(exam.page.locator("[data-clock]")).not_to_have_class(re.compile("late"))
    exam.age(3 * MINUTES)
    exam.page.reload()
    expect(exam.page.locator("[data-clock]")).to_have_class(re.compile("late"))


def test_the_time_can_be_hidden_and_comes_back_at_five_minutes(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    page.get_by_label("Exam menu").click()
    page.get_by_role("button", name="Hide time").click()
    expect(page.locator("[data-timer]")).to_have_text("Time hidden")
    page.get_by_role("button", name="Say time left").click()
    assert exam.said()[-1] == "90 minutes left."
    exam.age(86 * MINUTES)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-timer]")).to_have_text(re.compile(r"^[34]:\d\d$"))


def test_without_a_limit_there_is_no_clock(sit: Sit) -> None:
    exam = sit("none")
    expect(exam.page.locator("[data-timer]")).to_have_text("No time limit")
    exam.age(400 * HOURS)
    exam.page.reload()
    exam.choose(1)
    exam.saved()


# ---- the end of time (check 13) ----


def test_when_time_is_up_the_page_goes_to_the_result_with_what_was_saved(sit: Sit) -> None:
    exam = sit()
    exam.choose(0)
    exam.saved()
    exam.age(90 * MINUTES - 4)
    exam.page.reload()
    exam.page.wait_for_url("**/result", timeout=20_000)
    expect(exam.page.locator("main")).to_contain_text("Submitted when time ran out. 1 answered.")
    exam.page.goto(f"/attempts/{exam.id}/q/2")
    assert exam.page.url.endswith("/result")


def test_with_the_tab_closed_the_exam_closes_all_the_same(sit: Sit, open_page: Open) -> None:
    exam = sit()
    exam.choose(0)
    exam.saved()
    context = exam.page.context
    exam.page.close()
    exam.age(91 * MINUTES)
    page = context.new_page()
    page.goto(f"/attempts/{exam.id}/q/3")
    assert page.url.endswith("/result")
    expect(page.locator("main")).to_contain_text("Submitted when time ran out. 1 answered.")
    del open_page


# ---- saving (check 14) ----


def test_a_choice_is_there_after_the_page_was_killed(sit: Sit) -> None:
    exam = sit()
    exam.turn(4)
    value = exam.choose(2)
    with exam.page.context.expect_page() as opened:
        exam.page.evaluate("window.open('/healthz')")
    exam.page.close()
    page = opened.value
    page.wait_for_timeout(500)
    page.goto(f"{exam.ship.address}/attempts/{exam.id}/q/4")
    again = Exam(exam.ship, page, exam.id)
    assert again.chosen() == value


def test_saving_is_shown_and_slow_saving_too(sit: Sit) -> None:
    exam = sit()
    slow(exam.page, 1500)
    exam.choose(0)
    expect(exam.page.locator("[data-saved]")).to_have_text("Saving…")
    exam.saved()
    assert exam.kept() == 1


def test_answers_given_offline_are_kept_and_saved_when_the_connection_is_back(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    page.context.set_offline(True)
    for number in (1, 2, 3):
        exam.turn(number)
        exam.choose(1)
    notice = page.locator("[data-notices]")
    expect(notice).to_contain_text(
        "You're offline. Keep answering, this tab keeps your answers. The clock is still running."
    )
    expect(page.locator("[data-saved]")).to_have_text("Not saved – trying again")
    page.get_by_role("button", name="Previous").click()
    assert exam.chosen()
    page.context.set_offline(False)
    expect(notice).to_contain_text("Back online. 3 answers saved.", timeout=20_000)
    exam.saved()
    assert exam.kept() == 3
    offline = [text for text in exam.said() if "online" in text or "offline" in text]
    assert offline[0].startswith("You're offline.")
    assert offline[-1] == "Back online. 3 answers saved."


def test_what_could_not_be_sent_survives_a_reload(sit: Sit, watched: Watched) -> None:
    watched.expected = re.compile("ERR_FAILED")
    exam = sit()
    exam.page.route("**/save", lambda route: route.abort())
    value = exam.choose(3)
    expect(exam.page.locator("[data-saved]")).to_have_text("Not saved – trying again")
    exam.page.unroute("**/save")
    exam.page.reload()
    assert exam.chosen() == value
    exam.saved()
    assert exam.kept() == 1


def test_a_server_that_fails_is_tried_again(sit: Sit, watched: Watched) -> None:
    watched.expected = re.compile(r"status of 50[023]")
    exam = sit()
    answers = iter([500, 503, 502])

    def fail(route: Route) -> None:
        status = next(answers, 0)
        route.fulfill(status=status, body="") if status else route.continue_()

    exam.page.route("**/save", fail)
    exam.choose(0)
    expect(exam.page.locator("[data-notices]")).to_contain_text("cannot be saved at the moment")
    expect(exam.page.locator("[data-notices]")).to_contain_text("Back online. 1 answer saved.", timeout=20_000)
    assert exam.kept() == 1
    exam.page.unroute("**/save")


# ---- two pages (check 15) ----


def test_the_newer_answer_of_another_device_is_shown_and_none_is_lost(sit: Sit) -> None:
    exam = sit()
    device = other_device(exam)
    theirs = device.choose(1)
    device.saved()
    exam.page.locator("[data-box] input[name=choice]").nth(2).click()  # and at once the newer answer takes its place
    expect(exam.page.locator("[data-notices]")).to_contain_text("Updated from your other tab.")
    assert exam.chosen() == theirs
    mine = exam.choose(3)
    exam.saved()
    device.page.reload()
    assert device.chosen() == mine
    device.page.context.close()


def test_another_tab_takes_over_and_can_be_sent_back(sit: Sit) -> None:
    exam = sit()
    tab = other_tab(exam)
    expect(exam.page.locator("[data-notices]")).to_contain_text("This exam is open in another tab.")
    expect(exam.page.locator("[data-box] input[name=choice]").first).to_be_disabled()
    value = tab.choose(0)
    tab.saved()
    exam.page.get_by_role("button", name="Use this tab instead").click()
    expect(tab.page.locator("[data-notices]")).to_contain_text("This exam is open in another tab.")
    expect(exam.page.locator("[data-box] input[name=choice]").first).to_be_enabled()
    assert exam.chosen() == value


def test_back_and_forward_go_through_the_questions(sit: Sit) -> None:
    exam = sit()
    first = exam.choose(0)
    exam.turn(3)
    exam.turn(5)
    exam.page.go_back()
    expect(exam.page.locator("[data-where]")).to_have_text("3 of 6")
    exam.page.go_back()
    expect(exam.page.locator("[data-where]")).to_have_text("1 of 6")
    assert exam.chosen() == first
    assert exam.page.url.endswith("/q/1")
    exam.page.go_forward()
    expect(exam.page.locator("[data-where]")).to_have_text("3 of 6")


# ---- handing in (check 16) ----


def test_the_page_before_submitting_lists_what_is_open_and_flagged_as_links(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    for number in (2, 3, 5):
        exam.turn(number)
        exam.choose(0)
    page.get_by_role("button", name="Flag for review").click()
    exam.turn(6)
    follow(page, page.get_by_role("button", name="Review and submit").first)
    expect(page.locator("h1")).to_have_text("You have answered 3 of 6")
    links = page.locator("main nav a")
    assert links.all_inner_texts() == ["1", "4", "6", "5"]
    links.nth(1).click()
    expect(page.locator("[data-where]")).to_have_text("4 of 6")
    exam.go("submit")
    page.get_by_role("button", name="Submit exam").click()
    expect(page.locator("h1")).to_have_text("Submit now? 3 questions have no answer")
    follow(page, page.get_by_role("button", name="Yes, submit now"))
    expect(page.locator("h1")).to_have_text(re.compile(r"of 6$"))


def test_with_little_time_left_three_gaps_need_no_second_question(sit: Sit) -> None:
    exam = sit()
    exam.choose(0)
    exam.saved()
    exam.age(75 * MINUTES)
    exam.go("submit")
    follow(exam.page, exam.page.get_by_role("button", name="Submit exam"))
    assert exam.page.url.endswith("/result")


def test_submitting_waits_for_the_connection(sit: Sit) -> None:
    exam = sit()
    exam.go("submit")
    page = exam.page
    page.context.set_offline(True)
    page.get_by_role("button", name="Submit exam").click()
    expect(page.get_by_role("button", name="Waiting for connection…")).to_be_visible()
    expect(page.locator("[data-waiting]")).to_contain_text("what was saved counts when time is up")
    with page.expect_navigation():
        page.context.set_offline(False)
    expect(page.locator("h1")).to_contain_text("Submit now?")


def test_an_answer_that_waits_is_sent_before_the_page_for_submitting(sit: Sit) -> None:
    exam = sit()
    exam.page.context.set_offline(True)
    exam.choose(0)
    exam.page.get_by_label("Exam menu").click()
    exam.page.locator(".menu-box").get_by_role("button", name="Review and submit").click()
    expect(exam.page.locator("[data-notices]")).to_contain_text("You can submit once your answers are saved.")
    exam.page.context.set_offline(False)
    exam.saved()
    assert exam.kept() == 1


# ---- ways to use it ----


def test_the_whole_exam_by_keyboard_alone(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    for number, key in enumerate("aB3d1c", 1):
        expect(page.locator("[data-where]")).to_have_text(f"{number} of 6")
        tab_to(page, "[data-box] input[name=choice]")
        page.keyboard.press(key)
        place = "abcd".find(key.lower()) if key.isalpha() else int(key) - 1
        expect(page.locator("[data-box] input[name=choice]").nth(place)).to_be_checked()
        if number == 2:
            tab_to(page, "[data-flag]")
            page.keyboard.press("Enter")
            expect(page.locator("[data-flag]")).to_have_attribute("aria-pressed", "true")
        tab_to(page, "[data-next]")
        page.keyboard.press("Enter")
        if number < 6:
            expect(page.locator("#question")).to_be_focused()
    page.wait_for_url("**/submit")
    expect(page.locator("main")).to_contain_text("Every question has an answer.")
    tab_to(page, "main button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/result")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_the_whole_exam_without_script(sit: Sit) -> None:
    exam = sit(java_script_enabled=False)
    page = exam.page
    expect(page.locator("header")).to_contain_text("90 minutes left when this page loaded.")
    for number in range(1, 7):
        expect(page.locator("[data-where]")).to_have_text(f"{number} of 6")
        page.locator("input[name=choice]").nth(number % 4).check()
        if number == 3:
            page.get_by_role("button", name="Flag for review").click()
            expect(page.locator("[data-flag]")).to_have_attribute("aria-pressed", "true")
        page.locator("[data-next]").click()
    expect(page.locator("h1")).to_have_text("You have answered 6 of 6")
    expect(page.get_by_role("navigation", name="Flagged").get_by_role("link", name="Question 3")).to_be_visible()
    page.get_by_role("button", name="Submit exam").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"of 6$"))
    page.get_by_role("link", name="Review all answers").click()
    expect(page.locator("section.reviewed")).to_have_count(6)


def test_the_palette_shows_states_by_shape_and_word_and_filters(sit: Sit) -> None:
    exam = sit()
    page = exam.page
    exam.choose(1)
    exam.turn(4)
    page.get_by_role("button", name="Flag for review").click()
    names = [" ".join(text.split()) for text in page.locator(".palette li button").all_text_contents()]
    assert names[0] == "Question 1, answered"
    assert names[3] == "Question 4, not answered, flagged, current"
    page.get_by_role("button", name="Unanswered (5)").click()
    expect(page.locator(".palette li:visible")).to_have_count(5)
    page.get_by_role("button", name="Flagged (1)").click()
    expect(page.locator(".palette li:visible")).to_have_count(1)
    page.get_by_role("button", name="All (6)").click()
    exam.choose(2)
    exam.saved()
    page.reload()
    expect(page.get_by_role("button", name="Flagged (1)")).to_be_visible()
    page.locator("[data-flag]").click()
    expect(page.get_by_role("button", name="Flagged (0)")).to_be_visible()
    exam.saved()


SCREENS = ["question", "flagged", "submit", "sure", "result", "review"]


def show(exam: Exam, screen: str) -> None:
    page = exam.page
    if screen == "flagged":
        exam.choose(0)
        page.get_by_role("button", name="Flag for review").click()
        exam.saved()
        page.get_by_label("Exam menu").click()
    elif screen == "submit":
        exam.go("submit")
    elif screen == "sure":
        follow(page, page.get_by_role("button", name="Submit exam"))
    elif screen == "result":
        follow(page, page.get_by_role("button", name="Yes, submit now"))
    elif screen == "review":
        exam.go("review?show=all")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_on_any_screen_of_an_exam(sit: Sit, width: int, theme: str) -> None:
    exam = sit(width=width, reduced_motion="reduce")
    set_theme(exam.page, theme)
    for screen in SCREENS:
        show(exam, screen)
        assert violations(exam.page) == [], screen


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_is_wider_than_the_screen_and_every_target_is_large(sit: Sit, width: int) -> None:
    exam = sit(width=width)
    for screen in SCREENS:
        show(exam, screen)
        assert exam.page.evaluate("document.documentElement.scrollWidth") <= width, screen
        assert exam.page.evaluate(SMALL) == [], screen
    client = exam.page.context.new_cdp_session(exam.page)
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    exam.page.reload()
    assert exam.page.evaluate("document.documentElement.scrollWidth") <= width


def test_large_text_keeps_a_question_within_the_screen(sit: Sit) -> None:
    exam = sit(width=375)
    client = exam.page.context.new_cdp_session(exam.page)
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    exam.page.reload()
    assert exam.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_last_moment_says_what_happened_and_waits_for_a_save_on_its_way(sit: Sit) -> None:
    exam = sit()
    exam.age(90 * MINUTES - 4)
    exam.page.reload()
    slow(exam.page, 5000)
    exam.choose(0)
    notices = exam.page.locator("[data-notices]")
    expect(notices).to_contain_text("Time is up. Your exam has been submitted.", timeout=15_000)
    assert exam.page.locator("#alarm").inner_text() == "Time is up. Your exam has been submitted."
    expect(exam.page.locator("[data-box] input[name=choice]").first).to_be_disabled()
    assert violations(exam.page) == []
    exam.page.wait_for_url("**/result", timeout=30_000)
    expect(exam.page.locator("main")).to_contain_text("1 answered.")


def test_offline_at_the_end_the_page_waits_for_the_connection(sit: Sit) -> None:
    exam = sit()
    exam.choose(1)
    exam.saved()
    exam.age(90 * MINUTES - 3)
    exam.page.reload()
    exam.page.context.set_offline(True)
    expect(exam.page.locator("[data-notices]")).to_contain_text("Your result shows when you are back", timeout=15_000)
    exam.page.context.set_offline(False)
    exam.page.wait_for_url("**/result", timeout=30_000)
    expect(exam.page.locator("main")).to_contain_text("1 answered.")


def slow(page: Page, milliseconds: int) -> None:
    """Let every answer of the server take so much longer."""
    conditions = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


def test_the_longest_exam_of_the_course_is_light(open_page: Open, catalogue: Catalogue) -> None:
    page = open_page("/healthz")
    slug = next(iter(catalogue.exams))
    page.goto(f"/exam/{slug}")
    follow(page, page.get_by_role("button", name="Start the exam"))
    html = page.request.get(page.url).body()
    assert len(gzip.compress(html, 6)) <= 35 * 1024
    scripts = page.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => n.endsWith('.js'))")
    sent = sum(len(gzip.compress(page.request.get(address).body(), 6)) for address in scripts)
    assert sent <= 14 * 1024
    assert len(page.evaluate("performance.getEntriesByType('resource')")) <= 8


# ---- a limit on saving ----


def test_what_is_saved_too_often_waits_in_the_page_and_is_saved_when_there_is_room(sit: Sit) -> None:
    exam = sit()
    fill(exam.ship.database, exam.id, ago=55)  # room comes after five seconds
    sent: list[int] = []
    exam.page.on("response", lambda answer: sent.append(answer.status) if answer.url.endswith("/save") else None)
    exam.choose(2)
    notices = exam.page.locator("[data-notices]")
    expect(notices).to_contain_text(
        re.compile(r"Too much was sent in a short time\. Keep answering, this tab saves your answers in \d seconds?\.")
    )
    expect(exam.page.locator("[data-saved]")).to_have_text("Not saved – trying again")
    exam.turn(2)
    exam.choose(1)  # meanwhile
    expect(notices).to_have_text("2 answers saved.", timeout=20_000)
    exam.saved()
    assert exam.kept() == 2
    assert sent == [429, 200, 200]  # nothing was sent while there was no room
