"""docs/security.md: every test it names exists, every point of the standard stands in it once, its numbers are true."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.config import MOST_BYTES
from course.core.accounts import IDLE, LONGEST
from course.core.cohorts import LONGEST_DAYS, MOST_USES
from course.core.limits import ACTS, GUESTS, STARTS
from course.library.search import LONGEST_QUERY, MOST_WORDS
from course.serving import BODY_SECONDS
from course.web import data, joining, passwords, signing

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
# How many points of levels 1 and 2 each section of ASVS 5.0.0 has; in every section they come before those of level 3.
SECTIONS = """
1.1=2 1.2=9 1.3=11 1.4=3 1.5=2  2.1=3 2.2=3 2.3=4 2.4=1  3.2=2 3.3=4 3.4=6 3.5=5 3.7=2  4.1=3 4.2=1 4.3=2 4.4=4
5.1=1 5.2=3 5.3=2 5.4=3  6.1=3 6.2=12 6.3=4 6.4=4 6.5=5 6.6=3 6.8=4  7.1=3 7.2=4 7.3=2 7.4=5 7.5=2 7.6=2
8.1=2 8.2=3 8.3=1 8.4=1  9.1=3 9.2=4  10.1=2 10.2=2 10.3=4 10.4=11 10.5=5 10.6=2 10.7=3
11.1=2 11.2=3 11.3=3 11.4=4 11.5=1 11.6=1  12.1=3 12.2=2 12.3=4  13.1=1 13.2=5 13.3=2 13.4=5
14.1=2 14.2=4 14.3=3  15.1=3 15.2=3 15.3=7  16.1=1 16.2=5 16.3=4 16.4=3 16.5=3  17.1=1 17.2=4 17.3=2
"""
POINTS = {section: int(number) for section, _, number in (word.partition("=") for word in SECTIONS.split())}
POINT = r"(\d+\.\d+)\.(\d+)"
FILE = re.compile(r"(?:course|templates|tests|tools|docs)/[\w./-]*[\w-]|[\w-]+\.(?:lock|md)")


def points_in(cell: str) -> Iterator[str]:
    """Every point of a first column: `6.4.4, 6.5.1 – 6.5.5`."""
    for part in cell.split(", "):
        found = re.fullmatch(rf"{POINT}(?: – {POINT})?", part)
        assert found is not None, f"{cell} is no list of points"
        section, first, last_section, last = found.groups()
        assert last_section in {None, section}, part
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def test_every_point_of_level_1_and_2_stands_there_once() -> None:
    assert sum(POINTS.values()) == 253
    rows = re.findall(r"^\| (\d[^|]*?) \|", PAGE, re.MULTILINE)
    found = Counter(point for cell in rows for point in points_in(cell))
    assert {point: times for point, times in found.items() if times > 1} == {}
    wanted = {f"{section}.{number + 1}" for section, number in POINTS.items() for number in range(number)}
    assert wanted - set(found) == set()
    assert {point for point in found if point.rpartition(".")[0] not in POINTS} == set()


def missing_in(line: str) -> Iterator[str]:
    """What a line names and is not there. A function belongs to the file named before it on its line."""
    source = ""
    for word in re.findall(r"`([^`]+)`", line):
        if FILE.fullmatch(word):
            file = ROOT / word
            source = file.read_text("utf-8") if file.is_file() and file.suffix == ".py" else ""
            yield from () if file.exists() else (word,)
        elif word.startswith("test_") and not re.search(rf"^def {word}\(", source, re.MULTILINE):
            yield word


def test_every_file_and_test_that_it_names_exists() -> None:
    lines = list(enumerate(PAGE.splitlines(), 1))
    assert [f"line {number}: {word}" for number, line in lines for word in missing_in(line)] == []
    assert sum(line.count("`test_") for _, line in lines) > 150


@pytest.mark.parametrize(
    "words",
    [
        f"{ACTS.most} a minute",
        f"{STARTS.most} an hour",
        f"{GUESTS.most} an hour",
        f"{signing.MAILS_TO_ADDRESS} an hour to one address, {signing.MAILS_TO_NETWORK} from one network",
        f"{signing.TRIES} for one address from one network, {signing.TRIES_OF_NETWORK} from one network",
        f"{signing.TRIES_OF_ALL} for one address; a reset begins anew",
        f"| Export | {data.EXPORTS} an hour |",
        f"{joining.TRIES} in a quarter of an hour from one network",
        f"{passwords.SHORTEST} to {passwords.LONGEST} characters",
        f"1 to {LONGEST_DAYS}, 1 to {MOST_USES}",
        f"{LONGEST_QUERY} characters, {MOST_WORDS} words",
        f"{MOST_BYTES // 1024**2} MiB, within {BODY_SECONDS} seconds",
        f"{IDLE.days} days without a visit",
        f"{LONGEST.days} days in any case",
    ],
)
def test_limits_are_those_of_the_program(words: str) -> None:
    assert words in " ".join(PAGE.split())


def test_every_heading_that_is_linked_to_is_there() -> None:
    headings = re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)
    names = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) - names == set()
