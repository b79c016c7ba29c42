"""Which lesson teaches a term, and which terms belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from course.library.catalogue import Catalogue, Lesson
from course.library.glossary import Term
from course.library.search import plain, words

MOST_RELATED = 6


@dataclass(frozen=True)
class Taught:
    """A term with its place in the course."""

    term: Term
    lessons: tuple[Lesson, ...]  # that link to it; else the one that speaks of it most
    related: tuple[Term, ...]
    before: Term | None
    after: Term | None


def glossary(catalogue: Catalogue) -> Mapping[str, Taught]:
    """Return every term by slug; made at its first use and kept as long as the catalogue."""
    kept = catalogue.memo.get(("glossary",))
    if kept is None:
        kept = catalogue.memo["glossary",] = _glossary(catalogue)
    found: Mapping[str, Taught] = kept
    return found


def _glossary(catalogue: Catalogue) -> Mapping[str, Taught]:
    terms = sorted(catalogue.terms, key=lambda term: words(term.name))
    texts = {lesson.slug: _phrase(plain(lesson.html)) for lesson in catalogue.lessons}
    meanings = {term.slug: _phrase(plain(catalogue.renderer.inline(term.meaning))) for term in terms}
    names = {term.slug: _phrase(term.name) for term in terms}
    taught = {}
    for place, term in enumerate(terms):
        taught[term.slug] = Taught(
            term,
            _lessons(catalogue, term, texts),
            tuple(other for other in terms if _related(term, other, names, meanings))[:MOST_RELATED],
            terms[place - 1] if place else None,
            terms[place + 1] if place + 1 < len(terms) else None,
        )
    return taught


def _phrase(text: str) -> str:
    """Return the words of a text with a space around each, so that whole words can be found in it."""
    return f" {' '.join(words(text))} "


def _lessons(catalogue: Catalogue, term: Term, texts: Mapping[str, str]) -> tuple[Lesson, ...]:
    link = re.compile(rf"\(term:{re.escape(term.slug)}\)")
    linking = tuple(lesson for lesson in catalogue.lessons if link.search(catalogue.files.lessons[lesson.slug].body))
    if linking:
        return linking
    name = _phrase(term.name)
    most = max(catalogue.lessons, key=lambda lesson: texts[lesson.slug].count(name), default=None)
    return (most,) if most is not None and name in texts[most.slug] else ()


def _related(term: Term, other: Term, names: Mapping[str, str], meanings: Mapping[str, str]) -> bool:
    """Whether one of two terms stands in the meaning of the other."""
    mentioned = names[other.slug] in meanings[term.slug] or names[term.slug] in meanings[other.slug]
    return mentioned and other is not term
