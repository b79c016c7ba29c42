"""The one checker: every problem of every file of a course, and what the course holds.

The loader, the command line, the browser editor and CI all use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course.core.problems import Problem, Report, Severity, did_you_mean
from course.core.quiz import Quiz, Use
from course.core.specification import cells
from course.library import lint
from course.library.catalogue import (
    COURSE_FILE,
    EXAM_ENDING,
    QUIZ_ENDING,
    SYLLABUS_FILE,
    Catalogue,
    build,
    read_files,
    reserved,
)
from course.library.examfile import ExamFile
from course.library.lesson import LessonFile
from course.library.links import Link, links
from course.library.quizfile import QuizFile
from course.library.rendering import ICONS
from course.library.syllabus import Syllabus
from course.questions._kind import Kind


@dataclass(frozen=True)
class Counts:
    """What a course holds."""

    lessons: int
    exercises: int
    quizzes: int
    exams: int
    cards: int
    terms: int
    figures: int
    questions: int
    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    by_bloom: Mapping[str, int] = field(default_factory=dict)
    by_style: Mapping[str, int] = field(default_factory=dict)
    by_key: Mapping[str, int] = field(default_factory=dict)  # position of the key in single choices, from 1


@dataclass(frozen=True)
class Checked:
    """The outcome of a check."""

    problems: tuple[Problem, ...]
    counts: Counts

    def count(self, severity: Severity) -> int:
        """How many problems of one severity."""
        return sum(problem.severity is severity for problem in self.problems)


def check(root: Path, kinds: Mapping[str, Kind]) -> Checked:
    """Check a course folder."""
    return check_catalogue(build(read_files(root, kinds), kinds))


def check_catalogue(catalogue: Catalogue) -> Checked:
    """Check a course that is loaded: its files' own problems, what they say of each other, and lint."""
    reports: dict[str, Report] = {}

    def report(path: str) -> Report:
        return reports.setdefault(path, Report(path))

    references = _References(catalogue)
    for slug, item in catalogue.files.lessons.items():
        references.lesson(item, report(f"content/lessons/{slug}.md"))
        lint.lint_lesson(item, report(f"content/lessons/{slug}.md"))
    for slug, file in catalogue.files.quizzes.items():
        references.quiz(file, report(f"quizzes/{slug}{QUIZ_ENDING}"))
        lint.lint_file(file, catalogue.kinds, report(f"quizzes/{slug}{QUIZ_ENDING}"))
    for slug, exam in catalogue.files.exams.items():
        references.exam(exam, report(f"quizzes/{slug}{EXAM_ENDING}"))
    # Of files with errors too, so that an author sees everything at once.
    for path in catalogue.files.sources:
        if path.endswith(".md"):
            references.links(path, report(path))
    references.course(report(COURSE_FILE))
    if catalogue.syllabus is not None:
        references.syllabus(catalogue.syllabus, report(SYLLABUS_FILE))
    lint.lint_course(catalogue, report)
    found = [*catalogue.files.problems, *(p for r in reports.values() for p in r.problems)]
    return Checked(tuple(sorted(set(found))), _counts(catalogue))


def _counts(catalogue: Catalogue) -> Counts:
    questions = list(catalogue.questions.values())
    exercises = catalogue.used_as(Use.EXERCISE)
    return Counts(
        lessons=len(catalogue.lessons),
        exercises=len(exercises),
        quizzes=len(catalogue.used_as(Use.QUIZ)),
        exams=len(catalogue.exams),
        cards=len(_cards(catalogue, exercises)),
        terms=len(catalogue.terms),
        figures=len(catalogue.files.figures),
        questions=len(questions),
        by_kind=dict(sorted(Counter(q.kind for q in questions).items())),
        by_outcome=dict(sorted(Counter(q.outcome or "none" for q in questions).items())),
        by_bloom=dict(sorted(Counter(str(q.bloom or "none") for q in questions).items())),
        by_style=dict(sorted(Counter(str(q.style) for q in questions).items())),
        by_key=dict(sorted(Counter(str(lint.key_position(q) + 1) for q in questions if q.kind == "single").items())),
    )


