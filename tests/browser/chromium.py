"""The Chromium that the browser tests drive: an installed one, or one that this file installs.

`make test` runs this file before the tests, so a missing browser fails the run and is never a skipped test.
The fixtures ask `find()`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN_PACKAGES = (
    "chromium",
    "fonts-dejavu-core",  # without any font the browser draws no letters
    "libatomic1",  # needed by Playwright's driver, and missing from a small Debian
)
PATIENCE_SECONDS = 60

# Asked of a process of its own, since Playwright refuses to be started twice in one.
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    print(driver.chromium.executable_path)
"""

MISSING = """\
The browser tests cannot run: {reason}, and it could not be installed.
Install what is needed, then run `make test` again:
  Debian:              apt install chromium libatomic1
  another system:      Google Chrome or Chromium, as `google-chrome` or `chromium` in PATH
  without root rights: .venv/bin/playwright install chromium"""


@cache
def find() -> str | None:
    """Return the path of a Chromium that starts: the system's own, else the one Playwright downloaded."""
    candidates = (shutil.which(name) for name in INSTALLED_NAMES)
    return next((path for path in candidates if path and _starts(path)), None) or _downloaded()


def _starts(*command: str) -> bool:
    """Ask for the version: some systems keep a `chromium-browser` that only says how to install one."""
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _downloaded() -> str | None:
    done = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).is_file() and _starts(path) else None


def what_is_missing() -> str | None:
    """Say what keeps the browser tests from running; None where nothing does."""
    if find() is None:
        return "no Chromium was found"
    if not _starts(sys.executable, "-m", "playwright"):
        return "Playwright's driver does not start"
    return None


def install() -> None:
    """Install what is missing, by the first way that works here."""
    for way in (_install_from_debian, _download):
        way()
        find.cache_clear()
        if what_is_missing() is None:
            return


def _install_from_debian() -> None:
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return
    # Another apt may be at work, on a machine that has just started: wait for it.
    apt_get = [apt, "-o", "DPkg::Lock::Timeout=400"]
    print("Installing Debian's Chromium …", flush=True)
    _run([*apt_get, "update", "-qq"])
    _run([*apt_get, "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES])


def _download() -> None:
    print("Downloading Playwright's Chromium …", flush=True)
    _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _run(command: list[str]) -> None:
    """Run a command that may fail: what counts is whether a browser is there afterwards.

    Only its errors are shown: apt-get names each of a hundred packages four times.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Make sure of a browser, or end with a message that says what to install."""
    if what_is_missing():
        install()
    if reason := what_is_missing():
        sys.exit(MISSING.format(reason=reason))
    print(f"Chromium: {find()}")


if __name__ == "__main__":
    main()
