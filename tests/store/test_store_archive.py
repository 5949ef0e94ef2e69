"""Looking back: briefs found by their words, alike on both databases, and what was told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import TextClause, insert, text, update
from store_samples import CYBER, FEED, HOUTHIS, MISSILES, START, Desk, alert, feed

from alertbot.classifier.search import read_search
from alertbot.model import Alert, Block, Brief, BriefId, FeedId, TopicId, Zone
from alertbot.ports import Marks, PolledFeed, Retention
from alertbot.store import Store, open_store
from alertbot.store.alerts import BRIEF
from alertbot.store.engine import migrations, open_database
from alertbot.store.tables import brief_words, briefs, feeds
from alertbot.store.words import FTS5, GIN, NEWEST, fts5, tsquery
from fakes.postgres import PostgresServer
from fakes.sqlite import fresh_file

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def telling(key: str, title: str, body: str = "", *topics: TopicId, byline: str = "") -> Alert:
    """Return an alert on a brief of a title, a text and who wrote it."""
    told = f"{title}\n{body}\n{byline}"
    ends = (len(title), len(title) + 1 + len(body), len(told))
    blocks = (
        Block(zone=Zone.TITLE, start=0, end=ends[0], heading=True),
        Block(zone=Zone.LEAD, start=ends[0] + 1, end=ends[1]),
        Block(zone=Zone.BYLINE, start=ends[1] + 1, end=ends[2]),
    )
    made = alert(key, *topics)
    return replace(made, brief=replace(made.brief, title=title, text=told, blocks=blocks))


async def keys(
    desk: Desk, typed: str, *, before: BriefId | None = None, limit: int = 20
) -> list[str]:
    found = await desk.store.archive.find(read_search(typed), [], before=before, limit=limit)
    return [one.brief.key for one in found.briefs]


SALVO = telling(
    "salvo",
    "Missile Salvo at Ain al-Asad",
    "Two ballistic missiles hit Sana’a; the U.S. blamed the Islamic Republic’s proxies.",
    byline="Jo Doe, Senior Fellow",
)
RAID = telling("raid", "Militias raid a base", "The Republic called it Islamic. Hamas denied it.")
CITIES = telling("cities", "Cities under fire", "Sanctions were launched in Göteborg and Ḥama.")


@pytest.fixture
async def archive(desk: Desk) -> Desk:
    await desk.publish(SALVO, RAID, CITIES)
    return desk


SEARCHES = {
    # words, all of them, wherever they stand
    "ballistic": ["salvo"],
    "republic": ["raid", "salvo"],
    "missile base": [],
    "base raid": ["raid"],
    "base AND raid": ["raid"],
    # however they are written
    "MISSILES": ["salvo"],
    "missile": ["salvo"],
    "Sanaa": ["salvo"],
    "US": ["salvo"],
    "goteborg": ["cities"],
    "ʿGÖTEBORG’s": ["cities"],
    # in the singular and the plural, but not as another word
    "city": ["cities"],
    "militia": ["raid"],
    "sanction": ["cities"],
    "hama": ["cities"],
    "hamas": ["raid"],
    "launch": [],
    # by the beginning
    "launch*": ["cities"],
    "missil*": ["salvo"],
    "mi*": [],
    # phrases
    '"islamic republic"': ["salvo"],
    '"republic islamic"': [],
    "“ballistic missil*”": ["salvo"],
    "al-Asad": ["salvo"],
    "asad-al": [],
    '"islamic republic': ["salvo"],
    # what is left out of a brief, and what is not there
    "fellow": [],
    "nothing": [],
    "": [],
    "***": [],
}


async def test_briefs_are_found_by_their_words(archive: Desk) -> None:
    assert {typed: await keys(archive, typed) for typed in SEARCHES} == SEARCHES


async def test_nothing_that_is_typed_is_a_mistake(archive: Desk) -> None:
    for typed in (
        "'; DROP TABLE briefs; --",
        'NEAR( a b ) AND OR NOT ( ^title : words* " "" \'',
        "zq & | ! <-> :* \\ ' \0 \ud800",
        "{words} : - + * ( ) [ ] % _ ?",
        "a" * 5000,
        "\N{COMBINING ACUTE ACCENT} ß ﬁ İ 東京 ᴀ 𐐨",
        "not or near",
    ):
        assert await keys(archive, typed) == []
    assert await keys(archive, "base) OR (") == []
    assert await keys(archive, "base) : (&|!") == ["raid"]


async def test_words_of_any_script_are_found_as_they_were_written(desk: Desk) -> None:
    written = ["İstanbul", "straße", "ﬁnance", "東京", "Сан’а", "F-16", "1e5"]
    await desk.publish(*(telling(word, f"News of {word} today") for word in written))

    for word in written:
        assert await keys(desk, word) == [word]
        assert await keys(desk, f'"of {word} today"') == [word]


async def test_a_very_long_brief_is_stored_and_found_by_its_beginning(desk: Desk) -> None:
    body = " ".join(f"{chr(0x4E00 + n // 180)}{chr(0x4E00 + n % 180)}" for n in range(32_400))
    await desk.publish(telling("long", "Opening", f"{body} {'x' * 3000} {body} ending"))

    assert await keys(desk, "opening") == ["long"]
    assert await keys(desk, "ending") == []


class TestPages:
    async def test_the_newest_come_first_and_the_way_to_older_ones_is_told(
        self, desk: Desk
    ) -> None:
        await desk.publish(*(telling(str(n), f"Drone {n}") for n in range(5)))
        search = read_search("drone")

        shown, before = [], None
        while True:
            page = await desk.store.archive.find(search, [], before=before, limit=2)
            shown.append([one.brief.key for one in page.briefs])
            if (before := page.older) is None:
                break

        assert shown == [["4", "3"], ["2", "1"], ["0"]]

    async def test_what_several_feeds_brought_is_there_once(self, desk: Desk) -> None:
        news = [telling(str(n), f"Drone {n}") for n in range(5)]
        await publish_with_marks(desk, FEED, news)
        await publish_with_marks(desk, FeedId("other"), news)
        search = read_search("drone")

        first = await desk.store.archive.find(search, [], limit=3)
        second = await desk.store.archive.find(search, [], before=first.older, limit=3)

        assert [one.brief.key for one in first.briefs] == ["4", "3", "2"]
        assert [one.brief.key for one in second.briefs][:2] == ["1", "0"]

    async def test_rare_words_of_long_ago_are_found_behind_thousands_of_briefs(
        self, desk: Desk
    ) -> None:
        await desk.publish(telling("old", "Once upon a time"))
        await in_bulk(desk.store, 2100)

        assert await keys(desk, "once") == ["old"]
        assert len(await keys(desk, "drone", limit=2)) == 2


async def publish_with_marks(desk: Desk, name: FeedId, news: Sequence[Alert]) -> None:
    """Publish news in a feed, each known by its link and date."""
    await desk.store.feeds.register_feeds([feed(name)], desk.later(minutes=2))
    [due] = await desk.store.feeds.claim_feeds(desk.now, 1, MINUTE)
    polled = PolledFeed(
        feed=name,
        token=due.token,
        next_poll_at=desk.now,
        alerts=tuple(replace(one, brief=replace(one.brief, feed=name)) for one in news),
        marks={one.brief.key: marks_of(one.brief) for one in news},
    )
    assert await desk.store.feeds.save_poll(polled, desk.now) is not None


def marks_of(brief: Brief) -> Marks:
    return Marks(link=f"link {brief.key}", title=brief.title, text="", published=brief.published)


def dated(made: Alert, days: int | None) -> Alert:
    """Return an alert on a brief of so many days ago, or without a date."""
    published = None if days is None else START - days * DAY
    return replace(made, brief=replace(made.brief, published=published))


class TestWhatIsKept:
    async def test_a_new_version_is_found_by_its_words_and_not_by_the_old_ones(
        self, archive: Desk
    ) -> None:
        await archive.store.feeds.register_feeds([feed()], archive.later(minutes=2))
        [due] = await archive.store.feeds.claim_feeds(archive.now, 1, MINUTE)
        polled = PolledFeed(
            feed=FEED,
            token=due.token,
            next_poll_at=archive.now,
            revisions=(telling("raid", "Militias leave a base"),),
        )
        await archive.store.feeds.save_poll(polled, archive.now)

        assert await keys(archive, "leave") == ["raid"]
        assert await keys(archive, "raid") == []

    async def test_what_is_too_old_to_keep_is_found_no_more(self, archive: Desk) -> None:
        kept = Retention(briefs=DAY, deliveries=DAY, lost_chats=DAY)
        archive.later(days=2)
        await archive.publish(telling("new", "A base opens"))

        async for _ in archive.store.retention.prune(kept, archive.now):
            pass

        assert await keys(archive, "base") == ["new"]
        assert await archive.store.archive.brief(BriefId(1), []) is None

    async def test_what_cannot_be_read_is_left_out(self, archive: Desk) -> None:
        async with archive.store.database.writing() as connection:
            broken = update(briefs).where(briefs.c.key == "raid").values(document="{")
            await connection.execute(broken)

        assert await keys(archive, "republic") == ["salvo"]

    async def test_what_an_earlier_version_stored_is_found(self, empty_url: str) -> None:
        await as_an_earlier_version(empty_url, {"salvo": SALVO, "raid": None, "cities": CITIES})

        store = await open_store(empty_url)

        assert await keys(Desk(store), "ballistic missiles") == ["salvo"]
        assert await keys(Desk(store), "fellow") == []
        assert await keys(Desk(store), "cities") == ["cities"]
        await store.close()


async def as_an_earlier_version(url: str, news: Mapping[str, Alert | None]) -> None:
    """Fill a database that knows of no words; None: a brief of which only the key is left."""
    database = open_database(url, None, writable=True)
    async with database.writing() as connection:
        await connection.run_sync(migrations.upgrade, "0007")
        values = {"id": FEED, "url": "", "address": "", "host": "", "why": "", "min_interval": 0}
        await connection.execute(
            insert(feeds).values(**values, active=True, next_poll_at=START, errors_in_row=0)
        )
        for key, one in news.items():
            document = BRIEF.dump_json(one.brief).decode() if one else ""
            values = {"feed_id": FEED, "key": key, "document": document, "seen_at": START}
            await connection.execute(insert(briefs).values(**values, revisions=0, told=True))
    await database.close()


class TestWhatMayBeSeen:
    async def test_an_alert_is_shown_with_the_matches_of_topics_on_offer_alone(
        self, desk: Desk
    ) -> None:
        await desk.publish(
            telling("a", "Drones", "", MISSILES, CYBER, TopicId("~1")), telling("b", "Drones again")
        )

        found = await desk.store.archive.find(read_search("drones"), [CYBER, HOUTHIS], limit=5)
        unmatched, told = found.briefs

        assert unmatched.alert is None
        assert told.alert is not None
        assert [match.topic for match in told.alert.matches] == [CYBER]
        assert await desk.store.archive.brief(told.id, [CYBER, HOUTHIS]) == told

    async def test_a_brief_that_never_was_is_none(self, desk: Desk) -> None:
        assert await desk.store.archive.brief(BriefId(77), []) is None


class TestWhatWasTold:
    async def test_it_is_told_from_the_newest_date_on_with_how_much_there_is(
        self, desk: Desk
    ) -> None:
        dates = {"old": 40, "newest": 1, "newer": 2, "undated": None, "not mine": 3}
        news = [
            dated(alert(key, CYBER if key == "not mine" else MISSILES, HOUTHIS), days)
            for key, days in dates.items()
        ]
        await publish_with_marks(desk, FEED, news)

        told = await desk.store.archive.told(MISSILES, [MISSILES], since=START - 30 * DAY, limit=2)

        assert [one.alert.brief.key for one in told.alerts] == ["undated", "newest"]
        assert [match.topic for match in told.alerts[0].alert.matches] == [MISSILES]
        assert told.total == 3


class TestTheIndex:
    async def test_sqlite_answers_from_its_index(self, tmp_path: Path) -> None:
        store = await open_store(fresh_file(tmp_path / "a.db"))
        for typed in ("missile", "missil*", '"air base" drone'):
            plan = await explained(store, FTS5, fts5(read_search(typed)), "EXPLAIN QUERY PLAN ")
            assert plan.startswith("SCAN brief_index VIRTUAL TABLE INDEX")
            assert "USE TEMP B-TREE" not in plan, "the rows come in the order wanted"
        await store.close()

    async def test_postgresql_answers_from_its_indexes(self, postgres: PostgresServer) -> None:
        store = await open_store(await postgres.fresh())
        await Desk(store).publish(alert("a"))
        await in_bulk(store, 2100)
        async with store.database.writing() as connection:
            await connection.exec_driver_sql("ANALYZE brief_words")
        for typed in ("2020", "202*", '"drone 2020" drone'):
            wanted = tsquery(read_search(typed))
            assert "Bitmap Index Scan on brief_index" in await explained(store, GIN, wanted)
            assert "Index Scan Backward using pk_brief_words" in await explained(
                store, NEWEST, wanted
            )
        await store.close()


async def in_bulk(store: Store, count: int) -> None:
    """Store briefs on drones, quicker than polls do."""
    document = BRIEF.dump_json(alert("a").brief).decode()
    values = {"feed_id": FEED, "seen_at": START, "document": document, "revisions": 0, "told": True}
    numbers = range(1000, 1000 + count)
    async with store.database.writing() as connection:
        await connection.execute(
            insert(briefs), [{"id": number, "key": str(number), **values} for number in numbers]
        )
        await connection.execute(
            insert(brief_words),
            [{"brief_id": number, "words": f"drone {number}"} for number in numbers],
        )


async def explained(store: Store, statement: TextClause, wanted: str, how: str = "EXPLAIN ") -> str:
    values = {"wanted": wanted, "before": 10**6, "limit": 5}
    async with store.database.reading() as connection:
        plan = await connection.execute(text(how + statement.text), values)
        return "\n".join(str(row[-1]) for row in plan)
