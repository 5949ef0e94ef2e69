"""From a brief on a publisher's server to a message in a chat, over real sockets."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from aiohttp import web

from alertbot.app.service import Service
from alertbot.ports import Status
from fakes.bot_api import FakeBotApi, Posted
from fakes.bot_api_faults import Fault, dropped, refusal
from fakes.feed_server import FeedServer

Start = Callable[[], AbstractAsyncContextManager[Service]]

ADA, BOB = 42, 43
STRIKE = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"
QUIET = "<p>Growers lit 300 smudge pots on Sunday.</p>"


async def follow(telegram: FakeBotApi, chat: int, *topics: str) -> None:
    """Let somebody start the bot and tap topics."""
    before = len(telegram.ledger)
    telegram.user_sends(chat, "/start")
    welcome = (await telegram.posted(before + 1))[-1]
    for topic in topics:
        telegram.user_taps(welcome, topic)
    await telegram.settled()


def let_pages_be_read(config_file: Path) -> None:
    """Leave `content` to its default."""
    config_file.write_text(config_file.read_text().replace('content = "feed"', ""))


def alerts(telegram: FakeBotApi, chat: int) -> list[Posted]:
    """Return what reached a chat, but for the answers to its commands."""
    return [post for post in telegram.ledger if post.chat == chat and "Read" in post.labels]


async def status_when(service: Service, condition: Callable[[Status], bool]) -> Status:
    """Wait until the condition holds of the status, and return it."""
    async with asyncio.timeout(20):
        while True:
            status = await service.store.status.status()
            if condition(status):
                return status


async def test_a_brief_reaches_the_chats_that_follow_its_topic_once(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    publisher.publish("old", "Iran Fired Missiles Last Week", STRIKE)
    async with start():
        await publisher.polled(2)  # what the first brought is stored by then
        await follow(telegram, ADA, "Iran")
        await follow(telegram, BOB, "Cyber")
        publisher.publish("new", "Iran Fires Missiles", STRIKE)
        await telegram.posted(5)
        await publisher.polled()

    async with start():
        await publisher.polled()

    sample, alert = alerts(telegram, ADA)
    assert sample.text.startswith("Iran Fired Missiles Last Week")
    assert alert.text.startswith("Iran Fires Missiles\n\nIran fired at least 12 ballistic missiles")
    assert alert.text.endswith("Iran · Meridian · March 1, 2026")
    assert alerts(telegram, BOB) == []
    assert 304 in publisher.statuses


async def test_an_alert_keeps_the_words_of_its_brief_and_has_ours_in_the_language_of_the_chat(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    telegram.chats.languages[ADA] = "he"
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        await follow(telegram, BOB, "Iran")
        publisher.publish("new", "Iran Fires Missiles", STRIKE)
        await telegram.posted(4)

    hebrew, english = (
        next(post for post in telegram.ledger if post.chat == chat and "Fires" in post.text)
        for chat in (ADA, BOB)
    )
    assert hebrew.text == english.text
    assert english.labels == ["Read", "Why?", "More", "Mute", "👍", "👎"]
    assert hebrew.labels == ["לקריאה", "למה?", "עוד", "השתקה", "👍", "👎"]


async def test_what_a_feed_leaves_out_is_told_from_the_page(
    telegram: FakeBotApi, publisher: FeedServer, start: Start, config_file: Path
) -> None:
    let_pages_be_read(config_file)
    publisher.page = f"<html><body><h1>Salvo at a Base</h1><p>A base was hit.</p>{STRIKE}</html>"
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        publisher.publish("new", "Salvo at a Base", "<p>A base was hit […]</p>")
        publisher.items[0]["url"] = f"{publisher.origin}/pages/new"
        await telegram.posted(2)

    [alert] = alerts(telegram, ADA)
    assert "Iran fired at least 12 ballistic missiles at a base" in alert.text


async def test_two_briefs_on_two_topics_of_one_chat_are_two_messages_naming_both(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran", "Missiles")
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        publisher.publish("2", "Iran Fires Missiles Again", STRIKE)
        await telegram.posted(3)
        await publisher.polled()

    first, second = alerts(telegram, ADA)
    assert first.text.startswith("Iran Fires Missiles\n")
    assert second.text.startswith("Iran Fires Missiles Again\n")
    assert all("\n\nIran, Missiles · " in alert.text for alert in (first, second))


async def test_a_publisher_tag_alone_brings_a_brief(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Cyber")
        publisher.publish("untagged", "Frost", QUIET)
        publisher.publish("tagged", "More Frost", QUIET, "cyber")
        await telegram.posted(2)

    [alert] = alerts(telegram, ADA)
    assert alert.text.startswith("More Frost")


async def test_what_happened_while_the_service_was_down_is_told_when_it_is_back(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
    publisher.publish("1", "Iran Fires Missiles", STRIKE)

    async with start():
        await telegram.posted(2)

    assert len(alerts(telegram, ADA)) == 1


async def test_a_feed_that_breaks_is_marked_and_loses_nothing(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start() as service:
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        publisher.answer = lambda: web.Response(text="<html><body>Sign in</body></html>")
        status = await status_when(service, lambda status: status.feeds[0].errors_in_row > 0)
        publisher.answer = None
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await telegram.posted(2)

    assert status.feeds[0].error == "not a feed: an HTML page"
    assert len(alerts(telegram, ADA)) == 1


async def test_a_chat_that_blocks_the_bot_costs_the_others_nothing(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start() as service:
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        await follow(telegram, BOB, "Iran")
        telegram.fail_next(refusal(403, "Forbidden: bot was blocked by the user"))
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        status = await status_when(
            service, lambda status: status.deliveries["dead"] + status.deliveries["sent"] == 2
        )

    assert len(alerts(telegram, ADA)) + len(alerts(telegram, BOB)) == 1
    assert status.unreachable == 1
    assert status.dead_reasons == {"Forbidden: bot was blocked by the user": 1}


async def test_markup_that_telegram_refuses_goes_out_as_plain_text(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        telegram.fail_next(unparsable())
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await telegram.posted(2)

    [alert] = alerts(telegram, ADA)
    assert alert.text.startswith("Iran Fires Missiles")


def unparsable() -> Fault:
    return refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "p"')


async def test_a_lost_answer_is_not_taken_for_a_failure(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start() as service:
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        telegram.fail_next(dropped(committed=True))
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await telegram.posted(2)
        await publisher.polled()
        status = await service.store.status.status()

    assert (status.deliveries["sending"], status.deliveries["sent"]) == (1, 0)
    assert len(alerts(telegram, ADA)) == 1


async def test_a_restart_after_a_lost_answer_repeats_it_marked_and_silent(
    telegram: FakeBotApi, publisher: FeedServer, start: Start
) -> None:
    async with start():
        await publisher.polled()
        await follow(telegram, ADA, "Iran")
        telegram.fail_next(dropped(committed=True))
        publisher.publish("1", "Iran Fires Missiles", STRIKE)
        await telegram.posted(2)

    async with start() as service:
        status = await status_when(service, lambda status: status.deliveries["sent"] == 1)

    first, again = alerts(telegram, ADA)
    assert "may have reached you before" not in first.text
    assert "may have reached you before" in again.text
    assert again.silent
    assert (status.deliveries["sent"], status.repeated) == (1, 1)
