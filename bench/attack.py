"""What a hostile server or feed costs, while a hundred other feeds poll on.

    python bench/attack.py [--only NAME] [--json PATH]

One server on 127.0.0.1 has a hundred good feeds, and each attack of the polling research in turn.
The service's feed source asks for the attack and for the hundred at once. Counted are the seconds
until the attack is over, CPU and memory on top of what there was, of the process and its children,
and how long the slowest of the hundred took; "nothing" is the hundred alone.
"""

import argparse
import asyncio
import gzip
import json
import sys
import time
import zlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache, partial
from itertools import repeat
from pathlib import Path

from feed_server import document
from poll import Clock, children, cpu_seconds, server

from alertbot.feeds.poll import HttpFeeds
from alertbot.model import Feed, FeedId
from alertbot.ports import Failed, Validators

GOOD = 100
#: seconds a server has in all, in place of the service's 30, so that slow ones do not take minutes
DEADLINE = 5.0
MEMORY_AIM, CPU_AIM = 60, 5.0
M = 5_200_000
OK = b"HTTP/1.1 200 OK\r\n"
RSS = b'<rss version="2.0"><channel><item><title>x</title>%b</item></channel></rss>'
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "items": [%b]}'

#: the bytes of an answer, piece by piece, with the pause after each in seconds
Pieces = AsyncIterator[bytes]


# --- servers


async def slowly(first: bytes, piece: bytes) -> Pieces:
    yield first
    while True:
        await asyncio.sleep(0.5)
        yield piece


async def on_and_on(first: bytes, piece: bytes, times: int | None = None) -> Pieces:
    yield first
    for each in repeat(piece) if times is None else repeat(piece, times):
        yield each


async def silence() -> Pieces:
    await asyncio.sleep(60)
    yield b""


async def body(content: bytes, encoding: bytes = b"identity") -> Pieces:
    head = b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding, len(content))
    yield OK + head + content


@cache
def bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()


