"""How fast a mock exam is: saves beside a bare commit, saves of 32 learners at once, and whole attempts.

    .venv/bin/python bench/exam.py [--quick]

An exam of 40 questions is made for the run. `flask course serve` and bench/bare.py run at once under the same server;
in each round both get saves for the same time, one after the other: the bare one verifies the cookie, reads one row
and commits one. Then 32 learners save in parallel, and whole attempts (start, 40 saves, a flag, submit, result) are
sat by one learner after the other and by eight at once.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, rounds, running
from bench.pages import start_bare
from bench.running import Place
from bench.visitor import BROWSER, SCRIPT, Visitor, connect, hidden_fields
from course.core.limits import ACTS
from tests.exams import write_course

QUESTIONS = 40
LEARNERS, TOGETHER = 32, 8
SAVE_AIM, P99_AIM, WORST_AIM, ATTEMPT_AIM = 0.6, 6.0, 1.0, 0.25  # ratio, times p50, seconds, seconds
CHOICE = re.compile(r'name="choice"\s+value="([^"]+)"')
FORM = {**BROWSER, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
EXAM = """\
---
title: The long mock
minutes: 90
pass: 28
---

| Outcomes | Topic | Bloom 2 | Bloom 3 |
|---|---|---|---|
| 1a | Hulls | 8 | 24 |
| 2b | Oars | 8 | |
"""


@dataclass
class Sitting:
    """An exam that was begun: whose it is, its token, and the values of each question's options."""

    visitor: Visitor
    address: str
    token: str
    values: list[list[str]]

    def save(self, number: int, look: int) -> str:
        """Return the body of a save."""
        value = self.values[number - 1][look % 4]
        fields = {"csrf_token": self.token, "position": number, "look": look, "choice": value, "seconds": look}
        return urlencode(fields)

    def saves(self, times: int, path: str = "") -> list[bytes]:
        """Return saves of every question, so many times."""
        headers = self.visitor.headers(SCRIPT)
        return [
            load.request("POST", path or f"{self.address}/save", headers, self.save(number, look))
            for look in range(1, times + 1)
            for number in range(1, QUESTIONS + 1)
        ]


def begin(port: int) -> Sitting:
    """Start the exam as a newcomer."""
    someone = Visitor(port)
    fields = hidden_fields(someone.get("/exam/ship"), "/exam/ship/start")
    page = someone.post("/exam/ship/start", [*fields.items(), ("time", "1")])
    address = page.headers["location"].rpartition("/q/")[0]
    text = someone.get(f"{address}/q/1").body.decode()
    return Sitting(someone, address, hidden_fields_of(text), options(text))


def hidden_fields_of(text: str) -> str:
    """Return the token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    if found is None:
        raise ValueError("the page has no token")
    return found[1]


def options(text: str) -> list[list[str]]:
    """Return the options' values of each question of a page, in the order of their numbers."""
    first, *others = text.split("<template data-question=")
    by_number = {1: CHOICE.findall(first)}
    for other in others:
        number = re.match(r'"(\d+)"', other)
        if number is not None:
            by_number[int(number[1])] = CHOICE.findall(other)
    return [by_number[number] for number in sorted(by_number)]


# ---- whole attempts ----


def attempt(port: int) -> float:
    """Sit a whole exam over one connection; return the seconds it took."""
    connection = connect(port)
    cookie: dict[str, str] = {}

    def ask(method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> tuple[str, str]:
        connection.request(method, path, body, {**(headers or (FORM if body else BROWSER)), **cookie})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status not in {200, 303}:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}")
        given = answer.getheader("Set-Cookie")
        if given:
            cookie["Cookie"] = given.partition(";")[0]
        return text, answer.getheader("Location") or ""

    begun = time.perf_counter()
    page, _ = ask("GET", "/exam/ship")
    start = re.search(r'name="start"[^>]* value="([^"]+)"', page)
    token = {"csrf_token": hidden_fields_of(page)}
    _, where = ask("POST", "/exam/ship/start", urlencode({**token, "start": start[1] if start else "", "time": "1"}))
    address = where.rpartition("/q/")[0]
    page, _ = ask("GET", where)
    values = options(page)
    token = {"csrf_token": hidden_fields_of(page)}
    script = {**FORM, "Accept": "application/json"}
    for number, choices in enumerate(values, 1):
        fields = {**token, "position": number, "look": 1, "choice": choices[number % 4], "seconds": 20}
        ask("POST", f"{address}/save", urlencode(fields), script)
    ask("POST", f"{address}/save", urlencode({**token, "position": 7, "look": 1, "flag": "on"}), script)
    ask("GET", f"{address}/submit")
    _, where = ask("POST", f"{address}/submit", urlencode(token))
    text, _ = ask("GET", where)
    took = time.perf_counter() - begun
    connection.close()
    if f"of {QUESTIONS}</h1>" not in text:
        raise RuntimeError("the result does not say the score")
    return took


