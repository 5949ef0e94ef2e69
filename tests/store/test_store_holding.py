"""Quiet hours, digests and mutes: what is held, when it comes, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from plans import looked_through, statements_of
from sqlalchemy import text
from store_samples import (
    ANNA,
    BORIS,
    CYBER,
    HOUTHIS,
    LASTING,
    MISSILES,
    SENT,
    START,
    Desk,
    alert,
    restarted,
)

from alertbot.dispatcher.times import plan
from alertbot.model import ChatId, Message, Promise, Topic, TopicId
from alertbot.ports import (
    DIGEST_SIZE,
    Delivery,
    Digest,
    Hold,
    Mode,
    QuietHours,
    Settings,
    Verdict,
)
from alertbot.store import open_store

#: START is a Tuesday, noon
TOMORROW_AT_EIGHT = datetime(2024, 1, 24, 8, tzinfo=UTC)
MONDAY_AT_EIGHT = datetime(2024, 1, 29, 8, tzinfo=UTC)
TEN_AT_NIGHT = datetime(2024, 1, 23, 22, tzinfo=UTC)
MORNING = datetime(2024, 1, 24, 7, tzinfo=UTC)
NIGHT = QuietHours(start=22 * 60, end=7 * 60)
URGENT = {MISSILES: Topic(id=MISSILES, name="Missiles", urgent=True)}
ONCE = {CYBER: Topic(id=CYBER, name="Cyber", delivery=Promise.AT_MOST_ONCE)}


async def release(desk: Desk, at: datetime | None = None) -> int:
    """Release what is to be released by then."""
    desk.now = at or desk.now
    released = 0
    while (made := await desk.store.holds.release(desk.now, plan)) is not None:
        released += made
    return released


async def follow(desk: Desk, chat: ChatId, mode: Mode, *topics: TopicId) -> None:
    for topic in topics or (MISSILES,):
        await desk.subscribe(chat, topic=topic)
        await desk.store.chats.set_mode(chat, mode, [topic])
    await release(desk)


async def be_quiet(desk: Desk, chat: ChatId, quiet: QuietHours | None = NIGHT) -> None:
    await desk.store.chats.change_settings(chat, lambda old: replace(old, quiet=quiet), desk.now)
    await release(desk)


async def publish(desk: Desk, *keys: str, topic: TopicId = MISSILES) -> None:
    await desk.publish(*(alert(key, topic) for key in keys), topics=LASTING)
    desk.later(minutes=2)


def told(claimed: Sequence[Delivery]) -> list[list[str]]:
    """Return the keys that each message tells."""
    return [
        [item.alert.brief.key for item in one.content.items]
        if isinstance(one.content, Digest)
        else [one.content.brief.key]
        for one in claimed
    ]


@pytest.mark.parametrize(
    ("mode", "at"),
    [
        (Mode.HOURLY, START + timedelta(hours=1)),
        (Mode.DAILY, TOMORROW_AT_EIGHT),
        (Mode.WEEKLY, MONDAY_AT_EIGHT),
    ],
)
async def test_a_digest_brings_all_at_its_time_and_not_before(
    desk: Desk, mode: Mode, at: datetime
) -> None:
    await follow(desk, ANNA, mode)
    await publish(desk, "a", "b")
    await publish(desk, "c")

    assert await desk.counts() == {"held": 3}
    assert await desk.next_due() is None
    assert await desk.store.holds.next_release() == at
    assert await release(desk, at - timedelta(milliseconds=1)) == 0
    assert await release(desk, at) == 1

    [delivery] = await desk.claim()
    assert isinstance(delivery.content, Digest)
    assert delivery.content.hold == Hold(mode)
    assert told([delivery]) == [["a", "b", "c"]]
    await desk.finish(delivery)
    assert await desk.counts() == {"sent": 3}
    assert await desk.next_due() is None
    assert await release(desk, at) == 0


async def test_what_waited_alone_comes_as_an_ordinary_alert(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a")

    assert await release(desk, TOMORROW_AT_EIGHT) == 1

    [delivery] = await desk.claim()
    assert not delivery.is_digest
    assert told([delivery]) == [["a"]]


async def test_more_than_one_message_holds_comes_in_several_of_about_a_size(desk: Desk) -> None:
    keys = [f"{number:02}" for number in range(DIGEST_SIZE + 1)]
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, *keys)

    assert await release(desk, TOMORROW_AT_EIGHT) == 2

    sent = await desk.drain()
    assert told(sent) == [keys[:6], keys[6:]]
    assert await desk.counts() == {"sent": DIGEST_SIZE + 1}


async def test_a_digest_is_grouped_by_topic_and_tells_each_alert_once(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY, MISSILES, CYBER)
    await desk.publish(
        alert("a", MISSILES), alert("b", CYBER), alert("c", MISSILES, CYBER), topics=LASTING
    )
    await release(desk, TOMORROW_AT_EIGHT)

    [delivery] = await desk.claim()

    assert isinstance(delivery.content, Digest)
    assert [(item.alert.brief.key, item.topics) for item in delivery.content.items] == [
        ("b", (CYBER,)),
        ("c", (CYBER, MISSILES)),
        ("a", (MISSILES,)),
    ]


async def test_what_matches_an_instant_topic_too_comes_at_once_and_not_again(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY, MISSILES)
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.publish(alert("a", MISSILES, CYBER), topics=LASTING)

    assert told(await desk.drain()) == [["a"]]
    assert await release(desk, TOMORROW_AT_EIGHT) == 0


async def test_in_quiet_hours_all_is_held_and_comes_in_one_message_at_their_end(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, BORIS)
    await be_quiet(desk, ANNA)
    desk.now = TEN_AT_NIGHT
    await publish(desk, "a")
    await publish(desk, "b")

    assert [one.chat for one in await desk.drain()] == [BORIS, BORIS]
    assert await release(desk, MORNING - timedelta(seconds=1)) == 0
    assert await release(desk, MORNING) == 1
    assert told(await desk.drain()) == [["a", "b"]]

    await publish(desk, "c")
    assert told(await desk.drain()) == [["c"], ["c"]]


async def test_what_waits_when_quiet_hours_begin_is_held_at_its_turn(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await be_quiet(desk, ANNA)
    desk.now = TEN_AT_NIGHT - timedelta(seconds=1)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES), topics=LASTING)
    [first] = await desk.claim()
    await desk.finish(first, Verdict(retry_at=TEN_AT_NIGHT + timedelta(minutes=5)))

    desk.now = TEN_AT_NIGHT + timedelta(minutes=5)
    assert await desk.claim() == ()
    desk.later(minutes=1)
    assert await desk.claim() == ()
    assert await desk.counts() == {"held": 2}

    await release(desk, MORNING)
    # what was tried stays as it was tried
    assert told(await desk.drain()) == [["a"], ["b"]]


@pytest.mark.parametrize("allowed", [True, False])
async def test_urgent_topics_break_quiet_hours_where_the_chat_allows_it(
    desk: Desk, allowed: bool
) -> None:
    await desk.subscribe(ANNA)
    await desk.subscribe(ANNA, topic=CYBER)
    await be_quiet(desk, ANNA, replace(NIGHT, but_urgent=allowed))
    desk.now = TEN_AT_NIGHT
    await desk.publish(alert("a", CYBER), alert("b", MISSILES), topics=URGENT)

    assert told(await desk.drain()) == ([["b"]] if allowed else [])
    await release(desk, MORNING)
    assert told(await desk.drain()) == ([["a"]] if allowed else [["a", "b"]])


async def test_a_digest_due_in_quiet_hours_waits_for_their_end_and_comes_with_the_rest(
    desk: Desk,
) -> None:
    await follow(desk, ANNA, Mode.HOURLY, MISSILES)
    await desk.subscribe(ANNA, topic=CYBER)
    await be_quiet(desk, ANNA)
    desk.now = TEN_AT_NIGHT
    await publish(desk, "a")
    await publish(desk, "b", topic=CYBER)

    assert await release(desk, TEN_AT_NIGHT + timedelta(hours=1)) == 0
    assert await release(desk, MORNING) == 1

    [delivery] = await desk.claim()
    assert told([delivery]) == [["b", "a"]]


async def test_quiet_hours_that_are_ended_let_all_come(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await be_quiet(desk, ANNA)
    desk.now = TEN_AT_NIGHT
    await publish(desk, "a")

    await be_quiet(desk, ANNA, None)

    assert told(await desk.drain()) == [["a"]]
    assert await desk.store.holds.next_release() is None


async def test_another_time_zone_moves_what_is_planned(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a")
    await desk.store.chats.change_settings(
        ANNA, lambda old: replace(old, timezone="Asia/Tehran", digest_time=7 * 60 + 30), desk.now
    )

    assert await release(desk) == 0

    assert await desk.store.holds.next_release() == datetime(2024, 1, 24, 4, tzinfo=UTC)


async def test_back_to_instant_what_is_held_comes_when_it_was_going_to(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a")
    await desk.store.chats.set_mode(ANNA, Mode.INSTANT)
    await publish(desk, "b")

    assert told(await desk.drain()) == [["b"]]
    assert await release(desk, TOMORROW_AT_EIGHT) == 1
    assert told(await desk.drain()) == [["a"]]
    assert await desk.store.holds.next_release() is None


async def test_a_retry_of_a_digest_brings_the_very_same_message(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b")
    await release(desk, TOMORROW_AT_EIGHT)
    [first] = await desk.claim()
    written = Message(html="<b>two</b>", text="two")
    assert await desk.store.outbox.keep(first, written) == written
    await desk.finish(first, Verdict(retry_at=desk.later(seconds=9)))

    [again] = await desk.claim()

    assert (again.content, again.is_digest) == (written, True)
    await desk.finish(again)
    assert await desk.counts() == {"sent": 2}


@pytest.mark.parametrize(
    ("verdict", "end"),
    [
        (SENT, "sent"),
        (Verdict(dead="message is too long"), "dead"),
        (Verdict(dead="bot was blocked by the user", chat_gone=True), "dead"),
        (Verdict(unknown="read timeout"), "unknown"),
    ],
)
async def test_what_becomes_of_a_digest_becomes_of_all_it_brings(
    desk: Desk, verdict: Verdict, end: str
) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b", "c")
    await release(desk, TOMORROW_AT_EIGHT)
    [delivery] = await desk.claim()

    await desk.finish(delivery, verdict)

    assert await desk.counts() == {end: 3}


async def test_a_digest_whose_answer_was_lost_comes_again_marked(desk: Desk, url: str) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b")
    await release(desk, TOMORROW_AT_EIGHT)
    await desk.claim()

    async with restarted(desk, url) as again:
        await again.store.outbox.recover(again.later(minutes=2), everything=True)
        [delivery] = await again.claim()
        assert delivery.maybe_repeat
        assert told([delivery]) == [["a", "b"]]
        await again.finish(delivery)
        assert (await again.store.status.status()).repeated == 2


async def test_what_is_sent_at_most_once_has_a_digest_of_its_own(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY, MISSILES, CYBER)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES), topics=ONCE)
    desk.later(minutes=2)
    await desk.publish(alert("c", CYBER), alert("d", CYBER), topics=ONCE)

    assert await release(desk, TOMORROW_AT_EIGHT) == 2

    sent = await desk.drain()
    assert told(sent) == [["a", "b"], ["c", "d"]]
    assert [one.at_most_once for one in sent] == [False, True]


async def test_a_shelf_life_begins_anew_when_a_hold_ends(desk: Desk) -> None:
    short = {MISSILES: Topic(id=MISSILES, name="Missiles", shelf_life=timedelta(hours=1))}
    await follow(desk, ANNA, Mode.WEEKLY)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES), topics=short)
    await desk.store.outbox.recover(MONDAY_AT_EIGHT)
    await release(desk, MONDAY_AT_EIGHT)

    await desk.store.outbox.recover(desk.later(minutes=59))
    assert await desk.counts() == {"pending": 1, "carried": 1}
    await desk.store.outbox.recover(desk.later(minutes=1))
    assert await desk.counts() == {"expired": 2}


async def test_who_unsubscribes_gets_nothing_of_the_topic_in_the_digest(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY, MISSILES, CYBER, HOUTHIS)
    await publish(desk, "a")
    await publish(desk, "b", topic=CYBER)
    await publish(desk, "c")
    await publish(desk, "d", topic=HOUTHIS)
    await desk.store.chats.unsubscribe(ANNA, HOUTHIS)
    assert await desk.counts() == {"held": 3, "cancelled": 1}
    await release(desk, TOMORROW_AT_EIGHT)

    # "a" carries the others, and goes on carrying "b"
    await desk.store.chats.unsubscribe(ANNA, MISSILES)

    assert await desk.counts() == {"pending": 1, "carried": 1, "cancelled": 2}
    assert told(await desk.drain()) == [["b"]]
    assert (await desk.store.holds.next_release()) is not None


async def test_a_digest_of_which_no_topic_is_left_is_cancelled(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b")
    await release(desk, TOMORROW_AT_EIGHT)

    await desk.store.chats.unsubscribe(ANNA, MISSILES)

    assert await desk.counts() == {"cancelled": 2}


async def test_a_digest_on_the_wire_of_which_no_topic_is_left_is_not_sent_again(
    desk: Desk,
) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b")
    await release(desk, TOMORROW_AT_EIGHT)
    [delivery] = await desk.claim()

    await desk.store.chats.unsubscribe(ANNA, MISSILES)
    await desk.finish(delivery, Verdict(retry_at=desk.now))

    assert await desk.counts() == {"cancelled": 2}


async def test_a_muted_topic_says_nothing_until_its_time(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await publish(desk, "a")
    until = desk.now + timedelta(hours=24)

    assert await desk.store.chats.mute(ANNA, MISSILES, until)
    assert not await desk.store.chats.mute(ANNA, CYBER, until)

    await publish(desk, "b")
    assert await desk.drain() == []
    desk.now = until
    await publish(desk, "c")
    assert told(await desk.drain()) == [["c"]]


async def test_a_mute_ends_early_when_told_to_or_subscribed_anew(desk: Desk) -> None:
    for_good = datetime(9999, 1, 1, tzinfo=UTC)
    await desk.subscribe(ANNA)
    await desk.store.chats.mute(ANNA, MISSILES, for_good)
    assert (await desk.store.chats.following(ANNA))[MISSILES].muted(desk.now)

    await desk.store.chats.mute(ANNA, MISSILES, None)
    assert not (await desk.store.chats.following(ANNA))[MISSILES].muted(desk.now)

    await desk.store.chats.mute(ANNA, MISSILES, for_good)
    await desk.subscribe(ANNA)
    assert not (await desk.store.chats.following(ANNA))[MISSILES].muted(desk.now)


async def test_a_muted_topic_does_not_silence_another(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.store.chats.mute(ANNA, MISSILES, START + timedelta(days=1))
    await desk.publish(alert("a", MISSILES, CYBER))

    [delivery] = await desk.drain()

    assert delivery.topics == (CYBER,)


async def test_what_a_chat_has_set_is_kept_over_a_restart(desk: Desk, url: str) -> None:
    own = Settings(timezone="Asia/Tehran", quiet=NIGHT, digest_time=7 * 60, digest_weekday=5)
    assert await desk.store.chats.settings(ANNA) == Settings()
    assert await desk.store.chats.change_settings(ANNA, lambda _: own, desk.now) == own

    async with restarted(desk, url) as again:
        assert await again.store.chats.settings(ANNA) == own


async def test_another_language_leaves_the_times_alone(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await be_quiet(desk, ANNA)
    desk.now = TEN_AT_NIGHT
    await desk.store.chats.choose_language(ANNA, "he", desk.now)
    await desk.store.chats.change_settings(ANNA, lambda old: old, desk.now)

    await publish(desk, "a")

    assert await desk.counts() == {"held": 1}
    assert await desk.store.holds.next_release() == MORNING


async def test_who_leaves_leaves_nothing_behind(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await be_quiet(desk, ANNA)
    await publish(desk, "a", "b")
    await release(desk, TOMORROW_AT_EIGHT)
    [delivery] = await desk.claim()
    await desk.store.outbox.keep(delivery, Message(html="two", text="two"))

    await desk.store.chats.forget(ANNA)

    async with desk.store.database.reading() as connection:
        for table in ("chats", "settings", "schedules", "subscriptions", "deliveries", "messages"):
            assert (await connection.execute(text(f"SELECT * FROM {table}"))).all() == []


async def test_two_that_release_at_once_release_all_once(desk: Desk, url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("one process has the file")
    chats = [ChatId(number) for number in range(1, 31)]
    for chat in chats:
        await desk.subscribe(chat)
        await desk.store.chats.set_mode(chat, Mode.DAILY)
    await release(desk)
    await publish(desk, "a", "b")
    desk.now = TOMORROW_AT_EIGHT
    other = Desk(await open_store(url), desk.now)

    released = await asyncio.gather(release(desk), release(other))

    await other.store.close()
    assert sum(released) == len(chats)
    assert sorted(one.chat for one in await desk.drain()) == chats


async def test_the_operator_sees_what_is_held_and_what_should_not_be(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY)
    await publish(desk, "a", "b")

    ledger = await desk.store.status.ledger(TOMORROW_AT_EIGHT - timedelta(hours=1))
    assert (ledger.due, ledger.oldest_due, ledger.hold_overdue) == (0, None, None)
    ledger = await desk.store.status.ledger(TOMORROW_AT_EIGHT + timedelta(hours=1))
    assert ledger.hold_overdue == TOMORROW_AT_EIGHT

    await release(desk, TOMORROW_AT_EIGHT + timedelta(hours=1))
    ledger = await desk.store.status.ledger(desk.now)
    # it has waited since it was let go, not since it was made
    assert (ledger.due, ledger.oldest_due, ledger.hold_overdue) == (1, desk.now, None)


async def test_a_clock_that_was_ahead_puts_no_digest_off_for_good(desk: Desk) -> None:
    now = desk.now
    desk.later(days=400)
    await follow(desk, ANNA, Mode.DAILY)

    await desk.store.outbox.recover(now, everything=True)
    await release(desk, now)

    assert await desk.store.holds.next_release() == TOMORROW_AT_EIGHT


async def test_no_step_of_a_digest_looks_through_all_deliveries(desk: Desk) -> None:
    await follow(desk, ANNA, Mode.DAILY, MISSILES, CYBER)
    await be_quiet(desk, ANNA)
    with statements_of(desk.store) as statements:
        await publish(desk, "a", "b", "c")
        await release(desk, TOMORROW_AT_EIGHT)
        await desk.store.chats.unsubscribe(ANNA, CYBER)
        [delivery] = await desk.claim()
        await desk.finish(delivery, Verdict(retry_at=desk.now))
        desk.now = TEN_AT_NIGHT + timedelta(days=1)
        await desk.claim()
        await desk.store.chats.mute(ANNA, MISSILES, desk.now + timedelta(days=1))
    steps = [each for each in statements if "deliveries" in each and "INSERT" not in each]
    assert len(steps) > 15
    wanted = {each: statements[each] for each in steps}
    assert await looked_through(desk.store, wanted, ["deliveries"]) == []
