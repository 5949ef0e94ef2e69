"""The feeds of a web page: where it says they are, or in the usual places.

`alertbot feeds find` calls it. The same guarded client and the same reading as in a poll; requests
go out one after another.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin

from alertbot.errors import FeedError, FetchError
from alertbot.feeds.http import Answer, Downloader
from alertbot.feeds.pages.markup import bare_markup
from alertbot.feeds.reading import PARSE_LIMIT, FeedProcesses, Job, Kind, http_link, kind_of
from alertbot.model import FeedId

#: links followed of one page
MAX_LINKS = 8
#: asked for, until one is there, where a page names no feed
USUAL_PATHS = ("/feed/", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml")

_FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/json "
    "application/rdf+xml".split()
)
_FOUND = FeedId("found")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed of a page, or an address that the page gives for one."""

    url: str
    #: as it calls itself; may be empty
    title: str = ""
    entries: int = 0
    newest: datetime | None = None
    #: why it cannot be read; empty if it can
    error: str = ""


async def find_feeds(
    url: str, *, allow_private: bool, contact: str | None
) -> tuple[FoundFeed, ...]:
    """Return the feed at a URL, or those that the page there names, or one in a usual place.

    Those that the page names and that cannot be read come with the reason.

    Raises:
        FeedError: the URL cannot be had, or holds neither a feed nor a page.
    """
    async with AsyncExitStack() as opened:
        downloader = Downloader(allow_private=allow_private, contact=contact)
        opened.push_async_callback(downloader.aclose)
        process = FeedProcesses(PARSE_LIMIT)
        opened.callback(process.close)
        return await _Finder(downloader, process).find(url)


class _Finder:
    """One search, with what it needs."""

    def __init__(self, downloader: Downloader, process: FeedProcesses) -> None:
        self._downloader = downloader
        self._process = process

    async def find(self, url: str) -> tuple[FoundFeed, ...]:
        answer = await self._get(url)
        if kind_of(answer.body) is not Kind.HTML:
            return (await self._read(url, answer),)
        links = named_feeds(answer.body, url=answer.url, content_type=answer.content_type)
        if links:
            found = [feed async for feed in self._look(links)]
            return tuple({feed.url: feed for feed in found}.values())
        places = [urljoin(answer.url, path) for path in USUAL_PATHS]
        async for feed in self._look(places):
            if not feed.error:
                return (feed,)
        return ()

    async def _look(self, links: list[str]) -> AsyncIterator[FoundFeed]:
        for link in links:
            try:
                yield await self._read(link, await self._get(link))
            except FeedError as exc:
                yield FoundFeed(url=link, error=" ".join(str(exc).split())[:200])

    async def _get(self, url: str) -> Answer:
        answer = await self._downloader.get(url)
        if not answer.ok:
            raise FetchError(f"HTTP {answer.status}")
        return answer

    async def _read(self, url: str, answer: Answer) -> FoundFeed:
        job = Job(body=answer.body, feed=_FOUND, url=answer.url, content_type=answer.content_type)
        parsed = await self._process.read(job)
        dates = [entry.published for entry in parsed.entries if entry.published]
        return FoundFeed(
            url=url,
            title=parsed.title,
            entries=len(parsed.entries),
            newest=max(dates).astimezone(UTC) if dates else None,
        )


def named_feeds(body: bytes, *, url: str, content_type: str | None) -> list[str]:
    """Return what a page at `url` names as feeds, each once, the first eight.

    By the links of HTML with rel=alternate and the type of a feed
    (https://html.spec.whatwg.org/multipage/links.html#rel-alternate).
    """
    links = _Links(url)
    links.feed(bare_markup(body, content_type))
    links.close()
    return list(dict.fromkeys(links.found))[:MAX_LINKS]


class _Links(HTMLParser):
    """Collects the links to feeds."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._base = url
        self._base_given = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base" and not self._base_given and given.get("href"):
            self._base = http_link(given["href"], self._base) or self._base
            self._base_given = True
        elif tag == "link" and "alternate" in given.get("rel", "").lower().split():
            kind = given.get("type", "").partition(";")[0].strip().lower()
            link = http_link(given.get("href", ""), self._base)
            if kind in _FEED_TYPES and link and "/wp-json/" not in link:
                self.found.append(link)
