"""The quiz file: from Markdown to a `Quiz`, with every problem at its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from course.core.blocks import Prose
from course.core.marks import PassMark
from course.core.naming import folded
from course.core.problems import Report, did_you_mean
from course.core.quiz import Credit, Places, Question, Quiz, Scenario, Shuffle, Style, Use
from course.library import frontmatter, markup
from course.library.answers import FINDERS
from course.library.frontmatter import Head
from course.library.markup import Span
from course.library.source import Source
from course.questions._kind import Kind

MOST_QUESTIONS = 1000
CHIPS = ("id", "outcome", "bloom", "style", "credit", "shuffle", "void")
CHIP_LINE = re.compile(r"(?:`[^`\n]*`\s*)+")
CHIP = re.compile(r"`([^`\n]*)`")
ID = re.compile(r"[a-z0-9-]+")
WHY, HINT = "**Why:**", "**Hint:**"


@dataclass(frozen=True)
class Placed:
    """A question with its lines in the file, counted from 1, the end not included."""

    question: Question
    start: int
    end: int
    chips: int


@dataclass(frozen=True)
class QuizFile:
    """A parsed quiz file: the quiz, and where each question stands."""

    quiz: Quiz
    placed: tuple[Placed, ...]
    lesson_line: int = 1  # where the front matter names its lesson

    def line(self, question_id: str) -> int:
        """Return the line of a question's heading; 1 if it is not here."""
        return next((p.start for p in self.placed if p.question.id == question_id), 1)


@dataclass
class _Section:
    """A heading with the blocks below it. A scenario's has no text, and its blocks are kept apart."""

    heading: Span
    text: str
    blocks: list[Span] = field(default_factory=list)
    scenario: Scenario | None = None
    end: int = 0


def parse(source: Source, slug: str, kinds: Mapping[str, Kind], report: Report) -> QuizFile | None:
    """Read a quiz file. Note every problem in `report`; return None if any is an error."""
    before = report.errors
    head, body, offset = frontmatter.split(source.text, report)
    quiz = _read_head(head, slug, report)
    reader = _Reader(quiz.places, kinds, report, body.split("\n"), offset + 1)
    placed = reader.read(body)
    _check_count(quiz, reader.headings, report)
    if report.errors > before:
        return None
    questions = tuple(p.question for p in placed)
    return QuizFile(
        Quiz(
            slug=slug,
            title=quiz.title,
            questions=questions,
            about=quiz.about,
            lesson=quiz.lesson,
            use=quiz.use,
            pass_mark=quiz.pass_mark,
            minutes=quiz.minutes,
            shuffle=quiz.shuffle,
            places=quiz.places,
        ),
        tuple(placed),
        head.line("lesson"),
    )


def _read_head(head: Head, slug: str, report: Report) -> Quiz:
    quiz = Quiz(
        slug=slug,
        title=head.text("title", required=True),
        questions=(),
        about=head.text("about"),
        lesson=head.text("lesson"),
        pass_mark=pass_mark(head, report),
        minutes=head.number("minutes", least=1),
        shuffle=Shuffle(head.choice("shuffle", list(Shuffle), Shuffle.BOTH)),
        use=Use(head.choice("use", list(Use), Use.QUIZ)),
        places=_read_places(head, report),
    )
    head.refuse_unknown()
    return quiz


def pass_mark(head: Head, report: Report) -> PassMark | None:
    """Return what `pass:` says: a share, or marks; None where it is missing or wrong, which is noted."""
    value = head.text("pass")
    if not value:
        return None
    match = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)\s*(%?)", value)
    if match and match[2] and Fraction(match[1]) <= 100:
        return PassMark(share=Fraction(match[1]) / 100)
    if match and not match[2]:
        return PassMark(marks=Fraction(match[1]))
    report.error(head.line("pass"), f"`pass: {value}` is not a pass mark", "write `pass: 70%`, or marks: `pass: 28`")
    return None


