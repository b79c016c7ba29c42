"""Filling a question's form, whatever its kind, as a page without script would be filled."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from playwright.sync_api import Locator, Page

from course.core.attempts import Response
from course.core.quiz import Question
from course.library.catalogue import Catalogue

CHOOSE = """(field, value) => {
  field.value = value;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  field.dispatchEvent(new Event('change', {bubbles: true}));
}"""


def follow(page: Page, control: Locator) -> None:
    """Click, and wait for the page it leads to."""
    with page.expect_navigation():
        control.click()


def fill(page: Page, response: Response) -> None:
    """Put an answer into the form; a menu behind a board too, as the board's script does."""
    for name, value in response:
        box = page.locator(f"input[name='{name}'][value='{value}']:is([type=radio], [type=checkbox])")
        if box.count():
            box.check()
        else:
            page.locator(f"[name='{name}']").evaluate(CHOOSE, value)


def full(question: Question, catalogue: Catalogue) -> Response:
    """Return the answer that earns all."""
    return catalogue.kinds[question.kind].full(question)


def partly(question: Question, catalogue: Catalogue) -> Response:
    """Return an answer to every part that does not earn all."""
    return below(1, question, catalogue)


def none_right(question: Question, catalogue: Catalogue) -> Response:
    """Return an answer to every part that earns nothing."""
    return below(Fraction(1, 10**6), question, catalogue)


def below(limit: Fraction | int, question: Question, catalogue: Catalogue) -> Response:
    """Return an answer to every part that earns less: other words typed, or the right values in other fields."""
    kind = catalogue.kinds[question.kind]
    names, values = zip(*kind.full(question), strict=True)
    cloze = question.kind == "cloze"
    typed = ["nothing" if cloze and not re.fullmatch("[0-9a-f]{10}", value) else value for value in values]
    mixing = random.Random(1)
    for _ in range(2000):
        mixing.shuffle(typed)
        answer = tuple(sorted(zip(names, typed, strict=True)))
        accepted = kind.accept(question, {name: [value] for name, value in answer})
        if len(accepted) == len(names) and kind.mark(question, accepted).mark < limit:
            return answer
    raise AssertionError("no other answer found")
