"""Orders with hubs: placed, asked, confirmed, cancelled; and what is pushed."""

from dataclasses import replace
from datetime import timedelta

from store_samples import ANNA, FEED, LEASE, MISSILES, START, Desk, alert, feed, restarted

from alertbot.model import FeedId
from alertbot.ports import (
    HubLink,
    HubStatus,
    Marks,
    Memory,
    Order,
    PolledFeed,
    PushedFeed,
    SavedPush,
    Stopped,
)
from alertbot.store.polling.websub import AFTER_DENIAL, FAREWELLS, LONGEST_RETRY, RETRY

BASE = "https://op.example/websub"
LINK = HubLink(hub="https://hub.example/", topic="https://fdd.example/feed")
OTHER = HubLink(hub="https://hub.example/", topic="https://fdd.example/other")
DAY = timedelta(days=1)


async def placed(desk: Desk, link: HubLink = LINK) -> Order:
    await desk.store.feeds.register_feeds([feed()], desk.now)
    await desk.store.orders.place(FEED, link, BASE, desk.now)
    order = await desk.store.orders.order_of(FEED)
    assert order
    return order


async def due(desk: Desk, base: str = BASE) -> list[Order]:
    return list(await desk.store.orders.due(base, desk.now, 10))


# --- orders


async def test_an_order_has_a_callback_and_a_secret_that_nobody_can_guess(desk):
    order = await placed(desk)

    assert order.callback == f"{BASE}/{order.key}"
    assert len(order.key) == len(order.secret) == 43  # 256 bits
    assert order.key != order.secret
    assert await desk.store.orders.find(order.key) == order
    assert await desk.store.orders.find("other") is None


async def test_a_hub_is_asked_at_once_and_then_ever_more_rarely_by_one_process_at_a_time(desk):
    await placed(desk)
    for pause in (RETRY, 2 * RETRY, 4 * RETRY):
        assert len(await due(desk)) == 1
        assert await due(desk) == []
        desk.now += pause - timedelta(seconds=1)
        assert await due(desk) == []
        desk.later(seconds=1)

    assert len(await due(desk)) == 1


async def test_a_hub_that_never_confirms_is_asked_four_times_a_day(desk):
    await placed(desk)
    for _ in range(12):
        await due(desk)
        desk.later(hours=6)
    [order] = await due(desk)
    desk.later(hours=5, minutes=59)

    assert order.tries == 12
    assert await due(desk) == []
    assert timedelta(hours=6) == LONGEST_RETRY


async def test_a_lease_is_renewed_when_four_fifths_are_over_and_survives_a_restart(desk, url):
    order = await placed(desk)
    await due(desk)
    await desk.store.orders.confirmed(order, timedelta(days=10), desk.now)
    async with restarted(desk, url) as later:
        later.later(days=7, hours=23)
        assert await due(later) == []
        later.later(hours=1)
        [again] = await due(later)

    assert (again.key, again.secret) == (order.key, order.secret)
    assert again.lease_until == START + timedelta(days=10)
    assert again.runs(START + timedelta(days=9)) and not again.runs(START + timedelta(days=10))


async def test_what_a_clock_that_was_ahead_planned_is_asked_now(desk):
    desk.later(days=400)
    order = await placed(desk)
    await desk.store.orders.confirmed(order, timedelta(days=10), desk.now)
    desk.now = START

    assert [each.key for each in await due(desk)] == [order.key]


async def test_a_hub_that_denies_is_asked_again_in_a_day(desk):
    order = await placed(desk)
    await desk.store.orders.confirmed(order, timedelta(days=10), desk.now)
    await desk.store.orders.denied(order, "no", desk.now)
    denied = await desk.store.orders.order_of(FEED)
    desk.later(hours=23)

    assert denied and denied.lease_until is None
    assert await due(desk) == []
    desk.now = START + AFTER_DENIAL
    assert len(await due(desk)) == 1


async def test_another_topic_makes_another_order_and_the_old_hub_is_asked_to_stop(desk):
    old = await placed(desk)
    new = await placed(desk, OTHER)

    assert new.key != old.key
    assert {(order.key, order.wanted) for order in await due(desk)} == {
        (old.key, False),
        (new.key, True),
    }


