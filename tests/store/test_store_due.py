"""Whose turn it is: due feeds, their hosts, and what is remembered of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from store_samples import FEED, LEASE, START, Desk, feed, restarted

from alertbot.model import Feed, FeedId
from alertbot.ports import (
    Alarm,
    DueFeed,
    Hints,
    Memory,
    Move,
    PolledFeed,
    Stopped,
    Traffic,
    Validators,
    Why,
)
from alertbot.store import Store, open_store, upgrade
from alertbot.store.engine import migrations
from fakes.sqlite import fresh_file

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MOVED = "https://moved.example/feed"
FULL = Memory(
    hints=Hints(ttl=3 * HOUR, skip_hours=frozenset({1, 2}), skip_days=frozenset({6})),
    news_hours=(START - HOUR, START),
    missing_since=START,
    slowed=2,
    slowed_at=START,
    move=Move(to=MOVED, since=START, times=3),
    twin=FeedId("other"),
    traffic=Traffic(requests=9, unchanged=7, feed_bytes=5, bytes_saved=35),
    failing_since=START,
    tagged=(True, False),
    alarms={Alarm.UNTAGGED: START},
)


async def claim_one(desk: Desk) -> DueFeed:
    [due] = await desk.store.feeds.claim_feeds(desk.now, 5, LEASE)
    return due


async def save(desk: Desk, due: DueFeed, **what: object) -> int | None:
    polled = PolledFeed(feed=due.feed, token=due.token, next_poll_at=desk.now + HOUR, **what)  # type: ignore[arg-type]
    return await desk.store.feeds.save_poll(polled, desk.now)


def names(due: tuple[DueFeed, ...]) -> list[str]:
    return [one.feed for one in due]


def on_hosts(**feeds_by_host: int) -> list[Feed]:
    return [
        feed(f"{host}-{number}", f"https://{host}.example/{number}")
        for host, count in feeds_by_host.items()
        for number in range(count)
    ]


# --- hosts


async def test_case_34_of_a_host_one_feed_is_leased_at_a_time(store: Store) -> None:
    await store.feeds.register_feeds(on_hosts(a=3, b=2), START)

    claims = [names(await store.feeds.claim_feeds(START, 9, LEASE)) for _ in range(4)]

    assert claims == [["a-0", "b-0"], ["a-1", "b-1"], ["a-2"], []]


async def test_feeds_of_a_busy_host_hold_up_no_other(store: Store) -> None:
    await store.feeds.register_feeds(on_hosts(a=30, b=1), START)

    due = await store.feeds.claim_feeds(START + HOUR, 1, LEASE, {"a.example"})

    assert names(due) == ["b-0"]


async def test_hundreds_of_feeds_of_one_host_hold_up_no_other(store: Store) -> None:
    await store.feeds.register_feeds(on_hosts(a=300, b=1), START)

    due = await store.feeds.claim_feeds(START, 16, LEASE)

    assert names(due) == ["a-0", "b-0"]


async def test_more_feeds_than_a_statement_takes_values_are_registered_and_leased(
    tmp_path: Path,
) -> None:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    feeds = [feed(f"f{n:05}") for n in range(17_000)]

    await store.feeds.register_feeds(feeds, START)
    due = await store.feeds.claim_feeds(START, 16, LEASE)
    await store.feeds.register_feeds(feeds[:1], START)
    left = await store.feeds.claim_feeds(START + LEASE, 16, LEASE)
    await store.close()

    assert (len(due), names(left)) == (16, ["f00000"])


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Example.ORG:8443/feed?x=1", "example.org"),
        ("http://[fd00::1]/feed", "fd00::1"),
    ],
)
async def test_a_host_is_a_host_whatever_the_port_and_case(
    store: Store, address: str, host: str
) -> None:
    await store.feeds.register_feeds([feed(url=address)], START)

    [due] = await store.feeds.claim_feeds(START, 1, LEASE)

    assert due.host == host


# --- restarts


async def test_case_24_after_a_kill_a_feed_is_not_asked_before_its_min_interval(
    desk: Desk, url: str
) -> None:
    await desk.store.feeds.register_feeds([replace(feed(), min_interval=HOUR)], START)
    await claim_one(desk)
    desk.later(seconds=1)

    async with restarted(desk, url) as after:
        await after.store.feeds.register_feeds([replace(feed(), min_interval=HOUR)], after.now)
        await after.store.feeds.recover(after.now, everything=True)
        early = await after.store.feeds.claim_feeds(START + HOUR - SECOND, 5, LEASE)
        due = await after.store.feeds.claim_feeds(START + HOUR, 5, LEASE)

    assert (names(early), names(due)) == ([], [FEED])


async def test_case_24_what_is_remembered_outlives_the_process(desk: Desk, url: str) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), memory=FULL, why=Why.TTL)
    desk.later(hours=1)

    async with restarted(desk, url) as after:
        await after.store.feeds.register_feeds([feed()], after.now)
        await after.store.feeds.recover(after.now, everything=True)
        due = await claim_one(after)
        [status] = (await after.store.status.status()).feeds

    assert due.memory == FULL
    assert (status.why, status.twin, status.traffic) == (Why.TTL, "other", FULL.traffic)


async def test_a_memory_of_another_version_is_none_and_the_feed_is_asked(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    async with desk.store.database.writing() as connection:
        await connection.execute(text("UPDATE feeds SET memory = '{\"hints\": 7}'"))

    assert (await claim_one(desk)).memory == Memory()
    assert "what is remembered of feed fdd cannot be read" in caplog.text


# --- addresses


async def test_case_37_a_feed_that_has_moved_is_asked_where_it_went(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), address=MOVED, validators=Validators(etag='"1"'))
    desk.later(hours=1)
    await desk.store.feeds.register_feeds([feed()], desk.now)

    due = await claim_one(desk)

    assert (due.address, due.host) == (MOVED, "moved.example")
    assert due.validators == Validators(etag='"1"')
    [status] = (await desk.store.status.status()).feeds
    assert status.moved_to == MOVED


async def test_case_37_an_edit_of_the_url_forgets_where_the_feed_had_moved(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), address=MOVED, memory=FULL)

    edited = feed(url="https://edited.example/feed")
    await desk.store.feeds.register_feeds([edited], desk.now)

    due = await claim_one(desk)
    assert (due.address, due.host, due.memory) == (edited.url, "edited.example", Memory())
    [status] = (await desk.store.status.status()).feeds
    assert status.moved_to is None


async def test_a_feed_that_left_the_config_and_is_back_is_asked_as_politely_as_ever(
    desk: Desk,
) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(
        desk, await claim_one(desk), memory=FULL, validators=Validators(etag='"1"'), read=True
    )

    await desk.store.feeds.register_feeds([], desk.now)
    await desk.store.feeds.register_feeds([feed()], desk.now)

    assert await desk.store.feeds.claim_feeds(desk.now, 5, LEASE) == ()
    desk.later(hours=1)
    due = await claim_one(desk)
    assert (due.memory, due.validators, due.first_read_at) == (FULL, Validators(etag='"1"'), None)


async def test_case_31_a_feed_that_is_stopped_is_asked_again_when_its_url_changes_only(
    desk: Desk,
) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), error="HTTP 410", stopped=Stopped.GONE)
    desk.later(days=30)

    await desk.store.feeds.register_feeds([], desk.now)
    await desk.store.feeds.register_feeds([feed()], desk.now)
    assert await desk.store.feeds.claim_feeds(desk.now, 5, LEASE) == ()

    await desk.store.feeds.register_feeds([feed(url=MOVED)], desk.now)
    assert (await claim_one(desk)).address == MOVED


class TestTwins:
    """Case 42: which of two feeds that are read at one address tells its briefs."""

    @pytest.fixture
    async def three(self, desk: Desk) -> Desk:
        """Feeds a, b and c, of which a and c are led to the same address."""
        await desk.store.feeds.register_feeds([feed("a"), feed("b", MOVED), feed("c")], START)
        for due in await desk.store.feeds.claim_feeds(START, 5, LEASE):
            led = {"address": "https://far.example/"} if due.feed != "b" else {}
            await save(desk, due, **led)
        return desk

    async def test_the_one_whose_url_it_is(self, three: Desk) -> None:
        assert await three.store.feeds.twin_of(FeedId("a"), MOVED) == "b"
        assert await three.store.feeds.twin_of(FeedId("b"), MOVED) is None

    async def test_of_two_that_were_led_there_the_first(self, three: Desk) -> None:
        far = "https://far.example/"
        assert await three.store.feeds.twin_of(FeedId("c"), far) == "a"
        assert await three.store.feeds.twin_of(FeedId("a"), far) is None

    async def test_a_feed_whose_twin_leaves_the_config_is_asked_soon(self, three: Desk) -> None:
        three.later(hours=1)
        for due in await three.store.feeds.claim_feeds(three.now, 5, LEASE):
            await save(three, due, why=Why.TWIN if due.feed == "a" else Why.TTL)

        await three.store.feeds.register_feeds([feed("a"), feed("c")], three.now)

        planned = {one.feed: one.next_poll_at for one in (await three.store.status.status()).feeds}
        assert planned["a"] == three.now + LEASE

    async def test_none_that_left_the_config_or_is_stopped(self, three: Desk) -> None:
        await three.store.feeds.register_feeds([feed("a"), feed("c")], START)
        assert await three.store.feeds.twin_of(FeedId("a"), MOVED) is None


# --- the database of an earlier version


async def test_feeds_of_an_earlier_version_go_on(tmp_path: Path) -> None:
    earlier = create_engine(f"sqlite:///{tmp_path}/alertbot.db")
    with earlier.begin() as connection:
        migrations.upgrade(connection, "0004")
        for name, gone in (("a", 0), ("b", 1)):
            connection.exec_driver_sql(
                "INSERT INTO feeds (id, url, active, etag, next_poll_at, errors_in_row, gone)"
                " VALUES (?, ?, 1, '\"1\"', 0, 0, ?)",
                (name, f"https://{name}.example/f", gone),
            )

    await upgrade(f"sqlite:///{tmp_path}/alertbot.db")

    with earlier.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, address, host, min_interval, why, stopped, etag FROM feeds ORDER BY id"
        ).all()
    earlier.dispose()
    assert rows == [
        ("a", "https://a.example/f", "a.example", 120_000, "interval", None, '"1"'),
        ("b", "https://b.example/f", "b.example", 120_000, "interval", "gone", '"1"'),
    ]
