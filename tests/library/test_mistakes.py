"""Planted mistakes: for each the message names the right line and says what to do."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from course.core.problems import Problem, Severity
from course.library.catalogue import Library
from course.library.checker import check
from course.questions.registry import kinds

COURSE = """\
---
title: A course
modules: {first: The first module}
outcomes: {a1: Knows a}
icons: {In: magnifier}
---
"""
LESSON = """\
---
title: A lesson
module: first
outcomes: [a1]
check: [good-1]
quiz: good
---

Text with a [link](term:thing).

## A heading

More.
"""
GLOSSARY = """\
---
title: Glossary
---

Thing
:   Something.
"""
HEAD = """\
---
title: Planted
categories:
  Way: [In, Out, Both ways]
  Side: [Left, Right]
shared: [Both ways]
---

"""  # the question's heading stands in line 9
GOOD = HEAD + dedent("""\
    ## Which one?

    `single` `id=good-1` `outcome=a1` `bloom=2`

    - [x] This
      > Because.
    - [ ] That
      > Not so.

    > **Why:** it is.
    """)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>T</title><desc>D</desc>{}</svg>'


class Planted(NamedTuple):
    """A mistake: what is wrong, where, and what the person is told."""

    name: str
    path: str
    text: str | bytes
    line: int
    message: str
    remedy: str


def single(body: str, chips: str = "`single` `id=bad-1` `outcome=a1`") -> str:
    """Put a question's body below heading (line 9) and chips (line 11); the body starts in line 13."""
    return HEAD + f"## What is it?\n\n{chips}\n\n" + dedent(body)


def table(*rows: str, header: str = "| Card | Way | Side |", chips: str = "`sort` `id=bad-1` `outcome=a1`") -> str:
    """Make a sorting question; the header is in line 13, the first row in line 15."""
    line = "|" + "---|" * (header.count("|") - 1)
    return single("\n".join([header, line, *rows]) + "\n", chips)


OPTIONS = "- [x] This\n  > A.\n- [ ] That\n  > B.\n"
ROWS = ("| One | In | Left |", "| Two | Out | Right |")
QUIZ = "quizzes/bad.quiz.md"

ORDER = "`order` `id=bad-1` `outcome=a1`"
MATCH = "`match` `id=bad-1` `outcome=a1`"
CLOZE = "`cloze` `id=bad-1` `outcome=a1`"
MEANINGS = "| Term | Meaning |\n|---|---|\n"

