"""What is the same for everybody is rendered once and kept as long as its catalogue.

Whole pages for people without a cookie: they hold nothing of a person, no seed, and the token that
all visitors share. And the parts of a page that only the course decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from course.web import current, preferences, security

P = ParamSpec("P")
# No secret: it stands in a kept part for the token of whoever sees it.
TOKEN = "the-token-of-the-person-who-asks"  # noqa: S105 # nosec B105


def same_for_visitors(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Serve a page from memory to people without a cookie. Only for pages whose path alone decides them."""

    @wraps(view)
    def serve(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current.learner_id() is not None or request.query_string or request.method != "GET":
            return view(*args, **kwargs)
        memo = current.catalogue().memo
        key = ("page", request.path, preferences.look())
        page = memo.get(key)
        if page is None:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
            page = memo[key] = response.get_data()
        return Response(page, mimetype="text/html")

    return serve


def kept_part(template: str, name: str, values: Callable[[], Mapping[str, object]]) -> Markup:
    """Render a part that only the course and `name` decide, once; put this person's token into its forms."""
    memo = current.catalogue().memo
    key = ("part", template, name)
    kept = memo.get(key)
    if kept is None:
        kept = memo[key] = render_template(template, token=TOKEN, **values())
    return Markup(kept.replace(TOKEN, security.csrf_token()))  # noqa: S704 — our own template, and hexadecimal digits


def part(template: str, section: str = "") -> Markup:
    """Do the same in a template, for what the course, the section and one’s role decide."""
    account = current.account()
    role = account.role if account else None
    return kept_part(template, f"{section}/{role}", lambda: {"section": section, "role": role})
