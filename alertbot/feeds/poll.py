"""One poll of a feed: the stored validators go out, entries, "not modified" or a failure come back.

The scheduler calls `HttpFeeds` through `ports.FeedSource`. `alertbot preview` reads a feed or a
page once, from the web or a file, with `load_source`.
"""

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from alertbot.errors import FeedError, FetchError, ParseError
from alertbot.feeds.download import DEADLINE, Answer, Downloader
from alertbot.feeds.page import PREVIEW, parse_page
from alertbot.feeds.parse import Kind, ParsedFeed, kind_of, read_feed
from alertbot.feeds.worker import PARSE_LIMIT, FeedProcess, Job
from alertbot.model import Entry, Feed
from alertbot.ports import Clock, Failed, Fetched, Hints, NotModified, PollResult, Validators

#: no wish of a server reaches further
LONGEST_HINT = timedelta(days=2)

_DIRECTIVE = re.compile(r"([\w-]+)(?:\s*=\s*(\"[^\"]*\"|[^\s,\"]*))?")


class HttpFeeds:
    """Reads feeds over HTTP (RFC 9110, 9111); a `ports.FeedSource`."""

    def __init__(
        self,
        *,
        allow_private: bool,
        contact: str | None,
        clock: Clock,
        deadline: float = DEADLINE,
        parse_limit: float = PARSE_LIMIT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._clock = clock
        self._downloader = Downloader(
            allow_private=allow_private, contact=contact, deadline=deadline, transport=transport
        )
        self._process = FeedProcess(parse_limit)

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        """Ask the feed's server once; what goes wrong comes back as `Failed`."""
        conditions = _conditions(validators)
        try:
            answer = await self._downloader.get(feed.url, conditions)
        except FetchError as exc:
            return Failed(reason=_one_line(exc))
        hints = read_hints(answer.headers, self._clock.now())
        if answer.status == httpx.codes.NOT_MODIFIED and conditions:
            return NotModified(validators=_renewed(validators, answer), hints=hints)
        if not answer.ok:
            return Failed(
                reason=_refusal(answer.status),
                hints=hints,
                gone=answer.status == httpx.codes.GONE,
            )
        return await self._read(feed, answer, validators, hints)

    async def aclose(self) -> None:
        """Close the HTTP client and end the process that reads feeds."""
        self._process.close()
        await self._downloader.aclose()

    async def _read(
        self, feed: Feed, answer: Answer, known: Validators, hints: Hints
    ) -> Fetched | NotModified | Failed:
        validators = Validators(
            etag=_header(answer, b"etag"),
            last_modified=_header(answer, b"last-modified"),
            body_hash=hashlib.sha256(answer.body).hexdigest(),
        )
        if validators.body_hash == known.body_hash:
            return NotModified(validators=validators, hints=hints)
        try:
            parsed = await self._parsed(feed, answer)
        except ParseError as exc:
            return Failed(reason=_one_line(exc))
        hints = replace(hints, ttl=_clamped(_span(parsed.ttl, timedelta(minutes=1))))
        return Fetched(entries=parsed.entries, validators=validators, hints=hints)

    async def _parsed(self, feed: Feed, answer: Answer) -> ParsedFeed:
        job = Job(body=answer.body, feed=feed.id, url=answer.url, content_type=answer.content_type)
        if kind_of(answer.body) is Kind.XML:
            return await self._process.read(job)
        return await asyncio.to_thread(job.done)


# --- validators: strings that stand for bytes, so that what was sent comes back as it was


def _conditions(validators: Validators) -> list[tuple[bytes, bytes]]:
    pairs = (
        (b"If-None-Match", validators.etag),
        (b"If-Modified-Since", validators.last_modified),
    )
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs if value]


def _header(answer: Answer, name: bytes) -> str | None:
    for key, value in answer.headers.raw:
        if key.lower() == name:
            return value.decode("latin-1")
    return None


def _renewed(known: Validators, answer: Answer) -> Validators:
    """A 304 may bring new validators (RFC 9111 4.3.4)."""
    return Validators(
        etag=_header(answer, b"etag") or known.etag,
        last_modified=_header(answer, b"last-modified") or known.last_modified,
        body_hash=known.body_hash,
    )


def _refusal(status: int) -> str:
    if status == httpx.codes.NOT_MODIFIED:
        return "HTTP 304 to a request without conditions"
    return f"HTTP {status}"


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200]


# --- hints


def read_hints(headers: httpx.Headers, now: datetime) -> Hints:
    """Return how soon the server would like to be asked again; what is malformed is not there.

    Times are taken relative to the server's own clock, the Date header, where it has one.
    """
    now = _http_date(headers.get("date")) or now
    return Hints(retry_after=_retry_after(headers, now), fresh_for=_fresh_for(headers, now))


def _retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    value = headers.get("retry-after")
    date = _http_date(value)
    return _clamped(date - now if date else _span(value, timedelta(seconds=1)))


def _fresh_for(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """Return the freshness left (RFC 9111 4.2.1, 4.2.3, 5.3); none if use needs a check anyway."""
    directives: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(headers.get("cache-control", "")):
        directives.setdefault(name.lower(), value.strip('"'))
    if directives.get("no-cache") == "" or "no-store" in directives:
        return None
    if "max-age" not in directives:
        expires = _http_date(headers.get("expires"))
        return _clamped(expires - now if expires else None)
    second = timedelta(seconds=1)
    age = _span(headers.get("age"), second) or timedelta()
    return _clamped((_span(directives["max-age"], second) or timedelta()) - age)


def _span(text: str | None, unit: timedelta) -> timedelta | None:
    text = (text or "").strip()
    return int(text[:12]) * unit if re.fullmatch(r"[0-9]+", text) else None


def _clamped(span: timedelta | None) -> timedelta | None:
    return min(span, LONGEST_HINT) if span and span > timedelta() else None


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# --- preview


async def load_source(
    source: str, *, allow_private: bool, contact: str | None
) -> tuple[Entry, ...]:
    """Return the entries of a feed, or a page as one entry; their feed is called "preview".

    source: an http or https URL, or the path of an RSS, Atom, JSON Feed or HTML file. A file is
    read whole, without a limit on its entries.

    Raises:
        FeedError: it cannot be had or read; the text says why.
    """
    if "://" in source:
        answer = await _downloaded(source, allow_private=allow_private, contact=contact)
        return _entries(answer.body, url=answer.url, content_type=answer.content_type)
    body = await asyncio.to_thread(_file_content, source)
    return _entries(body, url="", content_type=None)


async def _downloaded(url: str, *, allow_private: bool, contact: str | None) -> Answer:
    downloader = Downloader(allow_private=allow_private, contact=contact)
    try:
        answer = await downloader.get(url)
    finally:
        await downloader.aclose()
    if not answer.ok:
        raise FetchError(f"HTTP {answer.status}")
    return answer


def _file_content(path: str) -> bytes:
    try:
        if Path(path).is_char_device() or Path(path).is_block_device():
            raise FeedError(f"cannot read {path}: it is a device")
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FeedError(f"no such file: {path}") from None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else None
        raise FeedError(f"cannot read {path}: {reason or exc}") from exc


def _entries(body: bytes, *, url: str, content_type: str | None) -> tuple[Entry, ...]:
    if kind_of(body) is Kind.HTML:
        return (parse_page(body, url=url, content_type=content_type),)
    parsed = read_feed(body, feed=PREVIEW, url=url, content_type=content_type, limit=None)
    return parsed.entries
