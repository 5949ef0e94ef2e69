"""Deletes what is too old once an hour, so gently that nobody waits for it."""

import asyncio
import logging
from contextlib import aclosing
from datetime import timedelta

from alertbot.app.service.edits.snapshot import InForce
from alertbot.app.service.resting import rest
from alertbot.errors import StoreError
from alertbot.ports import Clock
from alertbot.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
#: between two short transactions, so that claims and saves find the store free
REST = timedelta(milliseconds=50)


async def keep_pruning(store: Store, in_force: InForce, clock: Clock, stop: asyncio.Event) -> None:
    """Prune at once and every hour, by the config in force then, until `stop`.

    Any number of processes may: what one deletes is simply gone for the others.
    """
    while not stop.is_set():
        try:
            await _prune(store, in_force, clock, stop)
        except StoreError as error:
            log.error("what is too old is not deleted, next try in an hour: %s", error)
        await rest(EVERY, stop)


async def _prune(store: Store, in_force: InForce, clock: Clock, stop: asyncio.Event) -> None:
    deleted = 0
    retention = in_force.snapshot.config.retention
    async with aclosing(store.retention.prune(retention, clock.now())) as batches:
        async for batch in batches:
            deleted += batch
            await rest(REST, stop)
            if stop.is_set():
                break
    if deleted:
        log.info("deleted what is too old to keep: %d deliveries, lost chats and briefs", deleted)
