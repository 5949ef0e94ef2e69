"""Watches: rules that chats wrote for themselves, from the proposal to the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from store_samples import (
    ANNA,
    BORIS,
    LASTING,
    MISSILES,
    NEWSROOM,
    START,
    UPGRADED,
    Desk,
    alert,
)

from alertbot.classifier.search import read_search
from alertbot.dispatcher.times import plan
from alertbot.model import Alert, ChatId, Message, TopicId, watch_topic
from alertbot.ports import Digest, Mode, Retention, Saving, Subscription
from alertbot.store.tables import (
    State,
    alert_topics,
    chats,
    deliveries,
    messages,
    subscriptions,
    watches,
)

RULE = "al-Asad AND drone*"


async def watch(desk: Desk, chat: ChatId, rule: str = RULE, limit: int = 10) -> TopicId:
    number = await desk.store.watches.propose(chat, rule, desk.now)
    assert await desk.store.watches.save(chat, number, desk.now, limit) is Saving.SAVED
    return watch_topic(number)


def number(topic: TopicId) -> int:
    return int(topic[1:])


async def rows(desk: Desk, table: object) -> int:
    async with desk.store.database.reading() as connection:
        return len((await connection.execute(select(table))).all())


def rules(content: object) -> dict[TopicId, str | None]:
    """Return the topics that an alert is shown to have matched, with the rules of watches."""
    assert isinstance(content, Alert)
    return {match.topic: match.rule for match in content.matches}


async def held_together(desk: Desk, *found_by: TopicId) -> dict[ChatId, Digest]:
    """Publish two alerts, to be told each hour, and claim them then, written out."""
    for chat in (ANNA, BORIS):
        await desk.store.chats.set_mode(chat, Mode.HOURLY)
    await desk.store.holds.release(desk.now, plan)
    await desk.publish(alert("a", *found_by), topics=LASTING)
    desk.later(minutes=2)
    await desk.publish(alert("b", *found_by), topics=LASTING)
    desk.later(hours=1)
    await desk.store.holds.release(desk.now, plan)
    told = {delivery.chat: delivery for delivery in await desk.claim()}
    for delivery in told.values():
        await desk.store.outbox.keep(delivery, Message(html="<b>a</b>", text="a"))
    contents = {chat: delivery.content for chat, delivery in told.items()}
    assert all(isinstance(content, Digest) for content in contents.values())
    return contents


async def write(desk: Desk, html: str = "<b>a</b>") -> None:
    """Claim what is due and have its message written, as the sender does."""
    for delivery in await desk.claim():
        await desk.store.outbox.keep(delivery, Message(html=html, text="a"))
        assert await desk.finish(delivery)


async def test_a_rule_is_watched_once_its_chat_has_saved_it(desk: Desk) -> None:
    proposed = await desk.store.watches.propose(ANNA, RULE, desk.now)
    assert await desk.store.watches.watches(ANNA) == ()
    assert await desk.store.watches.numbers() == frozenset()

    desk.later(minutes=1)
    assert await desk.store.watches.save(ANNA, proposed, desk.now, 10) is Saving.SAVED
    assert await desk.store.watches.save(ANNA, proposed, desk.now, 10) is Saving.SAVED

    [kept] = await desk.store.watches.watches(ANNA)
    assert (kept.number, kept.chat, kept.rule, kept.since) == (proposed, ANNA, RULE, desk.now)
    assert await desk.store.watches.numbers() == {proposed}
    assert await desk.store.watches.load([proposed, 999]) == (kept,)
    assert await desk.store.chats.subscriptions(ANNA) == {watch_topic(proposed)}


async def test_nobody_saves_discards_or_ends_what_is_another_chats(desk: Desk) -> None:
    proposed = await desk.store.watches.propose(ANNA, RULE, desk.now)
    await desk.subscribe(BORIS)

    assert await desk.store.watches.save(BORIS, proposed, desk.now, 10) is Saving.GONE
    await desk.store.watches.discard(BORIS, proposed)
    assert await desk.store.watches.save(ANNA, proposed, desk.now, 10) is Saving.SAVED
    assert await desk.store.watches.end(BORIS, proposed) is None

    assert [one.number for one in await desk.store.watches.watches(ANNA)] == [proposed]
    assert await desk.store.watches.watches(BORIS) == ()


async def test_a_chat_has_no_more_watches_than_it_may_and_each_once(desk: Desk) -> None:
    await watch(desk, ANNA, "one", limit=2)
    again = await desk.store.watches.propose(ANNA, "one", desk.now)
    assert await desk.store.watches.save(ANNA, again, desk.now, 2) is Saving.KNOWN
    await watch(desk, ANNA, "two", limit=2)
    third = await desk.store.watches.propose(ANNA, "three", desk.now)
    assert await desk.store.watches.save(ANNA, third, desk.now, 2) is Saving.FULL
    await watch(desk, BORIS, "one", limit=2)

    assert [one.rule for one in await desk.store.watches.watches(ANNA)] == ["one", "two"]


async def test_a_proposal_is_forgotten_when_discarded_pushed_out_or_a_day_old(desk: Desk) -> None:
    book = desk.store.watches
    numbers = [await book.propose(ANNA, f"rule{each}", desk.now) for each in range(7)]
    await book.discard(ANNA, numbers[6])
    for gone in (*numbers[:2], numbers[6]):
        assert await book.save(ANNA, gone, desk.now, 10) is Saving.GONE
    assert await book.save(ANNA, numbers[2], desk.now, 10) is Saving.SAVED

    desk.later(days=1, seconds=1)
    year = timedelta(days=365)
    kept = Retention(briefs=year, deliveries=year, lost_chats=year)
    assert sum([count async for count in desk.store.retention.prune(kept, desk.now)]) == 3

    assert await book.save(ANNA, numbers[3], desk.now, 10) is Saving.GONE
    assert len(await book.watches(ANNA)) == 1


async def test_a_number_is_never_used_again(desk: Desk) -> None:
    first = await watch(desk, ANNA)
    assert await desk.store.watches.end(ANNA, number(first)) is not None
    await desk.store.chats.forget(ANNA)

    assert number(await watch(desk, BORIS)) > number(first)


async def test_whoever_matches_is_told_of_every_change(desk: Desk) -> None:
    seen = [await desk.store.watches.changes()]
    topic = await watch(desk, ANNA)
    seen.append(await desk.store.watches.changes())
    await desk.store.watches.end(ANNA, number(topic))
    seen.append(await desk.store.watches.changes())
    await watch(desk, ANNA)
    seen.append(await desk.store.watches.changes())
    await desk.store.chats.forget(ANNA)
    seen.append(await desk.store.watches.changes())

    assert seen == sorted(set(seen))


async def test_what_a_watch_finds_is_told_to_its_chat_alone_by_its_rule(desk: Desk) -> None:
    await desk.subscribe(BORIS)
    mine, other = await watch(desk, ANNA), await watch(desk, BORIS, "other")

    assert await desk.publish(alert("a", MISSILES, mine, other)) == 2

    claimed = {delivery.chat: delivery for delivery in await desk.claim()}
    assert claimed[ANNA].topics == (mine,)
    assert claimed[BORIS].topics == (MISSILES, other)
    assert rules(claimed[ANNA].content) == {MISSILES: None, mine: RULE}
    assert rules(claimed[BORIS].content) == {MISSILES: None, other: "other"}


async def test_a_digest_has_the_rules_of_its_chat_and_no_others(desk: Desk) -> None:
    mine, other = await watch(desk, ANNA), await watch(desk, BORIS, "other")
    digest = await held_together(desk, mine, other)

    assert [rules(item.alert) for item in digest[ANNA].items] == [{mine: RULE}] * 2
    assert [rules(item.alert) for item in digest[BORIS].items] == [{other: "other"}] * 2


async def test_under_an_alert_its_chat_finds_its_rule_and_no_other(desk: Desk) -> None:
    await desk.subscribe(BORIS)
    mine, other = await watch(desk, ANNA), await watch(desk, BORIS, "other")
    await desk.publish(alert("a", MISSILES, mine, other))
    number_of = (await desk.claim())[0].alert_id

    for_anna = await desk.store.chats.told(ANNA, number_of)
    for_boris = await desk.store.chats.told(BORIS, number_of)

    assert for_anna is not None
    assert for_boris is not None
    assert (for_anna.topics, rules(for_anna.alert)) == ((mine,), {MISSILES: None, mine: RULE})
    assert rules(for_boris.alert) == {MISSILES: None, other: "other"}


async def test_who_looks_back_is_shown_no_watch(desk: Desk) -> None:
    mine = await watch(desk, ANNA)
    await desk.publish(alert("a", MISSILES, mine))

    found = await desk.store.archive.find(read_search("brief"), [MISSILES], limit=5)
    past = await desk.store.archive.told(MISSILES, [MISSILES], since=START, limit=5)

    assert [one.alert and rules(one.alert) for one in found.briefs] == [{MISSILES: None}]
    assert [rules(one.alert) for one in past.alerts] == [{MISSILES: None}]


async def test_nobody_else_is_shown_that_a_watch_found_an_alert(desk: Desk) -> None:
    await desk.subscribe(BORIS)
    mine = await watch(desk, ANNA)
    await desk.publish(alert("a", MISSILES, mine))

    [delivery] = [one for one in await desk.claim() if one.chat == BORIS]
    [past] = await desk.store.chats.latest([MISSILES], 3)
    [own] = await desk.store.chats.latest([mine], 3)
    status = await desk.store.status.status()

    assert delivery.topics == (MISSILES,)
    assert [match.topic for match in past.alert.matches] == [MISSILES]
    assert [(match.topic, match.rule) for match in own.alert.matches] == [(mine, RULE)]
    assert await desk.store.chats.subscribers() == {MISSILES: 1} == status.subscribers
    assert (status.subscriptions, status.watches) == (1, 1)


async def test_a_watch_that_ends_takes_all_along_that_was_told_of_it(desk: Desk) -> None:
    mine, other = await watch(desk, ANNA), await watch(desk, BORIS)
    await desk.publish(alert("a", mine, other))
    await write(desk)
    desk.later(minutes=1)
    await desk.publish(alert("b", mine))

    ended = await desk.store.watches.end(ANNA, number(mine))

    assert ended is not None
    assert ended.rule == RULE
    assert await desk.counts() == {State.SENT: 2, State.CANCELLED: 1}
    assert await desk.store.chats.subscriptions(ANNA) == frozenset()
    async with desk.store.database.reading() as connection:
        topics = (await connection.execute(select(alert_topics.c.topic_id))).scalars().all()
        written = (await connection.execute(select(messages.c.topics))).scalars().all()
    assert (topics, written) == ([other], [other])


async def test_a_watch_that_ends_takes_the_messages_of_its_chats_digests_along(desk: Desk) -> None:
    mine, other = await watch(desk, ANNA), await watch(desk, BORIS)
    await held_together(desk, mine, other)
    assert await rows(desk, messages) == 2

    await desk.store.watches.end(ANNA, number(mine))

    async with desk.store.database.reading() as connection:
        [written] = (await connection.execute(select(messages.c.topics))).scalars().all()
        of_boris = select(deliveries.c.id).where(
            deliveries.c.chat_id == BORIS, deliveries.c.carrier
        )
        assert written == f"#{(await connection.execute(of_boris)).scalar_one()}"


async def test_a_digest_that_is_tried_again_after_an_end_does_not_name_the_watch(
    desk: Desk,
) -> None:
    mine, other = await watch(desk, ANNA), await watch(desk, ANNA, "other")
    for topic in (mine, other):
        await desk.store.chats.set_mode(ANNA, Mode.HOURLY, [topic])
    await held_together(desk, mine, other)

    await desk.store.watches.end(ANNA, number(mine))
    desk.later(minutes=5)
    await desk.store.outbox.recover(desk.now)

    [again] = await desk.claim()
    assert again.maybe_repeat
    assert isinstance(again.content, Digest)
    assert [rules(item.alert) for item in again.content.items] == [{other: "other"}] * 2


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_message_that_is_written_while_its_watch_ends_is_not_kept(
    desk: Desk, leaves: bool
) -> None:
    mine = await watch(desk, ANNA)
    await desk.publish(alert("a", mine))
    [delivery] = await desk.claim()
    if leaves:
        await desk.store.chats.forget(ANNA)
    else:
        await desk.store.watches.end(ANNA, number(mine))

    message = Message(html=RULE, text=RULE)

    assert await desk.store.outbox.keep(delivery, message) == message
    assert await rows(desk, messages) == 0


async def test_a_watch_that_is_saved_in_a_forum_thread_is_told_there(desk: Desk) -> None:
    proposed = await desk.store.watches.propose(NEWSROOM, RULE, desk.now)
    await desk.store.watches.save(NEWSROOM, proposed, desk.now, 10, thread=6)
    mine = watch_topic(proposed)

    assert await desk.store.chats.following(NEWSROOM) == {mine: Subscription(thread=6)}
    await desk.publish(alert("a", mine))
    [delivery] = await desk.claim()
    assert delivery.thread == 6


async def test_an_alert_that_only_an_ended_watch_found_can_still_be_revised(desk: Desk) -> None:
    mine = await watch(desk, ANNA)
    await desk.publish(alert("a", mine))
    await desk.store.watches.end(ANNA, number(mine))

    assert await desk.publish(revisions=(alert("a", MISSILES),)) == 0


async def test_a_chat_that_leaves_takes_its_watches_along(desk: Desk) -> None:
    await watch(desk, ANNA)
    await desk.store.watches.propose(ANNA, "another", desk.now)
    await desk.publish(alert("a", watch_topic(1)))
    await write(desk)

    await desk.store.chats.forget(ANNA)

    for table in (watches, subscriptions, chats, deliveries, messages, alert_topics):
        assert await rows(desk, table) == 0


async def test_a_lost_chat_loses_its_watches_when_it_is_forgotten(desk: Desk) -> None:
    await watch(desk, ANNA)
    await desk.store.chats.chat_gone(ANNA, "blocked")
    month = timedelta(days=30)
    kept = Retention(briefs=12 * month, deliveries=month, lost_chats=month)

    [_ async for _ in desk.store.retention.prune(kept, desk.now)]
    assert await rows(desk, watches) == 1
    desk.later(days=31)
    [_ async for _ in desk.store.retention.prune(kept, desk.now)]

    assert await rows(desk, watches) == 0
    assert await desk.store.watches.numbers() == frozenset()


async def test_a_group_that_gets_a_new_id_goes_on_watching(desk: Desk) -> None:
    mine = await watch(desk, NEWSROOM)
    proposed = await desk.store.watches.propose(NEWSROOM, "another", desk.now)

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert [one.rule for one in await desk.store.watches.watches(UPGRADED)] == [RULE]
    assert await desk.store.watches.save(UPGRADED, proposed, desk.now, 10) is Saving.SAVED
    assert await desk.publish(alert("a", mine)) == 1
    [delivery] = await desk.claim()
    assert delivery.chat == UPGRADED


async def test_that_a_watch_is_paused_is_noted_until_it_goes_on(desk: Desk) -> None:
    book = desk.store.watches
    mine = number(await watch(desk, ANNA))

    await book.note_paused(mine, "there is no list @iran")
    assert await book.paused() == {mine}
    assert [one.mistake for one in await book.watches(ANNA)] == ["there is no list @iran"]
    await book.note_paused(mine, None)

    assert await book.paused() == frozenset()


async def test_a_rule_is_tried_on_the_newest_stories_each_once(desk: Desk) -> None:
    await desk.publish(alert("old"))
    desk.later(days=40)
    await desk.publish(*(alert(str(each)) for each in range(5)))

    async def tried(most: int) -> list[str]:
        batches = desk.store.watches.stories(START + timedelta(days=10), most)
        return [one.brief.key async for batch in batches for one in batch]

    assert await tried(100) == ["4", "3", "2", "1", "0"]
    assert await tried(2) == ["4", "3"]


@pytest.mark.parametrize("many", [0, 1])
async def test_the_stories_of_a_new_store_are_none(desk: Desk, many: int) -> None:
    assert [batch async for batch in desk.store.watches.stories(START, many)] in ([], [()])
