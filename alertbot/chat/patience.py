"""How long to wait for Telegram, how often to ask it and be asked; `telegram` keeps to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import telegram.error

from alertbot.errors import TelegramError, TokenRefused, UpdatesConflict
from alertbot.model import ChatId

logger = logging.getLogger(__name__)
T = TypeVar("T")

UNKNOWN_BOT = (
    "Telegram does not know this bot token. Compare it with the one @BotFather shows; "
    "it comes from ALERTBOT_TELEGRAM_TOKEN or from token_file under [telegram]."
)
CONFLICT = (
    "Another process reads this bot's updates, and Telegram allows one only. "
    "Stop that one, or give this one a bot of its own; @BotFather makes them."
)
#: seconds between two commands of a chat, and how many may come at once: answers share Telegram's
#: limits with alerts
PACE = 1.0
BURST = 5
CHATS_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for Telegram."""

    #: for an answer
    answer: timedelta = timedelta(seconds=30)
    #: for news, in one request
    news: timedelta = timedelta(seconds=50)
    #: before the second try; twice as long before each one after, up to `longest`
    retry: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=30)
    #: for what was read at once to be handled; the rest of it is read again
    handling: timedelta = timedelta(seconds=60)
    #: for the same after a stop, and then for its confirmation
    ending: timedelta = timedelta(seconds=10)

    def waits(self) -> Iterator[timedelta]:
        """Yield how long to wait before each try after the first, for ever."""
        wait = self.retry
        while True:
            yield wait
            wait = min(wait * 2, self.longest)


class Stopped(Exception):
    """We were told to stop while we asked."""


async def in_time(
    work: Collection[asyncio.Task[None]], stop: asyncio.Event, patience: Patience
) -> None:
    """Wait for the work as long as patience allows, then cancel what is left of it."""
    stopping = asyncio.ensure_future(stop.wait())
    working = asyncio.ensure_future(asyncio.wait(work))
    try:
        await asyncio.wait(
            {working, stopping},
            timeout=patience.handling.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        if stop.is_set():
            await asyncio.wait(work, timeout=patience.ending.total_seconds())
    finally:
        stopping.cancel()
        working.cancel()
        for task in work:
            task.cancel()
        await asyncio.wait(work)
    for task in work:
        if not task.cancelled():
            task.result()


class Persistent:
    """Asks until there is an answer; logs an outage once, and its end."""

    def __init__(self, stop: asyncio.Event, patience: Patience) -> None:
        self._stop = stop
        self._patience = patience

    async def ask(self, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer.

        Raises Stopped, TokenRefused, UpdatesConflict, TelegramError (a refusal that would stay).
        """
        waits = self._patience.waits()
        tries = 1
        while True:
            try:
                answer = await self._unless_stopped(question())
            except telegram.error.TelegramError as error:
                _raise_if_final(error)
                if tries == 1:
                    logger.warning("no answer from Telegram, will keep trying: %.200s", error)
                pause = _told_pause(error) or next(waits)
                await self._unless_stopped(asyncio.sleep(pause.total_seconds()))
                tries += 1
            else:
                if tries > 1:
                    logger.info("Telegram answers again, at try %d", tries)
                return answer

    async def _unless_stopped(self, action: Awaitable[T]) -> T:
        working = asyncio.ensure_future(action)
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            working.cancel()
            await asyncio.wait({working})
        if working.cancelled():
            raise Stopped
        return working.result()


def _raise_if_final(error: telegram.error.TelegramError) -> None:
    """Raise our own error for one that asking again would not mend."""
    match error:
        case telegram.error.InvalidToken():
            raise TokenRefused(UNKNOWN_BOT) from None  # PTB's text holds the token
        case telegram.error.Conflict():
            raise UpdatesConflict(CONFLICT) from error
        case telegram.error.BadRequest() | telegram.error.Forbidden():
            raise TelegramError(f"Telegram refuses a request: {error}") from error


def _told_pause(error: telegram.error.TelegramError) -> timedelta | None:
    """Return how long Telegram tells us to wait, if it does."""
    if isinstance(error, telegram.error.RetryAfter) and isinstance(error.retry_after, timedelta):
        return error.retry_after
    return None


class Pace:
    """How often a chat may speak: once in PACE seconds, BURST times at once."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        #: when all of a chat's turns so far are paid for (the generic cell rate algorithm)
        self._paid: dict[ChatId, float] = {}

    def __len__(self) -> int:
        return len(self._paid)

    def allows(self, chat: ChatId) -> bool:
        """Take a turn if there is one left."""
        now = self._seconds()
        paid = max(now, self._paid.get(chat, now))
        if paid - now > PACE * (BURST - 1):
            return False
        if len(self._paid) >= CHATS_REMEMBERED:
            self._paid = {known: until for known, until in self._paid.items() if until > now}
        self._paid[chat] = paid + PACE
        return True
