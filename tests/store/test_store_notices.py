"""What admins are to be told, once."""

from datetime import timedelta

from store_samples import FEED, LEASE, START, Desk, feed, restarted

from alertbot.ports import Event, Notice, PolledFeed

GONE = Notice(event=Event.GONE, feed=FEED)
MOVED = Notice(event=Event.MOVED, feed=FEED, detail="https://moved.example/")


async def happen(desk: Desk, *notices: Notice) -> None:
    await desk.store.feeds.register_feeds([feed()], desk.now)
    [due] = await desk.store.feeds.claim_feeds(desk.now, 1, LEASE)
    polled = PolledFeed(feed=FEED, token=due.token, next_poll_at=desk.now, notices=notices)
    await desk.store.feeds.save_poll(polled, desk.now)


async def untold(desk: Desk) -> list[Notice]:
    return [due.notice for due in await desk.store.notices.claim_notices(desk.now, LEASE)]


async def test_a_notice_is_saved_with_its_poll_and_told_in_order(desk: Desk) -> None:
    await happen(desk, MOVED, GONE)

    assert await untold(desk) == [MOVED, GONE]


async def test_a_notice_is_one_tellers_until_its_lease_ends(desk: Desk) -> None:
    await happen(desk, GONE)

    assert await untold(desk) == [GONE]
    assert await untold(desk) == []
    desk.now = START + LEASE
    assert await untold(desk) == [GONE]


async def test_what_was_told_is_told_no_more_restarts_included(desk: Desk, url: str) -> None:
    await happen(desk, GONE, MOVED)
    first, _ = await desk.store.notices.claim_notices(desk.now, LEASE)
    await desk.store.notices.told([first.id])

    async with restarted(desk, url) as after:
        after.later(hours=1)
        assert await untold(after) == [MOVED]


async def test_a_poll_whose_lease_was_lost_tells_nothing(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], desk.now)
    polled = PolledFeed(
        feed=FEED, token="lost", next_poll_at=desk.now + timedelta(hours=1), notices=(GONE,)
    )
    await desk.store.feeds.save_poll(polled, desk.now)

    assert await untold(desk) == []
