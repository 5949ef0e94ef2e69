"""A real HTTP server on loopback that does what each test tells it to."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from alertbot.model import Feed, FeedId

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NOW = datetime(2024, 1, 24, 12, 0, tzinfo=UTC)

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour News</title><link>https://harbour.example/</link>
<item><title>Two ferries collide</title><guid isPermaLink="false">n-1</guid>
<link>https://harbour.example/1</link><pubDate>Wed, 24 Jan 2024 08:00:00 GMT</pubDate>
<description>&lt;p&gt;Nobody was hurt.&lt;/p&gt;</description></item>
</channel></rss>"""


class FixedClock:
    """The time of every test."""

    def now(self) -> datetime:
        return NOW


class Site:
    """Answers with `answer`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.base = ""
        self.answer: Handler = self._rss

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.answer(request)

    def url(self, path: str = "/feed") -> str:
        return self.base + path

    def sends(self, body: bytes = RSS, *, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=named)

        self.answer = answer

    def header(self, name: str) -> bytes | None:
        """Return a header of the last request, byte for byte."""
        for key, value in self.requests[-1].raw_headers:
            if key.lower() == name.lower().encode():
                return value
        return None

    async def _rss(self, _: web.Request) -> web.Response:
        return web.Response(body=RSS)


def a_feed(url: str) -> Feed:
    hour = timedelta(hours=1)
    return Feed(id=FeedId("harbour"), name="Harbour", url=url, interval=hour, min_interval=hour)
