"""What admins do: acts, pauses and broadcasts as rows, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from store_samples import (
    ANNA,
    BORIS,
    CARLA,
    FEED,
    HOUTHIS,
    LEASE,
    MISSILES,
    NEWSROOM,
    START,
    UPGRADED,
    Desk,
    alert,
    chats_and_keys,
    feed,
    restarted,
)

from alertbot.dispatcher.times import plan
from alertbot.model import ChatId, Message
from alertbot.ports import (
    Act,
    BroadcastId,
    Digest,
    Pausable,
    QuietHours,
    Retention,
    Stage,
    Verdict,
)
from alertbot.store import Store
from alertbot.store.acting import broadcasts
from alertbot.store.tables import broadcasts as broadcast_rows

HELLO = Message(html="Hello &amp; goodbye", text="Hello & goodbye")
YEAR = timedelta(days=365)


def act(what: str, detail: str = "", **changes: object) -> Act:
    return replace(Act(at=START, user=99, what=what, detail=detail), **changes)


async def pause(desk: Desk, kind: Pausable, id_: str) -> bool:
    return await desk.store.acts.pause(kind, id_, act("pause", f"{kind} {id_}", at=desk.now))


async def resume(desk: Desk, kind: Pausable, id_: str) -> bool:
    return await desk.store.acts.resume(kind, id_, act("resume", f"{kind} {id_}", at=desk.now))


async def approved(desk: Desk, message: Message = HELLO) -> BroadcastId:
    number = await desk.store.broadcasts.draft(message, act("draft", at=desk.now))
    assert await desk.store.broadcasts.approve(number, act("send", at=desk.now))
    return number


async def told(desk: Desk) -> list[tuple[ChatId, str]]:
    """Go on with broadcasts and send all that waits; return who was told what, in order."""
    sent: list[tuple[ChatId, str]] = []
    while await desk.store.broadcasts.go_on(desk.now) is not None:
        for one in await desk.drain():
            content = one.content
            text = content.text if isinstance(content, Message) else content.brief.key
            sent.append((one.chat, text))
    return sent


class TestActs:
    async def test_are_kept_with_who_and_when_the_newest_first(self, store: Store) -> None:
        first, second = act("reload"), act("test", "Iran", at=START + timedelta(hours=1), user=98)
        await store.acts.note(first)
        await store.acts.note(second)

        assert await store.acts.acts(5) == (second, first)
        assert await store.acts.acts(1) == (second,)

    async def test_are_forgotten_after_as_long_as_the_config_says(self, desk: Desk) -> None:
        kept = Retention(briefs=YEAR, deliveries=YEAR, lost_chats=YEAR, acts=timedelta(days=8))
        await desk.store.acts.note(act("reload"))
        draft = await desk.store.broadcasts.draft(HELLO, act("draft"))
        sent = await approved(desk)
        await desk.subscribe(ANNA)
        desk.later(days=8)
        assert [n async for n in desk.store.retention.prune(kept, desk.now) if n] == []

        desk.later(seconds=1)
        assert [n async for n in desk.store.retention.prune(kept, desk.now) if n] == [5]

        assert await desk.store.acts.acts(9) == ()
        assert await desk.store.broadcasts.find(draft) is None
        assert await desk.store.broadcasts.find(sent), "it is still under way"


class TestAPausedFeed:
    async def test_is_asked_nothing_until_it_is_resumed_and_then_at_once(self, desk: Desk) -> None:
        await desk.store.feeds.register_feeds([feed(), feed("isw")], desk.now)
        assert await pause(desk, Pausable.FEED, FEED)
        assert not await pause(desk, Pausable.FEED, FEED)

        [other] = await desk.store.feeds.claim_feeds(desk.now, 5, LEASE)
        assert other.feed == "isw"
        desk.later(hours=5)
        assert await resume(desk, Pausable.FEED, FEED)
        assert not await resume(desk, Pausable.FEED, FEED)

        status = await desk.store.status.status()
        assert {one.feed: one.next_poll_at for one in status.feeds}[FEED] == desk.now
        claimed = await desk.store.feeds.claim_feeds(desk.now, 5, LEASE)
        assert FEED in {one.feed for one in claimed}

    async def test_takes_nothing_from_its_hub(self, desk: Desk) -> None:
        await desk.read()
        assert await desk.store.feeds.takes_pushes(FEED)

        await pause(desk, Pausable.FEED, FEED)

        assert await desk.store.feeds.takes_pushes(FEED) is None

    async def test_stays_so_over_a_restart_and_a_reload(self, desk: Desk, url: str) -> None:
        await desk.store.feeds.register_feeds([feed()], desk.now)
        await pause(desk, Pausable.FEED, FEED)

        async with restarted(desk, url) as again:
            await again.store.feeds.register_feeds([feed()], desk.now)

            assert await again.store.feeds.claim_feeds(desk.now, 5, LEASE) == ()
            [pause_] = (await again.store.status.status()).pauses
            assert str(pause_) == "feed fdd"

    async def test_is_no_paused_topic_of_the_same_name(self, desk: Desk) -> None:
        await desk.store.feeds.register_feeds([feed()], desk.now)

        await pause(desk, Pausable.TOPIC, FEED)

        assert len(await desk.store.feeds.claim_feeds(desk.now, 5, LEASE)) == 1


class TestAPausedTopic:
    async def test_stores_its_briefs_and_tells_nobody(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await desk.publish(alert("before", MISSILES))
        await pause(desk, Pausable.TOPIC, MISSILES)
        desk.later(minutes=2)
        await desk.publish(alert("meanwhile", MISSILES))
        await resume(desk, Pausable.TOPIC, MISSILES)
        desk.later(minutes=2)
        await desk.publish(alert("after", MISSILES))

        assert chats_and_keys(await desk.drain()) == [(ANNA, "before"), (ANNA, "after")]
        latest = await desk.store.chats.latest([MISSILES], 5)
        assert [one.alert.brief.key for one in latest] == ["after", "meanwhile", "before"]

    async def test_is_so_for_each_chat_that_follows_it_until_it_is_resumed(
        self, desk: Desk
    ) -> None:
        await desk.subscribe(ANNA)
        await desk.subscribe(ANNA, topic=HOUTHIS)
        await pause(desk, Pausable.TOPIC, MISSILES)
        await pause(desk, Pausable.FEED, HOUTHIS)

        following = await desk.store.chats.following(ANNA)
        await resume(desk, Pausable.TOPIC, MISSILES)

        assert {topic: how.paused for topic, how in following.items()} == {
            MISSILES: True,
            HOUTHIS: False,
        }
        assert not (await desk.store.chats.following(ANNA))[MISSILES].paused

    async def test_leaves_what_another_topic_brings(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await desk.subscribe(ANNA, BORIS, topic=HOUTHIS)
        await pause(desk, Pausable.TOPIC, MISSILES)

        await desk.publish(alert("a", MISSILES, HOUTHIS))

        sent = await desk.drain()
        assert {(one.chat, one.topics) for one in sent} == {
            (ANNA, (HOUTHIS,)),
            (BORIS, (HOUTHIS,)),
        }


class TestABroadcast:
    async def test_reaches_every_chat_that_can_be_reached_once(self, desk: Desk) -> None:
        await desk.subscribe(ANNA, BORIS, NEWSROOM)
        await desk.store.chats.open_chat(CARLA, desk.now)
        await desk.store.chats.chat_gone(BORIS, "blocked by the user")
        assert await desk.store.broadcasts.reachable() == 3

        number = await approved(desk)

        assert sorted(await told(desk)) == [(chat, HELLO.text) for chat in (NEWSROOM, ANNA, CARLA)]
        assert await desk.store.broadcasts.go_on(desk.now) is None
        kept = await desk.store.broadcasts.find(number)
        assert kept
        assert (kept.stage, kept.message) == (Stage.MADE, HELLO)
        progress = await desk.store.broadcasts.latest()
        assert progress
        assert (progress.left, progress.deliveries) == (0, {"sent": 3})

    async def test_is_approved_once(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        number = await approved(desk)

        assert not await desk.store.broadcasts.approve(number, act("send"))
        assert not await desk.store.broadcasts.cancel(number, act("cancel"))
        assert await told(desk) == [(ANNA, HELLO.text)]
        assert [one.what for one in await desk.store.acts.acts(9)] == ["send", "draft"]

    async def test_that_was_cancelled_is_never_sent(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        number = await desk.store.broadcasts.draft(HELLO, act("draft"))

        assert await desk.store.broadcasts.cancel(number, act("cancel"))
        assert not await desk.store.broadcasts.approve(number, act("send"))
        assert await told(desk) == []

    async def test_lets_alerts_go_first(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(broadcasts, "HANDFUL", 1)
        await desk.subscribe(ANNA, BORIS)
        await desk.store.chats.open_chat(CARLA, desk.now)
        await approved(desk)
        assert await desk.store.broadcasts.go_on(desk.now) == 1
        await desk.publish(alert("a", MISSILES))

        assert await desk.store.broadcasts.go_on(desk.now) == 0
        sent = [chat for chat, key in await told(desk)]

        assert sorted(sent) == sorted([CARLA, ANNA, BORIS, ANNA, BORIS])
        assert set(sent[:3]) == {ANNA, BORIS, CARLA}

    async def test_goes_on_after_a_crash_where_it_was(
        self, desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(broadcasts, "HANDFUL", 2)
        await desk.subscribe(ANNA, BORIS, CARLA, NEWSROOM)
        await approved(desk)
        assert await desk.store.broadcasts.go_on(desk.now) == 2
        before = await desk.drain()

        async with restarted(desk, url) as again:
            after = await told(again)

        assert len(before) == len(after) == 2
        chats = {one.chat for one in before} | {chat for chat, _ in after}
        assert chats == {ANNA, BORIS, CARLA, NEWSROOM}

    async def test_is_not_for_chats_that_came_later(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await approved(desk)
        desk.later(seconds=1)
        await desk.subscribe(BORIS)

        assert await told(desk) == [(ANNA, HELLO.text)]

    @pytest.mark.parametrize("made", [True, False])
    async def test_reaches_a_group_once_that_gets_a_new_id_meanwhile(
        self, desk: Desk, made: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(broadcasts, "HANDFUL", 1)
        await desk.subscribe(NEWSROOM)
        await approved(desk)
        if made:
            assert await desk.store.broadcasts.go_on(desk.now) == 1
        await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

        assert await told(desk) == [(UPGRADED, HELLO.text)]

    async def test_reaches_a_group_once_that_was_known_by_both_its_ids(self, desk: Desk) -> None:
        await desk.subscribe(NEWSROOM, UPGRADED)
        await approved(desk)
        assert await desk.store.broadcasts.go_on(desk.now) == 2
        await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

        assert await told(desk) == [(UPGRADED, HELLO.text)]

    async def test_is_tried_again_like_an_alert(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await approved(desk)
        await desk.store.broadcasts.go_on(desk.now)
        [first] = await desk.claim()
        assert first.alert_id is None
        assert await desk.finish(first, Verdict(retry_at=desk.now + timedelta(seconds=5)))

        [second] = await desk.drain()

        assert (second.attempt, second.content) == (2, HELLO)

    async def test_that_may_have_arrived_is_sent_again_and_marked(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await approved(desk)
        await desk.store.broadcasts.go_on(desk.now)
        await desk.claim()
        await desk.store.outbox.recover(desk.now, everything=True)

        [again] = await desk.drain()

        assert (again.maybe_repeat, again.content) == (True, HELLO)

    async def test_is_sent_to_nobody_who_left_or_blocked_the_bot_meanwhile(
        self, desk: Desk
    ) -> None:
        await desk.subscribe(ANNA, BORIS, CARLA)
        await approved(desk)
        await desk.store.broadcasts.go_on(desk.now)
        await desk.store.chats.chat_gone(ANNA, "blocked by the user")
        await desk.store.chats.forget(BORIS)

        assert await told(desk) == [(CARLA, HELLO.text)]
        assert await desk.counts() == {"dead": 1, "sent": 1}

    async def test_is_kept_as_long_as_a_delivery_of_it(self, desk: Desk) -> None:
        kept = Retention(briefs=YEAR, deliveries=YEAR, lost_chats=YEAR, acts=timedelta(days=8))
        await desk.subscribe(ANNA)
        number = await approved(desk)
        await told(desk)
        desk.later(days=9)
        _ = [n async for n in desk.store.retention.prune(kept, desk.now)]
        assert await desk.store.broadcasts.find(number)

        desk.later(days=365)
        _ = [n async for n in desk.store.retention.prune(kept, desk.now)]

        assert await desk.store.broadcasts.find(number) is None

    async def test_waits_for_the_end_of_quiet_hours_apart_from_what_else_waits(
        self, desk: Desk
    ) -> None:
        await desk.subscribe(ANNA)
        quiet = QuietHours(start=11 * 60, end=13 * 60)
        await desk.store.chats.change_settings(
            ANNA, lambda old: replace(old, quiet=quiet), desk.now
        )
        await desk.store.holds.release(desk.now, plan)
        await approved(desk)
        await desk.store.broadcasts.go_on(desk.now)
        assert await desk.claim() == ()
        await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
        assert await desk.counts() == {"held": 3}

        desk.later(hours=2)
        await desk.store.holds.release(desk.now, plan)
        sent = [one.content for one in await desk.drain()]

        assert len(sent) == 2
        assert HELLO in sent
        assert sum(isinstance(content, Digest) for content in sent) == 1

    async def test_is_cancelled_by_nobody_who_leaves_a_topic(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await approved(desk)
        await desk.store.broadcasts.go_on(desk.now)

        await desk.store.chats.unsubscribe(ANNA, MISSILES)

        assert await told(desk) == [(ANNA, HELLO.text)]

    async def test_leaves_no_chat_behind_in_its_row(self, desk: Desk) -> None:
        await desk.subscribe(ANNA)
        await approved(desk)
        await told(desk)

        async with desk.store.database.reading() as connection:
            [row] = await connection.execute(select(broadcast_rows))
        assert row.reached is None


async def test_alerts_are_counted_by_topic(desk: Desk) -> None:
    await desk.publish(alert("a", MISSILES, HOUTHIS), alert("b", MISSILES))

    assert await desk.store.status.alerts_by_topic(START) == {MISSILES: 2, HOUTHIS: 1}
    assert await desk.store.status.alerts_by_topic(START + timedelta(seconds=1)) == {}
