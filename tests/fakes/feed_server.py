"""A publisher on 127.0.0.1: a JSON Feed with validators, or whatever a test makes it answer."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from fakes.loopback import Loopback

PATIENCE = 20.0


class FeedServer(Loopback):
    """Serves one feed; the newest item first, as publishers do."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []
        #: the page of every brief at /pages/
        self.page = ""
        #: a test's own answer instead of the feed
        self.answer: Callable[[], web.Response] | None = None
        self.requests: list[web.Request] = []
        self.statuses: list[int] = []
        self._changed = asyncio.Event()

    def publish(self, key: str, title: str, content: str, *tags: str) -> None:
        """Put a brief on top of the feed."""
        item = {
            "id": key,
            "url": f"https://example.org/{key}",
            "title": title,
            "content_html": content,
            "date_published": "2026-03-01T12:00:00Z",
            "tags": list(tags),
        }
        self.items.insert(0, item)

    async def polled(self, times: int = 1) -> None:
        """Wait until the feed was asked so many times more."""
        wanted = len(self.statuses) + times
        async with asyncio.timeout(PATIENCE):
            while len(self.statuses) < wanted:
                await self._changed.wait()

    @property
    def url(self) -> str:
        """Return the address of the feed."""
        return f"{self.origin}/feed.json"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/feed.json", self._serve)
        router.add_get("/pages/{key}", self._serve_page)

    async def _serve(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        response = self.answer() if self.answer else self._feed(request)
        self.statuses.append(response.status)
        self._changed.set()
        self._changed = asyncio.Event()
        return response

    async def _serve_page(self, _: web.Request) -> web.Response:
        return web.Response(text=self.page, content_type="text/html")

    def _feed(self, request: web.Request) -> web.Response:
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": self.items}
        body = json.dumps(feed).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag})
