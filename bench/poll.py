"""How many feeds a second a poll of them all gets through, beside other ways to do it.

    python bench/poll.py [--feeds 1000] [--growth 100,10000] [--rounds 3] [--json PATH]
    python bench/poll.py --only httpx --only alertbot --mode 304 --rounds 9 --growth ""

A server (bench/feed_server.py) has feeds of 20 entries, spread over 250 hosts on loopback, as
feeds are; everyone polls all of them, 20 at a time, in a process of its own: with all feeds
answering 304, with an equal body each, with one new entry each. Before that, each is read once,
which is not counted. They take turns, and a ratio is the median of those of the rounds: how fast a
machine is that others use too may change within minutes.

alertbot polls as the service does: it leases, asks, reads in child processes, understands every new
entry with the topics of config.example.toml and commits each poll to a SQLite file. `reader`
(github.com/lemon24/reader) stores in SQLite too, without looking at the texts. httpx and feedparser
together, and httpx alone, are what one would write in an afternoon: they store nothing. "asking" is
alertbot's feed source alone, to part asking from storing.
"""

import argparse
import asyncio
import http.client
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from feed_server import HOSTS

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 20
MODES = {"304": "all 304", "same": "all unchanged 200", "new": "one new entry each"}
CONTENDERS = ("httpx", "alertbot", "reader", "asking", "httpx+feedparser")
#: (mode, contender it is a ratio to, aim)
AIMS = (("304", "httpx", 0.8), ("same", "reader", 6.0), ("new", "reader", 1.3))

#: polls every feed once and returns how many entries were new
Round = Callable[[], Awaitable[int]]


# --- alertbot


