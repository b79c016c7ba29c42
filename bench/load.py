"""The load: keep-alive connections that each send the next request when the last is answered.

It runs in a process of its own, on one thread and raw sockets, and reports how busy it was itself:
below about a third of a processor it did not hold the server back.
"""

from __future__ import annotations

import re
import select
import shutil
import socket
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PATIENCE_SECONDS = 10.0
MOST_REQUESTS = 200_000
Chain = Sequence[bytes]  # requests that must follow one another, as of one learner


@dataclass(frozen=True)
class Result:
    """What one measurement gave. `busy` is the client's own share of a processor, where known."""

    answered: int
    failed: int
    seconds: float
    p95: float | None  # seconds
    busy: float | None
    waits: tuple[float, ...] = ()  # seconds each answer took, shortest first; nothing where wrk measured

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.answered / self.seconds


def check(result: Result, what: str) -> None:
    """Raise RuntimeError where a measurement is none."""
    if result.failed:
        raise RuntimeError(f"{what}: {result.failed} of {result.answered + result.failed} requests failed")
    if not result.answered:
        raise RuntimeError(f"{what}: nothing was answered in {result.seconds:.1f} s; is the machine busy?")


def request(method: str, path: str, headers: dict[str, str], body: str = "") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class _Connection:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.chain: deque[bytes] = deque()
        self.begun = 0.0
        self._head = b""
        self._missing = -1
        self.right = False

    def send(self) -> None:
        self.begun = time.perf_counter()
        self.socket.sendall(self.chain.popleft())

    def receive(self) -> bool:
        """Take what has come; return whether the answer is complete."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed a connection")
        if self._missing < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            length = LENGTH.search(self._head, 0, end + 2)
            if length is None:
                raise ConnectionError("an answer without Content-Length: " + self._head[:end].decode(errors="replace"))
            self.right = self._head.startswith(b"HTTP/1.1 200")
            self._missing = end + 4 + int(length[1]) - len(self._head)
        else:
            self._missing -= len(data)
        if self._missing > 0:
            return False
        self._head, self._missing = b"", -1
        return True


class _Work:
    """Hands chains of requests out to connections, over and over if they may be repeated."""

    def __init__(self, chains: Sequence[Chain], repeat: bool) -> None:
        self.chains = chains
        self.repeat = repeat
        self.given = 0

    def fill(self, connection: _Connection) -> bool:
        """See to it that a connection has a next request; return whether there is one."""
        if connection.chain:
            return True
        if self.given >= len(self.chains) and not self.repeat:
            return False
        connection.chain.extend(self.chains[self.given % len(self.chains)])
        self.given += 1
        return True


def run(port: int, chains: Sequence[Chain], connections: int, seconds: float, repeat: bool = True) -> Result:
    """Send requests for so long, or until there are none left, and count what is answered with 200 in that time."""
    return _Run(port, _Work(chains, repeat), connections).measure(seconds)


class _Run:
    """One measurement."""

    def __init__(self, port: int, work: _Work, connections: int) -> None:
        self.work = work
        self.waits: list[float] = []
        self.failed = 0
        self.poll = select.epoll()
        self.open_ones: dict[int, _Connection] = {}
        for _ in range(connections):
            connection = _Connection(port)
            self.open_ones[connection.socket.fileno()] = connection
            self.poll.register(connection.socket, select.EPOLLIN)

    def measure(self, seconds: float) -> Result:
        busy, begun = time.process_time(), time.perf_counter()
        self.end = begun + seconds
        for connection in self.open_ones.values():
            if self.work.fill(connection):
                connection.send()
        while self.open_ones:
            events = self.poll.poll(PATIENCE_SECONDS)
            if not events:
                raise TimeoutError(f"no answer within {PATIENCE_SECONDS:g} seconds")
            for descriptor, _ in events:
                if self.open_ones[descriptor].receive():
                    self._answered(descriptor)
        took = self.end - begun
        p95 = quantiles(self.waits, n=20)[-1] if len(self.waits) > 1 else None
        share = (time.process_time() - busy) / took
        return Result(len(self.waits) - self.failed, self.failed, took, p95, share, tuple(sorted(self.waits)))

    def _answered(self, descriptor: int) -> None:
        """Count an answer and send the next request, if there is still time and work."""
        connection = self.open_ones[descriptor]
        now = time.perf_counter()
        if now <= self.end:
            self.waits.append(now - connection.begun)
            self.failed += not connection.right
        if now < self.end and len(self.waits) < MOST_REQUESTS and self.work.fill(connection):
            connection.send()
            return
        self.end = min(self.end, now)  # what counts is the time in which every connection was at work
        self.poll.unregister(descriptor)
        self.open_ones.pop(descriptor).socket.close()


# ---- wrk, where the machine has it ----


def wrk() -> str | None:
    """Return where `wrk` is, if it is there; it serves for pages, not for saving."""
    return shutil.which("wrk")


def run_wrk(command: str, port: int, path: str, headers: dict[str, str], connections: int, seconds: float) -> Result:
    """Measure a page with wrk."""
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    count = str(connections)
    asked = [command, "-t1", "-c", count, "-d", f"{max(1, round(seconds))}s", *given, f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(  # nosec B603 # words of our own
        asked, check=True, capture_output=True, text=True, timeout=seconds + 30
    ).stdout
    totals = re.search(r"(\d+) requests in ([\d.]+)(m?s)", said)
    if totals is None:
        raise ValueError(f"wrk said something unknown:\n{said}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = int(wrong[1]) if wrong else 0
    took = float(totals[2]) / (1000 if totals[3] == "ms" else 1)
    return Result(int(totals[1]) - failed, failed, took, None, None)
