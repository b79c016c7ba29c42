"""The production server: granian, several worker processes, each restarted when it dies.

A worker ends with its parent, however that ended: else it would go on serving the old program on a port that the next
server shares, and nobody would restart it.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from granian import net
from granian._internal import load_target
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from course.config import MOST_BYTES
from course.hearing import HeardOut

BODY_SECONDS = 20  # for a request's body to arrive: the largest one at 50 KB a second
THREADS = 4  # a worker's requests that run at the same time; SQLite lets one write, and pages are short
PATIENCE_SECONDS = 60
WATCH_SECONDS = 0.2  # how often a worker looks whether its parent lives
MOST_DEATHS, WITHIN_SECONDS = 20, 30.0  # more worker deaths than this, and something is wrong with all of them
BACKLOG = 1024  # connections that may wait to be accepted
PORT_SECONDS = 3.0  # how long a port may be held by what is just about to end


def serve_until_stopped(host: str, port: int, workers: int, folder: Path, announce: Callable[[str], None]) -> None:
    """Serve `wsgi:app` of `folder`; call `announce` with the address once it answers."""
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    listening = _listening(host, port, address)
    server = _Server(
        listening,
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=3,  # seconds; a signal that comes while a worker starts would otherwise wait for ever
        working_dir=folder,
        log_level=LogLevels.warning,
        websockets=False,
    )
    os.register_at_fork(after_in_child=_end_with_parent)
    # A process and not a thread: granian forks its workers, and a fork beside a running thread may inherit a held lock.
    teller = get_context("fork").Process(target=_announce_when_up, args=(host, port, address, announce), daemon=True)
    teller.start()
    try:
        server.serve(target_loader=partial(_load, folder), wrap_loader=False)
    finally:
        teller.kill()


def _load(folder: Path) -> Any:
    """Return the application; called in each worker."""
    application: Any = load_target("wsgi:app", wd=folder)
    return HeardOut(application, THREADS, MOST_BYTES, BODY_SECONDS)


class _Server(MPServer):
    """Granian, with two habits changed.

    The parent listens and its workers inherit the socket, so that who asks while all of them are dead waits for a new
    one instead of being refused; by itself, each worker on Linux listens anew. And it goes on where granian gives up,
    which it does when a worker dies twice within five seconds, taking the other one along.
    """

    def __init__(self, listening: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listening = listening
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)

    def _init_shared_socket(self) -> None:
        holder: Any = net.SocketHolder  # type: ignore[attr-defined]  # as granian's own workers get it on other systems
        self._ssp, self._sso = None, None
        self._shd = holder(self._listening.fileno(), False, BACKLOG)  # False: not a Unix socket

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        super()._respawn_workers(*args, **kwargs)
        now = time.monotonic()
        self._deaths.append(now)
        if len(self._deaths) < MOST_DEATHS or now - self._deaths[0] > WITHIN_SECONDS:
            self.respawned_wrks.clear()  # by which it would know a second death


def _end_with_parent() -> None:
    """Let this process, just forked, end as soon as its parent has."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)  # what was acknowledged is on the disk

    threading.Thread(target=watch, daemon=True).start()


def _listening(host: str, port: int, address: str) -> socket.socket:
    """Return a socket that listens there, or end the program with why none can."""
    for _ in range(round(PORT_SECONDS / WATCH_SECONDS)):
        try:
            family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listening = socket.create_server(place, family=family, backlog=BACKLOG)
        except OSError as error:
            trouble = (error.strerror or str(error)).partition(" (while")[0]  # the address is told anyway
            time.sleep(WATCH_SECONDS)  # the workers of a server that was killed end in a moment
        else:
            listening.setblocking(False)
            return listening
    sys.exit(f"Error: cannot listen on {address}: {trouble}. Is the port in use? Try another one.")


def _announce_when_up(host: str, port: int, address: str, announce: Callable[[str], None]) -> None:
    for _ in range(PATIENCE_SECONDS * 20):
        connection = HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                announce(address)
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        except KeyboardInterrupt:
            return
        finally:
            connection.close()
