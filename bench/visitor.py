"""A person who uses the course: pages, cookies and forms over plain HTTP."""

from __future__ import annotations

import http.client
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from statistics import median_low
from urllib.parse import urlencode

from course.config import ROOT
from course.core.attempts import Response as Answer
from course.core.quiz import Question, Quiz, Use
from course.library.catalogue import Catalogue, Lesson, Library
from course.questions.registry import kinds

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7",
}
SCRIPT = {**BROWSER, "Accept": "application/json", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}

ADDRESSES = cycle(f"127.0.0.{n}" for n in range(1, 255))  # all of them this machine's own


def connect(port: int) -> http.client.HTTPConnection:
    """Connect to a server from one address after the other: from each it makes only so many guests an hour."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(next(ADDRESSES), 0))


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Hidden(HTMLParser):
    """Collects the hidden fields of the form that has a certain action."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.inside = False
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif tag == "input" and self.inside and given.get("type") == "hidden":
            self.fields[given.get("name") or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def hidden_fields(page: Page, action: str) -> dict[str, str]:
    """Return the hidden fields of one form of a page."""
    parser = _Hidden(action)
    parser.feed(page.body.decode())
    if "csrf_token" not in parser.fields:
        raise ValueError(f"the page has no form with the action {action}")
    return parser.fields


@dataclass
class Visitor:
    """Somebody with a browser and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def headers(self, base: dict[str, str] | None = None) -> dict[str, str]:
        """Return what every request of theirs carries."""
        known = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return {**(base or BROWSER), **(known if self.cookies else {})}

    def get(self, path: str, more: dict[str, str] | None = None) -> Page:
        """Fetch a page; anything but 200 ends the benchmark."""
        page = self._ask("GET", path, {**self.headers(), **(more or {})})
        if page.status != 200:
            raise RuntimeError(f"GET {path} was answered with {page.status}")
        return page

    def post(self, path: str, fields: Sequence[tuple[str, str]], base: dict[str, str] | None = None) -> Page:
        """Send a form; a refusal ends the benchmark."""
        headers = {**self.headers(base or {**BROWSER, "Sec-Fetch-Site": "same-origin"})}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        page = self._ask("POST", path, headers, urlencode(fields))
        if page.status not in {200, 303}:
            raise RuntimeError(f"POST {path} was answered with {page.status}:\n{page.body.decode()[:500]}")
        return page

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Page:
        connection = connect(self.port)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)


# ---- what there is to do in a course ----


def folder() -> Path:
    """Return the course folder that the servers will serve."""
    return Path(os.environ.get("COURSE_DIR") or ROOT).resolve()


@dataclass(frozen=True)
class Course:
    """What the benchmark visits: a lesson of middling length, the longest quiz, the largest exercise."""

    catalogue: Catalogue

    @classmethod
    def here(cls) -> Course:
        """Read the course that the server will serve."""
        return cls(Library(folder(), kinds()).catalogue)

    @property
    def lesson(self) -> Lesson:
        """A lesson of middling length."""
        lessons = self.catalogue.lessons
        middling = median_low(len(lesson.html) for lesson in lessons)
        return next(lesson for lesson in lessons if len(lesson.html) == middling)

    @property
    def quiz(self) -> Quiz:
        """The quiz with the most questions."""
        return max(self.catalogue.used_as(Use.QUIZ), key=lambda quiz: len(quiz.questions))

    @property
    def exercise(self) -> Quiz:
        """The exercise with the most cards."""
        return max(self.catalogue.used_as(Use.EXERCISE), key=lambda quiz: len(self.right_answer(quiz.questions[0])))

    def right_answer(self, question: Question) -> Answer:
        """Return the fields of a form that answer a question rightly."""
        return self.catalogue.kinds[question.kind].full(question)


def with_progress(port: int, course: Course) -> Visitor:
    """Return a learner who has read half of the lessons, done two quizzes, and tried four exercises."""
    someone = Visitor(port)
    lessons = course.catalogue.lessons
    for lesson in lessons[: (len(lessons) + 1) // 2]:
        address = f"{lesson.address}/read"
        someone.post(address, list(hidden_fields(someone.get(lesson.address), address).items()))
    for quiz in (course.quiz, course.quiz):
        attempt = start(someone, quiz)
        for number in range(1, len(quiz.questions) + 1):
            answer(someone, course, quiz, attempt, number)
    for exercise in course.catalogue.used_as(Use.EXERCISE)[:4]:
        check(someone, course, exercise)
    return someone


def start(someone: Visitor, quiz: Quiz) -> str:
    """Start a quiz; return the address of the attempt."""
    address = f"/quizzes/{quiz.slug}/start"
    fields = hidden_fields(someone.get(f"/quizzes/{quiz.slug}"), address)
    first = someone.post(address, list(fields.items())).headers["location"]
    return first.rpartition("/q/")[0]


def answer(someone: Visitor, course: Course, quiz: Quiz, attempt: str, number: int) -> None:
    """Answer a question of an attempt, rightly: the page asks one in an order of its own, and takes only its answer."""
    address = f"{attempt}/q/{number}"
    fields = list(hidden_fields(someone.get(address), address).items())
    someone.post(address, [*fields, *(pair for question in quiz.questions for pair in course.right_answer(question))])


def check(someone: Visitor, course: Course, exercise: Quiz) -> None:
    """Do an exercise with all but its last card, and have it checked."""
    address = f"/exercises/{exercise.slug}/check"
    fields = list(hidden_fields(someone.get(f"/exercises/{exercise.slug}"), address).items())
    someone.post(address, [*fields, *course.right_answer(exercise.questions[0])[:-1], ("anyway", "1")])
