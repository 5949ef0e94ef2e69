"""Feeds in a process of its own: publishes on command, and writes down what it published.

    POST /publish {"feed": "feed-0", "topics": ["topic-0"]}
    POST /faults  the fields of `Faults`
    GET  /asked   how often each feed was asked, once a request was answered `times` times more

The origin log is written before an entry can be read, so that nothing arrives that it lacks.
"""

import asyncio
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

STORY = (
    "<p>At least {number} people saw it on Sunday, officials said. "
    "They had been warned two days before.</p>"
)
#: entries a feed shows
WINDOW = 200
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How feeds go wrong; rates are shares of the requests, `new_id` of the entries published."""

    server_error: float = 0.0
    slow: float = 0.0
    #: the body ends in the middle
    cut_off: float = 0.0
    #: only the newer half of the entries is there
    shortened: float = 0.0
    shuffled: float = 0.0
    redated: float = 0.0
    #: an entry that was there comes anew under another id
    new_id: float = 0.0


@dataclass(slots=True, eq=False)
class Publisher:
    """All feeds; each begins with one entry that is no news."""

    origin: Path
    seed: int
    faults: Faults = field(default_factory=Faults)
    asked: Counter[str] = field(default_factory=Counter)
    _entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _number: int = 0
    _random: random.Random = field(init=False)
    _file: TextIO = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._file = self.origin.open("a", buffering=1)

    def publish(self, feed: str, topics: Sequence[str], *, quiet: bool = False) -> None:
        """Put an entry on top of a feed."""
        self._number += 1
        title = f"Strike {self._number} near {' and '.join(map(town, topics))}"
        entry = {"id": f"{feed}-{self._number}", "title": title, "number": self._number}
        self._log(entry, feed, topics, quiet=quiet)
        entries = self._entries.setdefault(feed, [])
        entries.insert(0, entry)
        if not quiet and self._random.random() < self.faults.new_id:
            anew = {**entry, "id": f"{entry['id']}-anew"}
            self._log(anew, feed, topics, quiet=False)
            entries.insert(0, anew)

    def _log(self, entry: dict[str, Any], feed: str, topics: Sequence[str], *, quiet: bool) -> None:
        line = {"id": entry["id"], "title": entry["title"], "topics": list(topics)}
        line |= {"at": time.time(), "feed": feed, "quiet": quiet}
        self._file.write(json.dumps(line) + "\n")

    async def start(self) -> int:
        """Listen on 127.0.0.1; return the port."""
        app = web.Application()
        app.router.add_get("/feeds/{feed}", self._serve)
        app.router.add_post("/publish", self._publish)
        app.router.add_post("/faults", self._set_faults)
        app.router.add_get("/asked", self._asked)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        feed = request.match_info["feed"]
        if feed not in self._entries:
            self.publish(feed, ["topic-0"], quiet=True)
        try:
            return await self._answer(request, self._entries[feed][:WINDOW])
        finally:
            self.asked[feed] += 1
            self._changed.set()
            self._changed = asyncio.Event()

    async def _answer(
        self, request: web.Request, entries: list[dict[str, Any]]
    ) -> web.StreamResponse:
        if self._strikes(self.faults.server_error):
            return web.Response(status=503)
        if self._strikes(self.faults.slow):
            await asyncio.sleep(self._random.uniform(0.1, 0.5))
        if self._strikes(self.faults.shortened):
            entries = entries[: (len(entries) + 1) // 2]
        if self._strikes(self.faults.shuffled):
            entries = self._random.sample(entries, len(entries))
        later = timedelta(days=self._random.randint(1, 9) * self._strikes(self.faults.redated))
        body = _feed(entries, later)
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        if self._strikes(self.faults.cut_off):
            return web.Response(body=body[: len(body) // 2])
        return web.Response(body=body, headers={"ETag": etag})

    def _strikes(self, rate: float) -> bool:
        return self._random.random() < rate

    async def _publish(self, request: web.Request) -> web.Response:
        wish = await request.json()
        self.publish(wish["feed"], wish["topics"])
        return web.json_response({})

    async def _set_faults(self, request: web.Request) -> web.Response:
        self.faults = Faults(**await request.json())
        return web.json_response({})

    async def _asked(self, request: web.Request) -> web.Response:
        """Wait until every feed of `feeds` was answered `times` times more."""
        feeds, times = request.query["feeds"].split(","), int(request.query["times"])
        wanted = {feed: self.asked[feed] + times for feed in feeds}
        while any(self.asked[feed] < count for feed, count in wanted.items()):
            await self._changed.wait()
        return web.json_response(self.asked)


def town(topic: str) -> str:
    """Return the word that makes an entry one of the topic."""
    number = int(topic.removeprefix("topic-"))
    return f"{chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}ville"


def _feed(entries: Sequence[dict[str, Any]], later: timedelta) -> bytes:
    """Write a JSON Feed, each date moved by the same."""
    items = [
        {
            "id": entry["id"],
            "url": f"https://example.org/{entry['id']}",
            "title": entry["title"],
            "content_html": STORY.format(number=entry["number"] + 10),
            "date_published": (START + timedelta(seconds=entry["number"]) + later).isoformat(),
        }
        for entry in entries
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Chaos", "items": items}
    return json.dumps(feed).encode()


def serve(origin: Path, seed: int, ready: Connection) -> None:
    """Run the publisher until the process is ended; sends its address through `ready`."""

    async def run() -> None:
        publisher = Publisher(origin, seed)
        ready.send(f"http://127.0.0.1:{await publisher.start()}")
        await asyncio.Event().wait()

    asyncio.run(run())
