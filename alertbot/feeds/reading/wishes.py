"""What a feed document says of how often it wants to be asked, as `ports.Hints`.

Called by `parse`. Of several <hour>s feedparser keeps the last, so these are found in the text.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from alertbot.ports import Hints

#: no wish reaches further
_LONGEST = timedelta(days=2)
#: in the order `ports.Hints` counts them
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
#: http://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def read_wishes(document: bytes, feed: Mapping[str, object]) -> Hints:
    """Return the wishes of an RSS document; what is malformed is not there.

    document: the body. feed: what feedparser found in it.
    Sources: https://www.rssboard.org/rss-specification (<ttl>, in minutes) and
    https://www.rssboard.org/skip-hours-days (in GMT; some count the hours from 1, so 24 is 0).
    """
    channel = _channel(document)
    hours = {int(hour) for hour in _within(channel, b"skiphours", rb"<hour>\s*(\d{1,2})\s*<")}
    days = set(_within(channel, b"skipdays", rb"<day>\s*([a-z]+)\s*<"))
    return Hints(
        ttl=_ttl(feed.get("ttl")),
        skip_hours=frozenset(hour % 24 for hour in hours if hour <= 24),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
        update_every=_update_every(feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")),
    )


def _channel(document: bytes) -> bytes:
    """Return what stands outside the items, in small letters, UTF-16 legible too."""
    text = document.replace(b"\0", b"").lower()
    first = text.find(b"<item")
    return text if first < 0 else text[:first] + text[max(first, text.rfind(b"</item")) :]


def _within(channel: bytes, name: bytes, pattern: bytes) -> Iterator[bytes]:
    _, opened, rest = channel.partition(b"<" + name)
    inner, closed, _ = rest.partition(b"</" + name)
    if opened and closed:
        yield from re.findall(pattern, _COMMENT.sub(b"", inner))


def _ttl(text: object) -> timedelta | None:
    minutes = _number(text)
    return min(timedelta(minutes=minutes), _LONGEST) if minutes else None


def _update_every(period: object, frequency: object) -> timedelta | None:
    """Return the period divided by the frequency; each alone stands for daily, and for once."""
    if period is None and frequency is None:
        return None
    span = _PERIODS.get(str(period or "daily").strip().lower())
    times = _number(frequency or "1")
    return min(span / times, _LONGEST) if span and times else None


def _number(text: object) -> int:
    """Return a number of up to twelve digits, 0 for anything else."""
    found = re.fullmatch(r"\s*([0-9]{1,12})\s*", text) if isinstance(text, str) else None
    return int(found[1]) if found else 0
