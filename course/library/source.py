"""A file an author wrote, read without trusting it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from course.core.problems import Report

LARGEST = 1024 * 1024  # bytes of one file


@dataclass(frozen=True)
class Source:
    """The text of a file with LF line ends and no byte-order mark; `path` as people should see it."""

    path: str
    text: str


def read(file: Path, shown_as: str, report: Report) -> Source | None:
    """Read a file; note why it cannot be read and return None where it cannot."""
    try:
        if file.stat().st_size > LARGEST:
            report.error(1, "the file is larger than 1 MiB", "split it into several files")
            return None
        data = file.read_bytes()
    except OSError as error:
        report.error(1, f"the file cannot be read: {error.strerror}", "check its name and permissions")
        return None
    return decode(data, shown_as, report)


def decode(data: bytes, shown_as: str, report: Report) -> Source | None:
    """Decode UTF-8, with or without byte-order mark, CRLF or LF."""
    if len(data) > LARGEST:
        report.error(1, "the file is larger than 1 MiB", "split it into several files")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        report.error(
            line,
            f"this is not UTF-8 text (byte 0x{data[error.start]:02x})",
            "save the file with the encoding UTF-8",
            column,
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        before_nul = text[: text.index("\0")]
        report.error(
            before_nul.count("\n") + 1,
            "the file holds a NUL character",
            "delete it; is this a text file?",
            len(before_nul) - before_nul.rfind("\n"),
        )
        return None
    return Source(shown_as, text)
