"""Attempts as learners make them: any sequence of acts that the rules allow, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import accumulate

from hypothesis import strategies as st

from course.core.attempts import (
    EXERCISE,
    PRACTICE,
    RULES,
    Act,
    Attempt,
    Certainty,
    Event,
    Item,
    Response,
    Rules,
    finished,
    steps,
)

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MARKS = [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(7, 8), Fraction(1), Fraction(1)]

responses = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=3).map(
    lambda pairs: tuple(sorted(set(pairs)))
)


def new_attempt(rules: Rules, size: int, number: int = 0, slug: str = "quiz") -> Attempt:
    items = tuple(Item(f"q{n}", f"revision-{n}") for n in range(size))
    return Attempt(f"attempt-{number}", "learner", slug, rules, "seed", START + timedelta(days=number), items)


@st.composite
def histories(draw: st.DrawFn, rules: Rules | None = None, number: int = 0, slug: str = "quiz") -> Attempt:
    """Any attempt with any acts that were possible when they were made, in the order they were made."""
    chosen = rules or draw(st.sampled_from([rules for rules in RULES.values() if not rules.at_the_end]))
    attempt = new_attempt(chosen, draw(st.integers(1, 4)), number, slug)
    for _ in range(draw(st.integers(0, 14))):
        possible = possible_acts(attempt)
        if not possible:
            break
        act, question_id, look = draw(st.sampled_from(possible))
        event = Event(
            sequence=attempt.sequence + draw(st.integers(1, 3)),
            act=act,
            question_id=question_id,
            look=look,
            response=() if act is Act.REVEAL else draw(responses),
            at=last_at(attempt) + timedelta(seconds=draw(st.integers(0, 90))),
            mark=draw(st.sampled_from(MARKS)) if act is Act.CHECK else None,
            certainty=draw(st.sampled_from([None, *Certainty])) if act is Act.CHECK else None,
        )
        attempt = replace(attempt, events=(*attempt.events, event))
    return attempt


def possible_acts(attempt: Attempt) -> list[tuple[Act, str, int]]:
    """What a learner can do next: save or check what is open, ask for the answers of what was checked and missed."""
    if attempt.rules.retries:
        if finished(attempt):
            return []
        return [act for item in attempt.items for act in _of_exercise(attempt, item.question_id)]
    open_steps = [s for s in steps(attempt) if attempt.check(s.item.question_id, s.look) is None]
    return [(act, s.item.question_id, s.look) for s in open_steps for act in (Act.SAVE, Act.CHECK)]


def _of_exercise(attempt: Attempt, question_id: str) -> list[tuple[Act, str, int]]:
    checks = attempt.checks(question_id)
    if attempt.revealed(question_id) or (checks and checks[-1].mark == 1):
        return []
    look = len(checks) + 1
    acts = [(Act.SAVE, question_id, look), (Act.CHECK, question_id, look)]
    return [*acts, (Act.REVEAL, question_id, look - 1)] if checks else acts


def last_at(attempt: Attempt) -> datetime:
    return max((event.at for event in attempt.events), default=attempt.started_at)


def beginnings(attempt: Attempt) -> list[Attempt]:
    """The attempt after nothing, after its first act, after its second …"""
    return [
        replace(attempt, events=events) for events in accumulate(attempt.events, lambda a, e: (*a, e), initial=EMPTY)
    ]


EMPTY: tuple[Event, ...] = ()


def checked(attempt: Attempt, marks: dict[str, list[Fraction]], response: Response = ()) -> Attempt:
    """The attempt with these checks, one look after the other."""
    events = list(attempt.events)
    for question_id, earned in marks.items():
        for look, mark in enumerate(earned, 1):
            number = len(events) + 1
            at = attempt.started_at + timedelta(minutes=number)
            events.append(Event(number, Act.CHECK, question_id, look, response, at, mark))
    return replace(attempt, events=tuple(events))


def revealed(attempt: Attempt, question_id: str) -> Attempt:
    """The attempt after the learner asked for the answers."""
    number = attempt.sequence + 1
    at = last_at(attempt) + timedelta(minutes=1)
    event = Event(number, Act.REVEAL, question_id, len(attempt.checks(question_id)), (), at)
    return replace(attempt, events=(*attempt.events, event))


__all__ = [
    "EXERCISE",
    "MARKS",
    "PRACTICE",
    "START",
    "beginnings",
    "checked",
    "histories",
    "last_at",
    "new_attempt",
    "possible_acts",
    "responses",
    "revealed",
]
