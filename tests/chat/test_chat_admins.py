"""What admins are told of the config, and what they decide by two taps."""

from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.chat import (
    Commands,
    FormerTopics,
    config_in_force,
    config_refused,
    feed_notice,
)
from alertbot.errors import Problem
from alertbot.model import ChatId, FeedId, Message, TopicId
from alertbot.ports import Event, Notice
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import ADMIN, TOPICS, commands_for, offer, speaker
from fakes.telegram_parser import parse_html, utf16_length

ANN, BEN = ChatId(1001), ChatId(1002)
FORMER = TopicId("former")
OFFER = offer(*TOPICS, former_names={FORMER: "The former <topic>"})
OUTDATED = "That button is out of date; /topics shows the present list."


@pytest.fixture
def book() -> MemoryChatBook:
    book = MemoryChatBook()
    book.chats = {ANN: {FORMER, TopicId("houthis")}, BEN: {FORMER}}
    return book


@pytest.fixture
def commands(book: MemoryChatBook) -> Commands:
    return commands_for(book, OFFER)


def data(message: Message | None) -> list[str]:
    assert message
    return [button.data or "" for row in message.buttons for button in row]


def problem(message: str, *, line: int | None = 3, warning: bool = False) -> Problem:
    return Problem(
        file="/etc/config.toml", line=line, key="topics[0].rule", message=message, warning=warning
    )


