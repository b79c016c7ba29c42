"""Pages for somebody without a cookie are the same for all of them: kept once rendered.

They hold nothing of a person, no seed, and the token that all visitors share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from course.library.catalogue import Catalogue
from course.web import current, preferences

P = ParamSpec("P")
MOST_PAGES = 2000


class Pages:
    """The kept pages of one catalogue."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.catalogue: Catalogue | None = None
        self.pages: dict[tuple[str, str], bytes] = {}

    def find(self, catalogue: Catalogue, key: tuple[str, str]) -> bytes | None:
        """Return a page rendered from this catalogue."""
        return self.pages.get(key) if self.catalogue is catalogue else None

    def keep(self, catalogue: Catalogue, key: tuple[str, str], page: bytes) -> None:
        """Keep a page; a new catalogue throws the old ones away."""
        with self.lock:
            if self.catalogue is not catalogue:
                self.catalogue, self.pages = catalogue, {}
            if len(self.pages) < MOST_PAGES:
                self.pages[key] = page


def register(app: Flask) -> None:
    """Give the application its store of pages."""
    app.extensions["visitor_pages"] = Pages()


def same_for_visitors(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Serve a page from memory to people without a cookie. Only for pages whose path alone decides them."""

    @wraps(view)
    def serve(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current.learner_id() is not None or request.query_string or request.method != "GET":
            return view(*args, **kwargs)
        pages: Pages = current_app.extensions["visitor_pages"]
        catalogue = current.catalogue()
        key = (request.path, preferences.theme())
        page = pages.find(catalogue, key)
        if page is None:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
            page = response.get_data()
            pages.keep(catalogue, key, page)
        return Response(page, mimetype="text/html")

    return serve
