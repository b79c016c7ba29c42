"""Advice on writing questions: warnings that do not stop publishing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from course.core.naming import folded
from course.core.problems import Report
from course.core.quiz import Question, Style
from course.library import markup
from course.library.catalogue import COURSE_FILE, QUIZ_ENDING, Catalogue
from course.library.giveaways import giveaways
from course.library.lesson import LessonFile
from course.library.quizfile import Placed, QuizFile
from course.library.readability import reading_ease
from course.questions._choose import Options
from course.questions._kind import Kind

ENOUGH = 10  # single-choice questions in a file before its keys are looked at as a set
LONGEST_KEY_SHARE = 0.25
POSITION_SHARE = 0.40
NEAR = 0.9  # likeness of two stems, 0 to 1
CATCH_ALL = re.compile(
    r"\b(all|none|both|neither) of (the|these|those) (above|options|answers)\b|\ball of these\b", re.IGNORECASE
)
ASKS_NEGATIVE = re.compile(
    r"(?i:\bwhich\b.{0,60}\b(?:not|except|never)\b)|\b(?:NOT|EXCEPT)\b|(?i:\b(?:isn|doesn|aren)['’]t\b)"
)
NEGATIVE_SHARE = 0.10
STEM_WORDS, EASE = 20, 30  # a stem of so many words should not be harder to read than this
BRANDS = re.compile(
    r"\b(?:Adobe|Airbnb|Alexa|Amazon|Android|Ansible|Apple|Atlassian|AWS|Azure|ChatGPT|Cisco|Docker|Dropbox|eBay|Etsy|"
    r"Facebook|GitHub|GitLab|Gmail|Google|Grafana|IBM|Instagram|iPhone|Jenkins|Jira|Kubernetes|LinkedIn|Linux|Microsoft|"
    r"MySQL|Netflix|NHS|OpenAI|Oracle|PayPal|Prometheus|Salesforce|SAP|ServiceNow|Siemens|Splunk|Spotify|"
    r"Starbucks|Terraform|TikTok|Toyota(?! Kata)|Trello|Twitter|Uber|VMware|Walmart|WhatsApp|YouTube|Zendesk)\b"
)
CAPITAL_NOT = re.compile(r"\b(NOT|EXCEPT)\b")


def lint_file(file: QuizFile, kinds: Mapping[str, Kind], report: Report) -> None:
    """Note what is worth mending in one quiz file."""
    for placed in file.placed:
        question = placed.question
        _reasons(placed, kinds[question.kind], report)
        _stem(placed, report)
        if isinstance(question.answers, Options):
            _options(placed, question.answers, report)
        for advice in (*giveaways(question), *kinds[question.kind].lint(question)):
            what, _, remedy = advice.partition(" — ")
            report.warning(placed.start, what, remedy)
    _key_balance([p for p in file.placed if p.question.kind == "single"], report)
    _negative_share(file.placed, report)


def lint_lesson(item: LessonFile, report: Report) -> None:
    """Note what is worth mending in one lesson."""
    lines = item.body.split("\n")
    for span in markup.spans(item.body):
        if span.type != "table":
            continue
        header = markup.table(span, lines, item.offset + 1, Report(report.path)).header
        for cell in header:
            if not cell.text:
                report.warning(cell.line, "a column has no name", "name it, for people who hear the table", cell.column)


def lint_course(catalogue: Catalogue, report: Callable[[str], Report]) -> None:
    """Note what only shows when all files are seen together."""
    asked = Counter(question.outcome for question in catalogue.questions.values())
    for outcome in catalogue.info.outcomes:
        if not asked[outcome]:
            report(COURSE_FILE).warning(
                catalogue.info.lines.get(("outcomes", outcome), 1),
                f"outcome {outcome} has no question",
                "write one for it",
            )
    placed = [
        (f"quizzes/{slug}{QUIZ_ENDING}", item) for slug, file in catalogue.files.quizzes.items() for item in file.placed
    ]
    _near_duplicates(placed, report)


def _reasons(placed: Placed, kind: Kind, report: Report) -> None:
    parts = kind.parts(placed.question.answers)
    for part in parts:
        if not part.reason:
            report.warning(
                placed.start, f"“{_short(part.text)}” has no reason", "say why it is right or wrong, for learners"
            )
    if not placed.question.why:
        report.warning(placed.start, "the question has no explanation", "add a quote: > **Why:** …")


def _stem(placed: Placed, report: Report) -> None:
    question = placed.question
    asks_negative = ASKS_NEGATIVE.search(question.sentence) is not None
    if asks_negative and question.style is not Style.NEGATIVE:
        report.warning(placed.start, "a negative question", "mark it style=negative, or ask it positively")
    if question.style is Style.NEGATIVE and not CAPITAL_NOT.search(question.sentence):
        report.warning(placed.start, "a negative question without NOT in capitals", "write NOT in capitals")
    text = f"{question.sentence}\n{question.stem}"
    ease = reading_ease(text)
    if ease is not None and ease < EASE and len(text.split()) >= STEM_WORDS:
        report.warning(
            placed.start,
            f"the question is hard to read (reading ease {ease:.0f}, of 100)",
            "use shorter sentences and plainer words",
        )
    brand = BRANDS.search(f"{text}\n{_said(question)}")
    if brand is not None:
        report.warning(placed.start, f"“{brand[0]}” is a brand", "use an invented name, so that nobody’s case is told")


def _said(question: Question) -> str:
    """Return the words of a question's scenario and answers."""
    scenario = f"{question.scenario.title}\n{question.scenario.text}" if question.scenario else ""
    if isinstance(question.answers, Options):
        return "\n".join([scenario, *(option.text for option in question.answers.options)])
    return f"{scenario}\n{question.answers!r}"


