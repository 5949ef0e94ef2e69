"""The service as chaos starts it: a process forked from one that has it loaded, and maybe altered.

Only here does chaos touch alertbot. Slots and leases are what no config sets; `MUTANTS` break the
product on purpose, so that the checker can be seen to notice.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from alertbot.__main__ import main
from alertbot.app import serve  # noqa: F401 (so that a fork has it loaded)
from alertbot.app.service import wiring
from alertbot.config import load_config
from alertbot.dispatcher import Sender
from alertbot.errors import ConfigError
from alertbot.model import ChatId, TopicId
from alertbot.ports import Delivery, PolledFeed, Verdict
from alertbot.scheduler import ticker
from alertbot.store import open_store
from alertbot.store.polling.feeds import FeedRows
from alertbot.store.tables import feeds
from chaos.parts.ledger_server import TOKEN

PROBE = """
[[feeds]]
id = "a"
url = "https://example.org/feed"
[[topics]]
id = "a"
name = "A"
rule = "Iran*"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a process of the service."""

    config: Path
    log: Path
    role: str = "all"
    #: messages on the wire at a time
    slots: int = 4
    #: seconds that a delivery, or a feed, is its claimer's
    lease: float = 60.0
    mutant: str | None = None


def run(launch: Launch) -> None:
    """Be a process of the service, to its end."""
    _settle_in(launch.log)
    os.environ["ALERTBOT_TELEGRAM_TOKEN"] = TOKEN
    if launch.mutant:
        MUTANTS[launch.mutant]()
    _with_slots(launch.slots, timedelta(seconds=launch.lease))
    sys.exit(main(["run", "--config", str(launch.config), "--role", launch.role]))


def _with_slots(slots: int, lease: timedelta) -> None:
    run = wiring.Sender.run

    async def run_with_slots(sender: Sender, stop: asyncio.Event) -> None:
        sender.slots, sender.lease = slots, lease
        await run(sender, stop)

    wiring.Sender.run = run_with_slots  # type: ignore[method-assign]
    # or nobody would poll a feed for two minutes whose poller was killed
    ticker.LEASE = lease


def seed(url: str, subscribers: Mapping[int, Sequence[str]], log: Path) -> None:
    """Make the database, and let chats follow topics."""
    _settle_in(log)

    async def fill() -> None:
        store = await open_store(url)
        for chat, topics in subscribers.items():
            for topic in topics:
                await store.chats.subscribe(ChatId(chat), TopicId(topic), datetime.now(UTC))
        await store.close()

    asyncio.run(fill())


def understands(folder: Path, addition: str) -> bool:
    """Tell whether the config may hold these lines."""
    path = folder / "probe.toml"
    path.write_text(PROBE + addition)
    try:
        load_config(path, {})
    except ConfigError:
        return False
    return True


def _settle_in(log: Path) -> None:
    """Write to the log, and look after signals as a process that was not forked would."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()


class _RecordsInBatches(Sender):
    """Broken: sends, and records 64 at a time."""

    async def _record(self, delivery: Delivery, verdict: Verdict) -> None:
        batch = _batches.setdefault(id(self), [])
        batch.append((delivery, verdict))
        if len(batch) >= 64:
            _batches[id(self)] = []
            for each in batch:
                await super()._record(*each)


_batches: dict[int, list[tuple[Delivery, Verdict]]] = {}


class _RecordsBeforeItSends(Sender):
    """Broken: says that it was sent, and then sends, after a moment in which few kills miss it."""

    async def _send(self, delivery: Delivery) -> Any:
        await self.outbox.finish(delivery, Verdict(message_id=1), self.clock.now())
        await asyncio.sleep(0.1)
        return await super()._send(delivery)


def _records_in_batches() -> None:
    wiring.Sender = _RecordsInBatches  # type: ignore[misc]


def _records_before_it_sends() -> None:
    wiring.Sender = _RecordsBeforeItSends  # type: ignore[misc]


def _saves_validators_first() -> None:
    """Broken: remembers what a feed's server said before it saves what the feed held."""
    save = FeedRows.save_poll

    async def save_poll(self: FeedRows, polled: PolledFeed, now: datetime) -> int | None:
        if polled.validators:
            found = asdict(polled.validators)
            async with self._database.writing() as connection:
                await connection.execute(
                    update(feeds).where(feeds.c.id == polled.feed).values(**found)
                )
        await asyncio.sleep(1.0)
        return await save(self, polled, now)

    FeedRows.save_poll = save_poll  # type: ignore[method-assign]


#: what breaks the service
MUTANTS: Mapping[str, Callable[[], None]] = {
    "records in batches": _records_in_batches,
    "records before it sends": _records_before_it_sends,
    "saves validators first": _saves_validators_first,
}
