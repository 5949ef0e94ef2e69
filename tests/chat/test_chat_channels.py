"""Channels, looked after from the private chats of their admins."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.chat import patience
from alertbot.chat.parts.channels.looking_after import MOST
from alertbot.chat.parts.channels.naming import read_channel
from alertbot.chat.parts.channels.texts import data_for
from alertbot.model import ChatId, TopicId
from alertbot.ports import Channel, Mode, QuietHours, Settings
from fakes.bot_api import FakeBotApi, Posted
from fakes.bot_api_faults import server_error
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import NOW, TOPICS, commands_for, offer, speaker, told_alert

ADA, BOB = ChatId(42), ChatId(43)
NEWS = ChatId(-1_001_234_567_890)
GROUP = -1_009_876_543_210
NAME = "War & Peace"
HOUTHIS = TopicId("houthis")
WE_MAY_NOT = (
    f"I may not post in {NAME}. Make me an admin there with the right to post, and try again."
)
YOU_MAY_NOT = f"Only admins of {NAME} can look after it, and you are not one."
NO_SUCH = "I see no such channel."
OUTDATED = "That button is out of date; /topics shows the present list."


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let people tap as fast as a test does."""
    monkeypatch.setattr(patience, "BURST", 100)


@pytest.fixture
def channel(telegram: FakeBotApi) -> int:
    """A channel in which we may post and Ada is an admin."""
    telegram.open_channel(NEWS, "warnews")
    telegram.promote(NEWS)
    telegram.rank(NEWS, ADA, "administrator")
    return NEWS


@pytest.fixture
async def topics(telegram: FakeBotApi, bot: object, channel: int) -> Posted:
    """The channel's topics, as Ada is shown them after she named it."""
    telegram.user_sends(ADA, "/channel @warnews")
    [shown] = await telegram.posted(1)
    return shown


async def told(telegram: FakeBotApi, text: str, chat: int = ADA) -> str:
    telegram.user_sends(chat, text)
    await telegram.settled()
    return telegram.ledger[-1].text


async def tap(telegram: FakeBotApi, message: Posted, *labels: str) -> Posted:
    for label in labels:
        telegram.user_taps(telegram.shown(message), label)
        await telegram.settled()
    return telegram.shown(message)


