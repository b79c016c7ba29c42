"""The commands, as a person types them; `serve` as a real process with real workers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from course.config import SETTINGS
from course.store import engine, migrations
from tests.conftest import QUIZ, ROOT, MakeApp

PATIENCE = 30.0  # seconds, for a machine with much else to do


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Run `flask course …` within this process; return its exit code and what it printed."""
    result = app.test_cli_runner().invoke(args=["course", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


# ---- check ----


def test_a_course_without_mistakes_is_counted_and_passes(app: Flask) -> None:
    code, output = run(app, "check")
    assert code == 0
    assert output.splitlines() == [
        (
            "2 lessons, 2 exercises with 8 distinct cards, 1 quizzes, 0 mock exams, "
            "8 questions, 2 glossary terms, 0 figures"
        ),
        "questions by kind: multiple 2, single 3, sort 3",
        "questions by topic: 1a 5, 2b 3",
        "questions by Bloom level: 1 3, 2 3, 3 2",
        "questions by style: standard 8",
        "questions by position of the key: 1 2, 2 1",
        "0 errors, 0 warnings",
    ]
    assert run(app, "check", "--strict")[0] == 0


def test_every_mistake_is_named_with_its_place_and_what_to_do(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(
        QUIZ.replace("- [x] Oak", "- [ ] Oak").replace("`sort`", "`srt`")
    )
    (small_course / "content/lessons/oar.md").write_text("---\ntitle: The oar\nmodule: secund\n---\n\nRow.\n")
    code, output = run(make_app(small_course), "check")
    assert code == 1
    assert "quizzes/hull.quiz.md:17:1: error: no option is marked as right — mark the key with [x]\n" in output
    assert ": error: “srt” is not a kind of question — did you mean “sort”?\n" in output
    assert "content/lessons/oar.md:3:1: error: there is no module “secund” — did you mean “second”?\n" in output
    problems = [line for line in output.splitlines() if ": error: " in line]
    assert output.splitlines()[-1].startswith(f"{len(problems)} errors, ")
    assert all(" — " in line for line in problems)


def test_warnings_fail_only_where_they_are_asked_to(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("  > Oak: medlar.\n", ""))
    app = make_app(small_course)
    code, output = run(app, "check")
    assert code == 0
    assert "quizzes/hull.quiz.md:13:1: warning: “Oak planks” has no reason — say why" in output
    assert output.endswith("\n0 errors, 1 warnings\n")
    assert run(app, "check", "--strict")[0] == 1
    assert run(app, "check", "--strict", "--format", "json")[0] == 1
    assert run(app, "check", "--format", "json")[0] == 0


def test_the_check_can_be_read_by_a_program(small_course: Path, make_app: MakeApp) -> None:
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("- [x] Oak", "- [ ] Oak"))
    code, output = run(make_app(small_course), "check", "--format", "json")
    assert code == 1
    found = json.loads(output)
    assert found["problems"][0] == {
        "path": "content/lessons/hull.md",
        "line": 7,
        "column": 1,
        "severity": "error",
        "message": "there is no question “hull-a”",
        "remedy": "add it, or name an existing question",
    }
    assert {problem["path"] for problem in found["problems"]} >= {"quizzes/hull.quiz.md"}
    assert found["counts"]["lessons"] == 2
    assert found["counts"]["by_kind"] == {"single": 1, "sort": 2}


def test_another_format_is_refused(app: Flask) -> None:
    code, output = run(app, "check", "--format", "xml")
    assert code == 2
    assert "xml" in output


def test_checking_needs_no_tables_and_changes_nothing(small_course: Path, make_app: MakeApp, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in small_course.rglob("*") if file.is_file()}
    instance = tmp_path / "fresh"
    instance.mkdir()
    (instance / "course.db").write_bytes(b"")
    assert run(make_app(small_course, instance), "check")[0] == 0
    assert {file: file.read_bytes() for file in small_course.rglob("*") if file.is_file()} == before
    assert (instance / "course.db").read_bytes() == b""


# ---- upgrade, settings ----


def test_upgrading_twice_says_that_there_was_nothing_left_to_do(
    small_course: Path, make_app: MakeApp, tmp_path: Path
) -> None:
    instance = tmp_path / "fresh"
    instance.mkdir()
    (instance / "course.db").write_bytes(b"")
    app = make_app(small_course, instance)
    assert run(app, "upgrade") == (0, "Database brought up to date.\n")
    assert run(app, "upgrade") == (0, "Database is up to date.\n")
    with app.app_context():
        assert migrations.current() == migrations.newest()


def test_a_database_made_by_a_newer_version_is_left_alone(app: Flask) -> None:
    with app.app_context(), engine.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for words in (["upgrade"], ["serve", "--port", str(free_port())]):
        code, output = run(app, *words)
        assert code == 1
        assert output == (
            "Error: the database was made by a newer version of the course (step 9999) — "
            "use that version, or another database\n"
        )


@pytest.mark.parametrize("how", ["no folder", "no database", "a folder"])
def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(
    small_course: Path, make_app: MakeApp, tmp_path: Path, how: str
) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    if how == "a folder":
        (instance / "course.db").mkdir()
    else:
        (instance / "course.db").write_bytes(b"This is a letter, and no database at all. " * 100)
    app = make_app(small_course, instance)
    if how == "no folder":
        shutil.rmtree(instance)
    for words in (["upgrade"], ["serve", "--port", str(free_port())]):
        code, output = run(app, *words)
        assert code == 1
        assert output.startswith("Error: the database cannot be opened: ")
        assert output.endswith(" — look at COURSE_DATABASE_URL, and at whose folder it is\n")
        assert output.count("\n") == 1


def test_every_setting_is_printed_with_its_default_and_meaning(app: Flask) -> None:
    code, output = run(app, "settings")
    assert code == 0
    lines = output.splitlines()
    assert len(lines) == len(SETTINGS)
    for setting, line in zip(SETTINGS, lines, strict=True):
        assert line == f"{setting.name} (default: {setting.default or 'empty'}): {setting.meaning}"


# ---- as real processes ----


def environment(course_dir: Path, instance: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "FLASK_"))}
    return {**kept, "COURSE_DIR": str(course_dir), "COURSE_INSTANCE": str(instance), **more}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", "course", *words]


