"""The text of entries of which a feed has only the beginning, from their pages.

The scheduler calls `HttpPages` through `ports.PageSource`. A page is asked for once, by the same
guarded client as feeds, and read in processes of their own that can be killed.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx

from alertbot.briefs.html import html_lines
from alertbot.errors import FeedError, FetchError, ParseError, TooLarge
from alertbot.feeds.http import Answer, Downloader, read_hints
from alertbot.feeds.pages.page import Page, read_page, unwanted_use
from alertbot.feeds.reading import FeedProcesses
from alertbot.model import Entry

log = logging.getLogger(__name__)

#: seconds that alerts wait for all pages of a poll
LIMIT = 10.0
#: seconds of CPU to read a page; one of 100 KiB takes 0.1
PARSE_LIMIT = 4.0
#: bytes of memory to read a page in, trafilatura included
ROOM = 256 * 1024 * 1024
#: seconds between two requests to one host
SPACING = 1.0
#: how long a host is left alone that does not answer us, or not with pages
PAUSE = timedelta(minutes=15)

#: what the client sends otherwise asks for feeds
_ACCEPT = ((b"Accept", b"text/html, application/xhtml+xml;q=0.9, */*;q=0.1"),)
#: of the host rather than of one page; 401 and 402 are of the page
_SHUT_OUT = frozenset({403, 429})
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob:
    """A page to read."""

    body: bytes
    url: str
    content_type: str | None
    #: the entry's
    title: str

    def done(self) -> Page:
        """Return what `read_page` makes of it; raises ParseError."""
        return read_page(
            self.body, url=self.url, content_type=self.content_type, known_as=self.title
        )


class HttpPages:
    """Completes entries from their pages; a `ports.PageSource`."""

    def __init__(
        self,
        *,
        allow_private: bool,
        contact: str | None,
        limit: float = LIMIT,
        spacing: float = SPACING,
    ) -> None:
        self._limit = limit
        self._spacing = spacing
        self._downloader = Downloader(allow_private=allow_private, contact=contact, deadline=limit)
        self._processes = FeedProcesses(PARSE_LIMIT, ROOM)
        #: until when each host is left alone, in the loop's time
        self._free_at: dict[str, float] = {}

    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries in order, each with the text of its page, or as it was."""
        tasks = [asyncio.create_task(self._completed(entry)) for entry in entries]
        if tasks:
            try:
                await asyncio.wait(tasks, timeout=self._limit)
            finally:
                for task in tasks:
                    task.cancel()
                found = await asyncio.gather(*tasks, return_exceptions=True)
            return tuple(map(_or_excerpt, found, entries))
        return ()

    async def aclose(self) -> None:
        """Close the HTTP client and end the process that reads pages."""
        self._processes.close()
        await self._downloader.aclose()

    async def _completed(self, entry: Entry) -> Entry:
        link = entry.link or ""
        host = urlsplit(link).hostname or ""
        wait = self._take_turn(host)
        if wait >= self._limit:
            raise FetchError("its host is left alone for now")
        await asyncio.sleep(wait)
        page = await self._processes.read(_job(entry, await self._answer(link, host)))
        if page.closed:
            raise ParseError(f"closed to us: {page.closed}")
        return with_page(entry, page.entry)

    async def _answer(self, link: str, host: str) -> Answer:
        try:
            answer = await self._downloader.get(link, _ACCEPT)
        except TooLarge:
            raise
        except (FetchError, asyncio.CancelledError):
            self._leave_alone(host, PAUSE)
            raise
        if answer.status in _SHUT_OUT or answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            asked = read_hints(answer.headers, datetime.now(UTC)).retry_after
            self._leave_alone(host, max(PAUSE, asked or PAUSE))
        return answer

    def _take_turn(self, host: str) -> float:
        """Return the seconds until the host may be asked, and let the next one wait for longer."""
        now = asyncio.get_running_loop().time()
        self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        free_at = self._free_at.get(host, now)
        if free_at - now < self._limit:
            self._free_at[host] = free_at + self._spacing
        return free_at - now

    def _leave_alone(self, host: str, length: timedelta) -> None:
        self._free_at[host] = asyncio.get_running_loop().time() + length.total_seconds()


def with_page(entry: Entry, page: Entry) -> Entry:
    """Return the entry with the text of its page, and the tags of both.

    Raises:
        ParseError: the page does not speak of what the entry does: a log-in, a note on cookies.
    """
    words = _words(entry)
    if len(words & _words(page)) * 3 < len(words):
        raise ParseError("the page says something else")
    return replace(
        entry,
        content=page.content,
        is_html=page.is_html,
        tags=tuple(dict.fromkeys((*entry.tags, *page.tags))),
        authors=entry.authors or page.authors,
    )


def _words(entry: Entry) -> set[str]:
    text = entry.content
    if entry.is_html:
        text = " ".join(line.text for line in html_lines(text))
    return set(_WORD.findall(f"{entry.title} {text}".casefold()))


def _job(entry: Entry, answer: Answer) -> PageJob:
    """Return the page to read; raises FeedError where there is none that we may."""
    if not answer.ok:
        raise FetchError(f"HTTP {answer.status}")
    if rule := unwanted_use(answer.headers.get_list("x-robots-tag")):
        raise ParseError(f"closed to us: {rule}")
    if "html" not in (answer.content_type or "html").lower():
        raise ParseError("no HTML page")
    if _is_front(answer.url) and not _is_front(entry.link or ""):
        raise ParseError("the link leads to the front page")
    return PageJob(
        body=answer.body, url=answer.url, content_type=answer.content_type, title=entry.title
    )


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _or_excerpt(found: Entry | BaseException, entry: Entry) -> Entry:
    if isinstance(found, Entry):
        return found
    known = isinstance(found, FeedError | asyncio.CancelledError)
    reason = str(found) or "no answer in time"
    log.log(
        logging.INFO if known else logging.ERROR,
        "feed %s: the excerpt has to do for %r: %s",
        entry.feed,
        entry.key,
        reason,
        exc_info=None if known else found,
    )
    return entry
