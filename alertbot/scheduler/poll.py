"""One poll: ask the feed, understand what is new, commit all of it at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alertbot.model import Alert, Content, Entry, Feed, FeedId, Topic, TopicId
from alertbot.ports import (
    Clock,
    DueFeed,
    Failed,
    FeedSource,
    Fetched,
    KnownBrief,
    Marks,
    Memory,
    News,
    PageSource,
    PolledFeed,
    PollResult,
    PushedFeed,
    PushStore,
    SavedPush,
    Shortener,
    Why,
)
from alertbot.scheduler.cadence import Plan, next_poll, not_before, skips_everything
from alertbot.scheduler.entries.fulltext import lacking_pages, with_pages
from alertbot.scheduler.entries.identity import Sorted, is_older, plausible, sort, with_own_key
from alertbot.scheduler.habits import news_hours
from alertbot.scheduler.memory import believed_address, notices, remembered, stopped
from alertbot.scheduler.orders import Orders
from alertbot.scheduler.silence import alarm_notices, with_alarms

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls one feed, with all that a poll touches."""

    source: FeedSource
    store: PushStore
    understand: Callable[[Entry], Alert]
    clock: Clock
    #: None: what the feed has is all there is
    pages: PageSource | None = None
    #: None: alerts are told in whole sentences of the brief
    shortener: Shortener | None = None
    #: the topics of the config, for how alerts on each are delivered
    topics: Callable[[], Mapping[TopicId, Topic]] = dict
    #: None: no hub is asked to push
    orders: Orders | None = None
    #: called before anything is understood, to learn of what chats watch by now
    prepare: Callable[[], Awaitable[None]] | None = None

    async def poll(self, feed: Feed, due: DueFeed, jitter: float) -> int | None:
        """Poll once and return how many deliveries came of it; None if the lease was lost.

        A feed that is due late, in hours that it asks to skip, is left until they are over.
        Validators and briefs are saved together: a crash between them would lose a brief. What a
        feed holds at its first poll is no news, unless we know some of it from its old address;
        nor is what another feed of the config brings.
        """
        now = self.clock.now()
        if (allowed := not_before(feed, due.memory, now, jitter)) > now:
            await self.store.postpone(due, allowed, Why.SKIPPED)
            return 0
        result = await self.source.fetch(replace(feed, url=due.address), due.validators)
        twin = await self._twin(feed, due, result)
        found, first_time = await self._sorted(feed.id, result, due.first_read_at)
        quiet = first_time or twin is not None
        news, stumble = await self._understood(feed, found, quiet=quiet)
        now = self.clock.now()
        hours = news_hours(news.alerts, now, archive=first_time)
        memory = remembered(due, result, news=hours, twin=twin, now=now)
        memory = with_alarms(memory, result, news.alerts, now)
        plan = next_poll(feed, result, memory, due.errors_in_row, now, jitter)
        if self.orders:
            plan = await self.orders.after_poll(news, result, twin=twin, plan=plan)
        polled = replace(
            _course(feed, due, result, memory, plan, now),
            validators=None if isinstance(result, Failed) or stumble else result.validators,
            alerts=news.alerts,
            revisions=news.revisions,
            marks=news.marks,
            backlog=news.backlog,
            topics=news.topics,
            quiet=news.quiet,
            error=result.reason if isinstance(result, Failed) else stumble,
        )
        deliveries = await self.store.save_poll(polled, now)
        _report(feed, due, polled, deliveries)
        return deliveries

    async def take(self, feed: Feed, read: Fetched) -> tuple[SavedPush, str | None]:
        """Save what is new in a document that a hub pushed, as a poll does.

        Returns what was new, and why an entry was left out, if one was.
        """
        first_read_at = await self.store.takes_pushes(feed.id)
        if first_read_at is None:
            return SavedPush(), None
        found, _ = await self._sorted(feed.id, read, first_read_at)
        news, stumble = await self._understood(feed, found, quiet=False)
        now = self.clock.now()
        pushed = PushedFeed(
            feed=feed.id,
            alerts=news.alerts,
            revisions=news.revisions,
            marks=news.marks,
            backlog=news.backlog,
            topics=news.topics,
            news_hours=frozenset(news_hours(news.alerts, now, archive=False)),
            tagged=tuple(bool(alert.brief.tags) for alert in news.alerts),
        )
        saved = await self.store.save_push(pushed, now)
        if saved.briefs:
            said = "feed %s: %d new briefs pushed, %d deliveries"
            log.info(said, feed.id, saved.briefs, saved.deliveries)
        return saved, stumble

    async def _sorted(
        self, feed: FeedId, result: PollResult, first_read_at: datetime | None
    ) -> tuple[Sorted, bool]:
        """Return the entries by what is to be done with them; whether this is the first reading."""
        entries, known = await self._identified(feed, result)
        since = first_read_at or self.clock.now()
        older = any(entry.key not in known and is_older(entry, since) for entry in entries)
        newest = await self.store.newest_date(feed) if older else None
        found = sort(entries, known, since, newest)
        return found, first_read_at is None and not known

    async def _understood(
        self, feed: Feed, found: Sorted, *, quiet: bool
    ) -> tuple[News, str | None]:
        """Return what a feed brought, understood, and which entry defeated us, if one did."""
        new, edited = await self._completed(feed, found, quiet=quiet)
        if self.prepare and (new or edited):
            await self.prepare()
        alerts, stumble = await self._understand_each(new)
        revisions, trip = await self._understand_each(edited)
        if not quiet:
            alerts = await self._shortened(alerts)
            revisions = await self._shortened(revisions)
        news = News(
            feed=feed.id,
            alerts=alerts,
            revisions=revisions,
            marks=_marks_of(found, [*new, *edited], [*alerts, *revisions]),
            backlog=found.backlog,
            topics=self.topics(),
            quiet=quiet,
        )
        return news, stumble or trip

    async def _understand_each(
        self, entries: Sequence[Entry]
    ) -> tuple[tuple[Alert, ...], str | None]:
        """Do what `_understand_all` does in a thread, which most polls need not."""
        if not entries:
            return (), None
        return await asyncio.to_thread(_understand_all, entries, self.understand)

    async def _twin(self, feed: Feed, due: DueFeed, result: PollResult) -> FeedId | None:
        """Return the other feed that is read where this one leads to for good."""
        if isinstance(result, Failed):
            return due.memory.twin
        led_to = result.moved_to or due.address
        return await self.store.twin_of(feed.id, led_to) if led_to != feed.url else None

    async def _identified(
        self, feed: FeedId, result: PollResult
    ) -> tuple[Sequence[Entry], Mapping[str, KnownBrief]]:
        """Return the entries, each under its own key and with no impossible date; the known."""
        if not isinstance(result, Fetched):
            return (), {}
        now = self.clock.now()
        found = [plausible(entry, now) for entry in result.entries]
        known = await self.store.known(feed, [entry.key for entry in found])
        entries = [with_own_key(entry, known.get(entry.key)) for entry in found]
        renamed = [new.key for new, old in zip(entries, found, strict=True) if new is not old]
        if renamed:
            known |= await self.store.known(feed, renamed)
        return entries, known

    async def _completed(
        self, feed: Feed, found: Sorted, *, quiet: bool
    ) -> tuple[Sequence[Entry], Sequence[Entry]]:
        """Return the new and the edited entries with the text of their pages, where needed.

        An edited one whose page cannot be had is left as it was: what is stored of it may be more
        than its excerpt.
        """
        if quiet:
            return found.new, ()
        new = await with_pages(found.new, feed.content, self.pages)
        edited = await with_pages(found.edited, feed.content, self.pages)
        if self.pages is None or feed.content is Content.FEED:
            return new, edited
        lacking = await lacking_pages(edited, found.edited, feed.content)
        return new, [entry for entry in edited if entry.key not in lacking]

    async def _shortened(self, alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
        """Have those that somebody may be told shortened."""
        told = [alert for alert in alerts if alert.matches]
        if self.shortener is None or not told:
            return alerts
        shortened = iter(await self.shortener.shorten(told))
        return tuple(next(shortened) if alert.matches else alert for alert in alerts)


def _understand_all(
    entries: Sequence[Entry], understand: Callable[[Entry], Alert]
) -> tuple[tuple[Alert, ...], str | None]:
    """Understand the entries one by one; one that defeats us is named, and tried again next poll.

    The feed's validators are then not saved, so that the next answer holds the entry again.
    """
    alerts: list[Alert] = []
    stumble: str | None = None
    for entry in entries:
        try:
            alerts.append(understand(entry))
        except Exception:
            log.exception("entry %r of feed %s is beyond us", entry.key, entry.feed)
            stumble = f"could not understand entry {entry.key!r}"
    return tuple(alerts), stumble


def _marks_of(
    found: Sorted, understood: Sequence[Entry], alerts: Sequence[Alert]
) -> dict[str, Marks]:
    """Return the marks to store: not those of entries that defeated us."""
    failed = {entry.key for entry in understood} - {alert.brief.key for alert in alerts}
    return {key: marks for key, marks in found.marks.items() if key not in failed}


def _course(
    feed: Feed, due: DueFeed, result: PollResult, memory: Memory, plan: Plan, now: datetime
) -> PolledFeed:
    """Return what follows for the polls to come."""
    address = believed_address(due, feed.url, result, memory, now)
    end = stopped(due, feed.url, result, memory, now)
    return PolledFeed(
        feed=feed.id,
        token=due.token,
        next_poll_at=plan.at,
        why=plan.why,
        memory=memory,
        address=address,
        read=not isinstance(result, Failed),
        stopped=end,
        notices=(
            *notices(due, memory, address, feed.url, end),
            *alarm_notices(due, memory, result, end),
        ),
    )


def _report(feed: Feed, due: DueFeed, polled: PolledFeed, deliveries: int | None) -> None:
    if deliveries is None:
        log.warning("feed %s: the poll was no longer ours; nothing saved", polled.feed)
        return
    if polled.error:
        log.warning("feed %s: %s", polled.feed, polled.error)
    hints = polled.memory.hints if polled.memory else due.memory.hints
    if hints != due.memory.hints and feed.obey_hints and skips_everything(hints):
        log.warning("feed %s asks to skip every hour there is, which is not obeyed", polled.feed)
    if polled.alerts:
        log.info(
            "feed %s: %d new briefs%s, %d deliveries",
            polled.feed,
            len(polled.alerts),
            " (kept, not alerted)" if polled.quiet else "",
            deliveries,
        )
