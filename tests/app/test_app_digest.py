"""The whole service, with a digest that fell due while it was not running."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive_samples import FEED, NOTHING, entry

from alertbot.app.service import Terminal, open_service
from alertbot.briefs import make_brief
from alertbot.chat import CONSOLE
from alertbot.config import load_config
from alertbot.dispatcher.times import plan
from alertbot.model import Alert, Match, TopicId, Via
from alertbot.ports import Mode, PolledFeed
from alertbot.store import Store
from fakes.screen import Screen
from fakes.sqlite import fresh_file

IRAN = TopicId("iran")
CONFIG = """
[store]
url = "{url}"
[[topics]]
id = "iran"
name = "Iran & friends"
rule = 'Iran*'
"""


async def hold_two_alerts(store: Store, now: datetime) -> None:
    await store.chats.subscribe(CONSOLE, IRAN, now)
    await store.chats.set_mode(CONSOLE, Mode.DAILY)
    await store.holds.release(now, plan)
    await store.feeds.register_feeds([FEED], now)
    [due] = await store.feeds.claim_feeds(now, 1, timedelta(minutes=1))
    match = Match(topic=IRAN, via=Via.RULE, evidence=())
    alerts = tuple(
        Alert(brief=make_brief(entry(title, now)), summary=NOTHING, matches=(match,))
        for title in ("Iran Tests Fattah", "Iran Votes")
    )
    polled = PolledFeed(feed=FEED.id, token=due.token, next_poll_at=now, alerts=alerts)
    await store.feeds.save_poll(polled, now)


async def test_a_digest_that_fell_due_meanwhile_comes_at_the_start(tmp_path: Path) -> None:
    url = fresh_file(tmp_path / "alertbot.db")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=url))
    screen, stop = Screen(), asyncio.Event()
    async with open_service(load_config(path, {}), Terminal(shown=screen, typed=None)) as service:
        await hold_two_alerts(service.store, datetime.now(UTC) - timedelta(days=2))
        running = asyncio.create_task(service.run(stop))
        async with asyncio.timeout(30):
            while (await service.store.status.status()).deliveries["sent"] < 2:
                pass
        stop.set()
        await running

    rule = "─" * 72
    assert screen.getvalue() == (
        f"{rule}\nDaily digest: 2 alerts\n\nIran & friends\n"
        f"• Iran Tests Fattah\n• Iran Votes\n{rule}\n"
    )
