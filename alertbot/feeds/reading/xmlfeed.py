"""RSS, Atom and RDF as raw entries.

Called by `parse`. feedparser reads them, always as a byte stream: given a string it would open the
file or fetch the URL of that name.
"""

import calendar
import io
import re
import xml.sax
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from alertbot.errors import ParseError
from alertbot.feeds.reading.charset import byte_order, charset_of
from alertbot.feeds.reading.entry import Passage, RawEntry, RawFeed, instant
from alertbot.feeds.reading.wishes import read_wishes
from alertbot.feeds.websub.discovery import links_of

_TEXT_TYPES = frozenset({"text/plain", "text/html", "application/xhtml+xml"})


def read_xml_feed(body: bytes, root: str, content_type: str | None) -> RawFeed:
    """Return what feedparser finds; a flaw in a document that has its end is forgiven.

    root: the name of the root element, as it stands.

    Raises:
        ParseError: only a part of a feed.
    """
    document = _feedparser(body, content_type)
    error = document.get("bozo_exception")
    shared = _names(document.feed) if document.version.startswith("atom") else ()
    return RawFeed(
        entries=(_entry(entry, shared) for entry in document.entries),
        title=_string(document.feed.get("title")),
        hints=read_wishes(body, document.feed),
        links=links_of(
            [
                (_string(link.get("rel")), _string(link.get("href")))
                for link in _dicts(document.feed, "links")
            ]
        ),
        flaw=_flaw(error, body, root) if isinstance(error, xml.sax.SAXException) else "",
    )


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
    except MemoryError:
        raise
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
