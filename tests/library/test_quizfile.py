"""The grammar of the quiz file: what an author may write, and what it becomes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from course.core.marks import PassMark
from course.core.problems import Report
from course.core.quiz import Credit, Question, Quiz, Shuffle, Style, Use
from course.library import quizfile, quizwriter
from course.library.source import Source, decode
from course.questions._kind import Asking
from course.questions.registry import kinds

EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "example.quiz.md"
HEAD = """\
---
title: A title
categories:
  Way: [In, Out, Both ways]
  Side: [Left, Right]
shared: [Both ways]
---

"""


def parsed(text: str | bytes) -> Quiz:
    report = Report("x.quiz.md")
    source = decode(text if isinstance(text, bytes) else text.encode(), "x.quiz.md", report)
    read = quizfile.parse(source, "x", kinds(), report) if source else None
    assert read is not None, "\n".join(map(str, report.problems))
    return read.quiz


def question(body: str, chips: str = "`single` `id=a`") -> Question:
    return parsed(f"{HEAD}## Which?\n\n{chips}\n\n{dedent(body)}").questions[0]


def test_the_example_of_the_format_is_canonical() -> None:
    text = EXAMPLE.read_text()
    quiz = parsed(text)
    assert [q.kind for q in quiz.questions] == ["single", "single", "sort", "order", "match", "cloze"]
    assert quizwriter.write(quiz, kinds()) == text


def test_front_matter_values_are_read_as_typed() -> None:
    quiz = parsed(
        dedent("""\
        ---
        title: "Yes: 12:30"
        about: No
        lesson: "010"
        use: exercise
        pass: 62.5%
        minutes: 90
        shuffle: options
        categories:
          Answer: [No, Yes, 12:30, 010, 1.0]
        ---

        ## Which?

        `sort` `id=a`

        | Card | Answer |
        |---|---|
        | One | no |
        | Two | 1.0 |
        """)
    )
    assert (quiz.title, quiz.about, quiz.lesson, quiz.use) == ("Yes: 12:30", "No", "010", Use.EXERCISE)
    assert quiz.pass_mark == PassMark(share=Fraction(5, 8))
    assert (quiz.minutes, quiz.shuffle) == (90, Shuffle.OPTIONS)
    assert quiz.places.categories["Answer"] == ("No", "Yes", "12:30", "010", "1.0")


@pytest.mark.parametrize(("text", "needed"), [("70%", 28), ("28", 28), ("62.5%", 25), ("0%", 0)])
def test_a_pass_mark_is_a_share_or_marks(text: str, needed: int) -> None:
    quiz = parsed(HEAD.replace("title:", f"pass: {text}\ntitle:") + "## W?\n\n`single` `id=a`\n\n- [x] a\n- [ ] b\n")
    assert quiz.pass_mark is not None
    assert quiz.pass_mark.needed(40) == needed


def test_a_scenario_holds_until_the_next_one() -> None:
    body = "- [x] a\n- [ ] b\n"
    quiz = parsed(
        HEAD
        + f"## One?\n\n`single` `id=a`\n\n{body}\n# First\n\nText.\n\nMore.\n\n## Two?\n\n`single` `id=b`\n\n{body}\n"
        + f"## Three?\n\n`single` `id=c`\n\n{body}\n# Second\n\n## Four?\n\n`single` `id=d`\n\n{body}"
    )
    scenarios = [q.scenario and (q.scenario.title, q.scenario.text) for q in quiz.questions]
    assert scenarios == [None, ("First", "Text.\n\nMore."), ("First", "Text.\n\nMore."), ("Second", "")]


def test_chips_stand_in_any_order() -> None:
    chips = "`multiple` `void` `shuffle=no` `credit=proportional` `style=negative` `bloom=3` `outcome=2.1d` `id=a-1`"
    read = question("- [x] a\n- [ ] b\n- [~] c\n", chips)
    assert (read.id, read.outcome, read.bloom, read.style) == ("a-1", "2.1d", 3, Style.NEGATIVE)
    assert (read.credit, read.shuffle, read.void) == (Credit.PROPORTIONAL, False, True)
    assert quizwriter.write_question(read, kinds()).split("\n")[2] == (
        "`multiple` `id=a-1` `outcome=2.1d` `bloom=3` `style=negative` `credit=proportional` `shuffle=no` `void`"
    )


@pytest.mark.parametrize("bullet", ["-", "*", "+"])
def test_any_bullet_makes_options(bullet: str) -> None:
    read = question(f"{bullet} [X] a\n{bullet} [ ] b\n")
    assert [(option.box, option.text) for option in read.answers.options] == [("x", "a"), (" ", "b")]


def test_feedback_is_the_quote_inside_an_option() -> None:
    read = question("""\
        - [x] A *text*
          in two lines
          > Because
          > of this.
          >
          > - and that
        - [ ] B
        """)
    first, second = read.answers.options
    assert first.text == "A *text*\nin two lines"
    assert first.feedback == "Because\nof this.\n\n- and that"
    assert second.feedback == ""


def test_why_and_hint_may_share_a_quote_and_other_quotes_belong_to_the_stem() -> None:
    read = question("""\
        > A quotation.

        - [x] a
        - [ ] b

        > **Why:** it is so,
        > and more.
        > **Hint:** think.
        """)
    assert read.stem == "> A quotation."
    assert (read.why, read.hint) == ("it is so,\nand more.", "think.")


def test_the_last_block_of_the_kind_holds_the_answers_and_the_rest_is_the_stem() -> None:
    read = question(
        """\
        Text.

        | a | b |
        |---|---|
        | 1 | 2 |

        1. One
        2. Two

        ```
        ## no heading
        ```

        | Card | Way |
        |---|---|
        | One | In |
        | Two | out |
        """,
        "`sort` `id=a`",
    )
    assert read.stem.startswith("Text.\n\n| a | b |")
    assert "## no heading" in read.stem
    assert [card.bins for card in read.answers.cards] == [("In",), ("Out",)]


def test_a_cell_may_accept_several_bins_and_hold_escaped_signs() -> None:
    text = """\
