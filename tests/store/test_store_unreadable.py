import pytest
from store_samples import ANNA, BORIS, MISSILES, Desk, alert, archived, chats_and_keys


async def with_one_unreadable(desk: Desk, change: str) -> None:
    """Publish "a", "b" and "c", and have "b" stored as another version might have done."""
    await desk.subscribe(ANNA, BORIS)
    await desk.publish(*(alert(key, MISSILES) for key in "abc"))
    async with desk.store.database.writing() as connection:
        assert (await connection.exec_driver_sql(change)).rowcount == 1


OF_ANOTHER_VERSION = [
    "UPDATE briefs SET document = replace(document, 'zone', 'place') WHERE key = 'b'",
    "UPDATE briefs SET document = 'no JSON' WHERE key = 'b'",
    """UPDATE alerts SET summary = '{"other": 1}' WHERE id = 2""",
    "UPDATE alert_topics SET evidence = '[7]' WHERE alert_id = 2",
    "UPDATE alert_topics SET via = 'dream' WHERE alert_id = 2",
]


@pytest.mark.parametrize("change", OF_ANOTHER_VERSION)
async def test_an_alert_that_cannot_be_read_is_dead_and_holds_up_no_other(
    desk: Desk, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    await with_one_unreadable(desk, change)

    sent = await desk.drain()

    assert sorted(chats_and_keys(sent)) == [(ANNA, "a"), (ANNA, "c"), (BORIS, "a"), (BORIS, "c")]
    assert await desk.counts() == {"sent": 4, "dead": 2}
    assert (await desk.store.status.status()).dead_reasons == {
        "cannot be read: stored by another version of alertbot?": 2
    }
    assert "alert 2 cannot be read" in caplog.text


async def test_an_alert_that_cannot_be_read_takes_no_turn_from_those_that_can(desk: Desk) -> None:
    await with_one_unreadable(desk, OF_ANOTHER_VERSION[0])
    for delivery in await desk.claim():
        await desk.finish(delivery)
    desk.later(seconds=1)

    assert await desk.claim() == ()
    assert chats_and_keys(await desk.claim()) == [(ANNA, "c"), (BORIS, "c")]


@pytest.mark.parametrize("change", OF_ANOTHER_VERSION)
async def test_the_latest_alerts_are_those_that_can_be_read(desk: Desk, change: str) -> None:
    await with_one_unreadable(desk, change)

    told = await desk.store.chats.latest([MISSILES], 5)

    assert [one.alert.brief.key for one in told] == ["c", "a"]


async def test_the_archive_is_the_briefs_that_can_be_read(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await with_one_unreadable(desk, OF_ANOTHER_VERSION[0])

    assert await archived(desk) == [["c", "a"]]
    assert "brief 2 cannot be read" in caplog.text
