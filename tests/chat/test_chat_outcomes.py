"""What became of a message, read from what Telegram, or the way to it, did."""

import socket
from datetime import timedelta

import pytest

from alertbot.chat import Commands, TelegramChat
from alertbot.chat.patience import Patience
from alertbot.model import Button, ChatId, Message
from alertbot.ports import (
    BotRefused,
    Messenger,
    Migrated,
    NotSent,
    Refused,
    SendOutcome,
    Sent,
    ThreadGone,
    Throttled,
    Unknown,
)
from fakes.bot_api import FakeBotApi
from fakes.bot_api_faults import (
    Fault,
    conflict,
    cut_short,
    dropped,
    flood,
    flood_without_time,
    garbage,
    hanging,
    refusal,
    server_error,
)
from fakes.chat_book import MemoryChatBook

CHAT = ChatId(42)
GROUP = ChatId(-1000)
SUPERGROUP = ChatId(-1_001_234_567_890)
ALERT = Message(
    html="<b>Houthis fire at ship</b>\n\n▪️ <b>2</b> missiles &amp; a drone",
    text="Houthis fire at ship\n\n▪️ 2 missiles & a drone",
    buttons=((Button(label="Read the brief", url="https://www.example.org/brief?a=1&b=2"),),),
)


@pytest.fixture
def messenger(chat: TelegramChat, telegram: FakeBotApi) -> Messenger:
    telegram.know(CHAT, GROUP, SUPERGROUP)
    return chat.messenger


class TestSent:
    async def test_as_it_stands_with_its_formatting_and_link_button(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        outcome = await messenger.send(CHAT, ALERT)

        [posted] = telegram.ledger
        assert outcome == Sent(message_id=posted.message_id)
        assert (posted.chat, posted.text) == (CHAT, ALERT.text)
        assert posted.bold() == ["Houthis fire at ship", "2"]
        assert posted.buttons == (
            ({"text": "Read the brief", "url": "https://www.example.org/brief?a=1&b=2"},),
        )

    async def test_without_link_previews(self, messenger: Messenger, telegram: FakeBotApi) -> None:
        await messenger.send(CHAT, Message(html="https://example.org", text="https://example.org"))

        assert not telegram.ledger[0].preview

    @pytest.mark.parametrize("silent", [True, False])
    async def test_with_or_without_a_sound(
        self, messenger: Messenger, telegram: FakeBotApi, silent: bool
    ) -> None:
        await messenger.send(CHAT, Message(html="x", text="x", silent=silent))

        assert telegram.ledger[0].silent is silent

    @pytest.mark.parametrize("thread", [None, 5])
    async def test_to_the_forum_thread_it_is_for(
        self, messenger: Messenger, telegram: FakeBotApi, thread: int | None
    ) -> None:
        await messenger.send(SUPERGROUP, ALERT, thread)

        [call] = telegram.called("sendMessage")
        assert call.form.get("message_thread_id") == (thread and str(thread))

    async def test_up_to_4096_utf16_units(self, messenger: Messenger, telegram: FakeBotApi) -> None:
        longest = "🚀" * 2048

        outcome = await messenger.send(CHAT, Message(html=longest, text=longest))

        assert isinstance(outcome, Sent)
        assert telegram.ledger[0].text == longest


class TestThreadGone:
    @pytest.mark.parametrize(
        "said",
        [
            "Bad Request: message thread not found",
            "Bad Request: TOPIC_CLOSED",
            "Bad Request: TOPIC_DELETED",
        ],
    )
    async def test_where_the_thread_is_closed_or_deleted_not_the_chat(
        self, messenger: Messenger, telegram: FakeBotApi, said: str
    ) -> None:
        telegram.fail_next(refusal(400, said))
        assert isinstance(await messenger.send(SUPERGROUP, ALERT, 5), ThreadGone)

        # a closed general thread is no thread that one could leave
        telegram.fail_next(refusal(400, said))
        outcome = await messenger.send(SUPERGROUP, ALERT)
        assert isinstance(outcome, Refused)
        assert not outcome.chat_gone


class TestPaidBroadcast:
    @pytest.mark.parametrize("paid", [True, False])
    async def test_is_asked_for_only_where_it_is_wanted(
        self, commands: Commands, book: MemoryChatBook, telegram: FakeBotApi, paid: bool
    ) -> None:
        telegram.know(CHAT)
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, paid_broadcast=paid)
        await chat.messenger.send(CHAT, ALERT)
        await chat.aclose()

        [call] = telegram.called("sendMessage")
        assert call.form.get("allow_paid_broadcast") == ("true" if paid else None)

    async def test_does_not_cost_an_alert_when_the_stars_run_out(
        self,
        commands: Commands,
        book: MemoryChatBook,
        telegram: FakeBotApi,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        telegram.know(CHAT)
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, paid_broadcast=True)
        for _ in range(3):
            telegram.fail_next(refusal(400, "Bad Request: BALANCE_TOO_LOW"))
            assert isinstance(await chat.messenger.send(CHAT, ALERT), Sent)
        await chat.aclose()

        assert [posted.bold() for posted in telegram.ledger] == [["Houthis fire at ship", "2"]] * 3
        assert "allow_paid_broadcast" not in telegram.called("sendMessage")[1].form
        assert [record.getMessage() for record in caplog.records] == [
            "paid broadcast is refused, sending without: Balance_too_low"
        ]