def _read_places(head: Head, report: Report) -> Places:
    categories = head.lists("categories")
    shared = head.words("shared")
    lines = head.lines_in("categories")
    for name in _twins(categories):
        report.error(lines[name], f"category {name} stands here twice", "delete one; names ignore case and space")
    for name, bins in categories.items():
        if _twins(bins) or not all(bins):
            report.error(lines[name], f"the bins of {name} are empty or equal", "give each bin a name of its own")
        if len(bins) < 2:
            report.error(lines[name], f"{name} has fewer than two bins", f"write `{name}: [One, Two]`")
    known = {folded(b): b for bins in categories.values() for b in bins}
    for name in shared:
        if folded(name) not in known:
            report.error(
                head.line("shared"),
                f"shared bin “{name}” is in no category",
                did_you_mean(name, known.values(), "name a bin of the first category"),
            )
    return Places(
        MappingProxyType(categories), frozenset(known[folded(name)] for name in shared if folded(name) in known)
    )


def _twins(names: Iterable[str]) -> list[str]:
    """Return the names that read the same as an earlier one; space, hyphen and slash are the same in addresses."""
    seen: set[str] = set()
    twins = []
    for name in names:
        alike = re.sub(r"[ /-]+", " ", folded(name)).strip()
        if alike in seen:
            twins.append(name)
        seen.add(alike)
    return twins


def _check_count(quiz: Quiz, headings: Sequence[int], report: Report) -> None:
    if not headings and not report.failed:
        report.error(1, "the file holds no question", "add one: `## The question?` and its chips below")
    if quiz.use is Use.EXERCISE and len(headings) > 1:
        report.error(
            headings[1], "an exercise holds exactly one question", "move it to a file of its own, or `use: quiz`"
        )


