"""The catalogue: the whole course as one immutable value, built from a folder and swapped whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from course.core.problems import Problem, Report
from course.core.quiz import Question, Quiz, Shuffle, Use
from course.core.specification import Candidate, Specification
from course.library import courseinfo, examfile, figures, glossary, lesson, quizfile, quizwriter, syllabus
from course.library.courseinfo import CourseInfo
from course.library.examfile import ExamFile
from course.library.figures import Figure
from course.library.glossary import Term
from course.library.lesson import LessonFile
from course.library.quizfile import QuizFile
from course.library.rendering import Heading, Renderer
from course.library.source import Source, read
from course.library.syllabus import Syllabus
from course.questions._kind import Kind

COURSE_FILE = "content/course.md"
GLOSSARY_FILE = "content/glossary.md"
SYLLABUS_FILE = "content/syllabus.md"
QUIZ_ENDING = ".quiz.md"
EXAM_ENDING = ".exam.md"
EXAM_OPTIONS = 4
Kinds = Mapping[str, Kind]
T = TypeVar("T")


@dataclass(frozen=True)
class Files:
    """Every file of a course, parsed, by its path from the course folder. What failed is not in it."""

    info: CourseInfo = field(default_factory=CourseInfo)
    lessons: Mapping[str, LessonFile] = field(default_factory=dict)
    quizzes: Mapping[str, QuizFile] = field(default_factory=dict)
    exams: Mapping[str, ExamFile] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    syllabus: Syllabus | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson ready to be shown."""

    slug: str
    title: str
    module: str
    module_title: str
    about: str
    minutes: int
    words: int
    html: str
    headings: tuple[Heading, ...]
    check: tuple[Question, ...]
    quiz: str
    exercises: tuple[str, ...]
    outcomes: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/learn/{self.module}/{self.slug}"


@dataclass(frozen=True)
class Module:
    """A group of lessons, in order."""

    slug: str
    title: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Catalogue:
    """What is served. Immutable, so that a page sees one course from its first line to its last."""

    info: CourseInfo
    modules: tuple[Module, ...]
    quizzes: Mapping[str, Quiz]
    terms: tuple[Term, ...]
    renderer: Renderer
    kinds: Kinds
    files: Files
    revisions: Mapping[str, str]  # question id → revision
    questions: Mapping[str, Question]
    # What pages have made of this catalogue and need not make again; it goes when the catalogue goes.
    memo: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson in course order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    def lesson(self, slug: str) -> Lesson | None:
        """Return a lesson by slug."""
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def lessons_of(self, outcomes: Collection[str]) -> tuple[Lesson, ...]:
        """Return the lessons that teach one of these outcomes, in course order."""
        return tuple(lesson for lesson in self.lessons if not set(lesson.outcomes).isdisjoint(outcomes))

    @property
    def main_exam(self) -> Specification | None:
        """The mock exam by which readiness goes: the first, and so the longest; None where there is none."""
        return next(iter(self.exams.values()), None)

    def used_as(self, use: Use) -> tuple[Quiz, ...]:
        """Return the quizzes of one use, in the order of their lessons, and within as the lesson lists them."""
        order = {lesson.slug: n for n, lesson in enumerate(self.lessons)}
        listed = [slug for lesson in self.lessons for slug in lesson.exercises]
        last = len(listed) + len(order)

        def place(quiz: Quiz) -> tuple[int, int, str]:
            within = listed.index(quiz.slug) if quiz.slug in listed else last
            return order.get(quiz.lesson, last), within, quiz.slug

        return tuple(sorted((quiz for quiz in self.quizzes.values() if quiz.use is use), key=place))

    @property
    def syllabus(self) -> Syllabus | None:
        """What a learner should be able to do; None where the course has no such file."""
        return self.files.syllabus

    @property
    def exams(self) -> Mapping[str, Specification]:
        """The mock exams by slug, the longest first."""
        found = sorted((file.specification for file in self.files.exams.values()), key=lambda s: (-s.total, s.slug))
        return {specification.slug: specification for specification in found}

    def exam_pool(self) -> tuple[Candidate, ...]:
        """Return what mock exams may ask: the questions reserved for them that fit, and are not void."""
        reserved_here = (question for quiz in self.used_as(Use.EXAM) for question in quiz.questions)
        return tuple(
            Candidate(question.id, question.outcome, question.bloom, question.style)
            for question in reserved_here
            if self.fits_exams(question) and not question.void
        )

    def fits_exams(self, question: Question) -> bool:
        """Whether a question is one that exams ask: a single choice of four."""
        return question.kind == "single" and len(self.kinds["single"].parts(question.answers)) == EXAM_OPTIONS

    def quiz(self, slug: str, use: Use) -> Quiz | None:
        """Return a quiz by slug if it has this use."""
        quiz = self.quizzes.get(slug)
        return quiz if quiz is not None and quiz.use is use else None