MISTAKES = [
    # ---- front matter ----
    Planted("no front matter", QUIZ, "## What?\n", 1, "does not start with front matter", "begin with a line ---"),
    Planted("no end", QUIZ, "---\ntitle: A\n## What?\n", 1, "has no end", "close it with a line ---"),
    Planted("broken YAML", QUIZ, "---\ntitle: A\nabout: [one, two\n---\n## W\n", 3, "not valid YAML", "check colons"),
    Planted(
        "no title",
        QUIZ,
        GOOD.replace("title: Planted\n", "").replace("good-1", "b"),
        1,
        "`title:` is missing",
        "add `title",
    ),
    Planted(
        "unknown key", QUIZ, GOOD.replace("title:", "titel: x\ntitle:").replace("good-1", "b"), 2, "`titel:`", "“title”"
    ),
    Planted(
        "key twice", QUIZ, GOOD.replace("title:", "title: x\ntitle:").replace("good-1", "b"), 3, "twice", "delete one"
    ),
    Planted(
        "bad pass mark",
        QUIZ,
        GOOD.replace("title:", "pass: many\ntitle:").replace("good-1", "b"),
        2,
        "`pass: many`",
        "70%",
    ),
    Planted(
        "bad use",
        QUIZ,
        GOOD.replace("title:", "use: exercice\ntitle:").replace("good-1", "b"),
        2,
        "exercice",
        "“exercise”",
    ),
    Planted("tag", QUIZ, "---\ntitle: !late A\n---\n## W\n", 2, "starts with ! needs quotes", 'write "!…"'),
    Planted("control character", QUIZ, "---\ntitle: A\nabout: a\x0bb\n---\n## W\n", 3, "U+000B", "delete it"),
    Planted(
        "bins that share an address",
        QUIZ,
        GOOD.replace("[Left, Right]", "[Left side, Left-side]").replace("good-1", "b"),
        5,
        "the bins of Side are empty or equal",
        "a name of its own",
    ),
    Planted("alias", QUIZ, "---\ntitle: &a A\nabout: *a\n---\n## W\n", 2, "anchors and aliases", "write it out"),
    Planted(
        "too deep",
        QUIZ,
        "---\ntitle: A\nshared: " + "[" * 9 + "]" * 9 + "\n---\n## W\n",
        3,
        "nested too deeply",
        "flatten",
    ),
    Planted(
        "shared bin unknown",
        QUIZ,
        GOOD.replace("shared: [Both ways]", "shared: [Both way]").replace("good-1", "b"),
        6,
        "“Both way”",
        "“Both ways”",
    ),
    # ---- structure ----
    Planted("underlined heading", QUIZ, HEAD + "What is it?\n-----------\n", 9, "underlined", "write `## "),
    Planted("level-3 heading", QUIZ, single(OPTIONS) + "\n### Deeper\n", 18, "level-3", "use ## for a question"),
    Planted(
        "text before questions",
        QUIZ,
        HEAD + "Stray text.\n\n" + GOOD[len(HEAD) :].replace("good-1", "b"),
        9,
        "before the first question",
        "below a `##`",
    ),
    Planted("no question", QUIZ, HEAD, 1, "holds no question", "## The question?"),
    Planted(
        "id twice",
        QUIZ,
        single(OPTIONS) + "\n## Again?\n\n`single` `id=bad-1`\n\n" + OPTIONS,
        20,
        "already used in line 9",
        "id of its own",
    ),
    Planted("id of another file", QUIZ, GOOD, 11, "already used in quizzes/", "id of its own"),
    Planted(
        "two in an exercise",
        QUIZ,
        (single(OPTIONS) + "\n## Again?\n\n`single` `id=bad-2`\n\n" + OPTIONS).replace(
            "title:", "use: exercise\ntitle:"
        ),
        19,
        "exactly one question",
        "file of its own",
    ),
    # ---- chips ----
    Planted("missing chips", QUIZ, single(OPTIONS, chips="Text."), 9, "kind and id is missing", "`single` `id="),
    Planted("wrong kind", QUIZ, single(OPTIONS, chips="`singel` `id=b`"), 11, "“singel” is not a kind", "“single”"),
    Planted("no id", QUIZ, single(OPTIONS, chips="`single` `bloom=2`"), 11, "id is missing", "`id=abc-001`"),
    Planted("bad id", QUIZ, single(OPTIONS, chips="`single` `id=Bad_1`"), 11, "id=Bad_1", "unique in the course"),
    Planted("unknown chip", QUIZ, single(OPTIONS, chips="`single` `id=b` `outcom=a1`"), 11, "`outcom=a1`", "“outcome”"),
    Planted(
        "bad Bloom level", QUIZ, single(OPTIONS, chips="`single` `id=b` `bloom=9`"), 11, "bloom=9", "bloom=1 to bloom=6"
    ),
    Planted("bad style", QUIZ, single(OPTIONS, chips="`single` `id=b` `style=lists`"), 11, "style=lists", "“list”"),
    Planted(
        "credit of a single choice",
        QUIZ,
        single(OPTIONS, chips="`single` `id=b` `credit=all`"),
        11,
        "no credit",
        "`multiple`",
    ),
    Planted(
        "unknown outcome",
        QUIZ,
        single(OPTIONS, chips="`single` `id=b` `outcome=a2`"),
        11,
        "no outcome “a2”",
        "existing outcome",
    ),
    # ---- options ----
    Planted("no key", QUIZ, single("- [ ] This\n- [ ] That\n"), 13, "no option is marked as right", "[x]"),
    Planted("two keys", QUIZ, single("- [x] This\n- [x] That\n"), 13, "2 options are marked", "`multiple`"),
    Planted("one option", QUIZ, single("- [x] This\n"), 13, "at least two options", "add another"),
    Planted("equal options", QUIZ, single("- [x] This\n- [ ] this\n"), 14, "equals the one in line 13", "change one"),
    Planted("empty option", QUIZ, single("- [x] This\n- [ ] \n"), 14, "option is empty", "write its text"),
    Planted(
        "option without box", QUIZ, single("- [x] This\n- That\n"), 14, "does not start with a box", "[x] for right"
    ),
    Planted("strange box", QUIZ, single("- [x] This\n- [v] That\n"), 14, "“[v]” is not a box", "[x] for right"),
    Planted("disregarded in a single choice", QUIZ, single("- [x] This\n- [~] That\n"), 14, "only for multiple", "[ ]"),
    Planted(
        "all right", QUIZ, single("- [x] This\n- [x] That\n", "`multiple` `id=b`"), 13, "no option is wrong", "[ ]"
    ),
    Planted("two bullets", QUIZ, single("- [x] This\n* [ ] That\n"), 14, "two lists", "same bullet"),
    Planted(
        "quote between options",
        QUIZ,
        single("- [x] This\n\n> A.\n\n- [ ] That\n"),
        15,
        "quote stands between",
        "indent it",
    ),
    Planted(
        "quote below options", QUIZ, single("- [x] This\n- [ ] That\n\n> A.\n"), 16, "quote stands between", "indent it"
    ),
    Planted("text below the answers", QUIZ, single(OPTIONS) + "\nMore.\n", 18, "below the answers", "move it above"),
    Planted("no answers", QUIZ, single("Just text.\n"), 9, "has no answers", "- [x] right"),
    Planted("numbered options", QUIZ, single("1. This\n2. That\n"), 13, "has no answers", "bullet and a box"),
    Planted(
        "Why twice", QUIZ, single(OPTIONS) + "\n> **Why:** a\n\ntext\n\n> **Why:** b\n", 22, "Why: stands twice", "join"
    ),
    # ---- tables ----
    Planted("unknown bin", QUIZ, table("| One | Inn | Left |", ROWS[1]), 15, "“Inn” is not a bin of Way", "“In”"),
    Planted("empty bin", QUIZ, table("| One |  | Left |", ROWS[1]), 15, "Way cell is empty", "In, Out"),
    Planted("surplus cell", QUIZ, table("| One | In | Left | more |", ROWS[1]), 15, "4 cells, the header has 3", "\\|"),
    Planted("missing cell", QUIZ, table("| One | In |", ROWS[1]), 15, "2 cells, the header has 3", "add the missing"),
    Planted(
        "side of a shared bin",
        QUIZ,
        table("| One | Both ways | Left |", ROWS[1]),
        15,
        "is shared",
        "leave this cell empty",
    ),
    Planted("no category", QUIZ, table(*ROWS, header="| Card | Wey | Side |"), 13, "“Wey” is not a category", "“Way”"),
    Planted(
        "long card",
        QUIZ,
        table("| A card with far more text than fits | In | Left |", ROWS[1]),
        15,
        "longer than 24",
        "**Short label**",
    ),
    Planted(
        "long label",
        QUIZ,
        table("| **A label with far too much text** x | In | Left |", ROWS[1]),
        15,
        "24 fit",
        "shorten",
    ),
    Planted("equal labels", QUIZ, table(ROWS[0], "| one | Out | Right |"), 16, "same label", "label of its own"),
    Planted(
        "no line below the header",
        QUIZ,
        single("| Card | Way |\n| One | In |\n", "`sort` `id=b`"),
        13,
        "no answers",
        "|---|",
    ),
    # ---- links and bytes ----
    Planted(
        "unknown lesson",
        QUIZ,
        single(OPTIONS.replace("A.", "See [it](lesson:lessn).")),
        14,
        "no lesson “lessn”",
        "“lesson”",
    ),
    Planted(
        "script link",
        QUIZ,
        single(OPTIONS.replace("A.", "[it](javascript:alert(1))")),
        14,
        "“javascript:” are not allowed",
        "https:",
    ),
    Planted("not UTF-8", QUIZ, GOOD.encode().replace(b"Because", b"Caf\xe9"), 14, "not UTF-8", "encoding UTF-8"),
    Planted("NUL", QUIZ, GOOD.replace("Because", "a\0b"), 14, "NUL", "text file"),
    Planted("too large", QUIZ, "x" * (1024 * 1024 + 1), 1, "larger than 1 MiB", "split it"),
    Planted("bad file name", "quizzes/Bad Name.quiz.md", GOOD, 1, "“Bad Name”", "rename the file"),
    # ---- lessons, glossary, course, figures ----
    Planted(
        "lesson without module",
        "content/lessons/b.md",
        LESSON.replace("module: first\n", ""),
        1,
        "`module:` is missing",
        "add `module",
    ),
    Planted(
        "unknown module",
        "content/lessons/b.md",
        LESSON.replace("module: first", "module: frist"),
        3,
        "no module “frist”",
        "“first”",
    ),
    Planted(
        "unknown question",
        "content/lessons/b.md",
        LESSON.replace("good-1", "good-2"),
        5,
        "no question “good-2”",
        "“good-1”",
    ),
    Planted(
        "unknown quiz",
        "content/lessons/b.md",
        LESSON.replace("quiz: good", "quiz: goood"),
        6,
        "no quiz “goood”",
        "“good”",
    ),
    Planted(
        "first-level heading",
        "content/lessons/b.md",
        LESSON.replace("## A", "# A"),
        11,
        "no first-level heading",
        "start sections with ##",
    ),
    Planted(
        "unknown term", "content/lessons/b.md", LESSON.replace("term:thing", "term:thin"), 9, "term “thin”", "“thing”"
    ),
    Planted(
        "plain http",
        "content/lessons/b.md",
        LESSON.replace("term:thing", "http://a.example"),
        9,
        "“http:” are not allowed",
        "https:",
    ),
    Planted(
        "unknown heading",
        "content/lessons/b.md",
        LESSON.replace("term:thing", "#a-headin"),
        9,
        "“#a-headin”",
        "“a-heading”",
    ),
    Planted(
        "unknown drawing",
        "content/lessons/b.md",
        LESSON.replace("[link](term:thing)", "![d](figures/d.svg)"),
        9,
        "figures/d.svg",
        "add the drawing",
    ),
    Planted(
        "term without meaning",
        "content/glossary.md",
        GLOSSARY + "\nOther\n\nThird\n:   x\n",
        8,
        "“Other” has no meaning",
        ":   meaning",
    ),
    Planted("term twice", "content/glossary.md", GLOSSARY + "\nThing\n:   Again.\n", 8, "twice", "delete one"),
    Planted("unknown icon", "content/course.md", COURSE.replace("magnifier", "magnifer"), 5, "magnifer", "“magnifier”"),
    Planted(
        "drawing with script",
        "content/figures/d.svg",
        DRAWING.format("\n<script>1</script>"),
        2,
        "<script> is not used",
        "basic shapes",
    ),
    Planted(
        "drawing with style",
        "content/figures/d.svg",
        DRAWING.format('\n<rect style="fill:red"/>'),
        2,
        "attribute style",
        "class",
    ),
    Planted(
        "drawing with colour",
        "content/figures/d.svg",
        DRAWING.format('\n<rect fill="red"/>'),
        2,
        "outside the drawing",
        "class",
    ),
    Planted(
        "drawing with elements in its description",
        "content/figures/d.svg",
        DRAWING.replace("<desc>", "\n<desc><title/>").format(""),
        2,
        "<desc> holds other elements",
        "plain text",
    ),
    Planted(
        "drawing without title",
        "content/figures/d.svg",
        DRAWING.format("").replace("<title>T</title>", ""),
        1,
        "no <title>",
        "add <title>",
    ),
    Planted(
        "drawing with a document type",
        "content/figures/d.svg",
        "<!DOCTYPE svg>" + DRAWING.format(""),
        1,
        "document type",
        "delete",
    ),
    Planted(
        "drawing that is not XML", "content/figures/d.svg", DRAWING.format("\n<rect>"), 2, "not well-formed", "mend"
    ),
    # ---- order ----
    Planted("bullets for steps", QUIZ, single("- one\n- two\n", ORDER), 13, "no answers", "number the steps"),
    Planted("one step", QUIZ, single("1. one\n", ORDER), 13, "at least two steps", "add another"),
    Planted("equal steps", QUIZ, single("1. one\n2. two\n3. One\n", ORDER), 15, "equals the one in line 13", "delete"),
    Planted("empty step", QUIZ, single("1. one\n2.\n3. two\n", ORDER), 14, "a step is empty", "delete the line"),
    Planted(
        "steps in two lists",
        QUIZ,
        single("1. one\n2. two\n\nText.\n\n3. three\n4. four\n", ORDER),
        16,
        "in two lists",
        "move this above",
    ),
    Planted(
        "steps below statements",
        QUIZ,
        single("1. a\n2. b\n\n1. one\n2. two\n", ORDER),
        16,
        "the numbering starts again",
        "a sentence between",
    ),
    Planted(
        "reason in a step",
        QUIZ,
        single("1. one\n   > Since.\n2. two\n", ORDER),
        14,
        "a quote stands inside a step",
        "**Why:**",
    ),
    # ---- match ----
    Planted(
        "four columns",
        QUIZ,
        single("| A | B | C | D |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n", MATCH),
        13,
        "two columns and perhaps Why",
        "| Term | Meaning | Why |",
    ),
    Planted("one pair", QUIZ, single(MEANINGS + "| a | b |\n| | c |\n", MATCH), 13, "at least two pairs", "add rows"),
    Planted(
        "equal terms",
        QUIZ,
        single(MEANINGS + "| a | b |\n| A | c |\n", MATCH),
        16,
        "this term equals the one in line 15",
        "change one",
    ),
    Planted("no meaning", QUIZ, single(MEANINGS + "| a | |\n| b | c |\n", MATCH), 15, "a meaning is empty", "write it"),
    Planted(
        "distractor that is right",
        QUIZ,
        single(MEANINGS + "| a | b |\n| c | d |\n| | B |\n", MATCH),
        17,
        "one of them is a distractor",
        "change one",
    ),
    Planted(
        "meanings nearly alike",
        QUIZ,
        single(MEANINGS + "| a | one |\n| b | One |\n", MATCH),
        16,
        "nothing but case or space",
        "write both alike",
    ),
    # ---- cloze ----
    Planted("no gap", QUIZ, single("Text.\n", CLOZE), 9, "no answers", "a paragraph with gaps"),
    Planted("open gap", QUIZ, single("A [[gap.\n", CLOZE), 13, "no answers", "close the gap"),
    Planted("second gap open", QUIZ, single("A [[gap]] and [[another.\n", CLOZE), 13, "not closed", "end it with ]]"),
    Planted("two keys in a gap", QUIZ, single("A [[(b)|(c)|d]].\n", CLOZE), 13, "2 words", "the right one alone"),
    Planted("nothing to choose", QUIZ, single("A [[(b)]].\n", CLOZE), 13, "one word only", "add wrong ones"),
    Planted("empty word", QUIZ, single("A [[b|]].\n", CLOZE), 13, "a word of a gap is empty", "delete the |"),
    Planted("equal words", QUIZ, single("Text.\n\nA\n[[(b)|B.]].\n", CLOZE), 16, "read the same", "delete one"),
    Planted("gap in code", QUIZ, single("A [[b]] and `c [[d]]`.\n", CLOZE), 13, "in code, a link", "move it"),
    Planted(
        "gap in a link", QUIZ, single("A [[b]] and [c [[d]]](term:thing).\n", CLOZE), 13, "in code, a link", "move"
    ),
    Planted("gap in a list", QUIZ, single("- A [[b]]\n\nC [[d]].\n", CLOZE), 13, "outside a paragraph", "paragraphs"),
    Planted(
        "gap in the heading",
        QUIZ,
        single("A [[b]].\n", CLOZE).replace("What is it?", "What is [[it]]?"),
        9,
        "in the heading",
        "below the chips",
    ),
    Planted(
        "list between gaps", QUIZ, single("A [[b]].\n\n- x\n\nC [[d]].\n", CLOZE), 15, "between paragraphs", "above"
    ),
    Planted("text below gaps", QUIZ, single("A [[b]].\n\nMore.\n", CLOZE), 15, "below the answers", "move it above"),
]


