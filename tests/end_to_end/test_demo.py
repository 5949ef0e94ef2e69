"""The first thing a newcomer sees."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

import aiohttp

from alertbot.demo import DemoFeed


async def test_without_a_terminal_it_prints_each_alert_and_ends() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alertbot", "demo"), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 50)
    shown = out.decode()

    assert (process.returncode, err.decode()) == (0, "")
    assert shown.count("[Read]") >= 3
    strike = shown.partition("Ballistic Missile Salvo")[2].partition("[Read]")[0]
    assert all(figure in strike for figure in ("at least 2", "17", "at least 151"))
    assert "Taiwan Repairs Third Undersea Cable" not in shown, "was there before the first poll"
    assert "Late Frost" not in shown, "is on nobody's topic"


async def test_the_feed_grows_and_answers_conditional_requests() -> None:
    async with DemoFeed() as feed, aiohttp.ClientSession() as reader:
        async with reader.get(feed.url) as answer:
            first = (await answer.json())["items"]
            etag = answer.headers["ETag"]
        async with reader.get(feed.url, headers={"If-None-Match": etag}) as unchanged:
            assert unchanged.status == 304
        feed.publish(1)
        async with reader.get(feed.url, headers={"If-None-Match": etag}) as changed:
            grown = (await changed.json())["items"]

    assert grown[1:] == first
    assert feed.total >= 6
