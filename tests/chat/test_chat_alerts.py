"""What every alert answers for itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.chat import Commands, Pressed, TelegramChat
from alertbot.chat.parts.alerts.why import ROOM, in_full, pop_up, reasons
from alertbot.model import Button, ChatId, Evidence, Match, Message, TopicId, Via, watch_topic
from alertbot.ports import Mode, Settings, Thumb, Told
from alertbot.words import ENGLISH
from fakes.bot_api import FakeBotApi, Posted
from fakes.bot_api_faults import refusal
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import NOW, speaker, telling
from fakes.telegram_parser import utf16_length

ADA, BEN = ChatId(42), ChatId(43)
GROUP = ChatId(-1000)
IRAN, HOUTHIS = TopicId("iran-missiles"), TopicId("houthis")
ROWS = (
    (Button(label="Why?", data="why:7"), Button(label="More", data="more:7")),
    (Button(label="Mute", data="mute:7"), Button(label="👍", data="up:7")),
)
KEPT_NO_LONGER = "That alert is no longer kept, so there is no more to say about it."
OUTDATED = "That button is out of date; /topics shows the present list."


def found(*pairs: tuple[str, str], topic: TopicId = IRAN) -> Match:
    evidence = tuple(Evidence(zone=zone, text=text) for zone, text in pairs)
    tagged = all(zone == Via.PUBLISHER_TAG for zone, _ in pairs)
    return Match(topic=topic, via=Via.PUBLISHER_TAG if tagged else Via.RULE, evidence=evidence)


def why(*matches: Match) -> tuple[str, str]:
    """Return the pop-up and the whole answer."""
    topics = [match.topic for match in matches]
    found_in = reasons(matches, topics, {IRAN: "Iran missiles", HOUTHIS: "Houthis"}.__getitem__)
    return pop_up(found_in, ENGLISH), in_full(found_in, ENGLISH)


@pytest.fixture
def told(book: MemoryChatBook) -> Told:
    """An alert on one topic, that Ada was told and follows."""
    one = telling(7, IRAN, buttons=ROWS)
    book.tellings[ADA, one.id] = one
    book.chats[ADA] = {IRAN, HOUTHIS}
    return one


async def press(commands: Commands, data: str, chat: ChatId = ADA, user: int = 42) -> Pressed:
    return await commands.press(replace(speaker(chat), user=user), data)


def labels(pressed: Pressed) -> list[list[str]]:
    assert pressed.message
    return [[button.label for button in row] for row in pressed.message.buttons]


def data_of(pressed: Pressed, label: str) -> str:
    assert pressed.message
    [button] = [each for row in pressed.message.buttons for each in row if each.label == label]
    assert button.data
    assert len(button.data.encode()) <= 64
    return button.data


# --- Why? -------------------------------------------------------------------------------------


def test_why_says_which_words_stand_in_which_part_the_most_telling_part_first() -> None:
    short, whole = why(
        found(("lead", "IRGC"), ("title", "Ballistic Missile"), ("background", "Shahab"))
    )

    assert short == whole
    assert short == (
        "Iran missiles: “Ballistic Missile” in the headline; "
        "“IRGC” in the latest developments; “Shahab” in the background"
    )


def test_why_has_a_line_for_each_topic_and_tells_a_tag_as_one() -> None:
    short, _ = why(
        found(("title", "Missile"), ("title", "missile"), ("title", "Iran")),
        found((Via.PUBLISHER_TAG, "Houthis"), topic=HOUTHIS),
    )

    assert short == (
        "Iran missiles: “Missile”, “Iran” in the headline\n"
        "Houthis: tagged “Houthis” by the publisher"
    )


def test_what_does_not_fit_leaves_the_most_telling_and_says_that_there_is_more() -> None:
    many = [("lead", f"the number {n} missile brigade") for n in range(9)]

    short, whole = why(found(("title", "Ballistic Missile"), *many), found(*many, topic=HOUTHIS))

    assert short == (
        "Iran missiles: “Ballistic Missile” in the headline; …\n"
        "Houthis: “the number 0 missile brigade”, “the number 1 missile brigade”, "
        "“the number 2 missile brigade”, … in the latest developments"
    )
    assert whole.count("the number 8 missile brigade") == 2


MATCHES = st.lists(
    st.builds(
        lambda pairs, topic: found(*pairs, topic=TopicId(topic)),
        st.lists(
            st.tuples(st.sampled_from(["title", "lead", "body", "quote"]), st.text(max_size=300)),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from("abcdefgh"),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(matches=MATCHES, name=st.text(max_size=80))
def test_any_why_fits_a_pop_up(matches: list[Match], name: str) -> None:
    topics = sorted({match.topic for match in matches})

    short = pop_up(reasons(matches, topics, lambda topic: f"{name} {topic}"), ENGLISH)

    assert 0 < utf16_length(short) <= ROOM


async def test_a_watch_is_called_by_its_rule(commands: Commands, book: MemoryChatBook) -> None:
    mine = watch_topic(3)
    one = telling(7, IRAN, mine, buttons=ROWS)
    match = replace(found(("title", "al-Asad"), topic=mine), rule="al-Asad AND drone*")
    book.tellings[ADA, one.id] = replace(one, alert=replace(one.alert, matches=(match,)))
    book.chats[ADA] = {IRAN, mine}

    assert (await press(commands, "why:7")).notice == (
        "“al-Asad AND drone*”: “al-Asad” in the headline"
    )
    assert labels(await press(commands, "mute:7")) == [
        ["Mute Iran missiles"],
        ["Mute “al-Asad AND drone*”"],
        ["Back"],
    ]
    assert (await press(commands, "mute:7:1:week")).notice == (
        "“al-Asad AND drone*” is muted until January 30, 12:00. /unmute ends that."
    )


async def test_a_watch_that_has_ended_is_still_the_chats_own(
    commands: Commands, book: MemoryChatBook
) -> None:
    one = telling(7, IRAN, watch_topic(3), buttons=ROWS)
    book.tellings[ADA, one.id] = replace(one, alert=replace(one.alert, matches=()))

    assert labels(await press(commands, "mute:7"))[1] == ["Mute your watch"]
    assert (await press(commands, "mute:7:1:day")).notice == "You no longer follow your watch."


async def test_a_tap_on_why_is_answered_by_a_pop_up_alone(commands: Commands, told: Told) -> None:
    assert await press(commands, "why:7") == Pressed(
        notice="Iran missiles: “Brief” in the headline", popup=True
    )


async def test_what_no_pop_up_holds_follows_as_a_reply_but_not_for_all_of_a_group(
    commands: Commands, book: MemoryChatBook, told: Told
) -> None:
    finds = tuple(("lead", f"the number {n} missile brigade") for n in range(20))
    long = replace(told, alert=replace(told.alert, matches=(found(*finds),)))
    book.tellings[ADA, told.id] = book.tellings[GROUP, told.id] = long

    [rest] = (await press(commands, "why:7")).more

    assert "“the number 19 missile brigade”" in rest.text
    in_group = await press(commands, "why:7", GROUP)
    assert in_group.popup
    assert in_group.more == ()


# --- More and Less ----------------------------------------------------------------------------


async def test_more_shows_the_whole_and_less_the_very_message_that_was_sent(
    commands: Commands, told: Told
) -> None:
    more = await press(commands, "more:7")
    less = await press(commands, "less:7")

    assert more.message and more.message.text == "All of Brief 7"
    assert less.message == told.message


# --- Mute -------------------------------------------------------------------------------------


async def test_mute_asks_for_how_long_under_the_same_message(
    commands: Commands, told: Told
) -> None:
    asked = await press(commands, "mute:7")

    assert labels(asked) == [["24 h", "7 days", "Forever"], ["Daily at 08:00 instead"], ["Back"]]
    assert asked.message and asked.message.text == "Alert 7"
    assert data_of(asked, "Back") == "less:7"


@pytest.mark.parametrize(
    ("label", "until", "said"),
    [
        (
            "24 h",
            NOW + timedelta(days=1),
            "Iran missiles is muted until January 24, 12:00. /unmute ends that.",
        ),
        (
            "7 days",
            NOW + timedelta(days=7),
            "Iran missiles is muted until January 30, 12:00. /unmute ends that.",
        ),
        (
            "Forever",
            datetime(9999, 1, 1, tzinfo=UTC),
            "Iran missiles is muted. /unmute ends that.",
        ),
    ],
)
async def test_a_length_mutes_the_topic_says_how_to_undo_it_and_puts_the_buttons_back(
    commands: Commands, book: MemoryChatBook, told: Told, label: str, until: datetime, said: str
) -> None:
    done = await press(commands, data_of(await press(commands, "mute:7"), label))

    assert book.muted == {(ADA, IRAN): until}
    assert done == Pressed(notice=said, message=told.message)


async def test_a_daily_digest_can_come_instead(
    commands: Commands, book: MemoryChatBook, told: Told
) -> None:
    book.own[ADA] = Settings(digest_time=19 * 60)

    done = await press(commands, data_of(await press(commands, "mute:7"), "Daily at 19:00 instead"))

    said = "Iran missiles comes daily at 19:00 from now on. /digest changes that."
    assert done == Pressed(notice=said, message=told.message)
    assert (await book.following(ADA))[IRAN].mode is Mode.DAILY
    assert labels(await press(commands, "mute:7")) == [["24 h", "7 days", "Forever"], ["Back"]]


async def test_of_several_topics_one_is_asked_for_first(
    commands: Commands, book: MemoryChatBook
) -> None:
    both = telling(7, HOUTHIS, IRAN, buttons=ROWS)
    book.tellings[ADA, both.id] = both
    book.chats[ADA] = {IRAN, HOUTHIS}

    which = await press(commands, "mute:7")
    assert labels(which) == [["Mute Houthis"], ["Mute Iran missiles"], ["Back"]]
    asked = await press(commands, data_of(which, "Mute Iran missiles"))
    await press(commands, data_of(asked, "7 days"))

    assert set(book.muted) == {(ADA, IRAN)}


async def test_muting_under_the_whole_of_a_brief_leaves_the_whole(
    commands: Commands, told: Told
) -> None:
    asked = await press(commands, "mute:7:w")

    assert asked.message and asked.message.text == "All of Brief 7"
    assert data_of(asked, "Back") == "more:7"
    done = await press(commands, data_of(asked, "24 h"))
    assert done.message and done.message.text == "All of Brief 7"


async def test_a_topic_that_was_left_cannot_be_muted(
    commands: Commands, book: MemoryChatBook, told: Told
) -> None:
    book.chats[ADA] = set()

    for way in ("day", "daily"):
        pressed = await press(commands, f"mute:7:0:{way}")
        assert pressed.notice == "You no longer follow Iran missiles."
    assert (book.muted, book.ways) == ({}, {})


# --- 👍 and 👎 ---------------------------------------------------------------------------------


async def test_a_vote_is_noted_changed_and_taken_back(
    commands: Commands, book: MemoryChatBook, told: Told
) -> None:
    notices = [(await press(commands, data)).notice for data in ("up:7", "down:7", "down:7")]

    assert notices == [
        "Noted: 👍 Thank you. A second tap takes it back.",
        "Noted: 👎 Thank you. A second tap takes it back.",
        "Taken back.",
    ]
    assert book.votes == {}


async def test_in_a_group_each_person_has_a_vote(
    commands: Commands, book: MemoryChatBook, told: Told
) -> None:
    book.tellings[GROUP, told.id] = told

    await press(commands, "up:7", GROUP, user=1)
    await press(commands, "down:7", GROUP, user=2)

    assert book.votes == {(GROUP, told.id, 1): Thumb.UP, (GROUP, told.id, 2): Thumb.DOWN}


# --- nothing is trusted -----------------------------------------------------------------------

DOES = ["why:7", "more:7", "less:7", "up:7", "down:7", "mute:7", "mute:7:0", "mute:7:0:ever:w"]


@pytest.mark.parametrize("data", DOES)
async def test_a_chat_that_was_not_told_an_alert_gets_nothing_of_it(
    commands: Commands, book: MemoryChatBook, told: Told, data: str
) -> None:
    book.chats[BEN] = {IRAN}

    assert await press(commands, data, BEN) == Pressed(notice=KEPT_NO_LONGER)

    assert (book.votes, book.muted) == ({}, {})


@pytest.mark.parametrize(
    "data",
    [
        "why:",
        "why:7:w",
        "why:-7",
        "why:٧",
        "up:7 ",
        "more:" + "9" * 19,
        "mute:7:9",
        "mute:7:1:day",
        "mute:7:day",
        "mute:7:0:year",
        "mute:7:0:day:w:w",
        "mute:x",
    ],
)
async def test_callback_data_that_we_never_wrote_is_out_of_date(
    commands: Commands, book: MemoryChatBook, told: Told, data: str
) -> None:
    assert await press(commands, data) == Pressed(notice=OUTDATED)

    assert (book.votes, book.muted) == ({}, {})


# --- over Telegram ----------------------------------------------------------------------------


async def alert_in(telegram: FakeBotApi, chat: TelegramChat, told: Told) -> Posted:
    telegram.know(ADA)
    assert told.message
    await chat.messenger.send(ADA, told.message)
    [posted] = await telegram.posted(1)
    return posted


async def test_on_telegram_more_unfolds_the_message_and_a_second_tap_does_no_harm(
    telegram: FakeBotApi, bot: TelegramChat, told: Told
) -> None:
    alert = await alert_in(telegram, bot, told)

    for data in ("more:7", "more:7", "less:7", "why:7", "up:7"):
        telegram.user_taps(alert, data=data)
    await telegram.settled()

    assert [edit.text for edit in telegram.edits] == ["All of Brief 7", "Alert 7"]
    assert telegram.shown(alert).labels == ["Why?", "More", "Mute", "👍"]
    assert telegram.popups == ["Iran missiles: “Brief” in the headline"]
    assert telegram.notices[-1] == "Noted: 👍 Thank you. A second tap takes it back."
    assert telegram.violations == []


@pytest.mark.parametrize(
    "reason", ["message can't be edited", "message to edit not found", "MESSAGE_ID_INVALID"]
)
async def test_on_telegram_a_message_that_cannot_be_edited_stays_as_it_is(
    telegram: FakeBotApi, bot: TelegramChat, told: Told, reason: str
) -> None:
    alert = await alert_in(telegram, bot, told)
    telegram.fail_next(refusal(400, f"Bad Request: {reason}"), method="editMessageText")

    telegram.user_taps(alert, "More")
    telegram.user_taps(alert, "Why?")
    await telegram.settled()

    assert telegram.shown(alert).text == "Alert 7"
    assert telegram.popups == ["Iran missiles: “Brief” in the headline"]


async def test_on_telegram_what_cannot_be_formatted_is_edited_as_plain_text(
    telegram: FakeBotApi, bot: TelegramChat, book: MemoryChatBook, told: Told
) -> None:
    alert = await alert_in(telegram, bot, told)
    broken = Message(html="<b>Alert", text="Alert, plain", buttons=ROWS)
    book.tellings[ADA, told.id] = replace(told, message=broken)

    telegram.user_taps(alert, data="less:7")
    await telegram.settled()

    assert telegram.shown(alert).text == "Alert, plain"
