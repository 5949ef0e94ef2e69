"""What becomes of a command or a tap that runs into a fault of ours."""

import pytest

from alertbot.chat.wire.crashes import QUIET, Crashes, kind_of
from alertbot.errors import StoreError
from alertbot.model import ChatId, TopicId
from alertbot.words import words_in
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import ADMIN

ADA, BEN = 42, 43
SORRY = "Something went wrong; it has been noted. Please try again in a while."


class Seconds:
    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def crash(text: str = "no") -> Exception:
    try:
        words_in("en")("{missing}")  # fails in our own code
    except KeyError as error:
        return error
    raise AssertionError(text)


@pytest.mark.usefixtures("bot")
class TestOnTelegram:
    async def test_the_person_is_told_kindly_the_admins_once_and_the_bot_goes_on(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.know(ADMIN)
        book.chats[ChatId(ADA)] = {TopicId("houthis")}
        book.broken = StoreError("the disk of chat 42 is full")
        for chat in (ADA, BEN, ADA):
            telegram.user_sends(chat, "/mytopics")
        await telegram.settled()
        book.broken = None
        telegram.user_sends(ADA, "/mytopics")
        await telegram.settled()

        told = {chat: [] for chat in (ADA, BEN, ADMIN)}
        for posted in telegram.ledger:
            told[posted.chat].append(posted.text)
        assert told[ADA][:2] == [SORRY, SORRY]
        assert told[ADA][2].startswith("You follow:")
        assert told[BEN] == [SORRY]
        [news] = told[ADMIN]
        assert news.startswith("Something went wrong in a chat: StoreError in chat/talk/desk.py")
        assert "42" not in news.partition(", line")[0]
        assert "disk" not in news

    async def test_a_tap_is_no_different(self, telegram: FakeBotApi, book: MemoryChatBook) -> None:
        telegram.know(ADMIN)
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        book.broken = StoreError("the disk is full")
        telegram.user_taps(topics, "Houthis")
        await telegram.settled()

        assert telegram.notices == [SORRY]
        assert telegram.ledger[-1].chat == ADMIN


def test_a_kind_is_told_once_an_hour() -> None:
    seconds = Seconds()
    crashes = Crashes(seconds)

    assert crashes.news(crash())
    seconds.now += QUIET - 1
    assert crashes.news(crash()) is None
    seconds.now += 1
    assert crashes.news(crash())


def test_another_kind_is_news() -> None:
    crashes = Crashes(Seconds())
    crashes.news(crash())

    assert crashes.news(StoreError("elsewhere"))


def test_a_kind_is_the_error_and_where_in_our_code_it_arose() -> None:
    assert kind_of(crash()).startswith("KeyError in words/__init__.py, line ")
    assert kind_of(ValueError("of no place of ours")) == "ValueError"
