"""What topics ask of their deliveries, and what the outbox makes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import (
    ANNA,
    BORIS,
    CARLA,
    CYBER,
    HOUTHIS,
    LEASE,
    MISSILES,
    SENT,
    START,
    Desk,
    alert,
    chats_and_keys,
)

from alertbot.model import ChatId, Message, Promise, Topic
from alertbot.ports import Verdict
from alertbot.store.outbox import claims

URGENT = Topic(id=CYBER, name="Cyber", urgent=True)
ONCE = Topic(id=HOUTHIS, name="Houthis", delivery=Promise.AT_MOST_ONCE)
BRIEF = Topic(id=MISSILES, name="Missiles", shelf_life=timedelta(hours=1))
TOPICS = {topic.id: topic for topic in (URGENT, ONCE)}
SHORT, LONG = Message(html="<b>a</b>", text="a"), Message(html="x", text="x" * 750)


async def test_urgent_deliveries_go_first_then_the_longest_due(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(CARLA, topic=CYBER)
    await desk.publish(alert("a", MISSILES), topics=TOPICS)
    desk.later(seconds=1)
    await desk.publish(alert("b", CYBER), topics=TOPICS)

    assert [one.chat for one in await desk.claim(slots=2)] == [CARLA, ANNA]


async def test_in_a_chat_too_an_urgent_delivery_overtakes(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.subscribe(ANNA, topic=CYBER)
    await desk.publish(*(alert(key, MISSILES) for key in "ab"), topics=TOPICS)
    await desk.publish(alert("c", CYBER), topics=TOPICS)

    sent = await desk.drain()

    assert [one.content.brief.key for one in sent] == ["c", "a", "b"]
    assert [one.urgent for one in sent] == [True, False, False]


async def test_one_urgent_topic_makes_a_delivery_urgent_and_all_must_want_it_at_most_once(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, BORIS, topic=HOUTHIS)
    await desk.subscribe(BORIS, topic=CYBER)
    await desk.publish(alert("a", CYBER, HOUTHIS), topics=TOPICS)

    boris, anna = await desk.claim()

    assert (boris.chat, boris.urgent, boris.at_most_once) == (BORIS, True, False)
    assert (anna.chat, anna.urgent, anna.at_most_once) == (ANNA, False, True)


async def test_at_most_once_a_lapsed_lease_leaves_it_unknown_and_the_next_is_sent(
    desk: Desk,
) -> None:
    await desk.subscribe(ANNA, topic=HOUTHIS)
    await desk.publish(alert("a", HOUTHIS), alert("b", HOUTHIS), topics=TOPICS)
    await desk.claim()

    desk.now = START + LEASE
    assert await desk.store.outbox.recover(desk.now) == 1

    assert chats_and_keys(await desk.claim()) == [(ANNA, "b")]
    assert await desk.counts() == {"unknown": 1, "sending": 1}


async def test_an_answer_that_is_lost_for_good_is_unknown_at_once(desk: Desk) -> None:
    await desk.subscribe(ANNA, topic=HOUTHIS)
    await desk.publish(alert("a", HOUTHIS), topics=TOPICS)
    [delivery] = await desk.claim()

    assert await desk.finish(delivery, Verdict(unknown="read timeout"))

    assert await desk.drain() == []
    assert await desk.counts() == {"unknown": 1}


async def test_what_outlived_its_shelf_life_is_never_sent(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(BORIS, topic=CYBER)
    await desk.publish(alert("a", MISSILES, CYBER), topics={MISSILES: BRIEF, CYBER: URGENT})

    desk.later(hours=1)
    assert chats_and_keys(await desk.claim()) == [(BORIS, "a")]

    await desk.store.outbox.recover(desk.now)
    assert await desk.counts() == {"expired": 1, "sending": 1}


async def test_what_waits_behind_an_expired_one_is_sent(desk: Desk) -> None:
    await desk.subscribe(ANNA)
    await desk.publish(alert("a", MISSILES), topics={MISSILES: BRIEF})
    await desk.publish(alert("b", MISSILES))
    desk.later(hours=1)

    assert chats_and_keys(await desk.drain()) == [(ANNA, "b")]


async def test_a_message_is_written_once_and_comes_with_every_later_claim(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS, CARLA)
    await desk.publish(alert("a", MISSILES))
    anna, boris = await desk.claim(slots=2)

    assert await desk.store.outbox.keep(anna, SHORT) == SHORT
    other = replace(SHORT, text="of another process")
    assert await desk.store.outbox.keep(boris, other) == SHORT

    await desk.finish(anna, Verdict(retry_at=desk.now))
    desk.later(seconds=5)
    assert [one.content for one in await desk.claim()] == [SHORT, SHORT]


async def test_who_follows_other_topics_gets_another_message(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS)
    await desk.subscribe(BORIS, topic=CYBER)
    await desk.publish(alert("a", MISSILES, CYBER))
    anna, boris = await desk.claim()
    await desk.store.outbox.keep(anna, SHORT)

    assert await desk.store.outbox.keep(boris, LONG) == LONG


async def test_a_message_is_written_once_for_each_language(desk: Desk) -> None:
    await desk.subscribe(ANNA, BORIS, CARLA)
    await desk.store.chats.open_chat(ANNA, desk.now, "ar")
    await desk.store.chats.open_chat(BORIS, desk.now, "ar")
    await desk.store.chats.choose_language(BORIS, "he", desk.now)
    await desk.publish(alert("a", MISSILES))
    claimed = {one.chat: one for one in await desk.claim()}

    assert {chat: one.language for chat, one in claimed.items()} == {
        ANNA: "ar",
        BORIS: "he",
        CARLA: "en",
    }
    await desk.store.outbox.keep(claimed[ANNA], SHORT)
    assert await desk.store.outbox.keep(claimed[BORIS], LONG) == LONG


async def test_a_long_message_counts_by_its_length(desk: Desk) -> None:
    for chats in ([ANNA], [ANNA, BORIS]):
        await desk.subscribe(*chats)
        await desk.publish(alert(f"{len(chats)}", MISSILES))
    first = START
    [anna] = await desk.claim(slots=1)
    await desk.store.outbox.keep(anna, LONG)
    await desk.finish(anna)

    times = []
    while (due := await desk.next_due()) is not None:
        desk.now = due
        for delivery in await desk.claim(per_second=30):
            times.append((delivery.chat, (desk.now - first) / timedelta(milliseconds=1)))
            await desk.finish(delivery)
    # half a unit more costs half a step, in a chat half a second; the first after a rest, two steps
    assert times[0][0] == BORIS and 83 < times[0][1] < 86
    assert times[1] == (ANNA, 1500)


async def test_answers_that_come_together_are_committed_together_and_each_is_told(
    desk: Desk,
) -> None:
    chats = tuple(map(ChatId, range(1, 21)))
    await desk.subscribe(*chats)
    await desk.publish(alert("a", MISSILES))
    claimed = await desk.claim(slots=20)
    late = replace(claimed[0], token="of another time")

    held = await asyncio.gather(
        *(desk.finish(one, SENT) for one in claimed), desk.finish(late, Verdict(dead="no"))
    )

    assert held == [True] * 20 + [False]
    assert await desk.counts() == {"sent": 20}


async def test_of_answers_committed_together_one_that_cannot_be_fails_alone(desk: Desk) -> None:
    await desk.subscribe(*map(ChatId, range(1, 9)))
    await desk.publish(alert("a", MISSILES))
    claimed = await desk.claim(slots=8)
    beyond = Verdict(message_id=2**70)  # more than a column of either database takes

    ends = await asyncio.gather(
        *(desk.finish(one, beyond if one is claimed[3] else SENT) for one in claimed),
        return_exceptions=True,
    )

    assert [end for end in ends if end is not True] == [ends[3]]
    assert isinstance(ends[3], Exception)
    assert await desk.counts() == {"sending": 1, "sent": 7}


async def test_many_that_have_to_wait_do_not_hide_one_that_can_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MANY", 10)
    await desk.subscribe(ANNA)
    await desk.publish(*(alert(f"{number}", MISSILES) for number in range(40)))
    await desk.claim()
    desk.later(milliseconds=150)
    await desk.subscribe(BORIS)
    await desk.publish(alert("b", MISSILES))

    assert chats_and_keys(await desk.claim()) == [(BORIS, "b")]
