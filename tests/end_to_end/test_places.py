"""What befalls one group, channel or thread stops nothing else: everybody else is told."""

import pytest
from test_end_to_end import QUIET, Start, alerts, follow, status_when

from fakes.bot_api import FakeBotApi
from fakes.feed_server import FeedServer

ADA = 777
GROUP = -1000
SUPERGROUP = -1_001_234_567_890
CHANNEL = -1_005_555_555_555
FIRST = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"
WORM = "<p>A worm spread to 90 hospitals in 4 countries on Tuesday.</p>"
SECOND = "<p>Iran opened 3 dams in the south on Monday, after 40 days without any rain.</p>"


@pytest.fixture(autouse=True)
def old(publisher: FeedServer) -> None:
    """What was there before anybody asked, and is told to nobody."""
    publisher.publish("old", "Growers Light Smudge Pots", QUIET)


async def told(
    telegram: FakeBotApi, publisher: FeedServer, title: str, text: str, *chats: int
) -> None:
    """Publish a brief and wait until each of the chats has it."""
    publisher.publish(title, title, text)
    await telegram.wait_for(
        lambda: all(
            any(alert.text.startswith(title) for alert in alerts(telegram, chat)) for chat in chats
        )
    )


async def test_a_group_that_removes_us(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start() as service:
        await publisher.polled()
        await follow(telegram, GROUP, "Iran")
        await follow(telegram, ADA, "Iran")
        telegram.kick(GROUP)
        await telegram.settled()
        await told(telegram, publisher, "Iran Fires Missiles", FIRST, ADA)
        await status_when(service, lambda status: status.unreachable == 1)

    assert alerts(telegram, GROUP) == []


async def test_a_channel_that_takes_the_right_to_post(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    telegram.open_channel(CHANNEL, "warnews")
    telegram.promote(CHANNEL)
    async with start() as service:
        await publisher.polled()
        telegram.user_sends(ADA, "/channel @warnews")
        [topics] = await telegram.posted(1)
        telegram.user_taps(topics, "Iran")
        await telegram.settled()
        await follow(telegram, ADA, "Iran")
        await told(telegram, publisher, "Iran Fires Missiles", FIRST, ADA, CHANNEL)
        telegram.chats.set_membership(CHANNEL, "demoted")  # and we learn it from a refusal
        await told(telegram, publisher, "Iran Opens Dams", SECOND, ADA)
        await status_when(service, lambda status: status.unreachable == 1)

    assert len(alerts(telegram, CHANNEL)) == 1


async def test_a_group_that_is_upgraded(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, GROUP, "Iran")
        await follow(telegram, ADA, "Iran")
        telegram.chats.migrate(GROUP, SUPERGROUP)  # and we learn it from a refusal
        await told(telegram, publisher, "Iran Fires Missiles", FIRST, ADA, SUPERGROUP)

    assert alerts(telegram, GROUP) == []
    assert len(alerts(telegram, SUPERGROUP)) == 1


async def test_a_thread_that_is_closed(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        telegram.user_sends(SUPERGROUP, "/subscribe iran", thread=5)
        telegram.user_sends(SUPERGROUP, "/subscribe cyber", thread=6)
        await telegram.settled()
        await follow(telegram, ADA, "Iran")
        telegram.close_thread(SUPERGROUP, 5)
        await told(telegram, publisher, "Iran Fires Missiles", FIRST, ADA, SUPERGROUP)
        publisher.publish("worm", "A Worm Spreads", WORM, "Cyber")
        await telegram.wait_for(lambda: len(alerts(telegram, SUPERGROUP)) == 2)
        telegram.user_sends(SUPERGROUP, "/mytopics")
        await telegram.settled()

    assert [alert.thread for alert in alerts(telegram, SUPERGROUP)] == [None, 6]
    [listed] = [post.text for post in telegram.ledger if post.text.startswith("You follow:")]
    assert "• Iran: at once, in General\n• Cyber: at once, in another thread" in listed
