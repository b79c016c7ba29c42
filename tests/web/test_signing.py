"""Signing up, in and out: links, passwords, sessions, what a guest takes along, and what nobody is told."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from course import clock
from course.core.accounts import Role
from course.store import accounts, engine
from course.web import passwords
from course.web.signing import MAILS_TO_ADDRESS, MAILS_TO_NETWORK
from tests.conftest import MakeApp
from tests.exams import write_course
from tests.web.browsing import Page, Visitor
from tests.web.conftest import Rows

ANA, PASSWORD = "ana@example.org", "bicycle lantern harbour seven"
OTHER = "a quite different sentence 42"


@pytest.fixture
def app(make_app: MakeApp, tmp_path: Path) -> Flask:
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


@pytest.fixture
def ana(app: Flask) -> str:
    """Make an account; return its learner."""
    with app.app_context():
        made = accounts.make(ANA, "Ana", passwords.hashed(PASSWORD), Role.LEARNER, clock.now())
    assert made is not None
    return made.learner_id


def send(visitor: Visitor, page: str, form: str = "", **fields: str) -> Page:
    return visitor.send(visitor.open(page), form or page, None, **fields)


def sign_in(visitor: Visitor, password: str = PASSWORD, address: str = ANA, **fields: str) -> Page:
    return send(visitor, "/signin", address=address, password=password, **fields)


def link(capsys: pytest.CaptureFixture[str], purpose: str) -> str:
    """The link of the last mail that was printed."""
    return str(re.findall(rf"https?://[^/]+(/{purpose}/\S+)", capsys.readouterr().err)[-1])


def learn_something(visitor: Visitor) -> None:
    """Read a lesson and answer two questions of a quiz."""
    visitor.send(visitor.open("/learn/first/ship"), "/read")
    page = visitor.follow(visitor.send(visitor.open("/quizzes/ship"), "/start"))
    for _ in range(2):
        choice = page.forms[-1].choices["choice"][0]
        verdict = visitor.follow(visitor.send(page, page.response.request.path, choice=choice))
        page = visitor.open(verdict.link("Next question"))


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
        accounts.change(ANA, disabled=True)
    disabled = sign_in(visitor)
    assert {page.status for page in (wrong, unknown, disabled)} == {422}
    texts = {page.html.replace(ANA, "").replace("bob@example.org", "") for page in (wrong, unknown, disabled)}
    assert len(texts) == 1
    assert "The address or the password is not right." in wrong.text
    assert PASSWORD not in unknown.html
    del ana


# ---- sessions ----


def test_a_sign_in_begins_a_new_session_and_a_number_from_before_is_worth_nothing(visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    before = visitor.client.get_cookie("course")
    assert before is not None
    assert sign_in(visitor).status == 303
    after = visitor.client.get_cookie("course")
    assert after is not None
    assert after.value != before.value
    visitor.client.set_cookie("course", before.value)
    assert ANA not in visitor.open("/account").text
    del ana


def test_signing_out_ends_the_session_also_for_a_cookie_kept_by_hand(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    kept = visitor.client.get_cookie("course")
    assert kept is not None
    page = visitor.follow(visitor.send(visitor.open("/account"), "/signout"))
    assert "You are signed out." in page.text
    visitor.client.set_cookie("course", kept.value)
    assert ANA not in visitor.open("/account").text
    assert visitor.open("/progress").status == 200
    del ana


def test_signing_out_takes_nothing_from_a_guest(visitor: Visitor) -> None:
    learn_something(visitor)
    token = visitor.open("/signin").form("/signin").value("csrf_token")
    assert visitor.post("/signout", {"csrf_token": token}).location == "/"
    assert "1 of 1 lessons read" in visitor.open("/progress").text


def test_a_domain_with_letters_of_its_own_is_kept_as_mail_servers_write_it(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "ana@xn--bcher-kva.de" in send(visitor, "/signup", address="ana@bücher.de").text
    assert "To: ana@xn--bcher-kva.de" in capsys.readouterr().err


def test_a_disabled_account_is_out_at_once(app: Flask, visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    with app.app_context():
        accounts.change(ANA, disabled=True)
    assert ANA not in visitor.open("/account").text
    del ana


@pytest.mark.parametrize("column", ["last_at", "created_at"])
def test_a_session_ends_after_a_pause_and_after_half_a_year(
    app: Flask, visitor: Visitor, ana: str, column: str
) -> None:
    sign_in(visitor)
    days = 31 if column == "last_at" else 181
    with app.app_context(), engine.writing() as connection:
        at = (clock.now() - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        connection.exec_driver_sql(f"UPDATE sign_in SET {column} = ?", (at,))  # noqa: S608
    assert ANA not in visitor.open("/account").text
    del ana


def test_devices_are_listed_and_signed_out_one_by_one_and_nobody_elses(
    app: Flask, visitor: Visitor, other: Visitor, ana: str
) -> None:
    sign_in(visitor)
    sign_in(other)
    page = visitor.open("/account")
    ends = [form for form in page.forms if form.action.endswith("/end")]
    assert len(ends) == 1
    eve = Visitor(app)
    learn_something(eve)
    token = eve.open("/signin").form("/signin").value("csrf_token")
    assert eve.post(ends[0].action, {"csrf_token": token}).status == 404
    assert ANA in other.open("/account").text
    assert visitor.post(ends[0].action, ends[0].fields).status == 303
    assert ANA not in other.open("/account").text
    assert ANA in visitor.open("/account").text
    del ana


def test_changing_the_password_wants_the_old_one_and_ends_every_other_session(
    visitor: Visitor, other: Visitor, ana: str
) -> None:
    sign_in(visitor)
    sign_in(other)
    wrong = send(visitor, "/account", "/account/password", old=OTHER, password=OTHER)
    assert wrong.status == 422
    assert "This is not your password." in wrong.text
    weak = send(visitor, "/account", "/account/password", old=PASSWORD, password="password12")
    assert weak.status == 422
    kept = visitor.follow(send(visitor, "/account", "/account/password", old=PASSWORD, password=OTHER))
    assert "Your new password is kept, and every other device is signed out." in kept.text
    assert ANA not in other.open("/account").text
    assert sign_in(other).status == 422
    assert sign_in(other, OTHER).status == 303
    del ana


def test_a_password_that_will_not_do_leaves_the_settings_beside_it_as_they_are(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    send(visitor, "/account", exam_on="2030-05-04", zone="Europe/Berlin")
    page = send(visitor, "/account", "/account/password", old=OTHER, password=OTHER)
    assert page.status == 422
    assert page.form("/account").value("exam_on") == "2030-05-04"
    visitor.send(page, "/account")
    again = visitor.open("/account")
    assert again.form("/account").value("exam_on") == "2030-05-04"
    assert "(Europe/Berlin)" in again.text
    del ana


def test_a_password_of_the_greatest_length_wants_every_character_and_no_more(app: Flask, visitor: Visitor) -> None:
    longest = "ab cd ef 12" * 18 + "xy"
    assert len(longest) == passwords.LONGEST
    with app.app_context():
        accounts.make(ANA, "Ana", passwords.hashed(longest), Role.LEARNER, clock.now())
    assert sign_in(visitor, longest + "z").status == 422
    assert sign_in(visitor, longest).status == 303


def test_a_reset_keeps_the_new_password_ends_all_sessions_and_works_once(
    visitor: Visitor, other: Visitor, ana: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(other)
    send(visitor, "/reset", address=ANA)
    path = link(capsys, "reset")
    page = visitor.open(path)
    assert visitor.send(page, path, password="password12").status == 422
    done = visitor.follow(visitor.send(page, path, password=OTHER))
    assert "Your new password is kept" in done.text
    assert ANA not in other.open("/account").text
    assert visitor.send(page, path, password=PASSWORD).status == 404
    assert sign_in(visitor).status == 422
    assert sign_in(visitor, OTHER).status == 303
    del ana


# ---- what a guest had ----


def test_on_a_shared_computer_the_guests_progress_can_stay_out(visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    page = visitor.follow(sign_in(visitor, leave="1"))
    assert "We kept" not in page.text
    assert "Nothing here yet" in page.text
    del ana


def test_a_claim_unites_both_and_takes_nothing_twice(app: Flask, visitor: Visitor, other: Visitor, ana: str) -> None:
    sign_in(other)
    learn_something(other)
    learn_something(visitor)
    assert "We kept your 1 quiz and 2 answers." in visitor.follow(sign_in(visitor)).text
    with app.app_context(), engine.reading() as connection:
        learners = connection.exec_driver_sql("SELECT count(*) FROM learner").scalar()
        attempts = connection.exec_driver_sql("SELECT learner_id, count(*) FROM attempt GROUP BY 1").all()
    assert learners == 1
    assert [tuple(row) for row in attempts] == [(ana, 2)]


def test_progress_review_and_readiness_are_the_same_before_and_after(app: Flask, visitor: Visitor, ana: str) -> None:
    learn_something(visitor)
    send(visitor, "/account", exam_on="2030-05-04")
    paths = ("/progress", "/review", "/readiness", "/practise")
    before = [shown(visitor, path) for path in paths]
    sign_in(visitor)
    visitor.open("/progress")  # which says what was kept
    assert [shown(visitor, path) for path in paths] == before
    with app.app_context(), engine.reading() as connection:
        assert [row.id for row in connection.exec_driver_sql("SELECT id FROM learner")] == [ana]


def shown(visitor: Visitor, path: str) -> str:
    """What a page says, but for what it says of accounts."""
    text = visitor.open(path).text
    for words in (
        " A cookie in this browser is the key to it; another browser starts anew. Save my progress",
        "Save my progress",
        "Account",
    ):
        text = text.replace(words, "")
    return " ".join(text.split())


def test_nobody_can_claim_an_account(app: Flask, visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    learn_something(visitor)
    with app.app_context():
        bob = accounts.make("bob@example.org", "Bob", passwords.hashed(OTHER), Role.LEARNER, clock.now())
        assert bob is not None
        assert not accounts.claim(ana, bob.learner_id).anything
    assert "1 of 1 lessons read" in visitor.open("/progress").text


# ---- limits and redirects ----


def test_guessing_is_slowed_down_with_the_time_to_wait(visitor: Visitor, ana: str) -> None:
    for _ in range(10):
        assert sign_in(visitor, OTHER).status == 422
    page = sign_in(visitor)
    assert page.status == 429
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes, then try again." in page.text
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


@pytest.mark.parametrize("path", ["/signin", "/account/password"])
def test_a_password_of_very_many_accents_keeps_nobody_waiting(visitor: Visitor, ana: str, path: str) -> None:
    """Composing it takes time by the square of its length: 120,000 accents took half a minute."""
    sign_in(visitor)
    accents = "a" + "\u0301" * 20_000 + "\u0316" * 20_000
    before = time.process_time()
    page = visitor.open("/account" if path == "/account/password" else "/reset")
    token = page.form("/theme").value("csrf_token")
    fields = {"csrf_token": token, "address": ANA, "old": PASSWORD, "password": accents}
    assert visitor.post(path, fields).status == 422
    assert time.process_time() - before < 1.5
    del ana


def test_passwords_tried_with_a_link_are_limited(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    page = visitor.open(path)
    for _ in range(20):
        assert visitor.send(page, path, name="Ana", password="short").status == 422
    assert visitor.send(page, path, name="Ana", password=PASSWORD).status == 429


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


def test_who_signs_in_again_is_signed_out_of_what_was_before(visitor: Visitor, ana: str, rows: Rows) -> None:
    page = visitor.open("/signin")
    sign_in(visitor)
    kept = visitor.client.get_cookie("course")
    assert kept is not None
    assert visitor.send(page, "/signin", address=ANA, password=PASSWORD).status == 303
    assert rows()["sign_in"] == 1
    visitor.client.set_cookie("course", kept.value)
    assert ANA not in visitor.open("/account").text
    del ana


def test_a_name_of_blanks_is_none(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    send(visitor, "/signup", address=ANA)
    path = link(capsys, "signup")
    page = visitor.send(visitor.open(path), path, name="   ", password=PASSWORD)
    assert page.status == 422
    assert "Write how the course should call you." in page.text


def test_no_old_password_is_shown_again_either(visitor: Visitor, ana: str) -> None:
    sign_in(visitor)
    page = visitor.post("/account/password", {"old": PASSWORD, "password": OTHER, "csrf_token": "old"})
    assert page.status == 400
    assert PASSWORD not in page.html
    assert OTHER not in page.html
    del ana
