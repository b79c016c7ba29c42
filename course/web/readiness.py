"""Readiness: the chance to pass the mock as things stand, its range, what it rests on, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from course.core.attempts import EXAM, PRACTICE
from course.core.drawing import draw
from course.core.quiz import Use
from course.core.specification import Specification
from course.library.catalogue import Lesson
from course.measure import readiness
from course.measure.choice import Known, allocate
from course.measure.readiness import LEAST_ANSWERS, LEAST_SHARE, Estimate, Evidence, FirstAnswer, Told
from course.store import attempts, forecasts
from course.store.forecasts import Forecast, Paired
from course.web import asking, current, results
from course.web.sets import TELLING, TOPIC, SetForm, begin, start_number

pages = Blueprint("readiness", __name__)
MINUTES_AN_ANSWER = 0.8
TELLING_LENGTH = 10


@dataclass(frozen=True)
class TopicStanding:
    """A topic of the exam: how many first answers, how many right, and where it is taught."""

    name: str
    questions: int  # in the exam
    answers: int
    right: int
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Standing:
    """Everything the page says."""

    exam: Specification
    evidence: Evidence
    told: Told | None
    topics: tuple[TopicStanding, ...]
    days_old: int  # since the last answer
    earlier: tuple[Paired, ...] = ()  # forecasts of this person whose mock is over

    @property
    def stale(self) -> bool:
        """Whether the last answer is so long ago that the estimate may have changed."""
        return self.days_old >= readiness.STALE.days

    @property
    def answers_missing(self) -> int:
        """How many answers more a first estimate takes."""
        return max(0, LEAST_ANSWERS - self.evidence.answers)

    @property
    def minutes_missing(self) -> int:
        """How long these take, roughly."""
        return max(5, round(self.answers_missing * MINUTES_AN_ANSWER / 5) * 5)

    @property
    def next_topic(self) -> TopicStanding:
        """The topic whose answers would tell most: many questions in the exam, few answers so far."""
        return max(self.topics, key=lambda topic: (topic.questions / (1 + topic.answers), topic.questions))


@pages.get("/readiness")
def overview() -> str:
    """Anybody. The estimate, or how much is missing for one, and how it is worked out."""
    exam = current.catalogue().main_exam or abort(404)
    results.close_overdue()
    pairs = forecasts.everybody()
    return render_template(
        "progress/readiness.html",
        standing=standing(exam),
        least=LEAST_ANSWERS,
        share=round(LEAST_SHARE * 100),
        record=readiness.record(pairs),
        form=SetForm(start=asking.new_start(TELLING.slug)),
        forecasts=len(pairs),
    )


@pages.post("/readiness/practise")
def practise() -> Response:
    """Anybody; makes a guest of a newcomer. Ten questions, unseen first: of one topic, or of those that tell most."""
    exam = current.catalogue().main_exam or abort(404)
    one = request.form.get("topic", "")
    drawn = TOPIC if one else TELLING
    number = start_number(drawn)
    pools = _pools(exam)
    if one and one not in pools:
        abort(404)
    counts = {one: TELLING_LENGTH} if one else _allocated(exam, pools)
    ids = _draw(pools, counts, asking.seed_of(number))
    if not ids:
        return redirect(url_for("readiness.overview"), 303)  # type: ignore[return-value]
    attempt_id = begin(drawn, PRACTICE, number, [asking.new_item(each) for each in ids])
    return redirect(url_for("attempts.question", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]


@dataclass
class Pool:
    """What can be asked of a topic."""

    fresh: list[str] = field(default_factory=list)  # never asked
    seen: list[str] = field(default_factory=list)


def _pools(exam: Specification) -> Mapping[str, Pool]:
    """Return topic → the questions of quizzes that are of the exam's kind."""
    catalogue, learner = current.catalogue(), current.learner_id()
    seen = attempts.asked(learner) if learner else frozenset()
    pools, topics = {topic.name: Pool() for topic in exam.topics}, exam.topic_names
    for quiz in catalogue.used_as(Use.QUIZ):
        for question in quiz.questions:
            if catalogue.fits_exams(question) and not question.void and question.outcome in topics:
                pool = pools[topics[question.outcome]]
                (pool.seen if question.id in seen else pool.fresh).append(question.id)
    return pools


