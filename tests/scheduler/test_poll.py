"""One poll, from request to commit, on a real SQLite file."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from alertbot.model import (
    Alert,
    Block,
    Brief,
    ChatId,
    Entry,
    Evidence,
    Feed,
    FeedId,
    Match,
    Shortened,
    Summary,
    TopicId,
    Via,
    Zone,
)
from alertbot.ports import (
    DueFeed,
    Event,
    Failed,
    Fetched,
    Hints,
    Notice,
    NotModified,
    PollResult,
    Validators,
    Verdict,
    Why,
)
from alertbot.scheduler import Poller, Scheduler
from alertbot.scheduler.ticker import SLOTS
from alertbot.store import Store, open_store
from fakes.sqlite import fresh_file

FEED = Feed(
    id=FeedId("fdd"),
    name="FDD",
    url="https://example.org/feed",
    interval=timedelta(minutes=5),
    min_interval=timedelta(minutes=2),
)
IRAN = TopicId("iran")
READER = ChatId(7)
FIRST = Validators(etag='"1"')


class DrivenClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def pass_(self, length: timedelta) -> None:
        self._now += length


class ScriptedFeeds:
    """Answers polls with what the test put there, and remembers what it was sent."""

    def __init__(self) -> None:
        self.answer: PollResult = Fetched(entries=(), validators=FIRST)
        self.sent: list[Validators] = []
        self.addresses: list[str] = []

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        self.sent.append(validators)
        self.addresses.append(feed.url)
        return self.answer

    def publish(
        self,
        *titles: str,
        etag: str = '"1"',
        dates: Mapping[str, datetime] | None = None,
        link: str | None = None,
    ) -> None:
        """Show these entries, the newest first; without a date or link unless one is given."""
        entries = tuple(
            Entry(
                feed=FEED.id,
                key=title,
                title=title,
                link=link,
                published=(dates or {}).get(title),
                content="",
                is_html=False,
            )
            for title in titles
        )
        self.answer = Fetched(entries=entries, validators=Validators(etag=etag))


def read(entry: Entry) -> Alert:
    """Understand an entry: all about Iran unless it is about weather; garbage defeats us."""
    if "garbage" in entry.title:
        raise RuntimeError("beyond us")
    brief = Brief(
        feed=entry.feed,
        key=entry.key,
        title=entry.title,
        link=entry.link,
        published=entry.published,
        authors=(),
        tags=(),
        text=entry.title,
        blocks=(Block(zone=Zone.TITLE, start=0, end=len(entry.title)),),
        quotes=(),
        truncated=False,
    )
    evidence = Evidence(zone="title", text="Iran")
    match = Match(topic=IRAN, via=Via.RULE, evidence=(evidence,))
    matches = () if "weather" in entry.title else (match,)
    summary = Summary(sentences=(), figures=(), key_figures=())
    return Alert(brief=brief, summary=summary, matches=matches)


class Shortener:
    """Shortens every title to its first letter, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    async def shorten(self, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        self.given.append([alert.brief.title for alert in alerts])
        return tuple(map(self._shortened, alerts))

    def _shortened(self, alert: Alert) -> Alert:
        short = Shortened(sentence=0, text=alert.brief.title[0], figures=())
        return replace(alert, summary=replace(alert.summary, shortened=(short,)))


class Pages:
    """Marks every entry as whole, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        self.given += [entry.title for entry in entries]
        return tuple(replace(entry, title=f"{entry.title}, whole") for entry in entries)


class House:
    """A scheduler on a real store, polled by hand."""

    def __init__(self, store: Store, feeds: ScriptedFeeds | None = None) -> None:
        self.store = store
        self.clock = DrivenClock()
        self.feeds = feeds or ScriptedFeeds()
        self.woken = 0
        self.prepared = 0
        self.shortener = Shortener()
        self.pages = Pages()
        poller = Poller(
            source=self.feeds,
            store=store.feeds,
            understand=read,
            clock=self.clock,
            pages=self.pages,
            shortener=self.shortener,
            prepare=self._prepare,
        )
        self.scheduler = Scheduler([FEED], poller, on_deliveries=self._wake, random=Random(1))

    def _wake(self) -> None:
        self.woken += 1

    async def _prepare(self) -> None:
        self.prepared += 1

    async def poll(self) -> None:
        """Let the feed be due, and poll it."""
        self.clock.pass_(timedelta(days=2))
        await self.scheduler.tick()
        await self.scheduler.settle()

    async def delivered(self) -> list[str]:
        """Return the titles that now wait to be sent to the reader, by claiming them."""
        titles = []
        for _ in range(20):
            self.clock.pass_(timedelta(seconds=5))
            claim = await self.store.outbox.claim(self.clock.now(), 1, timedelta(days=9))
            claimed = claim.deliveries
            for delivery in claimed:
                titles.append(delivery.content.brief.title)
                await self.store.outbox.finish(delivery, Verdict(message_id=1), self.clock.now())
        return titles


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await open_store(fresh_file(tmp_path / "test.db"))
    house = House(store)
    await store.feeds.register_feeds([FEED], house.clock.now())
    await store.chats.subscribe(READER, IRAN, house.clock.now())
    yield house
    await store.close()


async def test_what_is_there_at_the_first_poll_is_kept_but_not_alerted(house: House) -> None:
    house.feeds.publish("b", "a")

    await house.poll()

    assert set(await house.store.feeds.known(FEED.id, ["a", "b"])) == {"a", "b"}
    assert await house.delivered() == []
    assert house.woken == 0


async def test_what_comes_later_is_alerted_once_oldest_first(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.publish("c", "b", "a")

    await house.poll()
    await house.poll()

    assert await house.delivered() == ["b", "c"]
    assert house.woken == 1


async def test_pages_are_asked_for_what_is_new_and_not_at_the_first_poll(house: House) -> None:
    house.feeds.publish("a", link="https://example.org/")
    await house.poll()
    assert house.pages.given == []
    house.feeds.publish("b", "a", link="https://example.org/")

    await house.poll()
    await house.poll()

    assert house.pages.given == ["b"]
    assert await house.delivered() == ["b, whole"]


async def test_what_is_watched_is_looked_up_before_anything_is_understood_and_not_for_nothing(
    house: House,
) -> None:
    house.feeds.publish("old")
    await house.poll()
    await house.poll()
    assert house.prepared == 1

    house.feeds.publish("new", "old")
    await house.poll()
    assert house.prepared == 2


async def test_the_first_entry_of_a_feed_that_was_empty_is_news(house: House) -> None:
    house.feeds.publish()
    await house.poll()
    house.feeds.publish("a")

    await house.poll()

    assert await house.delivered() == ["a"]


async def test_a_first_poll_that_failed_is_not_the_first_poll(house: House) -> None:
    house.feeds.answer = Failed(reason="HTTP 500")
    await house.poll()
    house.feeds.publish("a")

    await house.poll()

    assert await house.delivered() == []


async def test_a_brief_that_matches_nothing_is_kept_and_sent_to_nobody(house: House) -> None:
    await house.poll()
    house.feeds.publish("weather")

    await house.poll()

    assert set(await house.store.feeds.known(FEED.id, ["weather"])) == {"weather"}
    assert await house.delivered() == []


async def test_validators_are_sent_back_as_they_came(house: House) -> None:
    house.feeds.publish("a", etag='W/"odd"')

    await house.poll()
    await house.poll()

    assert house.feeds.sent == [Validators(), Validators(etag='W/"odd"')]


async def test_a_failed_poll_keeps_the_validators(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.answer = Failed(reason="HTTP 503")
    await house.poll()

    await house.poll()

    assert house.feeds.sent[-1] == Validators(etag='"1"')


async def test_an_entry_that_defeats_us_holds_up_nothing_and_is_tried_again(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.publish("c", "garbage", "a", etag='"2"')

    await house.poll()

    assert await house.delivered() == ["c"]
    (feed,) = (await house.store.status.status()).feeds
    assert feed.error == "could not understand entry 'garbage'"
    await house.poll()
    assert house.feeds.sent[-1] == Validators(etag='"1"')


async def test_an_entry_that_defeats_us_at_the_first_poll_silences_nothing(house: House) -> None:
    house.feeds.publish("garbage")
    await house.poll()
    house.feeds.publish("a", "garbage")

    await house.poll()

    assert await house.delivered() == ["a"]


async def test_a_crash_during_a_poll_does_not_hold_up_the_next_start(house: House) -> None:
    house.clock.pass_(timedelta(days=2))
    await house.store.feeds.claim_feeds(house.clock.now(), 1, timedelta(hours=1))

    await house.store.feeds.recover(house.clock.now(), everything=True)
    house.clock.pass_(FEED.min_interval)
    await house.scheduler.tick()
    await house.scheduler.settle()

    assert len(house.feeds.sent) == 1


async def test_a_feed_that_shows_the_oldest_first_is_told_in_order(house: House) -> None:
    await house.poll()
    now = house.clock.now()
    dates = {name: now + timedelta(hours=hour) for hour, name in enumerate("abc")}
    house.feeds.publish("a", "b", "c", dates=dates)

    await house.poll()

    assert await house.delivered() == ["a", "b", "c"]


async def test_a_feed_that_is_not_due_is_left_alone(house: House) -> None:
    await house.poll()

    house.clock.pass_(timedelta(minutes=4))
    await house.scheduler.tick()
    await house.scheduler.settle()

    assert len(house.feeds.sent) == 1


async def test_an_unchanged_feed_stays_as_it_is(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.answer = NotModified(validators=Validators(etag='"1"'))

    await house.poll()

    (feed,) = (await house.store.status.status()).feeds
    assert (feed.errors_in_row, feed.briefs) == (0, 1)


async def test_two_ticks_at_once_poll_a_feed_once(house: House) -> None:
    house.clock.pass_(timedelta(days=2))

    await asyncio.gather(house.scheduler.tick(), house.scheduler.tick())
    await house.scheduler.settle()

    assert len(house.feeds.sent) == 1


async def test_a_restart_does_not_poll_early(house: House) -> None:
    await house.poll()
    await house.store.feeds.register_feeds([FEED], house.clock.now())

    await house.scheduler.tick()
    await house.scheduler.settle()

    assert len(house.feeds.sent) == 1


async def test_a_new_url_starts_afresh_without_a_second_alert(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    moved = replace(FEED, url="https://example.org/new-feed")
    await house.store.feeds.register_feeds([moved], house.clock.now())

    await house.poll()

    assert house.feeds.sent[-1] == Validators()
    assert await house.delivered() == []


async def test_what_appears_while_a_feed_moves_is_news(house: House) -> None:
    house.feeds.publish("a")
    await house.poll()
    moved = replace(FEED, url="https://example.org/new-feed")
    await house.store.feeds.register_feeds([moved], house.clock.now())
    house.feeds.publish("b", "a")

    await house.poll()

    assert await house.delivered() == ["b"]


async def test_what_is_told_is_shortened_before_it_is_saved_and_nothing_else(
    house: House,
) -> None:
    house.feeds.publish("old")
    await house.poll()
    house.feeds.publish("second", "weather", "first", "old")

    await house.poll()
    await house.poll()

    assert house.shortener.given == [["first", "second"]]
    house.clock.pass_(timedelta(seconds=5))
    claim = await house.store.outbox.claim(house.clock.now(), 1, timedelta(days=9))
    [delivery] = claim.deliveries
    assert [each.text for each in delivery.content.summary.shortened] == ["f"]


async def test_the_clock_starts_polling_and_stops_when_told(house: House) -> None:
    stop = asyncio.Event()
    polled = asyncio.Event()
    fetch = house.feeds.fetch

    async def fetch_and_tell(feed: Feed, validators: Validators) -> PollResult:
        polled.set()
        return await fetch(feed, validators)

    house.feeds.fetch = fetch_and_tell  # type: ignore[method-assign]
    running = asyncio.create_task(house.scheduler.run(stop))

    await asyncio.wait_for(polled.wait(), 10)
    stop.set()
    await asyncio.wait_for(running, 10)

    assert len(house.feeds.sent) == 1


async def test_a_stop_at_the_very_moment_of_a_tick_leases_nothing_it_does_not_poll(
    house: House,
) -> None:
    begun: list[str] = []
    ended: list[str] = []
    claim = house.store.feeds.claim_feeds

    async def noted(*arguments: Any) -> tuple[DueFeed, ...]:
        begun.append("claim")
        due = await claim(*arguments)
        ended.append("claim")
        return due

    house.store.feeds.claim_feeds = noted  # type: ignore[method-assign]
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)
    await house.scheduler.run(stop)
    await asyncio.sleep(0)

    assert begun == ended


# --- moves and ends

NEW_URL = "https://example.net/feed"


async def told(house: House) -> list[Notice]:
    due = await house.store.notices.claim_notices(house.clock.now(), timedelta(days=99))
    return [one.notice for one in due]


async def test_case_37_a_lasting_redirect_is_remembered_and_entries_keep_their_identity(
    house: House,
) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.answer = replace(house.feeds.answer, moved_to=NEW_URL)
    for _ in range(10):
        await house.poll()
    house.feeds.publish("b", "a")

    await house.poll()

    assert house.feeds.addresses == [FEED.url] * 11 + [NEW_URL]
    assert await house.delivered() == ["b"]
    assert await told(house) == [Notice(event=Event.MOVED, feed=FEED.id, detail=NEW_URL)]


async def test_case_42_what_a_feed_that_leads_to_another_brings_is_told_by_the_other(
    house: House,
) -> None:
    other = replace(FEED, id=FeedId("other"), url=NEW_URL)
    await house.poll()
    await house.scheduler.use([FEED, other])
    house.clock.pass_(timedelta(seconds=1))
    await house.poll()
    house.feeds.publish("a")
    house.feeds.answer = replace(house.feeds.answer, moved_to=NEW_URL)
    await house.poll()
    house.feeds.answer = replace(house.feeds.answer, moved_to=None)
    house.clock.pass_(timedelta(seconds=1))
    await house.scheduler.tick()
    await house.scheduler.settle()

    assert house.feeds.addresses[-2:] == [FEED.url, NEW_URL]
    assert await house.delivered() == ["a"]
    assert await told(house) == [Notice(event=Event.TWIN, feed=FEED.id, detail="other")]


async def test_case_31_a_410_is_told_once_and_never_asked_again(house: House) -> None:
    house.feeds.answer = Failed(reason="HTTP 410", status=410, gone=True)
    for _ in range(5):
        await house.poll()

    assert len(house.feeds.sent) == 1
    assert await told(house) == [Notice(event=Event.GONE, feed=FEED.id)]


async def test_case_53_a_feed_that_skips_everything_is_warned_of_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    never = Hints(skip_hours=frozenset(range(24)))
    house.feeds.answer = replace(house.feeds.answer, hints=never)

    await house.poll()
    await house.poll()

    assert len(house.feeds.sent) == 2
    assert caplog.text.count("asks to skip every hour there is, which is not obeyed") == 1


async def test_case_12_a_crash_before_a_poll_is_saved_loses_nothing_and_tells_nothing_twice(
    house: House,
) -> None:
    house.feeds.publish("a")
    await house.poll()
    house.feeds.publish("b", "a", etag='"2"')
    house.clock.pass_(timedelta(days=2))
    due = await house.store.feeds.claim_feeds(house.clock.now(), 1, timedelta(minutes=2))
    await house.feeds.fetch(FEED, due[0].validators)

    await house.store.feeds.recover(house.clock.now(), everything=True)
    await house.poll()
    await house.poll()

    assert [sent.etag for sent in house.feeds.sent] == [None, '"1"', '"1"', '"2"']
    assert await house.delivered() == ["b"]


async def test_case_51_a_feed_that_is_due_late_is_left_until_its_skipped_hours_are_over(
    house: House,
) -> None:
    lunch = Hints(skip_hours=frozenset({12, 13}))
    house.feeds.answer = replace(house.feeds.answer, hints=lunch)
    await house.poll()
    assert house.clock.now().hour == 12

    await house.poll()
    (feed,) = (await house.store.status.status()).feeds
    house.clock.pass_(timedelta(hours=2, minutes=5))
    await house.scheduler.tick()
    await house.scheduler.settle()

    two_oclock = house.clock.now().replace(minute=0)
    assert two_oclock <= feed.next_poll_at < two_oclock + timedelta(minutes=5)
    assert (feed.why, feed.errors_in_row) == (Why.SKIPPED, 0)
    assert len(house.feeds.sent) == 2


# --- hosts


async def test_case_34_35_feeds_due_at_a_start_are_begun_a_second_apart_on_each_host(
    tmp_path: Path,
) -> None:
    store = await open_store(fresh_file(tmp_path / "many.db"))
    house = House(store)
    feeds = [
        replace(FEED, id=FeedId(f"f{n}"), url=f"https://h{n % 20}.example/{n}") for n in range(200)
    ]
    begun: dict[str, list[datetime]] = defaultdict(list)
    fetch = house.feeds.fetch

    async def noted(feed: Feed, validators: Validators) -> PollResult:
        begun[urlsplit(feed.url).netloc].append(house.clock.now())
        return await fetch(feed, validators)

    house.feeds.fetch = noted  # type: ignore[method-assign]
    await house.scheduler.use(feeds)
    seconds = 0
    while len(house.feeds.sent) < len(feeds):
        await house.scheduler.tick()
        await house.scheduler.settle()
        house.clock.pass_(timedelta(seconds=1))
        seconds += 1
    await store.close()

    gaps = [b - a for times in begun.values() for a, b in pairwise(times)]
    assert min(gaps) >= timedelta(seconds=1)
    assert max(map(len, begun.values())) <= seconds
    assert len(feeds) / SLOTS <= seconds <= len(feeds) / SLOTS + 3


async def test_a_host_that_was_asked_by_a_late_tick_is_asked_by_the_next(house: House) -> None:
    feeds = [replace(FEED, id=FeedId(f"f{n}"), url=f"{FEED.url}/{n}") for n in range(6)]
    await house.scheduler.use(feeds)
    begin = house.clock.now()

    for second, late_ms in enumerate((9, 2, 200, 1, 30, 3)):
        due = begin + timedelta(seconds=second, milliseconds=late_ms)
        house.clock.pass_(due - house.clock.now())
        await house.scheduler.tick()
        await house.scheduler.settle()

    assert len(house.feeds.sent) == 6


async def test_case_34_a_slow_host_has_two_requests_at_most(
    slow: tuple[House, "SlowFeeds"],
) -> None:
    house, feeds = slow
    same_host = [replace(FEED, id=FeedId(f"f{n}"), url=f"{FEED.url}/{n}") for n in range(5)]
    elsewhere = replace(FEED, id=FeedId("else"), url="https://else.example/")
    await house.scheduler.use([*same_host, elsewhere])
    before = len(feeds.urls)

    for _ in range(6):
        house.clock.pass_(timedelta(seconds=1))
        await house.scheduler.tick()
        await asyncio.sleep(0)
    under_way = feeds.urls[before:]
    feeds.may_answer.set()
    await house.scheduler.settle()

    assert sorted(urlsplit(url).netloc for url in under_way) == [
        "else.example",
        "example.org",
        "example.org",
    ]


class SlowFeeds(ScriptedFeeds):
    """Answers only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.urls: list[str] = []

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        self.urls.append(feed.url)
        self.asked.set()
        await self.may_answer.wait()
        return await super().fetch(feed, validators)


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[tuple[House, SlowFeeds]]:
    """A house whose feed has answered once, and then takes its time."""
    store = await open_store(fresh_file(tmp_path / "slow.db"))
    feeds = SlowFeeds()
    house = House(store, feeds)
    await store.feeds.register_feeds([FEED], house.clock.now())
    await store.chats.subscribe(READER, IRAN, house.clock.now())
    feeds.may_answer.set()
    feeds.publish("old")
    await house.poll()
    feeds.may_answer.clear()
    feeds.asked.clear()
    yield house, feeds
    await store.close()


async def test_a_feed_that_goes_while_it_is_polled_saves_nothing_and_hurts_nobody(
    slow: tuple[House, SlowFeeds],
) -> None:
    house, feeds = slow
    house.clock.pass_(timedelta(days=2))
    await house.scheduler.tick()
    await feeds.asked.wait()

    await house.scheduler.use([])
    feeds.publish("new", "old")
    feeds.may_answer.set()
    await house.scheduler.settle()
    await house.poll()

    assert len(feeds.urls) == 2
    assert await house.delivered() == []


async def test_a_feed_that_moves_while_it_is_polled_is_asked_again_at_its_new_address(
    slow: tuple[House, SlowFeeds],
) -> None:
    house, feeds = slow
    house.clock.pass_(timedelta(days=2))
    await house.scheduler.tick()
    await feeds.asked.wait()

    moved = replace(FEED, url="https://example.org/new-feed")
    await house.scheduler.use([moved])
    feeds.publish("new", "old", etag='"2"')
    feeds.may_answer.set()
    await house.scheduler.settle()
    house.clock.pass_(timedelta(seconds=1))
    await house.scheduler.tick()
    await house.scheduler.settle()

    assert feeds.urls[-2:] == [FEED.url, moved.url]
    assert feeds.sent[-1] == Validators()
    assert await house.delivered() == ["new"]


async def test_a_feed_that_joins_is_polled_at_once(house: House) -> None:
    await house.poll()
    other = replace(FEED, id=FeedId("other"), url="https://example.org/other")

    await house.scheduler.use([FEED, other])
    house.clock.pass_(timedelta(seconds=1))
    await house.scheduler.tick()
    await house.scheduler.settle()

    assert len(house.feeds.sent) == 2
