"""Orders with hubs, on a real SQLite file: when hubs are asked, and how polls slow."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alertbot.classifier import compile_topics
from alertbot.model import Alert, Entry, Feed, FeedId
from alertbot.ports import Fetched, HubLink, News, NotModified, Order, PollResult, Validators, Why
from alertbot.scheduler import Orders, understand
from alertbot.scheduler.cadence import Plan
from alertbot.scheduler.orders import LEASE, LONGEST_LEASE, NET, PROOF, paced
from alertbot.store import Store, open_store
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = Plan(at=NOW + timedelta(minutes=5), why=Why.INTERVAL)
SLOW = Plan(at=NOW + NET, why=Why.PUSHED)
FDD = FeedId("fdd")
LINK = HubLink(hub="https://hub.example/", topic="https://fdd.example/feed")
FEED = Feed(
    id=FDD,
    name="FDD",
    url="https://fdd.example/feed",
    interval=timedelta(minutes=5),
    min_interval=timedelta(minutes=2),
)
ENTRY = Entry(feed=FDD, key="1", title="Iran", link=None, published=None, content="", is_html=False)
BRIEF = understand(ENTRY, compile_topics((), {}))
UNCHANGED = NotModified(validators=Validators())
PROVEN = Order(
    key="k3y",
    feed=FDD,
    link=LINK,
    callback="https://op.example/websub/k3y",
    secret="s3cret",
    wanted=True,
    placed_at=NOW,
    lease_until=NOW + timedelta(days=10),
    ahead=PROOF,
    tries=0,
)


class ScriptedHubs:
    """Takes every request, unless told otherwise."""

    def __init__(self) -> None:
        self.asked: list[Order] = []
        self.answer: str | None = None

    async def ask(self, order: Order, lease: timedelta) -> str | None:
        assert lease == LEASE
        self.asked.append(order)
        return self.answer


class Desk:
    """Orders of one feed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HeldClock(NOW)
        self.hubs = ScriptedHubs()
        self.orders = Orders(
            store=store.orders,
            hubs=self.hubs,
            base="https://op.example/websub",
            clock=self.clock,
        )

    async def poll(self, result: PollResult, *alerts: Alert, twin: FeedId | None = None) -> Plan:
        news = News(feed=FDD, alerts=alerts)
        return await self.orders.after_poll(news, result, twin=twin, plan=PLAN)

    async def order(self) -> Order:
        order = await self.store.orders.order_of(FDD)
        assert order
        return order

    async def ordered(self) -> Order:
        """Find the hub, and ask it."""
        await self.poll(read(LINK))
        await self.orders.ask_due()
        return await self.order()

    async def ask(self, order: Order, mode: str = "subscribe", **more: str) -> str | None:
        given = {"mode": mode, "topic": order.link.topic, "challenge": "ch4llenge"} | more
        return await self.orders.confirm(
            order.key, {f"hub.{name}": value for name, value in given.items()}
        )

    async def prove(self, order: Order) -> None:
        for _ in range(PROOF):
            await self.store.orders.pushed(order, ahead=True, now=self.clock.time)


def read(hub: HubLink | None) -> Fetched:
    return Fetched(entries=(), validators=Validators(), hub=hub)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    await store.feeds.register_feeds([FEED], NOW)
    yield Desk(store)
    await store.close()


# --- how polls slow


def test_case_92_a_feed_that_is_pushed_is_polled_once_an_hour() -> None:
    assert paced(PLAN, PROVEN, NOW) == SLOW


def test_case_92_polls_are_as_before_when_the_lease_ends() -> None:
    assert paced(PLAN, PROVEN, NOW + timedelta(days=10)) == PLAN
    ends = replace(PROVEN, lease_until=NOW + timedelta(minutes=9))
    assert paced(PLAN, ends, NOW).at == NOW + timedelta(minutes=9)


def test_a_poll_that_was_to_be_later_still_is() -> None:
    late = Plan(at=NOW + 2 * NET, why=Why.TTL)
    assert paced(late, PROVEN, NOW) == late


@pytest.mark.parametrize(
    "order",
    [
        None,
        replace(PROVEN, ahead=PROOF - 1),
        replace(PROVEN, lease_until=None),
        replace(PROVEN, wanted=False),
    ],
    ids=["none", "not proven", "not confirmed", "cancelled"],
)
def test_polls_do_not_slow_for_a_hub_that_has_not_proved_itself(order: Order | None) -> None:
    assert paced(PLAN, order, NOW) == PLAN


