"""Does the readiness estimate keep its word? Simulated learners, whose true chance is known, and what it told them.

    .venv/bin/python bench/calibration.py [--quick]

Two generators. `family` makes learners as the estimator imagines them: rates of topics scattered around a mean.
`logistic` shares no code with the estimator: abilities on a logit scale that drift with practice and forgetting, items
with difficulty, slope and guessing (three-parameter logistic). Each learner answers practice questions over some
weeks, sits a first mock, practises on, asks for the estimate, and sits the mock that it spoke of, drawn by the same
blueprint. Everything is seeded; no figure depends on the machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import rounds
from course.measure.readiness import Blueprint, Estimate, FirstAnswer, chances_given, readiness

BLUEPRINT = Blueprint(
    dict(zip("abcdefghijklm", (2, 1, 2, 2, 2, 1, 6, 4, 4, 5, 5, 3, 3), strict=True)),
    needed=28,
)
TOPICS = list(BLUEPRINT.topics)
QUESTIONS = np.array(list(BLUEPRINT.topics.values()))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LEARNERS = 2000
BINS = 10
Numbers = NDArray[np.float64]
Items = tuple[Numbers, Numbers, Numbers]  # slope, difficulty, guessing


@dataclass(frozen=True)
class Outcome:
    """One learner: what was told, the true chance, whether they passed, and the share of their first mock."""

    told: Estimate
    true: float
    passed: bool
    first_mock: float


def family(rng: np.random.Generator) -> Outcome | None:
    """A learner as the estimator imagines one: steady rates, a guess where nothing is known."""
    mean = rng.beta(5.5, 2.6)
    scatter = 10.0
    rates = np.clip(rng.beta(scatter * mean, scatter * (1 - mean), len(TOPICS)), 0.05, 0.98)
    answers = [
        FirstAnswer(TOPICS[topic], bool(rng.random() < rates[topic]), NOW - timedelta(days=float(days)))
        for topic, days in _practice(rng)
    ]
    first = rng.binomial(QUESTIONS, rates).sum() / BLUEPRINT.total
    told = readiness(answers, BLUEPRINT, NOW)
    if told is None:
        return None
    true = float(chances_given(rates[None, :], QUESTIONS, BLUEPRINT.needed)[0])
    return Outcome(told, true, bool(rng.binomial(QUESTIONS, rates).sum() >= BLUEPRINT.needed), float(first))


def logistic(rng: np.random.Generator) -> Outcome | None:
    """A learner by the three-parameter logistic model, whose ability drifts."""
    ability = rng.normal(0.85, 0.75) + rng.normal(0, 0.45, len(TOPICS))
    gain, loss = rng.gamma(2.0, 0.004), rng.gamma(2.0, 0.0008)  # logits: an answer teaches, a day forgets
    answers, last = [], 0.0
    first: float | None = None
    history = sorted(_practice(rng), key=lambda item: -item[1])
    half = len(history) // 2
    for number, (topic, days) in enumerate(history):
        age = float(days)
        ability -= loss * max(0.0, last - age) if last else 0.0
        last = age
        right = bool(rng.random() < _chance(ability[topic], _items(rng, 1))[0])
        answers.append(FirstAnswer(TOPICS[topic], right, NOW - timedelta(days=age)))
        ability[topic] += gain
        if number == half:
            first = _mock(rng, ability)[1] / BLUEPRINT.total
    ability -= loss * last
    told = readiness(answers, BLUEPRINT, NOW)
    if told is None or first is None:
        return None
    passes = [_mock(rng, ability) for _ in range(40)]
    true = float(np.mean([chance for chance, _ in passes]))
    return Outcome(told, true, passes[0][1] >= BLUEPRINT.needed, first)


def _practice(rng: np.random.Generator) -> list[tuple[int, float]]:
    """What is practised and how many days ago: topics in shares of their own, over up to ten weeks."""
    number = int(rng.integers(45, 260))
    shares = rng.dirichlet(np.full(len(TOPICS), 2.0))
    span = rng.uniform(5, 70)
    topics = rng.choice(len(TOPICS), size=number, p=shares)
    return [(int(topic), float(days)) for topic, days in zip(topics, rng.uniform(0, span, number), strict=True)]


def _items(rng: np.random.Generator, number: int) -> Items:
    """Slope, difficulty and guessing of items with four options."""
    return rng.lognormal(0.0, 0.3, number), rng.normal(0.0, 0.8, number), rng.uniform(0.12, 0.28, number)


def _chance(ability: Numbers, items: Items) -> Numbers:
    slope, difficulty, guess = items
    chance: Numbers = guess + (1 - guess) / (1 + np.exp(-slope * (ability - difficulty)))
    return chance


def _mock(rng: np.random.Generator, ability: Numbers) -> tuple[float, int]:
    """Draw a mock: the chance to pass it, and the marks of one sitting."""
    each = np.repeat(ability, QUESTIONS)
    chances = _chance(each, _items(rng, len(each)))
    return _at_least(chances, BLUEPRINT.needed), int((rng.random(len(each)) < chances).sum())


def _at_least(chances: Numbers, needed: int) -> float:
    """Return the chance that at least so many of independent questions are right."""
    right = np.zeros(len(chances) + 1)
    right[0] = 1.0
    for chance in chances:
        right[1:] = right[1:] * (1 - chance) + right[:-1] * chance
        right[0] *= 1 - chance
    return float(right[needed:].sum())


# ---- what it was worth ----


@dataclass(frozen=True)
class Verdict:
    """What the estimates of one generator were worth."""

    learners: int
    passed: float
    error: float  # calibration, ten bins
    brier: float
    constant: float
    last_mock: float
    oracle: float
    coverage: float


def judge(outcomes: Sequence[Outcome]) -> Verdict:
    """Hold what was told against what came."""
    told = np.array([outcome.told.chance for outcome in outcomes])
    passed = np.array([outcome.passed for outcome in outcomes], dtype=float)
    true = np.array([outcome.true for outcome in outcomes])
    last = np.array([outcome.first_mock >= 0.7 for outcome in outcomes], dtype=float)
    inside = [outcome.told.low <= outcome.true <= outcome.told.high for outcome in outcomes]
    return Verdict(
        learners=len(outcomes),
        passed=float(passed.mean()),
        error=calibration_error(told, passed),
        brier=_brier(told, passed),
        constant=_brier(np.full(len(told), passed.mean()), passed),
        last_mock=_brier(last, passed),
        oracle=_brier(true, passed),
        coverage=float(np.mean(inside)),
    )


def calibration_error(told: Numbers, passed: Numbers) -> float:
    """Return the mean distance of what was told and what came, over ten bins, by their size."""
    places = np.minimum((told * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(told[places == n].mean() - passed[places == n].mean()) * (places == n).mean() for n in set(places))
    )


def _brier(told: Numbers, passed: Numbers) -> float:
    return float(np.mean((told - passed) ** 2))


def reliability(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    """Return a row for each bin: what was told, how many, what they told on average, how many passed."""
    told = np.array([outcome.told.chance for outcome in outcomes])
    passed = np.array([outcome.passed for outcome in outcomes], dtype=float)
    places = np.minimum((told * BINS).astype(int), BINS - 1)
    return [
        (
            f"{n * 10}–{n * 10 + 10} %",
            int((places == n).sum()),
            float(told[places == n].mean()),
            float(passed[places == n].mean()),
        )
        for n in range(BINS)
        if (places == n).any()
    ]


def simulate(make: Callable[[np.random.Generator], Outcome | None], learners: int, seed: int) -> list[Outcome]:
    """Make so many learners about whom something can be said."""
    rng = np.random.default_rng(seed)
    found: list[Outcome] = []
    while len(found) < learners:
        outcome = make(rng)
        if outcome is not None:
            found.append(outcome)
    return found


def main() -> None:
    """Simulate, print, and say whether the aims are met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="200 learners; its numbers mean little")
    parser.add_argument("--seed", type=int, default=20260601)
    given = parser.parse_args()
    learners = 200 if given.quick else LEARNERS
    begun = time.perf_counter()
    values: dict[str, object] = {}
    for name, make in (("family", family), ("logistic", logistic)):
        outcomes = simulate(make, learners, given.seed)
        verdict = judge(outcomes)
        print(f"{name}: {verdict.learners} learners, {verdict.passed:.0%} passed\n")
        rounds.table(["told", "learners", "told on average", "passed"], reliability(outcomes))
        better = min(1 - verdict.brier / verdict.constant, 1 - verdict.brier / verdict.last_mock)
        rounds.table(
            ["figure", "value", "aim"],
            [
                ("calibration error", verdict.error, "< 0.05 " + _met(verdict.error < 0.05)),
                ("Brier score", verdict.brier, ""),
                ("  of the constant pass rate", verdict.constant, ""),
                ("  of “last mock at least 70 %”", verdict.last_mock, ""),
                ("  of an oracle that knows the ability", verdict.oracle, ""),
                ("better than both by", better, "≥ 0.15 " + _met(better >= 0.15)),
                ("coverage of the range", verdict.coverage, "0.75–0.85 " + _met(0.75 <= verdict.coverage <= 0.85)),
            ],
        )
        values[name] = dict(vars(verdict))
    rounds.closing_line("calibration", given.quick, {**values, "seconds": time.perf_counter() - begun})


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


if __name__ == "__main__":
    main()
