"""How long it takes to parse a quiz file of 400 questions, and to check the whole course.

    .venv/bin/python bench/parse.py [--quick]

Beside each stands markdown-it-py alone, tokenising the very same text: only its blocks, which is the
part of it that the course uses, and whole, with the inline text.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from markdown_it import MarkdownIt

from bench import rounds, visitor
from bench.visitor import Course
from course.core.problems import Report
from course.core.quiz import Places, Use
from course.library import checker, quizfile, quizwriter
from course.library.catalogue import Catalogue
from course.library.source import Source
from course.questions.registry import kinds

QUESTIONS = 400
TRIAL_SECONDS = 0.23


@dataclass
class Measured:
    """Something that is done again and again."""

    name: str
    do: Callable[[], object]
    seconds: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Do it once more."""
        begun = time.perf_counter()
        self.do()
        self.seconds.append(time.perf_counter() - begun)


def long_quiz(catalogue: Catalogue) -> str:
    """Write a quiz file of 400 questions, the course's own over and over under new ids."""
    own = [quiz for quiz in catalogue.quizzes.values() if quiz.use is Use.QUIZ]
    questions = [question for quiz in own for question in quiz.questions]
    repeated = [
        replace(question, id=f"{question.id}-{number}")
        for number, question in enumerate(islice(cycle(questions), QUESTIONS))
    ]
    categories = {name: bins for quiz in own for name, bins in quiz.places.categories.items()}
    shared = frozenset(name for quiz in own for name in quiz.places.shared)
    return quizwriter.write(
        replace(own[0], questions=tuple(repeated), places=Places(categories, shared)), catalogue.kinds
    )


def parsed(text: str) -> None:
    """Parse the long quiz; every question must be read without an error."""
    report = Report("long.quiz.md")
    found = quizfile.parse(Source("long.quiz.md", text), "long", kinds(), report)
    if found is None or len(found.quiz.questions) != QUESTIONS:
        raise RuntimeError("the long quiz was not read:\n" + "\n".join(map(str, report.problems[:5])))


def tokenised(texts: list[str], whole: bool) -> Callable[[], object]:
    """Return the bare equivalent: markdown-it-py over the same texts."""
    reader = MarkdownIt("commonmark").enable("table")
    if not whole:
        reader.core.ruler.enableOnly(["normalize", "block"])
    return lambda: [reader.parse(text) for text in texts]


def _beside(ours: Measured, texts: list[str]) -> list[Measured]:
    return [ours, Measured("  blocks alone", tokenised(texts, False)), Measured("  whole", tokenised(texts, True))]


def main() -> None:
    """Measure and print."""
    given = rounds.arguments(__doc__.partition("\n")[0], rounds=15)
    print(rounds.machine())
    root, catalogue = visitor.folder(), Course.here().catalogue
    text = long_quiz(catalogue)
    course = [source.text for path, source in catalogue.files.sources.items() if path.endswith(".md")]
    counts = checker.check(root, kinds()).counts
    print(f"{QUESTIONS} questions: {len(text) / 1000:,.0f} KB; the course: {len(course)} files of Markdown,")
    print(f"{sum(map(len, course)) / 1000:,.0f} KB, {counts.lessons} lessons, {counts.questions} questions\n")
    parse = Measured(f"parse {QUESTIONS} questions", lambda: parsed(text))
    check = Measured("check the whole course", lambda: checker.check(root, kinds()))
    groups = [_beside(parse, [text]), _beside(check, course)]
    measured = [one for group in groups for one in group]
    for one in measured:  # once for the caches
        one.measure()
        one.seconds.clear()
    for number in range(given.rounds):
        for one in rounds.in_turn(measured, number):
            one.measure()
    _report(groups, given.quick)


def _report(groups: list[list[Measured]], quick: bool) -> None:
    rounds.table(
        ["", "ms", "spread", "times the bare one"],
        [
            [
                one.name,
                median(one.seconds) * 1000,
                f"{rounds.spread(one.seconds):.0%}",
                None if one is group[0] else rounds.ratio(group[0].seconds, one.seconds),
            ]
            for group in groups
            for one in group
        ],
    )
    parse, check = groups[0][0], groups[1][0]
    print(f"The trial of the format parsed {QUESTIONS} questions in {TRIAL_SECONDS} s.\n")
    rounds.closing_line(
        "parse",
        quick,
        {
            "questions": QUESTIONS,
            "parse_ms": median(parse.seconds) * 1000,
            "check_ms": median(check.seconds) * 1000,
            "ratios": {
                "parse / blocks alone": rounds.ratio(parse.seconds, groups[0][1].seconds),
                "parse / markdown-it-py whole": rounds.ratio(parse.seconds, groups[0][2].seconds),
                "check / blocks alone": rounds.ratio(check.seconds, groups[1][1].seconds),
                "check / markdown-it-py whole": rounds.ratio(check.seconds, groups[1][2].seconds),
            },
        },
    )


if __name__ == "__main__":
    main()
