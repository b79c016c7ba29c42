"""Serves `wsgi:app` of the folder it is started in, exactly as `flask course serve` does, with other numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from course import serving


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=serving.THREADS)
    given = parser.parse_args()
    serving.THREADS = given.threads
    serving.serve_until_stopped("127.0.0.1", given.port, given.workers, Path.cwd(), print)


if __name__ == "__main__":
    main()
