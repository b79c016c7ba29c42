"""Starting servers on the loopback, reading how long they computed, and ending them by process id."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import bare

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0
WORKERS = 2
PAUSE_SECONDS = 0.3  # before the end: granian loses a signal that reaches a worker while it still starts
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Place:
    """A folder of its own for one run: instance of the course, pages and database of the bare application, logs."""

    folder: Path
    secret: str

    @classmethod
    def new(cls, folder: Path) -> Place:
        """Lay a temporary folder out."""
        for name in ("instance", "bare/pages"):
            (folder / name).mkdir(parents=True)
        (folder / "bare/wsgi.py").write_text("from bench.bare import create_app\n\napp = create_app()\n")
        bare.make_database(folder / "bare")
        return cls(folder, secrets.token_hex(32))

    def environment(self, instance: str = "instance") -> dict[str, str]:
        """Return what a server is started with; no setting but the course folder comes from outside."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COURSE_") or k == "COURSE_DIR"}
        return {
            **kept,
            "COURSE_INSTANCE": str(self.folder / instance),
            "COURSE_SECRET_KEY": self.secret,
            bare.FOLDER: str(self.folder / "bare"),
            "PYTHONPATH": str(ROOT),
        }


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_answer: float

    def computed(self) -> float | None:
        """Return the processor seconds of all its processes so far; None where the system does not tell."""
        times = [_computed(pid) for pid in family(self.process.pid)]
        return None if None in times else sum(filter(None, times))


def flask_command(*words: str) -> list[str]:
    """Return `flask course …`."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "course", *words]


def course_command(port: int) -> list[str]:
    """Return the command that a person would serve the course with."""
    return flask_command("serve", "--port", str(port), "--workers", str(WORKERS))


def granian_command(port: int, threads: int | None = None) -> list[str]:
    """Return the same server for the `wsgi:app` of the folder it is started in."""
    words = [] if threads is None else ["--threads", str(threads)]
    return [sys.executable, "-m", "bench.serve", "--port", str(port), "--workers", str(WORKERS), *words]


def gunicorn_command(port: int, threads: int) -> list[str]:
    """Return gunicorn with threads, for the `wsgi:app` of the folder it is started in."""
    words = ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(threads), "--no-control-socket"]
    return [sys.executable, "-m", "gunicorn", *words, "--bind", f"127.0.0.1:{port}", "wsgi:app"]


def upgrade(place: Place) -> None:
    """Make the database of an instance."""
    subprocess.run(  # nosec B603 # our own command
        flask_command("upgrade"), cwd=ROOT, env=place.environment(), check=True, capture_output=True
    )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(command: Sequence[str], port: int, folder: Path, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Run a server; it answers when the block begins, and all its processes have ended after it."""
    with log.open("ab") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(  # nosec B603 # our own servers
            command, cwd=folder, env=environment, stdout=out, stderr=out
        )
    try:
        _wait_until_answering(process, port, log)
        yield Server(process, port, time.perf_counter() - begun)
    finally:
        _end(process)


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended by itself:\n{_last_lines(log)}")
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                connection.close()
                return
        time.sleep(0.005)
    raise RuntimeError(f"the server did not answer within {PATIENCE_SECONDS:g} seconds:\n{_last_lines(log)}")


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-30:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and what it started: asked first, then killed."""
    time.sleep(PAUSE_SECONDS)
    started = {pid: _begun(pid) for pid in family(process.pid) if pid != process.pid}
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)
    for pid, begun in started.items():
        if begun is not None and _begun(pid) == begun:  # still the process it was
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


# ---- /proc ----


def family(pid: int) -> list[int]:
    """Return a process and everything below it; only itself where the system does not tell."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += family(int(child))
    return found


def _fields(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _computed(pid: int) -> float | None:
    fields = _fields(pid)
    return None if fields is None else (int(fields[11]) + int(fields[12])) / TICK


def _begun(pid: int) -> str | None:
    fields = _fields(pid)
    return None if fields is None else fields[19]
