"""A real server process and a real browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from course.library.catalogue import Catalogue, build, read_files
from course.questions.registry import kinds
from tests.exams import write_course

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "tests" / "courses" / "tiny"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a browser notes of answers that a test asked for: a refusal, a lost connection.
EXPECTED = re.compile(r"status of 4\d\d|ERR_INTERNET_DISCONNECTED")
WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation',
  e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 — our own http address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the server did not answer within 30 seconds")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the course as `make run` does; give its address."""
    yield from serve(ROOT, tmp_path_factory.mktemp("instance"))


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the second course, which has an exercise of every kind; give its address."""
    yield from serve(TINY, tmp_path_factory.mktemp("instance"))


@dataclass(frozen=True)
class Ship:
    """The course with a mock exam, served: its address, and the database whose clock a test may turn."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def ship(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ship]:
    """Serve the course with a mock exam of six questions."""
    instance = tmp_path_factory.mktemp("instance")
    for address in serve(write_course(tmp_path_factory.mktemp("ship")), instance):
        yield Ship(address, instance / "course.db")


def serve(course: Path, instance: Path) -> Iterator[str]:
    """Run a server process of a course until the tests are done with it."""
    port = free_port()
    environment = {
        **os.environ,
        "COURSE_INSTANCE": str(instance),
        "COURSE_TESTING": "1",
        "COURSE_DIR": str(course),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "course", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the course that is served, with its keys."""
    return build(read_files(ROOT, kinds()), kinds())


@pytest.fixture(scope="session")
def tiny() -> Catalogue:
    """Return the second course, with its keys."""
    return build(read_files(TINY, kinds()), kinds())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    from tests.browser.chromium import find

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield running
        running.close()


@dataclass
class Watched:
    """What a browser complained about."""

    messages: list[str] = field(default_factory=list)
    expected: re.Pattern[str] = EXPECTED  # a test that lets more happen says so

    def follow(self, page: Page) -> None:
        """Note script errors, console errors and violations of the page policy."""
        page.on("pageerror", lambda error: self.messages.append(f"script error: {error}"))
        page.on("console", lambda m: self.messages.append(m.text) if m.type in {"error", "warning"} else None)


Open = Callable[..., Page]


@pytest.fixture
def watched() -> Watched:
    """Return the list of complaints; it must be empty at the end of each test."""
    return Watched()


@pytest.fixture
def open_page(browser: Browser, site: str, watched: Watched) -> Iterator[Open]:
    """Return a function that opens an address in a fresh profile: `open_page("/learn", width=375)`."""
    contexts: list[BrowserContext] = []

    def open_it(path: str, width: int = 1280, height: int = 800, base: str = site, **options: object) -> Page:
        if width < 600 and height == 800:
            height = 812
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        watched.follow(page)
        page.goto(path)
        return page

    yield open_it
    violations = [
        violation
        for context in contexts
        for page in context.pages
        if not page.is_closed() and page.url.startswith("http://127.0.0.1")
        for violation in page.evaluate("window.__violations || []")
    ]
    for context in contexts:
        context.close()
    assert not violations, violations
    assert not [m for m in watched.messages if not watched.expected.search(m)], watched.messages