class _Reader:
    """Reads the body of one quiz file."""

    def __init__(
        self, places: Places, kinds: Mapping[str, Kind], report: Report, lines: list[str], offset: int
    ) -> None:
        self.places = places
        self.kinds = kinds
        self.report = report
        self.lines = lines
        self.offset = offset  # what to add to a line counted from 0
        self.headings: list[int] = []  # the line of each question's heading
        self.ids: dict[str, int] = {}  # id → the line of its question's heading

    def read(self, body: str) -> list[Placed]:
        """Read every question."""
        sections = self._sections(body)
        if len(sections) > MOST_QUESTIONS:
            self.report.error(
                sections[MOST_QUESTIONS].heading.start + self.offset,
                f"the file holds more than {MOST_QUESTIONS:,} questions",
                "split it into several files",
            )
            return []
        self.headings = [section.heading.start + self.offset for section in sections]
        found = (self._question(section) for section in sections)
        return [placed for placed in found if placed is not None]

    def _sections(self, body: str) -> list[_Section]:
        """Gather blocks under their questions, and scenarios over theirs."""
        sections: list[_Section] = []
        scenario: tuple[str, list[Span]] | None = None
        for span in markup.spans(body):
            level = self._level(span)
            if level == 1:
                scenario = (self._heading(span), [])
                sections.append(_Section(span, ""))
            elif level == 2:
                sections.append(_Section(span, self._heading(span), scenario=self._scenario(scenario)))
            elif not sections:
                self.report.error(
                    span.start + self.offset, "this stands before the first question", "move it below a `##` heading"
                )
            elif sections[-1].text:
                sections[-1].blocks.append(span)
            elif scenario:
                scenario[1].append(span)
        self._end(sections)
        return [section for section in sections if section.text]

    def _end(self, sections: Sequence[_Section]) -> None:
        """Say where each section ends, and which scenario is without a question."""
        for n, section in enumerate(sections):
            following = sections[n + 1] if n + 1 < len(sections) else None
            section.end = following.heading.start if following else len(self.lines)
            if not section.text and not (following and following.text):
                self.report.warning(
                    section.heading.start + self.offset,
                    "no question follows this scenario, so nobody sees it",
                    "write one below it, `## The question?`, or delete it",
                )

    def _level(self, span: Span) -> int:
        if span.type != "heading":
            return 0
        opening = span.tokens[0]
        line = span.start + self.offset
        if opening.markup in {"=", "-"}:
            self.report.error(line, "underlined headings are not read", "write `## The question?` instead")
            return 0
        level = len(opening.markup)
        if self.lines[span.start].startswith(" "):
            self.report.error(line, "a heading must not be indented", "take the spaces before the # away")
        if level > 2:
            self.report.error(
                line, f"level-{level} headings are not read", "use ## for a question, # for a scenario, or bold text"
            )
            return 0
        if not self._heading(span):
            self.report.error(line, "the heading is empty", "write the question's sentence after the ##")
            return 0
        return level

    @staticmethod
    def _heading(span: Span) -> str:
        return span.tokens[1].content.strip()

    def _scenario(self, scenario: tuple[str, list[Span]] | None) -> Scenario | None:
        if scenario is None:
            return None
        title, blocks = scenario
        return Scenario(title, markup.source(blocks, self.lines))

    def _question(self, section: _Section) -> Placed | None:
        before = self.report.errors
        line = section.heading.start + self.offset
        kind, chips = self._chips(section, line)
        why, hint, blocks = self._explanations(section.blocks[1:] if chips is not None else section.blocks)
        if kind is None or chips is None:
            return None
        if kind.block is Prose and "[[" in section.text:
            self.report.error(line, "a gap stands in the heading", "write gaps in the paragraphs below the chips")
        answers, stem = self._answers(kind, blocks, line)
        if answers is None or self.report.errors > before:
            return None
        question = Question(
            kind=kind.name,
            sentence=section.text,
            answers=answers,
            stem=stem,
            why=why,
            hint=hint,
            scenario=section.scenario,
            **chips,
        )
        return Placed(question, line, section.end + self.offset, section.blocks[0].start + self.offset)

    # ---- chips ----

    def _chips(self, section: _Section, line: int) -> tuple[Kind | None, dict[str, Any] | None]:
        """Read the paragraph of code spans below the heading."""
        first = section.blocks[0] if section.blocks else None
        text = first.source(self.lines) if first and first.type == "paragraph" else ""
        if first is None or not CHIP_LINE.fullmatch(text.strip()):
            self.report.error(
                line,
                "the line with kind and id is missing below the heading",
                "add a paragraph like `single` `id=abc-001`, each in backquotes, and a blank line",
            )
            return None, None
        chips_line = first.start + self.offset
        words = [word.strip() for word in CHIP.findall(text)]
        kind = self._kind(words[0], chips_line)
        values = self._chip_values(words[1:], kind, chips_line)
        self._check_id(values["id"], line, chips_line)
        return kind, values

    def _check_id(self, question_id: str, line: int, chips_line: int) -> None:
        first = self.ids.setdefault(question_id, line) if question_id else line
        if first != line:
            self.report.error(
                chips_line,
                f"id={question_id} is already used in line {first}",
                "give each question an id of its own",
                self._column(chips_line, f"id={question_id}"),
            )

    def _kind(self, word: str, line: int) -> Kind | None:
        kind = self.kinds.get(word)
        if kind is None:
            self.report.error(
                line,
                f"“{word}” is not a kind of question",
                did_you_mean(word, self.kinds, "the kinds are " + ", ".join(sorted(self.kinds))),
                2,
            )
        return kind

    def _chip_values(self, words: Sequence[str], kind: Kind | None, line: int) -> dict[str, Any]:
        given: dict[str, str] = {}
        for word in words:
            key, _, value = word.partition("=")
            if key not in CHIPS or (key != "void" and not value):
                self.report.error(
                    line,
                    f"chip `{word}` is not known",
                    did_you_mean(key, CHIPS, "write key=value; the keys are " + ", ".join(CHIPS)),
                    self._column(line, word),
                )
            elif key in given:
                self.report.error(line, f"chip `{key}` stands twice", "delete one", self._column(line, word))
            else:
                given[key] = value
        if kind and "credit" in given and "credit" not in kind.chips:
            self.report.error(line, f"a `{kind.name}` question has no credit", "delete the chip, or use `multiple`")
        return self._values(given, line)

    def _values(self, given: Mapping[str, str], line: int) -> dict[str, Any]:
        if not ID.fullmatch(given.get("id", "")):
            self.report.error(
                line,
                f"id={given['id']} has other characters than a–z, 0–9 and -" if "id" in given else "the id is missing",
                "add `id=abc-001`, unique in the course",
            )
        bloom = given.get("bloom", "")
        if bloom and not re.fullmatch("[1-6]", bloom):
            self.report.error(line, f"bloom={bloom} is not a level", "write bloom=1 to bloom=6")
            bloom = ""
        if given.get("shuffle", "no") != "no":
            self.report.error(line, f"shuffle={given['shuffle']} is not known", "write shuffle=no, or leave it out")
        if given.get("void", ""):
            self.report.error(line, "`void` takes no value", "write `void` alone")
        return {
            "id": given.get("id", ""),
            "outcome": given.get("outcome", ""),
            "bloom": int(bloom) if bloom else None,
            "style": Style(self._word("style", given, [*Style], Style.STANDARD, line)),
            "credit": Credit(self._word("credit", given, [*Credit], Credit.ALL, line)),
            "shuffle": "shuffle" not in given,
            "void": "void" in given,
        }

    def _word(self, key: str, given: Mapping[str, str], allowed: Sequence[str], default: str, line: int) -> str:
        value = given.get(key, default)
        if value in allowed:
            return value
        self.report.error(
            line,
            f"{key}={value} is not known",
            did_you_mean(value, allowed, "use one of " + ", ".join(allowed)),
            self._column(line, f"{key}={value}"),
        )
        return default

    def _column(self, line: int, word: str) -> int:
        return max(0, self.lines[line - self.offset].find(word)) + 1

    # ---- explanations ----

    def _explanations(self, blocks: Sequence[Span]) -> tuple[str, str, list[Span]]:
        """Take `> **Why:**` and `> **Hint:**` out of the blocks."""
        found = {WHY: "", HINT: ""}
        rest = []
        for block in blocks:
            text = markup.quote_text(block, self.lines) if block.type == "blockquote" else ""
            if not text.startswith((WHY, HINT)):
                rest.append(block)
                continue
            for label, part in _split_explanation(text):
                if found[label]:
                    self.report.error(
                        block.start + self.offset, f"{label.strip('*')} stands twice", "join the two into one quote"
                    )
                elif not part:
                    self.report.error(block.start + self.offset, f"{label.strip('*')} is empty", "write the reason")
                found[label] = part
        return found[WHY], found[HINT], rest

    def _answers(self, kind: Kind, blocks: Sequence[Span], line: int) -> tuple[object | None, str]:
        """Find the answer block; what stands before it is the stem."""
        finder = FINDERS[kind.block](self.lines, self.offset, self.report)
        answers, stem = finder.find(blocks)
        if answers is None:
            finder.tell_missing(kind, blocks, line)
            return None, ""
        return kind.parse(answers, self.places, self.report), markup.source(stem, self.lines)


def _split_explanation(text: str) -> list[tuple[str, str]]:
    """Split a quote that holds both explanations without a gap."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        label = next((label for label in (WHY, HINT) if line.startswith(label)), None)
        if label is not None:
            found.append((label, [line.removeprefix(label)]))
        else:
            found[-1][1].append(line)
    return [(label, "\n".join(lines).strip()) for label, lines in found]
