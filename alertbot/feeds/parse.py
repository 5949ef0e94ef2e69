"""Bodies as entries: finds out what a body is by looking, and has it read.

`HttpFeeds` and `load_source` call it. RSS, Atom and RDF go through feedparser, always as a byte
stream: given a string it would open the file or fetch the URL of that name.
"""

import calendar
import io
import re
import xml.sax
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

import feedparser

from alertbot.errors import ParseError
from alertbot.feeds.entry import Passage, RawEntry, instant, make_entry, newest
from alertbot.feeds.jsonfeed import read_json_feed
from alertbot.model import Entry, FeedId

MAX_ENTRIES = 1000

#: how far into a body we look for its root
_HEAD = 64 * 1024
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[[^\]]*\])*>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_HTML_ROOTS = frozenset(
    "html head body title meta link script style div p span a b br h1 h2 h3 table form center "
    "main article section header".split()
)
_TEXT_TYPES = frozenset({"text/plain", "text/html", "application/xhtml+xml"})


class Kind(StrEnum):
    """What a body is."""

    XML = "xml"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document."""

    entries: tuple[Entry, ...]
    #: the text of RSS's <ttl>: minutes, if all is well
    ttl: str = ""


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
    raws, ttl, flaw = (
        (read_json_feed(body), "", "") if kind is Kind.JSON else _read_xml(body, root, content_type)
    )
    made = (make_entry(raw, feed=feed, base=url) for raw in raws)
    entries = newest((entry for entry in made if entry), limit)
    if flaw and not entries:
        raise ParseError(f"not a feed: broken XML ({flaw})")
    return ParsedFeed(entries=entries, ttl=ttl)


def kind_of(body: bytes) -> Kind:
    """Return what a body is, by its first characters.

    Raises:
        ParseError: nothing we read.
    """
    return _look(body)[0]


def byte_order(body: bytes) -> str | None:
    """Return the encoding a byte order mark announces."""
    return next((name for mark, name in _BOMS if body.startswith(mark)), None)


def charset_of(text: str | None) -> str | None:
    """Return the charset parameter in a Content-Type or a meta tag."""
    found = _CHARSET.search(text or "")
    return found[1] if found else None


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


def _read_xml(
    body: bytes, root: str, content_type: str | None
) -> tuple[Iterator[RawEntry], str, str]:
    """Return the entries, the <ttl>, and what is wrong with the XML, which may be forgiven."""
    document = _feedparser(body, content_type)
    error = document.get("bozo_exception")
    flaw = _flaw(error, body, root) if isinstance(error, xml.sax.SAXException) else ""
    shared = _names(document.feed) if document.version.startswith("atom") else ()
    entries = (_entry(entry, shared) for entry in document.entries)
    return entries, _string(document.feed.get("ttl")), flaw


def _feedparser(body: bytes, content_type: str | None) -> Any:
    """Parse with the encoding settled by us and no more than we use.

    The MIME type is always one of XML, since feedparser takes text/xml for ASCII (RFC 3023, since
    replaced). Markup is neither sanitized nor resolved: only its text is used, and each of the
    two is another slow parser at the mercy of the feed.
    """
    stripped = body.lstrip()
    charset = byte_order(body) or charset_of(content_type)
    mime = "application/xml" + (f"; charset={charset}" if charset else "")
    try:
        return feedparser.parse(
            io.BytesIO(stripped if stripped[:1] == b"<" else body),
            response_headers={"content-type": mime},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as exc:  # feedparser lets nearly anything out
        raise ParseError(f"not a feed: feedparser gave up ({type(exc).__name__})") from exc


def _flaw(error: xml.sax.SAXException, body: bytes, root: str) -> str:
    """Return what is wrong with a document, such as an undefined entity.

    feedparser has read round it, and that is good enough as long as the document has its end.
    """
    end = rb"</" + re.escape(root.encode("latin-1")) + rb"\s*>"
    if not re.search(end, body.replace(b"\0", b""), re.IGNORECASE):
        raise ParseError("not a feed: broken XML (it stops before its end)")
    return str(error.getMessage())


def _entry(entry: Any, feed_authors: tuple[str, ...]) -> RawEntry:
    return RawEntry(
        id=_string(entry.get("id")),
        link=_link(entry),
        title=_string(entry.get("title")),
        published=_published(entry),
        passages=tuple(_passages(entry)),
        tags=tuple(
            _string(tag.get(part)) for tag in _dicts(entry, "tags") for part in ("label", "term")
        ),
        authors=_names(entry) or feed_authors,
    )


def _link(entry: Any) -> str:
    link = _string(entry.get("link"))
    if link and link != entry.get("id"):
        return link
    if link.startswith(("http://", "https://")):
        return link  # else an opaque guid that forgot to say isPermaLink="false"
    others = [known for known in _dicts(entry, "links") if known.get("rel") == "alternate"]
    return _string(others[0].get("href")) if others else ""


def _published(entry: Any) -> datetime | None:
    for name in ("published", "updated"):
        # dict.get: feedparser's own looks elsewhere for "updated", and warns
        moment = dict.get(entry, f"{name}_parsed")
        if isinstance(moment, tuple):
            try:
                in_utc = datetime.fromtimestamp(calendar.timegm(moment), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            return _as_written(_string(dict.get(entry, name)), in_utc)
    return None


def _as_written(text: str, in_utc: datetime) -> datetime:
    """Return the instant with the offset it was published with, which feedparser drops.

    The date that a publisher gave is the one a subscriber should read.
    """
    written = instant(text)
    if written is None:
        try:
            written = parsedate_to_datetime(text)
        except (ValueError, OverflowError, IndexError, TypeError):
            return in_utc
    return written if written.tzinfo and written == in_utc else in_utc


def _passages(entry: Any) -> Iterator[Passage]:
    summary = entry.get("summary_detail")
    for detail in [*_dicts(entry, "content"), summary if isinstance(summary, dict) else {}]:
        if detail.get("type") in _TEXT_TYPES:
            is_html = detail["type"] != "text/plain"
            yield Passage(text=_string(detail.get("value")), html=is_html)
    yield Passage(text=_string(entry.get("summary")), html=False)


def _names(holder: Any) -> tuple[str, ...]:
    names = [_string(author.get("name")) for author in _dicts(holder, "authors")]
    return tuple(name for name in names if name)


def _dicts(holder: Any, key: str) -> list[Any]:
    """Return a list of feedparser's; elements it does not know can take any of its names."""
    value = holder.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
