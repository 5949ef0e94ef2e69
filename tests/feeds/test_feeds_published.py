"""Feeds that nobody here wrote: feedparser's 2,199 test feeds and what they expect of a parser.

They are downloaded once, from the package index that pip is set up for, into the user's cache, and
left out where that is not to be had.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from io import BytesIO

import feedparser
import pytest
from published_feeds import FEED, NotAField, PublishedFeed, published

from alertbot.briefs import make_brief
from alertbot.dispatcher import Renderer
from alertbot.feeds.reading import Passage, RawEntry, make_entry
from alertbot.model import Alert, Entry, Match, TopicId, Via
from alertbot.summarizer import summarize
from fakes.telegram_parser import parse_html

pytestmark = pytest.mark.timeout(180)  # a download, at first

TOPIC = TopicId("harbour")

#: why -> where we differ, on purpose
DIFFERENCES = {
    "a document without its last character is a document that broke off": (
        "entities/hex_entity_x_*.xml",
        "entities/query_variable_entry.xml",
        "illformed/rss_item_link_corrupted_ampersands.xml",
    ),
    "CDF, of 1997, is no feed to us": (
        "wellformed/cdf/*.xml",
        "wellformed/base/cdf_item_abstract_xml_base.xml",
    ),
    "what a test of feedparser's HTTP client serves, expecting nothing of it": ("http/*.xml",),
    "a title that is only a picture is none": ("wellformed/sanitize/entry_title_on*.xml",),
    "what stands in frames, objects and scripts is not shown, nor a page's own <title> left out": (
        "wellformed/sanitize/*_crazy.xml",
        "wellformed/sanitize/entry_*_iframe.xml",
        "wellformed/sanitize/*_object.xml",
        "wellformed/sanitize/item_content_encoded_script_nested_cdata.xml",
        "wellformed/rss/item_description_not_a_doctype.xml",
    ),
    "characters that are no text are taken out": ("encoding/bozo_linenoise.xml",),
    "an id is the key as it stands, so that it stays the same when the feed moves": (
        "wellformed/base/http_entry_id_base_content_location.xml",
        "wellformed/base/http_entry_id_base_docuri.xml",
    ),
    "links start from the URL that answered, whatever Content-Location says": (
        "wellformed/base/http_item_link_base_content_location.xml",
    ),
    "of several texts the longest is kept": (
        "wellformed/atom10/entry_content_and_summary.xml",
        "wellformed/rss/item_description_and_summary.xml",
        "wellformed/rss/item_summary_and_description.xml",
    ),
    "a content that is not of a text type is none": (
        "wellformed/atom10/entry_content_base64*.xml",
    ),
    "an author is a name, without an address": (
        "wellformed/atom*/entry_author_map_author.xml",
        "wellformed/atom10/entry_authors_email.xml",
        "wellformed/atom10/entry_authors_ur[il].xml",
    ),
    "a tag's label comes before its term": ("wellformed/atom10/entry_category_term*.xml",),
    "two entries of one key, or of nothing that parts them, are one": (
        "wellformed/lang/entry_content_xml_lang_blank_3.xml",
        "wellformed/node_precedence/atom10_*.xml",
    ),
}


@pytest.fixture(scope="module")
def feeds() -> tuple[PublishedFeed, ...]:
    return tuple(published())


def agrees(feed: PublishedFeed) -> bool | None:
    """Tell whether our entries are as expected; None if it is about what no entry has."""
    try:
        return feed.agrees()
    except NotAField:
        return None
    except IndexError:
        return False


def test_entries_are_what_feedparser_expects_of_them_wherever_they_have_the_field(feeds):
    verdicts = {feed.path: agrees(feed) for feed in feeds}
    differing = {path for path, verdict in verdicts.items() if verdict is False}
    patterns = [pattern for each in DIFFERENCES.values() for pattern in each]

    assert len(feeds) == 2199
    assert sum(verdict is True for verdict in verdicts.values()) > 800
    assert {path for path in differing if not any(fnmatch(path, one) for one in patterns)} == set()
    assert {one for one in patterns if not any(fnmatch(path, one) for path in differing)} == set()


def test_whatever_is_hostile_in_a_feed_telegram_takes_the_message_and_links_lead_to_the_web(feeds):
    hostile = [feed for feed in feeds if feed.path.startswith("wellformed/sanitize/")]
    entries = [list(shown(feed)) for feed in hostile]
    messages = [message_of(entry) for each in entries for entry in each]

    assert len(hostile) == 745
    assert all(entries)
    for message in messages:
        links = [entity["url"] for entity in parse_html(message.html).entities if "url" in entity]
        links += [button.url for row in message.buttons for button in row]
        assert all(link.startswith(("http://", "https://")) for link in links)


def shown(feed: PublishedFeed) -> Iterator[Entry]:
    """Yield the entries; of a feed without any, what it says of itself as if it were an entry's."""
    entries = feed.entries()
    yield from entries
    if not entries:
        said = feedparser.parse(BytesIO(feed.body), sanitize_html=False).feed
        for text in (value for value in said.values() if isinstance(value, str)):
            passage = Passage(text=text, html=True)
            raw = RawEntry(id="1", link=text, title="Fog", published=None, passages=(passage,))
            entry = make_entry(raw, feed=FEED, base="")
            assert entry
            yield entry


def message_of(entry: Entry):
    brief = make_brief(entry)
    match = Match(topic=TOPIC, via=Via.RULE, evidence=())
    alert = Alert(brief=brief, summary=summarize(brief), matches=(match,))
    return Renderer({TOPIC: "Harbour"}, {FEED: "Published"}).message(alert, [TOPIC])
