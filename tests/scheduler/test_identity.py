"""Which entry is which, whatever its publisher does; from poll to chat, on both databases."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.model import (
    Alert,
    Block,
    Brief,
    ChatId,
    Content,
    Entry,
    Evidence,
    Feed,
    FeedId,
    Match,
    Summary,
    TopicId,
    Via,
    Zone,
)
from alertbot.ports import Event, Failed, Fetched, PollResult, Validators, Verdict
from alertbot.scheduler import Poller, Scheduler
from alertbot.scheduler.entries.identity import MOST_REVISIONS, canonical
from alertbot.store import Store, open_store
from fakes.postgres import PostgresServer
from fakes.sqlite import fresh_file

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAVY, WIRE = FeedId("navy"), FeedId("wire")
IRAN, YEMEN = TopicId("iran"), TopicId("yemen")
ANNA, BORIS = ChatId(11), ChatId(12)


def feed(id_: FeedId) -> Feed:
    return Feed(
        id=id_,
        name=id_.upper(),
        url=f"https://{id_}.example/feed",
        interval=timedelta(minutes=5),
        min_interval=timedelta(minutes=2),
        content=Content.FEED,
    )


def entry(name: str, **changes: object) -> Entry:
    """An entry about Iran of that name; it has a key, a link, a title, a date and a text."""
    given = Entry(
        feed=NAVY,
        key=f"https://navy.example/?p={name}",
        title=f"Iran: {name}",
        link=f"https://navy.example/briefs/{name}",
        published=START,
        content=f"What {name} was about.",
        is_html=False,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def understand(entry: Entry) -> Alert:
    """Match the topics that title or text name."""
    text = f"{entry.title}\n{entry.content}"
    brief = Brief(
        feed=entry.feed,
        key=entry.key,
        title=entry.title,
        link=entry.link,
        published=entry.published,
        authors=(),
        tags=entry.tags,
        text=text,
        blocks=(Block(zone=Zone.TITLE, start=0, end=len(text)),),
        quotes=(),
        truncated=False,
    )
    matches = tuple(
        Match(topic=topic, via=Via.RULE, evidence=(Evidence(zone="title", text=topic),))
        for topic in (IRAN, YEMEN)
        if topic in text.lower()
    )
    return Alert(
        brief=brief,
        summary=Summary(sentences=(), figures=(), key_figures=()),
        matches=matches,
    )


@dataclass
class House:
    """Two feeds, two chats and a clock; Anna follows Iran, Boris Yemen."""

    store: Store
    now_: datetime = START
    shown: dict[FeedId, list[Entry]] = field(default_factory=lambda: {NAVY: [], WIRE: []})
    polls: int = 0

    def __post_init__(self) -> None:
        poller = Poller(source=self, store=self.store.feeds, understand=understand, clock=self)
        self.scheduler = Scheduler([], poller, on_deliveries=lambda: None, random=Random(1))

    def now(self) -> datetime:
        return self.now_

    async def fetch(self, feed: Feed, validators: Validators) -> PollResult:
        self.polls += 1
        if feed.id not in self.shown:
            return Failed(reason="HTTP 503")
        entries = tuple(replace(each, feed=feed.id) for each in self.shown[feed.id])
        return Fetched(entries=entries, validators=Validators(etag=f'"{self.polls}"'))

    async def begin(self) -> None:
        await self.scheduler.use([feed(NAVY), feed(WIRE)])
        await self.store.chats.subscribe(ANNA, IRAN, self.now_)
        await self.store.chats.subscribe(BORIS, YEMEN, self.now_)
        await self.poll()

    async def show(
        self, *entries: Entry, in_feed: FeedId = NAVY, after: timedelta = HOUR
    ) -> list[tuple[ChatId, str]]:
        """Have a feed show these entries, poll all, and return who is told what by it."""
        self.shown[in_feed] = list(entries)
        return await self.poll(after)

    async def poll(self, after: timedelta = HOUR) -> list[tuple[ChatId, str]]:
        self.now_ += after
        await self.scheduler.tick()
        await self.scheduler.settle()
        return await self.told()

    async def told(self) -> list[tuple[ChatId, str]]:
        told = []
        while (due := await self.store.outbox.next_due(self.now_)) is not None:
            self.now_ = max(self.now_, due)
            for one in (await self.store.outbox.claim(self.now_, 9, HOUR)).deliveries:
                assert isinstance(one.content, Alert)
                told.append((one.chat, one.content.brief.title))
                await self.store.outbox.finish(one, Verdict(message_id=1), self.now_)
        return sorted(told)

    async def briefs(self) -> list[Brief]:
        batches = self.store.feeds.archive()
        return [one.brief async for batch in batches for one in batch]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    url = fresh_file(tmp_path / "alertbot.db")
    if request.param == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres")
        url = await postgres.fresh()
    house = House(await open_store(url))
    await house.begin()
    yield house
    await house.store.close()


# --- edits


async def test_case_82_an_edited_title_or_text_is_stored_and_told_to_nobody(house: House) -> None:
    assert await house.show(entry("raid")) == [(ANNA, "Iran: raid")]

    assert await house.show(entry("raid", title="Iran: a raid, corrected")) == []
    assert await house.show(entry("raid", title="Iran: a raid", content="All of it.")) == []

    [brief] = await house.briefs()
    assert brief.text == "Iran: a raid\nAll of it."


async def test_an_entry_that_matches_only_once_its_text_came_is_told_then(house: House) -> None:
    excerpt = entry("raid", title="A raid", content="…")
    assert await house.show(excerpt) == []

    whole = replace(excerpt, content="Iran has raided.")

    assert await house.show(whole) == [(ANNA, "A raid")]
    assert await house.show(replace(whole, content="Iran has raided Yemen.")) == [(BORIS, "A raid")]


async def test_an_edit_goes_to_nobody_who_follows_both_and_has_it(house: House) -> None:
    await house.store.chats.subscribe(ANNA, YEMEN, house.now())
    await house.show(entry("raid"))

    told = await house.show(entry("raid", content="Yemen, too."))

    assert told == [(BORIS, "Iran: raid")]


async def test_who_subscribed_after_an_alert_is_not_told_it_by_an_edit(house: House) -> None:
    await house.show(entry("raid"))
    await house.store.chats.subscribe(BORIS, IRAN, house.now())

    assert await house.show(entry("raid", content="Edited.")) == []


async def test_an_edit_after_two_days_is_stored_and_told_to_nobody(house: House) -> None:
    await house.show(entry("raid", title="A raid"))

    assert await house.show(entry("raid"), after=timedelta(hours=49)) == []
    assert [brief.title for brief in await house.briefs()] == ["Iran: raid"]


async def test_an_edit_of_what_was_there_at_the_first_poll_is_told_to_nobody(
    house: House,
) -> None:
    third = FeedId("third")
    await house.scheduler.use([feed(NAVY), feed(WIRE), feed(third)])
    await house.show(entry("raid", title="A raid"), in_feed=third)

    assert await house.show(entry("raid"), in_feed=third) == []


async def test_case_85_a_text_with_the_time_in_it_is_stored_so_often_and_no_more(
    house: House,
) -> None:
    for number in range(MOST_REVISIONS + 10):
        told = await house.show(entry("raid", content=f"It is {number} o'clock."))
        assert told == ([] if number else [(ANNA, "Iran: raid")])

    [brief] = await house.briefs()
    assert brief.text.endswith(f"It is {MOST_REVISIONS} o'clock.")


# --- keys


async def test_case_83_an_entry_without_guid_and_link_is_told_once_whatever_its_date(
    house: House,
) -> None:
    told = []
    for number in range(3):
        made = entry("raid", key=f"sha256:{number}", link=None, published=house.now())
        told += await house.show(made)

    assert told == [(ANNA, "Iran: raid")]
    assert len(await house.briefs()) == 1


async def test_case_84_a_guid_that_is_given_to_another_entry_does_not_hide_it(
    house: House,
) -> None:
    await house.show(entry("raid", key="1"))
    other = entry("truce", key="1", published=START + HOUR)

    assert await house.show(other) == [(ANNA, "Iran: truce")]
    assert await house.show(other, entry("raid", key="2")) == []
    assert await house.show(replace(other, title="Iran: truce, edited")) == []


async def test_an_entry_whose_address_changes_with_its_title_is_an_edit(house: House) -> None:
    await house.show(entry("raid"))
    moved = entry("raid", title="Iran: raids", link="https://navy.example/briefs/raids")

    assert await house.show(moved) == []


async def test_case_86_an_old_entry_that_comes_back_is_told_to_nobody(house: House) -> None:
    await house.show(entry("raid"))
    await house.show(entry("truce"))

    assert await house.show(entry("raid")) == []
    assert await house.show(entry("truce"), entry("raid")) == []


async def test_a_feed_that_renames_all_its_guids_tells_nothing_twice(house: House) -> None:
    names = ["raid", "truce", "talks"]
    await house.show(*map(entry, names))

    renamed = [entry(name, key=f"urn:{name}") for name in names]

    assert await house.show(*renamed) == []
    assert await house.show(*(replace(each, title="Iran, edited") for each in renamed)) == []
    assert await house.show(*map(entry, names)) == []


async def test_entries_that_share_a_page_are_told_each(house: House) -> None:
    page = "https://navy.example/live"
    updates = [entry(name, link=page, published=None) for name in ("first", "second", "third")]

    told = [await house.show(*updates[: number + 1]) for number in range(3)]

    assert [len(each) for each in told] == [1, 1, 1]


async def test_a_daily_report_under_one_title_and_link_is_told_each_day(house: House) -> None:
    told = []
    for day in range(3):
        daily = entry("report", key=str(day), published=START + day * DAY, content=f"Day {day}.")
        told += await house.show(daily, after=DAY)

    assert len(told) == 3


# --- two feeds


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({}, id="the same"),
        pytest.param(
            {"key": "w1", "link": "http://www.navy.example/briefs/raid/?utm_source=wire"},
            id="its link",
        ),
        pytest.param({"link": "https://wire.example/r/9"}, id="its guid, which is a URL"),
        pytest.param({"key": "w1", "title": "Navy: Iran raid"}, id="under a title of its own"),
    ],
)
async def test_what_two_feeds_carry_is_told_once(house: House, other: dict[str, str]) -> None:
    assert await house.show(entry("raid")) == [(ANNA, "Iran: raid")]

    assert await house.show(entry("raid", **other), in_feed=WIRE) == []
    assert len(await house.briefs()) == 2


async def test_what_two_feeds_bring_in_one_moment_is_told_once(house: House) -> None:
    house.shown[WIRE] = [entry("raid", key="w1")]

    assert await house.show(entry("raid")) == [(ANNA, "Iran: raid")]


async def test_a_second_feed_tells_those_who_follow_what_it_matches_more(house: House) -> None:
    await house.show(entry("raid"))
    fuller = entry("raid", key="w1", content="Yemen, too.")

    assert await house.show(fuller, in_feed=WIRE) == [(BORIS, "Iran: raid")]


async def test_what_a_new_feed_had_before_is_told_when_an_old_one_brings_it(
    house: House,
) -> None:
    third = FeedId("third")
    await house.scheduler.use([feed(NAVY), feed(WIRE), feed(third)])
    assert await house.show(entry("raid"), in_feed=third) == []

    assert await house.show(entry("raid")) == [(ANNA, "Iran: raid")]


# --- silence


async def test_a_failure_of_a_day_is_told_to_admins_once_over_a_restart_and_its_end(
    house: House,
) -> None:
    entries = house.shown.pop(NAVY)
    for _ in range(3):
        await house.poll(13 * HOUR)
    again = House(house.store, now_=house.now(), shown={NAVY: entries, WIRE: []})
    await again.scheduler.use([feed(NAVY), feed(WIRE)])
    await again.poll(13 * HOUR)

    due = await house.store.notices.claim_notices(again.now(), DAY)

    assert [one.notice.event for one in due] == [Event.FAILING, Event.READ_AGAIN]


# --- dates


async def test_case_87_a_feed_that_shows_more_of_its_past_tells_none_of_it(house: House) -> None:
    await house.show(entry("raid"))
    past = [entry(f"n{n}", published=START - n * DAY) for n in range(8, 58)]

    assert await house.show(entry("raid"), *past) == []
    assert len(await house.briefs()) == 51


async def test_an_old_copy_of_a_feed_tells_nothing(house: House) -> None:
    """A server that was restored from a backup shows what was there long before we came."""
    await house.show(entry("raid"))

    assert (
        await house.show(*(entry(f"n{n}", published=START - n * DAY) for n in range(8, 28))) == []
    )


@pytest.mark.parametrize("moved", [-400 * DAY, -8 * DAY, 8 * DAY, 400 * DAY])
@pytest.mark.parametrize("known", ["from the first poll", "as news"])
async def test_what_is_new_is_told_though_all_dates_are_moved(
    house: House, known: str, moved: timedelta
) -> None:
    if known == "from the first poll":
        house.shown[WIRE] = [entry("raid")]
        await house.scheduler.use([feed(NAVY)])
        await house.scheduler.use([feed(NAVY), feed(WIRE)])
        assert await house.poll() == []
    else:
        assert await house.show(entry("raid"), in_feed=WIRE) == [(ANNA, "Iran: raid")]
    raid = entry("raid", published=START + moved)
    truce = entry("truce", published=START + HOUR + moved)

    assert await house.show(truce, raid, in_feed=WIRE) == [(ANNA, "Iran: truce")]
    assert await house.show(raid, truce, in_feed=WIRE) == []


async def test_dates_that_are_moved_for_good_keep_no_news_from_being_told(house: House) -> None:
    """None of what was known under the dates of old is shown any more."""
    await house.show(entry("raid"))
    moved = [entry(f"n{n}", published=START - 30 * DAY + n * HOUR) for n in range(3)]
    await house.show(moved[0], entry("raid", published=START - 31 * DAY))

    assert await house.show(moved[1], moved[0]) == [(ANNA, "Iran: n1")]
    assert await house.show(moved[2], moved[1]) == [(ANNA, "Iran: n2")]


async def test_dates_that_were_moved_for_a_moment_keep_no_news_from_being_told(
    house: House,
) -> None:
    """A publisher whose clock is far behind, and once was less so."""
    dated = [START - 90 * DAY + n * HOUR for n in range(3)]
    names = ["raid", "truce", "talks"]
    entries = [entry(n, published=at) for n, at in zip(names, dated, strict=True)]
    await house.show(entries[0])
    ahead = [replace(each, published=at + 9 * DAY) for each, at in zip(entries, dated, strict=True)]
    await house.show(ahead[1], ahead[0])

    assert await house.show(*reversed(entries)) == [(ANNA, "Iran: talks")]


async def test_old_texts_that_a_feed_brings_in_order_are_news(house: House) -> None:
    await house.show(entry("raid", published=START - 900 * DAY))

    told = await house.show(entry("truce", published=START - 880 * DAY))

    assert told == [(ANNA, "Iran: truce")]


async def test_an_entry_that_is_dated_back_by_days_is_news(house: House) -> None:
    await house.show(entry("truce"))
    late = entry("raid", published=START - 3 * DAY)

    assert await house.show(late) == [(ANNA, "Iran: raid")]


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (START + 3 * DAY, False),
        (START + 20 * HOUR, True),
        (START, True),
    ],
)
async def test_a_date_that_cannot_be_true_is_left_out(
    house: House, date: datetime, kept: bool
) -> None:
    assert await house.show(entry("raid", published=date)) == [(ANNA, "Iran: raid")]

    [brief] = await house.briefs()
    assert (brief.published == date) is kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "http://www.a.example/x/"),
        ("https://a.example/x", "https://A.example:443/x?utm_medium=rss&fbclid=1"),
        ("https://a.example/?p=1&q=2", "https://a.example?q=2&p=1"),
    ],
)
def test_spellings_of_one_address_are_alike(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize(
    "other", ["https://a.example/y", "https://a.example/x?p=2", "https://a.example:81/x#2"]
)
def test_other_addresses_are_not(other: str) -> None:
    assert canonical("https://a.example/x") != canonical(other)


@pytest.mark.parametrize("link", ["https://a.example", "http://[", "https://a.example/?utm_id=1"])
def test_a_front_page_identifies_nothing(link: str) -> None:
    assert canonical(link) is None


# --- whatever the feed does

NAMES = ["raid", "truce", "talks"]
DEEDS = st.tuples(
    st.sampled_from(
        ["title", "text", "date", "move", "rename", "reorder", "drop", "restore", "add"]
    ),
    st.sampled_from([NAVY, WIRE]),
    st.integers(0, 2),
)


def _do(deed: str, entries: list[Entry], at: int, versions: int, now: datetime) -> list[Entry]:
    """Return what a feed shows after one deed of its publisher's; each entry keeps its link."""
    shown = list(entries)
    if deed == "add" or not shown:
        name = NAMES[at]
        return shown if any(name in (e.link or "") for e in shown) else [entry(name), *shown]
    at %= len(shown)
    match deed:
        case "title":
            shown[at] = replace(shown[at], title=f"Iran, version {versions}")
        case "text":
            shown[at] = replace(shown[at], content=f"Version {versions}")
        case "date":
            shown[at] = replace(shown[at], published=now)
        case "move":
            shown = [replace(e, published=e.published and e.published - 9 * DAY) for e in shown]
        case "rename":
            shown = [replace(each, key=f"{versions}-{each.link}") for each in shown]
        case "reorder":
            shown.reverse()
        case "drop":
            del shown[at]
    return shown


