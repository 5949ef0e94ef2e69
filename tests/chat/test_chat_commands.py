"""What the commands say and do, wherever they are typed."""

import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertbot.chat import Commands, Pressed
from alertbot.model import Button, ChatId, Message, Topic, TopicId
from alertbot.ports import FOR_GOOD, Mode, Settings, Subscription
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import NOW, TOPICS, commands_for, offer, speaker, told_alert
from fakes.telegram_parser import parse_html, utf16_length

CHAT = ChatId(42)
OTHER = ChatId(43)
GROUPED = (
    *(
        Topic(id=TopicId(f"middle-{n}"), name=f"Middle topic {n}", group="Middle East")
        for n in range(1, 11)
    ),
    *(Topic(id=TopicId(f"asia-{n}"), name=f"Asia topic {n}", group="Asia") for n in range(1, 4)),
    Topic(id=TopicId("none"), name="No group"),
)


async def say(commands: Commands, text: str) -> str:
    """Return the one answer to a text."""
    [answer] = await commands.answer(speaker(CHAT), text)
    return answer.text


def labels(message: Message | None) -> list[str]:
    assert message
    return [button.label for row in message.buttons for button in row]


class TestStart:
    async def test_welcomes_in_two_lines_with_the_first_eight_topics(
        self, commands: Commands
    ) -> None:
        [welcome] = await commands.answer(speaker(CHAT), "/start")

        assert len(welcome.text.splitlines()) == 2
        assert [
            "Iran missiles",
            "Houthis",
            "R&D <new> weapons",
            *(f"Subject number {n}" for n in range(4, 9)),
            "Page 2 of 2 ›",
        ] == labels(welcome)

    async def test_opens_the_chat(self, commands: Commands, book: MemoryChatBook) -> None:
        book.gone[CHAT] = "blocked by the user"

        await commands.answer(speaker(CHAT), "/start")

        assert {CHAT: set()} == book.chats
        assert book.gone == {}

    async def test_with_the_payload_of_a_link_subscribes(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        welcome, news = await commands.answer(speaker(CHAT), "/start topic_iran-missiles")

        assert {CHAT: {"iran-missiles"}} == book.chats
        assert labels(welcome)[0] == "✓ Iran missiles"
        assert news.text == "You now follow Iran missiles."

    async def test_and_of_many_pages_it_opens_the_one_with_the_topic(
        self, book: MemoryChatBook
    ) -> None:
        commands = commands_for(book, offer(*GROUPED))

        welcome, _ = await commands.answer(speaker(CHAT), "/start topic_asia-2")

        assert welcome.text.endswith("\n\nAsia")
        assert "✓ Asia topic 2" in labels(welcome)

    @pytest.mark.parametrize("said", ["/start topic_houthis", "/subscribe houthis"])
    async def test_and_the_first_topic_show_what_will_come(
        self, commands: Commands, book: MemoryChatBook, said: str
    ) -> None:
        book.past = [told_alert(1, "houthis"), told_alert(2, "houthis", "research")]

        answers = await commands.answer(speaker(CHAT), said)

        assert [answer.text for answer in answers[-3:]] == [
            "You now follow Houthis.",
            "This is what you will get:",
            "Brief 2 [houthis]",
        ]

    async def test_a_second_topic_shows_no_more_than_that_it_is_followed(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.past = [told_alert(1, "houthis")]
        await commands.answer(speaker(CHAT), "/subscribe research")

        assert await say(commands, "/subscribe houthis") == "You now follow Houthis."

    @pytest.mark.parametrize(
        "payload", ["topic_", "topic_no-such", "houthis", "topic_🚀", "x" * 64]
    )
    async def test_with_another_payload_is_a_plain_start(
        self, commands: Commands, book: MemoryChatBook, payload: str
    ) -> None:
        assert (await say(commands, f"/start {payload}")).startswith("Hello!")
        assert {CHAT: set()} == book.chats


class TestSubscribe:
    @pytest.mark.parametrize(
        "said",
        [
            "iran-missiles",
            "Iran missiles",
            "IRAN MISSILES",
            "  iran   missiles ",
            "iran_missiles",
            "«Iran–Missiles»",
            "Irán missilés",
        ],
    )
    async def test_takes_an_id_or_a_name_as_people_write_it(
        self, commands: Commands, book: MemoryChatBook, said: str
    ) -> None:
        assert await say(commands, f"/subscribe {said}") == "You now follow Iran missiles."
        assert {CHAT: {"iran-missiles"}} == book.chats

    async def test_escapes_names_for_telegram(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/subscribe r&d <new> weapons")

        assert answer.html == "You now follow <b>R&amp;D &lt;new&gt; weapons</b>."
        assert answer.text == "You now follow R&D <new> weapons."

    async def test_says_when_there_was_nothing_to_do(self, commands: Commands) -> None:
        await say(commands, "/subscribe houthis")

        assert await say(commands, "/subscribe houthis") == "You already follow Houthis."

    async def test_without_a_topic_says_how_and_shows_the_keyboard(
        self, commands: Commands
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/subscribe")

        assert "/subscribe iran-missiles" in answer.text
        assert "Houthis" in labels(answer)

    async def test_asks_whether_a_similar_topic_was_meant(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/subscribe hutis")

        assert answer.text == "I know no topic called hutis. Did you mean one of these?"
        assert labels(answer) == ["Houthis"]

    async def test_a_suggestion_can_be_tapped(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/subscribe missiles of iran")

        pressed = await commands.press(speaker(CHAT), answer.buttons[0][0].data or "")

        assert pressed.notice == "You now follow Iran missiles."
        assert {CHAT: {"iran-missiles"}} == book.chats

    async def test_names_the_list_where_nothing_is_similar(self, commands: Commands) -> None:
        answer = await say(commands, "/subscribe <b>qqqq</b> &amp;")

        assert answer == "I know no topic called <b>qqqq</b> &amp;. /topics shows those I know."

    async def test_stops_at_the_limit_and_says_so(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        for number in range(4, 8):
            await say(commands, f"/subscribe more-{number}")

        answer = await say(commands, "/subscribe houthis")

        assert answer == "You follow 4 topics, and that is the limit. Drop one first: /mytopics"
        assert len(book.chats[CHAT]) == 4

    async def test_topics_that_are_no_longer_offered_do_not_count_for_the_limit(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId(f"former-{n}") for n in range(10)}

        assert await say(commands, "/subscribe houthis") == "You now follow Houthis."


class TestUnsubscribe:
    async def test_ends_a_subscription(self, commands: Commands, book: MemoryChatBook) -> None:
        book.chats[CHAT] = {TopicId("houthis")}

        assert await say(commands, "/unsubscribe HOUTHIS") == "You no longer follow Houthis."
        assert {CHAT: set()} == book.chats

    async def test_says_when_there_was_none(self, commands: Commands) -> None:
        assert await say(commands, "/unsubscribe houthis") == "You did not follow Houthis."

    @pytest.mark.parametrize("said", ["former", "The Former Topic"])
    async def test_ends_one_to_a_topic_that_is_no_longer_offered(
        self, book: MemoryChatBook, said: str
    ) -> None:
        former = offer(*TOPICS, former_names={TopicId("former"): "The former topic"})
        book.chats[CHAT] = {TopicId("former")}

        answer = await say(commands_for(book, former), f"/unsubscribe {said}")

        assert answer == "You no longer follow The former topic."
        assert {CHAT: set()} == book.chats

    async def test_without_a_topic_says_how(self, commands: Commands) -> None:
        assert "/unsubscribe iran-missiles" in await say(commands, "/unsubscribe")


class TestMyTopics:
    async def test_lists_what_this_chat_follows(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId("research"), TopicId("iran-missiles")}
        book.chats[OTHER] = {TopicId("houthis")}

        assert (
            await say(commands, "/mytopics")
            == "You follow:\n• Iran missiles: at once\n• R&D <new> weapons: at once\n\n"
            "/topics changes it, /digest when it comes."
        )

    async def test_says_of_each_when_it_comes_and_until_when_it_is_silent(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        missiles, houthis, research = map(TopicId, ("iran-missiles", "houthis", "research"))
        book.chats[CHAT] = {missiles, houthis, research}
        book.own[CHAT] = Settings(timezone="Asia/Tehran", digest_time=7 * 60 + 30)
        await book.set_mode(CHAT, Mode.DAILY, {missiles})
        await book.mute(CHAT, missiles, NOW + timedelta(days=7))
        await book.mute(CHAT, houthis, FOR_GOOD)
        await book.mute(CHAT, research, NOW)

        assert (await say(commands, "/mytopics")).splitlines()[1:4] == [
            "• Iran missiles: daily at 07:30, muted until January 30, 15:30",
            "• Houthis: at once, muted",
            "• R&D <new> weapons: at once",
        ]

    async def test_says_of_a_topic_that_an_admin_has_paused_it(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        missiles, houthis, research = map(TopicId, ("iran-missiles", "houthis", "research"))
        book.chats[CHAT] = {missiles, houthis, research}
        book.ways[CHAT, missiles] = Subscription(mode=Mode.DAILY, paused=True)
        book.ways[CHAT, houthis] = Subscription(muted_until=FOR_GOOD, paused=True)

        for command in ("/mytopics", "/digest"):
            assert (await say(commands, command)).splitlines()[1:4] == [
                "• Iran missiles: daily at 08:00, paused by an admin",
                "• Houthis: at once, muted, paused by an admin",
                "• R&D <new> weapons: at once",
            ]

    async def test_names_what_is_no_longer_offered_apart(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId("houthis"), TopicId("former")}

        assert await say(commands, "/mytopics") == (
            "You follow:\n• Houthis: at once\n\n"
            "Paused, as no longer offered; /unsubscribe ends them for good:\n• former\n\n"
            "/topics changes it, /digest when it comes."
        )

    async def test_says_when_that_is_nothing(self, commands: Commands) -> None:
        answer = await say(commands, "/mytopics")

        assert answer == "You follow no topics yet. /topics shows what there is."


class TestLatest:
    @pytest.fixture(autouse=True)
    def past(self, book: MemoryChatBook) -> None:
        book.past = [
            told_alert(1, "houthis"),
            told_alert(2, "houthis"),
            told_alert(3, "houthis"),
            told_alert(4, "houthis", "iran-missiles"),
            told_alert(5, "iran-missiles"),
            told_alert(6, "houthis"),
        ]

    async def test_shows_the_three_newest_on_ones_topics_the_newest_last(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId("houthis")}

        answers = await commands.answer(speaker(CHAT), "/latest")

        assert [answer.text for answer in answers] == [
            "Brief 3 [houthis]",
            "Brief 4 [houthis]",
            "Brief 6 [houthis]",
        ]

    async def test_shows_those_of_a_topic_one_does_not_follow(self, commands: Commands) -> None:
        answers = await commands.answer(speaker(CHAT), "/latest Iran Missiles")

        assert [answer.text for answer in answers] == [
            "Brief 4 [iran-missiles]",
            "Brief 5 [iran-missiles]",
        ]

    async def test_says_when_there_is_none_yet(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId("research")}

        mine = await say(commands, "/latest")
        that = await say(commands, "/latest research")

        assert mine.startswith("There have been no alerts on your topics yet.")
        assert that.startswith("There have been no alerts on R&D <new> weapons yet.")

    async def test_says_when_one_follows_nothing(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/latest")

        assert answer.text.startswith("You follow no topics yet")
        assert "Houthis" in labels(answer)

    async def test_asks_what_was_meant(self, commands: Commands) -> None:
        assert "Did you mean" in await say(commands, "/latest houthi")


class TestStopAndTheRest:
    async def test_stop_forgets_the_chat_and_says_so(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats = {CHAT: {TopicId("houthis")}, OTHER: {TopicId("houthis")}}

        answer = await say(commands, "/stop")

        assert {OTHER: {"houthis"}} == book.chats
        assert "all I knew of this chat is deleted" in answer

    async def test_help_names_every_command(self, commands: Commands) -> None:
        answer = await say(commands, "/help")

        names = "topics subscribe unsubscribe mytopics latest language privacy mydata stop help"
        for name in names.split():
            assert f"/{name} – " in answer

    @pytest.mark.parametrize("text", ["hello", "/", "/nosuch", "qqqq", "  ", "/start/x"])
    async def test_what_is_no_command_gets_a_hint_of_one_line(
        self, commands: Commands, text: str
    ) -> None:
        answer = await say(commands, text)

        assert answer.startswith("I did not understand that.")
        assert len(answer.splitlines()) == 1

    @pytest.mark.parametrize(
        "text",
        ["/subscribe@FlashBriefBot houthis", "/SUBSCRIBE houthis", "/subscribe\nhouthis"],
    )
    async def test_a_command_may_name_the_bot_and_stand_in_capitals(
        self, commands: Commands, text: str
    ) -> None:
        assert await say(commands, text) == "You now follow Houthis."

    async def test_without_any_topics_all_is_said_kindly(self, book: MemoryChatBook) -> None:
        empty = commands_for(book, offer())

        for text in ("/start", "/topics"):
            assert (
                await say(empty, text) == "No topics are offered yet. Please look in again later."
            )
        assert "Which topic?" in await say(empty, "/subscribe")


class TestBack:
    @pytest.mark.parametrize(
        "said", ["/topics", "/subscribe houthis", "/unsubscribe research", "/mytopics", "/latest"]
    )
    async def test_a_chat_taken_for_gone_that_says_something_is_reachable_again(
        self, commands: Commands, book: MemoryChatBook, said: str
    ) -> None:
        book.chats[CHAT] = {TopicId("houthis")}
        book.gone[CHAT] = "kicked"

        await commands.answer(speaker(CHAT), said)

        assert book.gone == {}

    @pytest.mark.parametrize("data", ["p:0", "s:houthis:0", "u:houthis:0"])
    async def test_so_is_one_that_taps(
        self, commands: Commands, book: MemoryChatBook, data: str
    ) -> None:
        book.chats[CHAT] = {TopicId("houthis")}
        book.gone[CHAT] = "kicked"

        await commands.press(speaker(CHAT), data)

        assert book.gone == {}

    @pytest.mark.parametrize("said", ["/help", "/stop", "/topics", "/mytopics", "hello"])
    async def test_a_chat_that_follows_nothing_is_not_put_into_the_book(
        self, commands: Commands, book: MemoryChatBook, said: str
    ) -> None:
        await commands.answer(speaker(CHAT), said)

        assert book.chats == {}


class TestTyping:
    async def test_a_word_finds_the_topics_that_have_it_as_buttons(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), "missile")

        assert answer.text == "These topics fit missile. Tap one to follow it:"
        assert labels(answer) == ["Iran missiles"]
        pressed = await commands.press(speaker(CHAT), answer.buttons[0][0].data or "")
        assert pressed.notice == "You now follow Iran missiles."
        assert {CHAT: {"iran-missiles"}} == book.chats

    @pytest.mark.parametrize(
        ("said", "found"),
        [
            ("MISSÍL", ["Iran missiles"]),
            ("iran mis", ["Iran missiles"]),
            ("iran-missiles", ["Iran missiles"]),
            ("number 1", ["Subject number 10", "Subject number 11", "Subject number 12"]),
            ("sub", [f"Subject number {n}" for n in range(4, 12)]),
        ],
    )
    async def test_each_word_has_to_begin_one_of_the_topic(
        self, commands: Commands, said: str, found: list[str]
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), said)

        assert labels(answer) == found

    async def test_a_word_that_comes_close_is_asked_about(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(CHAT), "hutis")

        assert answer.text == "I know no topic called hutis. Did you mean one of these?"
        assert labels(answer) == ["Houthis"]

    async def test_the_name_of_a_group_finds_its_topics(self, book: MemoryChatBook) -> None:
        [answer] = await commands_for(book, offer(*GROUPED)).answer(speaker(CHAT), "asia")

        assert labels(answer) == [f"Asia topic {n}" for n in range(1, 4)]

    async def test_a_tap_on_what_was_found_leads_to_its_page(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(CHAT), "number 12")

        pressed = await commands.press(speaker(CHAT), answer.buttons[0][0].data or "")

        assert labels(pressed.message)[0] == "Subject number 9"
        assert "✓ Subject number 12" in labels(pressed.message)


class TestGroups:
    """Topics under headings: the pages of a keyboard are of one group each."""

    @pytest.fixture
    def commands(self, book: MemoryChatBook) -> Commands:
        return commands_for(book, offer(*GROUPED))

    async def test_a_page_names_its_group_and_where_the_way_on_leads(
        self, commands: Commands
    ) -> None:
        [welcome] = await commands.answer(speaker(CHAT), "/start")

        assert welcome.text.splitlines()[2:] == ["", "Middle East"]
        assert labels(welcome)[0] == "Middle topic 1"
        assert labels(welcome)[-1] == "Page 2 of 4 ›"

    async def test_a_group_goes_on_over_pages_and_then_comes_the_next(
        self, commands: Commands
    ) -> None:
        more = await commands.press(speaker(CHAT), "p:1")
        last = await commands.press(speaker(CHAT), "p:3")

        assert labels(more.message)[-2:] == ["‹ Page 1 of 4", "Asia ›"]
        assert labels(last.message) == ["No group", "‹ Asia"]
        assert last.message
        assert last.message.text.endswith("You follow 0 of 14 topics.")

    async def test_a_tap_stays_on_its_page(self, commands: Commands) -> None:
        pressed = await commands.press(speaker(CHAT), "s:asia-2:2")

        assert pressed.message
        assert pressed.message.text.endswith("\n\nAsia")
        assert "✓ Asia topic 2" in labels(pressed.message)

    async def test_few_topics_share_a_page_group_by_group_without_headings(
        self, book: MemoryChatBook
    ) -> None:
        few = offer(GROUPED[0], GROUPED[10], GROUPED[1])

        [answer] = await commands_for(book, few).answer(speaker(CHAT), "/topics")

        assert labels(answer) == ["Middle topic 1", "Middle topic 2", "Asia topic 1"]
        assert answer.text.endswith("You follow 0 of 3 topics.")


class TestPrivacy:
    async def test_privacy_says_what_is_kept_how_long_and_what_ends_it(
        self, commands: Commands
    ) -> None:
        assert await say(commands, "/privacy") == (
            "Of this chat I keep its number at Telegram, its language and settings, "
            "what you follow, and for 30 days which alerts you were sent. "
            "I also keep which channels you look after.\n"
            "I keep neither your name nor what you write to me, except rules that you save with "
            "/watch; those that you only try are kept for a day. "
            "Those who run this bot can see what is kept; it is given to nobody else.\n"
            "/mydata shows all of it, /stop deletes it at once."
        )

    async def test_mydata_is_a_file_with_all_of_this_chat_and_of_no_other(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats = {CHAT: {TopicId("houthis")}, OTHER: {TopicId("research")}}

        [answer] = await commands.answer(speaker(CHAT), "/mydata")

        assert answer.text.startswith("This file holds all that is kept of this chat.")
        assert "Topics followed: 1" in answer.text
        assert answer.document
        assert answer.document.name == "mydata.json"
        kept = json.loads(answer.document.content)
        assert kept["chats"] == [{"id": CHAT}]
        assert [row["topic_id"] for row in kept["subscriptions"]] == ["houthis"]

    async def test_after_a_stop_there_is_nothing_to_show(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats = {CHAT: {TopicId("houthis")}}
        await say(commands, "/stop")

        assert await say(commands, "/mydata") == "Nothing is kept of this chat."
        assert book.chats == {}


class TestKeyboard:
    async def test_a_tap_subscribes_and_ticks_in_place(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        pressed = await commands.press(speaker(CHAT), "s:more-9:1")

        assert pressed.notice == "You now follow Subject number 9."
        assert pressed.message
        assert pressed.message.text.endswith("You follow 1 of 12 topics.")
        assert labels(pressed.message) == [
            "✓ Subject number 9",
            "Subject number 10",
            "Subject number 11",
            "Subject number 12",
            "‹ Page 1 of 2",
        ]
        assert {CHAT: {"more-9"}} == book.chats

    async def test_a_tap_on_the_ticked_button_ends_it(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        subscribed = await commands.press(speaker(CHAT), "s:houthis:0")
        assert subscribed.message

        pressed = await commands.press(speaker(CHAT), subscribed.message.buttons[1][0].data or "")

        assert pressed.notice == "You no longer follow Houthis."
        assert {CHAT: set()} == book.chats
        assert "Houthis" in labels(pressed.message)

    @pytest.mark.parametrize(
        ("data", "before", "after", "notice"),
        [
            ("s:houthis:0", set(), {"houthis"}, "You already follow Houthis."),
            ("u:houthis:0", {"houthis"}, set(), "You did not follow Houthis."),
        ],
    )
    async def test_a_tap_that_comes_twice_does_no_more_than_one(
        self,
        commands: Commands,
        book: MemoryChatBook,
        data: str,
        before: set[TopicId],
        after: set[TopicId],
        notice: str,
    ) -> None:
        book.chats[CHAT] = set(before)
        first = await commands.press(speaker(CHAT), data)

        again = await commands.press(speaker(CHAT), data)

        assert {CHAT: after} == book.chats
        assert again == Pressed(notice=notice, message=first.message)

    async def test_a_page_button_turns_without_a_notice(self, commands: Commands) -> None:
        pressed = await commands.press(speaker(CHAT), "p:1")

        assert pressed.notice == ""
        assert labels(pressed.message)[0] == "Subject number 9"

    async def test_a_page_that_is_gone_becomes_the_last(self, commands: Commands) -> None:
        assert (await commands.press(speaker(CHAT), "p:1")) == (
            await commands.press(speaker(CHAT), "p:9999")
        )

    async def test_a_topic_that_is_gone_is_answered_with_the_present_list(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        pressed = await commands.press(speaker(CHAT), "s:former:0")

        assert pressed.notice == "That topic is no longer offered."
        assert "Houthis" in labels(pressed.message)
        assert book.chats == {}

    async def test_an_old_button_ends_a_subscription_to_a_topic_that_is_gone(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId("former")}

        pressed = await commands.press(speaker(CHAT), "u:former:0")

        assert pressed.notice == "You no longer follow former."
        assert {CHAT: set()} == book.chats

    @pytest.mark.parametrize(
        "data", ["", "s:houthis", "t:houthis:0", "p:-1", "p:12345", "s::0", "p:٣"]
    )
    async def test_data_that_is_not_ours_is_answered_kindly(
        self, commands: Commands, book: MemoryChatBook, data: str
    ) -> None:
        pressed = await commands.press(speaker(CHAT), data)

        assert Pressed(notice="That button is out of date; /topics shows the present list.") == (
            pressed
        )
        assert book.chats == {}

    async def test_the_limit_is_told_and_changes_nothing(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats[CHAT] = {TopicId(f"more-{n}") for n in range(4, 8)}

        pressed = await commands.press(speaker(CHAT), "s:houthis:0")

        assert "that is the limit" in pressed.notice
        assert len(book.chats[CHAT]) == 4

    async def test_callback_data_fits_telegrams_64_bytes_with_the_longest_id(
        self, book: MemoryChatBook
    ) -> None:
        topic = dataclasses.replace(TOPICS[0], id=TopicId("x" * 48))
        many = offer(*(topic,) * 9_000)
        commands = commands_for(book, many)

        last = await commands.press(speaker(CHAT), "p:9999")

        assert last.message
        sizes = [len((b.data or "").encode()) for row in last.message.buttons for b in row]
        assert max(sizes) <= 64


class TestAnything:
    """Whatever comes in, an answer goes out that Telegram takes."""

    @given(text=st.text() | st.from_regex(r"/(start|subscribe|unsubscribe|latest)(@\w+)? .*"))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_any_text_is_answered(self, commands: Commands, text: str) -> None:
        answers = await commands.answer(speaker(CHAT), text)

        assert answers
        for answer in answers:
            assert_fit_for_telegram(answer)

    @given(data=st.text() | st.from_regex(r"([stu]:[a-z0-9-]*:|p:)[0-9]*", fullmatch=True))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_any_callback_data_is_answered(self, commands: Commands, data: str) -> None:
        pressed = await commands.press(speaker(CHAT), data)

        assert len(pressed.notice) <= 200
        if pressed.message:
            assert_fit_for_telegram(pressed.message)

    @given(name=st.text(min_size=1).filter(str.strip))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_any_name_of_a_topic_can_be_shown(self, book: MemoryChatBook, name: str) -> None:
        topics = tuple(
            dataclasses.replace(TOPICS[0], id=TopicId(f"topic-{n}"), name=name * 10)
            for n in range(100)
        )
        book.chats[CHAT] = {topic.id for topic in topics}
        former = {TopicId(f"former-{n}"): name * 10 for n in range(100)}
        book.chats[CHAT] |= former.keys()
        many = offer(*topics, most=100, former_names=former)
        commands = commands_for(book, many)

        for text in ("/start", "/mytopics", "/subscribe topic-1", "/unsubscribe topic-1"):
            for answer in await commands.answer(speaker(CHAT), text):
                assert_fit_for_telegram(answer)
        assert len((await commands.press(speaker(CHAT), "u:topic-1:0")).notice) <= 200


def assert_fit_for_telegram(message: Message) -> None:
    assert parse_html(message.html).text == message.text
    assert 0 < utf16_length(message.text) <= 4096
    for row in message.buttons:
        for button in row:
            assert isinstance(button, Button)
            assert button.label
            assert len((button.data or "").encode()) <= 64