def entities(*declared: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE rss [%b]>' % b"".join(declared)


CHUNK = b"1\r\nx\r\n"
LAUGHS = [b"<!ENTITY e%d '%b'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10)]
SERVERS: dict[str, Callable[[], Pieces]] = {
    "1 GiB in gzip": lambda: body(bomb(), b"gzip"),
    "1 GiB in gzip, gzip": lambda: body(gzip.compress(bomb()), b"gzip, gzip"),
    "brotli": lambda: body(b"\x8b\xff" * 800, b"br"),
    "zstd": lambda: body(b"\x28\xb5\x2f\xfd" * 8000, b"zstd"),
    "6 MB by its length": lambda: on_and_on(OK + b"Content-Length: 6000000\r\n\r\n", b"x"),
    "a body without end": lambda: on_and_on(OK + b"\r\n", b"x" * 65536),
    "chunks of one byte": lambda: on_and_on(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK * 10_000
    ),
    "10,000 header fields": lambda: on_and_on(OK + b"a: b\r\n" * 10_000, b"\r\n", 1),
    "a head without end": lambda: on_and_on(OK, b"Set-Cookie: a=b\r\n" * 1000),
    "100 Continue without end": lambda: on_and_on(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "2 bytes a second": lambda: slowly(OK + b"\r\n", b"x"),
    "a head in drops": lambda: slowly(OK, b"a: b\r\n"),
    "silence": silence,
}


# --- documents


def repeated(item: bytes) -> bytes:
    return item * (M // len(item))


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: (
        entities(b"<!ENTITY e0 'x'>", *LAUGHS) + RSS % b"<description>&e9;</description>"
    ),
    "quadratic entities": lambda: (
        entities(b"<!ENTITY e '%b'>" % (b"x" * 50_000))
        + RSS % (b"<description>%b%b</description>" % (b"y" * 5_000_000, b"&e;" * 9000))
    ),
    "author, 32 KB": lambda: RSS % (b"<author>%b@</author>" % (b"a." * 16_000)),
    "author, 320 KB": lambda: RSS % (b"<author>%b@</author>" % (b"a." * 160_000)),
    "16,000 categories": lambda: RSS % (b"<category>aaaaaaaaaaaa</category>" * 16_000),
    "16,000 attributes": lambda: (
        RSS % (b"<x %b/>" % b" ".join(b"a%d='1'" % n for n in range(16_000)))
    ),
    "16,000 comments": lambda: RSS % (b"<description>%b</description>" % (b"&lt;!--" * 16_000)),
    "100,000 items": lambda: (
        RSS % b"</item>".join(b"<item><title>%d</title>" % n for n in range(100_000))
    ),
    "items without end": lambda: RSS % repeated(b"</item><item><title>a</title>"),
    "nesting of 100,000": lambda: RSS % (b"<a>" * 100_000 + b"</a>" * 100_000),
    "nesting of 740,000": lambda: RSS % (b"<a>" * 740_000 + b"</a>" * 740_000),
    "JSON, empty items": lambda: JSON % (repeated(b"{},") + b"{}"),
    "JSON, titles": lambda: JSON % (repeated(b'{"title":"a","id":1},') + b"{}"),
    "JSON, nesting": lambda: JSON % (b"[" * (M // 2) + b"]" * (M // 2)),
}


ATTACKS = [*SERVERS, *DOCUMENTS]


async def serve() -> None:
    """Serve /good/N and, by its place in `ATTACKS`, /attack/N; print the port."""
    bomb()  # making it takes longer than a feed may take
    attacks = [*SERVERS.values(), *(partial(body, made()) for made in DOCUMENTS.values())]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        _, room, name = path.split("/")
        pieces = attacks[int(name)]() if room == "attack" else body(document(int(name), 0))
        try:
            async for piece in pieces:
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


# --- the service


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an attack cost."""

    outcome: str
    seconds: float
    cpu: float
    service_mb: float
    children_mb: float
    #: how long the slowest of the good feeds took
    slowest: float


async def attacked(port: int, number: int | None) -> Cost:
    """Poll the good feeds, and one attack if any."""
    others = children()  # the server
    feeds = HttpFeeds(allow_private=True, contact=None, clock=Clock(), deadline=DEADLINE)
    good = [feed_at(f"http://127.0.0.1:{port}/good/{n}") for n in range(GOOD)]
    await asyncio.gather(*(asked(feeds, feed) for feed in good[:4]))  # with children started
    forget_peaks()
    before, cpu = peaks(others), cpu_seconds(others)
    path = "good/0" if number is None else f"attack/{number}"
    attack = asyncio.create_task(asked(feeds, feed_at(f"http://127.0.0.1:{port}/{path}")))
    slots = asyncio.Semaphore(8)

    async def in_turn(feed: Feed) -> float:
        async with slots:
            outcome, seconds = await asked(feeds, feed)
            assert outcome == "20 entries", outcome
            return seconds

    watch = asyncio.create_task(watched(others))
    slowest = max(await asyncio.gather(*map(in_turn, good)))
    outcome, seconds = await attack
    watch.cancel()
    after, cpu = peaks(others), cpu_seconds(others) - cpu
    grown = max([after[1], *PEAKS]) - before[1]
    await feeds.aclose()
    return Cost(
        outcome=outcome,
        seconds=seconds,
        cpu=cpu,
        service_mb=after[0] - before[0],
        children_mb=grown,
        slowest=slowest,
    )


PEAKS: list[float] = []


async def watched(others: Collection[str]) -> None:
    """Note the children's peaks now and then, since some do not see the end."""
    PEAKS.clear()
    while True:
        PEAKS.append(peaks(others)[1])
        await asyncio.sleep(0.02)


def feed_at(url: str) -> Feed:
    pace = timedelta(minutes=5)
    return Feed(id=FeedId(url), name="x", url=url, interval=pace, min_interval=pace)


async def asked(feeds: HttpFeeds, feed: Feed) -> tuple[str, float]:
    begun = time.perf_counter()
    result = await feeds.fetch(feed, Validators())
    outcome = result.reason if isinstance(result, Failed) else f"{len(result.entries)} entries"
    return outcome, time.perf_counter() - begun


def forget_peaks() -> None:
    for pid in ["self", *children()]:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peaks(others: Collection[str]) -> tuple[float, float]:
    """Return the most memory this process has had, and the largest child, in MB."""
    return peak("self"), max(map(peak, children(others)), default=0.0)


def peak(pid: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = status.partition("VmHWM:")[2].split()
    return int(found[0]) / 1024 if found else 0.0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--only", choices=ATTACKS, action="append")
    options.add_argument("--json", type=Path)
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        asyncio.run(serve())
        return 0
    print(f"{'':26}{'seconds':>8}{'CPU':>6}{'service':>10}{'a child':>10}{'others':>8}")
    found: dict[str, Cost] = {}
    with server([sys.executable, __file__, "--serve"]) as port:
        for name in ["nothing", *(given.only or ATTACKS)]:
            number = None if name == "nothing" else ATTACKS.index(name)
            cost = found[name] = asyncio.run(attacked(port, number))
            print(
                f"{name:26}{cost.seconds:8.1f}{cost.cpu - found['nothing'].cpu:6.1f}"
                f"{cost.service_mb:+7.0f} MB{cost.children_mb:+7.0f} MB{cost.slowest:8.1f}"
                f"  {cost.outcome}",
                flush=True,
            )
    if given.json:
        given.json.write_text(json.dumps({name: asdict(cost) for name, cost in found.items()}))
    return int(any(over(cost, found["nothing"]) for cost in found.values()))


def over(cost: Cost, nothing: Cost) -> bool:
    memory = max(cost.service_mb, cost.children_mb)
    return memory > MEMORY_AIM or cost.cpu - nothing.cpu > CPU_AIM


if __name__ == "__main__":
    sys.exit(main())