async def _live(deeds: list[tuple[str, FeedId, int]], path: str) -> Counter[tuple[ChatId, str]]:
    """Let the feeds do all that, and return how often each chat was told of each entry."""
    house = House(await open_store(fresh_file(Path(path) / "alertbot.db")))
    await house.begin()
    before = dict(house.shown)
    told: Counter[tuple[ChatId, str]] = Counter()
    links = {f"Iran: {name}": name for name in NAMES}
    for number, (deed, where, at) in enumerate(deeds):
        shown = house.shown[where]
        now = before[where] if deed == "restore" else _do(deed, shown, at, number, house.now())
        before[where] = shown
        links |= {each.title: (each.link or "").rpartition("/")[2] for each in now}
        told.update((chat, links[title]) for chat, title in await house.show(*now, in_feed=where))
    await house.store.close()
    return told


@settings(max_examples=15)
@given(st.lists(DEEDS, max_size=12))
def test_no_chat_gets_an_entry_twice_whatever_its_publishers_do(
    deeds: list[tuple[str, FeedId, int]],
) -> None:
    with tempfile.TemporaryDirectory() as path:
        told = asyncio.run(_live(deeds, path))

    added = {NAMES[at] for deed, _, at in deeds if deed == "add"}
    assert set(told.values()) <= {1}
    assert {name for _, name in told} >= added
