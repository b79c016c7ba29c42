"""Processes die at random moments while learners save: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.faults.storm import LEARNERS, PATIENCE, Server, rage

KILLS = 10


def test_ten_kills_lose_no_acknowledged_answer_and_keep_none_twice(tmp_path: Path) -> None:
    outcome = rage(tmp_path, KILLS, seed=7)
    assert outcome.clean, outcome
    assert outcome.of_master == KILLS // 5
    assert outcome.acknowledged > 10 * LEARNERS
    assert outcome.attempts >= LEARNERS
    assert outcome.repeated > 0  # otherwise nobody was hit


def test_workers_end_with_their_parent_and_the_server_starts_again_on_its_port(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        workers = server.workers()
        assert len(workers) >= 2
        assert server.process is not None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(PATIENCE)
        server.start()
        end = time.monotonic() + PATIENCE
        while any(alive(worker) for worker in workers) and time.monotonic() < end:
            time.sleep(0.05)
        assert not any(alive(worker) for worker in workers)
    finally:
        server.stop()


def test_a_worker_that_dies_again_and_again_is_replaced_each_time(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        for _ in range(6):
            dead = server.workers()[-1]
            os.kill(dead, signal.SIGKILL)
            end = time.monotonic() + PATIENCE
            while not (dead not in server.workers() and len(server.workers()) >= 2) and time.monotonic() < end:
                time.sleep(0.02)
            assert len(server.workers()) >= 2
            assert server.process is not None
            assert server.process.poll() is None, server.last_words()
        assert server.answers()
    finally:
        server.stop()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
