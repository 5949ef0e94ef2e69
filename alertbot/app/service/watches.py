"""Keeps what chats watch compiled, and tells a chat once when a rule of its own is paused."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from alertbot.app.service.edits.snapshot import InForce
from alertbot.app.service.resting import rest
from alertbot.chat import watch_goes_on, watch_paused
from alertbot.classifier import changing_rules
from alertbot.errors import StoreError
from alertbot.model import ChatId, Message, watch_number, watch_topic
from alertbot.ports import Messenger, NotSent, Throttled, Watch, WatchSource
from alertbot.words import Words

log = logging.getLogger(__name__)

#: between two looks for rules to pause
PAUSE = timedelta(seconds=20)


@dataclass(slots=True, eq=False, kw_only=True)
class Watches:
    """What all chats watch, as the store has it, by the lists of the config in force."""

    source: WatchSource
    in_force: InForce
    _terms: Mapping[str, Sequence[str]] | None = field(default=None, init=False)
    #: the change of the store that was followed last
    _change: int = field(default=-1, init=False)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def refresh(self) -> None:
        """Have what was saved or ended since matched or not; raises StoreError.

        Where nothing was, that is one small question to the store.
        """
        async with self._one_at_a_time:
            change = await self.source.changes()
            terms = self.in_force.snapshot.config.terms
            same_terms = terms == self._terms
            if same_terms and change == self._change:
                return
            rules = self.in_force.watches
            if rules is None or not same_terms:
                rules = await asyncio.to_thread(changing_rules, terms)
            present = {watch_topic(number) for number in await self.source.numbers()}
            new = [watch_number(topic) for topic in present - rules.topics]
            come = {watch_topic(one.number): one.rule for one in await self.source.load(new)}
            gone = rules.topics - present
            self.in_force.watches = await asyncio.to_thread(rules.changed, come, gone)
            self._terms, self._change = terms, change


@dataclass(frozen=True, slots=True)
class PauseTeller:
    """A worker that tells chats which of their rules cannot be matched any more."""

    watches: Watches
    messenger: Messenger
    #: the words of a chat's language
    words: Callable[[ChatId], Awaitable[Words]]
    #: set while this is the one process that speaks to chats by itself
    speaking: asyncio.Event

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until `stop`; a store in trouble is the other workers' to report."""
        while not stop.is_set():
            try:
                if self.speaking.is_set():
                    await self.tell()
            except StoreError as error:
                log.debug("whose watch is paused is not told: %s", error)
            await rest(PAUSE, stop)

    async def tell(self) -> None:
        """Tell of each rule that has become mistaken, and of each that is good again."""
        await self.watches.refresh()
        rules, source = self.watches.in_force.watches, self.watches.source
        found = rules.mistakes if rules else {}
        mistakes = {watch_number(topic): why.reason for topic, why in found.items()}
        told = await source.paused()
        for watch in await source.load(mistakes.keys() ^ told):
            mistake = mistakes.get(watch.number)
            words = await self.words(watch.chat)
            said = watch_paused(words, watch, mistake) if mistake else watch_goes_on(words, watch)
            if await self._reached(watch, said):
                await source.note_paused(watch.number, mistake)

    async def _reached(self, watch: Watch, message: Message) -> bool:
        """Send; False if it did not leave, and is worth another try."""
        try:
            outcome = await self.messenger.send(watch.chat, message)
        except Exception:
            log.exception("a chat was not told of its watch %d", watch.number)
            return True
        return not isinstance(outcome, NotSent | Throttled)
