"""What looking back needs: briefs by their words, and what was told on a topic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from alertbot.model import Alert, Brief, BriefId, TopicId
from alertbot.ports.chats import ToldAlert

if TYPE_CHECKING:
    # a process that reads feeds needs no classifier
    from alertbot.classifier.search import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBrief:
    """A brief of the archive."""

    id: BriefId
    brief: Brief
    seen_at: datetime
    #: None where it matched no topic
    alert: Alert | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some of what a search finds, newest first."""

    briefs: tuple[FoundBrief, ...] = ()
    #: where to go on; None: that was all
    older: BriefId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlerts:
    """What was told on a topic."""

    #: newest first
    alerts: tuple[ToldAlert, ...]
    #: how many there are, beyond the limit, too
    total: int


class Archive(Protocol):
    """What looking back needs of the store; only those matches are shown that one may see."""

    async def find(
        self,
        search: "Search",
        topics: Collection[TopicId],
        *,
        before: BriefId | None = None,
        limit: int,
    ) -> Found:
        """Return the newest briefs that have all the terms, with only matches of the topics.

        What several feeds brought is there once. before: only those stored before this one.
        """
        ...

    async def brief(self, id_: BriefId, topics: Collection[TopicId]) -> FoundBrief | None:
        """Return a brief with only matches of the topics; None if it is kept no longer."""
        ...

    async def told(
        self, topic: TopicId, topics: Collection[TopicId], *, since: datetime, limit: int
    ) -> PastAlerts:
        """Return the newest alerts on a topic, with only matches of the topics.

        since: by the date published, where there is one, else by when the alert was made.
        """
        ...
