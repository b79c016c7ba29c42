"""No text of an author or a learner does anything in a browser: it is text, wherever it is shown.

Every text of `tests.hostile` goes through every field; a listener in the browser hears whatever one of them calls, asks
for or changes. A new field of learners is a row of `FORMS` or `SHOWN_AGAIN`; new pages without variables are found in
the application's own table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pysqlite3
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, Request, Response

from course import clock, create_app
from course.core.accounts import Purpose, Role
from course.library.catalogue import Catalogue, build, read_files
from course.questions.registry import kinds
from course.store import accounts, engine
from course.web import passwords
from tests.browser.board import Board
from tests.browser.conftest import Ship, serve
from tests.conftest import config_for
from tests.exams import write_course as small_course
from tests.hostile import SCRIPTS, joined, line, packed
from tests.hostile_course import EIGHTS, GESTURES, QUARTERS, course, write_course

ANA, PASSWORD = "ana@example.org", "bicycle lantern harbour seven"
LISTEN = """
for (const name of ['xss', 'alert', 'confirm', 'prompt']) {
  Object.defineProperty(window, name, {value: (...words) => void window.__heard(`${name}(${words})`)});
}
addEventListener('securitypolicyviolation',
  e => window.__heard(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""
# What is in a page that no page of ours has: elements and attributes that act, and addresses that lead elsewhere.
# Elements are asked through their prototype, because a form answers with its own fields.
STRANGE = r"""() => {
  const found = [], wrong = (what, e) => found.push(`${what}: ${e.outerHTML.slice(0, 200)}`);
  const here = value => ['', location.origin].some(start => value.startsWith(start + '/')) &&
    !/^\/[/\\]/.test(value);
  const acting = /^(on|srcdoc$|srcset$|background$|ping$|poster$|http-equiv$|xlink|contenteditable$|autofocus$)/;
  const known = new Set(('html head body meta title link script a abbr article aside b blockquote br button caption ' +
    'code col colgroup dd del details div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 header hr i ' +
    'input kbd label legend li main mark nav ol optgroup option output p pre progress s section select small span ' +
    'strong sub summary sup table tbody td template tfoot th thead time tr ul svg symbol path rect circle ellipse ' +
    'line polyline polygon text tspan g defs use desc marker').split(' '));
  const proto = Element.prototype, get = (e, name) => proto.getAttribute.call(e, name) ?? '';
  for (const e of document.querySelectorAll('*')) {
    if (!known.has(e.localName)) wrong('element', e);
    if (e.localName === 'script' && (e.text || !here(get(e, 'src')))) wrong('acts', e);
    if (e.localName === 'link' && !here(get(e, 'href'))) wrong('elsewhere', e);
    if (e.localName === 'use' && !get(e, 'href').startsWith('#')) wrong('elsewhere', e);
    if (e.localName === 'form' && !(Object.getPrototypeOf(e.attributes) === NamedNodeMap.prototype)) wrong('hides', e);
    for (const name of proto.getAttributeNames.call(e)) {
      const value = get(e, name);
      if (acting.test(name)) wrong(name, e);
      if (name === 'style' && /url|fixed|expression|animation|behavior|binding/i.test(value)) wrong(name, e);
      if (['src', 'action', 'formaction', 'data'].includes(name) && !here(value)) wrong(name, e);
    }
    if (e.localName === 'a' && proto.hasAttribute.call(e, 'href')) {
      if (!['http:', 'https:', 'mailto:'].includes(e.protocol)) wrong('address', e);
      if (e.protocol === 'http:' && e.origin !== location.origin) wrong('elsewhere', e);
    }
  }
  return found;
}"""
SEND = """([action, values]) => {
  const form = [...document.forms].reverse().find(e => new URL(e.action).pathname.endsWith(action));
  for (const name of new Set(values.map(([name]) => name)))
    for (const e of [...form.elements].filter(e => e.name === name)) e.remove();
  for (const [name, value] of values) {
    const made = document.createElement('input');
    Object.assign(made, {type: 'hidden', name, value});
    form.append(made);
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
WHOLE = [joined(texts) for texts in QUARTERS]


@dataclass
class Listener:
    """Everything heard in one browser context that no text may bring about."""

    context: BrowserContext
    address: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.expose_binding("__heard", lambda _, words: self.heard.append(words))
        self.context.add_init_script(LISTEN)
        self.context.on("dialog", self._asks)
        self.context.on("weberror", lambda error: self.heard.append(f"script error {error.error}"))
        self.context.on("request", self._asked)

    def _asks(self, dialog: Dialog) -> None:
        self.heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:image/")):
            self.heard.append(f"asked for {request.url[:200]}")


@dataclass
class Tab:
    """A page of a context that is listened to: wherever it goes, it is looked through."""

    page: Page
    listener: Listener
    looked_at: list[str] = field(default_factory=list)

    def open(self, path: str, well: range = range(200, 300)) -> Response:
        """Go there and look the page through."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status in well, (answer.status, path[:200])
        self.look()
        return answer

    def send(self, action: str, values: Sequence[tuple[str, str]] = ()) -> None:
        """Send a form with these fields, whatever the page would say to them; look the answer through."""
        with self.page.expect_navigation():
            self.page.evaluate(SEND, [action, [list(pair) for pair in values]])
        self.look()

    def look(self) -> None:
        """Assert that nothing was heard and nothing strange is in the page."""
        where = self.page.url[:200]
        assert self.page.evaluate(STRANGE) == [], where
        assert self.listener.heard == [], where
        self.looked_at.append(urlsplit(self.page.url).path)

    def shows(self, text: str) -> None:
        """Assert that a text stands in the page as it was typed, as words or in a field."""
        words = self.page.evaluate(
            "document.body.textContent + [...document.querySelectorAll('input')].map(e => e.value).join(' ')"
        )
        assert plain(text) in plain(words), self.page.url[:200]


def plain(text: str) -> str:
    """A text without space and control characters, of which a browser keeps not all everywhere."""
    return "".join(c for c in text if not c.isspace() and c >= " ")


@dataclass(frozen=True)
class Site:
    """The hostile course, served: its address, its database, and what it holds."""

    address: str
    database: Path
    catalogue: Catalogue
    pages: tuple[str, ...]  # every address without variables
    letter: str  # the number of a link to a new account, as it would be mailed

    def change(self, table: str, column: str, value: str) -> None:
        """Put a value into the database that no form would take today: rules change, and what is kept stays."""
        with pysqlite3.connect(self.database, timeout=10) as connection:
            connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 — names of our own
        connection.close()


def served(folder: Path, instance: Path) -> Iterator[Site]:
    for address in serve(folder, instance):
        app = create_app(config_for(folder, instance))
        with app.app_context():
            accounts.make(ANA, "Ana", passwords.hashed(PASSWORD), Role.ADMIN, clock.now())
            letter = accounts.write_letter(Purpose.SIGN_UP, "new@example.org", clock.now())
            engine.close_all()
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
        catalogue = build(read_files(folder, kinds()), kinds())
        yield Site(address, instance / "course.db", catalogue, tuple(sorted(rule.rule for rule in rules)), letter)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the course whose author means harm; with an account."""
    yield from served(write_course(tmp_path_factory.mktemp("hostile")), tmp_path_factory.mktemp("instance"))


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Tab]:
    """Return a page of a fresh profile."""
    with browser.new_context(base_url=site.address) as context:
        context.set_default_timeout(20_000)
        yield Tab(context.new_page(), Listener(context, site.address))


# ---- the listener hears ----


def test_what_a_text_does_in_a_page_that_lets_it_is_heard(browser: Browser, ship: Ship) -> None:
    """Each text alone in an empty page, as markup and in attributes; most do something."""
    with browser.new_context(base_url=ship.address, ignore_https_errors=True) as context:
        listener, page = Listener(context, ship.address), context.new_page()
        silent = []
        for text in SCRIPTS:
            before = len(listener.heard)
            with suppress(Error):  # it may lead the page away, which is heard
                page.set_content(f"{text}<p title=\"{text}\"></p><p title='{text}'></p><p title={text}></p>")
                if not page.evaluate(STRANGE) and len(listener.heard) == before:
                    silent.append(text)
    told = {words.partition("(")[0] for words in listener.heard}
    assert {"xss", "alert", "confirm", "prompt"} <= told
    assert any(words.startswith("asked for http") for words in listener.heard)
    # What is left is Markdown, is asked for by a click, or counts on a parser that decodes once too often.
    assert len(silent) < len(SCRIPTS) / 3, silent
    assert len({words for words in listener.heard if words.startswith("xss(")}) > 80


def test_a_page_that_would_be_stopped_by_its_policy_alone_is_heard(browser: Browser, ship: Ship) -> None:
    """Our own page, to which markup is added as a hole would: the policy stops it, and that is heard too."""
    with browser.new_context(base_url=ship.address) as context:
        listener, page = Listener(context, ship.address), context.new_page()
        page.goto("/learn")
        assert page.evaluate(STRANGE) == []
        assert listener.heard == []
        hole = "words => document.body.append(document.createRange().createContextualFragment(words))"
        for text, told in (
            ("<img src=/x onerror=xss(1)>", "policy: script-src-attr inline"),
            ("<img src=https://evil.example/a.png>", "policy: img-src https://evil.example/a.png"),
            ("<style>p {color: red}</style>", "policy: style-src-elem inline"),
            ("<script>xss(1)</script>", "policy: script-src-elem inline"),
        ):
            page.evaluate(hole, text)
            page.wait_for_timeout(100)
            assert any(words.startswith(told) for words in listener.heard), (text, listener.heard)
            assert page.evaluate(STRANGE)


# ---- authors ----


def test_no_field_of_an_author_was_refused(site: Site) -> None:
    """Whatever the checker says of their links, the files are served: else these tests would look at nothing."""
    files = site.catalogue.files
    assert len(files.lessons) == len(EIGHTS)
    assert len(files.quizzes) == 3 + len(GESTURES) * len(QUARTERS)
    assert (len(files.terms), len(files.exams), len(files.figures)) == (2 * len(EIGHTS), 1, 2)
    assert files.syllabus is not None
    assert files.info.modules


def test_no_text_of_an_author_acts_in_pages_for_everybody(tab: Tab, site: Site) -> None:
    for path in site.pages:
        if path not in {"/account/export", "/favicon.ico"}:
            tab.open(path, range(200, 404))  # some are for a role
    for term in site.catalogue.terms[len(EIGHTS) :]:  # the first half is opened from lessons
        tab.open(f"/glossary/{term.slug}")
    for path in ("/quizzes/all", "/exam/mock", "/search?q=xss", "/search?q=onerror&in=terms", "/nothing"):
        tab.open(path, range(200, 500))
    assert {"/syllabus", "/glossary", "/flashcards", "/practise/own", "/exam", "/help"} <= set(tab.looked_at)


def test_no_text_of_an_author_acts_in_lessons_meanings_and_quick_checks(tab: Tab, site: Site) -> None:
    for number, lesson in enumerate(site.catalogue.lessons):
        tab.open(lesson.address)
        tab.page.locator("a.term").first.click()
        tab.page.locator(".term-card").wait_for()
        assert f"Term {number}" in tab.page.locator(".term-card").inner_text()
        tab.page.keyboard.press("Escape")
        form = tab.page.locator("form[data-quick]").nth(number % 2)
        form.locator("[name=choice]").first.check()
        form.locator("button[type=submit]").click()
        tab.page.locator("[data-verdict]").wait_for()
        tab.look()


def choose_first(tab: Tab) -> tuple[str, str]:
    return "choice", tab.page.locator("form#task [name=choice]").first.input_value()


def test_no_text_of_an_author_acts_in_a_quiz_and_its_result(tab: Tab) -> None:
    tab.open("/quizzes/all")
    tab.send("/start")
    while "/q/" in tab.page.url and len(tab.looked_at) < 3 * len(EIGHTS):
        tab.send(urlsplit(tab.page.url).path, [choose_first(tab)])
        tab.open(tab.page.locator("a.btn-1").get_attribute("href") or "")
    assert tab.page.url.endswith("/result")
    for path in ("/progress", "/review", "/readiness", "/account", "/account/delete"):
        tab.open(path)


def test_no_text_of_an_author_acts_in_an_exam_its_result_and_its_review(tab: Tab) -> None:
    tab.open("/exam/mock")
    tab.send("/start", [("time", "1")])
    attempt = urlsplit(tab.page.url).path.split("/")[2]
    tab.page.locator("#exam[data-enhanced]").wait_for()
    for number in range(1, 6):
        tab.page.locator("[name='choice']:visible").nth(number % 4).check()
        tab.page.keyboard.press("t")
    tab.look()
    tab.open(f"/attempts/{attempt}/submit")
    tab.send("/submit", [("sure", "1")])
    for path in (f"/attempts/{attempt}/result", f"/attempts/{attempt}/review", "/progress", "/readiness", "/exam"):
        tab.open(path)


@pytest.mark.parametrize("kind", GESTURES)
def test_no_text_of_an_author_acts_in_an_exercise_and_its_answers(tab: Tab, site: Site, kind: str) -> None:
    for part in range(len(QUARTERS)):
        path = f"/exercises/{kind}-{part}"
        tab.open(path)
        if kind == "sort":
            board = Board(tab.page, site.catalogue.questions[f"sort-q{part}"], site.catalogue)
            tab.page.locator("button.card").first.press("Enter")  # it goes to the places
            tab.page.keyboard.press("Enter")
            assert sum(bool(board.where(name)) for name in board.fields()) == 1
        tab.send("/check")  # with gaps: an error that names them
        tab.send("/check", [("anyway", "1"), *first_answers(tab)])
        assert "/attempts/" in tab.page.url
        tab.send("/reveal")
        tab.look()


def first_answers(tab: Tab) -> list[tuple[str, str]]:
    """Something in every field of an exercise: of a menu its second word."""
    found = tab.page.eval_on_selector_all(
        "form#task select, form#task input:not([type=hidden])",
        "all => all.map(e => [e.name, e.options ? e.options[1].value : 'x'])",
    )
    return [(name, value) for name, value in found]


def test_no_text_of_an_author_acts_on_flashcards(tab: Tab) -> None:
    tab.open("/flashcards")
    tab.send(
        "/flashcards",
        [("number", "20"), ("which", "all")] + [("topics", f"l{n}") for n in range(len(EIGHTS))] + [("topics", "-")],
    )
    for _ in range(20):
        tab.page.locator("main summary").first.click()
        tab.send(urlsplit(tab.page.url).path, [("rating", "knew")])
    assert tab.page.url.count("/") == 4


def test_no_title_of_a_course_acts_on_any_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every text in what stands on all pages: title, subject, description and footer."""
    folder = small_course(tmp_path_factory.mktemp("loud"))
    whole = "\n".join(SCRIPTS)
    (folder / "content/course.md").write_text(course(" ".join(SCRIPTS), whole.replace("\0", ""), whole), "utf-8")
    for site in served(folder, tmp_path_factory.mktemp("instance")):
        with browser.new_context(base_url=site.address) as context:
            tab = Tab(context.new_page(), Listener(context, site.address))
            for path in ("/", "/learn", "/learn/first/ship", "/search", "/signup", "/help", "/nothing"):
                tab.open(path, range(200, 500))
                tab.shows(joined(SCRIPTS[:1]))


# ---- learners ----

# A form: the page it stands in, where it is sent to, and a field of it.
FORMS = [
    ("/account", "/account", "exam_on"),
    ("/account", "/account", "zone"),
    ("/account/delete", "/account/delete", "sure"),
    ("/practise/own", "/practise/own", "topics"),
    ("/practise/own", "/practise/own", "number"),
    ("/practise/own", "/practise/own", "which"),
    ("/practise/own", "/practise/own", "start"),
    ("/flashcards", "/flashcards", "which"),
    ("/signin", "/signin", "password"),
    ("/signin", "/signin", "leave"),
    ("/help", "/help/keys", "slash"),
    ("/learn", "/theme", "theme"),
    ("/exercises/cloze-0", "/check", "start"),
    ("/exercises/cloze-0", "/check", "sequence"),
    ("/exercises/cloze-0", "/check", "look"),
    ("/learn/m0/l0", "/check/single-0", "choice"),
]
SHOWN_AGAIN = [
    ("/signup", "/signup", "address"),
    ("/signin", "/signin", "address"),
    ("/signin", "/signin", "next"),
    ("/reset", "/reset", "address"),
]
PARAMETERS = ["q", "in", "retry", "again", "seed", "done", "kept", "next", "address", "theme", "time", "\"><b x='"]


def test_nothing_that_is_looked_for_acts_and_all_of_it_is_shown(tab: Tab) -> None:
    for text in packed(200):
        tab.open("/search?" + urlencode({"q": text}))
        tab.shows(text)
        assert plain(text) in plain(tab.page.title())


@pytest.mark.parametrize(("page", "action", "name"), FORMS, ids=str)
def test_nothing_that_is_sent_acts(tab: Tab, page: str, action: str, name: str) -> None:
    whole = joined(SCRIPTS)
    tab.open(page)
    if tab.page.locator(f"form[action$='{action}']").count():  # who has nothing is shown no form for it
        tab.send(action, [(name, whole)])


@pytest.mark.parametrize(("page", "action", "name"), SHOWN_AGAIN, ids=str)
def test_nothing_that_was_typed_acts_and_all_of_it_is_shown_again(tab: Tab, page: str, action: str, name: str) -> None:
    for text in WHOLE:
        tab.open(page)
        tab.send(action, [(name, text)])
        tab.shows(text)
    tab.open(page + "?" + urlencode({name: joined(EIGHTS[0])}))


def test_nothing_of_a_form_that_is_offered_again_acts(tab: Tab) -> None:
    tab.open("/help")
    tab.send("/theme", [("csrf_token", "old"), *((line(text), line(text)) for text in SCRIPTS)])
    names = tab.page.eval_on_selector_all("main form input", "all => all.map(e => [e.name, e.value])")
    assert [plain(line(text)) for text in SCRIPTS] == [plain(name) for name, value in names if name == value]


def test_no_answer_that_is_typed_acts_and_it_is_shown_beside_the_right_one(tab: Tab) -> None:
    for part, texts in enumerate(QUARTERS):
        tab.open(f"/exercises/cloze-{part}")
        typed = tab.page.eval_on_selector_all("form#task input:not([type=hidden])", "all => all.map(e => e.name)")
        tab.page.locator("form#task input:not([type=hidden])").first.fill(line(texts[0]))
        answers = [(name, line(text)) for name, text in zip(typed, texts, strict=True)]
        tab.send("/check", answers)  # the chosen ones are open still
        for _, text in answers:
            tab.shows(text)
        tab.send("/check", [*first_answers(tab), *answers, ("anyway", "1")])
        for _, text in answers:
            tab.shows(text)


def test_no_parameter_and_no_address_acts(tab: Tab, site: Site) -> None:
    packs = packed(500)
    for number, page in enumerate(path for path in site.pages if path not in {"/account/export", "/favicon.ico"}):
        values = {name: packs[(number + n) % len(packs)] for n, name in enumerate(PARAMETERS)}
        tab.open(f"{page}?{urlencode(values)}#{quote(packs[number % len(packs)])}", range(200, 404))
    for number, text in enumerate(packs):
        below = ("", "glossary/", "learn/m0/", "exam/", "quizzes/", "exercises/", "attempts/", "signup/", "reset/")
        tab.open(f"/{below[number % len(below)]}{quote(text, safe='')}", range(404, 405))


def test_no_cookie_acts(tab: Tab, site: Site) -> None:
    for text in packed(2000):
        safe = "".join(c for c in text if c.isascii() and c.isprintable() and c not in ";,")
        names = ("theme", "zone", "zone-set", "keys", "view", "course")
        tab.page.context.clear_cookies()
        tab.page.context.add_cookies([{"name": name, "value": safe, "url": site.address} for name in names])
        for path in ("/account", "/help"):
            tab.open(path)


def sign_in(tab: Tab) -> None:
    tab.open("/signin")
    tab.send("/signin", [("address", ANA), ("password", PASSWORD)])
    assert tab.page.url.endswith("/progress")


def test_no_name_and_no_browser_of_an_account_acts_and_the_name_is_shown(browser: Browser, site: Site) -> None:
    agent = "".join(c for c in joined(SCRIPTS[13:20]) if c.isprintable() and c.isascii())
    with browser.new_context(base_url=site.address, user_agent=agent) as context:
        tab = Tab(context.new_page(), Listener(context, site.address))
        sign_in(tab)
        for text in WHOLE:
            site.change("account", "name", text)
            site.change("sign_in", "browser", text)
            for path in ("/account", "/progress", "/"):
                tab.open(path)
            tab.open("/account")
            tab.shows(text)


def test_no_name_that_is_typed_acts_and_it_is_shown_again(tab: Tab, site: Site) -> None:
    for text in WHOLE:
        tab.open(f"/signup/{site.letter}")
        tab.send(f"/signup/{site.letter}", [("name", text), ("password", "short")])
        tab.shows(text)


FIELDS = """() => [...document.querySelectorAll('main form[method=post]')].map(form => [
  new URL(form.action).pathname,
  [...new FormData(form)].map(([name]) => name).filter(name => name !== 'csrf_token')])"""


def test_no_field_of_a_page_of_somebody_signed_in_acts(tab: Tab, site: Site) -> None:
    """Every field of every form that is there, found in the pages; of every role, since Ana may see all."""
    sign_in(tab)
    sent: list[tuple[str, str]] = []
    for path in site.pages:
        if path in {"/account/export", "/favicon.ico", "/signin", "/signup"}:
            continue
        tab.open(path)
        for action, names in tab.page.evaluate(FIELDS):
            for name in names if action not in {"/signout", "/account/delete"} else ():
                if (action, name) not in sent:
                    sent.append((action, name))
                    tab.open(path)
                    tab.send(action, [(name, WHOLE[len(sent) % len(WHOLE)])])
    assert len(sent) >= 12, sent
    for path in site.pages:
        if path not in {"/account/export", "/favicon.ico"}:
            tab.open(path)
