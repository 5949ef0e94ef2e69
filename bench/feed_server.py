"""A publisher of thousands of feeds on loopback, for the benchmarks: little work for each answer.

    python bench/feed_server.py     prints its port, and serves until its input ends

It has `HOSTS` addresses, as feeds have different hosts. /feed/N is a feed of 20 entries. POST
/mode/304 makes it know If-None-Match, /mode/same makes it send an equal body each time, /mode/new
puts one entry on top of every feed.
"""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 20
HOSTS = [f"127.0.0.{number}" for number in range(1, 251)]
#: characters of an entry, as of a short brief
LENGTH = 600
#: stands for a feed's number
FEED = "<N>"
TAG = re.compile(r"<[^>]*>")
FIRST = datetime(2026, 11, 8, tzinfo=UTC)


@lru_cache(1)
def texts() -> tuple[str, ...]:
    """Return the paragraphs that entries are made of: the beginnings of real-looking briefs."""
    samples = json.loads((ROOT / "tests/data/dev.json").read_text(encoding="utf-8"))["items"]
    return tuple(TAG.sub(" ", sample["content_html"])[:LENGTH] for sample in samples)


def entry(number: int) -> str:
    """Return an entry of the feed N; the higher the number, the newer."""
    written = texts()[number % len(texts())]
    when = format_datetime(FIRST + timedelta(days=number), usegmt=True)
    return (
        f"<item><title>Brief {number} of the day</title><guid isPermaLink='false'>b-{number}</guid>"
        f"<link>https://example.org/{FEED}/b-{number}</link><pubDate>{when}</pubDate>"
        f"<category>Security</category><description><![CDATA[<p>{written}</p>]]></description></item>"
    )


@lru_cache(8)
def template(version: int) -> str:
    """Return the feed N as RSS; each version has one entry more on top, and one less below."""
    items = "".join(entry(version + place) for place in reversed(range(ENTRIES)))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{FEED}</title>'
        f"<link>https://example.org/</link><description>Feed {FEED}</description>"
        f"{items}</channel></rss>"
    )


def document(feed: int, version: int) -> bytes:
    """Return a feed as RSS; no two feeds have an entry in common."""
    return template(version).replace(FEED, str(feed)).encode()


class Publisher:
    """What all feeds are like at present."""

    def __init__(self) -> None:
        self.conditional = False
        self.version = 0

    def answer(self, head: bytes) -> bytes:
        """Return the answer to a request."""
        method, path, _ = head.split(b" ", 2)
        name = path.decode().rpartition("/")[2]
        if method == b"POST":
            self.conditional = name == "304"
            self.version += name == "new"
            return _response(b"204 No Content", b"", b"")
        etag = b'ETag: "%d"\r\n' % self.version
        if self.conditional and etag[6:-2] in head:
            return _response(b"304 Not Modified", etag, b"")
        return _response(b"200 OK", etag, document(int(name), self.version))


def _response(status: bytes, headers: bytes, body: bytes) -> bytes:
    length = b"" if status.startswith((b"204", b"304")) else b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 " + status + b"\r\n" + headers + length + b"\r\n" + body


class Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            self._transport.write(self._publisher.answer(head))  # type: ignore[attr-defined]
            if b"onnection: close" in head:
                self._transport.close()


async def serve() -> None:
    """Serve on a port that is free at the first host, and print it."""
    publisher = Publisher()
    loop = asyncio.get_running_loop()
    port = 0
    for host in HOSTS:
        server = await loop.create_server(lambda: Connection(publisher), host, port, backlog=1024)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
