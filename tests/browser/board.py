"""The sorting board as a person uses it: cards and places by the names a screen reader says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page

from course.core.quiz import Question
from course.library.catalogue import Catalogue
from course.questions._kind import Asking
from course.questions.sort import SortView

RECORD = """
window.__said = [];
addEventListener('DOMContentLoaded', () => {
  const live = document.getElementById('live');
  if (live) new MutationObserver(() => { if (live.textContent) window.__said.push(live.textContent); })
    .observe(live, {childList: true, characterData: true, subtree: true});
});
"""


class Board:
    """One sorting exercise in a page, with its key."""

    def __init__(self, page: Page, question: Question, catalogue: Catalogue) -> None:
        self.page = page
        self.question = question
        kind = catalogue.kinds["sort"]
        view = kind.view(question, Asking("any"))
        assert isinstance(view, SortView)
        self.view = view
        self.key: Mapping[str, str] = dict(kind.full(question))
        self.names = {place.value: place.name for place in view.places}
        self.labels = {card.field: card.short for card in view.cards}

    @property
    def count(self) -> int:
        """How many cards there are."""
        return len(self.key)

    def card(self, field: str) -> Locator:
        """Return a card's button."""
        label = re.escape(self.labels[field])
        return self.page.get_by_role("button", name=re.compile(rf"^[A-Z]{{1,2}}\W*{label}\b"))

    def place(self, value: str) -> Locator:
        """Return the button of a place, there while a card is held."""
        name = re.escape(self.names[value])
        return self.page.get_by_role(
            "button", name=re.compile(rf"^Place here: {name}, (empty|\d+ cards? already here)$")
        )

    def select(self, field: str) -> Locator:
        """Return the form field behind a card."""
        return self.page.locator(f"[name='{field}']")

    def where(self, field: str) -> str:
        """Return the value the form would post for a card."""
        return self.select(field).input_value()

    def fields(self) -> list[str]:
        """Return the cards in the order they are shown."""
        return self.page.eval_on_selector_all("[name^='card-']", "all => all.map(e => e.name)")  # type: ignore[no-any-return]

    def wrong(self, field: str) -> str:
        """Return a place where a card earns nothing."""
        answers = self.question.answers
        card = next(c for c in answers.cards if c.label == self.labels[field])
        return next(place.value for place in self.view.places if answers.bins[place.column] not in card.bins)

    def put(self, field: str, value: str) -> None:
        """Place a card by two clicks."""
        self.card(field).click()
        self.place(value).click()

    def said(self) -> list[str]:
        """Return what was announced so far, each once; waits for the last words."""
        self.page.wait_for_timeout(450)
        return self.page.evaluate("window.__said")  # type: ignore[no-any-return]

    def check(self) -> None:
        """Press Check and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Check my answers").click()
