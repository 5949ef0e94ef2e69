"""Groups and forums on Telegram: who may change what comes there, and where it comes."""

import logging
from dataclasses import replace

import pytest

from alertbot.chat.commands import Commands
from alertbot.chat.lately import KEPT, REMEMBERED, Lately
from alertbot.model import ChatId, TopicId
from alertbot.ports import Subscription
from fakes.bot_api import FakeBotApi, Posted
from fakes.bot_api_faults import flood, refusal, server_error
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import speaker, telling

ADA, MEMBER, OTHER = 777, 42, 43
GROUP = -1_001_234_567_890
SUPERGROUP = -1_009_876_543_210
CHANNEL = -1_005_555_555_555
HOUTHIS, MISSILES = TopicId("houthis"), TopicId("iran-missiles")
ONLY_ADMINS = "Only admins of this chat can change what comes here; /mytopics shows what does."
IN_GENERAL = (
    "Alerts on it come to General. To have them in another thread, "
    "send /subscribe with the name of the topic there."
)
CANNOT_SEE = "I cannot see who is an admin here."
CHANGES = (
    "/start",
    "/subscribe houthis",
    "/unsubscribe iran-missiles",
    "/digest daily",
    "/quiet 22-7",
    "/timezone Tehran",
    "/mute iran-missiles",
    "/unmute",
    "/language fa",
    "/stop",
)
READS = ("/topics", "/mytopics", "/latest", "/find brief", "/help", "/privacy", "/mydata")


@pytest.fixture
def group(book: MemoryChatBook) -> MemoryChatBook:
    """The book, in which the group follows a topic."""
    book.chats[ChatId(GROUP)] = {MISSILES}
    return book


async def answers(telegram: FakeBotApi, *said: str, who: int = MEMBER) -> list[str]:
    for text in said:
        telegram.user_sends(GROUP, text, who=who)
    await telegram.settled()
    return [posted.text for posted in telegram.ledger]


async def keyboard(telegram: FakeBotApi, thread: int | None = None) -> Posted:
    telegram.user_sends(GROUP, "/topics", thread=thread)
    return (await telegram.posted(1))[0]


