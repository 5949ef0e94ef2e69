"""Where the article is on a page: what stands around it goes, and what it is made of stays."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_samples import PAGES, TEASERS, ministry, think_tank

from alertbot.briefs import make_brief
from alertbot.briefs.html import html_lines
from alertbot.feeds.pages import parse_page
from alertbot.feeds.pages.article import article_of, written
from alertbot.feeds.pages.page import read_page
from alertbot.feeds.reading import parse_feed
from alertbot.model import Brief, Entry, FeedId, Zone

DEV = Path(__file__).parents[1] / "data" / "dev.json"
AROUND = (Zone.BYLINE, Zone.RELATED)
BRIEFS = [
    entry
    for entry in parse_feed(DEV.read_bytes(), feed=FeedId("x"), url="", content_type=None)
    if not make_brief(entry).truncated
]


def told(brief: Brief) -> list[tuple[Zone, str]]:
    """Return what is told of a brief, with the zone of each block."""
    return [
        (block.zone, brief.text[block.start : block.end])
        for block in brief.blocks
        if block.zone not in AROUND
    ]


def on_page(page, entry: Entry) -> Brief:
    markup = page(entry.title, entry.content, entry.tags)
    return make_brief(parse_page(markup.encode(), url="https://m.example/1", content_type=None))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("entry", BRIEFS, ids=lambda entry: entry.title[:24])
def test_a_brief_reads_the_same_on_a_page_as_in_the_feed(page, entry: Entry):
    brief = on_page(page, entry)

    assert told(brief) == told(make_brief(entry))
    assert set(brief.tags) == set(entry.tags), "from the Issues line, and none from a menu"


def test_tags_under_a_label_of_their_own_are_taken():
    entry = BRIEFS[0]
    markup = think_tank(entry.title, entry.content, ()).replace(
        "<div class='issues-wrap'>",
        "<h5>Issues:</h5><ul><li><a href='/1'>Iran</a></li><li><a href='/2'>Iraq</a></li></ul>"
        "<p>More about us.</p>",
    )

    brief = make_brief(parse_page(markup.encode(), url="", content_type=None))

    assert brief.tags == ("Iran", "Iraq")


@pytest.mark.parametrize("entry", BRIEFS[:12], ids=lambda entry: entry.title[:24])
def test_no_line_of_a_report_is_lost_where_trafilatura_loses_its_bullets(entry: Entry):
    markup = ministry(entry.title, entry.content)

    brief = make_brief(parse_page(markup.encode(), url="", content_type=None))

    assert set(told(make_brief(entry))[1:]) <= set(told(brief))


def test_the_title_that_a_feed_gives_bounds_the_article_too():
    markup = "<p>We use cookies to count 12,000 visitors a day, and you can say no.</p>"
    markup += "<div>Fog</div><p>The harbour was closed at noon, and 14 ships waited outside.</p>"
    markup += "<p>Nobody had seen anything like it since 1987.</p>"

    page = read_page(markup.encode(), url="", content_type=None, known_as="Fog")

    assert page.entry.content.startswith("<p>The harbour")


def test_a_page_of_teasers_alone_has_no_article():
    markup = "".join(f"<h3><a href='/x'>{title}</a></h3>" for title in TEASERS)

    assert article_of(markup, ()) == ""


words = st.text(alphabet="abcd<&>\"' ", min_size=1, max_size=12)
inline = st.sampled_from(["{}", "<b>{}</b>", "<a href='/'>{}</a>", "<a href='/'><b>{}</b> x</a>"])
block = st.sampled_from(["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>"])


@given(st.lists(st.tuples(block, inline, words, words), max_size=6))
@settings(max_examples=200)
def test_what_is_kept_is_written_as_it_was_read(parts):
    markup = "".join(
        outer.format(before.replace("<", "&lt;") + inner.format(text.replace("<", "&lt;")))
        for outer, inner, before, text in parts
    )
    lines = html_lines(f"<p>{markup}")

    assert html_lines(written(lines)) == lines


pieces = st.sampled_from(
    "<article> </article> <main> <body> <h1> </h1> <nav> </nav> <table> <td> <li> </ul> <footer> "
    "<p> <a> </a> <form> <br/> Issues: <b> </b> text &amp; &#0; < > \0 \ud800 <html>".split(" ")
)


@given(st.lists(pieces | st.text(max_size=5), max_size=30).map("".join))
@settings(max_examples=150)
def test_any_markup_gives_an_article(markup):
    assert isinstance(article_of(markup, ("text",)), str)
