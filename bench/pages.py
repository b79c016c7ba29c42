"""How fast pages and saves are, beside a bare Flask application that does the least for the same.

    .venv/bin/python bench/pages.py [--quick]

Two servers of the same kind run at once: `flask course serve`, and bench/bare.py. In each round both
get the same load for the same time, one after the other: for a page, the bare one gives the same
bytes from memory; for a save, it verifies the cookie, reads one row and commits one. The ratio of
requests per second is what counts; the figures themselves belong to the machine.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, rounds, running, visitor, weights
from bench.client import CONNECTIONS, Client, Load, Saver, savers
from bench.running import Place, Server
from bench.visitor import BROWSER, Course, Page, Visitor

COMPRESSED = {"Accept-Encoding": "gzip, br, zstd"}


@dataclass
class Case:
    """Something to measure, at the course and at the bare application."""

    name: str
    bare_name: str
    least: float  # the aim
    course: Load
    bare: Load
    results: dict[str, list[load.Result]] = field(default_factory=lambda: {"course": [], "bare": []})
    computed: dict[str, list[float]] = field(default_factory=lambda: {"course": [], "bare": []})

    def rates(self, side: str) -> list[float]:
        """Return requests per second of each round."""
        return [result.rate for result in self.results[side]]

    @property
    def ratio(self) -> float:
        """How fast the course is, the bare application being 1."""
        return rounds.ratio(self.rates("course"), self.rates("bare"))

    @property
    def cpu_ratio(self) -> float | None:
        """The same by processor time of a request: other users of the machine hardly change it."""
        return rounds.ratio(self.computed["bare"], self.computed["course"]) if self.computed["bare"] else None

    def milliseconds(self, side: str) -> float | None:
        """Return the server's processor time of one request."""
        return median(self.computed[side]) * 1000 if self.computed[side] else None

    def measure(self, side: str, server: Server, seconds: float) -> None:
        """Put the load on one of the two."""
        before = server.computed()
        result = (self.course if side == "course" else self.bare)(server.port, seconds)
        after = server.computed()
        load.check(result, f"{self.name}, {side}")
        self.results[side].append(result)
        if before is not None and after is not None:
            self.computed[side].append((after - before) / result.answered)


class Saving:
    """Saves of many learners. Each is sent once to the course; the bare application gets the very same ones."""

    def __init__(self, client: Client, course: Course, ports: dict[str, int]) -> None:
        self.client = client
        self.course = course
        self.ports = ports
        self.rate = 400.0  # saves per second to prepare for, until one was measured
        self.learners: list[Saver] = []

    def prepare(self, seconds: float) -> None:
        """Start as many attempts as a measurement of the course can use up."""
        self.learners = savers(self.ports["course"], self.course, self.rate * seconds)
        for learner in self.learners:
            Visitor(self.ports["bare"], learner.visitor.cookies).post("/learner", [])

    def at_course(self, port: int, seconds: float) -> load.Result:
        """Save at the course: each sequence number of each attempt once."""
        result = self.client.chains(port, [learner.saves() for learner in self.learners], seconds, repeat=False)
        self.rate = max(self.rate, result.rate)
        return result

    def at_bare(self, port: int, seconds: float) -> load.Result:
        """Commit at the bare application, with the same requests."""
        return self.client.chains(port, [learner.saves("/commit") for learner in self.learners], seconds)


def start_course(place: Place, stack: ExitStack) -> Server:
    """Serve the course as a person would."""
    port = running.free_port()
    command, log = running.course_command(port), place.folder / "course.log"
    return stack.enter_context(running.served(command, port, running.ROOT, place.environment(), log))


def start_bare(place: Place, stack: ExitStack, pages: dict[str, bytes]) -> Server:
    """Serve the bare application, which gives these pages back."""
    for name, page in pages.items():
        (place.folder / "bare/pages" / name).write_bytes(page)
    port = running.free_port()
    command, log = running.granian_command(port), place.folder / "bare.log"
    return stack.enter_context(running.served(command, port, place.folder / "bare", place.environment(), log))


@dataclass
class Paths:
    """Where the learner and the guest of the benchmark are."""

    learner: Visitor
    lesson: str
    quiz: str
    exercise: str
    guest: Visitor

    def pages(self) -> dict[str, bytes]:
        """Return the pages that are measured, as they are now."""
        return {
            "lesson": self.learner.get(self.lesson).body,
            "quiz": self.learner.get(self.quiz).body,
            "guest": self.guest.get(self.lesson).body,
        }


def settle(server: Server, course: Course) -> Paths:
    """Make a learner with progress and an open attempt, a third of it answered, that goes on with a choice."""
    learner = visitor.with_progress(server.port, course)
    attempt = visitor.start(learner, course.quiz)
    total = len(course.quiz.questions)
    number = 1
    while number <= total // 3 or (number < total and not _is_choice(learner.get(f"{attempt}/q/{number}"))):
        visitor.answer(learner, course, course.quiz, attempt, number)
        number += 1
    exercise = f"/exercises/{course.exercise.slug}"
    return Paths(learner, course.lesson.address, f"{attempt}/q/{number}", exercise, Visitor(server.port))


def _is_choice(page: Page) -> bool:
    """Whether a page asks to choose one option, as most questions do: the order is chance, the measurement is not."""
    return b'name="choice"' in page.body and b'type="radio"' in page.body


