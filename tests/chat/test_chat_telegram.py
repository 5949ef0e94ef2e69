"""Conversations on Telegram: real requests over HTTP, to a server with a ledger of its own."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import islice

import pytest
from telegram.error import RetryAfter

from alertbot.chat import Commands, TelegramChat
from alertbot.chat.patience import BURST, CHATS_REMEMBERED, Pace, Patience, Persistent
from alertbot.errors import StoreError, TelegramError, TokenRefused, UpdatesConflict
from alertbot.model import ChatId, Message, TopicId
from alertbot.ports import Sent
from fakes.bot_api import FakeBotApi
from fakes.bot_api_faults import (
    Fault,
    dropped,
    flood,
    flood_without_time,
    hanging,
    refusal,
    server_error,
)
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import QUICK, told_alert

ADA = 42
GROUP = -1000
SUPERGROUP = -1_001_234_567_890
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SORRY = "Something went wrong; it has been noted. Please try again in a while."


@pytest.mark.usefixtures("bot")
class TestConversation:
    async def test_start_then_taps_choose_topics_in_one_message(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(ADA, "/start")
        [welcome] = await telegram.posted(1)
        telegram.user_taps(welcome, "Houthis")
        telegram.user_taps(welcome, "Page 2 of 2 ›")
        await telegram.settled()
        telegram.user_taps(welcome, "Subject number 9")
        await telegram.settled()

        assert {ADA: {"houthis", "more-9"}} == book.chats
        assert telegram.shown(welcome).labels[0] == "✓ Subject number 9"
        assert telegram.shown(welcome).text.endswith("You follow 2 of 12 topics.")
        assert telegram.notices == [
            "You now follow Houthis.",
            "",
            "You now follow Subject number 9.",
        ]
        assert len(telegram.ledger) == 1

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("/topics", "You follow 1 of 12 topics."),
            ("/subscribe r&d new weapons", "You now follow R&D <new> weapons."),
            ("/subscribe", "Which topic?"),
            ("/subscribe hutis", "Did you mean one of these?"),
            ("/unsubscribe iran-missiles", "You no longer follow Iran missiles."),
            ("/mytopics", "• Iran missiles"),
            ("/latest", "Brief 1 [iran-missiles]"),
            ("/language", "I speak English."),
            ("/privacy", "I keep neither your name"),
            ("/mydata", "This file holds all that is kept of this chat."),
            ("missile", "These topics fit missile."),
            ("/latest houthis", "There have been no alerts on Houthis yet."),
            ("/stop", "all I knew of this chat is deleted"),
            ("/help", "/mytopics – What you follow"),
            ("/start topic_houthis", "You now follow Houthis."),
            ("what <b>is</b> this & that", "I did not understand that."),
        ],
    )
    async def test_every_command_is_answered(
        self, telegram: FakeBotApi, book: MemoryChatBook, text: str, answer: str
    ) -> None:
        book.chats[ChatId(ADA)] = {TopicId("iran-missiles")}
        book.past = [told_alert(1, "iran-missiles", "houthis")]
        if text == "/latest houthis":
            book.past = []

        telegram.user_sends(ADA, text)
        await telegram.settled()

        assert answer in "\n".join(posted.text for posted in telegram.ledger)
        assert {posted.chat for posted in telegram.ledger} == {ADA}

    async def test_it_knows_how_long_telegram_has_not_answered(
        self, telegram: FakeBotApi, bot: TelegramChat
    ) -> None:
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        silence = bot.silence()

        assert silence is not None
        assert timedelta(0) <= silence < timedelta(seconds=30)

    async def test_the_menu_of_commands_is_set(self, telegram: FakeBotApi) -> None:
        await telegram.wait_for(lambda: len(telegram.menus) == 4)

        assert [entry["command"] for entry in telegram.menus[""]] == (
            "topics subscribe unsubscribe mytopics watch watches digest quiet timezone mute unmute "
            "latest find export channel channels language privacy mydata stop help".split()
        )

    async def test_and_once_more_in_each_language(self, telegram: FakeBotApi) -> None:
        await telegram.wait_for(lambda: len(telegram.menus) == 4)

        assert set(telegram.menus) == {"", "ar", "fa", "he"}
        lines = {language: menu[0]["description"] for language, menu in telegram.menus.items()}
        assert lines[""] == "Choose your topics"
        assert len(set(lines.values())) == 4

    async def test_a_second_tap_that_changes_nothing_is_no_error(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        telegram.user_taps(topics, data="p:0")
        await telegram.settled()

        assert telegram.called("editMessageText")
        assert telegram.edits == []
        assert telegram.notices == [""]
        assert ours(caplog) == []

    async def test_a_tap_answered_too_late_still_counts(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        too_old = (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
        telegram.fail_next(refusal(400, too_old), method="answerCallbackQuery")
        telegram.user_taps(topics, "Houthis")
        await telegram.settled()

        assert {ADA: {"houthis"}} == book.chats
        assert telegram.shown(topics).labels[1] == "✓ Houthis"

    @pytest.mark.parametrize("data", ["s:former:0", "anything", "p:77", "s:" + "x" * 60 + ":0"])
    async def test_a_tap_on_a_button_of_long_ago_is_answered(
        self, telegram: FakeBotApi, data: str
    ) -> None:
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        telegram.user_taps(topics, data=data)
        await telegram.settled()

        assert len(telegram.notices) == 1

    async def test_edited_messages_are_ignored(self, telegram: FakeBotApi) -> None:
        telegram.user_edits(ADA, "/start")
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert [posted.text[:26] for posted in telegram.ledger] == ["This is what I understand:"]

    async def test_five_commands_at_once_are_answered_and_more_are_not(
        self, telegram: FakeBotApi
    ) -> None:
        for _ in range(30):
            telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA + 1, "/help")
        await telegram.settled()

        chats = [posted.chat for posted in telegram.ledger]
        assert BURST <= chats.count(ADA) < 15
        assert chats.count(ADA + 1) == 1

    @pytest.mark.parametrize(
        ("text", "left"), [("/stop", {}), ("/unsubscribe houthis", {ADA: set()})]
    )
    async def test_but_what_ends_alerts_is_heard_however_fast_it_comes(
        self, telegram: FakeBotApi, book: MemoryChatBook, text: str, left: dict[int, set[str]]
    ) -> None:
        book.chats[ChatId(ADA)] = {TopicId("houthis")}
        for _ in range(BURST * 3):
            telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA, text)
        await telegram.settled()

        assert left == book.chats

    async def test_a_tap_that_ends_a_subscription_is_heard_however_fast_it_comes(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        book.chats[ChatId(ADA)] = {TopicId("houthis")}
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        for _ in range(BURST * 3):
            telegram.user_taps(topics, data="p:0")
        telegram.user_taps(topics, data="u:houthis:0")
        await telegram.settled()

        assert {ADA: set()} == book.chats

    async def test_taps_beyond_that_are_told_to_slow_down(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        for _ in range(30):
            telegram.user_taps(topics, data="s:houthis:0")
        await telegram.settled()

        assert len(telegram.notices) == 30
        assert telegram.notices[-1] == "One moment, please: that was a little fast."


@pytest.mark.usefixtures("bot")
class TestGroups:
    @pytest.mark.parametrize("text", ["/help", "/help@FlashBriefBot", "/HELP@flashbriefbot"])
    async def test_a_command_for_us_is_answered(self, telegram: FakeBotApi, text: str) -> None:
        telegram.user_sends(GROUP, text)
        await telegram.settled()

        assert [posted.chat for posted in telegram.ledger] == [GROUP]

    @pytest.mark.parametrize("text", ["hello all", "/roll 6", "/help@OtherBot", "/stop@Other x"])
    async def test_what_is_not_for_us_is_not(self, telegram: FakeBotApi, text: str) -> None:
        telegram.user_sends(GROUP, text)
        await telegram.settled()

        assert telegram.ledger == []

    async def test_a_group_subscribes_with_the_bots_name(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(SUPERGROUP, "/subscribe@FlashBriefBot iran-missiles")
        await telegram.settled()

        assert {SUPERGROUP: {"iran-missiles"}} == book.chats

    async def test_an_unknown_command_that_names_us_gets_the_hint(
        self, telegram: FakeBotApi
    ) -> None:
        telegram.user_sends(GROUP, "/roll@FlashBriefBot 6")
        await telegram.settled()

        assert telegram.ledger[0].text.startswith("I did not understand that.")

    async def test_a_group_that_takes_us_in_is_opened_and_one_that_removes_us_is_gone(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.add_to(GROUP)
        await telegram.settled()
        opened = dict(book.chats)
        telegram.kick(GROUP)
        await telegram.settled()

        assert opened == {GROUP: set()}
        assert book.gone == {GROUP: "removed from the group"}

    async def test_a_group_that_said_stop_is_not_opened_by_a_change_of_our_rights(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(GROUP, "/stop")
        telegram.promote(GROUP)
        telegram.mute(GROUP)
        await telegram.settled()

        assert book.chats == {}
        assert book.gone == {}

    async def test_a_group_that_becomes_a_supergroup_keeps_its_topics(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(GROUP, "/subscribe houthis")
        telegram.migrate(GROUP, SUPERGROUP)
        await telegram.settled()

        assert {SUPERGROUP: {"houthis"}} == book.chats

    async def test_an_answer_to_a_group_with_a_new_id_goes_there_and_the_log_names_no_chat(
        self, telegram: FakeBotApi, book: MemoryChatBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        book.chats[ChatId(GROUP)] = {TopicId("houthis")}
        telegram.know(SUPERGROUP)
        moved = "Bad Request: group chat was upgraded to a supergroup chat"
        telegram.fail_next(refusal(400, moved, migrate_to_chat_id=SUPERGROUP))
        telegram.user_sends(GROUP, "/help")
        await telegram.settled()

        assert {SUPERGROUP: {"houthis"}} == book.chats
        assert [posted.chat for posted in telegram.ledger] == [SUPERGROUP]
        assert str(SUPERGROUP) not in caplog.text

    async def test_if_it_moves_again_the_log_names_no_chat_either(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        moved = "Bad Request: group chat was upgraded to a supergroup chat"
        telegram.fail_next(refusal(400, moved, migrate_to_chat_id=SUPERGROUP), times=2)
        telegram.user_sends(GROUP, "/help")
        await telegram.settled()

        assert [record.getMessage() for record in ours(caplog)] == [
            "an answer did not go out: Migrated"
        ]


@pytest.mark.usefixtures("bot")
class TestBlocking:
    async def test_a_user_who_blocks_us_is_gone_and_one_who_unblocks_us_is_back(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(ADA, "/subscribe houthis")
        telegram.block(ADA)
        await telegram.settled()
        gone = dict(book.gone)
        telegram.unblock(ADA)
        await telegram.settled()

        assert gone == {ADA: "blocked by the user"}
        assert book.gone == {}
        assert {ADA: {"houthis"}} == book.chats

    async def test_an_answer_that_finds_us_blocked_marks_the_chat_gone(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.fail_next(refusal(403, "Forbidden: bot was blocked by the user"))
        telegram.user_sends(ADA, "/start")
        await telegram.settled()

        assert book.gone == {ADA: "Forbidden: bot was blocked by the user"}


@pytest.mark.usefixtures("bot")
class TestMishaps:
    async def test_a_command_that_fails_says_sorry_is_logged_and_the_bot_goes_on(
        self, telegram: FakeBotApi, book: MemoryChatBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        book.broken = StoreError("the disk is full")
        telegram.user_sends(ADA, "/mytopics")
        await telegram.settled()
        book.broken = None
        telegram.user_sends(ADA, "/mytopics")
        await telegram.settled()

        assert [posted.text[:30] for posted in telegram.ledger] == [
            SORRY[:30],
            "You follow no topics yet. /top",
        ]
        [record] = ours(caplog)
        assert record.exc_info
        assert str(record.exc_info[1]) == "the disk is full"

    async def test_a_tap_that_fails_says_sorry(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(ADA, "/topics")
        [topics] = await telegram.posted(1)
        book.broken = StoreError("the disk is full")
        telegram.user_taps(topics, "Houthis")
        await telegram.settled()

        assert telegram.notices == [SORRY]
        assert telegram.edits == []

    async def test_an_event_that_fails_is_logged_and_the_bot_goes_on(
        self, telegram: FakeBotApi, book: MemoryChatBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        book.broken = StoreError("the disk is full")
        telegram.add_to(GROUP)
        await telegram.settled()
        book.broken = None
        telegram.user_sends(GROUP, "/help")
        await telegram.settled()

        assert len(telegram.ledger) == 1
        assert len(ours(caplog)) == 1

    async def test_an_answer_that_does_not_go_out_is_logged(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram.fail_next(flood(3))
        telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA, "/topics")
        await telegram.settled()

        assert len(telegram.ledger) == 1
        assert ["an answer did not go out" in record.message for record in ours(caplog)] == [True]

    @pytest.mark.parametrize("fault", [server_error(502), dropped(), flood_without_time()])
    async def test_a_failing_read_is_repeated_and_logged_once(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture, fault: Fault
    ) -> None:
        await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
        telegram.fail_next(fault, method="getUpdates", times=4)
        telegram.user_sends(ADA, "/help")
        await telegram.settled()
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert len(telegram.ledger) == 2
        assert [record.levelname for record in ours(caplog)] == ["WARNING"]

    async def test_an_update_that_cannot_be_read_is_skipped_and_logged_without_its_words(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram.user_sends(ADA, "secret words", entities=[{"type": "bold", "offset": 0}])
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert [posted.text[:26] for posted in telegram.ledger] == ["This is what I understand:"]
        assert [record.getMessage() for record in ours(caplog)] == [
            "an update is skipped: reading it ended in TypeError"
        ]
        assert "secret" not in caplog.text
        telegram.violations.clear()  # the odd update was ours

    @pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409])
    @pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"ok":true,"result":[{}]}'])
    async def test_the_page_of_a_proxy_ends_nothing(
        self,
        telegram: FakeBotApi,
        caplog: pytest.LogCaptureFixture,
        status: int,
        body: bytes,
    ) -> None:
        await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
        telegram.fail_next(Fault(status=status, body=body), method="getUpdates", times=2)
        telegram.user_sends(ADA, "/help")
        await telegram.settled()
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert len(telegram.ledger) == 2
        assert [record.levelname for record in ours(caplog)] == ["WARNING"]
        assert "Sign in" not in caplog.text


class TestNoCommandIsLost:
    async def test_a_tap_that_is_read_again_after_a_crash_stays_done(
        self, telegram: FakeBotApi, chat: TelegramChat, book: MemoryChatBook
    ) -> None:
        async with running(chat):
            telegram.user_sends(ADA, "/topics")
            [topics] = await telegram.posted(1)
            await telegram.settled()
        telegram.fail_next(hanging(), method="editMessageText")
        telegram.user_taps(topics, "Houthis")
        async with running(chat) as crashing:
            await telegram.wait_for(lambda: bool(telegram.called("editMessageText")))
            crashing.cancel()

        async with running(chat):
            await telegram.settled()

        assert {ADA: {"houthis"}} == book.chats

    async def test_after_a_stop_what_hangs_is_cut_off_and_read_again_and_the_rest_is_confirmed(
        self, telegram: FakeBotApi, commands: Commands, book: MemoryChatBook
    ) -> None:
        hasty = Patience(answer=timedelta(minutes=10), ending=timedelta(milliseconds=50))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=hasty)
        telegram.user_sends(ADA, "/subscribe houthis")
        telegram.user_sends(ADA + 1, "/subscribe houthis")
        telegram.user_sends(ADA + 1, "/help")
        telegram.fail_next(hanging(), times=1, chat=ADA + 1)
        async with running(chat):
            await telegram.wait_for(lambda: len(telegram.called("sendMessage")) == 2)

        async with running(chat):
            await telegram.settled()
        await chat.aclose()

        assert [(posted.chat, posted.text[:24]) for posted in telegram.ledger] == [
            (ADA, "You now follow Houthis."),
            (ADA + 1, "You already follow Houth"),
            (ADA + 1, "This is what I understan"),
        ]

    async def test_a_chat_that_hangs_does_not_keep_us_from_reading_on(
        self,
        telegram: FakeBotApi,
        commands: Commands,
        book: MemoryChatBook,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        hasty = Patience(answer=timedelta(minutes=10), handling=timedelta(milliseconds=200))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=hasty)
        telegram.fail_next(hanging(), chat=ADA)
        telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA, "/mytopics")
        telegram.user_sends(ADA + 1, "/help")

        async with running(chat):
            await telegram.settled()
        await chat.aclose()

        assert [(posted.chat, posted.text[:16]) for posted in telegram.ledger] == [
            (ADA + 1, "This is what I u"),
            (ADA, "You follow no to"),
        ]
        assert [record.getMessage() for record in ours(caplog)] == [
            "updates left because they took too long: 1"
        ]

    async def test_an_update_is_confirmed_only_when_it_was_handled(
        self, telegram: FakeBotApi, chat: TelegramChat, book: MemoryChatBook
    ) -> None:
        telegram.fail_next(hanging())  # the answer to the first command
        telegram.user_sends(ADA, "/subscribe houthis")
        async with running(chat) as crashing:
            await telegram.wait_for(lambda: bool(telegram.called("sendMessage")))
            crashing.cancel()

        async with running(chat):
            await telegram.settled()

        assert [posted.text for posted in telegram.ledger] == ["You already follow Houthis."]

    async def test_a_stop_lets_the_command_under_way_end_and_confirms_it(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        async with running(chat):
            telegram.user_sends(ADA, "/help")
            await telegram.wait_for(lambda: bool(telegram.called("sendMessage")))

        assert len(telegram.ledger) == 1
        await telegram.settled()

    async def test_what_was_sent_while_we_were_away_is_answered(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA + 1, "/help")

        async with running(chat):
            await telegram.settled()

        assert {posted.chat for posted in telegram.ledger} == {ADA, ADA + 1}

    async def test_commands_of_a_chat_are_handled_in_order(
        self, telegram: FakeBotApi, chat: TelegramChat, book: MemoryChatBook
    ) -> None:
        for text in ("/subscribe houthis", "/stop", "/subscribe research", "/mytopics"):
            telegram.user_sends(ADA, text)

        async with running(chat):
            await telegram.settled()

        assert {ADA: {"research"}} == book.chats
        assert telegram.ledger[-1].text.startswith("You follow:\n• R&D")

    async def test_a_chat_that_cannot_be_answered_does_not_hold_up_the_others(
        self, telegram: FakeBotApi, commands: Commands, book: MemoryChatBook
    ) -> None:
        slow = Patience(answer=timedelta(minutes=10))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=slow)
        telegram.fail_next(hanging())
        telegram.user_sends(ADA, "/help")
        telegram.user_sends(ADA + 1, "/help")

        async with running(chat) as task:
            await telegram.posted(1)
            task.cancel()
        await chat.aclose()

        assert len(telegram.called("sendMessage")) == 2


class TestEnds:
    @pytest.mark.parametrize("status", [401, 404])
    async def test_but_a_page_that_is_not_telegrams_is_no_word_on_the_token(
        self,
        telegram: FakeBotApi,
        chat: TelegramChat,
        caplog: pytest.LogCaptureFixture,
        status: int,
    ) -> None:
        telegram.fail_next(server_error(status), method="getMe", times=2)
        telegram.user_sends(ADA, "/help")

        async with running(chat):
            await telegram.settled()

        assert len(telegram.ledger) == 1
        assert telegram.token not in "".join(record.getMessage() for record in ours(caplog))

    @pytest.mark.parametrize("token", ["123456789:" + "x" * 35, "nonsense"])
    async def test_a_wrong_token_is_refused_in_words_that_do_not_hold_it(
        self,
        telegram: FakeBotApi,
        commands: Commands,
        book: MemoryChatBook,
        caplog: pytest.LogCaptureFixture,
        token: str,
    ) -> None:
        caplog.set_level(logging.INFO, "alertbot")
        chat = TelegramChat(token, telegram.base_url, commands, book, patience=QUICK)

        with pytest.raises(TokenRefused) as caught:
            await chat.run(asyncio.Event())
        await chat.aclose()

        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert token not in told
        assert "ALERTBOT_TELEGRAM_TOKEN" in str(caught.value)

    async def test_a_token_that_is_withdrawn_ends_the_bot(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        telegram.fail_next(refusal(401, "Unauthorized"), method="getUpdates")

        with pytest.raises(TokenRefused):
            await chat.run(asyncio.Event())

    async def test_a_second_reader_ends_the_bot(
        self, telegram: FakeBotApi, chat: TelegramChat, commands: Commands, book: MemoryChatBook
    ) -> None:
        other = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=QUICK)
        first = asyncio.create_task(chat.run(asyncio.Event()))
        await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))

        async with running(other):
            with pytest.raises(UpdatesConflict, match="Another process reads this bot's updates"):
                await first
        await other.aclose()

    async def test_a_webhook_left_by_another_program_is_removed(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        telegram.webhook = True
        telegram.user_sends(ADA, "/help")

        async with running(chat):
            await telegram.settled()

        assert len(telegram.ledger) == 1

    async def test_a_stop_ends_a_wait_for_news_at_once(
        self, telegram: FakeBotApi, commands: Commands, book: MemoryChatBook
    ) -> None:
        patient = Patience(news=timedelta(minutes=10))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=patient)

        async with running(chat):
            await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
        await chat.aclose()

    async def test_an_unreachable_telegram_is_waited_for(
        self,
        telegram: FakeBotApi,
        chat: TelegramChat,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO, "alertbot")
        telegram.fail_next(dropped(), method="getMe", times=5)
        telegram.user_sends(ADA, "/help")

        async with running(chat):
            await telegram.settled()

        assert [record.getMessage().split(",")[0] for record in ours(caplog)] == [
            "no answer from Telegram",
            "Telegram answers again",
            "talking on Telegram as @FlashBriefBot",
        ]
        assert len(telegram.ledger) == 1

    async def test_a_stop_ends_the_wait_for_an_unreachable_telegram(
        self, commands: Commands, book: MemoryChatBook, telegram: FakeBotApi
    ) -> None:
        slow = Patience(retry=timedelta(hours=1))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=slow)
        telegram.fail_next(server_error(502), method="getMe")

        async with running(chat):
            await telegram.wait_for(lambda: bool(telegram.called("getMe")))
        await chat.aclose()

    async def test_messages_can_still_be_sent_after_the_bot_stopped(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        telegram.know(ADA)
        async with running(chat):
            await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))

        outcome = await chat.messenger.send(ChatId(ADA), Message(html="x", text="x"))

        assert isinstance(outcome, Sent)

    def test_each_wait_is_twice_as_long_up_to_half_a_minute(self) -> None:
        seconds = [wait.total_seconds() for wait in islice(Patience().waits(), 7)]

        assert seconds == [1, 2, 4, 8, 16, 30, 30]

    async def test_a_time_to_wait_is_kept_if_telegram_names_one(self) -> None:
        asked = 0

        async def question() -> str:
            nonlocal asked
            asked += 1
            if asked == 1:
                raise RetryAfter(timedelta(milliseconds=1))
            return "answer"

        persistent = Persistent(asyncio.Event(), Patience(retry=timedelta(hours=1)))

        assert await persistent.ask(question) == "answer"

    async def test_a_refusal_that_would_stay_is_not_asked_again(
        self, telegram: FakeBotApi, chat: TelegramChat
    ) -> None:
        telegram.fail_next(refusal(400, "Bad Request: BOT_COMMAND_INVALID"), method="setMyCommands")

        with pytest.raises(TelegramError, match="Bot_command_invalid"):
            await chat.run(asyncio.Event())


class TestPace:
    def test_a_turn_comes_back_each_second(self) -> None:
        now = 0.0
        pace = Pace(lambda: now)

        at_once = [pace.allows(ChatId(1)) for _ in range(BURST + 2)]
        now = 0.9
        too_early = pace.allows(ChatId(1))
        now = 1.0
        later = [pace.allows(ChatId(1)) for _ in range(2)]

        assert at_once == [True] * BURST + [False] * 2
        assert not too_early
        assert later == [True, False]

    def test_chats_that_are_quiet_are_forgotten(self) -> None:
        now = 0.0
        pace = Pace(lambda: now)
        for chat in range(CHATS_REMEMBERED):
            pace.allows(ChatId(chat))
        now = 60.0
        pace.allows(ChatId(-1))

        assert len(pace) == 1


@asynccontextmanager
async def running(chat: TelegramChat) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot until the block ends, then stop it well."""
    stop = asyncio.Event()
    task = asyncio.create_task(chat.run(stop))
    yield task
    stop.set()
    with suppress(asyncio.CancelledError):
        await task


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.startswith("alertbot")]


async def test_who_does_not_listen_knows_of_no_silence(chat: TelegramChat) -> None:
    assert chat.silence() is None
