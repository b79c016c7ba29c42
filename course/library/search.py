"""Full-text search over what a course teaches: lessons by section, glossary terms, titles of practice.

Questions, keys, reasons and reserved files never enter the index. SQLite's FTS5 keeps it in memory;
the query language is never spoken by a person: their words are taken apart here and quoted.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser

import pysqlite3

from course.core.quiz import Use
from course.library.catalogue import Catalogue, Lesson

LONGEST_QUERY = 200  # characters; what is longer is cut, and the page says so
MOST_WORDS = 12
LONGEST_WORD = 40
MOST_FOUND = 20  # a group
MOST_MORE = 4  # further sections of a lesson
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“‘])|\n+")
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "y")
SHORTEST_STEM = 4
SHORT = 2
LITTLE = frozenset(
    "a an and are as at be by do does for from how in is it not of on or the to what when which who with".split()
)
LIKE = 0.72  # of 1: how alike two words must be for one to be taken as a slip of the other
LONGEST_EXCERPT = 240  # characters
# How much a word counts in a title, a heading, another name, and the text.
WEIGHTS = (12.0, 6.0, 9.0, 1.0)

RANKED = "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, ?, ?, ?, ?), rowid"


class Group(StrEnum):
    """What was found."""

    LESSONS = "lessons"
    TERMS = "terms"
    PRACTICE = "practice"


@dataclass(frozen=True)
class Entry:
    """Something that can be found: a section of a lesson, a term, an exercise or a quiz."""

    group: Group
    title: str
    heading: str  # of a lesson's section; empty for its beginning
    address: str
    text: str  # sentences and lines
    also: str = ""  # other names


@dataclass(frozen=True)
class Piece:
    """A part of a sentence; `hit` where it is a word that was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Found:
    """An entry with the sentence that matched best; `more` are further sections of the same lesson."""

    entry: Entry
    sentence: tuple[Piece, ...]
    more: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Results:
    """What a search found, by group in order of rank.

    `asked` is the query as it was searched, `cut` whether that is only its beginning; `instead` the words that
    were taken for the ones typed, where those are nowhere in the course; `loose` whether no text has all the words;
    `nearest` terms to go on with when nothing was found.
    """

    asked: str
    groups: Mapping[Group, tuple[Found, ...]]
    instead: str = ""
    loose: bool = False
    cut: bool = False
    nearest: tuple[Entry, ...] = ()

    @property
    def total(self) -> int:
        """How many were found."""
        return sum(len(found) for found in self.groups.values())


def folded(text: str) -> str:
    """Return a text without differences of case, accent and width, and with one spelling of -ise."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"iz(?=e|ation|ing|able)", "is", plain.casefold())


def words(text: str) -> list[str]:
    """Return the words of a text, folded, as they are looked up."""
    return [word.replace("’", "").replace("'", "") for word in WORD.findall(folded(text))]


def stem(word: str) -> str:
    """Return the beginning that a word shares with its other forms; crude, and never short."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


