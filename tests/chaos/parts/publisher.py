"""Feeds in a process of its own: publishes on command, and writes down what it published.

    POST /publish {"feed": "feed-0", "topics": ["topic-0"]}
    POST /faults  the fields of `Faults`
    GET  /asked   how often each feed was asked, once a request was answered `times` times more
    GET  /read    how many entries were in an answer

The origin log is written before an entry can be read, so that nothing arrives that it lacks. The
feeds are on as many hosts as wished, each an address of this machine, all with the same port.
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
#: days by which all dates are moved, back and forth
MOVED = (-9, -8, -2, -1, 1, 2, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How feeds go wrong; rates are shares of the requests, `new_id` of the entries published."""

    server_error: float = 0.0
    slow: float = 0.0
    #: the body ends in the middle
    cut_off: float = 0.0
    #: only the newer half of the entries is there, with the dates they had: of nothing but unknown
    #: entries, all a week older than what was there before, nobody could tell that they are new
    shortened: float = 0.0
    shuffled: float = 0.0
    #: all dates are moved
    redated: float = 0.0
    #: an entry that was there comes anew under another id
    new_id: float = 0.0


@dataclass(slots=True, eq=False)
class Publisher:
    """All feeds; each begins with one entry that is no news."""

    origin: Path
    seed: int
    hosts: int = 1
    faults: Faults = field(default_factory=Faults)
    asked: Counter[str] = field(default_factory=Counter)
    read: set[str] = field(default_factory=set)
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
        entry["date"] = datetime.now(UTC)
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
        """Listen on each host; return the port."""
        app = web.Application()
        app.router.add_get("/feeds/{feed}", self._serve)
        app.router.add_post("/publish", self._publish)
        app.router.add_post("/faults", self._set_faults)
        app.router.add_get("/asked", self._asked)
        app.router.add_get("/read", self._read)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, host(0), 0).start()
        port = int(runner.addresses[0][1])
        for number in range(1, self.hosts):
            await web.TCPSite(runner, host(number), port).start()
        return port

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
        redated = self._strikes(self.faults.redated)
        if self._strikes(self.faults.shortened) and not redated:
            entries = entries[: (len(entries) + 1) // 2]
        if self._strikes(self.faults.shuffled):
            entries = self._random.sample(entries, len(entries))
        later = timedelta(days=self._random.choice(MOVED) if redated else 0)
        body = _feed(entries, later)
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        if self._strikes(self.faults.cut_off):
            return web.Response(body=body[: len(body) // 2])
        self.read.update(entry["id"] for entry in entries)
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

    async def _read(self, request: web.Request) -> web.Response:
        return web.json_response(len(self.read))


def host(number: int) -> str:
    """Return a host that is this machine; but for the first, Linux alone has them."""
    return f"127.0.0.{1 + number}"


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
            "date_published": (entry["date"] + later).isoformat(),
        }
        for entry in entries
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Chaos", "items": items}
    return json.dumps(feed).encode()


def serve(origin: Path, seed: int, ready: Connection, *, hosts: int = 1) -> None:
    """Run the publisher until the process is ended; sends its address through `ready`."""

    async def run() -> None:
        publisher = Publisher(origin, seed, hosts)
        ready.send(f"http://{host(0)}:{await publisher.start()}")
        await asyncio.Event().wait()

    asyncio.run(run())
