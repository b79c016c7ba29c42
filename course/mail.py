"""Mails: through a mail server where one is set, else printed in full, so that a course can be tried without one."""

from __future__ import annotations

import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from course.config import Config

HERE = ("localhost", "127.0.0.1", "::1")
SECONDS = 15  # for the mail server to answer


class CannotSendError(Exception):
    """The mail server did not take a mail; nothing else is known."""


def send(config: Config, to: str, subject: str, text: str) -> None:
    """Send a mail. Raises CannotSendError; ValueError where address or subject hold a line break."""
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message["From"] = config.mail_from or "course@localhost"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="course.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if not config.smtp:
        sys.stderr.write(
            f"--- No mail server is set. This would be sent:\nTo: {to}\nSubject: {subject}\n\n{text}\n---\n"
        )
        return
    try:
        _deliver(config.smtp, message)
    except (OSError, smtplib.SMTPException) as error:
        raise CannotSendError(type(error).__name__) from error


def _deliver(server: str, message: EmailMessage) -> None:
    parts = urlsplit(server)
    host, safe = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=safe)
    else:
        connection = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
    with connection:
        # Mails hold links that open accounts: without TLS they go no further than this machine.
        if parts.scheme == "smtp" and (parts.username or host not in HERE or connection.has_extn("starttls")):
            connection.starttls(context=safe)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.send_message(message)
