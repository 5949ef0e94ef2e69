"""What holds for every brief, whatever its text."""

import html
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.briefs import make_brief
from alertbot.briefs.sentences import split
from alertbot.model import Brief, Entry, FeedId

ITEMS = json.loads((Path(__file__).parents[1] / "data" / "dev.json").read_text("utf-8"))["items"]

SNIPPETS = st.sampled_from(
    [
        *"<p> </p> <h2> </h2> <li> <ul> </ul> <strong> </strong> <a> </a> <br> <div> <nav>".split(),
        *'<!-- --> <![ <? < > <script> </script> &amp; &#0; &#xD800; “ ” " — : , . […]'.split(),
        *(
            "Expert Analysis",
            "Latest Developments",
            "Related Analysis",
            "Issues: Iran",
            "By Ann Roe",
        ),
        *("Read more", "Ann Roe, Fellow", "U.S.", " ", "\n", "\n\n", "•", "\u2028", "\xa0", "\0"),
    ]
)
TEXTS = st.text(max_size=60) | st.lists(SNIPPETS | st.text(max_size=4), max_size=40).map(" ".join)
CONTENTS = TEXTS | st.lists(SNIPPETS, max_size=40).map("".join)


def brief_of(content: str, title: str, *, is_html: bool, tags: tuple[str, ...] = ()) -> Brief:
    return make_brief(
        Entry(
            feed=FeedId("f"),
            key="k",
            title=title,
            link=None,
            published=None,
            content=content,
            is_html=is_html,
            tags=tags,
        )
    )


def of_item(item: dict) -> Brief:
    return brief_of(item["content_html"], item["title"], is_html=True, tags=tuple(item["tags"]))


def check(brief: Brief) -> None:
    end = -1
    for block in brief.blocks:
        text = brief.text[block.start : block.end]
        assert end + 1 == block.start
        assert text == " ".join(text.split()) != ""
        end = block.end
    assert len(brief.text) == max(end, 0)
    for quote in brief.quotes:
        assert quote.words == brief.text[quote.start : quote.end] != ""
        assert "quote" == brief.zone_at(quote.start) == brief.zone_at(quote.end - 1)
        assert quote.speaker.strip() == quote.speaker != ""
        assert quote.role != ""
    brief.text.encode()


@given(content=CONTENTS, title=TEXTS, is_html=st.booleans(), tags=st.lists(TEXTS, max_size=3))
def test_any_text_makes_a_brief_of_contiguous_lines(content, title, is_html, tags):
    brief = brief_of(content, title, is_html=is_html, tags=tuple(tags))

    check(brief)
    assert brief == brief_of(content, title, is_html=is_html, tags=tuple(tags))


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_no_word_of_a_paragraph_is_lost(words):
    text = " ".join(words)

    assert text == brief_of(f"<p>{text}</p>", "", is_html=True).text.replace("\n", " ")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"].split("/")[-2])
class TestSampleBriefs:
    def test_a_sample_is_contiguous_lines(self, item):
        check(of_item(item))

    def test_a_sample_has_a_lead_of_whole_sentences(self, item):
        brief = of_item(item)
        lead = [b for b in brief.blocks if b.zone == "lead" and not b.heading]
        sentences = [
            brief.text[block.start + start : block.start + end]
            for block in lead
            for start, end in split(brief.text[block.start : block.end])
        ]

        assert sentences
        assert all(sentence.endswith((".", ".”", "[…]")) for sentence in sentences)
        assert all(len(sentence.split()) > 2 for sentence in sentences)

    def test_every_expert_of_a_sample_is_quoted(self, item):
        markup = item["content_html"]
        section = markup.partition("<h2>Expert ")[2].partition("<h2>")[0]
        brief = of_item(item)

        assert section.count("<strong>") == len(brief.quotes)
        assert all(f"<strong>{quote.speaker}</strong>" in section for quote in brief.quotes)
        assert all(quote.role for quote in brief.quotes)

    def test_a_sample_is_truncated_if_it_ends_in_an_ellipsis(self, item):
        cut_off = (
            item["content_html"].rstrip().endswith(("[&hellip;]</p>", "[…]</p>", "[&#8230;]</p>"))
        )

        assert cut_off == of_item(item).truncated


def test_a_brief_takes_a_few_milliseconds():
    started = time.process_time()
    for item in ITEMS * 5:
        of_item(item)

    assert (time.process_time() - started) / len(ITEMS * 5) < 0.02


@pytest.mark.parametrize(
    "hostile",
    [
        *("<a ", "<![", "<!--", "<!a>", "<a x='", "&amp", "<p>", "<p>x</p>", "<h2>A</h2>"),
        *("<p><b>A</b>: x</p>", "<p><a>A</a></p>", "<p>“a” — <b>B C</b></p>", "Issues: ", "a@"),
        *(
            "“",
            "?”",
            ".",
            "-",
            "(",
            "’",
            "A",
            "a",
            "1",
            "U.S. ",
            "Read more ",
            "John Roe, ",
            "is a ",
        ),
    ],
)
@pytest.mark.parametrize("is_html", [True, False])
def test_a_megabyte_of_malice_is_bounded(hostile, is_html):
    content = f"<h2>Expert Analysis</h2>{hostile * (1_000_000 // len(hostile))}”>'>-->"
    started = time.process_time()
    brief = brief_of(content, "T", is_html=is_html)
    for block in brief.blocks:
        split(brief.text[block.start : block.end])

    assert time.process_time() - started < 5


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


RENDERINGS = {
    "bold paragraphs as headings": lambda markup: re.sub(
        r"<h2>(.*?)</h2>", r"<p><strong>\1</strong></p>", markup
    ),
    "plain paragraphs as headings": lambda markup: re.sub(r"<(/?)h2>", r"<\1p>", markup),
    "divisions for paragraphs": lambda markup: re.sub(r"<(/?)p>", r"<\1div>", markup),
    "a whole page": lambda markup: f"<html><body><article>{markup}</article></body></html>",
    "no bold type": lambda markup: re.sub(r"</?strong>", "", markup),
    "line breaks for paragraphs": lambda markup: re.sub(r"</?(p|h2|ul|li)>", "<br>", markup),
    "plain text with blank lines": lambda markup: plain(
        re.sub(r"</(p|h2|li)>", "\n\n", markup.replace("<li>", "• "))
    ),
    "plain text line by line": lambda markup: plain(
        re.sub(r"</(p|h2|li)>", "\n", markup.replace("<li>", "- "))
    ),
}


@pytest.mark.parametrize("rendering", RENDERINGS.values(), ids=RENDERINGS.keys())
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"].split("/")[-2])
def test_a_brief_reads_the_same_however_it_is_marked_up(item, rendering):
    content = rendering(item["content_html"])
    brief = brief_of(content, item["title"], is_html=content.lstrip().startswith("<"))
    original = of_item(item)

    assert (original.text, original.blocks) == (brief.text, brief.blocks)
    assert original.quotes == brief.quotes
