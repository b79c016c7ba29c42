"""Mock exams: which there are, the page one starts from, and what is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from secrets import token_hex

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from wtforms import HiddenField, StringField, validators

from course.core import specification
from course.core.attempts import EXAM, Attempt
from course.core.marks import plain
from course.core.sitting import is_over, left
from course.core.specification import NO_LIMIT, Cell, Specification, cells, minutes_shown
from course.store import attempts, learners
from course.web import asking, current, readiness
from course.web.security import PageForm

pages = Blueprint("exams", __name__)
PREFIX = "exam:"  # of the slug of an attempt; no file name has this sign
STANDARD = "1"


@dataclass(frozen=True)
class TimeChoice:
    """How long an exam may take: the form's value, and the words for it."""

    value: str
    words: str
    hint: str = ""

    @property
    def in_words(self) -> str:
        """All of it in one line."""
        return f"{self.words}, {self.hint}" if self.hint else self.words


class StartForm(PageForm):
    """Start an exam. The number makes a start that is sent twice one attempt."""

    start = HiddenField()
    time = StringField(default=STANDARD)

    def factor(self) -> Fraction | None:
        """Return the chosen multiple of the exam's minutes; None for no limit."""
        return None if self.time.data == NO_LIMIT else Fraction(self.time.data or STANDARD)


@dataclass(frozen=True)
class Offer:
    """An exam as it stands for the person who asks."""

    exam: Specification
    short: tuple[Cell, ...]  # where the pool has too few questions: then it cannot start
    sittings: tuple[Attempt, ...]  # oldest first
    going: Attempt | None  # one that can go on
    left: timedelta | None  # of that one; None without a limit

    @property
    def ready(self) -> bool:
        """Whether it can start."""
        return not self.short


@pages.get("/exam")
def index() -> str:
    """Anybody. The mock exams, with what can go on."""
    return render_template("exam/index.html", offers=[_offer(exam) for exam in current.catalogue().exams.values()])


@pages.get("/exam/<slug>")
def show(slug: str) -> str:
    """Anybody. The rules, the choice of time, and Start; or the way back into an exam that is running."""
    offer = _offer(_exam(slug))
    return _page(offer, StartForm(start=asking.new_start(PREFIX + slug), time=usual_time(offer.exam)))


@pages.post("/exam/<slug>/start")
def start(slug: str) -> Response | str | tuple[str, int]:
    """Anybody; makes a guest of a newcomer. Draws the questions and starts the clock."""
    offer = _offer(_exam(slug))
    if offer.going is not None:
        return _to_question(offer.going.id)
    form = StartForm(request.form)
    form.time.validators = [validators.AnyOf([choice.value for choice in choices(offer.exam)])]
    if not form.validate():
        return _page(offer, StartForm(start=asking.new_start(PREFIX + slug)), "Choose one of the times."), 422
    number = asking.start_number(PREFIX + slug, form.start.data or "") or token_hex(12)
    attempt = _drawn(offer.exam, number, form.factor())
    if attempt is None:
        return _page(offer, form), 409
    attempt_id = attempts.start(attempt, number, asking.new_items(attempt))
    if attempt_id == attempt.id:
        readiness.pair(offer.exam, attempt_id, form.factor())
        _remember(attempt.learner_id, form.time.data)
    return _to_question(attempt_id)


def _drawn(exam: Specification, number: str, factor: Fraction | None) -> Attempt | None:
    """Draw a sitting for the person who asks, or None where the pool is too small."""
    seed, pool = asking.seed_of(number), current.catalogue().exam_pool()
    ids = specification.draw(exam, pool, attempts.asked(current.learner_id() or ""), seed)
    if ids is None:
        return None
    agreed = specification.agreed(exam, pool, ids, factor)
    items = [asking.new_item(question_id) for question_id in ids]
    learner = current.learner_id_to_save()
    return asking.attempt_at(PREFIX + exam.slug, items, EXAM, learner, seed, current.now()).on_terms(
        agreed.data(), agreed.limit, timedelta(seconds=current.config().grace_seconds)
    )


def choices(exam: Specification) -> tuple[TimeChoice, ...]:
    """Return the times a learner may choose from, the exam's own first and no limit last."""
    return (*(_choice(exam, factor) for factor in exam.factors), TimeChoice(NO_LIMIT, "No time limit"))


def _choice(exam: Specification, factor: Fraction) -> TimeChoice:
    words = f"{minutes_shown(exam.minutes, factor)} minutes"
    if factor == 1:
        return TimeChoice(plain(factor), words, "like the real exam")
    if factor == 1 + exam.extra_time:
        return TimeChoice(plain(factor), words, f"{plain(exam.extra_time * 100)}% more, as the real exam may grant")
    return TimeChoice(plain(factor), words, "double" if factor == 2 else f"{plain((factor - 1) * 100)}% more")


def _exam(slug: str) -> Specification:
    return current.catalogue().exams.get(slug) or abort(404)


def _offer(exam: Specification) -> Offer:
    learner, now = current.learner_id(), current.now()
    sittings = attempts.of_learner_at(learner, PREFIX + exam.slug) if learner else ()
    going = next((attempt for attempt in reversed(sittings) if not is_over(attempt, now)), None)
    short = tuple(cell for cell in cells(exam, current.catalogue().exam_pool()) if cell.missing)
    return Offer(exam, short, sittings, going, left(going, now) if going else None)


def usual_time(exam: Specification) -> str:
    """Return the time this person set or chose last, in whichever exam; the standard one for a newcomer."""
    learner = current.learner_id()
    value = learners.settings(learner).exam_time if learner else None
    if value is None:
        last = attempts.last_terms(learner, EXAM) if learner else None
        factor = last["factor"] if last else STANDARD
        value = NO_LIMIT if factor == NO_LIMIT else plain(Fraction(factor))
    return value if value in {choice.value for choice in choices(exam)} else STANDARD


def _remember(learner_id: str, value: str | None) -> None:
    """Let the next exam begin with the same time."""
    kept = learners.settings(learner_id)
    if value is not None and value != kept.exam_time:
        learners.set_settings(learner_id, replace(kept, exam_time=value), current.now())


def _page(offer: Offer, form: StartForm, error: str = "") -> str:
    return render_template("exam/start.html", offer=offer, form=form, choices=choices(offer.exam), error=error)


def _to_question(attempt_id: str) -> Response:
    return redirect(url_for("attempts.question", attempt_id=attempt_id, number=1), 303)  # type: ignore[return-value]
