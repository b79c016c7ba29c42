"""Markdown becomes HTML that is safe under a strict page policy."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from course.library.rendering import Renderer

ADDRESSES = {"lesson:x": "/learn/m/x", "term:y": "/glossary#y", "figures/d.svg": "drawing:d"}


def render(text: str) -> str:
    def resolve(target: str) -> str | None:
        return target if target.startswith(("https:", "mailto:", "#")) else ADDRESSES.get(target)

    return Renderer(resolve, {"d": "<svg><title>D</title></svg>"}).page(text).html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        'Text <b onclick="x()">bold</b>',
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](HTTP://a.example)",
        "![x](https://a.example/x.png)",
        '<div style="color:red">\n\ntext\n\n</div>',
        "| a |\n|:-:|\n| b |",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_acts_and_nothing_is_styled_in_place(text: str) -> None:
    for tag, attributes in elements(render(text)):
        assert tag not in {"script", "b", "style", "iframe"}
        for name, value in attributes:
            assert name not in {"style", "onclick", "onerror"}
            assert name not in {"href", "src"} or (value or "").startswith(("https:", "/", "#")) or not value


def elements(html: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return the elements of a page, as a browser sees them."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

    Reader().feed(html)
    return found


def test_raw_html_is_shown_as_the_text_it_is() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("Some <b>bold</b> words")


def test_links_lead_to_lessons_terms_and_other_sites() -> None:
    html = render("[a](lesson:x) [b](term:y) [c](https://e.example/) [d](lesson:gone) [e](#part)")
    assert 'href="/learn/m/x"' in html
    assert 'class="term"' in html
    assert 'href="https://e.example/"' in html
    assert "<span>d</span>" in html
    assert 'href="#part"' in html


def test_call_outs_are_quotes_with_a_label() -> None:
    html = render("> **In the exam:** look.\n\n> **Easy to mix up:** this.\n\n> **Other:** that.")
    assert html.count('class="callout-title"') == 2
    assert "“It is” is a quotation." in render("> **Easy to mix up:** “it is” is a quotation.")
    assert "callout exam" in html
    assert "callout trap" in html
    assert "<blockquote>" in html


def test_call_outs_after_the_words_of_a_figure_stand_alone() -> None:
    html = render("![C.](figures/d.svg)\n\n> **In words:** w.\n>\n> more\n\n> **Easy to mix up:** m.\n\n> plain")
    figure, _, rest = html.partition("</figure>")
    assert "more" in figure
    assert "m." not in figure
    assert 'class="callout trap"' in rest


def test_a_drawing_becomes_a_figure_with_its_words() -> None:
    html = render("![A caption.](figures/d.svg)\n\n> **In words:** the same.\n>\n> - as a list")
    assert html.startswith('<figure class="fig">')
    assert "<svg><title>D</title></svg>" in html
    assert "<figcaption>A caption.</figcaption>" in html
    assert "<details>" in html
    assert "The same." in html
    assert "<blockquote>" not in html


@pytest.mark.parametrize(
    "text",
    [
        "![D *e*](https://a.example/x.png)",
        "![D *e*](#part)",
        "![D *e*](lesson:x)",
        "![D *e*](gone)",
        "words ![D *e*](figures/d.svg)",
        "![D *e*][r]\n\n[r]: https://a.example/x.png",
        "[![D *e*](x.png)](lesson:x)",
    ],
)
def test_what_is_no_drawing_of_the_course_is_never_asked_for_but_its_words_are_shown(text: str) -> None:
    html = render(text)
    assert "<img" not in html
    assert "<span>D *e*</span>" in html


def test_a_heading_is_listed_in_plain_words_as_it_is_read() -> None:
    page = Renderer(lambda target: target, {}).page("## Q & A of *values* <b> [x](https://a.example)")
    assert [heading.text for heading in page.headings] == ["Q & A of values <b> x"]


def test_a_heading_has_no_id_of_the_page_around_it() -> None:
    page = Renderer(lambda target: target, {}).page("## Main\n\n## Main section\n\n## Check yourself")
    assert [heading.id for heading in page.headings] == ["main-section", "main-section_1", "check-yourself-section"]


def test_a_table_is_a_region_with_a_name_of_its_own() -> None:
    html = render("## Sizes\n\n| a | b |\n|---|---:|\n| 1 | 2 |\n\ntext\n\n| c |\n|---|\n| 3 |")
    assert 'aria-label="Table: Sizes"' in html
    assert 'aria-label="Table: Sizes (2)"' in html
    assert 'tabindex="0"' in html
    assert html.count("<caption") == 2
    assert '<th scope="col">a</th>' in html
    assert 'class="num"' in html
    assert "align=" not in html


def test_footnotes_definition_lists_and_headings_work() -> None:
    page = Renderer(lambda target: target, {}).page(
        "## First part\n\nText[^1].\n\nTerm\n:   Meaning\n\n## Second\n\n[^1]: Note."
    )
    assert [(h.id, h.text) for h in page.headings] == [("first-part", "First part"), ("second", "Second")]
    assert "<dl>" in page.html
    assert 'href="#fn:1"' in page.html
    assert "Note." in page.html


def test_a_text_in_a_line_has_no_paragraph_around_it() -> None:
    renderer = Renderer(lambda target: target, {})
    assert renderer.inline("An *option*") == "An <em>option</em>"
    assert renderer.inline("") == ""
    assert renderer.inline("One\n\nTwo") == "<p>One</p>\n<p>Two</p>"