def _cards(catalogue: Catalogue, exercises: Sequence[Quiz]) -> set[str]:
    """Return the distinct texts of cards and the like in exercises."""
    return {
        part.text
        for quiz in exercises
        for question in quiz.questions
        for part in catalogue.kinds[question.kind].parts(question.answers)
    }


class _References:
    """Whether what one file says of another is true."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.files = catalogue.files
        self.owners: dict[str, str] = {}

    def course(self, report: Report) -> None:
        """Bins' icons are known, and every module holds a lesson."""
        info = self.catalogue.info
        for name, icon in info.icons.items():
            if icon not in ICONS:
                report.error(
                    info.lines.get(("icons", name), 1),
                    f"icon “{icon}” of {name} is not known",
                    did_you_mean(icon, ICONS, "the icons are " + ", ".join(sorted(ICONS))),
                )
        for module in self.catalogue.modules:
            if not module.lessons:
                report.warning(
                    info.lines.get(("modules", module.slug), 1),
                    f"module {module.slug} has no lesson",
                    "add one, or delete the module",
                )

    def syllabus(self, syllabus: Syllabus, report: Report) -> None:
        """Every row's outcome exists and is taught somewhere."""
        taught = {outcome for lesson in self.catalogue.lessons for outcome in lesson.outcomes}
        for criterion in syllabus.criteria:
            self._known(report, criterion.line, "outcome", [criterion.outcome], self.catalogue.info.outcomes)
            if criterion.outcome in self.catalogue.info.outcomes and criterion.outcome not in taught:
                report.warning(
                    criterion.line,
                    f"no lesson teaches outcome {criterion.outcome}",
                    "name it in the `outcomes:` of a lesson",
                )

    def lesson(self, item: LessonFile, report: Report) -> None:
        """A lesson's module, outcomes, questions, quiz and exercises exist."""
        self._known(report, item.lines.get("module", 1), "module", [item.module], self.catalogue.info.modules)
        self._known(report, item.lines.get("outcomes", 1), "outcome", item.outcomes, self.catalogue.info.outcomes)
        self._known(report, item.lines.get("check", 1), "question", item.check, self.catalogue.questions)
        for name in reserved(self.files).intersection(item.check):
            report.error(
                item.lines.get("check", 1),
                f"question “{name}” is reserved for mock exams",
                "name one of a practice quiz",
            )
        quizzes = [q.slug for q in self.catalogue.used_as(Use.QUIZ)]
        self._known(report, item.lines.get("quiz", 1), "quiz", [item.quiz] if item.quiz else [], quizzes)
        exercises = [q.slug for q in self.catalogue.used_as(Use.EXERCISE)]
        self._known(report, item.lines.get("exercises", 1), "exercise", item.exercises, exercises)

    def quiz(self, file: QuizFile, report: Report) -> None:
        """A quiz's lesson and outcomes exist, and its ids are its own."""
        if file.quiz.lesson:
            self._known(report, file.lesson_line, "lesson", [file.quiz.lesson], self.files.lessons)
        for placed in file.placed:
            question = placed.question
            if question.outcome:
                self._known(report, placed.chips, "outcome", [question.outcome], self.catalogue.info.outcomes)
            owner = self.owners.setdefault(question.id, file.quiz.slug)
            if owner != file.quiz.slug:
                report.error(
                    placed.chips,
                    f"id={question.id} is already used in quizzes/{owner}{QUIZ_ENDING}",
                    "give each question of the course an id of its own",
                )

        if file.quiz.use is Use.EXAM and self.catalogue.exams:
            self._pool(file, report)

    def _pool(self, file: QuizFile, report: Report) -> None:
        """A question that is reserved for exams is one that they can ask."""
        for placed in file.placed:
            question = placed.question
            if not self.catalogue.fits_exams(question):
                report.error(
                    placed.start,
                    f"{question.id} is not a single choice of four, so no mock exam can ask it",
                    "write four options, or move it to a practice quiz",
                )
            elif not question.outcome or question.bloom is None:
                report.error(
                    placed.chips,
                    f"{question.id} has no outcome or no Bloom level, so no mock exam can ask it",
                    "add `outcome=` and `bloom=`",
                )

    def exam(self, file: ExamFile, report: Report) -> None:
        """An exam's outcomes exist, and its pool fills it: once, or it cannot start; twice without a repeat."""
        for topic in file.specification.topics:
            line = file.lines[topic.name]
            self._known(report, line, "outcome", topic.outcomes, self.catalogue.info.outcomes)
        for cell in cells(file.specification, self.catalogue.exam_pool()):
            here = f"{cell.topic}, Bloom {cell.bloom}: {cell.wanted} asked, {len(cell.candidates)} in the pool"
            if cell.missing:
                report.error(
                    file.lines[cell.topic],
                    f"{here}; the exam cannot start",
                    f"write {cell.missing} more into a file with `use: exam`",
                )
            elif len(cell.candidates) < 2 * cell.wanted:
                report.warning(
                    file.lines[cell.topic],
                    f"{here}; a second sitting repeats questions",
                    f"write {2 * cell.wanted - len(cell.candidates)} more into a file with `use: exam`",
                )

    def links(self, path: str, report: Report) -> None:
        """Every link of a file leads somewhere."""
        source = self.files.sources.get(path)
        for link in links(source.text) if source else ():
            self._link(link, path, report)

    def _link(self, link: Link, path: str, report: Report) -> None:
        target = link.target
        scheme, colon, rest = target.partition(":")
        if self.catalogue.renderer.resolve(target) is not None:
            if target.startswith("#"):
                self._anchor(link, path, report)
            elif link.image and not target.startswith("figures/"):
                report.error(link.line, "an image must lie in content/figures", "write figures/<name>.svg", link.column)
            return
        if scheme == "lesson" and colon:
            remedy = did_you_mean(rest, self.files.lessons, "the lessons are the files in content/lessons")
            report.error(link.line, f"there is no lesson “{rest}”", remedy, link.column)
        elif scheme == "term" and colon:
            remedy = did_you_mean(rest, [t.slug for t in self.catalogue.terms], "add it to content/glossary.md")
            report.error(link.line, f"there is no glossary term “{rest}”", remedy, link.column)
        elif target.startswith("figures/"):
            remedy = did_you_mean(target, [f"figures/{n}.svg" for n in self.files.figures], "add the drawing")
            report.error(link.line, f"there is no drawing “{target}”", remedy, link.column)
        elif colon and "/" not in scheme:
            report.error(
                link.line,
                f"links of the kind “{scheme}:” are not allowed",
                "use https:, mailto:, lesson: or term:",
                link.column,
            )
        else:
            report.error(
                link.line, f"the link “{target}” leads nowhere", "write lesson:<slug> or https://…", link.column
            )

    def _anchor(self, link: Link, path: str, report: Report) -> None:
        lesson = self.catalogue.lesson(path.removeprefix("content/lessons/").removesuffix(".md"))
        if lesson is None:
            return
        known = [heading.id for heading in lesson.headings]
        if f'id="{link.target[1:]}"' not in lesson.html:
            remedy = did_you_mean(link.target[1:], known, "the headings are " + ", ".join(known))
            report.error(link.line, f"no heading is called “{link.target}”", remedy, link.column)

    @staticmethod
    def _known(
        report: Report, line: int, what: str, names: Sequence[str], known: Mapping[str, object] | Sequence[str]
    ) -> None:
        for name in names:
            if name not in known:
                remedy = did_you_mean(name, list(known), f"add it, or name an existing {what}")
                report.error(line, f"there is no {what} “{name}”", remedy)
