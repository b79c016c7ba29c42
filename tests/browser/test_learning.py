"""A learner's way through lesson, quiz and progress, with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from course.core.quiz import Use
from course.library.catalogue import Catalogue
from tests.browser.conftest import Open
from tests.browser.filling import fill, follow, full, none_right

LESSON = "/learn/digital-products/digital-product-lifecycle"
QUIZ = "/quizzes/digital-product-lifecycle"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_quick_check_tells_the_verdict_in_its_place(open_page: Open, catalogue: Catalogue, script: bool) -> None:
    page = open_page(LESSON, java_script_enabled=script)
    lesson = catalogue.lesson("digital-product-lifecycle")
    assert lesson is not None
    question = lesson.check[0]
    box = page.locator(f"#quick-{question.id}")
    right = catalogue.kinds[question.kind].full(question)[0][1]
    box.get_by_role("button", name="Check answer").click()
    expect(page.locator(f"#quick-{question.id}")).to_contain_text("Choose an answer first")
    page.locator(f"#quick-{question.id} input[value='{right}']").check()
    page.locator(f"#quick-{question.id}").get_by_role("button", name="Check answer").click()
    expect(page.locator(f"#quick-{question.id} [data-verdict]")).to_have_text(re.compile("Right"))
    reason = question.answers.right[0].feedback.split(".")[0].split("[")[0].strip()
    expect(page.locator(f"#quick-{question.id}")).to_contain_text(reason[:40])


def test_a_newcomer_reads_and_finds_it_in_progress(open_page: Open) -> None:
    page = open_page("/")
    assert page.context.cookies() == []
    page.get_by_role("link", name="Start lesson 1").click()
    assert page.context.cookies() == []
    follow(page, page.get_by_role("button", name=re.compile("Mark as read and continue")))
    assert sorted(str(cookie.get("name")) for cookie in page.context.cookies()) == ["course", "zone"]
    page.goto("/progress")
    expect(page.get_by_text(re.compile(r"^1 of \d+ lessons read$"))).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name=re.compile("Next lesson"))).to_be_visible()


def test_days_end_at_midnight_where_the_learner_is(open_page: Open) -> None:
    page = open_page("/account", timezone_id="Pacific/Kiritimati")
    expect(page.locator("#zone-hint")).to_contain_text("UTC")
    page.locator("#exam_on").fill("2030-05-04")
    follow(page, page.get_by_role("button", name="Save changes"))
    expect(page.locator("#zone-hint")).to_contain_text("(Pacific/Kiritimati)")
    expect(page.locator("#exam_on")).to_have_value("2030-05-04")
    page.locator("#zone").select_option("Europe/Berlin")
    follow(page, page.get_by_role("button", name="Save changes"))
    expect(page.locator("#zone-hint")).to_contain_text("(Europe/Berlin)")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_quiz_from_start_to_result(open_page: Open, catalogue: Catalogue, script: bool) -> None:
    page = open_page(QUIZ, java_script_enabled=script)
    quiz = catalogue.quiz("digital-product-lifecycle", Use.QUIZ)
    assert quiz is not None
    follow(page, page.get_by_role("button", name="Start practice"))
    total = len(quiz.questions)
    for number in range(1, total + 1):
        expect(page.get_by_text(f"Question {number} of {total}").first).to_be_visible()
        answer(page, catalogue, right=number > 2)
        if script:
            expect(page.locator("#verdict")).to_be_focused()
        follow(page, page.locator("a.btn-1"))
    expect(page.locator("h1")).to_have_text(f"{total - 2} of {total} marks")
    follow(page, page.get_by_role("link", name="Take a second look at the 2 missed"))
    expect(page.get_by_text("Second look, not scored")).to_be_visible()
    answer(page, catalogue, right=True)
    follow(page, page.locator("a.btn-1"))
    page.goto(QUIZ)
    follow(page, page.get_by_role("link", name="Continue where you left off"))
    follow(page, page.get_by_role("link", name=re.compile("Take a second look")))
    answer(page, catalogue, right=True)
    follow(page, page.locator("a.btn-1"))
    expect(page.locator("h1")).to_have_text(f"{total - 2} of {total} marks")


def answer(page: Page, catalogue: Catalogue, *, right: bool) -> None:
    """Answer the question on the page; wrong answers leave the right one out."""
    heading = page.locator("h1").inner_text().strip()
    question = next(
        q
        for q in catalogue.questions.values()
        if plain(catalogue.renderer.inline(q.sentence)) == " ".join(heading.split())
    )
    if right:
        fill(page, full(question, catalogue))
    elif question.kind in {"single", "multiple"}:
        key = [value for _, value in full(question, catalogue)]
        boxes = page.locator("input[name=choice]").all()
        next(box for box in boxes if box.get_attribute("value") not in key).check()
    else:
        fill(page, none_right(question, catalogue))
    page.locator("button[data-check]").click(force=True)
    expect(page.locator("#verdict")).to_be_visible()


def plain(html: str) -> str:
    """Return the words of rendered HTML."""
    text = re.sub(r"<[^>]+>", "", html)
    for name, sign in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"')):
        text = text.replace(name, sign)
    return " ".join(text.split())


def test_an_exercise_and_a_quiz_hold_no_key_before_they_are_checked(open_page: Open, catalogue: Catalogue) -> None:
    page = open_page("/")
    for quiz in catalogue.used_as(Use.EXERCISE):
        page.goto(f"/exercises/{quiz.slug}")
        secret = secrets(page, catalogue, quiz.slug)
        assert secret == [], quiz.slug


def secrets(page: Page, catalogue: Catalogue, slug: str) -> list[str]:
    """Return every reason that the page or one of its scripts holds."""
    quiz = catalogue.quizzes[slug]
    scripts = page.eval_on_selector_all("script[src]", "all => all.map(e => e.src)")
    texts = [page.content(), *(page.request.get(address).text() for address in scripts)]
    reasons = [
        part.reason
        for question in quiz.questions
        for part in catalogue.kinds[question.kind].parts(question.answers)
        if part.reason
    ]
    reasons += [question.why for question in quiz.questions if question.why]
    return [reason for reason in reasons if any(reason in text or plain(reason)[:40] in text for text in texts)]
