"""Who looks after which channel."""

from store_samples import ANNA, BORIS, MISSILES, NEWSROOM, START, UPGRADED, Desk, alert

from alertbot.model import ChatId
from alertbot.ports import Channel
from alertbot.store import Store

NEWS = ChatId(-1_001_234_567_890)
#: ends with the same digits
TWIN = ChatId(-1_009_999_567_890)
OTHER = ChatId(-1_001_000_000_001)


async def test_a_person_looks_after_channels_by_number_and_title(store: Store) -> None:
    made = await store.chats.look_after(ANNA, NEWS, "News", START)
    await store.chats.look_after(ANNA, OTHER, "Bulletin", START)

    assert made == Channel(number=567_890, chat=NEWS, title="News")
    assert await store.chats.looked_after(ANNA) == (
        Channel(number=1, chat=OTHER, title="Bulletin"),
        made,
    )
    assert await store.chats.looked_after(BORIS) == ()


async def test_the_same_channel_again_keeps_its_number_and_takes_its_new_title(
    store: Store,
) -> None:
    first = await store.chats.look_after(ANNA, NEWS, "News", START)
    again = await store.chats.look_after(ANNA, NEWS, "Good news", START)

    assert again.number == first.number
    assert await store.chats.looked_after(ANNA) == (again,)


async def test_two_channels_of_a_person_never_have_the_same_number(store: Store) -> None:
    first = await store.chats.look_after(ANNA, NEWS, "News", START)
    second = await store.chats.look_after(ANNA, TWIN, "Twin", START)

    assert {first.number, second.number} == {567_890, 567_891}


async def test_a_number_does_not_come_to_mean_another_channel_when_one_is_let_go(
    store: Store,
) -> None:
    first = await store.chats.look_after(ANNA, NEWS, "News", START)
    await store.chats.let_go(ANNA, NEWS)
    other = await store.chats.look_after(ANNA, OTHER, "Bulletin", START)
    again = await store.chats.look_after(ANNA, NEWS, "News", START)

    assert other.number != first.number == again.number


async def test_a_channel_that_is_let_go_goes_on_and_others_still_look_after_it(
    desk: Desk,
) -> None:
    for person in (ANNA, BORIS):
        await desk.store.chats.look_after(person, NEWS, "News", START)
    await desk.store.chats.subscribe(NEWS, MISSILES, START)
    await desk.store.chats.let_go(ANNA, NEWS)
    await desk.publish(alert("a", MISSILES))

    assert await desk.store.chats.looked_after(ANNA) == ()
    assert [one.chat for one in await desk.store.chats.looked_after(BORIS)] == [NEWS]
    assert [one.chat for one in await desk.drain()] == [NEWS]


async def test_who_leaves_no_longer_looks_after_anything_and_the_channel_goes_on(
    store: Store,
) -> None:
    await store.chats.look_after(ANNA, NEWS, "News", START)
    await store.chats.subscribe(NEWS, MISSILES, START)

    await store.chats.forget(ANNA)

    assert await store.chats.looked_after(ANNA) == ()
    assert await store.chats.subscriptions(NEWS) == {MISSILES}


async def test_a_channel_that_is_forgotten_is_looked_after_by_nobody(store: Store) -> None:
    for person in (ANNA, BORIS):
        await store.chats.look_after(person, NEWS, "News", START)

    await store.chats.forget(NEWS)

    assert await store.chats.looked_after(ANNA) == await store.chats.looked_after(BORIS) == ()


async def test_a_person_is_shown_what_they_look_after_and_a_channel_not_by_whom(
    store: Store,
) -> None:
    await store.chats.look_after(ANNA, NEWS, "News", START)

    mine, theirs = await store.chats.data_of(ANNA), await store.chats.data_of(NEWS)

    assert [row["channel_id"] for row in mine["desks"]] == [NEWS]
    assert set(theirs) == {"chats"}


async def test_a_chat_that_gets_a_new_id_is_looked_after_by_the_same_people(store: Store) -> None:
    await store.chats.look_after(ANNA, NEWSROOM, "News", START)
    await store.chats.look_after(BORIS, NEWSROOM, "News", START)
    await store.chats.look_after(BORIS, UPGRADED, "News", START)

    await store.chats.migrate_chat(NEWSROOM, UPGRADED)

    for person in (ANNA, BORIS):
        assert [one.chat for one in await store.chats.looked_after(person)] == [UPGRADED]


async def test_what_a_chat_looks_after_goes_to_its_new_id(store: Store) -> None:
    await store.chats.look_after(NEWSROOM, NEWS, "News", START)

    await store.chats.migrate_chat(NEWSROOM, UPGRADED)

    assert [one.chat for one in await store.chats.looked_after(UPGRADED)] == [NEWS]
