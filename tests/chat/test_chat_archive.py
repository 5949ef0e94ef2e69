"""Looking back in a chat, over a real store: finding, exporting, sharing."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.chat import Commands, Pressed, TelegramChat
from alertbot.chat.parts.archive.exports import Names, as_csv, as_json, as_markdown, read_wish
from alertbot.chat.parts.archive.results import line
from alertbot.classifier.search import read_search
from alertbot.model import (
    Alert,
    Block,
    Brief,
    ChatId,
    Evidence,
    Feed,
    FeedId,
    Match,
    Message,
    TopicId,
    Via,
    Zone,
)
from alertbot.ports import Marks, PolledFeed, ToldAlert
from alertbot.store import Store, open_store
from alertbot.summarizer import summarize
from fakes.bot_api import FakeBotApi
from fakes.bot_api_inline import too_old
from fakes.chat_samples import NOW, TOPICS, commands_for, offer, speaker
from fakes.sqlite import fresh_file

ADA = ChatId(42)
FEED = FeedId("fdd")
MISSILES = TopicId("iran-missiles")
DAY = timedelta(days=1)
NAMES = Names(topics={topic.id: topic.name for topic in TOPICS}, feeds={FEED: "FDD"})
OUTDATED = Pressed(notice="That button is out of date; /topics shows the present list.")
LEAD = "At least 17 rockets struck Ain al-Asad, hurting two troops, officials said."


def telling(
    number: int, *topics: str, title: str = "Salvo {}", lead: str = LEAD, days: int = 1
) -> Alert:
    title = title.format(number)
    text = f"{title}\n{lead}"
    brief = Brief(
        feed=FEED,
        key=str(number),
        title=title,
        link=f"https://fdd.example/{number}?a=1&b=2",
        published=NOW - days * DAY,
        authors=(),
        tags=(),
        text=text,
        blocks=(
            Block(zone=Zone.TITLE, start=0, end=len(title), heading=True),
            Block(zone=Zone.LEAD, start=len(title) + 1, end=len(text)),
        ),
        quotes=(),
        truncated=False,
    )
    matches = tuple(
        Match(
            topic=TopicId(topic),
            via=Via.RULE,
            evidence=(Evidence(zone="lead", text="rockets", start=0, end=7),),
        )
        for topic in topics
    )
    return Alert(brief=brief, summary=summarize(brief), matches=matches)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(fresh_file(tmp_path / "alertbot.db"))
    yield store
    await store.close()


@pytest.fixture
def commands(store: Store) -> Commands:
    return commands_for(store.chats, offer(*TOPICS), store.archive)


async def publish(store: Store, *alerts: Alert) -> None:
    feed = Feed(id=FEED, name="FDD", url="https://fdd.example/feed", interval=DAY, min_interval=DAY)
    await store.feeds.register_feeds([feed], NOW)
    [due] = await store.feeds.claim_feeds(NOW, 1, DAY)
    marks = {
        alert.brief.key: Marks(
            link=alert.brief.link,
            title=alert.brief.title,
            text=alert.brief.text,
            published=alert.brief.published,
        )
        for alert in alerts
    }
    polled = PolledFeed(
        feed=FEED, token=due.token, next_poll_at=NOW, alerts=alerts, marks=marks, quiet=True
    )
    assert await store.feeds.save_poll(polled, NOW) == 0


async def typed(commands: Commands, text: str) -> Message:
    [answer] = await commands.answer(speaker(ADA), text)
    return answer


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


def data_of(message: Message, label: str) -> str:
    [data] = [button.data for row in message.buttons for button in row if button.label == label]
    assert data is not None
    return data


class TestFind:
    async def test_five_are_shown_newest_first_each_with_its_words(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, *(telling(n, MISSILES) for n in range(1, 8)))

        answer = await typed(commands, "/find rocket al-asad")

        first, *_ = answer.html.split("\n\n")
        assert first == (
            '1. <a href="https://fdd.example/7?a=1&amp;b=2">Salvo 7</a>\n'
            "January 22, 2024 · FDD\n"
            "At least 17 <b>rockets</b> struck Ain <b>al-Asad</b>, hurting two troops, "
            "officials said."
        )
        assert labels(answer) == [["1", "2", "3", "4", "5"], ["Older"]]

    async def test_older_ones_are_a_tap_away_until_there_are_none(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, *(telling(n, MISSILES) for n in range(1, 8)))
        answer = await typed(commands, "/find  rocket")

        pressed = await commands.press(speaker(ADA), data_of(answer, "Older"))

        [older] = pressed.more
        assert [text for text in ("Salvo 2", "Salvo 1") if text in older.text] == [
            "Salvo 2",
            "Salvo 1",
        ]
        assert labels(older) == [["1", "2"]]

    async def test_a_number_shows_the_brief_as_an_alert_whether_or_not_a_topic_matched(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, telling(1), telling(2, MISSILES, "~7", "left-the-config"))
        answer = await typed(commands, "/find rockets")

        shown = [
            (await commands.press(speaker(ADA), data_of(answer, number))).more[0].text
            for number in "12"
        ]

        assert shown == ["Salvo 2 [iran-missiles]", "Salvo 1 []"]

    async def test_a_search_too_long_for_a_button_says_how_to_go_on(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, *(telling(n) for n in range(7)))

        answer = await typed(commands, f"/find rockets {'struck officials ' * 4}")

        assert labels(answer) == [["1", "2", "3", "4", "5"]]
        assert answer.text.endswith("There are older ones, too: ask with fewer words to leaf on.")

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("/find", "Find what? Write words behind the command"),
            ("/find ***", "Find what? Write words behind the command"),
            ("/find <b>submarine", "No brief that I keep has <b>submarine."),
        ],
    )
    async def test_what_finds_nothing_says_how_to_find(
        self, commands: Commands, text: str, answer: str
    ) -> None:
        assert (await typed(commands, text)).text.startswith(answer)

    async def test_a_button_whose_brief_is_gone_answers_kindly(self, commands: Commands) -> None:
        pressed = await commands.press(speaker(ADA), "brief:77")

        assert pressed == Pressed(notice="That brief is no longer kept.")

    @pytest.mark.parametrize(
        "data",
        [
            "brief:",
            "brief:x",
            "brief:-1",
            "brief:9999999999999999999",
            "find:1",
            "find::missile",
            f"find:1:{'x' * 60}",
            "export:csv:0:houthis",
            "export:csv:999:houthis",
            "export:exe:30:houthis",
            "export:csv:30:nosuch",
            "export:csv:30:",
        ],
    )
    async def test_buttons_that_were_never_written_are_out_of_date(
        self, commands: Commands, data: str
    ) -> None:
        assert await commands.press(speaker(ADA), data) == OUTDATED

    def test_the_line_begins_near_the_words_and_ends_at_a_word(self) -> None:
        brief = telling(
            1, lead=f"{'Nothing new. ' * 30}A frigate sank. {'More of it. ' * 30}"
        ).brief

        told = line(brief, read_search("frigate"))

        assert told.startswith("…") and told.endswith("…")
        assert "A <b>frigate</b> sank. More of it." in told
        assert len(told) < 160

    @settings(deadline=None)
    @given(lead=st.text(max_size=400), words=st.text(max_size=30))
    def test_whatever_is_found_the_line_is_short_and_of_the_brief(
        self, lead: str, words: str
    ) -> None:
        told = line(telling(1, lead=lead).brief, read_search(f"{words} {lead[200:210]}"))

        assert told.count("<b>") == told.count("</b>")


class TestExport:
    async def test_it_asks_for_the_format_and_then_sends_the_file(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, telling(1, MISSILES, days=40), telling(2, MISSILES), telling(3))
        asked = await typed(commands, "/export iran missiles 2w")
        assert asked.text == "Alerts on Iran missiles of the last 14 days: as what file?"
        assert labels(asked) == [["Markdown", "CSV", "JSON"]]

        pressed = await commands.press(speaker(ADA), data_of(asked, "JSON"))

        [sent] = pressed.more
        assert sent.text == "1 alert on Iran missiles of the last 14 days."
        assert sent.document is not None
        assert sent.document.name == "iran-missiles-2024-01-23.json"
        assert [each["id"] for each in json.loads(sent.document.content)] == ["2"]

    async def test_a_format_can_be_typed_and_the_time_left_out(
        self, store: Store, commands: Commands
    ) -> None:
        await publish(store, telling(1, MISSILES), telling(2, MISSILES, "houthis", "~7"))

        sent = await typed(commands, "/export iran-missiles csv")

        assert sent.document is not None
        rows = list(csv.DictReader(io.StringIO(sent.document.content.decode("utf-8-sig"))))
        assert [row["title"] for row in rows] == ["Salvo 2", "Salvo 1"]
        assert rows[0]["topics"] == "Iran missiles; Houthis"

    async def test_what_is_cut_is_said(
        self, store: Store, commands: Commands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("alertbot.chat.parts.archive.looking.MOST", 2)
        await publish(store, *(telling(n, MISSILES) for n in range(3)))

        sent = await typed(commands, "/export iran-missiles 9y md")

        assert sent.text == (
            "2 alerts on Iran missiles of the last 365 days.\n"
            "These are the newest of 3; ask for a shorter time to get all of it."
        )

    @pytest.mark.parametrize(
        ("text", "answer"),
        [
            ("/export", "Which topic, and of how long?"),
            ("/export 30d csv", "Which topic, and of how long?"),
            ("/export nosuch 30d", "I know no topic called nosuch."),
            ("/export houthis csv", "There was no alert on Houthis in the last 30 days."),
        ],
    )
    async def test_what_cannot_be_exported_is_said(
        self, commands: Commands, text: str, answer: str
    ) -> None:
        assert (await typed(commands, text)).text.startswith(answer)

    @settings(deadline=None)
    @given(st.text(max_size=60))
    def test_whatever_is_asked_for_it_is_a_year_at_most(self, said: str) -> None:
        assert DAY <= read_wish(said).period <= 365 * DAY


def told(alert: Alert) -> ToldAlert:
    return ToldAlert(id=1, alert=alert, made_at=NOW)


class TestFiles:
    def test_markdown_cites_each_brief(self) -> None:
        page = as_markdown("Iran missiles", [told(telling(1, MISSILES, title="#1 *Salvo*"))], NAMES)

        assert page.decode() == (
            "# Iran missiles\n\n"
            "## \\#1 \\*Salvo\\*\n\n"
            "At least 17 rockets struck Ain al-Asad, hurting two troops, officials said.\n\n"
            "- At least 17 rockets struck Ain al-Asad\n"
            "- hurting two troops\n\n"
            "Iran missiles: “rockets” (lead)\n\n"
            "“\\#1 \\*Salvo\\*”, FDD, January 22, 2024, <https://fdd.example/1?a=1&b=2>\n"
        )

    def test_json_has_what_preview_has_and_where_it_comes_from(self) -> None:
        [found] = json.loads(as_json([told(telling(1, MISSILES))], NAMES))

        assert found["topics"] == [
            {
                "id": "iran-missiles",
                "name": "Iran missiles",
                "via": "rule",
                "evidence": [{"zone": "lead", "text": "rockets"}],
            }
        ]
        assert found["summary"] == [LEAD]
        assert found["figures"][0] == {
            "text": "At least 17 rockets",
            "value": 17,
            "qualifier": "at least",
            "unit": "rockets",
            "kind": "munitions",
        }
        assert (found["feed"], found["published"]) == ("FDD", "2024-01-22T12:00:00+00:00")

    @settings(deadline=None)
    @given(st.text(max_size=40), st.sampled_from([*"=+-@\t\r\n＝＋－＠", ""]))
    def test_no_cell_of_a_table_is_taken_for_a_formula(self, rest: str, first: str) -> None:
        alert = telling(1, title=f"{first}{rest}".replace("{", "").replace("}", ""))

        written = as_csv([told(alert)], NAMES).decode("utf-8-sig")

        header, row = csv.reader(io.StringIO(written, newline=""))
        assert len(row) == len(header)
        assert not any(cell[:1] in "=+-@\t\r\n＝＋－＠" for cell in row if cell)
        assert row[1].removeprefix("'") == alert.brief.title.removeprefix("'")


@pytest.fixture
async def sharing(
    telegram: FakeBotApi, store: Store, commands: Commands, bot: TelegramChat
) -> FakeBotApi:
    await publish(store, *(telling(n, MISSILES, "~7") for n in range(1, 13)), telling(13))
    return telegram


class TestSharing:
    async def test_words_behind_the_name_find_briefs_to_share(self, sharing: FakeBotApi) -> None:
        sharing.user_looks_for(ADA, "ROCKET al-asad")
        await sharing.settled()

        [offered] = sharing.offered
        assert offered.titles == [f"Salvo {n}" for n in range(13, 3, -1)]
        assert offered.articles[1].text == "Salvo 12 [iran-missiles]"
        assert offered.articles[1].description == "Iran missiles · January 22, 2024"
        assert (offered.cache_time, offered.is_personal) == (60, False)

        sharing.user_looks_for(ADA, "ROCKET al-asad", offered.next_offset)
        await sharing.settled()
        assert sharing.offered[1].titles == ["Salvo 3", "Salvo 2", "Salvo 1"]
        assert sharing.offered[1].next_offset == ""
        assert sharing.violations == []

    async def test_without_words_the_newest_alerts_are_offered(self, sharing: FakeBotApi) -> None:
        sharing.user_looks_for(ADA, "")
        await sharing.settled()

        [offered] = sharing.offered
        assert offered.titles == [f"Salvo {n}" for n in range(12, 2, -1)]
        assert sharing.violations == []

    @pytest.mark.parametrize(
        ("query", "offset"), [("submarine", ""), ("rocket", "x"), ("", "7"), ('"*', "9" * 40)]
    )
    async def test_what_is_not_there_is_an_empty_answer(
        self, sharing: FakeBotApi, query: str, offset: str
    ) -> None:
        sharing.user_looks_for(ADA, query, offset)
        await sharing.settled()

        [offered] = sharing.offered
        assert offered.articles == ()
        assert sharing.violations == []

    async def test_an_answer_that_comes_too_late_does_no_harm(self, sharing: FakeBotApi) -> None:
        sharing.fail_next(too_old(), method="answerInlineQuery")
        sharing.user_looks_for(ADA, "rocket")
        sharing.user_looks_for(ADA, "rockets")
        await sharing.settled()

        assert len(sharing.offered) == 1