async def test_the_same_order_placed_again_stays(desk):
    assert (await placed(desk)).key == (await placed(desk)).key


async def test_a_feed_that_left_the_config_or_moved_is_no_longer_to_be_pushed(desk):
    await placed(desk)
    await desk.store.feeds.register_feeds([], desk.now)
    [left] = await due(desk)
    assert not left.wanted

    await placed(desk)
    await desk.store.feeds.register_feeds([feed(url="https://fdd.example/new")], desk.now)
    assert not any(order.wanted for order in await due(desk))


async def test_the_callback_of_a_feed_that_is_asked_no_more_is_gone_at_once(desk):
    order = await placed(desk)
    await desk.read(stopped=Stopped.GONE)

    assert not (await desk.store.orders.find(order.key)).wanted
    assert [each.wanted for each in await due(desk)] == [False]


async def test_two_feeds_that_are_one_to_their_hub_are_pushed_once(desk):
    twin = FeedId("twin")
    await desk.store.feeds.register_feeds([feed(), feed(twin)], desk.now)
    for name in (FEED, twin):
        await desk.store.orders.place(name, LINK, BASE, desk.now)
    assert await desk.store.orders.order_of(twin) is None

    await desk.store.feeds.register_feeds([feed(twin)], desk.now)
    await due(desk)
    await desk.store.orders.place(twin, LINK, BASE, desk.now)
    assert await desk.store.orders.order_of(twin)


async def test_where_feeds_are_only_polled_all_orders_are_forgotten(desk):
    order = await placed(desk)
    await desk.store.orders.forget_all()

    assert await desk.store.orders.find(order.key) is None


async def test_an_order_for_another_callback_is_cancelled(desk):
    await placed(desk)
    [order] = await due(desk, "https://moved.example/websub")

    assert not order.wanted
    assert order.callback.startswith(BASE)
    assert await desk.store.orders.order_of(FEED) is None


async def test_a_hub_that_will_not_stop_is_forgotten_after_some_tries(desk):
    order = await placed(desk)
    await desk.store.orders.cancel(FEED, desk.now)
    for _ in range(FAREWELLS):
        assert len(await due(desk)) == 1
        desk.later(hours=6)

    assert await due(desk) == []
    assert await desk.store.orders.find(order.key) is None


async def test_a_hub_proves_itself_push_by_push_until_it_leaves_something_out(desk):
    order = await placed(desk)
    for ahead in (True, False, True):
        await desk.store.orders.pushed(order, ahead=ahead, now=desk.now)
    assert (await desk.store.orders.find(order.key)).ahead == 2

    await desk.store.orders.missed(FEED)
    assert (await desk.store.orders.find(order.key)).ahead == 0


async def test_the_status_tells_how_the_hub_of_a_feed_does(desk):
    order = await placed(desk)
    await due(desk)
    await desk.store.orders.failed(order, "HTTP 503")
    status = HubStatus(
        feed=FEED,
        hub=LINK.hub,
        lease_until=None,
        tries=1,
        error="HTTP 503",
        pushes=0,
        pushed_at=None,
        refused=0,
    )
    assert (await desk.store.status.status()).hubs == (status,)

    await desk.store.orders.confirmed(order, DAY, desk.now)
    await desk.store.orders.pushed(order, ahead=False, now=desk.now)
    await desk.store.orders.refused(order)
    [status] = (await desk.store.status.status()).hubs
    assert (status.lease_until, status.tries, status.error) == (START + DAY, 0, None)
    assert (status.pushes, status.pushed_at, status.refused) == (1, START, 1)


# --- pushes


async def test_a_push_is_saved_once_and_makes_deliveries(desk):
    await desk.publish(alert("old"), quiet=True)
    await desk.read()
    await desk.subscribe(ANNA)
    pushed = PushedFeed(feed=FEED, alerts=(alert("new", MISSILES), alert("old")))

    first = await desk.store.feeds.save_push(pushed, desk.now)
    again = await desk.store.feeds.save_push(pushed, desk.now)

    assert first == SavedPush(briefs=1, deliveries=1)
    assert again == SavedPush(briefs=0, deliveries=0)


