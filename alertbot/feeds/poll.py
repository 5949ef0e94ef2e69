"""One poll of a feed: the stored validators go out, entries, "not modified" or a failure come back.

The scheduler calls `HttpFeeds` through `ports.FeedSource`.
"""

import asyncio
import hashlib
from dataclasses import replace

import httpx

from alertbot.errors import FetchError, ParseError
from alertbot.feeds.http import DEADLINE, Answer, Downloader, read_hints
from alertbot.feeds.reading import PARSE_LIMIT, FeedProcesses, Job, Kind, ParsedFeed, kind_of
from alertbot.feeds.websub.discovery import header_links, hub_link
from alertbot.model import Feed, FeedId
from alertbot.ports import Clock, Failed, Fetched, Hints, NotModified, PollResult, Validators

#: bytes of JSON that cannot take long, nor much memory, whatever they say
_HARMLESS = 64 * 1024


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
        self._processes = FeedProcesses(parse_limit)

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        """Ask the feed's server once; what goes wrong comes back as `Failed`."""
        conditions = _conditions(validators)
        try:
            answer = await self._downloader.get(feed.url, conditions)
        except FetchError as exc:
            return Failed(reason=_one_line(exc))
        hints = read_hints(answer.headers, self._clock.now())
        if answer.status == httpx.codes.NOT_MODIFIED and conditions:
            renewed = _renewed(validators, answer)
            return NotModified(validators=renewed, hints=hints, moved_to=answer.moved_to)
        if not answer.ok:
            return Failed(
                reason=_refusal(answer.status),
                hints=hints,
                gone=answer.status == httpx.codes.GONE,
                status=answer.status,
            )
        return await self._read(feed, answer, validators, hints)

    async def read(
        self, feed: FeedId, body: bytes, *, url: str, content_type: str | None
    ) -> Fetched | Failed:
        """Read a document that came by another way than a poll, from `url` as it were."""
        job = Job(body=body, feed=feed, url=url, content_type=content_type)
        try:
            parsed = await self._parsed(job)
        except ParseError as exc:
            return Failed(reason=_one_line(exc))
        return Fetched(entries=parsed.entries, validators=Validators(), bytes=len(body))

    async def aclose(self) -> None:
        """Close the HTTP client and end the processes that read feeds."""
        self._processes.close()
        await self._downloader.aclose()

    async def _read(
        self, feed: Feed, answer: Answer, known: Validators, hints: Hints
    ) -> Fetched | NotModified | Failed:
        validators = Validators(
            etag=_header(answer, b"etag"),
            last_modified=_header(answer, b"last-modified"),
            body_hash=hashlib.sha256(answer.body).hexdigest(),
        )
        said = header_links(answer.headers.get_list("link"))
        if validators.body_hash == known.body_hash:
            return NotModified(
                validators=validators, hints=hints, moved_to=answer.moved_to, bytes=answer.bytes
            )
        job = Job(body=answer.body, feed=feed.id, url=answer.url, content_type=answer.content_type)
        try:
            parsed = await self._parsed(job)
        except ParseError as exc:
            return Failed(reason=_one_line(exc), hints=hints)
        return Fetched(
            entries=parsed.entries,
            validators=validators,
            hints=_joined(hints, parsed.hints),
            moved_to=answer.moved_to,
            bytes=answer.bytes,
            expired=parsed.expired,
            hub=hub_link(said, parsed.links, answer.url),
        )

    async def _parsed(self, job: Job) -> ParsedFeed:
        if kind_of(job.body) is Kind.XML or len(job.body) > _HARMLESS:
            return await self._processes.read(job)
        return await asyncio.to_thread(job.done)


def _joined(said: Hints, written: Hints) -> Hints:
    """Return what the server said with what is written in the document."""
    return replace(written, retry_after=said.retry_after, fresh_for=said.fresh_for)


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