def _allocated(exam: Specification, pools: Mapping[str, Pool]) -> Mapping[str, int]:
    """Return topic → how many questions of it would tell most of how the person who asks would do."""
    right, wrong = readiness.counts(facts(exam), _blueprint(exam), current.now())
    known = {
        topic.name: Known(
            topic.total, float(right[n]), float(wrong[n]), len(pools[topic.name].fresh) + len(pools[topic.name].seen)
        )
        for n, topic in enumerate(exam.topics)
    }
    return allocate(known, TELLING_LENGTH)


def _draw(pools: Mapping[str, Pool], counts: Mapping[str, int], seed: str) -> tuple[str, ...]:
    drawn = []
    for name, count in counts.items():
        fresh, seen = (draw({name: pool}, count, seed) for pool in (pools[name].fresh, pools[name].seen))
        drawn += [*fresh, *seen][:count]
    return draw({"": drawn}, len(drawn), seed)


def _blueprint(exam: Specification) -> readiness.Blueprint:
    return readiness.Blueprint({topic.name: topic.total for topic in exam.topics}, exam.needed)


def standing(exam: Specification, keep: bool = True) -> Standing:
    """Return how the person who asks stands before this exam; `keep`: what is told is kept as a forecast."""
    answers, now = facts(exam), current.now()
    blueprint = _blueprint(exam)
    found: Estimate | None = readiness.readiness(answers, blueprint, now)
    evidence = readiness.evidence(answers, blueprint)
    learner = current.learner_id()
    if keep and found is not None and learner is not None:
        forecasts.keep(_forecast(learner, exam, found, answers))
    return Standing(
        exam,
        evidence,
        readiness.told(found) if found else None,
        _topics(exam, blueprint.topics, answers),
        _days(evidence.last_at, now),
        forecasts.of_learner(learner) if learner else (),
    )


def _forecast(learner: str, exam: Specification, found: Estimate, answers: Sequence[FirstAnswer]) -> Forecast:
    """Return a forecast with what it was made from: right and all first answers a topic, and the day."""
    counts: dict[str, list[int]] = {}
    for answer in answers:
        right_and_all = counts.setdefault(answer.topic, [0, 0])
        right_and_all[0] += answer.right
        right_and_all[1] += 1
    inputs = {"day": current.now().date().isoformat(), "needed": exam.needed, "topics": counts}
    return Forecast(learner, exam.slug, current.now(), found.chance, found.low, found.high, inputs)


def pair(exam: Specification, attempt_id: str, factor: Fraction | None) -> None:
    """Make a forecast for the mock that begins now, and pair the two; only at the times of the real exam."""
    learner = current.learner_id()
    if learner is None or factor is None or factor not in {Fraction(1), 1 + exam.extra_time}:
        return
    if standing(exam).told is not None:
        forecasts.pair(learner, exam.slug, attempt_id)


def facts(exam: Specification) -> list[FirstAnswer]:
    """Return the first answers of the person who asks to questions of the exam's kind, with their topics."""
    catalogue = current.catalogue()
    topics = exam.topic_names
    found = []
    for answered in current.my_history().looked_at([PRACTICE, EXAM]).values():
        question, first = catalogue.questions.get(answered.question_id), answered.first
        if question is not None and first and question.outcome in topics and catalogue.fits_exams(question):
            found.append(FirstAnswer(topics[question.outcome], first.mark == 1, first.at))
    return sorted(found, key=lambda answer: answer.at)


def _topics(
    exam: Specification, questions: Mapping[str, int], answers: Sequence[FirstAnswer]
) -> tuple[TopicStanding, ...]:
    return tuple(
        TopicStanding(
            topic.name,
            questions[topic.name],
            sum(answer.topic == topic.name for answer in answers),
            sum(answer.topic == topic.name and answer.right for answer in answers),
            current.catalogue().lessons_of(topic.outcomes),
        )
        for topic in exam.topics
    )


def _days(last: datetime | None, now: datetime) -> int:
    return (now - last).days if last else 0