def _options(placed: Placed, answers: Options, report: Report) -> None:
    texts = [folded(option.text) for option in answers.options]
    for option in answers.options:
        if CATCH_ALL.search(option.text):
            report.warning(placed.start, f"“{_short(option.text)}” is a catch-all", "write an option of its own")
    if placed.question.style is Style.LIST:
        return
    for n, text in enumerate(texts):
        if any(m != n and _holds(other, text) for m, other in enumerate(texts)):
            report.warning(
                placed.start, f"“{_short(answers.options[n].text)}” is contained in another option", "tell them apart"
            )


def _holds(longer: str, shorter: str) -> bool:
    """Whether an option says another's words and more. Very short ones (numbers, names) do not count."""
    return len(shorter.split()) > 2 and f" {shorter.rstrip('.')} " in f" {longer.rstrip('.')} "


def _negative_share(placed: Sequence[Placed], report: Report) -> None:
    negative = [p for p in placed if p.question.style is Style.NEGATIVE]
    if len(placed) >= ENOUGH and len(negative) > NEGATIVE_SHARE * len(placed):
        report.warning(
            negative[-1].start,
            f"{len(negative)} of {len(placed)} questions are negative",
            "ask some of them positively; at most a tenth",
        )


def _key_balance(placed: Sequence[Placed], report: Report) -> None:
    asked = [p for p in placed if isinstance(p.question.answers, Options)]
    if len(asked) < ENOUGH:
        return
    longest = [p for p in asked if _key_is_longest(p.question)]
    if len(longest) > LONGEST_KEY_SHARE * len(asked):
        report.warning(
            longest[-1].start,
            f"the key is the longest option in {len(longest)} of {len(asked)} questions",
            "shorten keys or lengthen other options; at most a quarter",
        )
    positions = Counter(key_position(p.question) for p in asked)
    position, count = positions.most_common(1)[0]
    if count > POSITION_SHARE * len(asked):
        report.warning(
            asked[0].start,
            f"the key stands in position {position + 1} in {count} of {len(asked)} questions",
            "move some keys; at most 40 % in one position",
        )


def key_position(question: Question) -> int:
    """Return where the key of a single choice stands in the file, from 0."""
    return next(n for n, option in enumerate(question.answers.options) if option.box == "x")


def _key_is_longest(question: Question) -> bool:
    lengths = [len(option.text) for option in question.answers.options]
    key = lengths[key_position(question)]
    return all(key > length for n, length in enumerate(lengths) if n != key_position(question))


def _near_duplicates(placed: Sequence[tuple[str, Placed]], report: Callable[[str], Report]) -> None:
    """Compare stems; a scenario and the answers belong to what is compared, since drills share sentences."""
    texts = [_comparable(item.question) for _, item in placed]
    words = [frozenset(text.split()) for text in texts]
    for n, (path, item) in enumerate(placed):
        matcher = SequenceMatcher(b=texts[n], autojunk=False)
        for m in range(n):
            if len(words[n] & words[m]) < 0.7 * max(len(words[n]), len(words[m])):
                continue
            matcher.set_seq1(texts[m])
            if _near(matcher):
                other_path, other = placed[m]
                report(path).warning(
                    item.start,
                    f"this is nearly the question in {other_path}:{other.start}",
                    "ask something else, or delete one",
                )
                break  # one is enough to find the others by, and a drill has hundreds


def _near(matcher: SequenceMatcher[str]) -> bool:
    """Whether two texts are nearly the same; the quick bounds first, since the ratio itself is slow."""
    return all(bound() >= NEAR for bound in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _comparable(question: Question) -> str:
    scenario = f"{question.scenario.title} {question.scenario.text}" if question.scenario else ""
    answers = ""
    if isinstance(question.answers, Options):
        answers = " ".join(option.text for option in question.answers.options)
    else:
        answers = repr(question.answers)[:2000]
    return folded(f"{scenario} {question.sentence} {question.stem} {answers}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else line[:49] + "…"
