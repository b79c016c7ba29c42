"""A browser without scripts: it keeps cookies, reads forms and sends them, and looks at every answer.

Each answer is checked for what must hold of all of them: the page policy and the other headers,
and no trace of the program in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

# Written out, and not taken from the application: what the design guide demands in its section 5.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
BAD_MARKUP = re.compile(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
Fields = list[tuple[str, str]]


@dataclass
class Form:
    """A form of a page: what it would send as it stands, and what else could be chosen."""

    action: str
    method: str
    fields: Fields = field(default_factory=list)  # what it sends
    choices: dict[str, list[str]] = field(default_factory=dict)  # of menus, radio buttons and boxes
    kinds: dict[str, str] = field(default_factory=dict)  # name → hidden, radio, checkbox, select
    buttons: Fields = field(default_factory=list)

    def value(self, name: str) -> str:
        """What one field would send."""
        return dict(self.fields)[name]

    def named(self, start: str) -> list[str]:
        """Names of the fields and choices that start so."""
        names = [*dict(self.fields), *self.choices]
        return [name for name in dict.fromkeys(names) if name.startswith(start)]

    def filled(self, changes: Mapping[str, str | Iterable[str] | None]) -> Fields:
        """What it sends once these fields are changed; None leaves a field out."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            values = [] if value is None else [value] if isinstance(value, str) else list(value)
            kept += [(name, each) for each in values]
        return kept


class _Reader(HTMLParser):
    """Finds forms, links, ids, headings and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.title = ""
        self.text: list[str] = []
        self.fallbacks: dict[str, str] = {}
        self._form: Form | None = None
        self._select = ""
        self._link: str | None = None
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag in {"script", "style", "template", "title"}:
            self._inside.append(tag)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a":
            self._link = given.get("href", "")
            self.links.append((self._link, ""))
        elif self._form is not None and "template" not in self._inside:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        if tag == "button" and given.get("type") == "submit":
            self._form.buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "select":
            self._select = given["name"]
            self._form.kinds[self._select] = "select"
            self._form.choices[self._select] = []
        elif tag == "option" and self._select:
            self._option(self._form, given)
        elif tag == "input" and given.get("name"):
            self._input(self._form, given)

    def _option(self, form: Form, given: dict[str, str]) -> None:
        """The option that is marked is sent, else the first one."""
        form.choices[self._select].append(given["value"])
        if "selected" in given:
            form.fields.append((self._select, given["value"]))
            self.fallbacks.pop(self._select, None)
        elif self._select not in dict(form.fields):
            self.fallbacks.setdefault(self._select, given["value"])

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        form.kinds[name] = kind
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(given["value"])
        if kind not in {"radio", "checkbox"} or "checked" in given:
            form.fields.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        if tag == "select" and self._form is not None:
            if self._select in self.fallbacks:
                self._form.fields.append((self._select, self.fallbacks.pop(self._select)))
            self._select = ""
        elif tag == "form":
            self._form = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            if self._inside[-1] == "title":
                self.title += data
            return
        self.text.append(data)
        if self._link is not None and self.links:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)


class Page:
    """An answer, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        readable = (
            response.mimetype not in {"font/woff2", "application/zip"} and "Content-Encoding" not in response.headers
        )
        self.html = response.get_data(as_text=True) if readable else ""
        reader = _Reader()
        if response.mimetype == "text/html":
            reader.feed(self.html)
        self.forms = reader.forms
        self.links = [(href, " ".join(words.split())) for href, words in reader.links]
        self.ids = reader.ids
        self.title = reader.title
        self.text = " ".join("".join(reader.text).split())

    @property
    def location(self) -> str:
        """Where it sends the browser: path and query."""
        return self.response.headers["Location"]

    def form(self, action: str) -> Form:
        """The one form whose address ends so; where the page's own part has one, that of the header is passed over."""
        found = [form for form in self.forms if urlsplit(form.action).path.endswith(action)]
        assert len(found) == 1 + (action == "/theme" and len(found) > 1), (action, len(found))
        return found[-1]

    def link(self, words: str) -> str:
        """Where the first link goes whose text holds these words."""
        return next(href for href, text in self.links if words in text)

    def main(self) -> str:
        """The markup of the page's own part, without header, footer and icons."""
        return self.html.partition("<main")[2].partition("</main>")[0]


def check(response: TestResponse) -> None:
    """What holds of every answer whatsoever."""
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value], f"{name} of {response.request.path}"
    assert len(response.headers.getlist("Cache-Control")) == 1, response.request.path
    if "Content-Encoding" in response.headers:
        return
    if response.mimetype in {"text/html", "application/json"}:
        text = response.get_data(as_text=True)
        assert "Traceback" not in text
        assert 'File "' not in text
    if response.mimetype == "text/html" and response.status_code not in range(300, 400):
        assert not BAD_MARKUP.search(response.get_data(as_text=True)), response.request.path
        assert response.headers["Cache-Control"] in {"no-cache, private", "no-store"}


class Visitor:
    """A person with a browser of their own, without scripts."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def open(self, path: str, **headers: str) -> Page:
        """Look at an address; redirects are not followed."""
        return self._page(self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    def go(self, path: str) -> Page:
        """Look at an address; redirects are followed."""
        page = self.open(path)
        while page.status in {301, 302, 303, 307, 308}:
            page = self.open(page.location)
        return page

    def post(
        self, path: str, fields: Fields | Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send fields to an address as a form does."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else fields or []
        return self._page(
            self.client.post(
                path,
                data=urlencode(pairs, errors="surrogatepass"),
                content_type="application/x-www-form-urlencoded",
                headers=dict(HERE if headers is None else headers),
            )
        )

    def send(
        self, page: Page, action: str, button: tuple[str, str] | None = None, **changes: str | Iterable[str] | None
    ) -> Page:
        """Send a form of a page, with some fields changed and by one of its buttons."""
        form = page.form(action)
        fields = form.filled({name.replace("__", "-"): value for name, value in changes.items()})
        return self.post(form.action.partition("#")[0], fields + ([button] if button else []))

    def submit(self, form: Form, changes: Mapping[str, str | Iterable[str] | None], button: str = "") -> Page:
        """Send a form with fields changed whose names are no words of Python."""
        return self.post(form.action.partition("#")[0], form.filled(changes) + ([(button, "1")] if button else []))

    def follow(self, page: Page) -> Page:
        """Go where an answer to a form sends."""
        assert page.status == 303, (page.status, page.text[:200])
        return self.go(page.location)

    def cookies(self) -> dict[str, str]:
        """The cookies this browser holds."""
        jar = [self.client.get_cookie(name) for name in ("course", "theme")]
        return {cookie.key: cookie.value for cookie in jar if cookie is not None}

    def _page(self, response: TestResponse) -> Page:
        check(response)
        return Page(response)
