"""Everything that is kept of a learner can be deleted: at once, by them alone, and it does not come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from course.library.catalogue import Catalogue
from course.store import attempts
from tests.conftest import MakeApp
from tests.exams import write_course
from tests.web.browsing import HERE, Page, Visitor
from tests.web.conftest import Rows
from tests.web.sitting import begin, id_of, right, save, submit
from tests.web.test_data import ANA, PASSWORD, do_everything, learner_of, with_account
from tests.web.test_owners import addresses
from tests.web.test_security import CROSS

DELETE = "/account/delete"
PAGES = ("/", "/learn", "/learn/first/hull", "/practise", "/quizzes/hull", "/exercises/harbour", "/progress", "/review")


def delete(visitor: Visitor) -> Page:
    """Tick the box and press the button; look at what follows."""
    return visitor.follow(visitor.send(visitor.open(DELETE), DELETE, sure="yes"))


def with_old_cookie(app: Flask, cookie: str) -> Visitor:
    """Somebody who kept the signed cookie by hand."""
    person = Visitor(app)
    person.client.set_cookie("course", cookie)
    return person


@pytest.fixture
def guest(visitor: Visitor, catalogue: Catalogue) -> Visitor:
    """Return somebody who has done a bit of everything."""
    do_everything(visitor, catalogue)
    return visitor


@pytest.fixture
def ship(make_app: MakeApp, tmp_path: Path) -> Flask:
    """Return the application on the course with a mock exam."""
    return make_app(write_course(tmp_path / "ship"), instance=tmp_path / "instance")


# ---- before ----


def test_where_nothing_is_kept_the_page_says_so_and_leaves_no_trace(visitor: Visitor, rows: Rows) -> None:
    page = visitor.open(DELETE)
    assert page.status == 200
    assert "There is nothing to delete." in page.text
    assert not [form for form in page.forms if form.action == DELETE]
    assert "Set-Cookie" not in page.response.headers
    assert rows() == {}


@pytest.mark.parametrize("sure", ["yes", "", "no"])
def test_neither_does_sending_the_form_then(visitor: Visitor, rows: Rows, sure: str) -> None:
    token = visitor.open("/account").form("/account").value("csrf_token")
    page = visitor.post(DELETE, {"csrf_token": token, "sure": sure})
    assert page.status == (303 if sure == "yes" else 422)
    assert rows() == {}


def test_the_page_says_what_goes_and_what_stays_and_offers_the_export(guest: Visitor) -> None:
    page = guest.open(DELETE)
    for words in ("What goes", "Every answer", "lessons you marked", "forecast", "date of your exam", "What stays"):
        assert words in page.text
    assert page.link("export your data") == "/account/export"
    assert page.link("Keep my data") == "/account"
    assert page.form(DELETE).fields == [("csrf_token", page.form(DELETE).value("csrf_token"))]  # nothing is ticked
    assert "A mock exam is running." not in page.text


def test_settings_and_privacy_lead_there(visitor: Visitor) -> None:
    for path in ("/account", "/privacy"):
        links = {href for href, _ in visitor.open(path).links}
        assert {"/account/export", DELETE} <= links


def test_it_says_that_a_running_exam_goes_too(ship: Flask) -> None:
    visitor = Visitor(ship)
    page = begin(visitor)
    save(visitor, page, 1, 1, choice=right(ship, id_of(page), 1))
    assert "A mock exam is running. It is deleted too, and cannot be finished." in visitor.open(DELETE).text
    assert "A mock exam is running." in visitor.send(visitor.open(DELETE), DELETE).text
    submit(visitor, id_of(page))
    assert "A mock exam is running." not in visitor.open(DELETE).text


# ---- not without being asked ----


LEFT = {"revision", "audit"}  # the texts that were asked, and that somebody without a name deleted everything
SURE = [
    None,
    "",
    "no",
    "on",
    "true",
    "1",
    "YES",
    "yes ",
    " yes",
    "yes\0",
    "Yes",
    "y" * 5000,
    "<b>",
    "\uff59\uff45\uff53",
    ["no", "yes"],
]


@pytest.mark.parametrize("sure", SURE, ids=lambda sure: str(sure)[:8])
def test_without_the_tick_nothing_is_lost_and_the_page_says_what_to_do(
    guest: Visitor, rows: Rows, sure: str | list[str] | None
) -> None:
    before, cookies = rows(), guest.cookies()
    page = guest.send(guest.open(DELETE), DELETE, sure=sure)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.text
    assert page.text.count("Tick the box to delete everything. Nothing is deleted yet.") == 2
    assert ("#sure", "Tick the box to delete everything. Nothing is deleted yet.") in page.links
    assert page.ids.count("sure") == page.ids.count("sure-error") == 1
    assert "Set-Cookie" not in page.response.headers
    assert (rows(), guest.cookies()) == (before, cookies)


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_another_site_cannot_delete_anything(guest: Visitor, rows: Rows, headers: dict[str, str]) -> None:
    before = rows()
    fields = {"csrf_token": guest.open(DELETE).form(DELETE).value("csrf_token"), "sure": "yes"}
    assert guest.post(DELETE, fields, headers).status == 403
    assert rows() == before


@pytest.mark.parametrize("token", [None, "", "x", "0" * 40])
def test_without_the_token_nothing_is_deleted(guest: Visitor, rows: Rows, token: str | None) -> None:
    before = rows()
    fields = {"sure": "yes"} | ({} if token is None else {"csrf_token": token})
    for headers in (HERE, {}):
        page = guest.post(DELETE, fields, headers)
        assert page.status == 400
        assert "Please send it again" in page.text
    assert rows() == before


def test_the_token_of_somebody_else_deletes_nobody(guest: Visitor, other: Visitor, rows: Rows) -> None:
    other.send(other.open("/learn/first/hull"), "/read")
    before = rows()
    fields = {"csrf_token": other.open(DELETE).form(DELETE).value("csrf_token"), "sure": "yes"}
    assert guest.post(DELETE, fields).status == 400
    assert rows() == before


@pytest.mark.parametrize("path", [f"{DELETE}?sure=yes", f"{DELETE}?done=1&sure=yes", "/account/export?sure=yes"])
def test_looking_deletes_nothing(guest: Visitor, rows: Rows, path: str) -> None:
    before = rows()
    assert guest.open(path).status == 200
    assert guest.client.head(path).status_code == 200
    noted = {"audit", "allowance"}  # that there was an export, and how many
    assert {name: number for name, number in rows().items() if name not in noted} == {
        name: number for name, number in before.items() if name not in noted
    }


def test_the_page_that_says_it_is_done_says_so_to_nobody_whose_data_is_there(guest: Visitor) -> None:
    page = guest.open(f"{DELETE}?done=1")
    assert "Everything is deleted." not in page.text
    assert page.form(DELETE)


# ---- done ----


def test_everything_goes_at_once_and_the_page_says_so(guest: Visitor, rows: Rows) -> None:
    assert rows().keys() >= {"learner", "lesson_read", "attempt", "attempt_item", "event", "memory"}
    page = delete(guest)
    assert page.status == 200
    assert "Everything is deleted." in page.text
    assert rows().keys() == LEFT
    assert "There is nothing to delete." in guest.open(DELETE).text
    assert "There is nothing to export yet." in guest.open("/account/export").text


def test_what_others_have_stays(guest: Visitor, other: Visitor, catalogue: Catalogue, rows: Rows) -> None:
    mine = rows()
    do_everything(other, catalogue)
    progress = other.open("/progress").text
    delete(guest)
    assert rows() == {**mine, "audit": 1}
    assert other.open("/progress").text == progress


def test_every_cookie_of_the_privacy_page_is_gone(guest: Visitor) -> None:
    names = re.findall(r"<tr>\s*<td>([\w-]+)</td>", guest.open("/privacy").html)
    assert len(names) == 6
    for name in set(names) - {"course"}:
        guest.client.set_cookie(name, "dark" if name == "theme" else "Europe/Berlin")
    answer = guest.send(guest.open(DELETE), DELETE, sure="yes").response
    deleted = [
        cookie for cookie in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in cookie and "Path=/" in cookie
    ]
    assert sorted(cookie.partition("=")[0] for cookie in deleted) == sorted(names)
    assert not [name for name in names if guest.client.get_cookie(name) is not None]
    assert 'data-theme="' not in guest.open("/learn").html


def test_over_https_the_cookies_are_deleted_as_they_were_set(small_course: Path, make_app: MakeApp) -> None:
    visitor = Visitor(make_app(small_course, secure_cookies=True))
    token = visitor.open("/account").form("/account").value("csrf_token")
    answer = visitor.post(DELETE, {"csrf_token": token, "sure": "yes"}).response
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 6
    assert all("; Secure" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_the_old_addresses_are_not_there_any_more(app: Flask, guest: Visitor, rows: Rows) -> None:
    old = with_old_cookie(app, guest.cookies()["course"])
    found = set(re.findall(r"/attempts/([0-9a-f]{32})", guest.open("/progress").html))
    with app.app_context():
        found |= {attempt.id for attempt in attempts.of_learner(learner_of(guest))}
    assert len(found) == 3
    delete(guest)
    for person in (guest, old):
        token = person.open("/account").form("/account").value("csrf_token")
        for attempt_id in found:
            for path, method in addresses(app, attempt_id):
                sent = {"csrf_token": token, "choice": "x", "anyway": "1"}
                page = person.open(path) if method == "GET" else person.post(path, sent)
                assert page.status == 404, (path, method)
    assert rows().keys() == LEFT


def test_sent_twice_it_is_done_once_and_said_twice(app: Flask, guest: Visitor) -> None:
    second = with_old_cookie(app, guest.cookies()["course"])
    form = guest.open(DELETE).form(DELETE)
    fields = form.filled({"sure": "yes"})
    for person in (guest, second):
        assert "Everything is deleted." in person.follow(person.post(DELETE, fields)).text


def test_with_an_account_it_goes_too_on_every_device(app: Flask, guest: Visitor, other: Visitor, rows: Rows) -> None:
    with_account(app, guest)
    fields = {"address": ANA, "password": PASSWORD}
    assert other.send(other.open("/signin"), "/signin", None, **fields).status == 303
    page = guest.open(DELETE)
    assert f"Your account, {ANA}: name, password, and every sign-in. You are signed out everywhere." in page.text
    assert "Everything is deleted." in delete(guest).text
    # The sign-in that was tried from one network address is counted for two days, whoever it was.
    assert rows().keys() == LEFT | {"allowance"}
    assert rows()["allowance"] == 1
    for person in (guest, other):
        assert "There is nothing to delete." in person.open(DELETE).text
        assert ANA not in person.open("/account").html
    again = other.send(other.open("/signin"), "/signin", None, **fields)
    assert "The address or the password is not right." in again.text
    assert other.send(other.open("/learn/first/hull"), "/read").status == 303
    assert rows()["learner"] == 1


# ---- the old cookie ----


def test_with_the_old_cookie_every_page_is_that_of_a_newcomer(app: Flask, guest: Visitor, rows: Rows) -> None:
    old = with_old_cookie(app, guest.cookies()["course"])
    delete(guest)
    before = rows()
    for path in (*PAGES, "/account", "/account/export", DELETE, "/flashcards", "/practise/own"):
        page = old.open(path)
        assert page.status == 200, path
        assert "First try" not in page.text
        assert "(read)" not in page.text
    assert rows() == before


@pytest.mark.parametrize("what", ["read", "date", "quiz", "exercise", "save", "cards"])
def test_saving_with_the_old_cookie_is_a_fresh_start_under_another_number(
    app: Flask, guest: Visitor, rows: Rows, what: str
) -> None:
    before = learner_of(guest)
    old = with_old_cookie(app, guest.cookies()["course"])
    delete(guest)
    form = old.open("/exercises/deck").form("/check")
    cards = {name: form.choices[name][1] for name in form.named("card-")}
    answer = {
        "read": lambda: old.send(old.open("/learn/second/oar"), "/read"),
        "date": lambda: old.send(old.open("/account"), "/account", exam_on="2027-03-01"),
        "quiz": lambda: old.send(old.open("/quizzes/hull"), "/start"),
        "exercise": lambda: old.submit(form, cards),
        "save": lambda: old.post("/exercises/deck/save", form.filled({**cards, "sequence": "1"})),
        "cards": lambda: old.send(old.open("/flashcards"), "/flashcards"),
    }[what]()
    assert answer.status == (200 if what == "save" else 303)
    assert rows()["learner"] == 1
    assert learner_of(old) != before
    assert not rows().keys() & {"memory", "forecast", "attempt_sum", "question_sum"}
    assert rows().get("lesson_read", 0) == (what == "read")
    assert rows().get("attempt", 0) == (what not in {"read", "date"})
    if answer.status == 303:
        assert old.follow(answer).status == 200
    assert old.open("/account/export").response.mimetype == "application/zip"


def test_an_exam_in_another_tab_is_told_that_it_is_gone(ship: Flask) -> None:
    visitor = Visitor(ship)
    page = begin(visitor)
    tab = with_old_cookie(ship, visitor.cookies()["course"])
    choice = right(ship, id_of(page), 1)
    assert save(tab, page, 1, 1, choice=choice)[0] == 200
    assert "Everything is deleted." in delete(visitor).text
    assert save(tab, page, 1, 2, choice=choice)[0] == 404
    assert tab.post(f"/attempts/{id_of(page)}/q/1", page.form("/q/1").filled({"choice": choice})).status == 404
    assert tab.open(f"/attempts/{id_of(page)}/submit").status == 404
    fresh = begin(tab)
    assert save(tab, fresh, 1, 1, choice=right(ship, id_of(fresh), 1))[0] == 200


def test_going_on_after_a_deletion_is_like_the_first_day(guest: Visitor, rows: Rows) -> None:
    page = delete(guest)
    again = guest.go(page.link("contents"))
    assert again.status == 200
    guest.send(guest.open("/learn/first/hull"), "/read")
    assert {name: number for name, number in rows().items() if name not in LEFT} == {"learner": 1, "lesson_read": 1}