---
title: T
categories:
  Way: ["In; first", "Out|side", Rest]
---

## Which?

`sort` `id=a`

| Card | Way | Why |
|---|---|---|
| **A \\| B** more; text | In\\; first; rest | one \\| two |
| Two | Out\\|side | |
"""
    quiz = parsed(text)
    first, second = quiz.questions[0].answers.cards
    assert (first.label, first.text) == ("A | B", "more; text")
    assert first.bins == ("In; first", "Rest")
    assert first.why == "one | two"
    assert second.bins == ("Out|side",)
    assert parsed(quizwriter.write(quiz, kinds())) == quiz


def test_a_shared_bin_is_one_place() -> None:
    read = question("| Card | Way | Side |\n|---|---|---|\n| A | Both ways | |\n| B | in | LEFT |\n", "`sort` `id=a`")
    places = [place.name for place in kinds()["sort"].view(read, Asking("1")).places]  # type: ignore[attr-defined]
    assert places == ["In, left", "In, right", "Out, left", "Out, right", "Both ways, shared"]


def test_byte_order_mark_line_ends_and_a_missing_last_newline_do_not_matter() -> None:
    text = HEAD + "## W?\n\n`single` `id=a`\n\n- [x] a\n  > b\n- [ ] c"
    plain = parsed(text)
    assert parsed(b"\xef\xbb\xbf" + text.encode()) == plain
    assert parsed(text.replace("\n", "\r\n")) == plain
    assert parsed(text + "\n\n\n") == plain


def test_a_question_knows_its_lines() -> None:
    report = Report("x")
    text = EXAMPLE.read_text()
    source = decode(text.encode(), "x", report)
    assert source is not None
    read = quizfile.parse(source, "x", kinds(), report)
    assert read is not None
    lines = text.split("\n")
    for placed in read.placed:
        assert lines[placed.start - 1] == f"## {placed.question.sentence}"


def test_a_definition_in_a_stem_stays_there() -> None:
    read = question("A first line.\n\n[note]: a text that reads like a link definition\n\n- [x] A\n- [ ] B\n")
    assert "[note]: a text" in read.stem


def test_tabs_indent_the_text_of_an_option() -> None:
    read = question("- [x] A\n\n\tmore of it\n- [ ] B\n")
    assert read.answers.options[0].text == "A\n\n  more of it"


def test_a_broken_head_does_not_also_miss_its_title() -> None:
    report = Report("q.quiz.md")
    assert quizfile.parse(Source("q.quiz.md", "---\ntitle: [\n---\n## W\n"), "q", kinds(), report) is None
    assert not any("`title:` is missing" in problem.message for problem in report.problems)
