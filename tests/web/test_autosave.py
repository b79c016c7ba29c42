"""Placements are kept as they are made: what a page with scripts sends while somebody works."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from course.core.attempts import Act, Attempt
from course.library.catalogue import Catalogue
from course.store import attempts
from tests.store.writers import history
from tests.web.browsing import HERE, Form, Page, Visitor
from tests.web.conftest import Rows
from tests.web.test_exercises import cards, checked, placed, retry, show_answers

ADDRESS = "/exercises/harbour/save"


@dataclass
class Tab:
    """A page with scripts: it saves under numbers that only grow, and takes over what it is answered."""

    visitor: Visitor
    form: Form
    fields: dict[str, str] = field(default_factory=dict)

    def save(self, placements: dict[str, str], sequence: int | str | None = None) -> tuple[int, Any]:
        """Save; return status and answer."""
        number = int(self.now("sequence") or 0) + 1 if sequence is None else sequence
        page = self.visitor.post(
            ADDRESS,
            self.form.filled({**self.fields, **placements, "sequence": str(number)}),
            {**HERE, "Accept": "application/json"},
        )
        answer = page.response.get_json()
        if page.status == 200:
            self.fields.update(attempt=answer["attempt"], sequence=str(answer["sequence"]))
        return page.status, answer

    def now(self, name: str) -> str:
        return self.fields.get(name, self.form.value(name))

    def check(self, placements: dict[str, str], anyway: bool = False) -> Page:
        return checked(self.visitor, self.form, {**self.fields, **placements}, anyway)


def tab(visitor: Visitor, path: str = "/exercises/harbour") -> Tab:
    return Tab(visitor, visitor.open(path).form("/check"))


def kept(app: Flask, attempt_id: str) -> Attempt:
    with app.app_context():
        found = attempts.load(attempt_id)
    assert found is not None
    return found


def numbers_kept(app: Flask, attempt_id: str) -> list[int]:
    """The numbers of everything that was ever kept of an attempt."""
    with app.app_context():
        return [number for number, _, _ in history(attempt_id)]


def test_the_first_save_makes_a_guest_and_an_attempt(
    visitor: Visitor, catalogue: Catalogue, rows: Rows, app: Flask
) -> None:
    mine = tab(visitor)
    status, answer = mine.save(placed(catalogue, Anchor="", Drum="bow/port"))
    assert (status, answer["sequence"]) == (200, 1)
    assert set(answer) == {"attempt", "sequence"}
    assert set(visitor.cookies()) == {"course"}
    assert rows() == {"learner": 1, "attempt": 1, "attempt_item": 1, "revision": 1, "event": 1}
    (event,) = kept(app, answer["attempt"]).events
    expected = {k: v for k, v in placed(catalogue, Drum="bow/port").items() if k != cards(catalogue)["Anchor"]}
    assert (event.act, event.look, dict(event.response)) == (Act.SAVE, 1, expected)
    assert event.mark is None


def test_later_saves_go_to_the_same_attempt_even_from_a_page_that_does_not_know_it_yet(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    page = visitor.open("/exercises/harbour").form("/check")
    ids = set()
    for number in (1, 2, 3):  # each with the page's signed start, as if no answer had come back
        status, answer = Tab(visitor, page).save(placed(catalogue, Anchor=""), number)
        assert (status, answer["sequence"]) == (200, number)
        ids.add(answer["attempt"])
    (attempt_id,) = ids
    assert numbers_kept(app, attempt_id) == [1, 2, 3]


def test_a_reload_finds_everything_where_it_was(visitor: Visitor, catalogue: Catalogue) -> None:
    mine = tab(visitor)
    mine.save(placed(catalogue, Anchor=""))
    _, answer = mine.save(placed(catalogue, Drum="", Anchor="stern/port"))
    form = visitor.open("/exercises/harbour").form("/check")
    assert {n: form.value(n) for n in form.named("card-")} == placed(catalogue, Drum="", Anchor="stern/port")
    assert form.value("attempt") == answer["attempt"]
    assert (form.value("sequence"), form.value("start"), form.value("look")) == ("2", "", "1")


def test_what_is_sent_twice_is_kept_once_and_answered_the_same(
    visitor: Visitor, catalogue: Catalogue, rows: Rows
) -> None:
    mine = tab(visitor)
    first = mine.save(placed(catalogue, Anchor=""), 1)
    before = rows()
    for _ in range(3):
        assert mine.save(placed(catalogue, Anchor=""), 1) == first
    assert rows() == before


def test_another_answer_under_a_number_that_is_taken_is_refused(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    mine = tab(visitor)
    _, first = mine.save(placed(catalogue, Anchor=""), 4)
    for number in (1, 3, 4):
        status, answer = mine.save(placed(catalogue), number)
        assert (status, answer) == (409, {"attempt": first["attempt"], "sequence": 4})
    assert numbers_kept(app, first["attempt"]) == [4]


@pytest.mark.parametrize("number", ["0", "-1", "", "x", "1.5", "9" * 300, "٣", " 1", "\0"])
def test_a_number_that_is_none_is_refused_and_keeps_nothing(
    visitor: Visitor, catalogue: Catalogue, rows: Rows, number: str
) -> None:
    status, _ = tab(visitor).save(placed(catalogue), number)
    assert status == 409
    assert rows() == {}


def test_two_tabs_go_on_from_each_other_and_the_later_one_wins(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    tab(visitor).save(placed(catalogue, Anchor="", Drum=""))
    one, two = tab(visitor), tab(visitor)
    assert one.save(placed(catalogue, Anchor="bow/port", Drum=""))[0] == 200
    status, answer = two.save(placed(catalogue, Anchor="stern/port", Drum=""))
    assert (status, answer["sequence"]) == (409, 2)
    two.fields.update(attempt=answer["attempt"], sequence=str(answer["sequence"]))
    assert two.save(placed(catalogue, Anchor="stern/port", Drum=""))[0] == 200
    response = dict(kept(app, answer["attempt"]).response("ex-harbour"))
    assert response[cards(catalogue)["Anchor"]] == "stern/port"
    assert numbers_kept(app, answer["attempt"]) == [1, 2, 3]  # nothing is lost, the last one counts


def test_two_tabs_not_yet_started_are_two_attempts_of_one_guest(
    visitor: Visitor, catalogue: Catalogue, rows: Rows
) -> None:
    one, two = tab(visitor), tab(visitor)
    first = one.save(placed(catalogue, Anchor=""))[1]["attempt"]
    second = two.save(placed(catalogue, Drum=""))[1]["attempt"]
    assert first != second
    assert rows()["learner"] == 1


def test_a_save_after_the_check_is_refused_and_changes_nothing(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    mine = tab(visitor)
    mine.save(placed(catalogue, Anchor=""))
    result = mine.check(placed(catalogue, Anchor="stern/port"))
    before = kept(app, mine.now("attempt"))
    status, answer = mine.save(placed(catalogue, Anchor="bow/port"), 50)
    assert status == 409
    assert answer == {"attempt": before.id, "sequence": before.sequence}
    assert kept(app, before.id) == before
    assert "4 of 5 points" in result.text


def test_saves_of_a_retry_belong_to_its_look_and_keep_what_was_right(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    first = tab(visitor).check(placed(catalogue, Anchor="stern/port", Drum="bow/port"))
    again = Tab(visitor, retry(visitor, first).form("/check"))
    status, answer = again.save({cards(catalogue)["Anchor"]: "bow/starboard", cards(catalogue)["Buoy"]: "stern/port"})
    assert status == 200
    last = kept(app, answer["attempt"]).events[-1]
    assert (last.act, last.look) == (Act.SAVE, 2)
    expected = placed(catalogue, Anchor="bow/starboard")
    expected.pop(cards(catalogue)["Drum"])
    assert dict(last.response) == expected  # the right ones stay whatever was sent
    # The exercise goes on with the retry, not with the result.
    going = visitor.open("/exercises/harbour")
    assert going.status == 200
    assert going.form("/check").value(cards(catalogue)["Anchor"]) == "bow/starboard"
    assert "almond" not in going.html


def test_a_save_of_the_first_look_is_refused_during_the_retry(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    stale = tab(visitor)
    stale.save(placed(catalogue, Anchor=""))
    tab(visitor).check(placed(catalogue, Anchor="stern/port"))
    before = kept(app, stale.now("attempt"))
    assert stale.save(placed(catalogue, Anchor="bow/port"), 99)[0] == 409
    assert kept(app, before.id) == before


def test_nothing_can_be_saved_once_the_answers_were_shown(visitor: Visitor, catalogue: Catalogue, app: Flask) -> None:
    result = tab(visitor).check(placed(catalogue, Anchor="stern/port"))
    again = Tab(visitor, retry(visitor, result).form("/check"))
    show_answers(visitor, result)
    before = kept(app, again.now("attempt"))
    assert again.save(placed(catalogue), 99)[0] == 409
    assert kept(app, before.id) == before


def test_a_save_never_tells_whether_it_is_right(visitor: Visitor, catalogue: Catalogue) -> None:
    right, wrong = tab(visitor), tab(visitor)
    answers = [right.save(placed(catalogue)), wrong.save(placed(catalogue, Anchor="middle"))]
    assert [(status, sorted(answer)) for status, answer in answers] == [(200, ["attempt", "sequence"])] * 2


def test_cards_taken_off_the_board_are_off_after_a_reload(visitor: Visitor, catalogue: Catalogue) -> None:
    mine = tab(visitor)
    mine.save(placed(catalogue))
    mine.save(dict.fromkeys(cards(catalogue).values(), ""))
    form = visitor.open("/exercises/harbour").form("/check")
    assert {form.value(name) for name in form.named("card-")} == {""}


def test_saving_for_an_attempt_that_is_not_ones_own_is_told_in_the_scripts_language(
    visitor: Visitor, other: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    theirs = tab(other)
    theirs.save(placed(catalogue, Anchor=""))
    before = kept(app, theirs.now("attempt"))
    mine = tab(visitor)
    mine.save(placed(catalogue))
    mine.fields["attempt"] = before.id
    status, answer = mine.save(placed(catalogue, Anchor="middle"), 9)
    assert status == 404
    assert answer["error"] == "There is nothing at this address"
    assert kept(app, before.id) == before


def test_saves_of_many_tabs_at_once_are_all_answered_and_one_of_each_number_is_kept(
    visitor: Visitor, catalogue: Catalogue, app: Flask
) -> None:
    mine = tab(visitor)
    mine.save(placed(catalogue, Anchor=""))
    tabs = [Visitor(app) for _ in range(6)]
    for each in tabs:
        each.client.set_cookie("course", visitor.cookies()["course"])
    answers: list[int] = []

    def work(person: Visitor, place: str) -> None:
        each = Tab(person, person.open("/exercises/harbour").form("/check"))
        answers.extend(each.save(placed(catalogue, Anchor=place), number)[0] for number in range(2, 12))

    threads = [
        threading.Thread(target=work, args=(person, place))
        for person, place in zip(tabs, ["bow/port", "middle", "stern/port"] * 2, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 60
    assert set(answers) <= {200, 409}
    numbers = numbers_kept(app, mine.now("attempt"))
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 11
