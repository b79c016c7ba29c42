"""Search: what people type finds what the course teaches, or the nearest thing, and never an error."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.library import search
from course.library.catalogue import Library
from course.library.search import Entry, Group, Index, Results
from course.questions.registry import kinds
from tests.conftest import ROOT

ENTRIES = [
    Entry(Group.LESSONS, "The hull", "", "/hull", "What carries the boat.\nA hull is hollow. It was built of oak."),
    Entry(Group.LESSONS, "The hull", "Wood", "/hull#wood", "Oak and larch. Larch is cheaper than oak, and lighter."),
    Entry(Group.LESSONS, "The oar", "", "/oar", "What moves the boat. Rowing organisations use long oars."),
    Entry(Group.TERMS, "Keel", "", "/glossary/keel", "The beam along the bottom of a hull.", ""),
    Entry(Group.TERMS, "Centre of mass", "", "/glossary/com", "Where the weight seems to lie.", "com"),
    Entry(Group.TERMS, "Crêpe sail", "", "/glossary/sail", "A sail of naïve design.", ""),
    Entry(Group.PRACTICE, "The deck", "", "/exercises/deck", "Three cards, three places.", "exercise"),
]


@pytest.fixture(scope="module")
def small() -> Index:
    """Return an index of a few entries."""
    return Index(ENTRIES)


@pytest.fixture(scope="module")
def course() -> Index:
    """Return the index of the real course."""
    return search.index(Library(ROOT, kinds()).catalogue)


def titles(results: Results) -> list[str]:
    return [found.entry.title for group in results.groups.values() for found in group]


def test_a_word_is_found_wherever_it_stands(small: Index) -> None:
    assert titles(small.search("hull")) == ["The hull", "Keel"]
    assert sorted(titles(small.search("boat"))) == ["The hull", "The oar"]


def test_the_sentence_that_matched_is_shown_with_its_words_marked(small: Index) -> None:
    (first, *_) = small.search("larch lighter").groups[Group.LESSONS]
    assert "".join(piece.text for piece in first.sentence) == "Larch is cheaper than oak, and lighter."
    assert [piece.text for piece in first.sentence if piece.hit] == ["Larch", "lighter"]


def test_a_lesson_is_found_once_with_its_best_section_first(small: Index) -> None:
    (hull,) = small.search("larch").groups[Group.LESSONS]
    assert (hull.entry.heading, hull.more) == ("Wood", ())
    (hull,) = small.search("oak").groups[Group.LESSONS]
    assert {hull.entry.heading, *(entry.heading for entry in hull.more)} == {"", "Wood"}


def test_what_has_all_words_is_preferred_to_what_has_some(small: Index) -> None:
    both = small.search("beam hull")
    assert (titles(both), both.loose) == (["Keel"], False)
    some = small.search("beam larch")
    assert (sorted(titles(some)), some.loose) == (["Keel", "The hull"], True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("KEEL", "Keel"),
        ("kee", "Keel"),
        ("crepe", "Crêpe sail"),
        ("crêpe", "Crêpe sail"),
        ("naive", "Crêpe sail"),
        ("organization", "The oar"),
        ("organizations", "The oar"),
        ("oars", "The oar"),
        ("beams", "Keel"),
        ("COM", "Centre of mass"),
        ("exercise", "The deck"),
    ],
)
def test_case_accents_spelling_endings_and_initials_make_no_difference(small: Index, typed: str, expected: str) -> None:
    assert expected in titles(small.search(typed))


@pytest.mark.parametrize(("typed", "meant"), [("kele", "keel"), ("larhc", "larch"), ("hulll", "hull")])
def test_a_slip_finds_what_was_meant_and_says_so(small: Index, typed: str, meant: str) -> None:
    results = small.search(typed)
    assert results.total
    assert results.instead == meant


def test_a_slip_beside_a_known_word_keeps_the_known_word(small: Index) -> None:
    results = small.search("larhc oak")
    assert (results.instead, results.loose) == ("larch oak", False)


def test_little_words_do_not_decide(small: Index) -> None:
    assert titles(small.search("what is the keel")) == ["Keel"]
    assert small.search("the").total > 0  # but they are words when there is nothing else


def test_nothing_alike_leads_to_the_nearest_terms(small: Index) -> None:
    results = small.search("kxxl")
    assert results.total == 0
    assert [entry.title for entry in results.nearest] == ["Keel"]


def test_a_title_that_is_just_what_was_typed_comes_first(course: Index) -> None:
    results = course.search("value")
    assert results.groups[Group.TERMS][0].entry.title == "Value"


ODD = [
    "",
    " ",
    "v",
    "é",
    '"',
    '"value',
    "value AND",
    "AND OR NOT",
    "NEAR(value stream)",
    "value*",
    "^value",
    "title:value",
    "-value",
    "val{ue}",
    "'; DROP TABLE entry; --",
    "(((",
    "value \\ stream",
    "😀",
    "value 😀 stream",
    "قيمة",
    "\u202evalue\u202c",
    "ערך",
    "价值流",
    "\0",
    "va\0lue",
    "\ud800",
    "a" * 500,
    "value " * 100,
    "é" * 300,
    "²³",
    "…",
    "\n\t",
]


@pytest.mark.parametrize("typed", ODD, ids=[ascii(text[:24]) for text in ODD])
def test_whatever_is_typed_gives_an_answer(course: Index, typed: str) -> None:
    results = course.search(typed)
    assert len(results.asked) <= search.LONGEST_QUERY
    assert results.cut == (len(" ".join(typed.replace("\0", " ").split())) > search.LONGEST_QUERY)


@given(st.text(max_size=300))
def test_any_text_gives_an_answer(typed: str) -> None:
    results = SMALL.search(typed)
    for found in results.groups.values():
        for hit in found:
            assert hit.entry in ENTRIES


SMALL = Index(ENTRIES)


@given(st.sampled_from(ENTRIES), st.data())
def test_every_word_of_every_entry_finds_it(entry: Entry, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(search.words(f"{entry.title} {entry.heading} {entry.text}")))
    found = SMALL.search(word).groups[entry.group]
    assert entry in {hit for each in found for hit in (each.entry, *each.more)}


def test_lessons_terms_and_titles_are_in_the_index_and_questions_are_not() -> None:
    catalogue = Library(ROOT, kinds()).catalogue
    found = list(search.entries(catalogue))
    assert {lesson.address for lesson in catalogue.lessons} <= {entry.address for entry in found}
    assert len([entry for entry in found if entry.group is Group.TERMS]) == len(catalogue.terms)
    everything = "\n".join(f"{entry.title} {entry.heading} {entry.text} {entry.also}" for entry in found)
    lessons = "\n".join(
        search.plain(lesson.html) for lesson in catalogue.lessons
    )  # may say the same in their own right
    for question in catalogue.questions.values():
        assert question.sentence not in everything or question.sentence in lessons, question.id
        for part in catalogue.kinds[question.kind].parts(question.answers):
            assert not part.reason or part.reason not in everything or part.reason in lessons, question.id


def test_drawings_are_not_searched_but_their_words_are(course: Index) -> None:
    texts = "\n".join(entry.text for entry in course.entries if entry.group is Group.LESSONS)
    assert "<" not in texts
    assert "Demand and opportunity come in from outside" in texts


def test_several_threads_can_search_at_once(course: Index) -> None:
    expected = {word: course.search(word).total for word in ("value", "stream", "vlaue", "explore")}
    wrong: list[str] = []

    def look() -> None:
        for _ in range(20):
            wrong.extend(word for word, total in expected.items() if course.search(word).total != total)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
