"""Seven days in the life of a poller, as a publisher's log shows them; the time is the test's."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from logging_publisher import DAY, HOUR, SHOWN, Publisher, Shelf, retry_after
from sqlalchemy import func, select

from alertbot.feeds.poll import HttpFeeds
from alertbot.model import Alert, Block, Brief, Entry, Feed, FeedId, Summary, Zone
from alertbot.ports import PollResult, Validators
from alertbot.scheduler import Poller, Scheduler
from alertbot.store import Store, open_store
from alertbot.store.tables import feeds
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

#: a Monday
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = START + 7 * DAY
#: a process ends well now and then, and is killed in a poll now and then
RESTARTS = {START + number * 31 * HOUR for number in range(1, 6)}
KILLS = {START + number * 23 * HOUR for number in range(1, 8)}


#: `alertbot status` knows it too, with much else
NEXT = select(func.min(feeds.c.next_poll_at)).where(feeds.c.stopped.is_(None))


class Killed(Exception):
    """The process died with the answer in its hands."""


def now_and_then(now: datetime) -> web.Response | None:
    """Be overloaded on Tuesday, out of order on Wednesday, and fine on other days."""
    if now.weekday() == 1:
        return retry_after(now, 429 if now.hour % 2 else 503, 2 * HOUR, date=now.hour % 3 == 0)
    return web.Response(status=500) if now.weekday() == 2 else None


def from_thursday(now: datetime) -> web.Response | None:
    return web.Response(status=410) if now.weekday() >= 3 else None


SHELVES = {
    "plain": Shelf(min_interval=4 * HOUR),
    "dated": Shelf(min_interval=6 * HOUR, etags=False, dates=True),
    "both": Shelf(min_interval=4 * HOUR, dates=True),
    "habits": Shelf(min_interval=HOUR, hours=frozenset({13, 14, 15})),
    "fresh": Shelf(
        min_interval=2 * MINUTE,
        headers={"Cache-Control": "public, max-age=43200"},
        fresh_for=12 * HOUR,
    ),
    "ttl": Shelf(min_interval=2 * MINUTE, wishes="<ttl>180</ttl>", ttl=3 * HOUR),
    "nightly": Shelf(
        min_interval=2 * HOUR,
        wishes="<skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>23</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>",
        skip_hours=frozenset({0, 1, 2, 23}),
        skip_days=frozenset({5, 6}),
    ),
    "periodic": Shelf(
        min_interval=2 * MINUTE,
        wishes="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>",
        ttl=4 * HOUR,
    ),
    "moody": Shelf(min_interval=2 * HOUR, instead=now_and_then),
    "ending": Shelf(min_interval=4 * HOUR, instead=from_thursday),
    "moving": Shelf(min_interval=6 * HOUR),
}


def understood(entry: Entry) -> Alert:
    brief = Brief(
        feed=entry.feed,
        key=entry.key,
        title=entry.title,
        link=None,
        published=entry.published,
        authors=(),
        tags=(),
        text=entry.title,
        blocks=(Block(zone=Zone.TITLE, start=0, end=len(entry.title)),),
        quotes=(),
        truncated=False,
    )
    return Alert(
        brief=brief,
        summary=Summary(sentences=(), figures=(), key_figures=()),
        matches=(),
    )


class Source:
    """The real source of feeds, which can die with its process."""

    def __init__(self, feeds: HttpFeeds) -> None:
        self._feeds = feeds
        self.dying = False
        self.died_with: str | None = None

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        result = await self._feeds.fetch(feed, validators)
        if self.dying:
            self.dying, self.died_with = False, feed.id
            raise Killed
        return result


class Life:
    """Processes, one after the other, on one database."""

    def __init__(self, folder: Path, publisher: Publisher, clock: HeldClock) -> None:
        self._url = fresh_file(folder / "week.db")
        self._publisher = publisher
        self._clock = clock
        self._feeds = [self._feed(name, shelf) for name, shelf in publisher.shelves.items()]
        http = HttpFeeds(allow_private=True, contact=None, clock=clock)
        self.http, self.source = http, Source(http)

    def _feed(self, name: str, shelf: Shelf) -> Feed:
        path = f"/moved/{name}" if name == "moving" else f"/{name}"
        return Feed(
            id=FeedId(name),
            name=name,
            url=self._publisher.origin + path,
            interval=max(5 * MINUTE, 1.5 * shelf.min_interval),
            min_interval=shelf.min_interval,
        )

    @asynccontextmanager
    async def process(self) -> AsyncIterator[tuple[Store, Scheduler]]:
        store = await open_store(self._url)
        await store.feeds.register_feeds(self._feeds, self._clock.now())
        await store.feeds.recover(self._clock.now(), everything=True)
        poller = Poller(
            source=self.source, store=store.feeds, understand=understood, clock=self._clock
        )
        yield (
            store,
            Scheduler(
                self._feeds,
                poller,
                on_deliveries=lambda: None,
                random=Random(self._clock.now().day),
            ),
        )
        await store.close()

    async def run(self) -> None:
        """Live until the end of the week, ended and begun anew where that is due."""
        ends = sorted(RESTARTS | KILLS | {END})
        for end in ends:
            async with self.process() as (store, scheduler):
                await self._until(end, store, scheduler)
                if end in KILLS:
                    self.source.dying = True
                    while self.source.dying:
                        await self._step(store, scheduler)
                    self._publisher.lost(self.source.died_with or "")

    async def _until(self, end: datetime, store: Store, scheduler: Scheduler) -> None:
        while self._clock.now() < end:
            await self._step(store, scheduler)

    async def _step(self, store: Store, scheduler: Scheduler) -> None:
        """Go to the next poll that is due, or a second on where the host must not be crowded."""
        async with store.database.reading() as connection:
            due = await connection.scalar(NEXT)
        self._clock.time = max(due, self._clock.now() + timedelta(seconds=1))
        self._publisher.publish()
        await scheduler.tick()
        await scheduler.settle()


async def test_case_24_in_seven_days_a_publisher_finds_nothing_to_complain_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = HeldClock(START)
    async with Publisher(clock.now, SHELVES) as publisher:
        publisher.publish()
        life = Life(tmp_path, publisher, clock)
        try:
            await life.run()
        finally:
            await life.http.aclose()
        async with life.process() as (store, _):
            briefs = {feed.feed: feed.briefs for feed in (await store.status.status()).feeds}

    with capsys.disabled():
        sys.stdout.write(f"\nseven days: {publisher.report()}\n")
    assert publisher.faults == {}
    assert briefs | {"ending": 0} == {
        name: SHOWN + sum(hour > START for hour in shelf.published)
        for name, shelf in SHELVES.items()
    } | {"ending": 0}
