"""Tables for people: what is written can be read back, and nothing of it is run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course.core.table import harmless, written

# Written out, and not taken from the code: what OWASP names under "CSV Injection".
SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
cells = st.text(alphabet=st.one_of(st.sampled_from([*SIGNS, *"',\";|"]), st.characters(exclude_categories=["Cs"])))


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=4))
@example([["=cmd|' /C calc'!A0", '"=1+1'], ["a,=1+1", "a;=1+1"], ["a\n=1+1", "\t=1+1"]])
def test_what_is_written_is_read_back_and_no_cell_begins_like_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(written(["one", "two"], rows), newline=""), strict=True))
    assert read[0] == ["one", "two"]
    assert len(read) == len(rows) + 1
    for line, row in zip(read[1:], rows, strict=True):
        for cell, given_text in zip(line, row, strict=True):
            assert cell[:1] not in set(SIGNS)
            assert cell == (f"'{given_text}" if given_text[:1] in set(SIGNS) else given_text)


@pytest.mark.parametrize("text", ["", "0.8125", "13/16", "'", "a=1", "A - B", "2026-03-01 08:00:00", "~own"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