def finished(*words: str, env: dict[str, str]) -> tuple[int, str, str]:
    """Run `flask course …` as a process to its end."""
    process = subprocess.Popen(
        command(*words),
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the session it was started in: itself and its workers
        raise
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("COURSE_DIR", "/nothing/is/here", "Error: COURSE_DIR is /nothing/is/here, which has no folder content/"),
        ("COURSE_DATABASE_URL", "nonsense", "Error: COURSE_DATABASE_URL is no address of a database"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_command_with_one_sentence(
    small_course: Path, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    code, out, err = finished("check", env=environment(small_course, tmp_path / "i") | {name: value})
    assert code == 1
    assert out == ""
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`flask course serve`, running."""

    process: subprocess.Popen[str]
    port: int
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> set[int]:
        """The processes below it that live."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(pid) for pid in found if alive(int(pid))}

    def get(self, path: str, tries: int = 3) -> tuple[int, str]:
        """Ask on a connection of its own; like a browser, again where it broke before an answer came."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:  # noqa: S310 — our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (ConnectionError, urllib.error.URLError):
            # A killed worker takes with it the connections it had accepted.
            if tries == 1:
                raise
            return self.get(path, tries - 1)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def eventually(what: str, holds: object) -> None:
    """Wait until a condition holds."""
    assert callable(holds)
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@contextmanager
def serving(course_dir: Path, instance: Path) -> Iterator[Server]:
    """Serve a course; all processes are ended by their ids."""
    port = free_port()
    log = instance.parent / f"{instance.name}.log"
    with log.open("w") as err:
        process = subprocess.Popen(
            command("serve", "--port", str(port)),
            cwd=ROOT,
            env=environment(course_dir, instance),
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    server = Server(process, port)
    left: set[int] = set()
    try:
        assert process.stdout is not None
        for said in process.stdout:
            server.said.append(said.rstrip("\n"))
            if said.startswith("Serving at"):
                break
        else:
            raise AssertionError(f"the server ended: {log.read_text()}")
        yield server
    finally:
        if process.poll() is None:
            left = server.workers()
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        for pid in left | ({process.pid} if process.poll() is None else set()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def test_the_course_is_served_and_the_last_line_says_where(small_course: Path, tmp_path: Path) -> None:
    with serving(small_course, tmp_path / "instance") as server:
        assert server.said == [
            "Database: brought up to date.",
            "Course: 2 lessons, 8 questions, 0 errors.",
            f"Serving at {server.address} — Ctrl+C stops.",
        ]
        assert server.get("/healthz") == (200, "ok\n")
        status, page = server.get("/learn")
        assert status == 200
        assert "The hull" in page
        assert server.get("/nothing")[0] == 404

        # A worker that is killed comes back by itself, and meanwhile the other one answers.
        eventually("two workers", lambda: len(server.workers()) == 2)
        before = server.workers()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        assert [server.get("/learn")[0] for _ in range(40)] == [200] * 40
        eventually("the worker is replaced", lambda: len(server.workers()) == 2 and victim not in server.workers())
        assert [server.get("/learn")[0] for _ in range(40)] == [200] * 40

        # A second server at the same port does not start, and does not disturb the first.
        code, out, err = finished(
            "serve", "--port", str(server.port), env=environment(small_course, tmp_path / "instance")
        )
        assert code == 1
        assert err == (
            f"Error: cannot listen on {server.address}: Address already in use. Is the port in use? Try another one.\n"
        )
        assert "Serving at" not in out
        assert server.get("/healthz") == (200, "ok\n")

        # Asked to end, it ends with all its workers.
        workers = server.workers()
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        eventually("the workers end", lambda: not any(map(alive, workers)))


def test_a_placement_that_was_acknowledged_survives_workers_that_are_killed(small_course: Path, tmp_path: Path) -> None:
    with serving(small_course, tmp_path / "instance") as server:
        eventually("two workers", lambda: len(server.workers()) == 2)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        html = browser.open(f"{server.address}/exercises/deck", timeout=PATIENCE).read().decode()
        fields = dict(re.findall(r'name="(csrf_token|start|look)"[^>]* value="([^"]*)"', html))
        card = re.findall(r'name="(card-[0-9a-f]+)"', html)[0]
        for number, place in enumerate(["upper", "hold", "lower"] * 5, 1):
            sent = urlencode({**fields, "sequence": str(number), card: place}).encode()
            headers = {"Origin": server.address, "Accept": "application/json"}
            request = urllib.request.Request(f"{server.address}/exercises/deck/save", sent, headers)  # noqa: S310
            with browser.open(request, timeout=PATIENCE) as answer:
                assert json.load(answer)["sequence"] == number
        killed = server.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        eventually("they are dead", lambda: not any(map(alive, killed)))
        # Nobody listens now but the parent; who asks waits until a new worker answers, and is not turned away.
        again = browser.open(f"{server.address}/exercises/deck", timeout=PATIENCE).read().decode()
        assert re.findall(r'<option value="([a-z]+)"\s+selected', again) == ["lower"]
        assert 'name="sequence" type="hidden" value="15"' in again


def test_ctrl_c_ends_the_server_without_a_traceback(small_course: Path, tmp_path: Path) -> None:
    with serving(small_course, tmp_path / "instance") as server:
        eventually("two workers", lambda: len(server.workers()) == 2)
        workers = server.workers()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0
        eventually("the workers end", lambda: not any(map(alive, workers)))
        assert "Traceback" not in (tmp_path / "instance.log").read_text()


def test_a_port_that_another_program_uses_is_told(small_course: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, out, err = finished("serve", "--port", str(port), env=environment(small_course, tmp_path / "i"))
    assert code == 1
    assert "Serving at" not in out
    assert err.startswith(f"Error: cannot listen on http://127.0.0.1:{port}: Address already in use.")
    assert err.count("\n") == 1


def test_an_address_that_is_not_of_this_machine_is_told(small_course: Path, tmp_path: Path) -> None:
    env = environment(small_course, tmp_path / "i")
    code, _, err = finished("serve", "--host", "203.0.113.7", "--port", str(free_port()), env=env)
    assert code == 1
    assert err.startswith("Error: cannot listen on http://203.0.113.7:")
    assert "Traceback" not in err


def test_a_course_with_mistakes_is_served_without_them_and_one_without_lessons_is_not(
    small_course: Path, tmp_path: Path
) -> None:
    (small_course / "content/lessons/oar.md").write_text("---\ntitle: The oar\n---\n\nRow.\n")
    with serving(small_course, tmp_path / "instance") as server:
        assert server.said[1] == (
            "Course: 1 lessons, 8 questions, 1 errors. Files with errors are left out until they are mended."
        )
        assert "content/lessons/oar.md:1:1: error: `module:` is missing" in (tmp_path / "instance.log").read_text()
        assert server.get("/learn/first/hull")[0] == 200
        assert server.get("/learn/second/oar")[0] == 404
    (small_course / "content/lessons/hull.md").write_text("no front matter")
    code, out, err = finished("serve", "--port", str(free_port()), env=environment(small_course, tmp_path / "instance"))
    assert code == 1
    assert err.endswith("Error: the course has no lesson that can be shown; mend the errors above\n")
    assert "Serving at" not in out


def test_what_is_typed_wrongly_is_refused_before_anything_happens(
    small_course: Path, make_app: MakeApp, tmp_path: Path
) -> None:
    instance = tmp_path / "fresh"
    instance.mkdir()
    (instance / "course.db").write_bytes(b"")
    app = make_app(small_course, instance)
    for words in (["--port", "0"], ["--port", "70000"], ["--port", "x"], ["--workers", "0"], ["--nonsense"]):
        assert run(app, "serve", *words)[0] == 2
    assert (instance / "course.db").read_bytes() == b""


# ---- user ----


def test_accounts_are_added_promoted_disabled_and_reset(app: Flask) -> None:
    words = ("--name", "Ana", "--password", "bicycle lantern harbour seven")
    assert run(app, "user", "add", "Ana@Example.org", *words) == (0, "ana@example.org has an account now: learner.\n")
    assert run(app, "user", "add", "ana@example.org", *words)[0] == 1
    assert run(app, "user", "promote", "ana@example.org", "instructor") == (0, "ana@example.org is instructor now.\n")
    assert run(app, "user", "disable", "ana@example.org")[0] == 0
    assert run(app, "user", "disable", "ana@example.org", "--undo")[0] == 0
    code, output = run(app, "user", "reset", "ana@example.org")
    assert code == 0
    assert app.test_client().get(output.strip().partition("8000")[2]).status_code == 200


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("promote", "bob@example.org", "admin"), "bob@example.org has no account."),
        (("disable", "bob@example.org"), "bob@example.org has no account."),
        (("reset", "bob"), "bob is no mail address."),
        (("add", "bob@example.org", "--name", "Bob", "--password", "password1234"), "Three or four words"),
    ],
)
def test_what_cannot_be_done_to_an_account_is_said(app: Flask, words: tuple[str, ...], why: str) -> None:
    code, output = run(app, "user", *words)
    assert code == 1
    assert why in output
