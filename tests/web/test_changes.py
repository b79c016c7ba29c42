"""Authors change files while learners work: nobody sees a broken course, and everybody keeps what they saw."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from flask import Flask

from course.library.catalogue import Catalogue
from tests.conftest import GRID, QUIZ, STAGES, MakeApp
from tests.web.answers import answer, asked_in, full, onward, start
from tests.web.browsing import Visitor
from tests.web.test_exercises import cards, checked, placed, retry, show_answers

BROKEN = {
    "content/course.md": "no front matter at all",
    "content/glossary.md": "Term without meaning",
    "content/lessons/hull.md": "---\ntitle: [\n---\n",
    "quizzes/hull.quiz.md": QUIZ.replace("- [x] Oak", "- [ ] Oak"),
    "quizzes/harbour.quiz.md": GRID.replace("| Bow | Port |", "| Bough | Port |"),
}
PAGES = ["/", "/learn", "/learn/first/hull", "/practise", "/quizzes/hull", "/exercises/harbour?seed=1", "/glossary"]


@pytest.fixture
def app(small_course: Path, make_app: MakeApp) -> Flask:
    """Return the application; it looks for changes before each request."""
    return make_app(small_course, refresh_seconds=0.001, testing=True)


def course_of(app: Flask) -> Catalogue:
    found: Catalogue = app.extensions["library"].catalogue
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_leaves_the_last_good_version_and_is_told_in_the_log(
    app: Flask, visitor: Visitor, small_course: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    before = {path: visitor.open(path).text for path in PAGES}
    (small_course / name).write_text(BROKEN[name])
    with caplog.at_level(logging.WARNING):
        after = {path: visitor.open(path).text for path in PAGES}
    assert after == before
    assert any(f"{name}:" in record.getMessage() and ": error: " in record.getMessage() for record in caplog.records)
    assert course_of(app).files.problems


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"\0" * 100, b"x" * 1_100_000, b"---\n", b"\xef\xbb\xbf"])
def test_a_file_that_is_no_text_breaks_nothing(visitor: Visitor, small_course: Path, data: bytes) -> None:
    before = {path: visitor.open(path).text for path in PAGES}
    for name in BROKEN:
        (small_course / name).write_bytes(data)
        assert {path: visitor.open(path).text for path in PAGES} == before


def test_a_mended_file_is_taken_again(visitor: Visitor, small_course: Path) -> None:
    file = small_course / "quizzes/hull.quiz.md"
    visitor.open("/quizzes/hull")
    file.write_text(BROKEN["quizzes/hull.quiz.md"])
    assert visitor.open("/quizzes/hull").status == 200
    file.write_text(QUIZ.replace("title: Questions on hulls", "title: More on hulls"))
    assert "Quiz: More on hulls" in visitor.open("/quizzes/hull").text


def test_a_file_taken_away_is_gone_and_a_new_one_is_there(visitor: Visitor, small_course: Path) -> None:
    assert visitor.open("/exercises/harbour").status == 200
    (small_course / "quizzes/harbour.quiz.md").rename(small_course / "quizzes/port.quiz.md")
    assert visitor.open("/exercises/harbour").status == 404
    assert visitor.open("/exercises/port").status == 200
    assert visitor.open("/practise").link("The harbour") == "/exercises/port"


def test_a_course_folder_taken_away_breaks_no_page(visitor: Visitor, small_course: Path) -> None:
    visitor.send(visitor.open("/quizzes/hull"), "/start")
    shutil.rmtree(small_course)
    for path in ("/", "/learn", "/practise", "/progress", "/glossary"):
        assert visitor.open(path).status == 200
    assert visitor.open("/learn/first/hull").status == 404


def test_a_quiz_changed_after_its_start_is_asked_and_marked_as_it_was(
    app: Flask, visitor: Visitor, small_course: Path
) -> None:
    before = course_of(app)
    page = start(visitor)
    while (question := asked_in(page, before, "hull")).id != "hull-a":
        page = onward(visitor, answer(visitor, page, full(before, question.id)))
    changed = QUIZ.replace("- [ ] Balsa planks", "- [x] Balsa boards").replace("- [x] Oak planks", "- [ ] Oak boards")
    changed = changed.replace("Which wood is a hull made of?", "Which wood is light?").replace("medlar", "nutmeg")
    (small_course / "quizzes/hull.quiz.md").write_text(changed)

    address = page.response.request.path
    again = visitor.open(address)
    assert course_of(app) is not before
    assert again.main() == page.main()
    verdict = answer(visitor, again, full(before, "hull-a"))
    assert "Right" in verdict.text
    assert "medlar" in verdict.html
    assert "nutmeg" not in verdict.html
    assert "Which wood is a hull made of?" in verdict.text

    # Whoever starts now is asked the new one.
    fresh = Visitor(app)
    asked = start(fresh)
    while (question := asked_in(asked, course_of(app), "hull")).id != "hull-a":
        asked = onward(fresh, answer(fresh, asked, full(course_of(app), question.id)))
    assert "Which wood is light?" in asked.text


def test_the_result_of_a_quiz_stays_what_it_was(app: Flask, visitor: Visitor, small_course: Path) -> None:
    before = course_of(app)
    page = start(visitor)
    while "certainty" in page.forms[-1].kinds:
        page = onward(visitor, answer(visitor, page, full(before, asked_in(page, before, "hull").id)))
    address = page.response.request.path
    assert "4 of 4 marks" in page.text
    changed = QUIZ.replace("- [ ] Balsa", "- [x] Balsa").replace("- [x] Oak", "- [ ] Oak").replace("Which two", "What")
    (small_course / "quizzes/hull.quiz.md").write_text(changed)
    after = visitor.open(address)
    assert "4 of 4 marks" in after.text
    assert "Which two float alone?" in after.text
    assert "What float alone?" not in after.text
    for number in range(1, 5):
        verdict = visitor.open(address.replace("/result", f"/q/{number}"))
        assert verdict.status == 200
        assert "Right" in verdict.text


@pytest.mark.parametrize("how", ["deleted", "renamed", "exam", "exercise"])
def test_an_attempt_outlives_its_quiz(app: Flask, visitor: Visitor, small_course: Path, how: str) -> None:
    before = course_of(app)
    page = start(visitor)
    file = small_course / "quizzes/hull.quiz.md"
    if how == "deleted":
        file.unlink()
    elif how == "renamed":
        file.rename(file.with_name("hulls.quiz.md"))
    else:
        (small_course / "quizzes/pool.quiz.md").unlink()
        use = {"exam": QUIZ.replace("use: quiz", "use: exam")}.get(how, STAGES.replace("ex-deck", "ex-hull"))
        file.write_text(use)
    while "certainty" in page.forms[-1].kinds:
        verdict = answer(visitor, page, full(before, asked_in(page, before, "hull").id))
        assert "Right" in verdict.text
        page = onward(visitor, verdict)
    assert "4 of 4 marks" in page.text
    result = page.response.request.path
    for path in ("/", "/progress", "/practise", "/learn/first/hull", result, result.replace("/result", "/q/1")):
        shown = visitor.open(path)
        assert shown.status == 200
        for href, _ in shown.links:
            if href.startswith("#"):
                assert href[1:] in shown.ids, (path, href)
            elif href.startswith("/"):
                assert visitor.go(href.partition("#")[0]).status == 200, (path, href)


def test_an_exercise_changed_after_its_start_goes_on_as_it_was(
    app: Flask, visitor: Visitor, small_course: Path
) -> None:
    before = course_of(app)
    form = visitor.open("/exercises/harbour").form("/check")
    first = checked(visitor, form, placed(before, Anchor="stern/port"))
    again = retry(visitor, first)
    changed = GRID.replace(
        "It hangs outside | Bow | Port | Anchor: almond", "It hangs inside | Stern | Port | No: nutmeg"
    )
    (small_course / "quizzes/harbour.quiz.md").write_text(changed)

    reloaded = visitor.open(first.response.request.path)
    assert course_of(app) is not before
    assert "It hangs outside" in reloaded.text
    attempt = again.form("/check").value("attempt")
    assert visitor.open(f"/exercises/harbour?retry={attempt}").main() == again.main()
    shown = show_answers(visitor, reloaded)
    assert "almond" in shown.html
    assert "nutmeg" not in shown.html
    fresh = Visitor(app).open("/exercises/harbour")
    assert "It hangs inside" in fresh.text


def test_an_exercise_changed_before_the_first_check_asks_again_for_what_is_new(
    app: Flask, visitor: Visitor, small_course: Path
) -> None:
    before = course_of(app)
    form = visitor.open("/exercises/harbour").form("/check")
    (small_course / "quizzes/harbour.quiz.md").write_text(GRID.replace("It hangs outside", "It hangs inside"))
    page = visitor.submit(form, placed(before))
    assert page.status == 422
    assert [words for _, words in page.links if "not placed" in words] == ["Anchor is not placed yet"]
    now = course_of(app)
    result = checked(visitor, page.form("/check"), {cards(now)["Anchor"]: "bow/port"})
    assert "5 of 5 points" in result.text


def test_an_exercise_taken_away_breaks_no_page_of_who_did_it(app: Flask, visitor: Visitor, small_course: Path) -> None:
    form = visitor.open("/exercises/harbour").form("/check")
    first = checked(visitor, form, placed(course_of(app), Anchor="stern/port"))
    (small_course / "quizzes/harbour.quiz.md").unlink()
    assert visitor.open(first.response.request.path).status == 404
    for path in ("/", "/progress", "/practise", "/learn/first/hull", "/exercises/deck"):
        page = visitor.open(path)
        assert page.status == 200
        assert "harbour" not in page.html


def test_a_question_made_void_is_not_asked_in_new_attempts_and_stays_in_those_begun(
    app: Flask, visitor: Visitor, small_course: Path
) -> None:
    before = course_of(app)
    page = start(visitor)
    (small_course / "quizzes/hull.quiz.md").write_text(QUIZ.replace("`id=hull-a`", "`id=hull-a` `void`"))
    asked = []
    while "certainty" in page.forms[-1].kinds:
        asked.append(asked_in(page, before, "hull").id)
        page = onward(visitor, answer(visitor, page, full(before, asked[-1])))
    assert sorted(asked) == ["hull-a", "hull-b", "hull-c", "hull-d"]
    assert "3 questions, no clock" in visitor.open("/quizzes/hull").text
