"""Theme and time for everybody; name and address of an account."""

from __future__ import annotations

import pytest
from flask import Flask

from course import clock
from course.store import accounts, engine
from tests.web.browsing import Page, Visitor
from tests.web.people import ANA, PASSWORD, account, link, send, sign_in


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


# ---- theme and time ----


def test_theme_and_time_are_set_here_and_used_everywhere(app: Flask) -> None:
    visitor = Visitor(app)
    page = visitor.follow(visitor.send(visitor.open("/account"), "/account", None, theme="dark", exam_time="1.5"))
    assert 'data-theme="dark"' in visitor.open("/learn").html
    assert page.form("/account").value("exam_time") == "1.5"
    assert visitor.open("/exam/ship").form("/start").value("time") == "1.5"
    back = visitor.follow(visitor.send(page, "/account", None, theme=""))
    assert 'data-theme="' not in back.html
    assert back.form("/account").value("exam_time") == "1.5"


def test_the_time_chosen_where_an_exam_begins_is_kept_here(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.send(visitor.open("/exam/ship"), "/exam/ship/start", None, time="none")
    assert visitor.open("/account").form("/account").value("exam_time") == "none"


def test_setting_the_zone_alone_makes_no_guest(app: Flask) -> None:
    visitor = Visitor(app)
    assert visitor.send(visitor.open("/account"), "/account", None, zone="Europe/Berlin").status == 303
    assert "course" not in visitor.cookies()


@pytest.mark.parametrize(
    ("field", "why"), [("theme", "Choose a theme from the list."), ("exam_time", "Choose a time from the list.")]
)
@pytest.mark.parametrize("value", ["sepia", "0", "1e9", "<b>", "x" * 3000])
def test_what_is_not_in_a_list_is_refused(app: Flask, field: str, why: str, value: str) -> None:
    visitor = Visitor(app)
    page = visitor.send(visitor.open("/account"), "/account", None, **{field: value})
    assert page.status == 422
    assert page.text.count(why) == 2


# ---- name and address ----

NEW = "new@example.org"


@pytest.fixture
def signed_in(app: Flask) -> Visitor:
    """Return somebody with an account who is signed in."""
    account(app)
    visitor = Visitor(app)
    assert sign_in(visitor).status == 303
    return visitor


def ask_for(visitor: Visitor, address: str, proof: str = PASSWORD) -> Page:
    return visitor.send(visitor.open("/account"), "/account/address", None, address=address, proof=proof)


def test_a_name_is_changed_and_one_that_will_not_do_is_shown_again(signed_in: Visitor) -> None:
    page = signed_in.send(signed_in.open("/account"), "/account/name", None, name="x" * 101)
    assert page.status == 422
    assert "Use 100 characters at most." in page.text
    assert f'value="{"x" * 101}"' in page.html
    done = signed_in.follow(signed_in.send(page, "/account/name", None, name="  Ana   <i>Maria</i> "))
    assert f"Ana <i>Maria</i>, {ANA}" in done.text


def test_an_address_is_changed_by_the_link_that_goes_there_and_the_old_one_is_told(
    signed_in: Visitor, other: Visitor, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = ask_for(signed_in, " New@Example.org ")
    assert f"A mail is on its way to {NEW}." in sent.text
    assert f"Ana, {ANA}" in signed_in.open("/account").text  # nothing is changed yet
    path = link(capsys, "address")
    scanner = Visitor(app)
    for _ in range(3):
        assert scanner.open(path).status == 200  # opening changes nothing
    done = other.follow(other.send(other.open(path), path))
    assert "Your new address is kept." in done.text
    told = capsys.readouterr().err
    assert f"To: {ANA}\n" in told
    assert f"was changed to {NEW}" in told
    assert f"Ana, {NEW}" in signed_in.open("/account").text
    assert sign_in(other).status == 422
    assert sign_in(other, address=NEW).status == 303
    assert other.open(path).status == 404
    assert "This link is over" in other.open(path).text


def test_without_the_password_or_an_address_no_mail_goes_out(
    signed_in: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    for address, proof, why in ((NEW, "wrong", "This is not your password."), ("new@", PASSWORD, "Write a mail")):
        page = ask_for(signed_in, address, proof)
        assert page.status == 422
        assert page.text.count(why) == 2
        assert f'value="{address}"' in page.html
        assert "wrong" not in page.html
    assert capsys.readouterr().err == ""


def test_an_address_that_has_an_account_looks_the_same_and_is_not_taken(
    app: Flask, signed_in: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    account(app, NEW, name="Bob")
    page = ask_for(signed_in, NEW)
    assert page.status == 200
    assert f"A mail is on its way to {NEW}." in page.text
    assert "There is an account with it already, so nothing was changed." in capsys.readouterr().err
    assert f"Ana, {ANA}" in signed_in.open("/account").text


def test_an_address_that_got_an_account_meanwhile_is_not_taken(
    app: Flask, signed_in: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    ask_for(signed_in, NEW)
    path = link(capsys, "address")
    page = signed_in.open(path)
    account(app, NEW, name="Bob")
    assert signed_in.send(page, path).status == 404
    assert f"Ana, {ANA}" in signed_in.open("/account").text


def test_links_to_the_old_address_open_nothing_any_more(
    signed_in: Visitor, other: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    send(other, "/reset", address=ANA)
    reset = link(capsys, "reset")
    ask_for(signed_in, NEW)
    path = link(capsys, "address")
    signed_in.send(signed_in.open(path), path)
    assert other.open(reset).status == 404


def reset_by(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/reset", address=ANA)
    path = link(capsys, "reset")
    assert visitor.send(visitor.open(path), path, password="quite another long sentence").status == 303


def test_a_new_password_uses_up_every_link_that_was_asked_for_before(
    app: Flask, signed_in: Visitor, other: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asked may have known the old password."""
    ask_for(signed_in, NEW)
    move = link(capsys, "address")
    page = other.open(move)
    reset_by(other, capsys)
    assert other.send(page, move).status == 404
    assert other.open(move).status == 404
    sign_in(other, "quite another long sentence")
    send(Visitor(app), "/reset", address=ANA)
    reset = link(capsys, "reset")
    assert other.open(reset).status == 200
    changed = {"old": "quite another long sentence", "password": "and a third sentence again"}
    assert other.send(other.open("/account"), "/account/password", None, **changed).status == 303
    assert other.open(reset).status == 404


def test_a_link_to_a_new_address_is_good_for_a_day_and_not_for_a_disabled_account(
    app: Flask, signed_in: Visitor, other: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    ask_for(signed_in, NEW)
    path = link(capsys, "address")
    page = other.open(path)
    with app.app_context():
        accounts.disable(ANA, clock.now())
    assert other.send(page, path).status == 404
    with app.app_context():
        accounts.disable(ANA, clock.now(), undo=True)
        with engine.writing() as connection:
            connection.exec_driver_sql("UPDATE letter SET ends_at = '2020-01-01 00:00:00'")
    assert other.send(page, path).status == 404
    assert other.open(path).status == 404
