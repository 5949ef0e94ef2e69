"""What admins are told, and whether they were."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alertbot.app.service.admins import Admins, Announcer
from alertbot.chat import Offer, TopicList
from alertbot.model import ChatId, Feed, FeedId, Message
from alertbot.ports import (
    Event,
    Notice,
    NotSent,
    PolledFeed,
    Refused,
    SendOutcome,
    Sent,
    Throttled,
)
from alertbot.store import open_store
from fakes.clock import HeldClock
from fakes.sqlite import fresh_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GONE = Notice(event=Event.GONE, feed=FeedId("fdd"))
MINUTE = timedelta(minutes=1)
FEED = Feed(
    id=GONE.feed,
    name="FDD",
    url="https://fdd.example/",
    interval=MINUTE,
    min_interval=MINUTE,
)
ARRIVED = Sent(message_id=1)
LOST = NotSent(reason="no network")


class Scripted:
    """A messenger whose outcomes are told beforehand; an exception is raised."""

    def __init__(self, *outcomes: SendOutcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[tuple[ChatId, str]] = []

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Sent):
            self.sent.append((chat, message.text))
        return outcome


def admins(messenger: Scripted, *chats: int) -> Admins:
    offer = Offer(
        topics=TopicList(()),
        former_names={},
        feed_names={},
        show=lambda *_: Message(html="", text=""),
        sent=lambda *_: Message(html="", text=""),
        whole=lambda *_: Message(html="", text=""),
        max_subscriptions=1,
        alerts_kept=timedelta(days=30),
        max_watches=0,
        terms={},
        admins=frozenset(map(ChatId, chats)),
    )
    return Admins(offer=lambda: offer, messenger=messenger)


@pytest.mark.parametrize(
    ("outcomes", "done"),
    [
        ([ARRIVED, ARRIVED], True),
        ([LOST, ARRIVED], True),
        ([RuntimeError(), ARRIVED], True),
        ([Refused(reason="never pressed Start"), LOST], False),
        ([Throttled(retry_after=timedelta(seconds=9)), LOST], False),
        ([Refused(reason="blocked"), Refused(reason="blocked")], True),
        ([], True),
    ],
)
async def test_telling_is_done_when_one_admin_knows_or_none_ever_will(
    outcomes: Sequence[SendOutcome | Exception], done: bool
) -> None:
    chats = range(1, len(outcomes) + 1)

    assert await admins(Scripted(*outcomes), *chats).tell(Message(html="", text="")) is done


async def test_case_31_what_befell_a_feed_is_told_until_an_admin_has_it_and_then_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await open_store(fresh_file(tmp_path / "test.db"))
    await store.feeds.register_feeds([FEED], NOW)
    [due] = await store.feeds.claim_feeds(NOW, 1, timedelta(minutes=2))
    polled = PolledFeed(feed=due.feed, token=due.token, next_poll_at=NOW, notices=(GONE,))
    await store.feeds.save_poll(polled, NOW)
    messenger, clock = Scripted(LOST, ARRIVED), HeldClock(NOW)
    who = admins(messenger, 7)

    for _ in range(4):
        await Announcer(store.notices, who, lambda: {FEED.id: FEED.name}, clock).announce()
        clock.time += timedelta(minutes=3)
    await store.close()

    [(chat, text)] = messenger.sent
    assert chat == 7
    assert text == (
        "FDD is gone for good, its publisher says (HTTP 410), so it is not asked any more.\n"
        "Please change its url in the config, or remove it."
    )
    assert text in caplog.text
