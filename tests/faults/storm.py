"""Learners who save answers of an exam while the server's processes are killed, and what must be true afterwards.

Everything is real: the server as it is run in production with two workers, HTTP connections, the database file, and
SIGKILL. `tests/faults` kills a few times, `bench/faults.py` hundreds of times.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pysqlite3

from tests.exams import write_course

ROOT = Path(__file__).resolve().parent.parent.parent
LEARNERS = 8
QUESTIONS = 6
PATIENCE = 30.0  # seconds
HERE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
SCRIPT = {**HERE, "Accept": "application/json"}
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"|value="([^"]+)"[^>]* name="csrf_token"')
START = re.compile(r'name="start"[^>]* value="([^"]+)"')
CHOICES = re.compile(r'name="choice"\s+value="([^"]+)"')
FAILURES = (OSError, http.client.HTTPException)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The server as an administrator runs it; somebody starts it again when it has been killed."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def __post_init__(self) -> None:
        write_course(self.folder / "course")
        self.log = (self.folder / "server.log").open("ab")

    @property
    def database(self) -> Path:
        return self.folder / "instance" / "course.db"

    def start(self) -> None:
        """Start and wait until it answers."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COURSE_")},
            "COURSE_DIR": str(self.folder / "course"),
            "COURSE_INSTANCE": str(self.folder / "instance"),
        }
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "course", "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--workers", "2"],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.starts += 1
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the server did not start again:\n{self.last_words()}")
            if self.answers():
                return
            time.sleep(0.02)
        raise AssertionError(f"the server does not answer:\n{self.last_words()}")

    def answers(self, within: float = 5) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().read() == b"ok\n"
        except FAILURES:
            return False
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """The process numbers of the children."""
        assert self.process is not None
        found: list[int] = []
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
        return found

    def kill_worker(self, chance: random.Random) -> bool:
        """Kill one worker; return whether there was one."""
        workers = self.workers()
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
        return True

    def kill_master(self) -> None:
        """Kill the parent of all, and start anew as a supervisor would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.start()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE)
        self.log.close()

    def last_words(self) -> str:
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-20:])


Change = tuple[str, int, int, str]  # attempt, question's number, number of the change, value


@dataclass
class Learner:
    """Somebody who answers, changes answers, hands in, and begins the next exam; sends again what got no answer."""

    port: int
    chance: random.Random
    acknowledged: list[Change] = field(default_factory=list)
    handed_in: list[str] = field(default_factory=list)
    attempts: dict[str, str] = field(default_factory=dict)  # → the cookie of whose it is
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    cookie: str = ""

    def live(self, over: threading.Event) -> None:
        """Sit one exam after the other until it is over; a surprise is noted for the test."""
        try:
            while not over.is_set():
                self.sit(over)
        except Exception as error:  # whatever it is, the test wants to see it
            self.wrong.append(repr(error))

    def sit(self, over: threading.Event) -> None:
        page = self.ask("GET", "/exam/ship")
        token, start = self.token(page), START.search(page)
        assert start is not None
        body = urlencode({"csrf_token": token, "start": start[1], "time": "1"})
        status, where = self.send("POST", "/exam/ship/start", body, HERE)
        if status == 429:
            self.cookie = ""  # began more within an hour than one may: goes on as somebody new
            return
        assert status == 303, (status, where[:300])
        attempt = where.split("/")[2]
        self.attempts[attempt] = self.cookie
        pages = {n: self.ask("GET", f"/attempts/{attempt}/q/{n}") for n in range(1, QUESTIONS + 1)}
        values = {n: CHOICES.findall(page.partition("<template")[0]) for n, page in pages.items()}
        token = self.token(pages[1])
        looks = Counter[int]()
        for _ in range(self.chance.randint(QUESTIONS, 5 * QUESTIONS)):
            if over.is_set():
                return
            number = self.chance.randint(1, QUESTIONS)
            looks[number] += 1
            self.save(attempt, token, number, looks[number], self.chance.choice(values[number]))
        for _ in range(2):
            body = urlencode({"csrf_token": token, "sure": "1"})
            assert self.location(f"/attempts/{attempt}/submit", body).endswith("/result")
        self.handed_in.append(attempt)

    def save(self, attempt: str, token: str, number: int, look: int, value: str) -> None:
        fields = {"csrf_token": token, "position": number, "look": look, "choice": value, "seconds": 1}
        status, body = self.send("POST", f"/attempts/{attempt}/save", urlencode(fields), SCRIPT)
        if status != 200 or json.loads(body)["saved"] is not True:
            raise AssertionError(f"save {number}/{look} got {status}: {body[:200]}")
        self.acknowledged.append((attempt, number, look, value))

    def ask(self, method: str, path: str) -> str:
        status, body = self.send(method, path, None, {})
        assert status == 200, (path, status)
        return body

    def location(self, path: str, body: str) -> str:
        status, where = self.send("POST", path, body, HERE)
        assert status == 303, (path, status, where[:300])
        return where

    def send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        """Send until there is an answer, as a page does; what is sent again is the very same."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                known = {"Cookie": self.cookie} if self.cookie else {}
                connection.request(method, path, body, {**headers, **known})
                answer = connection.getresponse()
                content = answer.read().decode()
            except FAILURES:
                self.repeated += 1
                time.sleep(0.05)
                continue
            finally:
                connection.close()
            given = answer.getheader("Set-Cookie")
            if given and given.startswith("course="):
                self.cookie = given.partition(";")[0]
            if answer.status >= 500:
                raise AssertionError(f"{method} {path} got {answer.status}")
            return answer.status, answer.getheader("Location") or content
        raise AssertionError(f"{method} {path} got no answer for {PATIENCE:g} seconds")

    @staticmethod
    def token(page: str) -> str:
        found = TOKEN.search(page)
        assert found is not None
        return found[1] or found[2]


