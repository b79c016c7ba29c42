"""Settings: date, time zone, theme and time, for newcomers too; name and address of an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from course import clock
from course.web.account import zones
from tests.web.browsing import Visitor
from tests.web.conftest import Rows


def test_looking_at_the_settings_leaves_no_trace(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open("/account")
    assert "Set-Cookie" not in page.response.headers
    assert rows() == {}


def test_a_newcomer_who_sets_a_date_is_remembered(visitor: Visitor) -> None:
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    page = visitor.follow(visitor.send(visitor.open("/account"), "/account", exam_on=day))
    assert "Kept." in page.text
    assert f'value="{day}"' in page.html
    assert "is over" not in page.text
    assert 'value=""' in visitor.follow(visitor.send(page, "/account", exam_on="")).html


def test_a_day_that_is_over_is_kept_and_said(visitor: Visitor) -> None:
    page = visitor.follow(visitor.send(visitor.open("/account"), "/account", exam_on="2020-01-01"))
    assert "The day that is set is over, so it does not count any more." in page.text


@pytest.mark.parametrize("day", ["soon", "2027-02-30", "1.3.2027", "9" * 400, "<b>"])
def test_what_is_no_date_is_said_and_shown_again(visitor: Visitor, rows: Rows, day: str) -> None:
    page = visitor.send(visitor.open("/account"), "/account", exam_on=day)
    assert page.status == 422
    assert "Write the date as year-month-day" in page.text
    assert "There is a problem" in page.text
    assert "<b>" not in page.html.partition("<main")[2]
    assert rows() == {}


def test_days_and_times_are_those_of_the_chosen_zone(app: Flask, visitor: Visitor) -> None:
    page = visitor.follow(visitor.send(visitor.open("/account"), "/account", zone="Pacific/Kiritimati"))
    assert "(Pacific/Kiritimati)" in page.text
    there = clock.now() + timedelta(hours=14)
    assert f"on {there.day} " in page.text
    back = visitor.follow(visitor.send(page, "/account", zone=""))
    assert "UTC" in back.text
    del app


@pytest.mark.parametrize("zone", ["Nowhere/City", "../../etc/passwd", "x" * 3000, "Europe"])
def test_a_zone_that_is_none_is_refused(visitor: Visitor, zone: str) -> None:
    page = visitor.send(visitor.open("/account"), "/account", zone=zone)
    assert page.status == 422
    assert "Choose a time zone from the list." in page.text


@pytest.mark.parametrize("zone", ["Nowhere/City", "../../etc/passwd", "/etc/passwd", "x" * 3000, "\x00", "posixrules"])
def test_a_cookie_with_a_wrong_zone_means_utc_or_a_zone_and_never_an_error(visitor: Visitor, zone: str) -> None:
    visitor.client.set_cookie("zone", zone)
    assert visitor.open("/account").status == 200


def test_every_zone_of_the_list_can_be_used(visitor: Visitor) -> None:
    assert len(zones()) > 300
    for zone in zones()[::40]:
        visitor.client.set_cookie("zone-set", zone)
        assert zone in visitor.open("/account").html
