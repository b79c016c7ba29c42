"""Taking one's data along: the file as it is read by programs and by people."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from tests.web.browsing import Page, Visitor

NAMES = ["README.txt", "data.json", "lessons.csv", "attempts.csv", "answers.csv"]


@dataclass(frozen=True)
class Taken:
    """A file that was taken along."""

    page: Page
    texts: dict[str, str]

    @property
    def data(self) -> Any:
        """What programs read."""
        return json.loads(self.texts["data.json"])

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every act, with its attempt."""
        return [{"attempt": each["id"], **event} for each in self.data["attempts"] for event in each["events"]]

    @property
    def whole(self) -> str:
        """Every text in it."""
        return "\n".join(self.texts.values())

    def table(self, name: str) -> list[dict[str, str]]:
        """A table, as a spreadsheet reads it."""
        text = self.texts[name]
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def take(visitor: Visitor) -> Taken:
    """Export everything."""
    page = visitor.open("/account/export")
    assert page.response.mimetype == "application/zip", page.text
    with zipfile.ZipFile(io.BytesIO(page.response.get_data())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        return Taken(page, {name: archive.read(name).decode() for name in NAMES})