@pytest.mark.usefixtures("bot", "channel")
class TestFinding:
    @pytest.mark.parametrize(
        "said",
        [
            "@warnews",
            "warnews",
            "t.me/warnews",
            "https://t.me/warnews/17?single",
            "https://t.me/s/warnews",
            "https://t.me/c/1234567890/17",
            "-1001234567890",
        ],
    )
    async def test_by_name_link_or_id_leads_to_its_topics_with_its_name_at_the_head(
        self, telegram: FakeBotApi, book: MemoryChatBook, said: str
    ) -> None:
        telegram.user_sends(ADA, f"/channel {said}")
        [shown] = await telegram.posted(1)

        assert shown.text.splitlines()[0] == NAME
        assert shown.bold() == [NAME]
        assert shown.labels[:2] == ["Iran missiles", "Houthis"]
        assert shown.labels[-1] == "Back"
        assert [one.chat for one in book.desks[ADA]] == [NEWS]
        assert telegram.violations == []

    @pytest.mark.parametrize("text", ["", "A post of it"])
    async def test_by_a_post_that_is_forwarded(
        self, telegram: FakeBotApi, book: MemoryChatBook, text: str
    ) -> None:
        telegram.user_forwards(ADA, NEWS, text)
        [shown] = await telegram.posted(1)

        assert shown.text.startswith(NAME)

    @pytest.mark.parametrize("said", ["@nobody", "-1005", "what is this?", "t.me/+AbCdEf", "42"])
    async def test_what_is_no_channel_is_told_apart(
        self, telegram: FakeBotApi, book: MemoryChatBook, said: str
    ) -> None:
        assert (await told(telegram, f"/channel {said}")).startswith(NO_SUCH)
        assert book.desks == {}

    async def test_without_a_name_it_says_how(self, telegram: FakeBotApi) -> None:
        assert (await told(telegram, "/channel")).startswith("Which channel? Write its name")

    async def test_a_group_says_for_itself_what_it_wants(self, telegram: FakeBotApi) -> None:
        telegram.know(GROUP)

        answer = await told(telegram, f"/channel {GROUP}")

        assert answer == "Analysts is a group. Add me to it and send /topics there."

    async def test_a_channel_without_a_name_is_not_seen_before_we_are_in_it(
        self, telegram: FakeBotApi
    ) -> None:
        telegram.open_channel(-1_005, None)

        assert (await told(telegram, "/channel -1005")).startswith(NO_SUCH)

    @pytest.mark.parametrize("text", ["/channel @warnews", "/channels"])
    async def test_in_a_group_it_is_not_done(
        self, telegram: FakeBotApi, book: MemoryChatBook, text: str
    ) -> None:
        answer = await told(telegram, text, GROUP)

        assert answer == "Channels are looked after from a private chat with me on Telegram."
        assert book.desks == {}

    async def test_nor_in_a_terminal(self, book: MemoryChatBook) -> None:
        alone = replace(speaker(ADA), members=None)

        [answer] = await commands_for(book, offer(*TOPICS)).answer(alone, "/channel @warnews")

        assert answer.text.endswith("a private chat with me on Telegram.")

    async def test_what_is_written_in_a_channel_is_not_obeyed(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        before = dict(book.chats)
        telegram.channel_posts(NEWS, "/subscribe houthis")
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert [posted.chat for posted in telegram.ledger] == [ADA]
        assert not book.chats.get(NEWS)
        assert before.keys() <= book.chats.keys()


@pytest.mark.usefixtures("bot")
class TestRights:
    async def test_we_have_to_be_there(self, telegram: FakeBotApi, book: MemoryChatBook) -> None:
        telegram.open_channel(NEWS, "warnews")

        assert await told(telegram, "/channel @warnews") == WE_MAY_NOT
        assert book.desks == {}

    @pytest.mark.parametrize("loss", ["demote", "kick"])
    async def test_with_the_right_to_post(
        self, telegram: FakeBotApi, channel: int, loss: str
    ) -> None:
        getattr(telegram, loss)(NEWS)

        answer = await told(telegram, "/channel @warnews")

        assert answer == WE_MAY_NOT if loss == "demote" else answer.startswith(NO_SUCH)

    @pytest.mark.parametrize("rank", ["member", "left", "kicked"])
    async def test_so_does_the_person(
        self, telegram: FakeBotApi, book: MemoryChatBook, channel: int, rank: str
    ) -> None:
        telegram.rank(NEWS, ADA, rank)

        assert await told(telegram, "/channel @warnews") == YOU_MAY_NOT
        assert book.desks == {}

    async def test_if_telegram_does_not_say_nobody_looks_after_it(
        self, telegram: FakeBotApi, book: MemoryChatBook, channel: int
    ) -> None:
        telegram.fail_next(server_error(502), method="getChatMember")

        answer = await told(telegram, "/channel @warnews")

        assert answer.startswith("I could not find out who is an admin of War & Peace.")
        assert book.desks == {}

    async def test_they_are_asked_for_again_at_a_tap(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.demote(NEWS)
        await tap(telegram, topics, "Houthis")

        assert telegram.popups == [WE_MAY_NOT]
        assert book.chats[NEWS] == set()
        assert telegram.edits == []

    async def test_a_button_of_somebody_elses_channel_does_nothing(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.user_sends(BOB, "/topics")
        theirs = (await telegram.posted(2))[1]
        telegram.user_taps(theirs, data=topics.data_of("Houthis"))
        await telegram.settled()

        assert telegram.notices[-1] == OUTDATED
        assert book.chats[NEWS] == set()

    async def test_nor_does_it_in_a_group(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.user_sends(GROUP, "/topics")
        there = (await telegram.posted(2))[1]
        telegram.user_taps(there, data=topics.data_of("Houthis"), who=ADA)
        await telegram.settled()

        assert telegram.notices[-1] == OUTDATED
        assert book.chats[NEWS] == set()


class TestLookingAfter:
    async def test_a_tap_follows_a_topic_for_the_channel_and_for_nobody_else(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        shown = await tap(telegram, topics, "Houthis", "Page 2 of 2 ›", "‹ Page 1 of 2")

        assert book.chats == {ADA: set(), NEWS: {HOUTHIS}}
        assert shown.text.splitlines()[0] == NAME
        assert "✓ Houthis" in shown.labels
        assert telegram.notices[0] == f"{NAME}: You now follow Houthis."
        assert {posted.chat for posted in telegram.ledger} == {ADA}

    async def test_the_sample_of_what_will_come_is_shown_to_the_person(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        book.past = [told_alert(1, "houthis")]
        await tap(telegram, topics, "Houthis")

        assert [posted.text for posted in telegram.ledger[1:]] == [
            "This is what you will get:",
            "Brief 1 [houthis]",
        ]
        assert {posted.chat for posted in telegram.ledger} == {ADA}

    async def test_digests_quiet_hours_mutes_and_language_are_the_channels(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        await tap(telegram, topics, "Houthis", "Back", "Digests", "Daily", "Back")
        await tap(telegram, topics, "Quiet hours", "22:00–07:00", "Back")
        await tap(telegram, topics, "Language", "فارسی", "Back")
        shown = await tap(telegram, topics, "Mute", "Houthis", "Forever")

        assert shown.text == f"{NAME}\nHouthis is muted."
        assert book.ways[NEWS, HOUTHIS].mode is Mode.DAILY
        assert book.ways[NEWS, HOUTHIS].muted_until is not None
        assert book.own[NEWS].quiet == QuietHours(start=22 * 60, end=7 * 60)
        assert book.languages[NEWS].chosen == "fa"
        assert (book.own.get(ADA), book.languages.get(ADA)) == (None, None)

    async def test_it_goes_by_the_clock_of_whom_it_was_given_by(
        self, telegram: FakeBotApi, book: MemoryChatBook, bot: object, channel: int
    ) -> None:
        book.own[ADA] = Settings(timezone="Asia/Tehran")
        telegram.user_sends(ADA, "/channel @warnews")
        [topics] = await telegram.posted(1)
        first = book.own[NEWS]
        book.own[ADA] = Settings(timezone="Europe/Paris")
        await tap(telegram, topics, "Back", "Go by my clock, in Paris")

        assert first.timezone == "Asia/Tehran"
        assert book.own[NEWS].timezone == "Europe/Paris"
        assert telegram.notices[-1] == "It goes by the clock in Paris now."

    @pytest.mark.parametrize("label", ["Digests", "Quiet hours", "Mute", "Unmute", "Language"])
    @pytest.mark.parametrize("followed", [(), ("Houthis",)])
    async def test_no_command_is_named_as_it_would_be_for_the_private_chat(
        self, telegram: FakeBotApi, topics: Posted, followed: tuple[str, ...], label: str
    ) -> None:
        shown = await tap(telegram, topics, *followed, "Back", label)

        assert not re.search(r"/\w", shown.text)

    async def test_its_language_is_chosen_in_that_of_the_person(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        shown = await tap(telegram, topics, "Back", "Language", "فارسی")

        assert telegram.notices[-1] == f"{NAME}: From now on I speak فارسی."
        assert "I speak فارسی. Choose another here:" in shown.text
        assert "✓ فارسی" in shown.labels

    @pytest.mark.usefixtures("bot", "channel")
    async def test_it_speaks_the_language_of_whom_it_was_given_by(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.chats.languages[ADA] = "he"
        await told(telegram, "/channel @warnews")
        first = book.languages[NEWS].chosen
        telegram.chats.languages[ADA] = "fa"
        await told(telegram, "/channel @warnews")

        assert (first, book.languages[NEWS].chosen) == ("he", "he")

    async def test_two_admins_look_after_the_same_channel(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.rank(NEWS, BOB, "creator")
        await tap(telegram, topics, "Houthis")

        answer = await told(telegram, "/channel t.me/warnews", BOB)

        assert "You follow 1 of 12 topics." in answer

    async def test_what_the_buttons_of_others_do_is_not_done_for_a_channel(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        number = re.match(r"k(\d+):", topics.data_of("Back"))[1]  # type: ignore[index]
        for data in (
            "k:p:0",
            f"k{number}:",
            f"k{number}:why:7",
            f"k{number}:k{number}:home",
            f"k{number}:do:stop",
            f"k{number}:do:",
            f"k{number}:z:Asia/Tehran",
        ):
            telegram.user_taps(topics, data=data)
        await telegram.settled()

        assert telegram.notices == [OUTDATED] * 7
        assert book.chats[NEWS] == set()

    async def test_every_button_of_a_channel_fits_into_64_bytes(self, book: MemoryChatBook) -> None:
        longest = Channel(number=999_999, chat=NEWS, title=NAME)

        for data in (f"s:{'x' * 48}:9999", f"d:i:{'x' * 48}", f"m:?:{'x' * 48}", "q:1320-1439"):
            assert len(data_for(longest, data)) <= 64


class TestListing:
    async def test_names_what_one_looks_after_to_open_or_to_let_go(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.user_sends(ADA, "/channels")
        listed = (await telegram.posted(2))[1]
        home = await tap(telegram, listed, NAME)

        assert listed.text.startswith("The channels you look after:")
        assert listed.labels == [NAME, "Let go"]
        assert home.labels == [
            "Topics",
            "Digests",
            "Quiet hours",
            "Mute",
            "Unmute",
            "Language",
            "Go by my clock, in UTC",
            "Let go",
        ]

    @pytest.mark.usefixtures("bot")
    async def test_says_how_it_begins_where_there_is_none(self, telegram: FakeBotApi) -> None:
        assert await told(telegram, "/channels") == (
            "You look after no channel yet.\nTo add one: /channel @name"
        )

    async def test_what_is_let_go_goes_on_if_one_says_so_even_without_rights(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        await tap(telegram, topics, "Houthis", "Back")
        telegram.demote(NEWS)
        await tap(telegram, topics, "Let go", "They go on")

        assert telegram.notices[-1] == f"You no longer look after {NAME}; its alerts go on."
        assert telegram.shown(topics).text.startswith("You look after no channel yet.")
        assert book.chats[NEWS] == {HOUTHIS}

    async def test_or_ends_with_all_that_is_known_of_it(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        await tap(telegram, topics, "Houthis", "Back", "Let go", "End its alerts")

        assert telegram.notices[-1] == f"No more alerts come to {NAME}."
        assert NEWS not in book.chats
        assert book.desks[ADA] == []

    async def test_so_it_does_when_one_ends_everything_for_oneself(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        await tap(telegram, topics, "Houthis")

        answer = await told(telegram, "/stop")

        assert answer.endswith("The channels you looked after still get their alerts.")
        assert book.chats == {NEWS: {HOUTHIS}}
        assert ADA not in book.desks

    async def test_which_only_its_admins_can_say(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        telegram.demote(NEWS)
        await tap(telegram, topics, "Back")
        telegram.user_taps(topics, data=topics.data_of("Back").replace("home", "leave:end"))
        await telegram.settled()

        assert telegram.popups == [WE_MAY_NOT] * 2
        assert NEWS in book.chats

    async def test_a_button_of_a_channel_that_was_let_go_shows_what_is_left(
        self, telegram: FakeBotApi, book: MemoryChatBook, topics: Posted
    ) -> None:
        book.desks[ADA] = []
        shown = await tap(telegram, topics, "Houthis")

        assert telegram.notices == [OUTDATED]
        assert shown.text.startswith("You look after no channel yet.")

    async def test_there_is_a_limit(
        self, telegram: FakeBotApi, book: MemoryChatBook, bot: object, channel: int
    ) -> None:
        for number in range(MOST):
            await book.look_after(ADA, ChatId(-1_001_000 - number), "x", NOW)

        answer = await told(telegram, "/channel @warnews")

        assert answer.startswith(f"You look after {MOST} channels, and that is the limit.")
        assert len(book.desks[ADA]) == MOST


@pytest.mark.usefixtures("bot")
class TestLoss:
    async def test_a_channel_that_takes_the_right_to_post_is_gone_until_it_gives_it_back(
        self, telegram: FakeBotApi, book: MemoryChatBook, channel: int
    ) -> None:
        telegram.demote(NEWS)
        await telegram.settled()
        gone = dict(book.gone)
        telegram.promote(NEWS)
        await telegram.settled()

        assert gone == {NEWS: "not allowed to post in the channel"}
        assert book.gone == {}

    async def test_so_is_one_that_removes_us(
        self, telegram: FakeBotApi, book: MemoryChatBook, channel: int
    ) -> None:
        telegram.kick(NEWS)
        await telegram.settled()

        assert book.gone == {NEWS: "not allowed to post in the channel"}


class TestNames:
    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ("@War_News1", "@War_News1"),
            ("http://telegram.me/warnews", "@warnews"),
            ("https://www.t.me/warnews/", "@warnews"),
            ("t.me/c/1234567890", "-1001234567890"),
            ("t.me/joinchat/AAAA", None),
            ("t.me/joinchat", None),
            ("https://t.me/+AAAA", None),
            ("https://example.org/warnews", None),
            ("@abc", None),
            ("42", None),
            ("-42", None),
            ("-100", None),
            ("two words", None),
            ("", None),
        ],
    )
    def test_names_links_and_ids_are_read(self, said: str, name: str | None) -> None:
        assert read_channel(said) == name

    @given(st.text(max_size=80))
    def test_whatever_is_said_what_is_read_is_a_name_or_an_id(self, said: str) -> None:
        name = read_channel(said)

        assert name is None or re.fullmatch(r"@[A-Za-z]\w{3,31}|-100[0-9]{1,13}", name, re.ASCII)
