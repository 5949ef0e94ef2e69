"""Rules that a chat writes for itself: tried, saved, listed, ended; over a real store."""

import json
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.chat import Commands, Desk, Offer, Pressed, open_commands
from alertbot.chat.parts.watches.reading import one_line, read_rule
from alertbot.model import (
    Alert,
    Block,
    Brief,
    Button,
    ChatId,
    Feed,
    FeedId,
    Match,
    Message,
    Summary,
    TopicId,
    Via,
    Zone,
    watch_topic,
)
from alertbot.ports import Mode, PolledFeed
from alertbot.store import Store, open_store
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import (
    MAX_WATCHES,
    NOW,
    TERMS,
    TOPICS,
    commands_for,
    offer,
    speaker,
)
from fakes.clock import HeldClock
from fakes.office import MemoryOffice
from fakes.sqlite import fresh_file
from fakes.telegram_parser import parse_html

ADA, BOB = ChatId(42), ChatId(43)
FEED = FeedId("fdd")
RULE = "al-Asad AND drone*"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    yield store
    await store.close()


def talk(store: Store, offered: Offer | None = None) -> Commands:
    shown = offered or offer(*TOPICS)
    return open_commands(
        Desk(
            book=store.chats,
            archive=store.archive,
            offer=lambda: shown,
            clock=HeldClock(NOW),
            watches=store.watches,
        ),
        MemoryOffice(),
    )


@pytest.fixture
def commands(store: Store) -> Commands:
    return talk(store)


@pytest.fixture
def dry() -> Commands:
    """A conversation of which nothing is kept."""
    return commands_for(MemoryChatBook(), offer(*TOPICS))


async def keep(store: Store, titles: Mapping[str, float], *topics: TopicId) -> None:
    """Store briefs with these titles, published so many days ago."""
    minutes = timedelta(minutes=5)
    feed = Feed(
        id=FEED, name="FDD", url="https://fdd.example", interval=minutes, min_interval=minutes
    )
    await store.feeds.register_feeds([feed], NOW)
    [due] = await store.feeds.claim_feeds(NOW, 1, minutes)
    summary = Summary(sentences=(), figures=(), key_figures=())
    matches = tuple(Match(topic=topic, via=Via.RULE, evidence=()) for topic in topics)
    alerts = tuple(
        Alert(brief=brief(title, days), summary=summary, matches=matches)
        for title, days in titles.items()
    )
    polled = PolledFeed(feed=FEED, token=due.token, next_poll_at=NOW, alerts=alerts)
    await store.feeds.save_poll(polled, NOW)


def brief(title: str, days: float) -> Brief:
    return Brief(
        feed=FEED,
        key=title,
        title=title,
        link=f"https://fdd.example/{len(title)}?a=1&b=2",
        published=NOW - timedelta(days=days),
        authors=(),
        tags=(),
        text=title,
        blocks=(Block(zone=Zone.TITLE, start=0, end=len(title), heading=True),),
        quotes=(),
        truncated=False,
    )


async def said(commands: Commands, text: str, chat: ChatId = ADA) -> Message:
    [answer] = await commands.answer(speaker(chat), text)
    parse_html(answer.html)
    assert len(answer.text.encode("utf-16-le")) // 2 <= 4096
    return answer


async def tap(
    commands: Commands, buttons: Sequence[Sequence[Button]], label: str, chat: ChatId = ADA
) -> Pressed:
    [button] = [one for row in buttons for one in row if one.label.startswith(label)]
    assert button.data is not None
    assert len(button.data.encode()) <= 64
    return await commands.press(speaker(chat), button.data)


async def watch(commands: Commands, rule: str = RULE, chat: ChatId = ADA) -> Pressed:
    proposed = await said(commands, f"/watch {rule}", chat)
    return await tap(commands, proposed.buttons, "Save", chat)


