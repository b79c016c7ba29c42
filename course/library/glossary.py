"""The glossary: one Markdown file of definition lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.core.naming import slug
from course.core.problems import Report
from course.library import frontmatter
from course.library.source import Source

MEANING = re.compile(r"^:\s+(?P<text>.+)$")


@dataclass(frozen=True)
class Term:
    """A term and what it means, in Markdown."""

    slug: str
    name: str
    meaning: str
    line: int


def parse(source: Source, report: Report) -> tuple[Term, ...] | None:
    """Read `Term`, then `:   Meaning` in the lines below; note every problem."""
    before = report.errors
    head, body, offset = frontmatter.split(source.text, report)
    head.text("title")
    head.refuse_unknown()
    terms = _terms(body, offset, report)
    return terms if report.errors == before else None


def entry(term: Term) -> str:
    """Return a term as it stands in the file."""
    return f"{term.name}\n:   {term.meaning}\n"


def parse_entry(text: str) -> Term | None:
    """Read one term back, without the file around it."""
    terms = _terms(text, 0, Report("entry"))
    return terms[0] if terms else None


def _terms(body: str, offset: int, report: Report) -> tuple[Term, ...]:
    terms: dict[str, Term] = {}
    name, named_in = "", 0
    for number, line in enumerate(body.split("\n"), offset + 1):
        meaning = MEANING.match(line)
        if meaning and name:
            _add(terms, Term(slug(name), name, meaning["text"].strip(), named_in), report)
            name = ""
        elif meaning:
            report.error(number, "a meaning without its term", "write the term in the line above")
        elif line.strip() and line.startswith((" ", "\t")) and terms:
            last = terms.popitem()[1]
            terms[last.slug] = Term(last.slug, last.name, f"{last.meaning} {line.strip()}", last.line)
        elif line.strip() and not line.startswith("#"):
            if name:
                report.error(named_in, f"“{name}” has no meaning", "write `:   meaning` in the line below")
            name, named_in = line.strip(), number
    if name:
        report.error(named_in, f"“{name}” has no meaning", "write `:   meaning` in the line below")
    return tuple(terms.values())


def _add(terms: dict[str, Term], term: Term, report: Report) -> None:
    if term.slug in terms:
        report.error(term.line, f"“{term.name}” stands here twice", "delete one of them")
    terms[term.slug] = term
