"""How soon a server would like to be asked again, from the headers of its answer.

`HttpFeeds` calls it for each answer.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from alertbot.ports import Hints

_DIRECTIVE = re.compile(r"([\w-]+)(?:\s*=\s*(\"[^\"]*\"|[^\s,\"]*))?")


def read_hints(headers: httpx.Headers, now: datetime) -> Hints:
    """Return how soon the server would like to be asked again; what is malformed is not there.

    Times are taken relative to the server's own clock, the Date header, where it has one.
    """
    now = _http_date(headers.get("date")) or now
    return Hints(retry_after=_retry_after(headers, now), fresh_for=_fresh_for(headers, now))


def _retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    value = headers.get("retry-after")
    date = _http_date(value)
    return _positive(date - now if date else _span(value, timedelta(seconds=1)))


def _fresh_for(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """Return the freshness left (RFC 9111 4.2.1, 4.2.3, 5.3); none if use needs a check anyway."""
    directives: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(headers.get("cache-control", "")):
        directives.setdefault(name.lower(), value.strip('"'))
    if directives.get("no-cache") == "" or "no-store" in directives:
        return None
    if "max-age" not in directives:
        expires = _http_date(headers.get("expires"))
        return _positive(expires - now if expires else None)
    second = timedelta(seconds=1)
    age = _span(headers.get("age"), second) or timedelta()
    return _positive((_span(directives["max-age"], second) or timedelta()) - age)


def _span(text: str | None, unit: timedelta) -> timedelta | None:
    text = (text or "").strip()
    return int(text[:12]) * unit if re.fullmatch(r"[0-9]+", text) else None


def _positive(span: timedelta | None) -> timedelta | None:
    return span if span and span > timedelta() else None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