@pytest.mark.usefixtures("bot")
class TestAdmins:
    @pytest.mark.parametrize("text", CHANGES)
    async def test_a_member_who_is_no_admin_changes_nothing_and_is_told_so(
        self, telegram: FakeBotApi, group: MemoryChatBook, text: str
    ) -> None:
        [answer] = await answers(telegram, text)

        assert answer == ONLY_ADMINS
        assert group.chats == {GROUP: {MISSILES}}
        assert (group.ways, group.own, group.languages) == ({}, {}, {})

    @pytest.mark.parametrize("text", READS)
    async def test_but_may_read_all_there_is(
        self, telegram: FakeBotApi, group: MemoryChatBook, text: str
    ) -> None:
        told = await answers(telegram, text)

        assert told
        assert ONLY_ADMINS not in told
        assert not telegram.called("getChatMember")

    @pytest.mark.parametrize("rank", ["creator", "administrator"])
    async def test_its_admins_change_what_comes(
        self, telegram: FakeBotApi, group: MemoryChatBook, rank: str
    ) -> None:
        telegram.rank(GROUP, MEMBER, rank)

        assert await answers(telegram, "/subscribe houthis") == ["You now follow Houthis."]
        assert group.chats == {GROUP: {HOUTHIS, MISSILES}}
        assert telegram.violations == []

    @pytest.mark.parametrize("rank", ["member", "left", "kicked"])
    async def test_nobody_else_does(
        self, telegram: FakeBotApi, group: MemoryChatBook, rank: str
    ) -> None:
        telegram.rank(GROUP, MEMBER, rank)

        assert await answers(telegram, "/stop") == [ONLY_ADMINS]
        assert group.chats == {GROUP: {MISSILES}}

    async def test_who_goes_on_is_not_told_again_but_another_one_is(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        await answers(telegram, *["/stop"] * 8)

        assert await answers(telegram, "/stop", who=OTHER) == [ONLY_ADMINS] * 2

    async def test_a_tap_of_a_member_is_answered_with_a_pop_up(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        topics = await keyboard(telegram)
        for _ in range(2):
            telegram.user_taps(topics, "Houthis", who=MEMBER)
        await telegram.settled()

        assert telegram.popups == [ONLY_ADMINS] * 2
        assert group.chats == {GROUP: {MISSILES}}
        assert telegram.edits == []

    async def test_and_that_of_an_admin_counts(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        telegram.user_taps(await keyboard(telegram), "Houthis")
        await telegram.settled()

        assert group.chats == {GROUP: {HOUTHIS, MISSILES}}

    async def test_a_member_may_turn_pages_and_ask_why_but_not_mute(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        topics = await keyboard(telegram)
        told = telling(7, MISSILES)
        group.tellings[ChatId(GROUP), told.id] = told
        for data in ("p:1", "why:7", "more:7", "mute:7:0:ever"):
            telegram.user_taps(topics, data=data, who=MEMBER)
        await telegram.settled()

        assert len(telegram.edits) == 2
        assert telegram.popups == ["Iran missiles: “Brief” in the headline", ONLY_ADMINS]
        assert group.muted == {}

    async def test_an_admin_in_the_name_of_the_group_is_one(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        telegram.sends_in_name_of(GROUP, GROUP, "/subscribe houthis")
        await telegram.settled()

        assert group.chats == {GROUP: {HOUTHIS, MISSILES}}
        assert not telegram.called("getChatMember")

    async def test_who_speaks_as_a_channel_is_none(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        telegram.open_channel(CHANNEL)
        telegram.sends_in_name_of(CHANNEL, GROUP, "/stop")
        await telegram.settled()

        assert [posted.text for posted in telegram.ledger] == [ONLY_ADMINS]
        assert group.chats == {GROUP: {MISSILES}}

    async def test_nor_is_a_post_of_the_linked_channel(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        telegram.open_channel(CHANNEL)
        telegram.linked_channel_posts(CHANNEL, GROUP, "/stop")
        await telegram.settled()

        assert group.chats == {GROUP: {MISSILES}}

    async def test_telegram_is_asked_once_for_several_changes(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        await answers(telegram, "/subscribe houthis", "/unsubscribe houthis", who=ADA)

        assert len(telegram.called("getChatMember")) == 1

    async def test_where_members_are_hidden_nobody_changes_anything_and_we_ask_to_be_an_admin(
        self, telegram: FakeBotApi, group: MemoryChatBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram.chats.hidden.add(GROUP)

        [answer] = await answers(telegram, *["/stop"] * 3, who=ADA)

        assert answer.startswith(CANNOT_SEE)
        assert group.chats == {GROUP: {MISSILES}}
        assert len(telegram.called("getChatMember")) == 1
        assert str(GROUP) not in caplog.text

    @pytest.mark.parametrize("fault", [flood(3), server_error(502)])
    async def test_if_telegram_does_not_say_nothing_changes_and_it_is_asked_again(
        self, telegram: FakeBotApi, group: MemoryChatBook, fault: object
    ) -> None:
        telegram.fail_next(fault, method="getChatMember")  # type: ignore[arg-type]

        first, second = await answers(telegram, "/stop", "/unsubscribe iran-missiles", who=ADA)

        assert first.startswith(CANNOT_SEE)
        assert second == "You no longer follow Iran missiles."

    async def test_a_group_with_a_new_id_is_asked_there(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        moved = "Bad Request: group chat was upgraded to a supergroup chat"
        telegram.know(SUPERGROUP)
        telegram.fail_next(
            refusal(400, moved, migrate_to_chat_id=SUPERGROUP), method="getChatMember"
        )

        assert await answers(telegram, "/subscribe houthis", who=ADA) == ["You now follow Houthis."]


async def test_where_nobody_can_be_asked_a_group_is_left_as_it_is(
    commands: Commands, book: MemoryChatBook
) -> None:
    alone = replace(speaker(ChatId(GROUP)), members=None)

    [answer] = await commands.answer(alone, "/subscribe houthis")

    assert answer.text.startswith(CANNOT_SEE)
    assert book.chats == {}


@pytest.mark.usefixtures("bot")
class TestForums:
    async def test_what_is_subscribed_in_a_thread_goes_there_and_is_answered_there(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(GROUP, "/subscribe houthis", thread=5)
        telegram.user_sends(GROUP, "/subscribe iran-missiles")
        await telegram.settled()

        assert await book.following(ChatId(GROUP)) == {
            HOUTHIS: Subscription(thread=5),
            MISSILES: Subscription(),
        }
        assert [(posted.thread, posted.text) for posted in telegram.ledger] == [
            (5, "You now follow Houthis, in this thread."),
            (None, "You now follow Iran missiles."),
            (None, IN_GENERAL),
        ]
        assert telegram.violations == []

    async def test_where_alerts_come_is_said_once(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.chats.make_forum(GROUP)
        telegram.user_taps(await keyboard(telegram), "Houthis")
        telegram.user_sends(GROUP, "/subscribe iran-missiles")
        await telegram.settled()

        assert telegram.notices == ["You now follow Houthis."]
        assert [posted.text for posted in telegram.ledger[1:]] == [
            IN_GENERAL,
            "You now follow Iran missiles.",
        ]

    async def test_what_is_left_in_another_thread_than_its_own_is_said_to_have_gone_there(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        for command, thread in (("subscribe", 5), ("unsubscribe", 6)) * 2:
            telegram.user_sends(GROUP, f"/{command} houthis", thread=thread)
        telegram.user_sends(GROUP, "/unsubscribe houthis", thread=6)
        await telegram.settled()

        assert [(posted.thread, posted.text) for posted in telegram.ledger[1::2]] == [
            (6, "You no longer follow Houthis, which went to another thread."),
        ] * 2
        assert telegram.ledger[-1].text == "You did not follow Houthis."

    async def test_and_in_its_own_it_is_just_left(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        for command in ("subscribe", "unsubscribe"):
            telegram.user_sends(GROUP, f"/{command} houthis", thread=5)
        await telegram.settled()

        assert telegram.ledger[-1].text == "You no longer follow Houthis."
        assert book.chats == {GROUP: set()}

    async def test_a_tap_under_an_alert_is_about_what_was_told_in_its_thread(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        told, there = telling(7, MISSILES), telling(7, HOUTHIS)
        book.tellings[ChatId(GROUP), told.id] = told
        book.tellings_in[ChatId(GROUP), told.id, 5] = there
        for thread in (5, None):
            telegram.user_sends(GROUP, "/topics", thread=thread)
        for message in await telegram.posted(2):
            telegram.user_taps(message, data="why:7", who=MEMBER)
        await telegram.settled()

        assert telegram.popups == [
            "Houthis: “Brief” in the headline",
            "Iran missiles: “Brief” in the headline",
        ]

    async def test_a_tap_in_a_thread_counts_for_it(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_taps(await keyboard(telegram, thread=5), "Houthis")
        await telegram.settled()

        assert await book.following(ChatId(GROUP)) == {HOUTHIS: Subscription(thread=5)}

    async def test_subscribing_elsewhere_moves_a_topic_and_there_it_is_followed_already(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        for thread in (5, 6, 6, None):
            telegram.user_sends(GROUP, "/subscribe houthis", thread=thread)
        await telegram.settled()

        assert [posted.text for posted in telegram.ledger] == [
            "You now follow Houthis, in this thread.",
            "Houthis goes to this thread from now on.",
            "You already follow Houthis.",
            "Houthis goes to General from now on.",
        ]

    async def test_a_chat_at_its_limit_may_still_move_a_topic(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        book.chats[ChatId(GROUP)] = {TopicId(f"more-{n}") for n in range(4, 8)}
        telegram.user_sends(GROUP, "/subscribe more-4", thread=5)
        await telegram.settled()

        assert telegram.ledger[0].text == "Subject number 4 goes to this thread from now on."

    async def test_what_goes_where_is_listed_with_the_way_there(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        chat = ChatId(GROUP)
        book.chats[chat] = {HOUTHIS, MISSILES, TopicId("research")}
        book.ways = {
            (chat, HOUTHIS): Subscription(thread=5),
            (chat, TopicId("research")): Subscription(thread=6),
        }
        telegram.user_sends(GROUP, "/mytopics", thread=5, who=MEMBER)
        [listed] = await telegram.posted(1)

        assert listed.text.splitlines()[:4] == [
            "You follow:",
            "• Iran missiles: at once, in General",
            "• Houthis: at once, in this thread",
            "• R&D <new> weapons: at once, in another thread",
        ]
        [link] = [entity for entity in listed.entities if entity["type"] == "text_link"]
        assert link["url"] == "https://t.me/c/1234567890/6"

    async def test_a_group_without_threads_hears_nothing_of_them(
        self, telegram: FakeBotApi, group: MemoryChatBook
    ) -> None:
        [listed] = await answers(telegram, "/mytopics")

        assert listed == (
            "You follow:\n• Iran missiles: at once\n\n/topics changes it, /digest when it comes."
        )

    @pytest.mark.parametrize("end", ["close_thread", "delete_thread"])
    async def test_an_answer_to_a_thread_that_is_gone_goes_to_the_group(
        self, telegram: FakeBotApi, end: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        getattr(telegram, end)(GROUP, 5)
        telegram.user_sends(GROUP, "/help", thread=5)
        await telegram.settled()

        [answer] = telegram.ledger
        assert answer.thread is None
        assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


class TestLately:
    def test_what_was_found_out_counts_for_a_minute_and_no_longer(self) -> None:
        now = 0.0
        lately: Lately[str, int] = Lately(lambda: now)
        lately.put("a", 1)

        now = KEPT - 0.1
        before = lately.get("a")
        now = KEPT

        assert (before, lately.get("a"), lately.get("b")) == (1, None, None)

    def test_it_does_not_grow_without_end(self) -> None:
        now = 0.0
        lately: Lately[int, int] = Lately(lambda: now)
        for key in range(REMEMBERED + 5):
            now += 0.001
            lately.put(key, key)

        assert len(lately) <= REMEMBERED
        assert lately.get(REMEMBERED + 4) == REMEMBERED + 4
