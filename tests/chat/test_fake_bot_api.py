"""The fake Bot API keeps to what Telegram does: its words, its parser, its description."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from fakes.bot_api import FakeBotApi
from fakes.bot_api_faults import flood, hanging
from fakes.bot_api_spec import BotApiSpec, find_spec
from fakes.telegram_parser import Unparsable, is_web_address, parse_html

ADA = 42
GROUP = -1000
SUPERGROUP, FORUM, CHANNEL = -1_001_234_567_890, -1_002, -1_003
BOT = 123456789

needs_spec = pytest.mark.skipif(
    find_spec() is None,
    reason="the description of the Bot API is not here, so requests are not checked against it "
    "(see tests/fakes/bot_api_spec.py)",
)


class Client:
    """Asks the Bot API without any library for bots."""

    def __init__(self, session: aiohttp.ClientSession, telegram: FakeBotApi) -> None:
        self._session = session
        self._telegram = telegram

    async def __call__(self, method: str, **form: object) -> tuple[int, object]:
        """Return the HTTP status and the result, or the description of the error."""
        fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in form.items()
        }
        url = f"{self._telegram.base_url}{self._telegram.token}/{method}"
        async with self._session.post(url, data=fields) as response:
            body = await response.json()
            return response.status, body["result"] if body["ok"] else body["description"]


@pytest.fixture
async def ask(telegram: FakeBotApi) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, telegram)


class TestMessages:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "message text is empty"),
            (" \n ", "text must be non-empty"),
            ("<b> </b>", "text must be non-empty"),
            ("x" * 4097, "message is too long"),
            ("<b>x", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
            ("<p>x</p>", 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
            ("a < b & c", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ],
    )
    async def test_a_text_telegram_would_refuse_is_refused_in_its_words(
        self, telegram: FakeBotApi, ask: Client, text: str, reason: str
    ) -> None:
        telegram.know(ADA)

        refused = await ask("sendMessage", chat_id=ADA, text=text, parse_mode="HTML")

        assert refused == (400, f"Bad Request: {reason}")
        assert telegram.ledger == []

    async def test_limits_count_what_is_read_not_what_is_sent(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.know(ADA)
        text = f"<b>{'x' * 4095}</b>&amp;"

        status, _ = await ask("sendMessage", chat_id=ADA, text=text, parse_mode="HTML")

        assert status == 200
        assert telegram.ledger[0].text == "x" * 4095 + "&"

    async def test_a_message_in_the_ledger_stays_as_it_was_accepted(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.know(ADA)
        await ask("sendMessage", chat_id=ADA, text="before")
        [message] = telegram.ledger

        await ask("editMessageText", chat_id=ADA, message_id=message.message_id, text="after")

        assert telegram.ledger == [message]
        assert telegram.shown(message).text == "after"
        assert await ask(
            "editMessageText", chat_id=ADA, message_id=message.message_id, text="after"
        ) == (
            400,
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message",
        )

    @pytest.mark.parametrize(
        ("button", "reason"),
        [
            (
                {"text": "x", "url": "http://localhost/"},
                "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
            ),
            ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ],
    )
    async def test_buttons_telegram_would_refuse_are_refused(
        self, telegram: FakeBotApi, ask: Client, button: dict[str, str], reason: str
    ) -> None:
        telegram.know(ADA)

        refused = await ask(
            "sendMessage", chat_id=ADA, text="x", reply_markup={"inline_keyboard": [[button]]}
        )

        assert refused == (400, f"Bad Request: {reason}")


class TestChats:
    async def test_who_may_be_written_to(self, telegram: FakeBotApi, ask: Client) -> None:
        stranger = await ask("sendMessage", chat_id=ADA, text="x")
        telegram.block(ADA)
        blocked = await ask("sendMessage", chat_id=ADA, text="x")
        telegram.unblock(ADA)
        unblocked, _ = await ask("sendMessage", chat_id=ADA, text="x")
        telegram.kick(GROUP)
        kicked = await ask("sendMessage", chat_id=GROUP, text="x")
        telegram.migrate(GROUP, SUPERGROUP)
        moved = await ask("sendMessage", chat_id=GROUP, text="x")
        moved_to, _ = await ask("sendMessage", chat_id=SUPERGROUP, text="x")

        assert stranger == (400, "Bad Request: chat not found")
        assert blocked == (403, "Forbidden: bot was blocked by the user")
        assert unblocked == 200
        assert kicked == (403, "Forbidden: bot was kicked from the group chat")
        assert moved == (400, "Bad Request: group chat was upgraded to a supergroup chat")
        assert moved_to == 200


class TestUpdates:
    async def test_are_repeated_until_an_offset_confirms_them(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.user_sends(ADA, "one")
        telegram.user_sends(ADA, "two")

        first = await ask("getUpdates")
        again = await ask("getUpdates", offset=0)
        assert isinstance(first[1], list)
        one, two = first[1]
        rest = await ask("getUpdates", offset=one["update_id"] + 1)
        none = await ask("getUpdates", offset=two["update_id"] + 1)

        assert again == first
        assert rest == (200, [two])
        assert none == (200, [])
        await telegram.settled()

    async def test_are_waited_for(self, telegram: FakeBotApi, ask: Client) -> None:
        waiting = asyncio.create_task(ask("getUpdates", timeout=60))
        await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
        telegram.user_sends(ADA, "one")
        status, updates = await waiting

        assert status == 200
        assert isinstance(updates, list)
        assert [update["message"]["text"] for update in updates] == ["one"]

    async def test_of_kinds_that_nobody_wants_do_not_come(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        await ask("getUpdates", allowed_updates=["message"])
        telegram.block(ADA)

        assert await ask("getUpdates") == (200, [])

    async def test_go_to_the_last_reader_and_the_one_before_is_told(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        older = asyncio.create_task(ask("getUpdates", timeout=60))
        await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
        newer = asyncio.create_task(ask("getUpdates", timeout=60))

        assert await older == (
            409,
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
        )
        telegram.user_sends(ADA, "one")
        assert (await newer)[0] == 200


class TestServer:
    async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_not_found(
        self, telegram: FakeBotApi
    ) -> None:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{telegram.base_url}1:{'x' * 35}/getMe") as response:
                wrong = await response.json()
            async with session.get(f"{telegram.base_url}nonsense/getMe") as response:
                malformed = await response.json()

        assert wrong == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert malformed == {"ok": False, "error_code": 404, "description": "Not Found"}

    async def test_a_method_that_is_none_is_a_violation(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        assert await ask("sendMesage", chat_id=ADA) == (404, "Not Found: method not found")
        assert telegram.violations
        telegram.violations.clear()

    async def test_faults_come_in_the_order_they_were_scripted_then_all_is_well(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.know(ADA)
        telegram.fail_next(flood(3), times=2)

        answers = [await ask("sendMessage", chat_id=ADA, text="x") for _ in range(3)]

        assert answers[:2] == [(429, "Too Many Requests: retry after 3")] * 2
        assert answers[2][0] == 200

    async def test_a_hanging_request_does_not_hold_up_the_end(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.fail_next(hanging(), method="getMe")
        hanging_request = asyncio.create_task(ask("getMe"))
        await telegram.wait_for(lambda: bool(telegram.calls))

        assert not hanging_request.done()
        hanging_request.cancel()


class TestMembers:
    async def test_of_a_group_anybody_who_is_in_it_may_ask(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.know(GROUP)
        telegram.rank(GROUP, 1, "administrator")

        ranks = [await ask("getChatMember", chat_id=GROUP, user_id=user) for user in (777, 1, 2)]

        assert [member["status"] for _, member in ranks] == [  # type: ignore[index]
            "creator",
            "administrator",
            "member",
        ]

    @pytest.mark.parametrize("chat", [-9, "@nobody"])
    async def test_of_an_unknown_chat_nobody(
        self, telegram: FakeBotApi, ask: Client, chat: object
    ) -> None:
        for method, form in (("getChat", {}), ("getChatMember", {"user_id": 1})):
            refused = await ask(method, chat_id=chat, **form)

            assert refused == (400, "Bad Request: chat not found")

    @pytest.mark.parametrize("event", ["hidden", "channel"])
    async def test_of_hidden_members_and_those_of_a_channel_only_its_admins(
        self, telegram: FakeBotApi, ask: Client, event: str
    ) -> None:
        telegram.know(SUPERGROUP)
        if event == "hidden":
            telegram.chats.hidden.add(SUPERGROUP)
        else:
            telegram.open_channel(SUPERGROUP, "news")

        refused = await ask("getChatMember", chat_id=SUPERGROUP, user_id=1)

        assert refused == (400, "Bad Request: member list is inaccessible")

    async def test_of_a_channel_without_a_name_only_who_is_in_it(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        telegram.open_channel(CHANNEL)

        for method, form in (("getChat", {}), ("getChatMember", {"user_id": BOT})):
            refused = await ask(method, chat_id=CHANNEL, **form)

            assert refused == (403, "Forbidden: bot is not a member of the channel chat")

    @pytest.mark.parametrize(
        ("event", "refused"),
        [
            ("", (403, "Forbidden: bot is not a member of the channel chat")),
            ("kick", (403, "Forbidden: bot was kicked from the channel chat")),
            ("demote", (400, "Bad Request: need administrator rights in the channel chat")),
        ],
    )
    async def test_a_channel_takes_posts_from_its_admins_alone(
        self, telegram: FakeBotApi, ask: Client, event: str, refused: object
    ) -> None:
        telegram.open_channel(CHANNEL, "news")
        if event:
            telegram.promote(CHANNEL)
            assert (await ask("sendMessage", chat_id=CHANNEL, text="x"))[0] == 200
            getattr(telegram, event)(CHANNEL)

        assert await ask("sendMessage", chat_id=CHANNEL, text="x") == refused

    @pytest.mark.parametrize(
        ("end", "reason"),
        [("close_thread", "TOPIC_CLOSED"), ("delete_thread", "message thread not found")],
    )
    async def test_a_thread_that_is_gone_takes_none_and_the_group_does(
        self, telegram: FakeBotApi, ask: Client, end: str, reason: str
    ) -> None:
        telegram.know(FORUM)
        getattr(telegram, end)(FORUM, 5)

        refused = await ask("sendMessage", chat_id=FORUM, text="x", message_thread_id=5)
        taken = await ask("sendMessage", chat_id=FORUM, text="x", message_thread_id=6)

        assert refused == (400, f"Bad Request: {reason}")
        assert taken[0] == 200


@needs_spec
class TestDescription:
    """Requests and answers are checked against Telegram's own description."""

    async def test_every_kind_of_answer_of_the_fake_is_as_described(
        self, telegram: FakeBotApi, ask: Client
    ) -> None:
        keyboard = {"inline_keyboard": [[{"text": "Tap", "callback_data": "x"}]]}
        formatted = (
            '<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><a href="https://e.org">a</a>'
            "<tg-spoiler>t</tg-spoiler><blockquote expandable>q</blockquote><pre>p</pre>"
            '<pre><code class="language-py">x</code></pre><blockquote>q</blockquote>'
        )
        await ask("getMe")
        await ask("setMyCommands", commands=[{"command": "help", "description": "Help"}])
        await ask("deleteWebhook")
        for chat in (ADA, GROUP, SUPERGROUP):
            telegram.user_sends(chat, "/start x")
            await ask("getChat", chat_id=chat)
            status, _ = await ask(
                "sendMessage",
                chat_id=chat,
                text=formatted,
                parse_mode="HTML",
                reply_markup=keyboard,
            )
            assert status == 200
            telegram.user_taps(telegram.ledger[-1], "Tap")
        sent = telegram.ledger[0]
        where = {"chat_id": sent.chat, "message_id": sent.message_id}
        await ask("editMessageText", **where, text="new")
        await ask("editMessageReplyMarkup", **where, reply_markup=keyboard)
        await ask("answerCallbackQuery", callback_query_id="1", text="done")
        telegram.user_edits(ADA, "x")
        telegram.block(ADA)
        telegram.unblock(ADA)
        telegram.add_to(GROUP)
        telegram.promote(GROUP)
        telegram.mute(GROUP)
        telegram.open_channel(CHANNEL, "news")
        telegram.promote(CHANNEL)
        telegram.rank(GROUP, 1, "administrator")
        for chat, user in ((GROUP, 777), (GROUP, 1), (GROUP, 2), (CHANNEL, BOT)):
            status, _ = await ask("getChatMember", chat_id=chat, user_id=user)
            assert status == 200
        await ask("getChat", chat_id="@news")
        await ask("sendMessage", chat_id=CHANNEL, text="x")
        telegram.know(FORUM)
        await ask("sendMessage", chat_id=FORUM, text="x", message_thread_id=5)
        telegram.user_sends(FORUM, "x", thread=5, who=1)
        telegram.sends_in_name_of(FORUM, FORUM, "x")
        telegram.linked_channel_posts(CHANNEL, FORUM, "x")
        telegram.user_forwards(ADA, CHANNEL)
        telegram.channel_posts(CHANNEL, "x")
        telegram.demote(CHANNEL)
        telegram.migrate(GROUP, SUPERGROUP)
        status, updates = await ask("getUpdates")

        assert status == 200
        assert isinstance(updates, list)
        assert {kind for update in updates for kind in update} == {
            "update_id",
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
            "channel_post",
        }
        assert telegram.violations == []

    @pytest.mark.parametrize(
        ("form", "violation"),
        [
            ({"text": "x"}, "sendMessage: chat_id is missing"),
            ({"chat_id": "42"}, "sendMessage: text is missing"),
            ({"chat_id": "42", "text": "x", "parse_mood": "HTML"}, "no parameter parse_mood"),
            ({"chat_id": "42", "text": "x", "disable_notification": "yes"}, "'yes' is no Boolean"),
            ({"chat_id": "4.2", "text": "x"}, "4.2 is no Integer"),
            (
                {
                    "chat_id": "42",
                    "text": "x",
                    "reply_markup": '{"inline_keyboard": [[{"txt": "x"}]]}',
                },
                "no field txt in InlineKeyboardButton",
            ),
            (
                {"chat_id": "42", "text": "x", "link_preview_options": '{"is_disabled": 1}'},
                "1 is no Boolean",
            ),
        ],
    )
    def test_a_request_that_is_not_as_described_is_a_violation(
        self, form: dict[str, str], violation: str
    ) -> None:
        spec = BotApiSpec.load()
        assert spec

        problems = spec.request_problems("sendMessage", form)

        assert any(violation in problem for problem in problems), problems


class TestParser:
    def test_reads_html_as_telegram_does(self) -> None:
        parsed = parse_html("🚀 <b>R&amp;D</b> &nbsp;")

        assert parsed.text == "🚀 R&D &nbsp;"
        assert parsed.entities == ({"type": "bold", "offset": 3, "length": 3},)

    def test_refuses_what_telegram_refuses(self) -> None:
        with pytest.raises(Unparsable, match='expected "</i>", found "</b>"'):
            parse_html("<b>a<i>b</b></i>")

    @pytest.mark.parametrize(
        ("address", "is_one"),
        [
            ('https://example.org/a?b=1&c="2"', True),
            ("http://127.0.0.1:8000/", True),
            ("http://localhost/", False),
            ("javascript:alert(1)", False),
            ("https://ok/", False),
        ],
    )
    def test_knows_which_addresses_telegram_links(self, address: str, is_one: bool) -> None:
        assert is_web_address(address) is is_one
