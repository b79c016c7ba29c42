"""Sign-ins: how long they are good, and what they are called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from course.core.accounts import IDLE, LONGEST, SignIn

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (PHONE, "Safari on iPhone"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_a_few_words(said: str, words: str) -> None:
    assert SignIn("id", "learner", NOW, NOW, said).words == words


def test_a_sign_in_ends_after_a_pause_and_after_its_longest_time() -> None:
    second = timedelta(seconds=1)
    assert SignIn("id", "learner", NOW - LONGEST + second, NOW, "").is_good(NOW)
    assert not SignIn("id", "learner", NOW - LONGEST, NOW, "").is_good(NOW)
    assert SignIn("id", "learner", NOW - IDLE, NOW - IDLE + second, "").is_good(NOW)
    assert not SignIn("id", "learner", NOW - IDLE, NOW - IDLE, "").is_good(NOW)
