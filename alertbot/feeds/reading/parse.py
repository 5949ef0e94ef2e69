"""Bodies as entries: finds out what a body is by looking, and has it read.

`FeedProcess` and `load_source` call it.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from alertbot.errors import ParseError
from alertbot.feeds.reading.entry import MAX_TITLE, make_entry, newest, plain
from alertbot.feeds.reading.jsonfeed import read_json_feed
from alertbot.feeds.reading.xmlfeed import read_xml_feed
from alertbot.feeds.websub.discovery import Links
from alertbot.model import Entry, FeedId
from alertbot.ports import Hints

MAX_ENTRIES = 1000

#: how far into a body we look for its root
_HEAD = 64 * 1024
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[[^\]]*\])*>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_HTML_ROOTS = frozenset(
    "html head body title meta link script style div p span a b br h1 h2 h3 table form center "
    "main article section header".split()
)


class Kind(StrEnum):
    """What a body is."""

    XML = "xml"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document."""

    entries: tuple[Entry, ...]
    #: what it calls itself, in one line
    title: str = ""
    #: what the document wishes
    hints: Hints = field(default_factory=Hints)
    #: where it says that it is pushed from
    links: Links = field(default_factory=Links)
    #: it says that nothing more will come
    expired: bool = False


def parse_feed(
    body: bytes, *, feed: FeedId, url: str, content_type: str | None
) -> tuple[Entry, ...]:
    """Return the entries of an RSS, Atom, RDF or JSON Feed document, the newest 1,000.

    url: where it came from, for relative links. content_type: the header; only its charset is
    believed, and that less than a byte order mark (RFC 7303 3).

    Raises:
        ParseError: the body is no feed, or only a part of one.
    """
    return read_feed(body, feed=feed, url=url, content_type=content_type).entries


def read_feed(
    body: bytes,
    *,
    feed: FeedId,
    url: str,
    content_type: str | None,
    limit: int | None = MAX_ENTRIES,
) -> ParsedFeed:
    """Do what `parse_feed` does, and keep what the document says of itself."""
    kind, root = _look(body)
    if kind is Kind.HTML:
        raise ParseError("not a feed: an HTML page")
    raw = read_json_feed(body) if kind is Kind.JSON else read_xml_feed(body, root, content_type)
    made = (make_entry(each, feed=feed, base=url) for each in raw.entries)
    entries = newest((entry for entry in made if entry), limit)
    if raw.flaw and not entries:
        raise ParseError(f"not a feed: broken XML ({raw.flaw})")
    title = plain(raw.title[:MAX_TITLE])
    return ParsedFeed(
        entries=entries, title=title, hints=raw.hints, links=raw.links, expired=raw.expired
    )


def kind_of(body: bytes) -> Kind:
    """Return what a body is, by its first characters.

    Raises:
        ParseError: nothing we read.
    """
    return _look(body)[0]


def _look(body: bytes) -> tuple[Kind, str]:
    """Return the kind and the name of the root element, as it stands."""
    # dropping the zero bytes makes UTF-16 and UTF-32 legible as far as the root's name
    head = body[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").decode("latin-1")
    if not head.strip():
        raise ParseError("empty body")
    if head.lstrip()[0] in "{[":
        return Kind.JSON, ""
    if re.match(r"\s*<!doctype\s+html", head, re.IGNORECASE):
        return Kind.HTML, "html"
    at = 0
    while passed := _PROLOG.match(head, at):
        at = passed.end()
    root = _ROOT.match(head, at)
    if not root:
        raise ParseError("not a feed: neither XML nor JSON")
    local = root[1].rpartition(":")[2].lower()
    if local in _FEED_ROOTS:
        return Kind.XML, root[1]
    if local in _HTML_ROOTS:
        return Kind.HTML, root[1]
    raise ParseError(f"not a feed: XML with the root <{root[1][:40]}>")
