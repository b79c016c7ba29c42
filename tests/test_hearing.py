"""What of a request reaches the application."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from course.hearing import environment


def scope(authority: str | None = None, headers: tuple[tuple[str, str], ...] = ()) -> Any:
    """A request as granian tells of it; a header that came twice is there twice."""
    return SimpleNamespace(
        server="127.0.0.1:8000",
        client="192.0.2.7:5000",
        method="POST",
        path="/theme",
        query_string="",
        http_version="1.1",
        scheme="http",
        authority=authority,
        headers=SimpleNamespace(items=lambda: headers),
    )


@pytest.mark.parametrize("authority", [None, "course.example"])
def test_the_host_stands_once_also_where_the_whole_address_is_asked_for(authority: str | None) -> None:
    found = environment(scope(authority, (("host", "course.example"),)), b"")
    assert found["HTTP_HOST"] == "course.example"


def test_what_came_twice_is_joined_and_a_name_with_an_underscore_is_left_out() -> None:
    headers = (("x-forwarded-for", "203.0.113.1"), ("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "evil"))
    found = environment(scope(None, (*headers, ("cookie", "a=1"), ("cookie", "b=2"))), b"")
    assert found["HTTP_X_FORWARDED_FOR"] == "203.0.113.1,192.0.2.1"
    assert found["HTTP_COOKIE"] == "a=1;b=2"
    assert found["REMOTE_ADDR"] == "192.0.2.7"