class Index:
    """The searchable course. Safe to use from several threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._titles = [" ".join(words(entry.title)) for entry in self.entries]
        self._lock = threading.Lock()
        self._base = pysqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute(
            "CREATE VIRTUAL TABLE entry USING fts5(title, heading, also, text, tokenize='unicode61', prefix='2 3 4')"
        )
        self._base.executemany(
            "INSERT INTO entry (rowid, title, heading, also, text) VALUES (?, ?, ?, ?, ?)",
            (
                (row, *(" ".join(words(part)) for part in (e.title, e.heading, e.also, e.text)))
                for row, e in enumerate(self.entries)
            ),
        )
        self._known = sorted({word for e in self.entries for word in words(f"{e.title} {e.also} {e.text}")})
        self._alike = _Alike(self._known)

    def search(self, query: str) -> Results:
        """Find what a person typed, whatever it is."""
        clean = " ".join(query.replace("\0", " ").encode(errors="ignore").decode().split())
        asked = clean[:LONGEST_QUERY].strip()
        typed = [word[:LONGEST_WORD] for word in dict.fromkeys(words(asked))]
        wanted = ([word for word in typed if word not in LITTLE] or typed)[:MOST_WORDS]
        cut = len(clean) > LONGEST_QUERY
        tried = wanted
        rows = self._rows(tried, " AND ")
        if not rows:
            tried = self._corrected(wanted)
            rows = self._rows(tried, " AND ")
        loose = not rows
        if loose:
            rows = self._rows(tried, " OR ")
        if rows:
            instead = " ".join(tried) if tried != wanted else ""
            return Results(asked, self._grouped(rows, tried), instead, loose, cut)
        return Results(asked, {}, cut=cut, nearest=self._nearest(wanted))

    def _rows(self, wanted: Sequence[str], joined: str) -> list[int]:
        """Return the rows that hold the words, best first."""
        if not wanted:
            return []
        match = joined.join(f"({' OR '.join(_forms(word, begun=len(wanted) == 1))})" for word in wanted)
        with self._lock:
            rows = [row for (row,) in self._base.execute(RANKED, (match, *WEIGHTS))]
        whole = " ".join(wanted)
        # A title that is just what was typed comes first, then one that begins with it.
        return sorted(rows, key=lambda row: _title_rank(self._titles[row], whole))

    def _corrected(self, wanted: Sequence[str]) -> list[str]:
        """Put the most alike word in the place of each that the course does not know; drop it if none is alike."""
        found = (word if self._is_known(word) else self._alike.nearest(word) for word in wanted)
        return [word for word in found if word]

    def _is_known(self, word: str) -> bool:
        return bool(self._rows([word], " AND "))

    def _nearest(self, wanted: Sequence[str]) -> tuple[Entry, ...]:
        """Return the terms whose names are most like the words, at most five."""
        terms = [entry for entry in self.entries if entry.group is Group.TERMS]
        whole = " ".join(wanted)
        alike = ((SequenceMatcher(None, whole, " ".join(words(term.title))).ratio(), term) for term in terms)
        ranked = sorted(alike, key=lambda pair: -pair[0])[:5] if whole else []
        return tuple(term for likeness, term in ranked if likeness > LIKE / 2)

    def _grouped(self, rows: Iterable[int], wanted: Sequence[str]) -> dict[Group, tuple[Found, ...]]:
        """Gather the rows by group; of a lesson the best section stands for all of them."""
        groups: dict[Group, dict[str, list[Entry]]] = {}  # the group of the best row first
        for row in rows:
            entry = self.entries[row]
            groups.setdefault(entry.group, {}).setdefault(entry.address.partition("#")[0], []).append(entry)
        forms = tuple(dict.fromkeys(form for word in wanted for form in (word, stem(word))))
        return {
            group: tuple(
                Found(first, _excerpt(first, forms), tuple(more[:MOST_MORE]))
                for first, *more in list(found.values())[:MOST_FOUND]
            )
            for group, found in groups.items()
        }


def _forms(word: str, *, begun: bool) -> Iterator[str]:
    """Yield FTS5's words for a word, for what begins with it, and for what begins with its stem.

    A word of one or two letters stands for itself, unless it is all that was typed so far (`begun`).
    """
    for form in dict.fromkeys((word, stem(word))):
        yield f'"{form}"*' if begun or len(form) > SHORT else f'"{form}"'


def _title_rank(title: str, whole: str) -> int:
    if title == whole:
        return 0
    return 1 if title.startswith(whole) else 2


class _Alike:
    """Finds the known word that is most like a word nobody knows."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for word in known:
            if word.isalpha() and len(word) > 2:
                for pair in _pairs(word):
                    self._by_pair.setdefault(pair, []).append(word)

    def nearest(self, word: str) -> str:
        """Return it, or nothing where no word is alike enough."""
        if len(word) < 3:
            return ""
        shared = Counter(other for pair in _pairs(word) for other in self._by_pair.get(pair, ()))
        likely = sorted(shared, key=lambda other: (abs(len(other) - len(word)) - shared[other], other))[:40]
        ranked = [(SequenceMatcher(None, word, other).ratio(), other) for other in likely]
        likeness, best = max(ranked, default=(0.0, ""))
        return best if likeness >= LIKE else ""


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}


def _excerpt(entry: Entry, forms: Sequence[str]) -> tuple[Piece, ...]:
    """Return the sentence with most of the words, in pieces; the first one where none has any."""
    sentences = [s.strip() for s in SENTENCE_END.split(entry.text) if s.strip()]
    best = max(sentences, key=lambda s: _hits(s, forms), default="")
    return tuple(_pieces(_shortened(best, forms), forms))


def _hits(sentence: str, forms: Sequence[str]) -> int:
    found = set(words(sentence))
    return sum(any(_fits(word, form, forms) for word in found) for form in forms)