async def test_a_push_while_the_feed_is_polled_makes_one_delivery(desk):
    await desk.read()
    await desk.subscribe(ANNA)
    desk.later(minutes=5)
    [lease] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
    pushed = PushedFeed(feed=FEED, alerts=(alert("new", MISSILES),))
    polled = PolledFeed(
        feed=FEED, token=lease.token, next_poll_at=desk.now, alerts=(alert("new", MISSILES),)
    )

    assert (await desk.store.feeds.save_push(pushed, desk.now)).deliveries == 1
    assert await desk.store.feeds.save_poll(polled, desk.now) == 0


async def test_a_push_for_a_feed_that_was_never_read_or_has_left_is_no_news(desk):
    await desk.store.feeds.register_feeds([feed()], desk.now)
    pushed = PushedFeed(feed=FEED, alerts=(alert("new", MISSILES),))
    nothing = SavedPush(briefs=0, deliveries=0)
    assert await desk.store.feeds.save_push(pushed, desk.now) == nothing

    await desk.read()
    await desk.store.feeds.register_feeds([], desk.now)
    assert await desk.store.feeds.save_push(pushed, desk.now) == nothing


async def test_a_feed_that_is_asked_no_more_or_leads_to_another_takes_no_pushes(desk):
    await desk.read()
    assert await desk.store.feeds.takes_pushes(FEED) == START
    for end in ({"stopped": Stopped.GONE}, {"memory": Memory(twin=FeedId("other"))}):
        await desk.read(**end)

        assert await desk.store.feeds.takes_pushes(FEED) is None
        pushed = PushedFeed(feed=FEED, alerts=(alert("new", MISSILES),))
        assert await desk.store.feeds.save_push(pushed, desk.now) == SavedPush()
        await desk.store.feeds.register_feeds([feed(url="https://fdd.example/new")], desk.now)


async def test_an_edit_that_is_pushed_and_polled_at_once_is_one_version(desk):
    await desk.read()
    marks = Marks(link=None, title="t", text="first", published=None)
    new = PushedFeed(feed=FEED, alerts=(alert("a"),), marks={"a": marks})
    await desk.store.feeds.save_push(new, desk.now)
    edited = {"a": replace(marks, text="second")}
    edit = PushedFeed(feed=FEED, revisions=(alert("a"),), marks=edited)

    for _ in range(2):
        assert await desk.store.feeds.save_push(edit, desk.now) == SavedPush()

    [known] = (await desk.store.feeds.known(FEED, ["a"])).values()
    assert (known.revisions, known.marks) == (1, edited["a"])


async def test_what_was_pushed_is_remembered_as_news_of_its_feed_even_by_a_poll_meanwhile(desk):
    await desk.read()
    desk.later(minutes=5)
    [lease] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
    pushed = PushedFeed(
        feed=FEED, alerts=(alert("new"),), news_hours=frozenset([START]), tagged=(True,)
    )
    await desk.store.feeds.save_push(pushed, desk.now)
    earlier = START - timedelta(hours=3)
    done = PolledFeed(
        feed=FEED,
        token=lease.token,
        next_poll_at=desk.now,
        memory=Memory(news_hours=(earlier,)),
    )
    await desk.store.feeds.save_poll(done, desk.now)

    [lease] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
    assert lease.memory.news_hours == (earlier, START)
    [status] = (await desk.store.status.status()).feeds
    assert status.last_new_at == desk.now


async def test_a_push_of_what_is_known_is_no_news(desk):
    await desk.read()
    await desk.publish(alert("old"))
    desk.later(hours=1)
    pushed = PushedFeed(feed=FEED, alerts=(alert("old"),), news_hours=frozenset([desk.now]))

    assert await desk.store.feeds.save_push(pushed, desk.now) == SavedPush()
    [lease] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
    assert lease.memory.news_hours == ()
