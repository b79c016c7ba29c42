"""Readiness: the chance of reaching the pass mark on a fresh mock, with its range and what it rests on.

The model. Every topic t of the exam has a rate p_t at which the learner answers its questions right. The rates
scatter around the learner's own mean m: p_t ~ Beta(s·m, s·(1 − m)) with a constant strength s, and m ~ Beta(a, b).
Each first answer is one trial of its topic; an older one counts less. The mock's score is a sum of binomials, one a
topic. m is integrated out on a grid, each topic's rate exactly (beta-binomial), so the estimate is a number without
chance, and one more right answer never lowers it: it raises the likelihood of larger m, and p_t for every m.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import lgamma

import numpy as np
from numpy.typing import NDArray

LEAST_ANSWERS = 40
LEAST_SHARE = 0.60  # of the marks: topics with at least one answer
STRENGTH = 9.0  # s: how many answers the learner's mean is worth in each topic
PRIOR = (3.0, 2.0)  # a, b
HALF_LIFE = timedelta(days=45)  # after which an answer counts half
STALE = timedelta(days=14)  # since the last answer
GRID = 64  # points of m
DRAWS = 600  # of the rates, for the range
LOW, HIGH = 0.10, 0.90  # ends of the range, as shares of the posterior
SEED = 20260101

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FirstAnswer:
    """The first answer to an exam-style question: its topic, whether it was right, and when."""

    topic: str
    right: bool
    at: datetime


@dataclass(frozen=True)
class Blueprint:
    """What a mock asks: questions a topic, in order, and the marks to pass."""

    topics: Mapping[str, int]
    needed: int

    @property
    def total(self) -> int:
        """How many questions."""
        return sum(self.topics.values())


class Missing(StrEnum):
    """Why there is no number."""

    NOTHING = "nothing"
    ANSWERS = "answers"
    TOPICS = "topics"


@dataclass(frozen=True)
class Evidence:
    """What an estimate rests on."""

    answers: int
    topics: int  # with at least one answer
    share: float  # of the marks that these topics carry
    last_at: datetime | None

    @property
    def missing(self) -> Missing | None:
        """Why it is not enough to say something, or None."""
        if not self.answers:
            return Missing.NOTHING
        if self.answers < LEAST_ANSWERS:
            return Missing.ANSWERS
        return Missing.TOPICS if self.share < LEAST_SHARE else None


@dataclass(frozen=True)
class Estimate:
    """The chance to pass, from 0 to 1, and the range in which it lies with 80 %."""

    chance: float
    low: float
    high: float


CAP = 95  # per cent: nobody is told more, or less than the rest to 100
WIDE, ROUGH = 30, 20  # points between the ends: from which the range comes first, and figures are rounded to fives


@dataclass(frozen=True)
class Told:
    """An estimate as it is told: whole per cent, in fives where it is rough, never beyond the cap."""

    chance: int
    low: int
    high: int
    wide: bool  # the range says more than the figure

    @property
    def words(self) -> str:
        """The figure in words: `about 80%`, `over 95%`, `under 5%`."""
        said = capped(self.chance)
        return f"about {said}" if said[0].isdigit() else said

    @property
    def ends(self) -> tuple[str, str]:
        """The ends of the range in words: `70%`, `over 95%`."""
        return capped(self.low), capped(self.high)

    @property
    def in_ten(self) -> int:
        """Of ten people like this, about so many would pass."""
        return round(self.chance / 10)


@dataclass(frozen=True)
class Bin:
    """Forecasts of about the same chance, and how many of their mocks were passed."""

    chance: int  # per cent, the middle
    forecasts: int
    passed: int


LEAST_IN_BIN = 10  # fewer would tell of single people
BIN = 20  # per cent


def record(pairs: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Return how forecasts did, in bins of twenty per cent with enough of them."""
    places: dict[int, list[bool]] = {}
    for chance, passed in pairs:
        places.setdefault(min(int(chance * 100) // BIN, 100 // BIN - 1), []).append(passed)
    return tuple(
        Bin(place * BIN + BIN // 2, len(found), sum(found))
        for place, found in sorted(places.items())
        if len(found) >= LEAST_IN_BIN
    )


def brier(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Return the mean squared distance of forecast and outcome (Brier 1950); None where there is none."""
    return sum((chance - passed) ** 2 for chance, passed in pairs) / len(pairs) if pairs else None


def capped(percent: int) -> str:
    """Write a percentage, nothing beyond the cap: nobody's chance is known so well."""
    if percent > CAP:
        return f"over {CAP}%"
    return f"under {100 - CAP}%" if percent < 100 - CAP else f"{percent}%"


def told(estimate: Estimate) -> Told:
    """Round an estimate as far as it is rough."""
    low, high = estimate.low * 100, estimate.high * 100
    step = 5 if high - low > ROUGH else 1
    chance, lower, upper = (round(value / step) * step for value in (estimate.chance * 100, low, high))
    return Told(chance, lower, upper, high - low > WIDE)


def evidence(answers: Sequence[FirstAnswer], blueprint: Blueprint) -> Evidence:
    """Return what there is to go by. Answers to topics that the mock does not ask do not count."""
    counted = [answer for answer in answers if answer.topic in blueprint.topics]
    touched = {answer.topic for answer in counted}
    marks = sum(blueprint.topics[topic] for topic in touched)
    last = max((answer.at for answer in counted), default=None)
    return Evidence(len(counted), len(touched), marks / blueprint.total if blueprint.total else 0.0, last)


def readiness(answers: Sequence[FirstAnswer], blueprint: Blueprint, now: datetime) -> Estimate | None:
    """Estimate the chance of reaching the pass mark at `now`; None while the evidence does not suffice."""
    if evidence(answers, blueprint).missing is not None:
        return None
    return estimate(*counts(answers, blueprint, now), blueprint)


def counts(answers: Sequence[FirstAnswer], blueprint: Blueprint, now: datetime) -> tuple[Floats, Floats]:
    """Return for each topic the weight of its right and of its wrong answers."""
    place = {topic: n for n, topic in enumerate(blueprint.topics)}
    right, wrong = np.zeros(len(place)), np.zeros(len(place))
    for answer in answers:
        if answer.topic in place:
            (right if answer.right else wrong)[place[answer.topic]] += weight(now - answer.at)
    return right, wrong


def weight(age: timedelta) -> float:
    """Return how much an answer of this age counts: 1 when new, half after HALF_LIFE."""
    return float(0.5 ** (max(age, timedelta()) / HALF_LIFE))


def estimate(right: Floats, wrong: Floats, blueprint: Blueprint) -> Estimate:
    """Return chance and range from the weights of right and wrong answers, a topic each in the blueprint's order."""
    questions = np.array(list(blueprint.topics.values()))
    means, mass = _posterior_of_mean(right, wrong)
    a = STRENGTH * means[:, None] + right
    b = STRENGTH * (1 - means[:, None]) + wrong
    chance = float(mass @ _tail_of_sum(a, b, questions, blueprint.needed))
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(means), size=DRAWS, p=mass)
    rates = rng.beta(a[chosen], b[chosen])
    passing = np.sort(chances_given(rates, questions, blueprint.needed))
    low, high = np.quantile(passing, [LOW, HIGH])
    # Sums of floating-point numbers may pass 1 by a hair.
    low, chance, high = (min(max(float(value), 0.0), 1.0) for value in (min(low, chance), chance, max(high, chance)))
    return Estimate(chance, low, high)


def _posterior_of_mean(right: Floats, wrong: Floats) -> tuple[Floats, Floats]:
    """Return the grid of m and the posterior mass of each point."""
    means = (np.arange(GRID) + 0.5) / GRID
    log = (PRIOR[0] - 1) * np.log(means) + (PRIOR[1] - 1) * np.log(1 - means)
    for k, w in zip(right, wrong, strict=True):
        log += [
            _log_beta(STRENGTH * m + k, STRENGTH * (1 - m) + w) - _log_beta(STRENGTH * m, STRENGTH * (1 - m))
            for m in means
        ]
    mass = np.exp(log - log.max())
    return means, mass / mass.sum()


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _tail_of_sum(a: Floats, b: Floats, questions: NDArray[np.int64], needed: int) -> Floats:
    """Return for each row P(sum of beta-binomials ≥ needed), by exact convolution over the topics."""
    rows, total = len(a), int(questions.sum())
    score = np.zeros((rows, total + 1))
    score[:, 0] = 1.0
    for topic, number in enumerate(questions):
        part = _beta_binomial(a[:, topic], b[:, topic], int(number))
        new = np.zeros_like(score)
        for earned in range(int(number) + 1):
            new[:, earned:] += score[:, : total + 1 - earned] * part[:, earned : earned + 1]
        score = new
    tail: Floats = score[:, max(needed, 0) :].sum(axis=1)
    return tail


def _beta_binomial(a: Floats, b: Floats, number: int) -> Floats:
    """Return a column for each K = 0 … number: P(K) for K ~ beta-binomial(number, a, b), by its recurrence."""
    pmf = np.empty((len(a), number + 1))
    steps = np.arange(number)
    pmf[:, 0] = np.prod((b[:, None] + steps) / (a[:, None] + b[:, None] + steps), axis=1)
    for k in range(number):
        pmf[:, k + 1] = pmf[:, k] * (number - k) / (k + 1) * (a + k) / (b + number - k - 1)
    return pmf


def chances_given(rates: Floats, questions: NDArray[np.int64], needed: int) -> Floats:
    """Return for each row of rates P(score ≥ needed), the score a sum of binomials."""
    total = int(questions.sum())
    score = np.zeros((len(rates), total + 1))
    score[:, 0] = 1.0
    for topic, number in enumerate(questions):
        rate = rates[:, topic : topic + 1]
        for _ in range(int(number)):
            moved = score[:, :-1] * rate
            score *= 1 - rate
            score[:, 1:] += moved
    tail: Floats = score[:, max(needed, 0) :].sum(axis=1)
    return tail


def beta_binomial_tail(a: float, b: float, number: int, needed: int) -> float:
    """Return P(K ≥ needed) for K ~ beta-binomial(number, a, b)."""
    return float(_beta_binomial(np.array([a]), np.array([b]), number)[0, needed:].sum())