def cases(client: Client, paths: Paths, saving: Saving) -> list[Case]:
    """Return what is measured."""
    learner, guest = paths.learner.headers(), dict(BROWSER)
    same = "same bytes"
    return [
        Case("lesson, learner", same, 0.3, client.page(paths.lesson, learner), client.page("/page/lesson", learner)),
        Case("lesson, guest", same, 0.5, client.page(paths.lesson, guest), client.page("/page/guest", guest)),
        Case("quiz question, learner", same, 0.2, client.page(paths.quiz, learner), client.page("/page/quiz", learner)),
        Case("saving an answer", "bare commit", 0.6, saving.at_course, saving.at_bare),
    ]


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=7, seconds=1.2)
    print(rounds.machine())
    course = Course.here()
    with (
        tempfile.TemporaryDirectory(prefix="bench-pages-") as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
        ExitStack() as stack,
    ):
        place, client = Place.new(Path(folder)), Client(pool)
        ours = start_course(place, stack)
        paths = settle(ours, course)
        servers = {"course": ours, "bare": start_bare(place, stack, paths.pages())}
        print(f"{running.WORKERS} workers each, {CONNECTIONS} connections, load from {client.name}")
        print(f"lesson {paths.lesson}, quiz {course.quiz.slug}, exercise {course.exercise.slug}\n")
        saving = Saving(client, course, {side: server.port for side, server in servers.items()})
        measured = cases(client, paths, saving)
        _warm_up(measured, saving, servers)
        for number in range(given.rounds):
            for case in measured:
                _one(case, saving, servers, given.seconds, number)
        compressed = _compressed(client, paths, ours, given.seconds, min(3, given.rounds))
        pages = {"lesson": (paths.guest, paths.lesson), "exercise": (paths.guest, paths.exercise)}
        weighed = weights.weigh({**pages, "quiz question": (paths.learner, paths.quiz)})
    _report(measured, compressed, weighed, given.quick)


def _warm_up(measured: list[Case], saving: Saving, servers: dict[str, Server]) -> None:
    for case in measured:
        _one(case, saving, servers, 0.5, 0)
        for side in servers:
            case.results[side].clear()
            case.computed[side].clear()


def _one(case: Case, saving: Saving, servers: dict[str, Server], seconds: float, number: int) -> None:
    """Measure one case at both servers."""
    if case.course == saving.at_course:
        saving.prepare(seconds)
    for side in rounds.in_turn(servers, number):
        case.measure(side, servers[side], seconds)


def _compressed(client: Client, paths: Paths, server: Server, seconds: float, times: int) -> dict[str, float]:
    """Measure the course's pages as browsers ask for them; return requests per second."""
    pages = {
        "lesson, learner": client.page(paths.lesson, {**paths.learner.headers(), **COMPRESSED}),
        "lesson, guest": client.page(paths.lesson, {**BROWSER, **COMPRESSED}),
        "quiz question, learner": client.page(paths.quiz, {**paths.learner.headers(), **COMPRESSED}),
    }
    return {name: median(page(server.port, seconds).rate for _ in range(times)) for name, page in pages.items()}


def _report(measured: list[Case], compressed: dict[str, float], weighed: list[weights.Weight], quick: bool) -> None:
    header = [
        "",
        "beside",
        "ratio",
        "aim",
        "by CPU",
        "requests/s",
        "bare",
        "spread",
        "CPU ms",
        "bare",
        "p95 ms",
        "compressed/s",
    ]
    rounds.table(
        header,
        [
            [
                case.name,
                case.bare_name,
                case.ratio,
                rounds.aim(case.ratio, case.least),
                case.cpu_ratio,
                median(case.rates("course")),
                median(case.rates("bare")),
                f"{rounds.spread(case.rates('course')):.0%}",
                case.milliseconds("course"),
                case.milliseconds("bare"),
                _p95(case.results["course"]),
                compressed.get(case.name),
            ]
            for case in measured
        ],
    )
    busy = [r.busy for case in measured for results in case.results.values() for r in results if r.busy is not None]
    if busy:
        print(f"The load itself took at most {max(busy):.0%} of a processor, {median(busy):.0%} in the median.")
    print("CPU ms: processor time of the server for one request; by CPU: the ratio of those.")
    print("p95: with all connections waiting at once.\n")
    weights.report(weighed)
    rounds.closing_line(
        "pages",
        quick,
        {
            "ratios": {case.name: case.ratio for case in measured},
            "ratios_by_cpu": {case.name: case.cpu_ratio for case in measured},
            "aims": {case.name: case.least for case in measured},
            "requests_per_second": {case.name: median(case.rates("course")) for case in measured},
            "bare_per_second": {case.name: median(case.rates("bare")) for case in measured},
            "cpu_ms": {case.name: case.milliseconds("course") for case in measured},
            "bare_cpu_ms": {case.name: case.milliseconds("bare") for case in measured},
            "compressed_per_second": compressed,
            "weights": {weight.page: weight.parts for weight in weighed},
        },
    )


def _p95(results: list[load.Result]) -> float | None:
    known = [result.p95 for result in results if result.p95 is not None]
    return median(known) * 1000 if known else None


if __name__ == "__main__":
    main()
