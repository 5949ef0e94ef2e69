"""Orders with hubs, so that they push what is new: placed, renewed, confirmed, cancelled.

https://www.w3.org/TR/websub/ calls an order a subscription, which here is a chat's.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertbot.errors import StoreError
from alertbot.model import FeedId
from alertbot.ports import Clock, Fetched, HubLink, Hubs, News, Order, OrderStore, PollResult, Why
from alertbot.scheduler.cadence import Plan

log = logging.getLogger(__name__)

#: for how long we ask hubs to push, and the longest promise that is believed
LEASE = timedelta(days=10)
LONGEST_LEASE = timedelta(days=30)
#: how many briefs in a row a hub has to push before a poll finds them, until polls slow down
PROOF = 3
#: an order stays for so long: some feeds name their hub on one poll and not on the next
STAYS = timedelta(days=1)
#: between two polls of a feed that is pushed: a hub that falls silent costs us no more
NET = timedelta(hours=1)
#: how often we look whether a hub is to be asked, and how many at once
TICK = timedelta(seconds=10)
AT_ONCE = 8


def paced(plan: Plan, order: Order | None, now: datetime) -> Plan:
    """Return when to poll: later than planned only while a hub pushes that has proved itself."""
    if order is None or not order.runs(now) or order.ahead < PROOF or order.lease_until is None:
        return plan
    net = min(now + NET, order.lease_until)
    return Plan(at=net, why=Why.PUSHED) if net > plan.at else plan


@dataclass(slots=True, eq=False, kw_only=True)
class Orders:
    """Places orders as polls find hubs, and asks the hubs."""

    store: OrderStore
    hubs: Hubs
    #: where callbacks are, without the part that is each order's own
    base: str
    clock: Clock
    _placed: asyncio.Event = field(default_factory=asyncio.Event)

    async def after_poll(
        self, news: News, result: PollResult, *, twin: FeedId | None, plan: Plan
    ) -> Plan:
        """Keep the feed's order in step with what a poll found; return when to poll again.

        twin: another feed that brings the same, and may have an order of its own.
        """
        now = self.clock.now()
        feed = news.feed
        order = await self.store.order_of(feed)
        if twin:
            if order:
                await self._replace(feed, None, now)
            return plan
        if isinstance(result, Fetched) and _is_to_change(order, result.hub, now):
            await self._replace(feed, result.hub, now)
            return plan
        if order and order.ahead and _was_to_be_pushed(news):
            await self.store.missed(feed)
            log.info("feed %s: its hub left out what a poll found; polled as before", feed)
            return plan
        return paced(plan, order, now)

    async def run(self, stop: asyncio.Event) -> None:
        """Ask hubs when they are due, until `stop`."""
        while not stop.is_set():
            try:
                await self.ask_due()
            except StoreError as error:
                log.error("cannot look which hubs are to be asked: %s", error)
            waits = [asyncio.create_task(each.wait()) for each in (stop, self._placed)]
            await asyncio.wait(
                waits, timeout=TICK.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
            for wait in waits:
                wait.cancel()
            self._placed.clear()

    async def ask_due(self) -> None:
        """Ask each hub that is due once; raises StoreError."""
        due = await self.store.due(self.base, self.clock.now(), AT_ONCE)
        await asyncio.gather(*map(self._ask, due))

    async def confirm(self, key: str, question: Mapping[str, str]) -> str | None:
        """Return the answer to a hub that asks whether we meant it; None if we did not.

        key: the last part of the callback. question: the parameters (WebSub 5.3, "hub.mode" and so
        on). What we did not ask for ourselves is denied.
        """
        order = await self.store.find(key)
        if order is None or question.get("hub.topic") != order.link.topic:
            return None
        mode, challenge = question.get("hub.mode"), question.get("hub.challenge")
        if mode == "denied":
            return await self._denied(order, question.get("hub.reason", ""))
        if not challenge or mode != ("subscribe" if order.wanted else "unsubscribe"):
            return None
        if order.wanted:
            await self._confirmed(order, question.get("hub.lease_seconds", ""))
        else:
            await self.store.ended(order)
            log.info("feed %s: %s pushes no more", order.feed, order.link.hub)
        return challenge

    async def refused(self, order: Order) -> None:
        """Note a push that was not signed as it should be."""
        log.warning("feed %s: a push without the right signature is ignored", order.feed)
        await self.store.refused(order)

    async def _replace(self, feed: FeedId, link: HubLink | None, now: datetime) -> None:
        if link is None:
            await self.store.cancel(feed, now)
        else:
            await self.store.place(feed, link, self.base, now)
        self._placed.set()

    async def _ask(self, order: Order) -> None:
        reason = await self.hubs.ask(order, LEASE)
        if reason is None:
            return
        log.warning(
            "feed %s: its hub %s will not %s: %s",
            order.feed,
            order.link.hub,
            "push" if order.wanted else "stop",
            reason,
        )
        await self.store.failed(order, reason)

    async def _confirmed(self, order: Order, seconds: str) -> None:
        lease = min(_seconds(seconds) or LEASE, LONGEST_LEASE)
        now = self.clock.now()
        await self.store.confirmed(order, lease, now)
        if not order.runs(now):
            log.info("feed %s: %s pushes what is new", order.feed, order.link.hub)

    async def _denied(self, order: Order, reason: str) -> str:
        said = "".join(filter(str.isprintable, " ".join(reason.split())))[:200]
        said = said or "no reason given"
        log.warning("feed %s: its hub %s denies pushes: %s", order.feed, order.link.hub, said)
        await self.store.denied(order, f"denied: {said}", self.clock.now())
        return ""


def _was_to_be_pushed(news: News) -> bool:
    """Tell whether a poll found what a hub should have pushed before."""
    return not news.quiet and any(alert.brief.key not in news.backlog for alert in news.alerts)


def _is_to_change(order: Order | None, found: HubLink | None, now: datetime) -> bool:
    if order is None:
        return found is not None
    return found != order.link and now - order.placed_at >= STAYS


def _seconds(text: str) -> timedelta | None:
    number = int(text[:12]) if text.isascii() and text.isdigit() else 0
    return timedelta(seconds=number) if number else None
