import asyncio
from datetime import timedelta

from store_samples import ANNA, FEED, LEASE, MISSILES, START, Desk, alert, archived, feed

from alertbot.errors import StoreError
from alertbot.ports import ArchivedBrief, DueFeed, FeedStatus, PolledFeed, Stopped, Validators
from alertbot.store import Store

HOUR = timedelta(hours=1)


async def claim_one(desk: Desk) -> DueFeed:
    [due] = await desk.store.feeds.claim_feeds(desk.now, 5, LEASE)
    return due


async def save(desk: Desk, due: DueFeed, **what: object) -> int | None:
    what.setdefault("read", "error" not in what)
    polled = PolledFeed(feed=due.feed, token=due.token, next_poll_at=desk.now + HOUR, **what)  # type: ignore[arg-type]
    return await desk.store.feeds.save_poll(polled, desk.now)


async def status_of(desk: Desk) -> FeedStatus:
    [only] = (await desk.store.status.status()).feeds
    return only


async def test_a_new_feed_is_due_at_once_and_has_never_been_polled(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)

    due = await claim_one(desk)

    assert (FEED, Validators(), True, 0) == (
        due.feed,
        due.validators,
        due.first_read_at is None,
        due.errors_in_row,
    )


async def test_a_leased_feed_is_nobody_elses_until_the_lease_ends(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    first = await claim_one(desk)

    assert await desk.store.feeds.claim_feeds(START + LEASE - timedelta(seconds=1), 5, LEASE) == ()

    desk.now = START + LEASE
    second = await claim_one(desk)
    assert first.token != second.token


async def test_feeds_are_claimed_longest_due_first_and_no_more_than_asked(store: Store) -> None:
    for minute, name in enumerate(["a", "b", "c"]):
        known = [feed(other) for other in "abc"[:minute]]
        await store.feeds.register_feeds([*known, feed(name)], START - minute * HOUR)

    due = await store.feeds.claim_feeds(START, 2, LEASE)

    assert [one.feed for one in due] == ["c", "b"]


async def test_a_saved_poll_is_remembered_for_the_next(desk: Desk) -> None:
    validators = Validators(etag='W/"7"', last_modified="Tue, 23 Jan 2024", body_hash="ab")
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), validators=validators, alerts=(alert("k1"),))

    assert await desk.store.feeds.claim_feeds(START + HOUR / 2, 5, LEASE) == ()

    desk.later(hours=1)
    due = await claim_one(desk)
    assert (validators, False) == (due.validators, due.first_read_at is None)
    assert {"k1"} == set(await desk.store.feeds.known(FEED, ["k1", "k2"]))


async def test_a_failed_poll_leaves_validators_and_counts_until_one_succeeds(desk: Desk) -> None:
    validators = Validators(etag='"1"')
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), validators=validators)
    for _ in range(2):
        desk.later(hours=1)
        await save(desk, await claim_one(desk), error="HTTP 503")

    failing = await status_of(desk)
    assert (failing.last_ok_at, failing.errors_in_row, failing.error) == (START, 2, "HTTP 503")

    desk.later(hours=1)
    due = await claim_one(desk)
    assert (validators, 2) == (due.validators, due.errors_in_row)
    await save(desk, due, validators=validators)
    well = await status_of(desk)
    assert (desk.now, 0, None) == (well.last_ok_at, well.errors_in_row, well.error)


async def test_a_first_poll_that_fails_leaves_the_next_a_first_poll(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), error="HTTP 503")

    desk.later(hours=1)
    assert (await claim_one(desk)).first_read_at is None


async def test_a_feed_that_is_gone_is_polled_no_more(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), error="HTTP 410", stopped=Stopped.GONE)

    desk.later(days=400)
    assert await desk.store.feeds.claim_feeds(desk.now, 5, LEASE) == ()
    assert (await status_of(desk)).stopped is Stopped.GONE


