"""Tables for people: CSV that a spreadsheet opens as what it is, and never as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# OWASP, "CSV Injection": a cell that begins with one of these may be run. The last four are the wide forms of =+-@.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: with an apostrophe before it, where it looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table as CSV, every cell harmless and in quotes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(map(harmless, header))
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()
