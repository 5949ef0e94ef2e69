"""Tells the admins: at once what somebody has just done, and from the store what befell a feed."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from alertbot.app.service.resting import rest
from alertbot.chat import Offer, feed_notice
from alertbot.errors import StoreError
from alertbot.model import ChatId, FeedId, Message
from alertbot.ports import Clock, Messenger, NoticeBook, NotSent, Sent, Throttled

log = logging.getLogger(__name__)

#: between two looks for what is to be told
PAUSE = timedelta(seconds=20)
#: how long a notice is one process's to tell, longer than telling takes
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admins:
    """The people who run this bot."""

    offer: Callable[[], Offer]
    messenger: Messenger

    async def tell(self, message: Message, but: ChatId | None = None) -> bool:
        """Send to every admin; False if nobody has it yet, but somebody may get it another time.

        but: one who has it anyway.
        """
        reached = again = False
        for chat in sorted(chat for chat in self.offer().admins if chat != but):
            try:
                outcome = await self.messenger.send(chat, message)
            except Exception:
                log.exception("an admin was not told")
                continue
            reached |= isinstance(outcome, Sent)
            again |= isinstance(outcome, NotSent | Throttled)
            if not isinstance(outcome, Sent):
                # its values may name a chat
                log.warning("an admin was not told: %s", type(outcome).__name__)
        return reached or not again


class Announcer:
    """A worker that tells each notice of the store once, whichever process made it."""

    def __init__(
        self,
        book: NoticeBook,
        admins: Admins,
        feed_names: Callable[[], Mapping[FeedId, str]],
        clock: Clock,
    ) -> None:
        self._book = book
        self._admins = admins
        self._feed_names = feed_names
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until `stop`; a store in trouble is the other workers' to report."""
        while not stop.is_set():
            try:
                await self.announce()
            except StoreError as error:
                log.debug("notices are not told: %s", error)
            await rest(PAUSE, stop)

    async def announce(self) -> None:
        """Tell what there is to tell; what reached nobody is tried again when its lease ends."""
        for due in await self._book.claim_notices(self._clock.now(), LEASE):
            message = feed_notice(due.notice, self._feed_names())
            log.warning("%s", message.text)
            if await self._admins.tell(message):
                await self._book.told([due.id])
