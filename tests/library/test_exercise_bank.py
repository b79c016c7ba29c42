"""Every exercise of the course against the bank that was agreed: cards and steps by their text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from course.core.quiz import Question, Use
from course.library.catalogue import Catalogue, build, read_files
from course.questions.order import Steps
from course.questions.registry import kinds
from course.questions.sort import Card, Sorting
from tests.conftest import ROOT

# Names of the bank that turned out to belong to real companies, and what the course calls them.
RENAMED = {
    "Belmont": "Belvorsk",
    "CareRota": "Rostavel",
    "Digital Campus": "Studivarn",
    "Pebblr": "Pennivrand",
    "TrackHaul": "Lorrivane",
    "Velmar": "Velskarn",
}


def _bank() -> Any:
    text = (ROOT / "tests/data/exercises.json").read_text(encoding="utf-8")
    for name, ours in RENAMED.items():
        text = text.replace(name, ours)
    return json.loads(text)


BANK: Mapping[str, Any] = _bank()
OWN = {"acquisition-provision-use"}  # its cards are not in the bank
ROUND = "lifecycle-grid"  # draws its cards from the scenarios, whose texts they share


@pytest.fixture(scope="module")
def course() -> Catalogue:
    """Return the real course."""
    return build(read_files(ROOT, kinds()), kinds())


def exercises(course: Catalogue, start: str) -> Iterator[Question]:
    for quiz in course.used_as(Use.EXERCISE):
        if quiz.slug.startswith(start):
            yield quiz.questions[0]


def cards(course: Catalogue, start: str) -> list[tuple[Card, Sorting]]:
    found = [question.answers for question in exercises(course, start)]
    return [(card, answers) for answers in found for card in answers.cards]


def bins(text: str) -> set[str]:
    return {name.strip() for name in text.split(";")}


@pytest.mark.parametrize(
    ("start", "part", "key"),
    [
        ("chain-activities-", "value_chain", "activity"),
        ("devops-practices-", "devops", "activity"),
        ("stream-aspects-", "gei", "aspect"),
    ],
)
def test_each_card_of_the_bank_stands_in_one_exercise_in_its_bin(
    course: Catalogue, start: str, part: str, key: str
) -> None:
    expected = {entry["text"]: bins(entry[key]) for entry in BANK[part]}
    found = {card.text: {name.lower() for name in card.bins} for card, _ in cards(course, start)}
    assert found == expected
    assert len(cards(course, start)) == len(expected)


def test_each_activity_of_the_lifecycle_bank_stands_in_the_exercise_of_its_scenario(course: Catalogue) -> None:
    everything = [(card, answers) for card, answers in cards(course, "lifecycle-") if answers]
    by_text: dict[str, list[Card]] = {}
    for card, _ in everything:
        by_text.setdefault(card.text, []).append(card)
    assert set(by_text) == {entry["text"] for entry in BANK["lifecycle"]}
    for entry in BANK["lifecycle"]:
        for card in by_text[entry["text"]]:
            assert {name.lower() for name in card.bins} == {entry["stage"]}, card.text


def test_the_grid_asks_for_the_role_too(course: Catalogue) -> None:
    (grid,) = exercises(course, ROUND)
    entries = {entry["text"]: entry for entry in BANK["lifecycle"]}
    shared = {"onboard", "offboard"}
    for card in grid.answers.cards:
        entry = entries[card.text]
        expected = set() if entry["stage"] in shared else {entry["role"]}
        assert {side.lower() for side in card.sides} == expected, card.text


def test_each_scenario_has_an_exercise_with_all_its_activities(course: Catalogue) -> None:
    counts = Counter(entry["scenario"] for entry in BANK["lifecycle"])
    sizes = [len(q.answers.cards) for q in exercises(course, "lifecycle-") if q.id != f"ex-{ROUND}"]
    assert sorted(sizes) == sorted(counts.values())


def test_each_value_stream_is_put_in_order_and_its_steps_are_named(course: Catalogue) -> None:
    orders = {question.answers.steps: question for question in exercises(course, "stream-order-")}
    named = {
        tuple(card.text for card in question.answers.cards): question.answers
        for question in exercises(course, "stream-steps-")
    }
    for stream in BANK["value_streams"]:
        steps = tuple(step["text"] for step in sorted(stream["steps"], key=lambda step: step["order"]))
        assert isinstance(orders[steps].answers, Steps)
        for card, step in zip(named[steps].cards, stream["steps"], strict=True):
            assert {name.lower() for name in card.bins} == bins(step["activity"]), card.text
    assert len(orders) == len(named) == len(BANK["value_streams"]) == 6


def test_the_conditions_that_decide_an_order_are_in_the_stem(course: Catalogue) -> None:
    stems = {
        question.id: question.stem
        for start in ("stream-order-", "stream-steps-")
        for question in exercises(course, start)
    }
    for way in ("order", "steps"):
        assert (
            "Policy here: users are told at once, before the cause is known."
            in stems[f"ex-stream-{way}-restore-service"]
        )
        assert "All environments come from ready-made definitions." in stems[f"ex-stream-{way}-test-environment"]


def test_there_are_enough_exercises_and_cards(course: Catalogue) -> None:
    found = course.used_as(Use.EXERCISE)
    texts = {
        card.text or card.label
        for quiz in found
        if isinstance(quiz.questions[0].answers, Sorting)
        for card in quiz.questions[0].answers.cards
    }
    texts |= {step for question in exercises(course, "stream-order-") for step in question.answers.steps}
    assert len(found) >= 18
    assert len(texts) >= 190
    assert len(next(exercises(course, *OWN)).answers.cards) >= 14