class Clock:
    """Far enough on with each round that every feed is due."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


async def alertbot(urls: Sequence[str], folder: Path) -> Round:
    """Poll as the service does."""
    from alertbot.app.service.edits.snapshot import InForce, take_snapshot
    from alertbot.config import load_config
    from alertbot.feeds.poll import HttpFeeds
    from alertbot.model import Alert, Entry
    from alertbot.scheduler import Poller
    from alertbot.store import open_store

    clock, feeds = Clock(), feeds_of(urls)
    store = await open_store(f"sqlite:///{folder}/bench.db")
    await store.feeds.register_feeds(list(feeds.values()), clock.now())
    in_force = InForce(take_snapshot(load_config(ROOT / "config.example.toml", {})))
    new = 0
    first = True

    def understand(entry: Entry) -> Alert:
        nonlocal new
        new += 1
        # the first round only fills the store: there the texts are left out
        return in_force.understand(replace(entry, content="") if first else entry)

    source = HttpFeeds(allow_private=True, contact=None, clock=clock)
    poller = Poller(source=source, store=store.feeds, understand=understand, clock=clock)

    async def poll_all() -> int:
        nonlocal new, first
        new, polls = 0, set[asyncio.Task[Any]]()
        clock.at += timedelta(days=3)
        while True:
            if len(polls) <= WORKERS // 2:  # a lease for a few at a time, as the ticker does
                free = WORKERS - len(polls)
                due = await store.feeds.claim_feeds(clock.now(), free, timedelta(minutes=2))
                polls |= {
                    asyncio.create_task(poller.poll(feeds[each.feed], each, 0.5)) for each in due
                }
            if not polls:
                break
            done, polls = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
            assert all(poll.result() is not None for poll in done)
        first = False
        return new

    return poll_all


async def asking(urls: Sequence[str], folder: Path) -> Round:
    """Use the feed source alone."""
    from alertbot.feeds.poll import HttpFeeds
    from alertbot.ports import Failed, Fetched, Validators

    source = HttpFeeds(allow_private=True, contact=None, clock=Clock())
    validators: dict[str, Validators] = {}
    seen: set[tuple[str, str]] = set()

    async def poll(feed: Any) -> int:
        result = await source.fetch(feed, validators.get(feed.url, Validators()))
        assert not isinstance(result, Failed), result
        validators[feed.url] = result.validators
        keys = result.entries if isinstance(result, Fetched) else ()
        new = {(feed.url, entry.key) for entry in keys} - seen
        seen.update(new)
        return len(new)

    return concurrent(poll, list(feeds_of(urls).values()))


def feeds_of(urls: Sequence[str]) -> dict[Any, Any]:
    from alertbot.model import Feed, FeedId

    pace = {"interval": timedelta(minutes=5), "min_interval": timedelta(minutes=2)}
    feeds = (Feed(id=FeedId(f"f{n}"), name=f"F{n}", url=url, **pace) for n, url in enumerate(urls))
    return {feed.id: feed for feed in feeds}


# --- the others


async def lemon24_reader(urls: Sequence[str], folder: Path) -> Round:
    """Use reader as its guide says."""
    import reader

    made = reader.make_reader(str(folder / "reader.db"))
    for url in urls:
        made.add_feed(url)

    async def poll_all() -> int:
        new = 0
        for result in made.update_feeds_iter(workers=WORKERS, scheduled=False):
            assert not isinstance(result.value, Exception), result
            new += result.value.new if result.value else 0
        return new

    return poll_all


async def httpx_alone(urls: Sequence[str], folder: Path) -> Round:
    return by_hand(urls, lambda body: 0)


async def httpx_feedparser(urls: Sequence[str], folder: Path) -> Round:
    import io

    import feedparser

    seen: set[str] = set()

    def read(body: bytes) -> int:
        parsed = feedparser.parse(io.BytesIO(body))
        new = {f"{parsed.feed.title} {entry.id}" for entry in parsed.entries} - seen
        seen.update(new)
        return len(new)

    return by_hand(urls, read)


def by_hand(urls: Sequence[str], read: Callable[[bytes], int]) -> Round:
    import httpx

    client = httpx.AsyncClient(timeout=60)
    etags: dict[str, str] = {}

    async def poll(url: str) -> int:
        headers = {"If-None-Match": etags[url]} if url in etags else {}
        response = await client.get(url, headers=headers)
        if response.status_code == 304:
            return 0
        etags[url] = response.headers["ETag"]
        return read(response.content)

    return concurrent(poll, urls)


def concurrent(poll: Callable[[Any], Awaitable[int]], feeds: Sequence[Any]) -> Round:
    async def poll_all() -> int:
        waiting = iter(feeds)

        async def worker() -> int:
            return sum([await poll(feed) for feed in waiting])

        return sum(await asyncio.gather(*(worker() for _ in range(WORKERS))))

    return poll_all


MADE_BY = {
    "alertbot": alertbot,
    "asking": asking,
    "reader": lemon24_reader,
    "httpx+feedparser": httpx_feedparser,
    "httpx": httpx_alone,
}


# --- one contender, in its own process


async def run(contender: str, port: int, feeds: int) -> None:
    """Read every feed once, then poll them all for each mode that comes in; print what it took."""
    urls = [f"http://{HOSTS[n % len(HOSTS)]}:{port}/feed/{n}" for n in range(feeds)]
    with TemporaryDirectory() as folder:
        poll_all = await MADE_BY[contender](urls, Path(folder))
        set_mode(port, "304")
        await poll_all()
        print("ready", flush=True)
        while mode := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await measure(poll_all, port, mode.strip(), feeds)), flush=True)


async def measure(poll_all: Round, port: int, mode: str, feeds: int) -> dict[str, float]:
    set_mode(port, mode)
    wall, cpu = time.perf_counter(), cpu_seconds()
    new = await poll_all()
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    found = {"feeds_per_s": feeds / wall, "cpu_ms": cpu / feeds * 1000, "new": new}
    return found | {"memory_mb": memory_mb()}


def set_mode(port: int, mode: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", f"/mode/{mode}")
    connection.getresponse().read()
    connection.close()


def children(but: Collection[str] = ()) -> list[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [pid for task in tasks for pid in task.read_text().split() if pid not in but]


def cpu_seconds(but: Collection[str] = ()) -> float:
    """Return what this process and its children have used, but for some of them."""
    ticks = 0
    for pid in children(but):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) + ticks / os.sysconf("SC_CLK_TCK")


def memory_mb() -> float:
    """Return the most that this process and its children have had, each at its peak."""
    peaks = 0
    for pid in ["self", *children()]:
        status = Path(f"/proc/{pid}/status").read_text()
        peaks += int(status.partition("VmHWM:")[2].split()[0])
    return peaks / 1024


# --- all of them

#: of each contender and mode, what each round took
Found = dict[str, dict[str, list[dict[str, float]]]]


@contextmanager
def server(command: Sequence[str]) -> Iterator[int]:
    """Run a server that prints its port and serves until its input ends; yield the port."""
    serving = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with serving:
        yield int(serving.stdout.readline())
        serving.stdin.close()


@contextmanager
def started(contender: str, feeds: int) -> Iterator[Callable[[str], dict[str, float]]]:
    """Run a contender in a process of its own, against a server of its own; yield what polls."""
    with server([sys.executable, str(ROOT / "bench/feed_server.py")]) as port:
        command = [sys.executable, __file__, "--run", contender, "--port", str(port)]
        command += ["--feeds", str(feeds)]
        running = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with running:

            def poll(mode: str) -> dict[str, float]:
                running.stdin.write(f"{mode}\n")
                running.stdin.flush()
                return json.loads(running.stdout.readline())

            assert running.stdout.readline() == "ready\n"
            yield poll
            running.stdin.close()


def measured(contenders: Sequence[str], feeds: int, rounds: int, modes: Collection[str]) -> Found:
    """Let the contenders poll in turn."""
    with ExitStack() as opened:
        polls = {each: opened.enter_context(started(each, feeds)) for each in contenders}
        found: Found = {each: {mode: [] for mode in modes} for each in contenders}
        for mode in modes:
            for _ in range(rounds):
                for each, poll in polls.items():
                    found[each][mode].append(poll(mode))
        return found


def middle(rounds: Sequence[dict[str, float]], name: str) -> float:
    return median(each[name] for each in rounds)


def line(name: str, found: dict[str, list[dict[str, float]]]) -> str:
    cells = [
        f"{middle(found[mode], 'feeds_per_s'):7.0f} /s {middle(found[mode], 'cpu_ms'):6.2f} ms"
        for mode in found
    ]
    memory = max(each["memory_mb"] for rounds in found.values() for each in rounds)
    return f"{name:18}" + "".join(f"{cell:>22}" for cell in cells) + f"{memory:8.0f} MB"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--growth", default="100,10000", help="more numbers of feeds, or empty")
    options.add_argument("--rounds", type=int, default=3, help="their median counts")
    options.add_argument("--only", choices=CONTENDERS, action="append")
    options.add_argument("--mode", choices=MODES, action="append", help="of these feeds alone")
    options.add_argument("--json", type=Path)
    options.add_argument("--run", choices=CONTENDERS, help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.run:
        asyncio.run(run(given.run, given.port, given.feeds))
        return 0
    modes = given.mode or tuple(MODES)
    head = "".join(f"{MODES[mode]:>22}" for mode in modes)
    print(f"{given.feeds} feeds of 20 entries, {WORKERS} at a time; feeds per second, CPU per feed")
    print(f"{'':18}{head}{'memory':>11}")
    found = measured(given.only or CONTENDERS, given.feeds, given.rounds, modes)
    for contender, rounds in found.items():
        print(line(contender, rounds))
    failed = verdicts(found)
    grown = {}
    for feeds in map(int, filter(None, given.growth.split(","))):
        grown |= {feeds: measured(["alertbot"], feeds, 1, modes)["alertbot"]}
        print(line(f"alertbot, {feeds}", grown[feeds]), flush=True)
    if given.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        report = {"machine": machine, "feeds": given.feeds, "found": found, "growth": grown}
        given.json.write_text(json.dumps(report, indent=1))
    return failed


def verdicts(found: Found) -> int:
    """Print each aim with what came of it; return 1 if one was missed."""
    missed = 0
    for mode, other, aim in AIMS:
        if mode in found.get("alertbot", {}) and other in found:
            rounds = zip(found["alertbot"][mode], found[other][mode], strict=True)
            ratios = sorted(ours["feeds_per_s"] / theirs["feeds_per_s"] for ours, theirs in rounds)
            ratio = median(ratios)
            missed |= ratio < aim
            verdict = "missed" if ratio < aim else "met"
            spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
            print(f"{MODES[mode]}: {ratio:.2f} of {other} ({spread}), aim {aim:g}: {verdict}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
