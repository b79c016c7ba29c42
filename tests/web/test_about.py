"""Help, accessibility and privacy say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from course.web import current
from course.web.data import COOKIES
from tests.conftest import ROOT
from tests.web.browsing import Visitor

SCRIPTS = ROOT / "course/static/js"


@pytest.mark.parametrize("path", ["/help", "/accessibility", "/privacy"])
def test_every_page_leads_there(visitor: Visitor, path: str) -> None:
    assert path in {href for href, _ in visitor.open("/learn").links}
    assert visitor.open(path).status == 200


def test_the_help_names_every_key_that_a_script_listens_to(visitor: Visitor) -> None:
    text = visitor.open("/help").html
    named = {
        "Escape": "Esc",
        "ArrowUp": "↑",
        "ArrowDown": "↓",
        "ArrowLeft": "←",
        "ArrowRight": "→",
        "z": "Ctrl+Z",
        "t": "T",
    }
    script = "\n".join(file.read_text() for file in Path(SCRIPTS).glob("*.js"))
    keys = set(re.findall(r'event\.key(?:\.toLowerCase\(\))? [!=]== "([^"]+)"', script))
    keys |= set(re.findall(r"(Arrow\w+|Home|End):? ", script))
    assert {"Escape", "/", "Enter", "Delete", "Backspace", "ArrowUp", "Home", "End"} <= keys
    for key in keys:
        assert f"<kbd>{named.get(key, key)}</kbd>" in text, key


def test_the_search_key_can_be_switched_off_and_on(visitor: Visitor) -> None:
    page = visitor.open("/help")
    assert "data-keys" not in page.html
    off = visitor.follow(visitor.send(page, "/help/keys", ("slash", "off")))
    assert "The key / is switched off." in off.text
    assert 'data-keys="off"' in visitor.open("/learn").html
    visitor.follow(visitor.send(off, "/help/keys", ("slash", "on")))
    assert "data-keys" not in visitor.open("/learn").html


def test_another_word_switches_nothing(visitor: Visitor) -> None:
    visitor.send(visitor.open("/help"), "/help/keys", ("slash", "maybe"))
    assert "data-keys" not in visitor.open("/learn").html


def test_the_privacy_page_names_every_cookie(visitor: Visitor, app: Flask) -> None:
    text = visitor.open("/privacy").html
    sources = [*(ROOT / "course/web").glob("*.py"), *Path(SCRIPTS).glob("*.js")]
    source = "\n".join(file.read_text() for file in sources)
    written = set(re.findall(r'keep_cookie\(\s*\w+, "([\w-]+)"', source))
    written |= set(re.findall(r"document\.cookie = `(\w+)=", source)) | {current.CHOSEN_ZONE}
    assert written == set(COOKIES)
    assert source.count("set_cookie(") == 1  # in `keep_cookie`
    assert {*COOKIES, app.config["SESSION_COOKIE_NAME"]} == set(re.findall(r"<tr>\s*<td>([\w-]+)</td>", text))
    assert "400 days" in text
    assert app.permanent_session_lifetime.days == 400