class TestOnceMorePlainly:
    async def test_when_the_formatting_is_refused(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        broken = Message(html="<b>2 < 3", text="2 < 3", buttons=ALERT.buttons, silent=True)

        outcome = await messenger.send(CHAT, broken)

        [posted] = telegram.ledger
        assert outcome == Sent(message_id=posted.message_id)
        assert (posted.text, posted.parse_mode, posted.silent) == ("2 < 3", None, True)
        assert posted.labels == ["Read the brief"]
        assert len(telegram.called("sendMessage")) == 2

    async def test_when_the_address_of_a_button_is_refused(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        local = (
            (Button(label="Read the brief", url="http://localhost/brief"),),
            (Button(label="More", data="p:1"), Button(label="Read", url="http://localhost/2")),
        )

        outcome = await messenger.send(CHAT, Message(html="<b>x</b>", text="x", buttons=local))

        [posted] = telegram.ledger
        assert outcome == Sent(message_id=posted.message_id)
        assert posted.text == (
            "x\n\nRead the brief: http://localhost/brief\n\nRead: http://localhost/2"
        )
        assert posted.labels == ["More"]

    async def test_when_both_are_refused_one_after_the_other(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        local = ((Button(label="Read", url="http://localhost/brief"),),)

        outcome = await messenger.send(CHAT, Message(html="<b>2 < 3", text="2 < 3", buttons=local))

        [posted] = telegram.ledger
        assert outcome == Sent(message_id=posted.message_id)
        assert (posted.text, posted.parse_mode, posted.labels) == (
            "2 < 3\n\nRead: http://localhost/brief",
            None,
            [],
        )
        assert len(telegram.called("sendMessage")) == 3

    async def test_but_not_for_ever_because_of_a_button(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        telegram.fail_next(refusal(400, "Bad Request: BUTTON_URL_INVALID"), times=3)

        assert await messenger.send(CHAT, ALERT) == Refused(reason="Button_url_invalid")
        assert len(telegram.called("sendMessage")) == 2

    async def test_but_not_twice(self, messenger: Messenger, telegram: FakeBotApi) -> None:
        telegram.fail_next(refusal(400, "Bad Request: can't parse entities: so there"), times=3)

        outcome = await messenger.send(CHAT, ALERT)

        assert outcome == Refused(reason="Can't parse entities: so there")
        assert len(telegram.called("sendMessage")) == 2

    async def test_and_the_second_try_has_an_outcome_of_its_own(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        telegram.fail_next(refusal(400, "Bad Request: can't parse entities: so there"))
        telegram.fail_next(flood(7))

        assert await messenger.send(CHAT, ALERT) == Throttled(retry_after=timedelta(seconds=7))


class TestNotSent:
    async def test_because_nobody_listens(
        self, commands: Commands, book: MemoryChatBook, telegram: FakeBotApi
    ) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            chat = TelegramChat(telegram.token, f"http://127.0.0.1:{port}/bot", commands, book)
            outcome = await chat.messenger.send(CHAT, ALERT)
            await chat.aclose()

        assert isinstance(outcome, NotSent)

    async def test_because_the_name_does_not_resolve(
        self, commands: Commands, book: MemoryChatBook, telegram: FakeBotApi
    ) -> None:
        chat = TelegramChat(telegram.token, "http://nowhere.invalid/bot", commands, book)
        outcome = await chat.messenger.send(CHAT, ALERT)
        await chat.aclose()

        assert isinstance(outcome, NotSent)

    async def test_because_we_go_too_fast(self, messenger: Messenger, telegram: FakeBotApi) -> None:
        telegram.fail_next(flood(37))
        telegram.fail_next(flood_without_time())

        assert await messenger.send(CHAT, ALERT) == Throttled(retry_after=timedelta(seconds=37))
        assert await messenger.send(CHAT, ALERT) == Throttled(retry_after=timedelta(seconds=5))
        assert telegram.ledger == []

    async def test_because_we_go_too_fast_as_only_a_header_says(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        page = b"<html>slow down</html>"
        telegram.fail_next(Fault(status=429, body=page, headers={"Retry-After": "11"}))
        telegram.fail_next(Fault(status=429, body=page, headers={"Retry-After": "tomorrow"}))

        assert await messenger.send(CHAT, ALERT) == Throttled(retry_after=timedelta(seconds=11))
        assert isinstance(await messenger.send(CHAT, ALERT), NotSent)

    async def test_because_the_group_has_a_new_id(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        telegram.migrate(GROUP, SUPERGROUP)

        assert await messenger.send(GROUP, ALERT) == Migrated(chat=SUPERGROUP)
        assert telegram.ledger == []

    @pytest.mark.parametrize(("status", "said"), [(401, "Unauthorized"), (404, "Not Found")])
    async def test_because_the_token_is_wrong(
        self, messenger: Messenger, telegram: FakeBotApi, status: int, said: str
    ) -> None:
        telegram.fail_next(refusal(status, said))

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, BotRefused)
        assert "@BotFather" in outcome.reason
        assert telegram.token not in outcome.reason

    async def test_because_telegram_stops_the_bot(
        self, messenger: Messenger, telegram: FakeBotApi
    ) -> None:
        telegram.fail_next(conflict())

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, BotRefused)
        assert outcome.reason.startswith("Telegram stops this bot: Conflict: terminated by other")

    @pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 407, 409, 418, 451])
    @pytest.mark.parametrize(
        "body",
        [
            b'{"ok":true,"result":{}}',
            b"<html>no /bot123456789:FAKE_bot_api_token_for_tests_000000/ here</html>",
            b'{"message": "chat not found"}',
            b'["forbidden"]',
            b"",
        ],
    )
    async def test_because_something_on_the_way_refused_which_is_not_telegram(
        self, messenger: Messenger, telegram: FakeBotApi, status: int, body: bytes
    ) -> None:
        telegram.fail_next(Fault(status=status, body=body))

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, NotSent)
        assert f"({status})" in outcome.reason
        assert telegram.token not in outcome.reason


class TestRefused:
    @pytest.mark.parametrize("lost", [CHAT, GROUP, SUPERGROUP])
    async def test_by_a_chat_that_blocked_or_kicked_us(
        self, messenger: Messenger, telegram: FakeBotApi, lost: ChatId
    ) -> None:
        if lost > 0:
            telegram.block(lost)
        else:
            telegram.kick(lost)

        outcome = await messenger.send(lost, ALERT)

        assert isinstance(outcome, Refused)
        assert outcome.chat_gone

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (400, "Bad Request: chat not found"),
            (400, "Bad Request: private chat not found"),
            (400, "Bad Request: PEER_ID_INVALID"),
            (403, "Forbidden: user is deactivated"),
            (403, "Forbidden: bot is not a member of the supergroup chat"),
            (403, "Forbidden: bot was kicked from the channel chat"),
            (403, "Forbidden: bot can't initiate conversation with a user"),
            (403, "Forbidden: the group chat was deleted"),
        ],
    )
    async def test_because_the_chat_is_no_more(
        self, messenger: Messenger, telegram: FakeBotApi, status: int, said: str
    ) -> None:
        telegram.fail_next(refusal(status, said))

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, Refused)
        assert outcome.chat_gone
        assert outcome.reason.lower() in said.lower()

    @pytest.mark.parametrize(
        "said",
        [
            "Bad Request: not enough rights to send text messages to the chat",
            "Bad Request: message thread not found",
            "Bad Request: BUTTON_DATA_INVALID",
        ],
    )
    async def test_for_another_reason_the_chat_stays(
        self, messenger: Messenger, telegram: FakeBotApi, said: str
    ) -> None:
        telegram.fail_next(refusal(400, said))

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, Refused)
        assert not outcome.chat_gone

    @pytest.mark.parametrize("body", [b"<html>too large</html>", refusal(413, "Too large").body])
    async def test_because_it_is_too_large_whoever_says_so(
        self, messenger: Messenger, telegram: FakeBotApi, body: bytes
    ) -> None:
        telegram.fail_next(Fault(status=413, body=body))

        outcome = await messenger.send(CHAT, ALERT)

        assert outcome == Refused(reason="the request is too large (413)")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("x" * 4097, "the message is too long: 4097 of 4096 UTF-16 units"),
            ("🚀" * 2049, "the message is too long: 4098 of 4096 UTF-16 units"),
            (" \n", "the message is empty"),
            ("\ud83d", "the message holds half a character (a lone surrogate)"),
        ],
    )
    async def test_without_asking_telegram_where_it_would_refuse(
        self, messenger: Messenger, telegram: FakeBotApi, text: str, reason: str
    ) -> None:
        assert await messenger.send(CHAT, Message(html=text, text=text)) == Refused(reason=reason)
        assert telegram.calls == []


