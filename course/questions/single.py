"""Single choice: exactly one key."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from course.core.attempts import Response
from course.core.marks import Marked, Verdict
from course.core.problems import Report
from course.core.quiz import Question
from course.questions._choose import RIGHT, WRONG, Choice, Options


class Single(Choice):
    """One of several options is right. Marks: 1 or 0."""

    name = "single"
    several = False

    def check_keys(self, options: Options, line: int, report: Report) -> None:
        """Ask for one key and two options."""
        keys = len(options.right)
        if len(options.options) < 2:
            report.error(line, "a single choice needs at least two options", "add another “- [ ] option”")
        if keys == 0:
            report.error(line, "no option is marked as right", "mark the key with [x]")
        if keys > 1:
            report.error(line, f"{keys} options are marked as right", "leave one [x], or make the kind `multiple`")

    def mark(self, question: Question, response: Response) -> Marked:
        """1 for the key."""
        if not response:
            return Marked(Fraction(0), points=1)
        right = response == self.full(question)
        verdict = Verdict.RIGHT if right else Verdict.WRONG
        return Marked(Fraction(right), {value: verdict for _, value in response}, points=1)

    def sample_boxes(self, count: int, rng: Random) -> list[str]:
        """One key anywhere."""
        key = rng.randrange(count)
        return [RIGHT if index == key else WRONG for index in range(count)]
