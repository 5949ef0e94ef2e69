"""The last step every format shares: what a publisher wrote becomes a clean `Entry`.

Called by the parsers; titles become plain text, links safe, keys stable, characters storable.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urljoin, urlsplit

from alertbot.briefs.html import html_lines
from alertbot.feeds.websub.discovery import Links
from alertbot.model import Entry, FeedId
from alertbot.ports import Hints

_MAX_KEY = 500
_MAX_LINK = 2000
MAX_TITLE = 2000
_MAX_TAGS = 100
_MADE_TITLE = 80

#: controls, bidi marks and overrides, halves of surrogate pairs, non-characters: no part of a
#: text, able to break a database or to disguise a message
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
#: enough to call a text HTML that does not say so
_SURE_TAG = re.compile(
    r"</(?:p|div|a|ul|ol|li|strong|em|b|i|h[1-6]|blockquote|span|table|figure)\s*>"
    r"|<(?:br|hr|p|img)\b[^<>]*>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text of an entry; `html` is what the feed calls it."""

    text: str
    html: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """An entry as a parser found it; empty strings for what is not there."""

    id: str
    link: str
    title: str
    published: datetime | None
    passages: tuple[Passage, ...]
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A document as a parser found it."""

    entries: Iterable[RawEntry]
    #: what it calls itself
    title: str = ""
    hints: Hints = field(default_factory=Hints)
    #: where it says that it is pushed from
    links: Links = field(default_factory=Links)
    #: it says that nothing more will come
    expired: bool = False
    #: what is wrong with it and was read round
    flaw: str = ""


def make_entry(raw: RawEntry, *, feed: FeedId, base: str) -> Entry | None:
    """Return the entry, or None if it has no text at all.

    base: the URL that relative links start from; may be empty.
    """
    content, is_html = _content(raw.passages)
    title = plain(raw.title[:MAX_TITLE]) or _opening(content, is_html=is_html)
    if not title:
        return None
    link = http_link(raw.link, base)
    return Entry(
        feed=feed,
        key=_key(raw, link),
        title=title,
        link=link,
        published=raw.published,
        content=content,
        is_html=is_html,
        tags=_distinct(plain(tag[:MAX_TITLE]) for tag in raw.tags[:_MAX_TAGS]),
        authors=_distinct(plain(name[:MAX_TITLE]) for name in raw.authors[:_MAX_TAGS]),
    )


def newest(entries: Iterable[Entry], limit: int | None) -> tuple[Entry, ...]:
    """Return the entries in their order, the first of each key, at most `limit` of them.

    Beyond the limit the newest stay; where any has no date, those that stand first.
    """
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(entry.key, entry)
    kept = list(unique.values())
    dates = [entry.published for entry in kept if entry.published]
    if limit is None or len(kept) <= limit:
        return tuple(kept)
    if len(dates) < len(kept):
        return tuple(kept[:limit])
    order = sorted(range(len(kept)), key=dates.__getitem__, reverse=True)
    return tuple(kept[index] for index in sorted(order[:limit]))


def clean(text: str) -> str:
    """Return the text without the characters no text needs."""
    return _UNWANTED.sub("", text)


def plain(text: str) -> str:
    """Return a short text, which may be HTML, as one line of plain text."""
    if "<" in text or "&" in text:
        text = " ".join(line.text for line in html_lines(text))
    return " ".join(clean(text).split())


def http_link(href: str, base: str) -> str | None:
    """Return an absolute http or https URL, or None."""
    href = clean(href).strip()
    if not href:
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    url = re.sub(r'[\s"<>]', lambda found: quote(found[0]), url)
    return url if len(url) <= _MAX_LINK else None


def instant(text: str) -> datetime | None:
    """Read an RFC 3339 time, keeping its offset (UTC if it names none); None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return moment if _in_utc(moment) else None


def _in_utc(moment: datetime) -> datetime | None:
    """Return the same instant in UTC; None for the first and last hours of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _content(passages: Sequence[Passage]) -> tuple[str, bool]:
    """Return the longest passage and whether it is HTML; the feed's word is taken with salt.

    RSS calls every description HTML: where no tag bears that out, the line ends mean something.
    """
    if not passages:
        return "", False
    longest = max(passages, key=lambda passage: len(passage.text))
    text = clean(longest.text).strip()
    if not longest.html:
        return text, _SURE_TAG.search(text) is not None
    if _TAG.search(text):
        return text, True
    return clean(html.unescape(text)), False


def _opening(content: str, *, is_html: bool) -> str:
    """Return the first words of a content, for an entry without a title."""
    text = content[:20_000]
    text = plain(text) if is_html else " ".join(text.split())
    if len(text) <= _MADE_TITLE:
        return text
    head = text[:_MADE_TITLE]
    return (head.rpartition(" ")[0] or head) + "…"


def _key(raw: RawEntry, link: str | None) -> str:
    key = clean(raw.id).strip() or link
    if not key:
        when = raw.published.astimezone(UTC).isoformat() if raw.published else ""
        return _digest(f"{raw.title}\0{when}")
    return key if len(key) <= _MAX_KEY else _digest(key)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
