"""Sends what is due: claims from the outbox, hands to the messenger, commits each answer at once.

The app runs one and wakes it after each save. Nothing is kept in memory that the outbox does not
know: whoever starts next, after whatever end, takes up where this one was.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alertbot.dispatcher.policy import judge
from alertbot.dispatcher.render import as_repeat
from alertbot.errors import StoreError, TokenRefused
from alertbot.model import Alert, AlertId, Message, TopicId
from alertbot.ports import (
    LONGEST_PAUSE,
    BotRefused,
    Clock,
    Delivery,
    Digest,
    Messenger,
    NotSent,
    Outbox,
    Refused,
    SendOutcome,
    Sent,
    Throttled,
    Unknown,
    Verdict,
)
from alertbot.words import Words, words_in

log = logging.getLogger(__name__)

#: the machine may have slept or set its clock
LONGEST_REST = timedelta(minutes=1)

#: while there is always something to claim
RECOVER_EVERY = timedelta(seconds=1)


@dataclass(slots=True, eq=False)
class Sender:
    """Sends due deliveries, at most `slots` at a time."""

    outbox: Outbox
    messenger: Messenger
    #: writes an alert, which has a number, for those who follow the topics, in their words
    render: Callable[[Alert, Sequence[TopicId], Words, AlertId | None], Message]
    clock: Clock
    #: writes the alerts of a digest as one message, in the words of its chat
    render_digest: Callable[[Digest, Words], Message]
    #: messages on the wire at a time; as many may be repeated after a crash. 30 a second need as
    #: many as 30 times the seconds from claim to record, which may be a quarter of one
    slots: int = 8
    #: messages that may leave in a second, to all chats together
    per_second: int = 30
    #: longer than any send takes
    lease: timedelta = timedelta(seconds=60)
    #: how long to leave a store alone that had an error
    store_pause: timedelta = timedelta(seconds=1)
    #: look again after this long even if nothing is due
    longest_rest: timedelta = LONGEST_REST
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _on_the_wire: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _token_refused: str | None = field(default=None, init=False)
    #: when to claim again, for as long as there was something at the last time
    _more_at: datetime | None = field(default=None, init=False)
    _recover_at: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    def wake(self) -> None:
        """Look for due deliveries now rather than when the next was expected."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`, then wait for the answers under way and commit them.

        Raises TokenRefused if Telegram does not know the bot; what is due stays due.
        """
        stopper = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set() and self._token_refused is None:
                self._woken.clear()
                await self._rest_until(await self._start_due())
            await asyncio.gather(*self._on_the_wire, return_exceptions=True)
        finally:
            ending = (stopper, *self._on_the_wire)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        if self._token_refused is not None:
            raise TokenRefused(self._token_refused)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _start_due(self) -> datetime | None:
        """Start what may be sent now; return when to look again, None for when woken."""
        now = self.clock.now()
        free = self.slots - len(self._on_the_wire)
        if not free:
            return None
        try:
            # while there is more, only the pace says when; it takes no look at all that waits
            due = self._more_at or await self.outbox.next_due(now)
            if due is None or due > now:
                return due
            claim = await self.outbox.claim(now, free, self.lease, self.per_second)
            for delivery in claim.deliveries:
                task = asyncio.create_task(self._deliver(delivery))
                self._on_the_wire.add(task)
                task.add_done_callback(self._land)
            self._more_at = claim.more_at
            if claim.more_at is None or self._recover_at <= now:
                await self.outbox.recover(now)
                self._recover_at = now + RECOVER_EVERY
            return claim.more_at or await self.outbox.next_due(self.clock.now())
        except StoreError as error:
            log.error("the outbox cannot be read, trying again: %s", error)
            return now + self.store_pause

    def _land(self, task: asyncio.Task[None]) -> None:
        self._on_the_wire.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("a delivery is left to its lease", exc_info=error)

    async def _rest_until(self, due: datetime | None) -> None:
        longest = self.longest_rest
        rest = longest if due is None else min(due - self.clock.now(), longest)
        try:
            async with asyncio.timeout(rest.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _deliver(self, delivery: Delivery) -> None:
        outcome = await self._send(delivery)
        if isinstance(outcome, BotRefused):
            self._token_refused = outcome.reason
        elif not isinstance(outcome, Sent):
            _log(delivery, outcome)
        verdict = judge(outcome, delivery, self.clock.now(), random.random())  # noqa: S311 (jitter)
        await self._record(delivery, verdict)

    async def _send(self, delivery: Delivery) -> SendOutcome:
        # when the lease ends another try may begin, and two must never be on the wire
        patience = 0.9 * self.lease.total_seconds()
        give_up = asyncio.get_running_loop().time() + patience
        try:
            message = await self._message(delivery)
        except StoreError as error:
            return NotSent(reason=f"its message cannot be stored: {error}")
        except Exception as error:
            log.exception("delivery %s cannot be written", delivery.id)
            return Refused(reason=f"cannot be written: {type(error).__name__}")
        try:
            async with asyncio.timeout_at(give_up):
                return await self.messenger.send(delivery.chat, message, delivery.thread)
        except TimeoutError:
            return Unknown(reason=f"no answer in {patience:.0f} s")
        except Exception as error:
            log.exception("delivery %s was sent or not, who knows", delivery.id)
            return Unknown(reason=type(error).__name__)

    async def _message(self, delivery: Delivery) -> Message:
        """Return what all who follow the same topics in a language are sent, marked if again."""
        message = delivery.content
        words = words_in(delivery.language)
        if isinstance(message, Alert):
            message = self.render(message, delivery.topics, words, delivery.alert_id)
        elif isinstance(message, Digest):
            message = self.render_digest(message, words)
        if message is not delivery.content:
            message = await self.outbox.keep(delivery, message, self.per_second)
        if not delivery.maybe_repeat:
            return message
        return as_repeat(message, words, silent=not delivery.urgent)

    async def _record(self, delivery: Delivery, verdict: Verdict) -> None:
        """Commit the verdict, insisting until the lease ends: forgotten, it would be a repeat."""
        give_up = self.clock.now() + self.lease
        while True:
            try:
                if not await self.outbox.finish(delivery, verdict, self.clock.now()):
                    log.warning("delivery %s was no longer ours to finish", delivery.id)
                return
            except StoreError as error:
                if self.clock.now() >= give_up:
                    log.error("delivery %s is not recorded: %s", delivery.id, error)
                    return
            await asyncio.sleep(self.store_pause.total_seconds())


def _log(delivery: Delivery, outcome: SendOutcome) -> None:
    said = outcome.retry_after if isinstance(outcome, Throttled) else getattr(outcome, "reason", "")
    kind = type(outcome).__name__
    log.warning("delivery %s, try %s: %s %s", delivery.id, delivery.attempt, kind, said)
    if isinstance(outcome, Throttled) and outcome.retry_after > LONGEST_PAUSE:
        log.error("a pause of %s is cut to %s", outcome.retry_after, LONGEST_PAUSE)
