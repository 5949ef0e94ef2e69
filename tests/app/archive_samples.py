"""Archives as the service leaves them behind."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from alertbot.briefs import make_brief
from alertbot.model import Alert, Entry, Feed, FeedId, Summary
from alertbot.ports import PolledFeed
from alertbot.store import open_store
from fakes.sqlite import fresh_file

FEED = Feed(
    id=FeedId("fdd"),
    name="FDD",
    url="https://fdd.example/feed",
    interval=timedelta(minutes=5),
    min_interval=timedelta(minutes=2),
)
NOTHING = Summary(sentences=(), figures=(), key_figures=())


def entry(title: str, published: datetime | None, tags: Sequence[str] = ()) -> Entry:
    return Entry(
        feed=FEED.id,
        key=title,
        title=title,
        link=None,
        published=published,
        content="",
        is_html=False,
        tags=tuple(tags),
    )


def archive(url: str, seen_at: datetime, *entries: Entry) -> None:
    """Store the briefs of entries, as a poll at `seen_at` that matches no topic would."""
    file = Path(url.removeprefix("sqlite:///"))
    if not file.exists():
        fresh_file(file)
    asyncio.run(_archive(url, seen_at, entries))


async def _archive(url: str, seen_at: datetime, entries: Sequence[Entry]) -> None:
    store = await open_store(url)
    try:
        await store.feeds.register_feeds([FEED], seen_at)
        [due] = await store.feeds.claim_feeds(seen_at, 1, timedelta(minutes=1))
        polled = PolledFeed(
            feed=FEED.id,
            token=due.token,
            next_poll_at=seen_at,
            alerts=tuple(
                Alert(brief=make_brief(one), summary=NOTHING, matches=()) for one in entries
            ),
        )
        await store.feeds.save_poll(polled, seen_at)
    finally:
        await store.close()
