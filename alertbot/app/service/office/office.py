"""What admins can ask for in chat, of the store, the config and the topics in force."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from alertbot.app.checking import broad_rules, newest_briefs, verdict
from alertbot.app.service.edits.reload import Reloader
from alertbot.app.service.edits.snapshot import InForce
from alertbot.app.service.office.looking import Seen, glance
from alertbot.app.service.office.trying import tried
from alertbot.chat import Answer, Glance, config_checked, say
from alertbot.config import Config, check_config, load_config
from alertbot.errors import ConfigError
from alertbot.model import ChatId, FeedId, Message
from alertbot.ports import ActBook, BroadcastBook, Clock
from alertbot.store import Store

MONTH = timedelta(days=30)
ACTS = 100
NOT_FOLLOWED = "This service keeps to the config that it was started with."


@dataclass(slots=True, eq=False, kw_only=True)
class AdminOffice:
    """The rooms behind the admins' commands: `chat.Office`."""

    store: Store
    in_force: InForce
    clock: Clock
    #: None where the config is not followed
    reloader: Reloader | None = field(default=None, init=False)

    @property
    def acts(self) -> ActBook:
        """What admins did, and what they paused."""
        return self.store.acts

    @property
    def broadcasts(self) -> BroadcastBook:
        """What admins tell all chats."""
        return self.store.broadcasts

    def feeds(self) -> Mapping[FeedId, str]:
        """Return the names of the feeds of the config now."""
        return {feed.id: feed.name for feed in self.in_force.snapshot.config.feeds}

    async def glance(self) -> Glance:
        """Return how all is doing; raises StoreError."""
        now = self.clock.now()
        seen = Seen(
            status=await self.store.status.status(),
            ledger=await self.store.status.ledger(now),
            alerts=await self.store.status.alerts_by_topic(now - MONTH),
            acts=await self.store.acts.acts(ACTS),
            broadcast=await self.store.broadcasts.latest(),
            at=now,
        )
        return glance(seen, self.feeds(), self.in_force.snapshot.config.topics)

    async def reload(self, asker: ChatId) -> Message:
        """Read the config now, and say what changed or what is wrong; raises StoreError."""
        if self.reloader is None:
            return say(NOT_FOLLOWED)
        return await self.reloader.reload(asker)

    async def check(self) -> Message:
        """Say what is wrong with the config as it stands, without taking it."""
        path = self.in_force.snapshot.config.path
        problems = await asyncio.to_thread(check_config, path, os.environ)
        config = None
        if all(problem.warning for problem in problems):
            config = await asyncio.to_thread(_loaded, self.in_force.snapshot.config)
        if config:
            briefs = await newest_briefs(self.store)
            problems += await asyncio.to_thread(broad_rules, config, briefs)
        return config_checked(path.name, problems, verdict(config, problems))

    async def test(self, said: str) -> Answer:
        """Show what would be sent of a page, a feed or a text, and why."""
        return await tried(said, self.in_force.snapshot)


def _loaded(config: Config) -> Config | None:
    """Return the config as its file is now; None if that has become unusable since."""
    try:
        return load_config(config.path, os.environ)
    except ConfigError:
        return None