@dataclass(frozen=True)
class Outcome:
    """What a storm left behind."""

    kills: int
    of_master: int
    acknowledged: int
    repeated: int
    attempts: int
    handed_in: int
    lost: list[Change]
    twice: list[tuple[str, str, int]]
    unfinished: list[str]
    wrong: list[str]

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, kept twice, left unfinished or answered wrongly."""
        return not (self.lost or self.twice or self.unfinished or self.wrong)


def rage(folder: Path, kills: int, seed: int, between: tuple[float, float] = (0.1, 1.5)) -> Outcome:
    """Let learners save while processes are killed `kills` times; then look at everything."""
    chance = random.Random(seed)
    server = Server(folder)
    server.start()
    learners = [Learner(server.port, random.Random(seed * 1000 + n)) for n in range(LEARNERS)]
    over = threading.Event()
    threads = [threading.Thread(target=learner.live, args=(over,)) for learner in learners]
    try:
        for thread in threads:
            thread.start()
        of_master = _kill(server, kills, chance, between, lambda: sum(len(each.acknowledged) for each in learners))
        time.sleep(0.5)
        over.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
        unfinished = [attempt for learner in learners for attempt in _finish(learner)]
        lost, twice = _compare(server.database, learners)
    finally:
        over.set()
        server.stop()
    return Outcome(
        kills=kills,
        of_master=of_master,
        acknowledged=sum(len(learner.acknowledged) for learner in learners),
        repeated=sum(learner.repeated for learner in learners),
        attempts=sum(len(learner.attempts) for learner in learners),
        handed_in=sum(len(learner.handed_in) for learner in learners),
        lost=lost,
        twice=twice,
        unfinished=unfinished,
        wrong=[wrong for learner in learners for wrong in learner.wrong],
    )


def _kill(
    server: Server, kills: int, chance: random.Random, between: tuple[float, float], saves: Callable[[], int]
) -> int:
    """Kill so often, every fifth time the parent of all; return how often it was that one.

    Between two kills the learners get something saved, however slow the machine.
    """
    done = of_master = 0
    while done < kills:
        aim, end = saves() + 2 * LEARNERS, time.monotonic() + PATIENCE
        while saves() < aim and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(chance.uniform(*between))
        if done % 5 == 4:
            server.kill_master()
            of_master += 1
            done += 1
        else:
            done += server.kill_worker(chance)
            if server.process is None or server.process.poll() is not None:
                raise AssertionError(f"the server ended by itself:\n{server.last_words()}")
    return of_master


def _finish(learner: Learner) -> list[str]:
    """Hand every attempt in and look at its result; return those that cannot be."""
    failed = []
    for attempt, cookie in learner.attempts.items():
        learner.cookie = cookie
        try:
            if attempt not in learner.handed_in:
                token = learner.token(learner.ask("GET", f"/attempts/{attempt}/q/1"))
                body = urlencode({"csrf_token": token, "sure": "1"})
                assert learner.location(f"/attempts/{attempt}/submit", body).endswith("/result")
            assert f"of {QUESTIONS}" in learner.ask("GET", f"/attempts/{attempt}/result")
        except AssertionError as error:
            failed.append(f"{attempt}: {error}")
    return failed


def _compare(database: Path, learners: list[Learner]) -> tuple[list[Change], list[tuple[str, str, int]]]:
    """Hold what was acknowledged against the database file: what is missing, and what is there twice."""
    with pysqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT e.attempt_id, i.position, e.look, e.response, e.question_id FROM event e "
            "JOIN attempt_item i ON i.attempt_id = e.attempt_id AND i.question_id = e.question_id "
            "WHERE e.act = 'save'"
        ).fetchall()
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    assert sound == "ok", sound
    kept = {(row[0], row[1], row[2], json.loads(row[3])[0][1]) for row in rows}
    numbers = Counter((row[0], row[4], row[2]) for row in rows)
    twice = [each for each, count in numbers.items() if count > 1]
    return [change for learner in learners for change in learner.acknowledged if change not in kept], twice