class TestFormerTopics:
    async def test_are_named_with_their_subscribers(self, book: MemoryChatBook) -> None:
        question = await FormerTopics(book, lambda: OFFER).question()

        assert question
        assert question.text.endswith("• The former <topic>: 2 subscriptions")
        assert data(question) == ["former:ask:former"]

    async def test_that_nobody_follows_are_nobodys_question(self, book: MemoryChatBook) -> None:
        former = FormerTopics(book, lambda: OFFER)

        assert await former.question(among=[TopicId("another")]) is None

    async def test_lose_their_subscriptions_by_two_taps_of_an_admin(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        asked = await commands.press(speaker(ADMIN), "former:ask:former")
        assert asked.message
        assert asked.message.text.startswith("Delete 2 subscriptions to The former <topic>?")
        assert book.chats[BEN] == {FORMER}

        done = await commands.press(speaker(ADMIN), data(asked.message)[0])

        assert done.notice == "2 subscriptions to The former <topic> deleted."
        assert done.message
        assert done.message.text == "All topics that have subscribers are in the config."
        assert {ANN: {"houthis"}, BEN: set()} == book.chats

    async def test_keep_them_if_the_admin_thinks_better_of_it(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        asked = await commands.press(speaker(ADMIN), "former:ask:former")

        kept = await commands.press(speaker(ADMIN), data(asked.message)[1])

        assert kept.notice == "The subscriptions are kept."
        assert data(kept.message) == ["former:ask:former"]
        assert book.chats[BEN] == {FORMER}

    @pytest.mark.parametrize("step", ["ask", "drop", "keep"])
    @pytest.mark.parametrize("chat", [ANN, ChatId(-99)])
    async def test_are_not_for_anybody_else_to_decide(
        self, commands: Commands, book: MemoryChatBook, chat: ChatId, step: str
    ) -> None:
        pressed = await commands.press(speaker(chat), f"former:{step}:former")

        assert (pressed.notice, pressed.message) == (OUTDATED, None)
        assert book.chats[BEN] == {FORMER}

    @pytest.mark.parametrize("step", ["ask", "drop", "keep"])
    async def test_that_came_back_keep_their_subscribers_whatever_is_tapped(
        self, commands: Commands, book: MemoryChatBook, step: str
    ) -> None:
        pressed = await commands.press(speaker(ADMIN), f"former:{step}:houthis")

        assert pressed.notice == "Houthis is back, and its subscribers go on."
        assert "houthis" in book.chats[ANN]

    @pytest.mark.parametrize("step", ["ask", "drop"])
    async def test_whose_subscribers_are_gone_by_now_are_answered_kindly(
        self, commands: Commands, step: str
    ) -> None:
        pressed = await commands.press(speaker(ADMIN), f"former:{step}:older")

        assert pressed.notice == "Nobody is subscribed to older any more."

    @pytest.mark.parametrize("pressed", ["former:ask:", "former:ask:A", "former:kill:former"])
    async def test_are_not_touched_by_data_that_is_not_ours(
        self, commands: Commands, pressed: str
    ) -> None:
        assert (await commands.press(speaker(ADMIN), pressed)).notice == OUTDATED

    async def test_fit_into_a_message_however_many_and_however_long(self) -> None:
        book = MemoryChatBook()
        ids = [TopicId(f"{'x' * 45}{n:03}") for n in range(100)]
        book.chats[ANN] = set(ids)
        named = offer(former_names=dict.fromkeys(ids, "🚀&" * 99))
        commands = commands_for(book, named)

        question = await FormerTopics(book, lambda: named).question()

        assert question
        assert "… and 92 more" in question.text
        assert_fit_for_telegram(question)
        asked = await commands.press(speaker(ADMIN), data(question)[0])
        assert_fit_for_telegram(asked.message)
        assert len((await commands.press(speaker(ADMIN), data(asked.message)[0])).notice) <= 200


class TestRefused:
    def test_names_the_first_mistakes_with_line_and_key(self) -> None:
        problems = [problem(f"mistake {n}") for n in range(5)]

        said = config_refused("config.toml", [problem("a doubt", warning=True), *problems]).text

        assert said == (
            "config.toml has mistakes, so nothing has changed:\n"
            "• line 3: topics[0].rule: mistake 0\n"
            "• line 3: topics[0].rule: mistake 1\n"
            "• line 3: topics[0].rule: mistake 2\n"
            "… and 2 more; alertbot check shows all"
        )

    def test_names_the_topic_a_mistake_is_in(self) -> None:
        said = config_refused("config.toml", [replace(problem("a mistake"), id="houthis")])

        assert said.text.endswith("• line 3: topics[0].rule (houthis): a mistake")

    def test_leaves_the_caret_to_the_log(self) -> None:
        said = config_refused(
            "config.toml", [problem("expected a word\n    a AND\n         ^", line=None)]
        )

        assert said.text.endswith("• topics[0].rule: expected a word")

    def test_shows_no_token(self) -> None:
        said = config_refused("config.toml", [problem("found 123456789:" + "A" * 35)])

        assert "AAAA" not in said.text

    @given(st.lists(st.text(), min_size=1), st.text(min_size=1).filter(str.strip))
    def test_is_accepted_by_telegram_whatever_the_words(self, words: list[str], name: str) -> None:
        assert_fit_for_telegram(config_refused(name, [problem(word * 40) for word in words]))


class TestInForce:
    def test_says_what_changed_and_what_waits(self) -> None:
        said = config_in_force("config.toml", ["topics: added cyber"], ["store.url", "web.listen"])

        assert said.text == (
            "config.toml is in force now.\n• topics: added cyber\n"
            "Waiting for a restart: store.url, web.listen"
        )
        assert said.silent

    def test_says_when_a_mistake_is_mended(self) -> None:
        assert (
            config_in_force("config.toml", [], [], again=True).text
            == "config.toml is in force again."
        )


def assert_fit_for_telegram(message: Message | None) -> None:
    assert message
    assert parse_html(message.html).text == message.text
    assert 0 < utf16_length(message.text) <= 4096
    for row in message.buttons:
        for button in row:
            assert len((button.data or "").encode()) <= 64


class TestFeedNotices:
    NAMES: ClassVar = {FeedId("fdd"): "FDD <briefs>", FeedId("other"): "Other"}

    @pytest.mark.parametrize(
        ("event", "detail", "told"),
        [
            (
                Event.MISSING,
                "",
                "FDD <briefs> has not been there for a week (HTTP 404), "
                "so it is not asked any more.\n"
                "Please change its url in the config, or remove it.",
            ),
            (
                Event.EXPIRED,
                "",
                "FDD <briefs> has ended, as it says itself, so it is not asked any more.\n"
                "Please change its url in the config, or remove it.",
            ),
            (
                Event.MOVED,
                "https://example.net/?a=1&b=2",
                "FDD <briefs> has moved for good and is read at its new address: "
                "https://example.net/?a=1&b=2\nPlease change its url in the config.",
            ),
            (
                Event.TWIN,
                "other",
                "FDD <briefs> leads to Other by now, which is a feed of the config too.\n"
                "Nothing is told twice; please remove one of the two.",
            ),
            (
                Event.QUIET,
                "2026-03-02T09:00:00+00:00",
                "FDD <briefs> has brought nothing new since March 2, 09:00 UTC, which is unusually "
                "long for it.\n"
                "Please see whether its page has news; if so, its url may have changed.",
            ),
            (
                Event.FAILING,
                "2026-03-02T09:00:00+00:00 not a feed: <html>",
                "FDD <briefs> could not be read since March 2, 09:00 UTC: not a feed: <html>\n"
                "It is asked on; please check its url in the config.",
            ),
            (
                Event.UNTAGGED,
                "2026-03-02T09:00:00+00:00",
                "FDD <briefs> has carried no tags since March 2, 09:00 UTC.\n"
                "Topics that go by its tags alone miss its briefs; please give them rules.",
            ),
            (Event.NEWS_AGAIN, "", "FDD <briefs> brings news again."),
            (Event.READ_AGAIN, "", "FDD <briefs> can be read again."),
        ],
    )
    def test_say_what_happened_and_what_is_to_be_done(
        self, event: Event, detail: str, told: str
    ) -> None:
        notice = Notice(event=event, feed=FeedId("fdd"), detail=detail)

        message = feed_notice(notice, self.NAMES)

        assert message.text == told
        assert parse_html(message.html).text == told

    @given(st.sampled_from(Event), st.text(), st.text())
    def test_are_fit_for_telegram_whatever_the_address(
        self, event: Event, detail: str, name: str
    ) -> None:
        notice = Notice(event=event, feed=FeedId("x"), detail=detail)

        assert utf16_length(parse_html(feed_notice(notice, {FeedId("x"): name}).html).text) < 1_000
