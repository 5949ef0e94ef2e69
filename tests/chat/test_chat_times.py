"""When a chat is told, as it says in its own words: /digest, /quiet, /timezone, /mute."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.chat import Commands, TelegramChat
from alertbot.chat.parts.times.clock import read_time, shown
from alertbot.chat.parts.times.places import (
    city_of,
    nearest_zones,
    read_place,
    similar_cities,
    zones_of,
)
from alertbot.model import ChatId, Message, TopicId
from alertbot.ports import FOR_GOOD, Mode, QuietHours, Settings
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import NOW, TOPICS, commands_for, offer, speaker
from fakes.telegram_parser import parse_html

CHAT = ChatId(42)
MISSILES, HOUTHIS = TopicId("iran-missiles"), TopicId("houthis")


@pytest.fixture
def book() -> MemoryChatBook:
    """A chat that follows two topics."""
    made = MemoryChatBook()
    made.chats[CHAT] = {MISSILES, HOUTHIS}
    return made


async def say(commands: Commands, text: str) -> Message:
    [answer] = await commands.answer(speaker(CHAT), text)
    assert parse_html(answer.html).text == answer.text
    return answer


async def tap(commands: Commands, message: Message, label: str) -> Message:
    [data] = [b.data for row in message.buttons for b in row if b.label.endswith(label)]
    pressed = await commands.press(speaker(CHAT), data)
    assert pressed.message
    return pressed.message


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


class TestDigest:
    async def test_shows_how_each_topic_is_told(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        await book.set_mode(CHAT, Mode.WEEKLY, [HOUTHIS])

        answer = await say(commands, "/digest")

        assert answer.text == (
            "This is when I tell you of your topics, by the clock in UTC:\n"
            "• Iran missiles: at once\n"
            "• Houthis: Monday at 08:00\n"
            "For all of them: tap below. Another clock: /timezone"
        )
        assert labels(answer) == [
            ["At once", "Hourly", "Daily", "Weekly"],
            ["One topic only …"],
            ["Time: 08:00", "Day: Monday"],
        ]

    async def test_a_tap_changes_all_topics(self, commands: Commands, book: MemoryChatBook) -> None:
        answer = await tap(commands, await say(commands, "/digest"), "Daily")

        following = await book.following(CHAT)
        assert {one.mode for one in following.values()} == {Mode.DAILY}
        assert labels(answer)[0] == ["At once", "Hourly", "✓ Daily", "Weekly"]
        assert "• Houthis: daily at 08:00" in answer.text

    async def test_three_taps_change_one_topic(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        topics = await tap(commands, await say(commands, "/digest"), "One topic only …")
        asked = await tap(commands, topics, "Houthis")
        assert asked.text == "When shall I tell you of Houthis?"

        await tap(commands, asked, "Hourly")

        following = await book.following(CHAT)
        assert following[HOUTHIS].mode is Mode.HOURLY
        assert following[MISSILES].mode is Mode.INSTANT

    async def test_time_and_weekday_can_be_tapped(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        weekly = await tap(commands, await say(commands, "/digest"), "Weekly")
        days = await tap(commands, weekly, "Day: Monday")
        friday = await tap(commands, days, "Friday")
        times = await tap(commands, friday, "Time: 08:00")
        answer = await tap(commands, times, "07:00")

        assert book.own[CHAT] == Settings(digest_time=7 * 60, digest_weekday=4)
        assert "• Houthis: Friday at 07:00" in answer.text

    @pytest.mark.parametrize(
        ("typed", "line"),
        [
            ("/digest daily", "• Iran missiles: daily at 08:00"),
            ("/digest Hourly iran missiles", "• Iran missiles: each full hour"),
            ("/digest 7:30", "• Iran missiles: at once"),
            ("/digest nonsense", "• Iran missiles: at once"),
        ],
    )
    async def test_it_can_be_typed(self, commands: Commands, typed: str, line: str) -> None:
        assert line in (await say(commands, typed)).text

    async def test_a_topic_that_there_is_not_is_said_to_be_none(self, commands: Commands) -> None:
        answer = await say(commands, "/digest daily nothing")

        assert answer.text == "I know no topic called nothing. /topics shows those I know."

    async def test_without_topics_there_is_nothing_to_choose(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.chats.clear()

        assert (await say(commands, "/digest")).text.startswith("You follow no topics yet.")


class TestQuiet:
    @pytest.mark.parametrize(
        ("typed", "start", "end"),
        [
            ("22:00-07:00", 22 * 60, 7 * 60),
            ("22 – 7", 22 * 60, 7 * 60),
            ("22.30 7.15", 22 * 60 + 30, 7 * 60 + 15),
        ],
    )
    async def test_hours_can_be_typed_as_people_write_them(
        self, commands: Commands, book: MemoryChatBook, typed: str, start: int, end: int
    ) -> None:
        answer = await say(commands, f"/quiet {typed}")

        assert book.own[CHAT].quiet == QuietHours(start=start, end=end)
        assert answer.text.startswith(f"Quiet from {shown(start)} to {shown(end)}, by the clock")

    @pytest.mark.parametrize("typed", ["25-7", "22", "22-22", "noon", "22:60-7", "7-"])
    async def test_what_are_no_hours_changes_nothing(
        self, commands: Commands, book: MemoryChatBook, typed: str
    ) -> None:
        answer = await say(commands, f"/quiet {typed}")

        assert book.own == {}
        assert answer.text == (
            "Write when it begins and when it ends, such as /quiet 22:00-07:00, or /quiet off."
        )

    async def test_urgent_topics_may_break_them_if_one_says_so(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        night = await tap(commands, await say(commands, "/quiet"), "22:00–07:00")
        assert "Urgent topics wait, too." in night.text

        allowed = await tap(commands, night, "Urgent topics may break them")

        assert "Urgent topics come all the same." in allowed.text
        assert labels(allowed) == [
            ["✓ 22:00–07:00", "00:00–08:00"],
            ["✓ Urgent topics may break them"],
            ["No quiet hours"],
        ]
        # other hours leave that as it is
        await say(commands, "/quiet 23-6")
        assert book.own[CHAT].quiet == QuietHours(start=23 * 60, end=6 * 60, but_urgent=True)
        await say(commands, "/quiet urgent no")
        assert book.own[CHAT].quiet == QuietHours(start=23 * 60, end=6 * 60)

    async def test_off_ends_them(self, commands: Commands, book: MemoryChatBook) -> None:
        await say(commands, "/quiet 22-7")

        answer = await say(commands, "/quiet off")

        assert book.own[CHAT].quiet is None
        assert answer.text.startswith("There are no quiet hours: alerts come at any time.")


class TestTimezone:
    @pytest.mark.parametrize(
        ("city", "zone", "time"),
        [
            ("Tehran", "Asia/Tehran", "15:30"),
            ("new york", "America/New_York", "07:00"),
            ("Buenos Aires", "America/Argentina/Buenos_Aires", "09:00"),
            ("São Paulo", "America/Sao_Paulo", "09:00"),
            ("Beijing", "Asia/Shanghai", "20:00"),
            ("Washington", "America/New_York", "07:00"),
            ("Asia/Jerusalem", "Asia/Jerusalem", "14:00"),
            ("UTC", "UTC", "12:00"),
        ],
    )
    async def test_a_city_is_enough_and_its_time_is_told(
        self, commands: Commands, book: MemoryChatBook, city: str, zone: str, time: str
    ) -> None:
        answer = await say(commands, f"/timezone {city}")

        assert book.own[CHAT].timezone == zone
        assert answer.text == (
            f"It is {time} in {city_of(zone)} now. Your digests and quiet hours go by this clock."
        )

    async def test_a_slip_is_asked_about(self, commands: Commands, book: MemoryChatBook) -> None:
        asked = await say(commands, "/timezone Tehrann")
        assert asked.text == "I know no city called Tehrann. Did you mean one of these?"
        assert book.own == {}

        await tap(commands, asked, "Tehran, 15:30")

        assert book.own[CHAT].timezone == "Asia/Tehran"

    @pytest.mark.parametrize(
        ("slip", "zones"),
        [
            ("Teheran", ("Asia/Tehran",)),
            ("Bagdad", ("Asia/Baghdad",)),
            ("Washingtn", ("America/New_York",)),
            ("Atlantis", ()),
        ],
    )
    def test_only_cities_that_are_as_near_are_offered(
        self, slip: str, zones: tuple[str, ...]
    ) -> None:
        assert similar_cities(slip) == zones

    async def test_what_is_no_city_says_how_to_go_on(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        answer = await say(commands, "/timezone <Qxzyw>")

        assert answer.text == (
            "I know no city called <Qxzyw>. Try a larger one in the same time zone, such as "
            "/timezone Tehran, or share your location with me."
        )
        assert book.own == {}

    async def test_alone_it_says_what_time_it_takes_it_to_be(self, commands: Commands) -> None:
        answer = await say(commands, "/timezone")

        assert answer.text.startswith("Your time zone is UTC, where it is 12:00 now.\n")

    async def test_a_shared_location_asks_back_with_the_two_nearest(
        self, bot: TelegramChat, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.user_sends(CHAT, "", location={"latitude": 35.83, "longitude": 50.99})
        await telegram.settled()

        [asked] = telegram.ledger
        assert asked.text == "Which of these has the time that is yours?"
        assert asked.labels == ["Tehran, 15:30", "Baku, 16:00"]
        telegram.user_taps(asked, "Tehran, 15:30")
        await telegram.settled()
        assert book.own[CHAT].timezone == "Asia/Tehran"

    @pytest.mark.parametrize(
        ("place", "zone"),
        [
            ("52.5, 13.4", "Europe/Berlin"),
            ("-31.55,159.08", "Australia/Lord_Howe"),
            ("33.9, 35.5", "Asia/Beirut"),
            ("-17, 179.9", "Pacific/Fiji"),
            ("-17, -179.9", "Pacific/Fiji"),
        ],
    )
    def test_the_nearest_principal_city_comes_first(self, place: str, zone: str) -> None:
        found = read_place(place)

        assert found is not None
        assert nearest_zones(found)[0] == zone

    @pytest.mark.parametrize("said", ["91,0", "0,181", "Berlin, 13", "52.5", ""])
    def test_what_is_no_place_is_none(self, said: str) -> None:
        assert read_place(said) is None

    def test_every_zone_is_known_by_its_own_name(self) -> None:
        for zone in available_timezones():
            assert len(zones_of(zone)) == 1


class TestMute:
    @pytest.mark.parametrize(
        ("label", "until", "said"),
        [
            (
                "24 h",
                NOW + timedelta(days=1),
                "Houthis is muted until January 24, 12:00.",
            ),
            (
                "7 days",
                NOW + timedelta(days=7),
                "Houthis is muted until January 30, 12:00.",
            ),
            ("Forever", FOR_GOOD, "Houthis is muted."),
        ],
    )
    async def test_asks_which_topic_and_for_how_long(
        self, commands: Commands, book: MemoryChatBook, label: str, until: datetime, said: str
    ) -> None:
        topics = await say(commands, "/mute")
        assert topics.text == "Which topic shall be silent?"
        asked = await tap(commands, topics, "Houthis")

        answer = await tap(commands, asked, label)

        assert answer.text == said
        assert (await book.following(CHAT))[HOUTHIS].muted_until == until

    async def test_a_button_takes_it_back(self, commands: Commands, book: MemoryChatBook) -> None:
        muted = await tap(commands, await say(commands, "/mute houthis"), "Forever")

        answer = await tap(commands, muted, "Unmute")

        assert answer.text == "You hear of Houthis again."
        assert (await book.following(CHAT))[HOUTHIS].muted_until is None

    async def test_unmute_offers_what_is_muted(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        assert (await say(commands, "/unmute")).text == "No topic is muted."
        await book.mute(CHAT, HOUTHIS, FOR_GOOD)

        answer = await say(commands, "/unmute")

        assert labels(answer) == [["Houthis"]]
        await tap(commands, answer, "Houthis")
        assert not (await book.following(CHAT))[HOUTHIS].muted(NOW)

    async def test_a_topic_that_is_not_followed_is_not_muted(self, commands: Commands) -> None:
        answer = await say(commands, "/mute research")

        assert answer.text == "You do not follow R&D <new> weapons."


@pytest.mark.parametrize(
    "data",
    [
        *("d:", "d:x:houthis", "d:t:", "d:t:nothing", "d:at:1440", "d:on:7", "d:d:nothing"),
        *("q:", "q:1440-0", "q:60-60", "q:1-2-3", "z:", "z:Asia/Nowhere", "z:tehran", "m:"),
        *("m:1:houthis", "m:daily:houthis", "m:day:nothing", "m:day:"),
    ],
)
async def test_data_that_is_not_ours_changes_nothing(
    commands: Commands, book: MemoryChatBook, data: str
) -> None:
    pressed = await commands.press(speaker(CHAT), data)

    assert pressed.notice.startswith("That button is out of date")
    assert (book.own, set(book.ways)) == ({}, set())


@given(text=st.text(max_size=80), command=st.sampled_from("digest quiet timezone mute".split()))
async def test_whatever_is_typed_gets_an_answer_that_telegram_takes(
    text: str, command: str
) -> None:
    book = MemoryChatBook()
    book.chats[CHAT] = {MISSILES, HOUTHIS}

    for answer in await commands_for(book, offer(*TOPICS)).answer(
        speaker(CHAT), f"/{command} {text}"
    ):
        parse_html(answer.html)
        for row in answer.buttons:
            assert all(len((button.data or "").encode()) <= 64 for button in row)


@given(minutes=st.integers(0, 24 * 60 - 1))
def test_a_time_that_is_shown_can_be_typed(minutes: int) -> None:
    assert read_time(shown(minutes)) == minutes
