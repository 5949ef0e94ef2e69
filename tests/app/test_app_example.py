"""The example config at work for an hour, with publishers on 127.0.0.1, in a time of its own."""

import html
import json
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web

from alertbot.app.health import complaints
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.app.status import as_text
from alertbot.config import load_config
from alertbot.feeds.poll import HttpFeeds
from alertbot.scheduler import Poller, Scheduler
from alertbot.store import open_store
from fakes.clock import HeldClock
from fakes.loopback import Loopback
from fakes.sqlite import fresh_file

TESTS = Path(__file__).parents[1]
CONFIG = TESTS.parent / "config.example.toml"
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
#: entries at the beginning
SHOWN = 4
ITEMS: list[dict[str, Any]] = json.loads((TESTS / "data" / "dev.json").read_text("utf-8"))["items"]
#: how servers of feeds are: generous, silent on caching, or with wishes of their own
MANNERS = (
    {"Cache-Control": "max-age=300"},
    {},
    {
        "Cache-Control": "no-cache, must-revalidate, max-age=0",
        "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
    },
    {"Cache-Control": "public, max-age=900", "Vary": "Accept-Encoding"},
)


class Publishers(Loopback):
    """Each feed of the config at a path of its own, with more and more of the labelled briefs."""

    def __init__(self, clock: HeldClock) -> None:
        super().__init__()
        self.clock = clock
        self.polls = 0

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/{number}/feed", self._serve)
        router.add_get("/{number}/old", self._redirect)

    def path(self, number: int) -> str:
        return f"{self.origin}/{number}/{'old' if number % 5 == 4 else 'feed'}"

    async def _redirect(self, request: web.Request) -> web.Response:
        return web.Response(
            status=302, headers={"Location": f"/{request.match_info['number']}/feed"}
        )

    async def _serve(self, request: web.Request) -> web.Response:
        self.polls += 1
        number = int(request.match_info["number"])
        elapsed = (self.clock.time - START) / HOUR
        shown = ITEMS[: SHOWN + int(elapsed * 8)]
        headers = dict(MANNERS[number % len(MANNERS)])
        if number % 4 != 1:
            headers["ETag"] = f'W/"{number}-{len(shown)}"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return web.Response(status=304, headers=headers)
        body = _json(shown) if number % 3 == 0 else _rss(shown)
        return web.Response(body=body, headers=headers)


def _json(items: list[dict[str, Any]]) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items[::-1]}
    return json.dumps(feed).encode()


def _rss(items: list[dict[str, Any]]) -> bytes:
    written = "".join(
        f"<item><title>{html.escape(item['title'])}</title>"
        f"<guid isPermaLink='false'>{item['id']}</guid>"
        f"<pubDate>{format_datetime(START - timedelta(days=3))}</pubDate>"
        f"<description>{html.escape(item['content_html'])}</description></item>"
        for item in reversed(items)
    )
    channel = f"<channel><title>T</title><ttl>5</ttl>{written}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'.encode()


async def test_for_an_hour_nothing_is_logged_or_reported_that_an_operator_would_not_want(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HeldClock(START)
    config = load_config(CONFIG, {})
    caplog.set_level(logging.WARNING)
    async with AsyncExitStack() as opened:
        publishers = await opened.enter_async_context(Publishers(clock))
        feeds = [
            replace(feed, url=publishers.path(number)) for number, feed in enumerate(config.feeds)
        ]
        store = await open_store(fresh_file(tmp_path / "hour.db"))
        opened.push_async_callback(store.close)
        http = HttpFeeds(allow_private=True, contact="https://example.org/bot", clock=clock)
        opened.push_async_callback(http.aclose)
        understand = InForce(take_snapshot(config)).understand
        poller = Poller(source=http, store=store.feeds, understand=understand, clock=clock)
        scheduler = Scheduler(feeds, poller, on_deliveries=lambda: None, random=Random(6))
        await scheduler.use(feeds)
        while clock.time < START + HOUR:
            await scheduler.tick()
            await scheduler.settle()
            status = await store.status.status()
            due = min(feed.next_poll_at for feed in status.feeds)
            clock.time = max(due, clock.time + timedelta(seconds=1))
        await store.status.alive(clock.time)
        status = await store.status.status()
        ledger = await store.status.ledger(clock.time)

    found = complaints(status, ledger, clock.time)
    report = as_text(status, ledger, found, clock.time, {topic.id for topic in config.topics})
    assert [record.getMessage() for record in caplog.records] == []
    assert found == ()
    assert report.endswith("All is well.")
    briefs = {feed.feed: feed.briefs for feed in status.feeds}
    assert min(briefs.values()) >= SHOWN
    assert briefs[feeds[0].id] >= SHOWN + 7
    assert publishers.polls > 2 * len(feeds)