async def test_case_92_a_hub_that_leaves_out_what_a_poll_finds_slows_nothing(desk: Desk) -> None:
    order = await desk.ordered()
    await desk.ask(order)
    await desk.prove(order)
    assert await desk.poll(UNCHANGED) == SLOW

    assert await desk.poll(read(LINK), BRIEF) == PLAN
    assert await desk.poll(UNCHANGED) == PLAN

    await desk.prove(order)
    assert await desk.poll(UNCHANGED) == SLOW


# --- when hubs are asked


async def test_the_hub_that_a_poll_finds_is_asked_once(desk: Desk) -> None:
    order = await desk.ordered()
    await desk.poll(read(LINK))
    await desk.orders.ask_due()

    assert [each.key for each in desk.hubs.asked] == [order.key]


async def test_a_feed_that_names_a_hub_no_more_is_no_longer_ordered(desk: Desk) -> None:
    order = await desk.ordered()
    await desk.poll(UNCHANGED)
    assert await desk.order() == order
    desk.clock.time += timedelta(days=1)
    await desk.poll(read(None))
    await desk.orders.ask_due()

    assert not desk.hubs.asked[-1].wanted
    assert await desk.ask(order, "unsubscribe") == "ch4llenge"
    assert await desk.store.orders.find(order.key) is None


async def test_a_feed_that_leads_to_another_is_no_longer_ordered(desk: Desk) -> None:
    order = await desk.ordered()

    assert await desk.poll(read(LINK), twin=FeedId("other")) == PLAN
    assert await desk.store.orders.order_of(FDD) is None
    assert not (await desk.store.orders.find(order.key)).wanted


async def test_an_order_stays_for_a_day_whatever_the_feed_says_from_poll_to_poll(
    desk: Desk,
) -> None:
    order = await desk.ordered()
    await desk.ask(order)
    for hub in (None, LINK, replace(LINK, topic="https://fdd.example/feed?now")):
        await desk.poll(read(hub))
        await desk.orders.ask_due()

    assert (await desk.order()).key == order.key
    assert len(desk.hubs.asked) == 1


async def test_a_hub_that_will_not_take_an_order_is_asked_again_later(desk: Desk) -> None:
    desk.hubs.answer = "HTTP 503"
    await desk.ordered()
    await desk.orders.ask_due()
    assert len(desk.hubs.asked) == 1

    desk.clock.time += timedelta(minutes=5)
    await desk.orders.ask_due()
    assert len(desk.hubs.asked) == 2


async def test_an_order_is_renewed_with_the_same_callback_before_its_lease_ends(desk: Desk) -> None:
    order = await desk.ordered()
    await desk.ask(order, lease_seconds="1000")
    desk.clock.time += timedelta(seconds=799)
    await desk.orders.ask_due()
    assert len(desk.hubs.asked) == 1
    desk.clock.time += timedelta(seconds=1)
    await desk.orders.ask_due()

    first, second = desk.hubs.asked
    assert (first.callback, first.secret) == (second.callback, second.secret)
    assert await desk.ask(order, lease_seconds="1000") == "ch4llenge"
    assert (await desk.order()).lease_until == desk.clock.time + timedelta(seconds=1000)


# --- what is confirmed


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("864000", timedelta(days=10)),
        ("99999999999999999999", LONGEST_LEASE),
        ("0", LEASE),
        ("soon", LEASE),
        ("", LEASE),
    ],
)
async def test_a_hub_says_for_how_long_it_pushes(desk: Desk, said: str, believed) -> None:
    order = await desk.ordered()

    assert await desk.ask(order, lease_seconds=said) == "ch4llenge"
    assert (await desk.order()).lease_until == NOW + believed


async def test_case_90_websub_205_what_was_not_asked_for_is_not_confirmed(desk: Desk) -> None:
    order = await desk.ordered()

    assert await desk.ask(order, topic="https://fdd.example/other") is None
    assert await desk.ask(order, "unsubscribe") is None
    assert await desk.ask(order, "publish") is None
    assert await desk.ask(order, challenge="") is None
    assert await desk.ask(replace(order, key="other")) is None
    assert (await desk.order()).lease_until is None


async def test_a_hub_may_deny_and_take_back_what_it_promised(desk: Desk) -> None:
    order = await desk.ordered()
    await desk.ask(order)
    await desk.prove(order)

    assert await desk.ask(order, "denied", reason="not\nyours") == ""
    assert await desk.poll(UNCHANGED) == PLAN
    assert (await desk.order()).lease_until is None
