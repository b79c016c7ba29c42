"""Multiple choice: one or more keys, at least one wrong option."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from course.core.attempts import Response
from course.core.marks import Marked, Verdict
from course.core.problems import Report
from course.core.quiz import Credit, Question
from course.questions._choose import DISREGARDED, FIELD, RIGHT, WRONG, Choice, Option, Options, value_of


class Multiple(Choice):
    """Several options may be right. Marks: all or nothing, or proportional."""

    name = "multiple"
    several = True
    boxes = frozenset({RIGHT, WRONG, DISREGARDED})
    chips = frozenset({"credit"})

    def check_keys(self, options: Options, line: int, report: Report) -> None:
        """Ask for a right and a wrong option."""
        if not options.right:
            report.error(line, "no option is marked as right", "mark the right ones with [x]")
        if not any(option.box == WRONG for option in options.options):
            report.error(line, "no option is wrong", "add a wrong one with [ ], or take an [x] away")

    def mark(self, question: Question, response: Response) -> Marked:
        """All: 1 for exactly the right set. Proportional: (right − wrong ticks) / right options, not below 0."""
        answers: Options = question.answers
        counted = [option for option in answers.options if option.box != DISREGARDED]
        ticked = {option for option in counted if (FIELD, value_of(question, option)) in response}
        hits = sum(option.box == RIGHT for option in ticked)
        false = len(ticked) - hits
        if question.credit is Credit.PROPORTIONAL:
            mark = max(Fraction(0), Fraction(hits - false, len(answers.right)))
        else:
            mark = Fraction(hits == len(answers.right) and not false)
        return Marked(mark, {value_of(question, option): _verdict(option) for option in ticked}, points=1)

    def sample_boxes(self, count: int, rng: Random) -> list[str]:
        """One right, one wrong, the rest anything, in any order."""
        boxes = [RIGHT, WRONG, *rng.choices([RIGHT, WRONG, DISREGARDED], k=count - 2)]
        rng.shuffle(boxes)
        return boxes


def _verdict(option: Option) -> Verdict:
    return Verdict.RIGHT if option.box == RIGHT else Verdict.WRONG
