"""Signing up and in: links, what nobody is told, limits, and where one is led."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from course import clock
from course.store import accounts, engine
from course.web import passwords, signing
from course.web.signing import MAILS_TO_ADDRESS, MAILS_TO_NETWORK, TRIES
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows
from tests.web.people import ANA, OTHER, PASSWORD, learn_something, link, send, sign_in


@pytest.fixture
def app(ship: Flask) -> Flask:
    return ship


# ---- signing up ----


def test_a_guest_makes_an_account_and_keeps_what_was_done(
    visitor: Visitor, other: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    learn_something(visitor)
    sent = send(visitor, "/signup", address=" Ana@Example.org ")
    assert "A mail is on its way to ana@example.org." in sent.text
    assert "The mail stands where the course was started" in sent.text
    page = visitor.open(link(capsys, "signup"))
    done = visitor.send(page, page.response.request.path, name="Ana", password=PASSWORD)
    assert done.location == "/progress"
    progress = visitor.follow(done)
    assert "We kept your 1 quiz and 2 answers." in progress.text
    assert "1 of 1 lessons read" in progress.text
    assert "Ana, ana@example.org" in visitor.open("/account").text
    assert sign_in(other).location == "/progress"
    assert "1 of 1 lessons read" in other.open("/progress").text


def test_a_link_works_once_and_opening_it_uses_nothing_up(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    for _ in range(3):
        page = visitor.open(path)
        assert page.status == 200
    assert visitor.send(page, path, name="Ana", password=PASSWORD).status == 303
    again = visitor.post(path, [*page.forms[-1].fields, ("name", "Eve"), ("password", OTHER)])
    assert again.status in {400, 404}
    visitor.send(visitor.open("/account"), "/signout")
    assert visitor.open(path).status == 404
    assert "This link is over" in visitor.open(path).text


def test_an_old_link_and_one_of_another_kind_open_nothing(
    app: Flask, visitor: Visitor, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    send(visitor, "/reset", address=ANA)
    path = link(capsys, "reset")
    assert visitor.open(path.replace("/reset/", "/signup/")).status == 404
    with app.app_context(), engine.writing() as connection:
        connection.exec_driver_sql("UPDATE letter SET ends_at = '2020-01-01 00:00:00'")
    assert visitor.open(path).status == 404
    assert visitor.open("/reset/" + "x" * 5000).status == 404
    del ana


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "Use 10 characters or more."),
        ("short", "Use 10 characters or more."),
        ("password1234", "This is"),
        ("qwertyuiop", "This is"),
        ("ana@example.org", "Three or four words"),
        ("x" * 201, "Use 200 characters at most."),
        ("ShipStudy2026", "Three or four words"),  # the course's title
    ],
)
def test_a_weak_password_is_refused_with_a_reason_and_the_name_is_kept(
    visitor: Visitor, capsys: pytest.CaptureFixture[str], password: str, why: str
) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    page = visitor.send(visitor.open(path), path, name="Ana <b>", password=password)
    assert page.status == 422
    assert why in page.text
    assert 'value="Ana &lt;b&gt;"' in page.html
    assert not password or password not in page.html.replace(ANA, "")


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@example.org", "a b@c.de", "ana@exa\nmple.org", "x" * 300 + "@y.de"]
)
@pytest.mark.parametrize("path", ["/signup", "/reset", "/signin"])
def test_what_is_no_address_is_said_and_shown_again(visitor: Visitor, rows: Rows, path: str, address: str) -> None:
    page = send(visitor, path, address=address)
    assert page.status == 422
    assert "Write a mail address, for example ana@example.org." in page.text
    assert rows() == {}


def test_a_domain_with_letters_of_its_own_is_kept_as_mail_servers_write_it(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "ana@xn--bcher-kva.de" in send(visitor, "/signup", address="ana@bücher.de").text
    assert "To: ana@xn--bcher-kva.de" in capsys.readouterr().err


def test_two_who_finish_at_once_with_one_address_make_one_account(
    app: Flask, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [Visitor(app) for _ in range(4)]
    pages = []
    for person in people:
        send(person, "/signup", address=ANA)
        pages.append(person.open(link(capsys, "signup")))
    together = Barrier(len(people))

    def finish(person: Visitor, page: Page) -> int:
        together.wait()
        return person.send(page, page.response.request.path, name="Ana", password=PASSWORD).status

    with ThreadPoolExecutor(len(people)) as pool:
        answers = sorted(pool.map(finish, people, pages))
    assert answers == [303, 404, 404, 404]
    assert rows()["account"] == rows()["sign_in"] == 1


# ---- nobody is told who has an account ----


@pytest.mark.parametrize("path", ["/signup", "/reset"])
def test_pages_say_the_same_of_an_address_with_and_without_account(
    visitor: Visitor, ana: str, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    pages = [send(visitor, path, address=address) for address in (ANA, "bob@example.org")]
    assert pages[0].status == pages[1].status == 200
    assert pages[0].text.replace(ANA, "") == pages[1].text.replace("bob@example.org", "")
    assert capsys.readouterr().err.count("This would be sent") == 2
    del ana


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_look_the_same(
    app: Flask, visitor: Visitor, ana: str
) -> None:
    wrong = sign_in(visitor, OTHER)
    unknown = sign_in(visitor, address="bob@example.org")
    with app.app_context():
        accounts.disable(ANA, clock.now())
    disabled = sign_in(visitor)
    assert {page.status for page in (wrong, unknown, disabled)} == {422}
    texts = {page.html.replace(ANA, "").replace("bob@example.org", "") for page in (wrong, unknown, disabled)}
    assert len(texts) == 1
    assert "The address or the password is not right." in wrong.text
    assert PASSWORD not in unknown.html
    del ana


# ---- limits and redirects ----


def test_guessing_is_slowed_down_with_the_time_to_wait(visitor: Visitor, ana: str) -> None:
    for _ in range(10):
        assert sign_in(visitor, OTHER).status == 422
    page = sign_in(visitor)
    assert page.status == 429
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes, then try again." in page.text
    del ana


def from_network(app: Flask, address: str) -> Visitor:
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def test_who_guesses_elsewhere_does_not_lock_the_owner_out(app: Flask, visitor: Visitor, ana: str) -> None:
    guesser = from_network(app, "192.0.2.7")
    assert [sign_in(guesser, f"wrong {n}").status for n in range(TRIES + 1)] == [422] * TRIES + [429]
    assert sign_in(visitor).status == 303
    del ana


def test_guesses_from_everywhere_are_limited_too_and_a_reset_lets_the_owner_in(
    app: Flask, visitor: Visitor, ana: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "TRIES_OF_ALL", 6)
    answers = [sign_in(from_network(app, f"2001:db8:{n:x}::1"), "wrong").status for n in range(7)]
    assert answers == [422] * 6 + [429]
    assert sign_in(visitor).status == 429
    send(visitor, "/reset", address=ANA)
    path = link(capsys, "reset")
    visitor.send(visitor.open(path), path, password=OTHER)
    assert sign_in(visitor, OTHER).status == 303
    del ana


def test_mails_to_one_address_are_limited(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        assert send(visitor, "/signup", address=ANA).status == 200
    assert send(visitor, "/reset", address=ANA).status == 429
    assert capsys.readouterr().err.count("This would be sent") == 5


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/nowhere"]
)
def test_after_signing_in_nobody_is_led_to_another_site(visitor: Visitor, ana: str, target: str) -> None:
    location = sign_in(visitor, next=target).location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "evil" not in location
    del ana


def test_after_signing_in_one_is_where_one_wanted_to_be(visitor: Visitor, ana: str) -> None:
    assert sign_in(visitor, next="/review").location == "/review"
    del ana


def test_no_password_is_shown_again_when_a_form_has_to_be_sent_once_more(visitor: Visitor) -> None:
    learn_something(visitor)
    page = visitor.post("/signin", {"address": ANA, "password": PASSWORD, "csrf_token": "old"}, {})
    assert page.status == 400
    assert ANA in page.html
    assert PASSWORD not in page.html


# ---- what is sent to wear the server out, or to get past it ----


def test_a_browser_that_is_refused_cannot_lock_others_out(
    app: Flask, visitor: Visitor, ana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as quick:
        quick.setattr(passwords, "fits", lambda *_: False)
        for number in range(50):
            assert sign_in(visitor, address=f"a{number // 9}@example.org").status == 422
    for _ in range(10):
        assert sign_in(visitor).status == 429
    elsewhere = Visitor(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sign_in(elsewhere).status == 303
    del ana


def test_the_addresses_of_one_ipv6_network_count_as_one(visitor: Visitor) -> None:
    for number in range(MAILS_TO_NETWORK + 1):
        visitor.client.environ_base["REMOTE_ADDR"] = f"2001:db8::{number:x}"
        page = send(visitor, "/reset", address=f"a{number // MAILS_TO_ADDRESS}@example.org")
    assert page.status == 429
    visitor.client.environ_base["REMOTE_ADDR"] = "2001:db8:0:1::1"
    assert send(visitor, "/reset", address="b@example.org").status == 200


@pytest.mark.parametrize("address", ["=?utf-8?q?eve=40evil.example=2C?=@example.org", "=?utf-8?q?=0Ax?=@example.org"])
def test_an_address_that_a_mail_would_turn_into_another_one_is_refused(visitor: Visitor, address: str) -> None:
    assert send(visitor, "/signup", address=address).status == 422


@pytest.mark.parametrize("target", ["/review?a\nb", "/review?a\r\nSet-Cookie: x=y"])
def test_a_line_break_in_where_one_wanted_to_be_breaks_nothing(visitor: Visitor, ana: str, target: str) -> None:
    assert sign_in(visitor, next=target).location == "/"
    del ana


def test_a_name_of_blanks_is_none(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    page = visitor.send(visitor.open(path), path, name="   ", password=PASSWORD)
    assert page.status == 422
    assert "Write how the course should call you." in page.text
