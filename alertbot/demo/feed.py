"""Serves the bundled briefs as a JSON Feed over loopback HTTP, one more each time it is told.

A real server: conditional requests are answered with 304, as a publisher's would.
"""

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

HERE = Path(__file__).parent
CONFIG = HERE / "demo.toml"
#: briefs that are there before the first poll, and so are kept without being alerted
OLD = 2


class DemoFeed:
    """A JSON Feed that grows; serves from entering the context until leaving it."""

    def __init__(self) -> None:
        self._feed: dict[str, Any] = json.loads((HERE / "briefs.json").read_text("utf-8"))
        self._public = OLD
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def total(self) -> int:
        """How many briefs there are, published or not."""
        return len(self._feed["items"])

    @property
    def public(self) -> int:
        """How many briefs the feed shows now."""
        return self._public

    def publish(self, count: int) -> None:
        """Add the next briefs to the feed."""
        self._public = min(self._public + count, self.total)

    async def __aenter__(self) -> Self:
        """Listen on a free port of the loopback interface."""
        app = web.Application()
        app.router.add_get("/feed.json", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/feed.json"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        newest_first = self._feed["items"][: self._public][::-1]
        body = json.dumps({**self._feed, "items": newest_first}).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag, "Content-Type": "application/feed+json"}
        return web.Response(body=body, headers=headers)
