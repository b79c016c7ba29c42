"""A sorting exercise from the first look to the answers, by a person without scripts."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from course.core.attempts import best_score, first_score
from course.core.quiz import Use
from course.library.catalogue import Catalogue
from course.questions.sort import field_of
from course.store import attempts
from tests.conftest import GRID, STAGES, MakeApp
from tests.web.answers import full
from tests.web.browsing import Form, Page, Visitor
from tests.web.conftest import Rows

# Card → the word that only its reason says.
REASONS = {"Anchor": "almond", "Buoy": "walnut", "Compass": "pecan", "Drum": "cashew", "Ensign": "hazel"}
WHY, HINT = "pistachio", "macadamia"
ALL_PLACES = ["bow/port", "bow/starboard", "middle", "stern/port", "stern/starboard"]


def cards(catalogue: Catalogue) -> dict[str, str]:
    """Short label → the name of its field, from what the page shows."""
    question = catalogue.questions["ex-harbour"]
    return {card.label: field_of(question, card) for card in question.answers.cards}


def placed(catalogue: Catalogue, **changed: str) -> dict[str, str]:
    """The full answer, with some cards elsewhere: `Anchor="bow/starboard"`; nowhere: `Anchor=""`."""
    answer = {name: values[0] for name, values in full(catalogue, "ex-harbour").items()}
    return {**answer, **{cards(catalogue)[short]: place for short, place in changed.items()}}


def told(page: Page) -> set[str]:
    """The cards whose reasons a page tells, wherever in its markup."""
    return {card for card, word in REASONS.items() if word in page.html}


def row(page: Page, short: str) -> str:
    """What the list says of one card."""
    rows = re.findall(r"<li[^>]*data-card.*?</li>", page.main(), re.DOTALL)
    (found,) = [each for each in rows if f'data-short="{short}"' in each]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def shorts(page: Page) -> list[str]:
    return re.findall(r'data-short="([^"]+)"', page.main())


def checked(visitor: Visitor, form: Form, changes: dict[str, str], anyway: bool = False) -> Page:
    """Check an answer and look at the result."""
    return visitor.follow(visitor.submit(form, changes, "anyway" if anyway else ""))


@pytest.fixture
def form(visitor: Visitor) -> Form:
    """Return the form of an exercise not yet started."""
    return visitor.open("/exercises/harbour").form("/check")


def show_answers(visitor: Visitor, page: Page) -> Page:
    return visitor.follow(visitor.send(page, "/reveal"))


def retry(visitor: Visitor, page: Page) -> Page:
    return visitor.open(page.link("missed again"))


# ---- asking ----


def test_every_card_has_a_menu_with_every_place_once(form: Form, catalogue: Catalogue) -> None:
    names = form.named("card-")
    assert sorted(names) == sorted(cards(catalogue).values())
    for name in names:
        assert form.choices[name] == ["", *ALL_PLACES]
        assert form.value(name) == ""


def test_places_are_named_in_words_and_a_shared_one_is_one_place(visitor: Visitor) -> None:
    page = visitor.open("/exercises/harbour")
    options = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', page.main())
    assert dict(options) == {
        "bow/port": "Bow, port",
        "bow/starboard": "Bow, starboard",
        "middle": "Middle, shared",
        "stern/port": "Stern, port",
        "stern/starboard": "Stern, starboard",
    }
    assert re.findall(r'<optgroup label="([^"]+)"', page.main())[:3] == ["Bow", "Middle", "Stern"]
    deck = visitor.open("/exercises/deck")
    assert "optgroup" not in deck.html
    assert set(re.findall(r'<option value="([^"]+)"', deck.main())) == {"upper", "lower", "hold"}


def test_an_exercise_to_do_tells_no_reason(visitor: Visitor) -> None:
    page = visitor.open("/exercises/harbour")
    assert told(page) == set()
    assert WHY not in page.html
    assert page.html.count(HINT) == 1  # behind “Show a hint”
    assert "A boat lies along it." in page.text
    assert "A part may stay empty." in page.text


def test_letters_follow_the_order_of_the_page_and_stay_when_tried_again(visitor: Visitor, catalogue: Catalogue) -> None:
    page = visitor.open("/exercises/harbour")
    letters = re.findall(r'data-letter="([A-Z])"\s+data-short="([^"]+)"', page.main())
    assert [letter for letter, _ in letters] == list("ABCDE")
    result = checked(visitor, page.form("/check"), placed(catalogue, Anchor="stern/port", Drum="bow/port"))
    again = retry(visitor, result)
    for shown in (result, again):
        found = re.findall(r'data-letter="([A-Z])"\s+data-short="([^"]+)"', shown.main())
        assert sorted(found) == sorted(letters)


# ---- gaps ----


def test_gaps_are_named_with_a_link_to_each_menu_and_nothing_is_lost(
    visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows
) -> None:
    page = visitor.submit(form, placed(catalogue, Anchor="", Drum=""))
    assert page.status == 422
    assert page.title.startswith("Error: The harbour")
    assert "There is a problem" in page.text
    for short in ("Anchor", "Drum"):
        target = page.link(f"{short} is not placed yet").removeprefix("#")
        assert target == cards(catalogue)[short]
        assert target in page.ids
        assert "is not placed yet" in row(page, short)
        assert f'id="{target}-error"' in page.html
        assert f'aria-describedby="{target}-error"' in page.html
    assert page.html.count('aria-invalid="true"') == 2
    again = page.form("/check")
    assert {name: again.value(name) for name in again.named("card-")} == placed(catalogue, Anchor="", Drum="")
    assert told(page) == set()
    assert "event" not in rows()


def test_check_anyway_marks_gaps_as_nothing(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    page = visitor.submit(form, placed(catalogue, Anchor="", Drum=""))
    assert ("anyway", "1") in page.form("/check").buttons
    assert ("anyway", "1") not in form.buttons
    result = checked(visitor, page.form("/check"), {}, anyway=True)
    assert "3 of 5 points" in result.text
    assert "Not placed" in row(result, "Anchor")
    assert told(result) == {"Buoy", "Compass", "Ensign"}


def test_a_page_with_gaps_can_be_completed(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    page = visitor.submit(form, placed(catalogue, Anchor=""))
    result = checked(visitor, page.form("/check"), placed(catalogue))
    assert "5 of 5 points" in result.text


def test_placing_nothing_at_all_can_be_checked_too(visitor: Visitor, form: Form) -> None:
    page = visitor.submit(form, {})
    assert page.status == 422
    assert page.text.count("is not placed yet") == 10  # in the summary and beside each menu
    result = checked(visitor, page.form("/check"), {}, anyway=True)
    assert "0 of 5 points" in result.text
    assert told(result) == set()


# ---- marks ----


def test_the_right_part_on_the_wrong_side_earns_half_a_point(
    visitor: Visitor, form: Form, catalogue: Catalogue
) -> None:
    result = checked(visitor, form, placed(catalogue, Anchor="bow/starboard"))
    assert "4½ of 5 points" in result.text
    assert "4 right" in result.text
    assert "1 half right (½ point each)" in result.text
    assert "not right yet" not in re.sub(r"<form id=\"task\".*", "", result.main(), flags=re.DOTALL)
    assert "Part right, side wrong" in row(result, "Anchor")
    assert told(result) == set(REASONS) - {"Anchor"}


def test_the_side_alone_earns_nothing_and_a_shared_place_one_or_nothing(
    visitor: Visitor, form: Form, catalogue: Catalogue
) -> None:
    result = checked(visitor, form, placed(catalogue, Anchor="stern/port", Compass="bow/port", Buoy="middle"))
    assert "2 of 5 points" in result.text
    assert "3 not right yet" in result.text
    for short in ("Anchor", "Compass", "Buoy"):
        assert "Not here" in row(result, short)


@pytest.mark.parametrize("side", ["port", "starboard"])
def test_where_several_places_are_right_each_is(visitor: Visitor, form: Form, catalogue: Catalogue, side: str) -> None:
    result = checked(visitor, form, placed(catalogue, Ensign=f"stern/{side}"))
    assert "5 of 5 points" in result.text


@pytest.mark.parametrize("place", ["bow", "middle/port", "nowhere", "BOW/PORT", "", "\0", "é", "x" * 5000])
def test_a_place_that_is_none_is_a_gap(visitor: Visitor, form: Form, catalogue: Catalogue, place: str) -> None:
    page = visitor.submit(form, placed(catalogue, Anchor=place))
    assert page.status == 422
    assert page.link("Anchor is not placed yet")


def test_missed_cards_come_first_in_the_result(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    result = checked(visitor, form, placed(catalogue, Anchor="stern/port", Drum="stern/starboard"))
    assert set(shorts(result)[:2]) == {"Anchor", "Drum"}
    assert not result.form("/check").choices


# ---- result, retry, answers ----


def test_checking_answers_with_an_address_of_its_own_and_a_reload_changes_nothing(
    visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows
) -> None:
    answer = visitor.submit(form, placed(catalogue, Anchor="stern/port"))
    assert answer.status == 303
    assert re.fullmatch("/exercises/harbour/attempts/[0-9a-f]{32}", answer.location)
    result = visitor.follow(answer)
    before = rows()
    assert visitor.open(answer.location).main() == result.main()
    assert rows() == before
    assert visitor.open("/exercises/harbour").location == answer.location


def test_reasons_come_as_they_are_due(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    # First check: the reasons of what is right.
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Drum="bow/port", Buoy="bow/port"))
    assert told(first) == {"Compass", "Ensign"}
    assert WHY not in first.html
    assert "Belongs" not in first.text
    # Trying again: none.
    again = retry(visitor, first)
    assert told(again) == set()
    # Second check: every reason, and not where a missed card belongs.
    second = checked(visitor, again.form("/check"), placed(catalogue, Drum="bow/port", Buoy="bow/port"))
    assert told(second) == set(REASONS)
    assert WHY not in second.html
    assert "Belongs" not in second.text
    # The answers: everything.
    shown = show_answers(visitor, second)
    assert told(shown) == set(REASONS)
    assert WHY in shown.html
    assert shown.text.count("Belongs here") == 2


def test_showing_the_answers_after_the_first_check_gives_every_reason(
    visitor: Visitor, form: Form, catalogue: Catalogue
) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Drum="bow/port"))
    shown = show_answers(visitor, first)
    assert told(shown) == set(REASONS)
    assert WHY in shown.html
    for short, place in (("Anchor", "Bow, port"), ("Drum", "Stern, port")):
        assert f"{place} Belongs here" in row(shown, short)
    assert "3 of 5 points" in shown.text  # as it was checked


def test_having_everything_right_at_once_gives_everything(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    result = checked(visitor, form, placed(catalogue))
    assert told(result) == set(REASONS)
    assert WHY in result.html
    assert "missed again" not in result.text
    assert "Show the answers" not in result.text
    assert re.search(r'class="btn btn-1"[^>]*>Continue', result.html)


def test_a_retry_keeps_the_right_cards_where_they_are_and_asks_for_the_others(
    visitor: Visitor, form: Form, catalogue: Catalogue
) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Buoy="bow/port"))
    assert first.link("Try the 2 missed again").startswith("/exercises/harbour?retry=")
    again = retry(visitor, first)
    assert again.status == 200
    asked = again.form("/check")
    fields = cards(catalogue)
    for short, name in fields.items():
        if short in {"Anchor", "Buoy"}:
            assert asked.kinds[name] == "select"
            assert asked.value(name) == ""
        else:
            assert asked.kinds[name] == "hidden"
            assert asked.value(name) == placed(catalogue)[name]
            assert "Right" in row(again, short)
    assert again.html.count("data-locked") == 3


def test_a_locked_card_cannot_be_moved(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    again = retry(visitor, first)
    tampered = placed(catalogue, Buoy="stern/port", Compass="", Anchor="bow/port")
    result = checked(visitor, again.form("/check"), tampered)
    assert "5 of 5 points" in result.text


def test_gaps_of_a_retry_are_only_the_cards_that_are_asked(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Buoy="middle"))
    again = retry(visitor, first)
    page = visitor.submit(again.form("/check"), {cards(catalogue)["Buoy"]: "bow/starboard"})
    assert page.status == 422
    assert [words for _, words in page.links if "not placed" in words] == ["Anchor is not placed yet"]
    assert page.form("/check").value(cards(catalogue)["Buoy"]) == "bow/starboard"
    assert page.html.count("data-locked") == 3


def test_the_first_try_stays_and_the_best_grows(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Drum="bow/port"))
    assert "First try 60%, best 60%." in visitor.open("/practise").text
    second = checked(visitor, retry(visitor, first).form("/check"), placed(catalogue, Drum="bow/port"))
    assert "4 of 5 points" in second.text
    assert "First try 60%, best 80%." in visitor.open("/practise").text
    third = checked(visitor, retry(visitor, second).form("/check"), placed(catalogue))
    assert "5 of 5 points" in third.text
    assert "The harbour 60% 100% 1" in visitor.open("/progress").text
    with visitor.app.app_context():
        attempt = attempts.load(urlsplit(third.response.request.url).path.rpartition("/")[2])
        assert attempt is not None
        first_try, best = first_score(attempt), best_score(attempt)
        assert first_try is not None
        assert best is not None
        assert (first_try.share, best.share) == (Fraction(3, 5), Fraction(1))


def test_a_worse_retry_takes_nothing_away(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="bow/starboard"))
    assert "4½ of 5 points" in first.text
    second = checked(visitor, retry(visitor, first).form("/check"), placed(catalogue, Anchor="stern/port"))
    assert "4 of 5 points" in second.text
    assert "First try 90%, best 90%." in visitor.open("/practise").text


def test_showing_the_answers_ends_the_attempt(visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    attempt = urlsplit(first.response.request.url).path.rpartition("/")[2]
    open_retry = retry(visitor, first).form("/check")
    shown = show_answers(visitor, first)
    assert "missed again" not in shown.text
    assert not [f for f in shown.forms if f.action.endswith("/reveal")]
    before = rows()
    # Neither asking again, nor a retry that was still open, nor another one, changes anything any more.
    visitor.send(first, "/reveal")
    late = visitor.submit(open_retry, placed(catalogue))
    assert visitor.follow(late).main() == shown.main()
    gaps = visitor.submit(open_retry, {})
    assert visitor.follow(gaps).main() == shown.main()
    assert rows() == before
    assert visitor.open(f"/exercises/harbour?retry={attempt}").form("/check").value("attempt") == ""
    assert "First try 80%, best 80%." in visitor.open("/practise").text


def test_the_answers_are_not_shown_before_a_check(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    saved = visitor.post("/exercises/harbour/save", form.filled({**placed(catalogue, Anchor=""), "sequence": "1"}))
    attempt = saved.response.get_json()["attempt"]
    token = form.value("csrf_token")
    answer = visitor.post(f"/exercises/harbour/attempts/{attempt}/reveal", {"csrf_token": token})
    page = visitor.follow(answer)
    assert page.form("/check").value("attempt") == attempt
    assert told(page) == set()
    assert visitor.open(f"/exercises/harbour/attempts/{attempt}").location == "/exercises/harbour"


def test_a_finished_exercise_starts_anew(visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows) -> None:
    result = checked(visitor, form, placed(catalogue))
    anew = visitor.open(result.link("Start again"))
    assert anew.form("/check").value("attempt") == ""
    assert visitor.open("/exercises/harbour").status == 200
    second = checked(visitor, anew.form("/check"), placed(catalogue, Anchor=""), anyway=True)
    assert "4 of 5 points" in second.text
    assert rows()["attempt"] == 2
    assert "First try 100%, best 100%." in visitor.open("/practise").text


def test_the_same_check_sent_twice_is_one_check(visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows) -> None:
    first = visitor.submit(form, placed(catalogue, Anchor="stern/port"))
    before = rows()
    again = visitor.submit(form, placed(catalogue))
    assert again.location == first.location
    assert rows() == before
    assert "4 of 5 points" in visitor.follow(again).text


def test_a_check_of_an_earlier_look_changes_nothing(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port", Drum="bow/port"))
    stale = retry(visitor, first).form("/check")
    second = checked(visitor, retry(visitor, first).form("/check"), placed(catalogue, Drum="bow/port"))
    late = visitor.follow(visitor.submit(stale, placed(catalogue)))
    assert late.main() == second.main()


@pytest.mark.parametrize("look", ["0", "-1", "7", "x", "9" * 400, "٣", "1.0", " 1", "1e3"])
def test_a_look_that_is_none_changes_nothing(visitor: Visitor, form: Form, catalogue: Catalogue, look: str) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    again = retry(visitor, first).form("/check")
    answer = visitor.follow(visitor.submit(again, {**placed(catalogue), "look": look}))
    assert answer.main() == first.main()


def test_a_start_of_one_exercise_is_none_of_another(
    visitor: Visitor, form: Form, catalogue: Catalogue, rows: Rows
) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    deck = visitor.open("/exercises/deck").form("/check")
    fields = {name: values[0] for name, values in full(catalogue, "ex-deck").items()}
    result = checked(visitor, deck, {**fields, "start": form.value("start")})
    assert "3 of 3 points" in result.text
    assert visitor.open(urlsplit(first.response.request.url).path).main() == first.main()
    assert rows()["attempt"] == 2
    quiz = visitor.send(visitor.open("/quizzes/hull"), "/start", start=form.value("start"))
    assert "Question 1 of 4" in visitor.follow(quiz).text


def test_an_attempt_at_one_exercise_is_none_of_another(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    attempt = urlsplit(first.response.request.url).path.rpartition("/")[2]
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    assert visitor.open(f"/exercises/deck/attempts/{attempt}").status == 404
    assert visitor.open(f"/exercises/deck?retry={attempt}").status == 404
    for end in ("check", "save", f"attempts/{attempt}/reveal"):
        sent = {"csrf_token": token, "attempt": attempt, "sequence": "9", "look": "2", "anyway": "1"}
        assert visitor.post(f"/exercises/deck/{end}", sent).status == 404


def test_an_exercise_is_no_quiz_attempt(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    first = checked(visitor, form, placed(catalogue, Anchor="stern/port"))
    attempt = urlsplit(first.response.request.url).path.rpartition("/")[2]
    assert visitor.open(f"/attempts/{attempt}/q/1").status == 404
    assert visitor.open(f"/attempts/{attempt}/result").location == "/exercises/harbour"


def test_the_exercise_after_this_one_is_offered(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    following = {"harbour": checked(visitor, form, placed(catalogue)).link("Continue")}
    deck = visitor.open("/exercises/deck").form("/check")
    following["deck"] = checked(visitor, deck, {}, anyway=True).link("Continue")
    first, last = (quiz.slug for quiz in catalogue.used_as(Use.EXERCISE))
    assert following == {first: f"/exercises/{last}", last: "/practise"}


def test_one_goes_on_where_one_left_off(visitor: Visitor, form: Form, catalogue: Catalogue) -> None:
    visitor.post("/exercises/harbour/save", form.filled({**placed(catalogue, Drum=""), "sequence": "1"}))
    page = visitor.go(visitor.open("/").link("Continue"))
    asked = page.form("/check")
    assert {name: asked.value(name) for name in asked.named("card-")} == placed(catalogue, Drum="")
    result = checked(visitor, asked, placed(catalogue, Drum="bow/port"))
    assert "4 of 5 points" in result.text
    assert visitor.go(visitor.open("/").link("Continue")).main() == result.main()


def test_cards_in_one_dimension_are_right_or_wrong(visitor: Visitor, catalogue: Catalogue) -> None:
    deck = visitor.open("/exercises/deck").form("/check")
    fields = {name: values[0] for name, values in full(catalogue, "ex-deck").items()}
    wrong = dict.fromkeys(fields, "hold")
    result = checked(visitor, deck, wrong)
    assert "1 of 3 points" in result.text
    assert "half" not in result.text.replace("0 half right", "")
    assert "side" not in result.text


def test_a_seed_in_the_address_counts_in_tests_only(small_course: Path, make_app: MakeApp, visitor: Visitor) -> None:
    testing = Visitor(make_app(small_course, testing=True))
    same = {tuple(shorts(testing.open("/exercises/harbour?seed=7"))) for _ in range(6)}
    assert len(same) == 1
    assert len({tuple(shorts(testing.open(f"/exercises/harbour?seed={n}"))) for n in range(12)}) > 4
    assert len({tuple(shorts(visitor.open("/exercises/harbour?seed=7"))) for _ in range(12)}) > 4


def test_the_order_of_the_page_is_the_order_of_the_attempt(visitor: Visitor, catalogue: Catalogue) -> None:
    for _ in range(4):
        page = visitor.open("/exercises/harbour?again=1")
        gaps = visitor.submit(page.form("/check"), placed(catalogue, Drum=""))
        assert shorts(gaps) == shorts(page)
        result = checked(visitor, gaps.form("/check"), {}, anyway=True)
        assert shorts(retry(visitor, result)) == shorts(page)


def test_an_exercise_that_is_void_is_not_there(small_course: Path, make_app: MakeApp) -> None:
    for name, text in (("harbour", GRID), ("deck", STAGES)):
        (small_course / f"quizzes/{name}.quiz.md").write_text(re.sub(r"(`id=[a-z-]+`)", r"\1 `void`", text))
    visitor = Visitor(make_app(small_course))
    token = visitor.open("/learn").form("/theme").value("csrf_token")
    assert visitor.open("/exercises/harbour").status == 404
    for end in ("check", "save"):
        sent = {"csrf_token": token, "anyway": "1", "sequence": "1"}
        assert visitor.post(f"/exercises/harbour/{end}", sent).status == 404
