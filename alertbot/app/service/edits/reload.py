"""Follows the config file while the service runs: reads it when asked, puts what is sound in force.

What is wrong changes nothing; the log gets every mistake, the admins one short message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from alertbot.app.service.admins import Admins
from alertbot.app.service.edits.differences import differences, waiting_for_restart
from alertbot.app.service.edits.snapshot import InForce, take_snapshot
from alertbot.chat import FormerTopics, config_in_force, config_kept, config_refused
from alertbot.config import Config, watch_config
from alertbot.errors import ConfigError, Problem, StoreError
from alertbot.model import ChatId, Feed, Message, TopicId

log = logging.getLogger(__name__)

#: how long to leave a store alone that could not take the feeds of a new config
STORE_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """How an edit of the config reaches the service."""

    #: reads the config anew; raises ConfigError
    read: Callable[[], Config]
    #: set it to have the config read
    asked: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False, kw_only=True)
class Reloader:
    """Two workers: `watch` asks when the file changes, `run` does what is asked."""

    edits: Edits
    in_force: InForce
    #: polls these feeds from then on; raises StoreError, and then polls the old ones
    use_feeds: Callable[[Sequence[Feed]], Awaitable[None]]
    former: FormerTopics
    #: what does not arrive is not sent again: the log has it anyway
    admins: Admins
    #: set while this is the one process that speaks to the admins
    speaking: asyncio.Event
    _started: Config = field(init=False)
    #: what the last reading found; the same again is neither done nor told again
    _last: Config | tuple[Problem, ...] = field(init=False)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        self._last = self._started = self.in_force.snapshot.config

    async def watch(self, stop: asyncio.Event) -> None:
        """Ask for a reading at once and whenever the file may have changed, until `stop`."""
        try:
            async for _ in watch_config(self._started.path, stop):
                self.edits.asked.set()
        except Exception:
            log.exception("%s is not watched any more; SIGHUP reloads it", self._started.path)
            await stop.wait()

    async def run(self, stop: asyncio.Event) -> None:
        """Reload whenever asked, until `stop`; no failure of that ends the service."""
        working = [asyncio.create_task(self._work()), asyncio.create_task(self._begin())]
        try:
            await stop.wait()
        finally:
            for task in working:
                task.cancel()
            await asyncio.wait(working)

    async def reload(self, asker: ChatId | None = None) -> Message:
        """Read the config and, where it is another one, put it in force or say what is wrong.

        Returns what is told of that, also to all admins but the one who asks.
        Raises StoreError, and then nothing has changed.
        """
        async with self._reading:
            read = await asyncio.to_thread(self._read)
            name = self._started.path.name
            if isinstance(read, Config):
                if read == self._last:
                    return config_kept(name)
                return await self._put_in_force(read, asker)
            if read != self._last:
                await self._refuse(read, asker)
            return config_refused(name, read)

    async def _begin(self) -> None:
        await self.speaking.wait()
        await self._ask_about_former()

    async def _work(self) -> None:
        while True:
            await self.edits.asked.wait()
            self.edits.asked.clear()
            try:
                await self.reload()
            except StoreError as error:
                pause = STORE_PAUSE.total_seconds()
                log.error("the config is not reloaded, next try in %.0f s: %s", pause, error)
                asyncio.get_running_loop().call_later(pause, self.edits.asked.set)
            except Exception:
                log.exception("the config is not reloaded; what is in force stays")

    def _read(self) -> Config | tuple[Problem, ...]:
        present = self.in_force.snapshot.config
        try:
            config = self.edits.read()
        except ConfigError as error:
            return error.problems
        if (present.feeds or present.topics) and not (config.feeds or config.topics):
            lost = "has neither feeds nor topics any more, as if it had been cut off"
            return (Problem(file=str(config.path), line=None, key="", message=lost),)
        return config

    async def _put_in_force(self, config: Config, asker: ChatId | None) -> Message:
        before = self.in_force.snapshot
        if config != before.config:
            snapshot = await asyncio.to_thread(take_snapshot, config, before)
            await self.use_feeds(config.feeds)
            self.in_force.snapshot = snapshot
        again = not isinstance(self._last, Config)
        self._last = config
        changes = differences(before.config, config)
        waiting = waiting_for_restart(self._started, config)
        log.info(
            "%s is in force%s: %s",
            config.path,
            " again" if again else "",
            ". ".join(changes) or "no change that counts while running",
        )
        if waiting:
            log.warning("waiting for a restart: %s", ", ".join(waiting))
        told = config_in_force(config.path.name, changes, waiting, again=again)
        await self._tell(told, but=asker)
        removed = {topic.id for topic in before.config.topics}
        await self._ask_about_former(removed - {topic.id for topic in config.topics})
        return told

    async def _refuse(self, problems: tuple[Problem, ...], asker: ChatId | None) -> None:
        self._last = problems
        for problem in problems:
            level = logging.WARNING if problem.warning else logging.ERROR
            log.log(level, "the config is refused, what is in force stays: %s", problem)
        await self._tell(config_refused(self._started.path.name, problems), but=asker)

    async def _ask_about_former(self, among: Collection[TopicId] | None = None) -> None:
        """Ask the admins what is to become of the subscribers of topics that left the config."""
        try:
            question = await self.former.question(among)
        except StoreError as error:
            log.error("cannot look for subscribers of former topics: %s", error)
            return
        if question:
            log.info("%s", question.text)
            await self._tell(question)

    async def _tell(self, message: Message, but: ChatId | None = None) -> None:
        if self.speaking.is_set():
            await self.admins.tell(message, but)