def attempts_together(port: int, learners: int, each: int) -> float:
    """Let learners sit exams in parallel; return whole attempts in a second."""
    threads = [threading.Thread(target=lambda: [attempt(port) for _ in range(each)]) for _ in range(learners)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return learners * each / (time.perf_counter() - begun)


# ---- the measurement ----


@dataclass
class Results:
    """What the rounds gave."""

    ours: list[load.Result] = field(default_factory=list)
    bare: list[load.Result] = field(default_factory=list)
    crowd: list[load.Result] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)


def percentile(result: load.Result, share: float) -> float:
    """Return within how many seconds this share was answered."""
    return result.waits[min(len(result.waits) - 1, int(share * len(result.waits)))]


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=7, seconds=1.5)
    print(rounds.machine())
    with (
        tempfile.TemporaryDirectory(prefix="bench-exam-") as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
        ExitStack() as stack,
    ):
        course = write_course(Path(folder) / "exam", numbers=range(60))
        (course / "quizzes/ship.exam.md").write_text(EXAM)
        os.environ["COURSE_DIR"] = str(course)
        place = Place.new(Path(folder) / "place")
        port = running.free_port()
        log = place.folder / "course.log"
        ours = stack.enter_context(
            running.served(running.course_command(port), port, running.ROOT, place.environment(), log)
        )
        bare = start_bare(place, stack, {})
        results = Results()
        for number in range(-1, given.rounds):
            _one(number, ours.port, bare.port, given.seconds, pool, results)
            if number < 0:
                results = Results()  # the first was to warm up
    _report(results, given.quick)


def _one(number: int, port: int, bare: int, seconds: float, pool: ProcessPoolExecutor, results: Results) -> None:
    """Measure everything once."""
    sittings = [begin(port) for _ in range(LEARNERS)]
    for sitting in sittings:
        Visitor(bare, sitting.visitor.cookies).post("/learner", [])
    most = ACTS.most // QUESTIONS // 2  # of which the learners of `few` send twice as many
    times = min(1 + int(3000 * seconds / QUESTIONS / LEARNERS), most)
    few = sittings[:16]
    chains = [sitting.saves(2 * times) for sitting in few]
    at_bare = [sitting.saves(2 * times, "/commit") for sitting in few]
    for kept, where, work in rounds.in_turn([(results.ours, port, chains), (results.bare, bare, at_bare)], number):
        kept.append(_checked(pool.submit(load.run, where, work, len(few), seconds, False).result(90)))
    crowd = [begin(port).saves(times) for _ in range(LEARNERS)]
    results.crowd.append(_checked(pool.submit(load.run, port, crowd, LEARNERS, seconds, False).result(90)))
    results.alone += [pool.submit(attempt, port).result(60) for _ in range(3)]
    results.together.append(pool.submit(attempts_together, port, TOGETHER, 2).result(120))


def _checked(result: load.Result) -> load.Result:
    load.check(result, "saves")
    return result


def _report(results: Results, quick: bool) -> None:
    ratio = rounds.ratio([r.rate for r in results.ours], [r.rate for r in results.bare])
    p50 = median(percentile(result, 0.5) for result in results.crowd)
    p99 = median(percentile(result, 0.99) for result in results.crowd)
    worst = max(result.waits[-1] for result in results.crowd)
    alone, together = median(results.alone), median(results.together)
    tail = median(percentile(r, 0.99) / percentile(r, 0.5) for r in results.crowd)
    rounds.table(
        ["what", "course", "bare", "ratio", "aim"],
        [
            (
                "saves a second, 16 learners",
                median(r.rate for r in results.ours),
                median(r.rate for r in results.bare),
                ratio,
                rounds.aim(ratio, SAVE_AIM),
            ),
            ("a save of 32 learners, p50 in ms", p50 * 1000, "", "", ""),
            ("a save of 32 learners, p99 in ms", p99 * 1000, "", tail, _most(tail, P99_AIM, "times p50")),
            ("the slowest of all saves, in ms", worst * 1000, "", "", _most(worst, WORST_AIM, "s")),
            ("a whole attempt of one learner, in ms", alone * 1000, "", "", _most(alone, ATTEMPT_AIM, "s")),
            (f"whole attempts a second, {TOGETHER} learners", together, "", "", ""),
        ],
    )
    values: dict[str, object] = {
        "save_ratio": ratio,
        "save_p50_ms": p50 * 1000,
        "save_p99_ms": p99 * 1000,
        "p99_to_p50": tail,
        "slowest_ms": worst * 1000,
        "attempt_seconds": alone,
        "attempts_per_second": together,
    }
    rounds.closing_line("exam", quick, values)


def _most(value: float, most: float, unit: str) -> str:
    return f"≤ {most:g} {unit} {'met' if value <= most else 'MISSED'}"


if __name__ == "__main__":
    main()
