from datetime import datetime

import pytest
from sqlalchemy import MetaData, String, cast, func, select
from store_samples import (
    ANNA,
    BORIS,
    CYBER,
    HOUTHIS,
    MISSILES,
    NEWSROOM,
    SENT,
    START,
    UPGRADED,
    Desk,
    alert,
    chats_and_keys,
)

from alertbot.model import ChatId, TopicId
from alertbot.ports import ChatLanguage, Thumb, Verdict, Vote
from alertbot.store import Store


async def test_one_subscribes_once(store: Store) -> None:
    assert await store.chats.subscribe(ANNA, MISSILES, START)
    assert not await store.chats.subscribe(ANNA, MISSILES, START)

    assert frozenset({MISSILES}) == await store.chats.subscriptions(ANNA)
    assert frozenset() == await store.chats.subscriptions(BORIS)


async def test_one_unsubscribes_once(store: Store) -> None:
    await store.chats.subscribe(ANNA, MISSILES, START)
    await store.chats.subscribe(ANNA, CYBER, START)

    assert await store.chats.unsubscribe(ANNA, MISSILES)
    assert not await store.chats.unsubscribe(ANNA, MISSILES)

    assert frozenset({CYBER}) == await store.chats.subscriptions(ANNA)


async def test_unsubscribing_cancels_what_was_due_for_that_topic_alone(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))

    await desk.store.chats.unsubscribe(ANNA, MISSILES)

    assert chats_and_keys(await desk.drain()) == [(BORIS, "a")]
    assert await desk.counts() == {"cancelled": 1, "sent": 1}