def _shortened(sentence: str, forms: Sequence[str]) -> str:
    """Cut a long sentence around the first word that was looked for, at spaces."""
    if len(sentence) <= LONGEST_EXCERPT:
        return sentence
    first = next((m.start() for m in WORD.finditer(sentence) if _is_hit(m[0], forms)), 0)
    start = max(0, first - LONGEST_EXCERPT // 3)
    start = sentence.find(" ", start) + 1 if start else 0
    end = sentence.rfind(" ", start, start + LONGEST_EXCERPT)
    end = len(sentence) if start + LONGEST_EXCERPT >= len(sentence) or end <= start else end
    return ("… " if start else "") + sentence[start:end] + (" …" if end < len(sentence) else "")


def _pieces(sentence: str, forms: Sequence[str]) -> Iterator[Piece]:
    done = 0
    for match in WORD.finditer(sentence):
        if _is_hit(match[0], forms):
            if match.start() > done:
                yield Piece(sentence[done : match.start()], hit=False)
            yield Piece(match[0], hit=True)
            done = match.end()
    if done < len(sentence):
        yield Piece(sentence[done:], hit=False)


def _is_hit(word: str, forms: Sequence[str]) -> bool:
    return any(_fits(part, form, forms) for part in words(word) for form in forms)


def _fits(word: str, form: str, forms: Sequence[str]) -> bool:
    """Whether a word of a text is one that was looked for."""
    return word == form or (word.startswith(form) and (len(form) > SHORT or len(forms) == 1))


def index(catalogue: Catalogue) -> Index:
    """Return the index of a course, made at its first use and kept as long as the catalogue."""
    kept = catalogue.memo.get(("search",))
    if not isinstance(kept, Index):
        kept = catalogue.memo["search",] = Index(entries(catalogue))
    return kept


def entries(catalogue: Catalogue) -> Iterator[Entry]:
    """Return all that may be found in a course, lessons first, in course order."""
    for lesson in catalogue.lessons:
        yield from _sections(lesson)
    for term in catalogue.terms:
        meaning = plain(catalogue.renderer.inline(term.meaning))
        yield Entry(Group.TERMS, term.name, "", f"/glossary/{term.slug}", meaning, initials(term.name))
    for quiz in (*catalogue.used_as(Use.EXERCISE), *catalogue.used_as(Use.QUIZ)):
        folder = "exercises" if quiz.use is Use.EXERCISE else "quizzes"
        also = "exercise" if quiz.use is Use.EXERCISE else "quiz"
        yield Entry(Group.PRACTICE, quiz.title, "", f"/{folder}/{quiz.slug}", quiz.about, also)


def initials(name: str) -> str:
    """Return the first letters of a name of several words: ROI for Return on investment."""
    parts = words(name)
    return "".join(part[0] for part in parts) if len(parts) > 1 else ""


def _sections(lesson: Lesson) -> Iterator[Entry]:
    reader = _Reader()
    reader.feed(lesson.html)
    reader.close()
    yield Entry(Group.LESSONS, lesson.title, "", lesson.address, f"{lesson.about}\n{reader.texts.get('', '')}")
    for heading in lesson.headings:
        text = reader.texts.get(heading.id, "")
        yield Entry(Group.LESSONS, lesson.title, heading.text, f"{lesson.address}#{heading.id}", text)


def plain(html: str) -> str:
    """Return the words of rendered HTML; blocks on lines of their own."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(text for text in reader.texts.values() if text)


class _Reader(HTMLParser):
    """Gathers the text of a rendered lesson by the id of the second-level heading above it; drawings left out."""

    BLOCKS = frozenset(
        "p li dt dd h2 h3 h4 tr div blockquote figure figcaption details summary caption pre ul ol dl table".split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, str] = {}
        self._section = ""
        self._parts: list[str] = []
        self._drawing = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a section at a heading, a line at a block."""
        if tag == "svg":
            self._drawing += 1
        elif tag == "h2":
            self._keep()
            self._section = dict(attrs).get("id") or ""
            self._heading = True
        elif tag in self.BLOCKS:
            self._parts.append("\n")
        elif tag in {"td", "th"}:
            self._parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a line, a drawing, a cell."""
        if tag == "svg":
            self._drawing -= 1
        elif tag == "h2":
            self._heading = False
        elif tag in self.BLOCKS:
            self._parts.append("\n")
        elif tag in {"td", "th"}:
            self._parts.append(" · ")

    def handle_data(self, data: str) -> None:
        """Keep words that stand in no drawing and no section's heading."""
        if not self._drawing and not self._heading:
            self._parts.append(re.sub(r"\s+", " ", data))

    def close(self) -> None:
        """Keep the last section."""
        super().close()
        self._keep()

    def _keep(self) -> None:
        lines = (re.sub(r"\s+", " ", line).strip(" ·") for line in "".join(self._parts).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.texts[self._section] = "\n".join(filter(None, [self.texts.get(self._section, ""), text]))
        self._parts = []
