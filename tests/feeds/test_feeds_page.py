"""An article page as an entry."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.briefs.html import html_lines
from alertbot.errors import ParseError
from alertbot.feeds.pages import parse_page
from alertbot.model import Entry, FeedId

URL = "https://harbour.example/2024/fog?utm=x"
STORY = "<p>The harbour was closed at noon.</p>\n<p>Ships waited outside, said <b>Ada Quay</b>.</p>"


def page(markup: str | bytes, *, url: str = URL, content_type: str | None = "text/html") -> Entry:
    body = markup if isinstance(markup, bytes) else markup.encode()
    return parse_page(body, url=url, content_type=content_type)


def text(entry: Entry) -> str:
    return " ".join(line.text for line in html_lines(entry.content))


def test_an_article_page():
    entry = page(
        f"""<!doctype html><html><head><meta charset="utf-8"><title>Fog | Harbour News</title>
        <meta property="og:title" content="Fog &amp; rain"><meta name="author" content="Ada Quay">
        <meta property="article:published_time" content="2024-01-24T09:30:00+01:00">
        <meta property="article:tag" content="Weather"><meta property="article:tag" content="Fog">
        <link rel="canonical" href="/2024/fog"></head>
        <body><nav><a href="/">Home</a> All the news</nav>
        <article><h1>Fog &amp; rain</h1>{STORY}<script>track("me")</script></article>
        <footer>Harbour News, Pier 4</footer></body></html>"""
    )

    assert entry == Entry(
        feed=FeedId("preview"),
        key="https://harbour.example/2024/fog",
        title="Fog & rain",
        link="https://harbour.example/2024/fog",
        published=datetime(2024, 1, 24, 8, 30, tzinfo=UTC),
        content=STORY,
        is_html=True,
        tags=("Weather", "Fog"),
        authors=("Ada Quay",),
    )


# --- what the page says of itself


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<meta property='og:title' content='A'><title>B</title>", "<h1>C</h1>", "A"),
        ("<title>B</title>", "<h1> </h1><h1>C <i>c</i></h1><h1>D</h1>", "C c"),
        ("<title>B</title>", "<h2>C</h2>", "B"),
        ("<meta property='og:title' content='Fog - Harbour'>", "<h1>Fog</h1>", "Fog"),
        ("", "", "The harbour was closed at noon. Ships waited outside, said Ada Quay."),
    ],
)
def test_the_title_is_the_best_the_page_has(head, body, title):
    assert page(f"<html><head>{head}</head><body>{body}{STORY}</body></html>").title == title


@pytest.mark.parametrize(
    "markup",
    [
        "<meta name='article:published_time' content='2024-01-24T08:30:00Z'>",
        "<script type='application/ld+json'>"
        '{"@graph": [{"@type": "Person"}, {"datePublished": "2024-01-24T08:30:00Z"}]}</script>',
        "<time>just now</time><time datetime='2024-01-24T08:30:00'>Wednesday</time>",
        "<meta property='article:published_time' content='soon'>"
        "<script type='application/ld+json'>{broken</script><time datetime='2024-01-24T08:30:00Z'>",
    ],
)
def test_the_date_is_found_in_meta_json_ld_or_time(markup):
    assert page(markup + STORY).published == datetime(2024, 1, 24, 8, 30, tzinfo=UTC)


def test_a_page_without_a_date_has_none():
    assert page(STORY).published is None


def test_without_a_canonical_link_the_url_is_the_link_and_key():
    assert (page(STORY).link, page(STORY).key) == (URL, URL)


def test_a_saved_page_has_the_link_it_names():
    named = page(f"<link rel='canonical' href='https://harbour.example/fog'>{STORY}", url="")

    assert named.link == "https://harbour.example/fog"
    assert page(STORY, url="").link is None
    assert page(STORY, url="").key.startswith("sha256:")


# --- where the article is


LONG = "<p>" + "The harbour was closed and the ships waited outside. " * 10 + "</p>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<body>Banner. <main>Aside. <article>{LONG}</article></main> Footer.</body>",
        f"<body>Banner. <article>Teaser.</article><article>{LONG}</article></body>",
        f"<body>Banner. <article>{LONG[:99]}<article>Quote.</article>{LONG[99:]}</article></body>",
        f"<body>Banner. <main>{LONG}</main><article>Teaser.</article> Footer.</body>",
        f"<body><form>Banner. <main>{LONG}</main> Footer.</form></body>",
        f"<body><form>{LONG}</form></body>",
        f"<body>Banner. <nav>Menu <article>{LONG}</article></body>",
        f"Banner. <main>{LONG}",
    ],
)
def test_the_content_is_the_article_not_what_stands_around_it(markup):
    got = text(page(markup))

    assert "ships waited outside" in got
    for other in ("Banner", "Footer", "Menu", "Teaser"):
        assert other not in got


def test_a_page_without_regions_is_taken_whole():
    assert text(page(f"<div>{STORY}</div>")).startswith("The harbour was closed at noon.")


def test_teasers_that_are_all_links_do_not_outweigh_the_article():
    teasers = "<main>" + "<a href='/x'>Another story that is rather long.</a>" * 50 + "</main>"

    assert "rather long" not in text(page(f"<body>{teasers}<article>{STORY}</article></body>"))


def test_scripts_styles_and_comments_are_left_out():
    markup = "<style>p{}</style><script>if (a<b) x()</script><!-- <p>no</p> --><svg><p>no</p></svg>"

    assert page(f"<article>{markup}{STORY}</article>").content == STORY


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>Fähre".encode(), None),
        ("<p>Fähre".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<meta charset='latin-1'><p>Fähre".encode("latin-1"), "text/html"),
        ("<p>Fähre".encode("cp1252"), "text/html"),
        ("\ufeff<p>Fähre".encode("utf-16-le"), "text/html; charset=utf-8"),
        ("<p>Fähre".encode(), "text/html; charset=klingon"),
    ],
)
def test_the_encoding_is_found_as_a_browser_would(body, content_type):
    assert page(body, content_type=content_type).title == "Fähre"


@pytest.mark.parametrize("empty", ["", "<html></html>", "<script>x</script>", "<img src='x'>"])
def test_a_page_without_text_is_refused(empty):
    with pytest.raises(ParseError, match="an HTML page without text"):
        page(empty)


pieces = st.sampled_from(
    "<article> </article> <main> </main> <body> </body> <h1> </h1> <nav> </nav> <script> </script> "
    "<p> <a> </a> <form> <br/> <nav/> <article/> <![x <!-- --> <!x <? text &amp; &#0; < >".split()
)


@given(st.lists(pieces | st.text(max_size=5), max_size=30).map("".join))
@settings(max_examples=150)
def test_any_page_gives_an_entry_or_a_reason(markup):
    try:
        entry = page(markup.encode("utf-8", "surrogatepass"))
    except ParseError:
        return
    assert entry.title.strip()
    (entry.title + entry.content).encode()
