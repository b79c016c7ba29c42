"""The engine runs another course, of another subject, as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from course.core.quiz import Use
from course.library.catalogue import build, read_files
from course.library.checker import check
from course.questions.registry import kinds
from tests.conftest import MakeApp

TINY = Path(__file__).resolve().parent / "courses" / "tiny"


def test_the_second_course_has_no_problem() -> None:
    checked = check(TINY, kinds())
    assert checked.problems == ()
    assert checked.counts.by_kind == {"cloze": 1, "match": 1, "multiple": 1, "order": 1, "single": 2, "sort": 2}


def test_every_page_of_the_second_course_is_served(make_app: MakeApp) -> None:
    catalogue = build(read_files(TINY, kinds()), kinds())
    client = make_app(TINY).test_client()
    paths = ["/", "/learn", "/practise", "/progress", "/glossary"]
    paths += [lesson.address for lesson in catalogue.lessons]
    paths += [f"/exercises/{quiz.slug}" for quiz in catalogue.used_as(Use.EXERCISE)]
    paths += [f"/quizzes/{quiz.slug}" for quiz in catalogue.used_as(Use.QUIZ)]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.get_data(as_text=True)
        assert "Bread Study" in text
        assert not re.search(r"ITIL|HVIT|[Oo]nboard", text), path


def test_the_second_course_is_sorted_and_marked(make_app: MakeApp) -> None:
    catalogue = build(read_files(TINY, kinds()), kinds())
    question = catalogue.questions["loaf-1"]
    client = make_app(TINY).test_client()
    page = client.get("/exercises/loaf").get_data(as_text=True)
    fields = dict(re.findall(r'name="(csrf_token|start|look)"[^>]*value="([^"]*)"', page))
    posted = {**fields, **dict(kinds()["sort"].full(question))}
    answer = client.post("/exercises/loaf/check", data=posted, follow_redirects=True)
    assert "4 of 4 points" in answer.get_data(as_text=True)