class TestARuleThatIsProposed:
    async def test_is_tried_on_the_last_thirty_days_and_the_newest_hits_are_shown(
        self, store: Store, commands: Commands
    ) -> None:
        await keep(
            store,
            {
                "Drones Strike al-Asad": 1,
                "Guards <Held> Near al-Asad": 2,
                "Drones Seen over al-Asad Again": 3,
                "Drone Debris Found at al-Asad Base": 12,
                "Al-Asad Hit by Six Drones & Rockets": 29,
                "Old Drones of al-Asad, Long Ago": 31,
            },
        )

        answer = await said(commands, "/watch  al-Asad   AND drone*")

        assert answer.text == (
            "Your rule: al-Asad AND drone*\n"
            "\n"
            "In the last 30 days it would have sent 4 alerts; the last 3:\n"
            "• Drones Strike al-Asad · January 22, 2024\n"
            "  https://fdd.example/21?a=1&b=2\n"
            "• Drones Seen over al-Asad Again · January 20, 2024\n"
            "  https://fdd.example/30?a=1&b=2\n"
            "• Drone Debris Found at al-Asad Base · January 11, 2024\n"
            "  https://fdd.example/34?a=1&b=2\n"
            "\n"
            "Save it?"
        )
        assert (
            '<a href="https://fdd.example/21?a=1&amp;b=2">Drones Strike al-Asad</a>' in answer.html
        )
        assert [[one.label for one in row] for row in answer.buttons] == [["Save", "Discard"]]

    async def test_that_finds_nothing_says_over_how_many_briefs(
        self, store: Store, commands: Commands
    ) -> None:
        await keep(store, {"Drones Strike al-Asad": 1, "Guards Held": 2})

        assert (
            "In the last 30 days it would have sent nothing, out of 2 briefs."
            in (await said(commands, "/watch volcano")).text
        )

    async def test_may_be_saved_before_there_is_anything_to_try_it_on(self, dry: Commands) -> None:
        assert (
            "There are no briefs of the last 30 days to try it on."
            in (await said(dry, "/watch oil")).text
        )

    async def test_is_tried_on_the_newest_briefs_where_there_are_too_many(
        self, store: Store, commands: Commands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("alertbot.chat.parts.watches.rehearsal.MOST_BRIEFS", 2)
        await keep(store, {"Drones Far Away": 9, "Drones Nearer": 5, "Drones Here": 1})

        text = (await said(commands, "/watch drones")).text

        assert "Since January 18, 2024 it would have sent 2 alerts:\n• Drones Here" in text

    async def test_that_fires_on_most_briefs_is_doubted(
        self, store: Store, commands: Commands
    ) -> None:
        await keep(store, {f"The News of Day {day}": 1 for day in range(60)})

        assert (
            "⚠️ Please look again: it fires on more than half of all briefs"
            in (await said(commands, "/watch the")).text
        )

    @pytest.mark.parametrize(
        ("rule", "doubt"),
        [
            ("Iran NOT Iran*", "this rule can never match: it needs Iran and refuses Iran*"),
            ("oil OR gas AND coal", "AND and NOT bind before OR here"),
        ],
    )
    async def test_shows_what_the_linter_doubts_before_it_is_saved(
        self, dry: Commands, rule: str, doubt: str
    ) -> None:
        answer = await said(dry, f"/watch {rule}")

        assert f"⚠️ Please look again: {doubt}" in answer.text
        assert answer.buttons

    async def test_may_refer_to_the_lists_of_the_config(
        self, store: Store, commands: Commands
    ) -> None:
        await keep(store, {"Tehran Says": 1})

        assert "1 alert:\n• Tehran Says" in (await said(commands, "/watch @iran")).text

    @pytest.mark.parametrize(
        ("rule", "told"),
        [
            ("the*", "a star needs at least 4 letters before it.\n▸the*\n"),
            ("oil and gas", "operators are written in capitals: AND.\noil ▸and gas\n"),
            ("@irna", "there is no list @irna; did you mean @iran?\n▸@irna\n"),
            ("oil AND", "something is missing after AND.\noil AND▸\n"),
            ("NOT oil", "NOT only excludes: the rule needs something to look for as well.\n"),
            ("<b> AND (", "something is missing after (.\n<b> AND (▸\n"),
        ],
    )
    async def test_with_a_mistake_says_what_is_wrong_and_where(
        self, dry: Commands, rule: str, told: str
    ) -> None:
        answer = await said(dry, f"/watch {rule}")

        assert f"That rule has a mistake: {told}" in answer.text
        assert answer.text.endswith("Nothing is saved; mend it and send /watch again.")
        assert answer.buttons == ()

    async def test_that_is_too_long_says_by_how_much(self, dry: Commands) -> None:
        answer = await said(dry, f"/watch {'oil OR ' * 50}gas")

        assert answer.text.startswith("That rule has 353 characters; 300 is the limit.")

    async def test_is_explained_where_none_is_given(self, dry: Commands) -> None:
        text = (await said(dry, "/watch")).text

        assert "/watch al-Asad AND drone*" in text
        assert "@iran @ports" in text

    async def test_is_not_taken_where_the_config_allows_none(self, store: Store) -> None:
        none = talk(store, replace(offer(*TOPICS), max_watches=0))

        assert "not offered here" in (await said(none, f"/watch {RULE}")).text


class TestARuleThatIsSaved:
    async def test_is_watched_from_then_on_and_listed(
        self, store: Store, commands: Commands
    ) -> None:
        pressed = await watch(commands)

        [kept] = await store.watches.watches(ADA)
        assert kept.rule == RULE
        assert pressed.message is not None
        assert pressed.message.text == (
            "From now on I tell you of each brief that fits al-Asad AND drone*.\n"
            f"/watches lists your watches, and /unwatch {kept.number} ends this one."
        )
        assert (await said(commands, "/watches")).text == (
            f"You watch:\n{kept.number} · al-Asad AND drone*"
        )

    async def test_is_saved_once_however_often_it_is_tapped(
        self, store: Store, commands: Commands
    ) -> None:
        proposed = await said(commands, f"/watch {RULE}")
        first = await tap(commands, proposed.buttons, "Save")
        second = await tap(commands, proposed.buttons, "Save")

        assert first.message == second.message
        assert len(await store.watches.watches(ADA)) == 1

    async def test_is_not_taken_a_second_time(self, commands: Commands) -> None:
        proposed = [await said(commands, f"/watch {RULE}") for _ in range(2)]
        await tap(commands, proposed[0].buttons, "Save")

        late = await tap(commands, proposed[1].buttons, "Save")
        again = await said(commands, f"/watch {RULE}")

        assert late == Pressed(notice="You watch that already: /watches", popup=True)
        assert again.text.startswith("You watch that already, as number ")

    async def test_counts_towards_the_limit(self, commands: Commands) -> None:
        proposed = [await said(commands, f"/watch oil{n}") for n in range(MAX_WATCHES + 1)]
        pressed = [await tap(commands, one.buttons, "Save") for one in proposed]

        told = "You have 2 watches, and that is the limit. End one first: /watches"
        assert pressed[-1] == Pressed(notice=told, popup=True)
        assert (await said(commands, "/watch gas")).text == told

    async def test_stands_under_its_own_heading_among_what_the_chat_follows(
        self, commands: Commands
    ) -> None:
        await watch(commands)
        await said(commands, "/subscribe houthis")

        assert (await said(commands, "/mytopics")).text == (
            "You follow:\n• Houthis: at once\n\n"
            "Your watches; /watches changes them:\n• “al-Asad AND drone*”: at once\n\n"
            "/topics changes it, /digest when it comes."
        )
        assert "drone" not in (await said(commands, "/mytopics", BOB)).text

    async def test_is_told_when_its_chat_wants_it(self, store: Store, commands: Commands) -> None:
        await watch(commands)
        await said(commands, "/subscribe houthis")
        [kept] = await store.watches.watches(ADA)

        shown = await said(commands, f"/digest daily {kept.number}")

        assert shown.text.splitlines()[1:4] == [
            "• Houthis: at once",
            "Your watches:",
            "• “al-Asad AND drone*”: daily at 08:00",
        ]
        asked = await tap(commands, shown.buttons, "One topic only")
        assert asked.message is not None
        one = await tap(commands, asked.message.buttons, "“al-Asad")
        assert one.message is not None
        await tap(commands, one.message.buttons, "Weekly")
        following = await store.chats.following(ADA)
        assert following[watch_topic(kept.number)].mode is Mode.WEEKLY
        await tap(commands, shown.buttons, "Hourly")
        assert {how.mode for how in (await store.chats.following(ADA)).values()} == {Mode.HOURLY}

    async def test_is_muted_and_heard_again_by_its_rule(
        self, store: Store, commands: Commands
    ) -> None:
        await watch(commands)
        [kept] = await store.watches.watches(ADA)
        topic = watch_topic(kept.number)

        asked = await tap(commands, (await said(commands, "/mute")).buttons, "“al-Asad AND drone*”")
        assert asked.message is not None
        assert asked.message.text == "For how long shall “al-Asad AND drone*” be silent?"
        await tap(commands, asked.message.buttons, "Forever")
        assert (await store.chats.following(ADA))[topic].muted(NOW)

        answer = await said(commands, "/unmute al-asad and drone")
        assert answer.text == "You hear of “al-Asad AND drone*” again."
        assert not (await store.chats.following(ADA))[topic].muted(NOW)

    async def test_brings_its_newest_alerts_to_its_chat_alone(
        self, store: Store, commands: Commands
    ) -> None:
        for chat in (ADA, BOB):
            await watch(commands, chat=chat)
        [mine], [other] = [await store.watches.watches(chat) for chat in (ADA, BOB)]
        await keep(store, {"Drones Strike al-Asad": 1}, watch_topic(mine.number))

        assert [shown.text for shown in await commands.answer(speaker(ADA), "/latest")] == [
            f"Drones Strike al-Asad [~{mine.number}]"
        ]
        assert (await said(commands, f"/latest {mine.number}")).text.startswith("Drones Strike")
        for asked in ("/latest", f"/latest {other.number}", f"/latest {mine.number}"):
            assert "Drones Strike" not in (await said(commands, asked, BOB)).text

    async def test_is_nothing_that_another_chat_can_mute_or_time(
        self, store: Store, commands: Commands
    ) -> None:
        await watch(commands)
        [kept] = await store.watches.watches(ADA)
        before = await store.chats.following(ADA)

        for data in (f"m:x:~{kept.number}", f"m:?:~{kept.number}", f"d:d:~{kept.number}"):
            assert "out of date" in (await commands.press(speaker(BOB), data)).notice
        assert "drone" not in (await said(commands, f"/mute {kept.number}", BOB)).text
        assert await store.chats.following(ADA) == before

    async def test_is_in_the_file_of_its_chat_and_counted_there(
        self, store: Store, commands: Commands
    ) -> None:
        await watch(commands)
        await said(commands, "/watch oil")
        await said(commands, "/subscribe houthis")

        file = await said(commands, "/mydata")

        assert "Topics followed: 1; watches: 1;" in file.text
        assert file.document is not None
        assert [row["rule"] for row in json.loads(file.document.content)["watches"]] == [
            RULE,
            "oil",
        ]

    async def test_says_that_it_is_paused_and_why(self, store: Store, commands: Commands) -> None:
        await watch(commands, "@iran")
        [kept] = await store.watches.watches(ADA)
        await store.watches.note_paused(kept.number, "there is no list @iran")

        text = (await said(commands, "/watches")).text
        assert text.endswith(f"{kept.number} · @iran\n   paused: there is no list @iran.")


class TestTheEnd:
    async def test_of_a_proposal_is_a_tap(self, commands: Commands) -> None:
        proposed = await said(commands, f"/watch {RULE}")

        dropped = await tap(commands, proposed.buttons, "Discard")
        late = await tap(commands, proposed.buttons, "Save")

        assert dropped.notice == "Nothing is saved."
        assert late.notice == "That is out of date; send the rule again with /watch."

    async def test_of_a_watch_is_a_command_or_a_tap(self, store: Store, commands: Commands) -> None:
        await watch(commands)
        await watch(commands, "oil")
        first, second = await store.watches.watches(ADA)

        ended = await said(commands, f"/unwatch {first.number}")
        pressed = await tap(
            commands, (await said(commands, "/unwatch")).buttons, f"End {second.number}: oil"
        )

        assert ended.text == "You no longer watch al-Asad AND drone*."
        assert pressed.notice == "You no longer watch oil."
        assert pressed.message is not None
        assert pressed.message.text.startswith("You have no watches.")
        assert await store.watches.watches(ADA) == ()

    @pytest.mark.parametrize("number", ["999", "first", "<b>", "9" * 40, "-1", "٧"])
    async def test_of_what_is_not_there_is_said_kindly(self, dry: Commands, number: str) -> None:
        answer = await said(dry, f"/unwatch {number}")

        assert answer.text.startswith("You have no watch with the number ")


class TestAnotherChat:
    async def test_neither_saves_nor_ends_nor_sees_it(
        self, store: Store, commands: Commands
    ) -> None:
        proposed = await said(commands, f"/watch {RULE}")
        stolen = await tap(commands, proposed.buttons, "Save", BOB)
        await tap(commands, proposed.buttons, "Save")
        [kept] = await store.watches.watches(ADA)

        await commands.press(speaker(BOB), f"watch:end:{kept.number}")
        answer = await said(commands, f"/unwatch {kept.number}", BOB)
        shown = await said(commands, "/watches", BOB)

        assert stolen.notice.startswith("That is out of date")
        assert answer.text.startswith("You have no watch with the number")
        assert "drone" not in shown.text
        assert await store.watches.watches(ADA) == (kept,)
        assert await store.chats.subscriptions(ADA) == {watch_topic(kept.number)}

    async def test_cannot_follow_it_as_if_it_were_a_topic(
        self, store: Store, commands: Commands
    ) -> None:
        await watch(commands)
        [kept] = await store.watches.watches(ADA)

        for follow in (f"s:~{kept.number}:0", f"u:~{kept.number}:0"):
            pressed = await commands.press(speaker(BOB), follow)
            assert "out of date" in pressed.notice
        await said(commands, f"/subscribe ~{kept.number}", BOB)

        assert await store.chats.subscriptions(BOB) == frozenset()
        assert await store.watches.watches(ADA) == (kept,)

    @pytest.mark.parametrize(
        "data", ["watch:save:", "watch:save:1:2", "watch:keep:1", "watch:end:-1", "watch", "watch:"]
    )
    async def test_gets_nothing_from_data_that_nobody_wrote(self, dry: Commands, data: str) -> None:
        assert "out of date" in (await dry.press(speaker(BOB), data)).notice


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_rule_or_a_mistake_in_one_line(said_: str) -> None:
    rule = one_line(said_)
    read = read_rule(rule, TERMS)

    told = rule + (read.mistake or "") + read.place
    assert not any(unicodedata.category(letter) == "Cc" for letter in told)
    assert read.mistake is None or not read.doubts