async def test_subscribers_are_counted_by_topic(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(ANNA, topic=CYBER)

    assert await desk.store.chats.subscribers() == {MISSILES: 2, CYBER: 1}
    assert (await desk.store.status.status()).subscribers == {MISSILES: 2, CYBER: 1}


async def test_dropping_a_topic_ends_its_subscriptions_and_what_is_due_for_it_alone(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.publish(alert("a", MISSILES, CYBER))

    assert await desk.store.chats.drop_topic(MISSILES) == 2
    assert await desk.store.chats.drop_topic(MISSILES) == 0

    assert await desk.store.chats.subscribers() == {CYBER: 1}
    [delivery] = await desk.drain()
    assert (delivery.chat, delivery.topics) == (ANNA, (CYBER,))
    assert await desk.counts() == {"cancelled": 1, "sent": 1}


async def test_unsubscribing_leaves_what_another_topic_brings_and_names_only_that(
    desk: Desk,
) -> None:
    # an underscore is a wildcard to LIKE
    similar = TopicId("iran_missiles")
    for topic in (MISSILES, CYBER, similar):
        await desk.subscribe(ANNA, topic=topic)
    await desk.publish(alert("a", MISSILES, CYBER), alert("b", MISSILES, similar))

    await desk.store.chats.unsubscribe(ANNA, similar)
    await desk.store.chats.unsubscribe(ANNA, CYBER)

    assert [(delivery.content.brief.key, delivery.topics) for delivery in await desk.drain()] == [
        ("a", (MISSILES,)),
        ("b", (MISSILES,)),
    ]


async def test_a_try_that_must_be_repeated_after_an_unsubscribe_is_not(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(alert("a", MISSILES))
    anna, _ = await desk.claim()
    await desk.store.chats.unsubscribe(ANNA, MISSILES)
    await desk.store.chats.unsubscribe(BORIS, MISSILES)

    await desk.finish(anna, Verdict(retry_at=desk.now))
    await desk.store.outbox.recover(desk.now, everything=True)

    assert await desk.counts() == {"cancelled": 2}


async def test_a_chat_that_is_gone_is_sent_nothing_more(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(*(alert(key, MISSILES) for key in "abc"))
    [anna] = await desk.claim(slots=1)
    await desk.finish(anna)

    await desk.store.chats.chat_gone(ANNA, "blocked")
    assert await desk.publish(alert("d", MISSILES)) == 1

    assert chats_and_keys(await desk.drain()) == [(BORIS, key) for key in "abcd"]
    assert (await desk.store.status.status()).dead_reasons == {"blocked": 2}
    assert await desk.counts() == {"sent": 5, "dead": 2}


async def test_a_refusal_for_good_cancels_the_queue_of_the_chat(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(*(alert(key, MISSILES) for key in "abc"))
    [delivery] = await desk.claim()

    await desk.finish(delivery, Verdict(dead="bot was blocked by the user", chat_gone=True))

    status = await desk.store.status.status()
    assert (status.chats, status.unreachable) == (1, 1)
    assert status.dead_reasons == {"bot was blocked by the user": 3}
    assert await desk.next_due() is None


async def test_a_chat_that_comes_back_has_its_subscriptions_and_is_told_the_new(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA)
    await desk.store.chats.chat_gone(ANNA, "blocked")

    await desk.store.chats.open_chat(ANNA, desk.later(days=3))
    await desk.publish(alert("a", MISSILES))

    assert chats_and_keys(await desk.drain()) == [(ANNA, "a")]
    assert (await desk.store.status.status()).unreachable == 0


async def test_opening_a_chat_again_does_not_shorten_its_pause(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    [delivery] = await desk.claim()
    until = desk.now.replace(minute=9)
    await desk.finish(delivery, Verdict(retry_at=desk.now, chat_paused_until=until))

    await desk.store.chats.open_chat(ANNA, desk.now)

    assert until == await desk.next_due()


async def test_a_group_that_is_upgraded_keeps_subscriptions_and_queue(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert frozenset({MISSILES}) == await desk.store.chats.subscriptions(UPGRADED)
    assert frozenset() == await desk.store.chats.subscriptions(NEWSROOM)
    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a"), (UPGRADED, "b")]
    assert (await desk.store.status.status()).chats == 1


async def test_a_chat_keeps_the_language_it_chose_and_the_one_of_the_app(desk: Desk) -> None:
    book = desk.store.chats
    assert await book.language(ANNA) == ChatLanguage()

    await book.choose_language(ANNA, "he", desk.now)
    await book.open_chat(ANNA, desk.now, "ar")
    await book.open_chat(ANNA, desk.now)
    assert await book.language(ANNA) == ChatLanguage(chosen="he", spoken="ar")

    await book.choose_language(ANNA, None, desk.now)
    assert await book.language(ANNA) == ChatLanguage(chosen=None, spoken="ar")


async def test_the_language_goes_with_a_group_and_with_a_goodbye(desk: Desk) -> None:
    await desk.store.chats.choose_language(NEWSROOM, "fa", desk.now)
    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)
    moved = await desk.store.chats.language(UPGRADED)

    await desk.store.chats.forget(UPGRADED)

    assert moved == ChatLanguage(chosen="fa")
    assert await desk.store.chats.language(UPGRADED) == ChatLanguage()


async def test_what_is_kept_of_a_chat_is_all_and_of_no_other(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.publish(alert("a", MISSILES))

    kept = await desk.store.chats.data_of(ANNA)

    assert set(kept) == {"chats", "subscriptions", "deliveries"}
    assert [row["id"] for row in kept["chats"]] == [ANNA]
    assert {row["topic_id"] for row in kept["subscriptions"]} == {MISSILES, CYBER}
    assert {row["chat_id"] for row in kept["deliveries"]} == {ANNA}
    assert isinstance(kept["chats"][0]["opened_at"], datetime)


async def test_after_a_goodbye_nothing_is_kept(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.store.chats.forget(ANNA)

    assert await desk.store.chats.data_of(ANNA) == {}


async def test_a_group_found_upgraded_at_a_send_gets_the_message_under_its_new_id(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [delivery] = await desk.claim()

    assert await desk.finish(delivery, Verdict(migrated_to=UPGRADED))

    sent = await desk.drain()
    assert chats_and_keys(sent) == [(UPGRADED, "a"), (UPGRADED, "b")]
    assert not sent[0].maybe_repeat
    assert frozenset({MISSILES}) == await desk.store.chats.subscriptions(UPGRADED)


async def test_an_upgraded_group_that_is_known_by_both_ids_is_told_once(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.subscribe(NEWSROOM, topic=HOUTHIS)
    await desk.publish(alert("a", MISSILES), alert("b", HOUTHIS))

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a"), (UPGRADED, "b")]
    assert frozenset({MISSILES, HOUTHIS}) == await desk.store.chats.subscriptions(UPGRADED)


async def test_an_upgraded_group_is_not_told_again_what_its_old_id_was_told(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.subscribe(UPGRADED)
    await desk.publish(alert("a", MISSILES))
    by_chat = {delivery.chat: delivery for delivery in await desk.claim()}
    await desk.finish(by_chat[NEWSROOM])
    await desk.finish(by_chat[UPGRADED], Verdict(retry_at=desk.now))

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert await desk.drain() == []
    assert await desk.counts() == {"sent": 1}


async def test_what_waits_for_the_old_id_is_not_lost_because_the_new_one_was_unreachable(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.publish(alert("a", MISSILES))
    await desk.store.chats.chat_gone(UPGRADED, "kicked")

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a")]
    assert await desk.counts() == {"sent": 1, "dead": 1}


async def test_what_waits_for_the_old_id_is_not_lost_because_the_new_one_had_unsubscribed(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.publish(alert("a", MISSILES))
    await desk.store.chats.unsubscribe(UPGRADED, MISSILES)

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a")]
    assert await desk.counts() == {"sent": 1, "cancelled": 1}


async def test_a_message_found_upgraded_at_a_send_is_not_lost_to_a_dead_one_of_the_new_id(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.publish(alert("a", MISSILES))
    by_chat = {delivery.chat: delivery for delivery in await desk.claim()}
    await desk.finish(by_chat[UPGRADED], Verdict(dead="kicked", chat_gone=True))

    await desk.finish(by_chat[NEWSROOM], Verdict(migrated_to=UPGRADED))

    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a")]


async def test_an_upgrade_of_a_group_whose_ids_both_failed_tries_nothing_again(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.publish(alert("a", MISSILES))
    for delivery in await desk.claim():
        await desk.finish(delivery, Verdict(dead="kicked"))

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert await desk.drain() == []
    assert await desk.counts() == {"dead": 2}


async def test_an_upgraded_group_is_told_what_waits_under_the_new_id_alone(desk: Desk) -> None:
    await desk.subscribe(NEWSROOM, UPGRADED)
    await desk.publish(alert("a", MISSILES))
    await desk.store.chats.chat_gone(NEWSROOM, "kicked")

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a")]
    assert await desk.counts() == {"sent": 1, "dead": 1}


async def test_an_upgrade_while_both_ids_have_a_message_on_the_wire_loses_neither(
    desk: Desk,
) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.subscribe(UPGRADED, topic=CYBER)
    await desk.publish(alert("a", MISSILES), alert("b", CYBER))
    by_chat = {delivery.chat: delivery for delivery in await desk.claim()}

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert not await desk.finish(by_chat[NEWSROOM])
    assert await desk.finish(by_chat[UPGRADED])
    assert chats_and_keys(await desk.drain()) == [(UPGRADED, "a")]


async def test_an_upgrade_of_a_chat_we_do_not_know_changes_nothing(desk: Desk) -> None:
    before = await desk.store.status.status()

    await desk.store.chats.migrate_chat(NEWSROOM, UPGRADED)
    await desk.store.chats.migrate_chat(NEWSROOM, NEWSROOM)

    assert before == await desk.store.status.status()


async def rows_with(desk: Desk, chat: ChatId) -> list[str]:
    """Return the columns of any table that hold the number, or a text with it."""

    def search(connection) -> list[str]:  # type: ignore[no-untyped-def]
        metadata = MetaData()
        metadata.reflect(connection)
        return [
            str(column)
            for table in metadata.sorted_tables
            for column in table.columns
            if connection.scalar(
                select(func.count()).where(cast(column, String).contains(str(chat)))
            )
        ]

    async with desk.store.database.reading() as connection:
        return await connection.run_sync(search)


async def test_a_forgotten_chat_leaves_no_row_with_its_id_in_any_table(desk: Desk) -> None:
    chat = ChatId(987_654_321)
    await desk.subscribe(chat, BORIS)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    on_the_wire = next(one for one in await desk.claim() if one.chat == chat)
    await desk.store.chats.vote(
        Vote(chat=chat, alert=on_the_wire.alert_id, user=chat, thumb=Thumb.UP, at=desk.now)
    )
    await desk.store.chats.look_after(chat, NEWSROOM, "News", desk.now)
    await desk.store.chats.look_after(ANNA, chat, "Own", desk.now)
    assert set(await rows_with(desk, chat)) == {
        "chats.id",
        "desks.chat_id",
        "desks.channel_id",
        "subscriptions.chat_id",
        "deliveries.chat_id",
        "feedback.chat_id",
        "feedback.user_id",
    }

    await desk.store.chats.forget(chat)

    assert await rows_with(desk, chat) == []
    assert not await desk.finish(on_the_wire)
    assert await rows_with(desk, chat) == []
    assert frozenset({MISSILES}) == await desk.store.chats.subscriptions(BORIS)


@pytest.mark.parametrize(
    "verdict",
    [
        SENT,
        Verdict(retry_at=START),
        Verdict(),
        Verdict(dead="bot was blocked by the user", chat_gone=True),
        Verdict(migrated_to=UPGRADED),
        Verdict(retry_at=START, chat_paused_until=START),
    ],
)
async def test_whatever_becomes_of_the_last_message_to_a_forgotten_chat_brings_nothing_back(
    desk: Desk, verdict: Verdict
) -> None:
    await desk.subscribe(NEWSROOM)
    await desk.publish(alert("a", MISSILES), alert("b", MISSILES))
    [on_the_wire] = await desk.claim()
    await desk.store.chats.forget(NEWSROOM)
    await desk.subscribe(NEWSROOM, topic=CYBER)  # and is back before the answer

    assert not await desk.finish(on_the_wire, verdict)

    await desk.store.outbox.recover(desk.later(minutes=5))
    assert await desk.drain() == []
    status = await desk.store.status.status()
    assert (status.chats, status.unreachable, status.subscribers) == (1, 0, {CYBER: 1})


async def test_what_a_forgotten_chat_was_sent_is_still_counted(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES))
    await desk.drain()
    await desk.publish(alert("b", MISSILES))

    await desk.store.chats.forget(ANNA)

    assert await desk.counts() == {"sent": 1}


async def test_the_latest_alerts_come_newest_first_with_the_matches_asked_for(
    desk: Desk,
) -> None:
    await desk.publish(alert("old", MISSILES), quiet=True)
    desk.later(hours=1)
    await desk.publish(alert("other", HOUTHIS), alert("both", MISSILES, HOUTHIS, CYBER))

    told = await desk.store.chats.latest({MISSILES, CYBER}, 5)

    assert [
        (one.alert.brief.key, tuple(match.topic for match in one.alert.matches)) for one in told
    ] == [("both", (MISSILES, CYBER)), ("old", (MISSILES,))]
    assert [desk.now, START] == [one.made_at for one in told]


async def test_no_more_of_the_latest_are_shown_than_asked(desk: Desk) -> None:
    await desk.publish(*(alert(key, MISSILES) for key in "abcd"))

    told = await desk.store.chats.latest([MISSILES], 2)

    assert [one.alert.brief.key for one in told] == ["d", "c"]
    assert await desk.store.chats.latest([], 2) == ()
