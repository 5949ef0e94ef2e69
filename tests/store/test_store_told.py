"""What a chat was told, and what people think of it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update
from store_samples import (
    ANNA,
    BORIS,
    CYBER,
    HOUTHIS,
    MISSILES,
    NEWSROOM,
    UPGRADED,
    Desk,
    alert,
)

from alertbot.model import AlertId, Button, ChatId, Message
from alertbot.ports import Retention, Thumb, Vote, Votes
from alertbot.store.tables import briefs, deliveries, feedback

SHOWN = Message(html="<b>a</b>", text="a", buttons=((Button(label="Why?", data="why:1"),),))
YEAR = timedelta(days=365)


async def told_alert(desk: Desk, *chats: ChatId) -> AlertId:
    """Have an alert on two topics sent to chats that follow one of them."""
    await desk.subscribe(*chats)
    await desk.publish(alert("a", MISSILES, CYBER))
    for _ in chats:
        for delivery in await desk.claim():
            await desk.store.outbox.keep(delivery, SHOWN)
            await desk.finish(delivery)
    return delivery.alert_id


def vote(desk: Desk, of: AlertId, thumb: Thumb, chat: ChatId = ANNA, user: int = 11) -> Vote:
    return Vote(chat=chat, alert=of, user=user, thumb=thumb, at=desk.now)


async def votes(desk: Desk) -> dict[str, Votes]:
    return (await desk.store.status.ledger(desk.now)).feedback


async def rows(desk: Desk) -> list[tuple[int | None, int | None, str]]:
    """Return chat, person and thumb of the votes, in the order they were given."""
    columns = (feedback.c.chat_id, feedback.c.user_id, feedback.c.thumb)
    async with desk.store.database.reading() as connection:
        found = await connection.execute(select(*columns).order_by(feedback.c.id))
        return [tuple(row) for row in found]


async def test_a_chat_is_told_its_own_topics_in_the_very_message_that_was_sent(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)

    told = await desk.store.chats.told(ANNA, number)

    assert told is not None
    assert (told.id, told.topics, told.message) == (number, (MISSILES,), SHOWN)
    assert told.alert == alert("a", MISSILES, CYBER)
    assert (told.maybe_repeat, told.edited) == (False, False)


async def test_a_chat_knows_nothing_of_what_another_was_told(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    await desk.subscribe(BORIS)

    assert await desk.store.chats.told(BORIS, number) is None
    assert await desk.store.chats.told(ANNA, AlertId(number + 1)) is None


async def test_a_forum_was_told_in_each_thread_of_the_topics_that_go_there(desk: Desk) -> None:
    book = desk.store.chats
    await book.subscribe(NEWSROOM, MISSILES, desk.now, thread=5)
    await book.subscribe(NEWSROOM, CYBER, desk.now)
    await desk.publish(alert("a", MISSILES, CYBER))
    [first, _] = await desk.drain()

    topics = {}
    for thread in (None, 5, 6):
        told = await book.told(NEWSROOM, first.alert_id, thread)
        assert told is not None
        topics[thread] = told.topics

    assert (topics[None], topics[5]) == ((CYBER,), (MISSILES,))
    assert topics[6] in {(CYBER,), (MISSILES,)}


async def test_a_vote_in_a_thread_counts_for_the_topics_that_go_there(desk: Desk) -> None:
    book = desk.store.chats
    await book.subscribe(NEWSROOM, MISSILES, desk.now, thread=5)
    await book.subscribe(NEWSROOM, CYBER, desk.now, thread=6)
    await desk.publish(alert("a", MISSILES, CYBER))
    [first, _] = await desk.drain()
    given = vote(desk, first.alert_id, Thumb.UP, chat=NEWSROOM)

    await book.vote(replace(given, thread=5))
    await book.vote(replace(given, thread=6, user=12, thumb=Thumb.DOWN))

    assert await votes(desk) == {MISSILES: Votes(up=1), CYBER: Votes(down=1)}


async def test_what_was_left_since_is_still_what_it_was_told_for(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    await desk.store.chats.unsubscribe(ANNA, MISSILES)

    told = await desk.store.chats.told(ANNA, number)

    assert told is not None
    assert told.topics == (MISSILES,)


async def test_a_message_that_may_be_a_repeat_is_known_as_one(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    async with desk.store.database.writing() as connection:
        await connection.execute(update(deliveries).values(maybe_repeat=True))

    told = await desk.store.chats.told(ANNA, number)

    assert told is not None
    assert told.maybe_repeat


async def test_an_edit_of_the_brief_after_the_alert_is_known(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    async with desk.store.database.writing() as connection:
        await connection.execute(update(briefs).values(revised_at=desk.later(hours=1)))

    told = await desk.store.chats.told(ANNA, number)

    assert told is not None
    assert told.edited


async def test_what_was_told_is_no_longer_known_when_its_delivery_is_too_old(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    kept = Retention(briefs=YEAR, deliveries=timedelta(days=30), lost_chats=YEAR)
    desk.later(days=31)

    async for _ in desk.store.retention.prune(kept, desk.now):
        pass

    assert await desk.store.chats.told(ANNA, number) is None
    assert await desk.store.chats.vote(vote(desk, number, Thumb.UP)) is None
    assert await rows(desk) == []


async def test_a_vote_counts_once_is_changed_by_the_other_and_taken_back_by_the_same(
    desk: Desk,
) -> None:
    number = await told_alert(desk, ANNA)
    book = desk.store.chats

    assert await book.vote(vote(desk, number, Thumb.UP)) is Thumb.UP
    assert await votes(desk) == {MISSILES: Votes(up=1)}
    assert await book.vote(vote(desk, number, Thumb.DOWN)) is Thumb.DOWN
    assert await votes(desk) == {MISSILES: Votes(down=1)}
    assert await book.vote(vote(desk, number, Thumb.DOWN)) is None
    assert await votes(desk) == {}


async def test_a_chat_has_no_vote_on_what_it_was_never_told(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    await desk.subscribe(BORIS)

    assert await desk.store.chats.vote(vote(desk, number, Thumb.UP, chat=BORIS)) is None

    assert await rows(desk) == []


async def test_each_person_of_a_group_has_a_vote(desk: Desk) -> None:
    number = await told_alert(desk, NEWSROOM)

    for user, thumb in ((11, Thumb.UP), (12, Thumb.UP), (13, Thumb.DOWN), (0, Thumb.DOWN)):
        await desk.store.chats.vote(vote(desk, number, thumb, chat=NEWSROOM, user=user))

    assert await votes(desk) == {MISSILES: Votes(up=2, down=2)}


async def test_votes_are_counted_for_each_topic_the_most_first_for_thirty_days(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.subscribe(ANNA, topic=HOUTHIS)
    number = await told_alert(desk, ANNA, BORIS)
    await desk.store.chats.vote(vote(desk, number, Thumb.UP))
    await desk.store.chats.vote(vote(desk, number, Thumb.UP, chat=BORIS))

    assert list((await votes(desk)).items()) == [(MISSILES, Votes(up=2)), (CYBER, Votes(up=1))]
    desk.later(days=31)
    assert await votes(desk) == {}


async def test_what_a_chat_thinks_of_its_own_watches_is_not_told(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    await desk.store.chats.vote(vote(desk, number, Thumb.UP))
    async with desk.store.database.writing() as connection:
        await connection.execute(update(feedback).values(topics=f",{MISSILES},~7,"))

    assert await votes(desk) == {MISSILES: Votes(up=1)}


async def test_a_forgotten_chat_leaves_its_votes_and_takes_its_name(desk: Desk) -> None:
    number = await told_alert(desk, ANNA, BORIS)
    for chat in (ANNA, BORIS):
        await desk.store.chats.vote(vote(desk, number, Thumb.DOWN, chat=chat, user=chat))

    for chat in (ANNA, BORIS):
        await desk.store.chats.forget(chat)

    assert await rows(desk) == [(None, None, "down")] * 2
    assert await votes(desk) == {MISSILES: Votes(down=2)}


async def test_votes_go_with_their_alert(desk: Desk) -> None:
    number = await told_alert(desk, ANNA)
    await desk.store.chats.vote(vote(desk, number, Thumb.UP))
    desk.later(days=400)
    kept = Retention(briefs=YEAR, deliveries=YEAR, lost_chats=YEAR)

    async for _ in desk.store.retention.prune(kept, desk.now):
        pass

    assert await rows(desk) == []


async def test_an_upgraded_group_keeps_its_votes_each_person_one(desk: Desk) -> None:
    number = await told_alert(desk, NEWSROOM, UPGRADED)
    given = vote(desk, number, Thumb.UP, chat=NEWSROOM)
    for each in (given, replace(given, user=12), replace(given, chat=UPGRADED, thumb=Thumb.DOWN)):
        await desk.store.chats.vote(each)

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert await rows(desk) == [(UPGRADED, 12, "up"), (UPGRADED, 11, "down")]
    assert await desk.store.chats.vote(replace(given, chat=UPGRADED)) is Thumb.UP
