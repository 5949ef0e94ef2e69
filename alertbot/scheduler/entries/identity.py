"""Which entry is which, whatever its publisher does to keys, dates, titles and texts; pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from alertbot.model import Entry
from alertbot.ports import KnownBrief, Marks

#: versions of a brief that are stored; lemon24's reader stops at 24, too (HASH_CHANGED_LIMIT)
MOST_REVISIONS = 24
#: a date so far in the future may be a time zone's mistake, a later one is wrong
AHEAD = timedelta(days=1)
#: no feed is older (RSS 0.90 is of 1999), and a clock that was never set says 1970
FIRST_FEEDS = datetime(1995, 1, 1, tzinfo=UTC)
#: an unknown entry is no news if it is so much older than the newest of its feed
STALE = timedelta(days=7)

#: links whose form is remembered: a feed shows the same ones at each poll
KEPT_LINKS = 10_000

#: parameters that tell who followed a link, not where it leads
_TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "cmpid"}
)
_HTTP_PORTS = frozenset({None, 80, 443})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The entries of a poll by what is to be done with them."""

    #: oldest first
    new: tuple[Entry, ...] = ()
    #: new versions of known ones
    edited: tuple[Entry, ...] = ()
    #: keys of new ones that are no news
    backlog: frozenset[str] = frozenset()
    #: of the new, the edited and those that were stored without, by key
    marks: Mapping[str, Marks] = field(default_factory=dict)


def sort(
    entries: Sequence[Entry],
    known: Mapping[str, KnownBrief],
    first_read_at: datetime,
    newest: datetime | None,
) -> Sorted:
    """Sort the entries of a poll.

    known: the stored briefs of the feed, by key; newest: the latest date of all it has stored.
    """
    newest = _newest(entries, known, first_read_at, newest)
    new = _in_order([entry for entry in entries if entry.key not in known])
    edited = [e for e in entries if e.key in known and is_edited(e, known[e.key])]
    unmarked = [e for e in entries if e.key in known and known[e.key].marks is None]
    return Sorted(
        new=tuple(new),
        edited=tuple(edited),
        backlog=frozenset(e.key for e in new if is_backlog(e, first_read_at, newest)),
        marks={entry.key: marks(entry) for entry in (*new, *edited, *unmarked)},
    )


def marks(entry: Entry) -> Marks:
    """Return what the entry is known by."""
    return Marks(
        link=_link(entry), title=_title(entry), text=_text(entry), published=entry.published
    )


def _link(entry: Entry) -> str | None:
    link = canonical(entry.link) if entry.link else None
    return _digest([link]) if link else None


def _title(entry: Entry) -> str:
    return _digest([" ".join(entry.title.casefold().split())])


def _text(entry: Entry) -> str:
    return _digest([entry.content, *entry.tags])


@lru_cache(KEPT_LINKS)
def canonical(link: str) -> str | None:
    """Return what all spellings of an address share; None for that of a site's front page.

    Scheme, "www.", default port, trailing slash, the order of parameters and those that tell who
    followed the link make no difference. A fragment does: blogs mark their entries with them.
    """
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return None
    asked = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith("utm_") and name.lower() not in _TRACKING
    )
    path = parts.path.rstrip("/")
    if not (path or asked or parts.fragment):
        return None
    host = (parts.hostname or "").removeprefix("www.")
    place = host if port in _HTTP_PORTS else f"{host}:{port}"
    return f"{place}{path}?{urlencode(asked)}#{parts.fragment}"


def plausible(entry: Entry, now: datetime) -> Entry:
    """Return the entry without a date that cannot be true."""
    if entry.published is None or FIRST_FEEDS <= entry.published <= now + AHEAD:
        return entry
    return replace(entry, published=None)


def with_own_key(entry: Entry, known: KnownBrief | None) -> Entry:
    """Return the entry under a key of its own if its publisher gave it that of another.

    It is another if nothing is as it was: link, title, text and, where there are any, date.
    """
    old = known.marks if known else None
    if old is None or old.link is None or (link := _link(entry)) in (None, old.link):
        return entry
    dated_alike = old.published == entry.published and entry.published is not None
    if dated_alike or old.title == _title(entry) or old.text == _text(entry):
        return entry
    return replace(entry, key=_digest([entry.key, link]))


def is_edited(entry: Entry, known: KnownBrief) -> bool:
    """Tell whether the entry is a new version, and one that is worth storing.

    A content that is another at each request, since it tells the time, makes no end of them.
    """
    old = known.marks
    if old is None or known.revisions >= MOST_REVISIONS:
        return False
    return (old.title, old.text) != (_title(entry), _text(entry))


def is_backlog(entry: Entry, first_read_at: datetime, newest: datetime | None) -> bool:
    """Tell whether an unknown entry is old: the feed shows more of its past than it did.

    newest: the latest date of what is known. It was published more than a week before that, and
    before the feed was first read: what an editor dates back by a day or two is news.
    """
    if entry.published is None or newest is None:
        return False
    return is_older(entry, first_read_at) and newest - entry.published > STALE


def is_older(entry: Entry, first_read_at: datetime) -> bool:
    """Tell whether an entry was there before its feed was first read, by its date."""
    return entry.published is not None and entry.published < first_read_at


def _newest(
    entries: Sequence[Entry],
    known: Mapping[str, KnownBrief],
    first_read_at: datetime,
    newest: datetime | None,
) -> datetime | None:
    """Return the latest date of what is known, as the document dates it now where it is a new one.

    A publisher may move all dates, once or for good; what is new is then as far from the others as
    ever. A document is no older than our first reading if it shows what came since, or the newest
    brief of all; any other may be an old copy, and has to bear comparison with what is stored.
    """
    shown = [(entry.published, known[entry.key]) for entry in entries if entry.key in known]
    recent = any(
        brief.seen_at > first_read_at or (brief.marks and brief.marks.published == newest)
        for _, brief in shown
    )
    dates = [published for published, _ in shown if published]
    return max(dates) if recent and dates else newest


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries oldest first: by date where all have one, else as feeds mostly are."""
    oldest_first = list(reversed(entries))
    dates = {entry.key: entry.published for entry in entries if entry.published}
    if len(dates) < len(entries):
        return oldest_first
    return sorted(oldest_first, key=lambda entry: dates[entry.key])


def _digest(parts: Iterable[str]) -> str:
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(text).hexdigest()[:32]