async def test_a_poll_whose_lease_was_lost_saves_nothing(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.store.feeds.register_feeds([feed()], START)
    slow = await claim_one(desk)
    desk.later(seconds=61)
    await claim_one(desk)
    before = await desk.store.status.status()

    what = {"alerts": (alert("k1", MISSILES),), "validators": Validators(etag='"late"')}
    assert await save(desk, slow, **what) is None

    assert before == await desk.store.status.status()
    assert set() == set(await desk.store.feeds.known(FEED, ["k1"]))


async def test_the_archive_holds_every_brief_newest_first(desk: Desk) -> None:
    told = (alert("k1"), alert("k2"))
    await desk.publish(*told)

    [batch] = [batch async for batch in desk.store.feeds.archive()]

    assert batch == (
        ArchivedBrief(brief=told[1].brief, seen_at=desk.now),
        ArchivedBrief(brief=told[0].brief, seen_at=desk.now),
    )


async def test_the_archive_comes_in_batches_while_briefs_keep_coming(desk: Desk) -> None:
    await desk.publish(*(alert(key) for key in "abcde"))
    batches = desk.store.feeds.archive(batch=2)

    read = [await anext(batches)]
    await desk.publish(alert("f"))
    read += [batch async for batch in batches]

    assert [[one.brief.key for one in batch] for batch in read] == [["e", "d"], ["c", "b"], ["a"]]


async def test_the_archive_can_begin_at_an_instant(desk: Desk) -> None:
    await desk.publish(alert("old"), alert("older"), alert("oldest"))
    since = desk.later(days=1)
    await desk.publish(alert("today"))

    assert await archived(desk, since=since) == [["today"]]
    assert await desk.store.feeds.archive_size(since) == 1
    assert await desk.store.feeds.archive_size() == 4


async def test_recovery_at_start_ends_leases(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    lost = await claim_one(desk)

    await desk.store.feeds.recover(desk.now, everything=True)

    desk.later(minutes=1)
    assert (await claim_one(desk)).token != lost.token
    assert await save(desk, lost) is None


async def test_a_poll_planned_by_a_clock_that_was_ahead_keeps_its_wait_at_start(
    desk: Desk,
) -> None:
    desk.later(days=365)
    await desk.store.feeds.register_feeds([feed()], desk.now)
    await save(desk, await claim_one(desk))
    desk.later(days=-365)

    await desk.store.feeds.register_feeds([feed()], desk.now)
    await desk.store.feeds.recover(desk.now, everything=True)

    assert (await status_of(desk)).next_poll_at == START + HOUR
    desk.later(hours=1)
    assert (await claim_one(desk)).feed == FEED


async def test_a_poll_that_is_duly_planned_stays_as_it_is_at_start(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk))

    await desk.store.feeds.recover(desk.now, everything=True)

    assert (await status_of(desk)).next_poll_at == START + HOUR


async def test_of_polls_saved_at_once_one_that_cannot_be_saved_fails_alone(store: Store) -> None:
    names = "abcdefgh"
    await store.feeds.register_feeds([feed(name) for name in names], START)
    polls = [
        PolledFeed(
            feed=due.feed,
            token=due.token,
            next_poll_at=START + HOUR,
            validators=Validators(etag=object() if due.feed == "c" else f'"{due.feed}"'),  # type: ignore[arg-type]
        )
        for due in await store.feeds.claim_feeds(START, 8, LEASE)
    ]

    saved = await asyncio.gather(
        *(store.feeds.save_poll(poll, START) for poll in polls), return_exceptions=True
    )
    due_later = await store.feeds.claim_feeds(START + HOUR, 8, LEASE)

    assert {type(each) for each in saved} == {int, StoreError}
    etags = {due.feed: due.validators.etag for due in due_later}
    assert etags == {name: None if name == "c" else f'"{name}"' for name in names}


async def test_a_poll_is_saved_once(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    due = await claim_one(desk)

    assert await save(desk, due) == 0
    assert await save(desk, due) is None


async def test_a_new_url_forgets_what_was_known_of_the_old_one_but_not_the_briefs(
    desk: Desk,
) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), validators=Validators(etag='"1"'), alerts=(alert("k"),))
    desk.later(hours=1)
    await save(desk, await claim_one(desk), error="HTTP 410", stopped=Stopped.GONE)

    await desk.store.feeds.register_feeds([feed(url="https://moved.example/")], desk.now)

    due = await claim_one(desk)
    assert (Validators(), 0, True) == (due.validators, due.errors_in_row, due.first_read_at is None)
    assert (await status_of(desk)).briefs == 1


async def test_a_poll_of_the_old_url_cannot_be_saved_for_the_new_one(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    due = await claim_one(desk)
    await desk.store.feeds.register_feeds([feed(url="https://moved.example/")], START)

    assert await save(desk, due, validators=Validators(etag='"old"')) is None


async def test_registering_the_same_feeds_again_changes_nothing(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await save(desk, await claim_one(desk), error="HTTP 503")
    before = await desk.store.status.status()

    await desk.store.feeds.register_feeds([feed()], START + HOUR / 2)

    assert before == await desk.store.status.status()


async def test_a_feed_no_longer_in_the_config_rests_until_it_is_there_again(desk: Desk) -> None:
    await desk.store.feeds.register_feeds([feed()], START)
    await desk.store.feeds.register_feeds([], START)
    assert await desk.store.feeds.claim_feeds(START, 5, LEASE) == ()
    assert (await desk.store.status.status()).feeds == ()

    await desk.store.feeds.register_feeds([feed()], START)
    assert (await claim_one(desk)).feed == FEED


async def test_a_brief_is_stored_once_even_if_a_feed_brings_it_twice(desk: Desk) -> None:
    await desk.subscribe(ANNA)

    assert await desk.publish(alert("k1", MISSILES), alert("k1", MISSILES)) == 1
    assert await desk.publish(alert("k1", MISSILES)) == 0

    assert (await status_of(desk)).briefs == 1


async def test_a_brief_that_matches_nothing_is_stored_and_told_to_nobody(desk: Desk) -> None:
    await desk.subscribe(ANNA)

    assert await desk.publish(alert("k1")) == 0

    assert {"k1"} == set(await desk.store.feeds.known(FEED, ["k1"]))


async def test_the_last_new_brief_is_dated_by_the_poll_that_brought_it(desk: Desk) -> None:
    await desk.publish(alert("k1"))
    desk.later(hours=1)
    await desk.publish(alert("k1"))

    status = await status_of(desk)
    assert (status.last_new_at, status.last_ok_at) == (START, START + HOUR)


async def test_thousands_of_keys_can_be_asked_for(desk: Desk) -> None:
    await desk.publish(alert("k1"))

    known = set(await desk.store.feeds.known(FEED, [f"k{number}" for number in range(40_000)]))

    assert frozenset({"k1"}) == known