def write(root: Path, path: str, text: str | bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a small course without a mistake."""
    write(tmp_path, "content/course.md", COURSE)
    write(tmp_path, "content/lessons/lesson.md", LESSON)
    write(tmp_path, "content/glossary.md", GLOSSARY)
    write(tmp_path, "quizzes/good.quiz.md", GOOD)
    return tmp_path


def test_the_course_the_mistakes_are_planted_in_has_none(course: Path) -> None:
    assert check(course, kinds()).problems == ()


@pytest.mark.parametrize("planted", MISTAKES, ids=lambda planted: planted.name.replace(" ", "-"))
def test_a_planted_mistake_is_named_with_its_line_and_remedy(course: Path, planted: Planted) -> None:
    write(course, planted.path, planted.text)
    errors = [p for p in check(course, kinds()).problems if p.severity is Severity.ERROR]
    assert any(fits(problem, planted) for problem in errors), "\n".join(map(str, errors))


def fits(problem: Problem, planted: Planted) -> bool:
    # Of the same id in two files, the one that comes later is told.
    elsewhere = planted.name == "id of another file"
    return (
        (problem.path == planted.path or elsewhere)
        and problem.line == planted.line
        and planted.message in problem.message
        and planted.remedy in problem.remedy
    )


def test_a_scenario_that_nobody_would_see_is_named(course: Path) -> None:
    write(course, QUIZ, GOOD.replace("good-1", "b") + "\n# The harbour\n\nA ship comes in.\n")
    found = [p for p in check(course, kinds()).problems if "no question follows this scenario" in p.message]
    assert [(p.line, p.severity) for p in found] == [(20, Severity.WARNING)]


def test_every_mistake_of_a_file_is_told_in_one_run(course: Path) -> None:
    text = single("- [ ] This\n- That\n- [ ] that\n\nText.\n", chips="`singl` `id=B` `bloom=x`").replace(
        "title:", "titel:"
    )
    write(course, QUIZ, text)
    lines = {p.line for p in check(course, kinds()).problems if p.path == QUIZ}
    assert {1, 2, 11} <= lines
    text = single("- [x] This\n- [x] That\n- [ ] that\n\nText.\n", chips="`single` `id=b` `bloom=x`")
    write(course, QUIZ, text)
    lines = {p.line for p in check(course, kinds()).problems if p.path == QUIZ}
    assert {11, 15, 17} <= lines


def test_a_broken_file_never_takes_a_running_course_down(course: Path) -> None:
    library = Library(course, kinds())
    before = library.catalogue
    write(course, "quizzes/good.quiz.md", GOOD.replace("[x]", "[ ]"))
    write(course, "content/lessons/lesson.md", LESSON.replace("title: A lesson", "titel: A lesson"))
    write(course, "content/course.md", "---\n: broken")
    assert library.refresh()
    assert library.catalogue.questions == before.questions
    assert library.catalogue.lessons == before.lessons
    assert {p.path for p in library.catalogue.files.problems} == {
        "quizzes/good.quiz.md",
        "content/lessons/lesson.md",
        "content/course.md",
    }
    write(course, "quizzes/good.quiz.md", GOOD.replace("This", "That there"))
    assert library.refresh()
    assert library.catalogue.questions["good-1"] != before.questions["good-1"]
    assert not library.refresh()


def test_a_lesson_may_not_show_a_question_that_is_reserved_for_exams(course: Path) -> None:
    exam = GOOD.replace("title:", "use: exam\ntitle:").replace("good-1", "secret-1")
    write(course, "quizzes/pool.quiz.md", exam)
    write(course, "content/lessons/lesson.md", LESSON.replace("check: [good-1]", "check: [secret-1]"))
    (problem,) = (p for p in check(course, kinds()).problems if p.severity is Severity.ERROR)
    assert (problem.path, problem.line) == ("content/lessons/lesson.md", 5)
    assert "reserved for mock exams" in problem.message
    assert Library(course, kinds()).catalogue.lessons[0].check == ()