def snapshot(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of every file of a course: what changes when an author saves."""
    found = []
    for file in sorted(_course_files(root)):
        try:
            stat = file.stat()
        except OSError:
            continue
        found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _course_files(root: Path) -> Iterable[Path]:
    for folder, pattern in (
        ("content", "*.md"),
        ("content/lessons", "*.md"),
        ("content/figures", "*.svg"),
        ("quizzes", "*.md"),
    ):
        yield from (root / folder).glob(pattern)


def read_files(root: Path, kinds: Kinds, last: Files | None = None) -> Files:
    """Read and parse every file. Of a file with errors the last good version stays, where there is one."""
    return _Loading(root, kinds, last or Files()).files()


class _Loading:
    """One pass over a course folder."""

    def __init__(self, root: Path, kinds: Kinds, last: Files) -> None:
        self.root = root
        self.kinds = kinds
        self.last = last
        self.sources: dict[str, Source] = {}
        self.problems: list[Problem] = []

    def files(self) -> Files:
        """Read everything there is."""
        info = self._one(COURSE_FILE, courseinfo.parse, self.last.info)
        terms: tuple[Term, ...] = ()
        if (self.root / GLOSSARY_FILE).exists():
            terms = self._one(GLOSSARY_FILE, glossary.parse, self.last.terms) or ()
        outline = None
        if (self.root / SYLLABUS_FILE).exists():
            outline = self._one(SYLLABUS_FILE, syllabus.parse, self.last.syllabus)
        return Files(
            syllabus=outline,
            info=info or CourseInfo(),
            lessons=self._folder("content/lessons", ".md", lesson.parse, self.last.lessons),
            quizzes=self._folder("quizzes", QUIZ_ENDING, self._quiz, self.last.quizzes),
            exams=self._folder("quizzes", EXAM_ENDING, examfile.parse, self.last.exams),
            terms=terms,
            figures=self._folder("content/figures", ".svg", figures.read, self.last.figures),
            sources=self.sources,
            problems=tuple(self.problems),
        )

    def _quiz(self, source: Source, slug: str, report: Report) -> QuizFile | None:
        return quizfile.parse(source, slug, self.kinds, report)

    def _one(self, path: str, parse: Callable[[Source, Report], T | None], last: T | None) -> T | None:
        report = Report(path)
        source = read(self.root / path, path, report)
        parsed = parse(source, report) if source is not None else None
        self.problems += report.problems
        if source is not None:
            self.sources[path] = source
        return last if parsed is None else parsed

    def _folder(
        self, folder: str, ending: str, parse: Callable[[Source, str, Report], T | None], last: Mapping[str, T]
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        for file in sorted((self.root / folder).glob(f"*{ending}")):
            slug = file.name.removesuffix(ending)
            path = f"{folder}/{file.name}"

            def parse_as(source: Source, report: Report, slug: str = slug) -> T | None:
                _check_slug(slug, report)
                parsed = parse(source, slug, report)
                return None if report.failed else parsed

            parsed = self._one(path, parse_as, last.get(slug))
            if parsed is not None:
                found[slug] = parsed
        return found


def _check_slug(slug: str, report: Report) -> None:
    if not quizfile.ID.fullmatch(slug):
        report.error(
            1,
            f"the file name “{slug}” has other characters than a–z, 0–9 and -",
            "rename the file; its name is its address",
        )


def build(files: Files, kinds: Kinds) -> Catalogue:
    """Render lessons and gather everything into one value."""
    renderer = Renderer(_Resolver(files), {name: figure.svg for name, figure in files.figures.items()})
    quizzes = {slug: _as_asked(file.quiz) for slug, file in files.quizzes.items()}
    questions = {q.id: q for quiz in quizzes.values() for q in quiz.questions}
    free = {qid: q for qid, q in questions.items() if qid not in reserved(files)}
    modules = []
    for slug, title in files.info.modules.items():
        members = sorted(
            (item for item in files.lessons.values() if item.module == slug), key=lambda item: (item.order, item.slug)
        )
        modules.append(Module(slug, title, tuple(_lesson(item, title, renderer, free) for item in members)))
    return Catalogue(
        info=files.info,
        modules=tuple(modules),
        quizzes=quizzes,
        terms=files.terms,
        renderer=renderer,
        kinds=kinds,
        files=files,
        revisions={qid: quizwriter.revision(question, kinds) for qid, question in questions.items()},
        questions=questions,
    )


def _as_asked(quiz: Quiz) -> Quiz:
    """Return a quiz whose questions know what the quiz says of shuffling their options."""
    if quiz.shuffle in {Shuffle.BOTH, Shuffle.OPTIONS}:
        return quiz
    return replace(quiz, questions=tuple(replace(question, shuffle=False) for question in quiz.questions))


def reserved(files: Files) -> frozenset[str]:
    """Return the ids of questions that only mock exams may ask."""
    exams = (file.quiz for file in files.quizzes.values() if file.quiz.use is Use.EXAM)
    return frozenset(question.id for quiz in exams for question in quiz.questions)


def _lesson(item: LessonFile, module_title: str, renderer: Renderer, questions: Mapping[str, Question]) -> Lesson:
    page = renderer.page(item.body)
    return Lesson(
        slug=item.slug,
        title=item.title,
        module=item.module,
        module_title=module_title,
        about=item.about,
        minutes=item.minutes,
        words=item.words,
        html=page.html,
        headings=page.headings,
        check=tuple(questions[qid] for qid in item.check if qid in questions),
        quiz=item.quiz,
        exercises=item.exercises,
        outcomes=item.outcomes,
    )


class _Resolver:
    """Turns a link target as an author writes it into an address, or None where it leads nowhere."""

    def __init__(self, files: Files) -> None:
        self.lessons = {item.slug: f"/learn/{item.module}/{item.slug}" for item in files.lessons.values()}
        self.terms = {term.slug: f"/glossary/{term.slug}" for term in files.terms}
        self.figures = files.figures

    def __call__(self, target: str) -> str | None:
        scheme, colon, rest = target.partition(":")
        if scheme == "lesson" and colon:
            return self.lessons.get(rest)
        if scheme == "term" and colon:
            return self.terms.get(rest)
        if scheme in {"https", "mailto"} and colon:
            return target
        if target.startswith("#"):
            return target
        name = target.removeprefix("figures/").removesuffix(".svg")
        if target == f"figures/{name}.svg" and name in self.figures:
            return f"drawing:{name}"
        return None


class Library:
    """Keeps the catalogue of one course folder up to date. A broken file never takes it down."""

    def __init__(self, root: Path, kinds: Kinds) -> None:
        self.root = root
        self.kinds = kinds
        self._snapshot = snapshot(root)
        self._files = read_files(root, kinds)
        self.catalogue = build(self._files, kinds)

    def refresh(self) -> bool:
        """Look whether a file has changed and if so build anew. Return whether it did."""
        seen = snapshot(self.root)
        if seen == self._snapshot:
            return False
        self._snapshot = seen
        self._files = read_files(self.root, self.kinds, self._files)
        self.catalogue = build(self._files, self.kinds)
        return True
