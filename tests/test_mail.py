"""Mails reach a real mail server; one that is away or refuses is told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from course.config import CannotStartError, read
from tests.browser.conftest import free_port
from tests.conftest import MakeApp
from tests.exams import write_course
from tests.web.browsing import Visitor


class Box:
    """A mail server's box; it refuses addresses that begin with `refused`."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 — the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address.startswith("refused"):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 fine"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    """Run a mail server on this machine; give its box and its address."""
    found, port = Box(), free_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, f"smtp://127.0.0.1:{port}"
    controller.stop()


def visitor_with(make_app: MakeApp, folder: Path, smtp: str) -> Visitor:
    return Visitor(
        make_app(
            write_course(folder / "ship"),
            smtp=smtp,
            address="https://learn.example.org",
            mail_from="Course <c@example.org>",
        )
    )


def test_a_link_arrives_and_leads_to_the_public_address_whatever_host_was_asked(
    make_app: MakeApp, tmp_path: Path, box: tuple[Box, str]
) -> None:
    visitor = visitor_with(make_app, tmp_path, box[1])
    page = visitor.send(visitor.open("/signup", Host="evil.example"), "/signup", address="ana@example.org")
    assert page.status == 200
    assert "no mail server" not in page.text
    found = message_from_bytes(box[0].mails[0], policy=policy.default)
    assert found["To"] == "ana@example.org"
    assert found["From"] == "Course <c@example.org>"
    text = found.get_content()
    assert "https://learn.example.org/signup/" in text
    assert "evil" not in text
    path = text.partition("https://learn.example.org")[2].split()[0]
    assert visitor.open(path).status == 200


def test_a_mail_that_is_refused_is_told_and_what_was_typed_is_kept(
    make_app: MakeApp, tmp_path: Path, box: tuple[Box, str]
) -> None:
    visitor = visitor_with(make_app, tmp_path, box[1])
    page = visitor.send(visitor.open("/signup"), "/signup", address="refused@example.org")
    assert page.status == 503
    assert "The mail could not be sent just now. Nothing was changed." in page.text
    assert 'value="refused@example.org"' in page.html
    assert box[0].mails == []


def test_a_mail_server_that_is_away_is_told_too(make_app: MakeApp, tmp_path: Path) -> None:
    visitor = visitor_with(make_app, tmp_path, f"smtp://127.0.0.1:{free_port()}")
    assert visitor.send(visitor.open("/reset"), "/reset", address="ana@example.org").status == 503


def test_without_tls_no_mail_leaves_this_machine(make_app: MakeApp, tmp_path: Path, box: tuple[Box, str]) -> None:
    """It holds a link that opens an account. The server offers no STARTTLS; by this name it counts as far away."""
    visitor = visitor_with(make_app, tmp_path, box[1].replace("127.0.0.1", "0.0.0.0"))  # noqa: S104 — asked, not served
    assert visitor.send(visitor.open("/reset"), "/reset", address="ana@example.org").status == 503
    assert box[0].mails == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"COURSE_SMTP": "smtp://host"}, "COURSE_SMTP is set and COURSE_ADDRESS is not"),
        ({"COURSE_SMTP": "smtp://host", "COURSE_ADDRESS": "https://a.example"}, "COURSE_MAIL_FROM is not"),
        ({"COURSE_SMTP": "mail.example.org"}, "COURSE_SMTP is no mail server"),
        ({"COURSE_ADDRESS": "learn.example.org"}, "COURSE_ADDRESS is “learn.example.org”"),
        ({"COURSE_PROXIES": "many"}, "COURSE_PROXIES is “many”"),
    ],
)
def test_settings_that_cannot_work_are_said_at_the_start(tmp_path: Path, settings: dict[str, str], why: str) -> None:
    with pytest.raises(CannotStartError, match=why):
        read({"COURSE_INSTANCE": str(tmp_path), **settings})


def test_the_password_of_the_mail_server_is_in_no_message(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError) as error:
        read({"COURSE_INSTANCE": str(tmp_path), "COURSE_SMTP": "smtpx://me:verysecret@host"})
    assert "verysecret" not in str(error.value)