class TestUnknown:
    """The answer is lost: the message may stand in the chat, or not."""

    @pytest.mark.parametrize("committed", [True, False])
    @pytest.mark.parametrize(
        "fault",
        [
            dropped,
            cut_short,
            server_error,
            lambda committed: Fault(
                status=500, body=refusal(500, "Internal Server Error").body, committed=committed
            ),
            lambda committed: server_error(502, committed=committed),
            lambda committed: server_error(503, committed=committed),
            lambda committed: server_error(504, committed=committed),
            garbage,
            lambda committed: garbage(b"[]", committed=committed),
            lambda committed: garbage(b'{"ok":true}', committed=committed),
            lambda committed: garbage(b'{"ok":true,"result":{}}', committed=committed),
            lambda committed: garbage(b'{"ok":true,"result":true}', committed=committed),
        ],
    )
    async def test_after_a_broken_answer(
        self,
        messenger: Messenger,
        telegram: FakeBotApi,
        fault: object,
        committed: bool,
    ) -> None:
        assert callable(fault)
        made: Fault = fault(committed=committed)
        telegram.fail_next(made)

        outcome = await messenger.send(CHAT, ALERT)

        assert isinstance(outcome, Unknown)
        assert outcome.reason
        assert len(telegram.ledger) == committed

    @pytest.mark.parametrize("committed", [True, False])
    async def test_after_silence(
        self, commands: Commands, book: MemoryChatBook, telegram: FakeBotApi, committed: bool
    ) -> None:
        hasty = Patience(answer=timedelta(milliseconds=200))
        chat = TelegramChat(telegram.token, telegram.base_url, commands, book, patience=hasty)
        telegram.know(CHAT)
        telegram.fail_next(hanging(committed=committed))

        outcome: SendOutcome = await chat.messenger.send(CHAT, ALERT)
        await chat.aclose()

        assert outcome == Unknown(reason="Timed out")
        assert len(telegram.ledger) == committed
