"""What WebSub needs: hubs, the orders we place with them, and what they push.

https://www.w3.org/TR/websub/ calls an order a subscription, which here is a chat's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from alertbot.model import FeedId
from alertbot.ports.polling import FeedStore, HubLink, News


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """That a hub shall push what is new in a feed to a callback."""

    #: the last part of the callback
    key: str = field(repr=False)
    feed: FeedId
    link: HubLink
    #: where the hub reaches us: nobody can guess it
    callback: str = field(repr=False)
    #: what the hub signs with
    secret: str = field(repr=False)
    #: False: the hub is to stop
    wanted: bool
    placed_at: datetime
    #: the hub pushes until then; None: it has not said so
    lease_until: datetime | None
    #: how many pushes in a row have brought a brief before a poll did
    ahead: int
    #: requests to the hub since it last did what was asked
    tries: int

    def runs(self, now: datetime) -> bool:
        """Return whether the hub has promised to push at this instant."""
        return self.wanted and self.lease_until is not None and now < self.lease_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a hub sent, signed as it should be."""

    order: Order
    body: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedFeed(News):
    """All that one push changes; committed as one."""

    #: the hours in which its new briefs came
    news_hours: frozenset[datetime] = frozenset()
    #: whether each of them has tags, oldest first
    tagged: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPush:
    """What a push brought that was not there before."""

    briefs: int = 0
    deliveries: int = 0


class PushStore(FeedStore, Protocol):
    """What polls and pushes need of the store."""

    async def takes_pushes(self, feed: FeedId) -> datetime | None:
        """Return when a feed that takes pushes was first read.

        None if it takes none: it was never read, so that what it holds is no news, is asked no
        more, is paused, left the config, or leaves its briefs to another feed.
        """
        ...

    async def save_push(self, pushed: PushedFeed, now: datetime) -> SavedPush:
        """Commit what a hub pushed, whoever polls the feed meanwhile.

        Nothing of a feed that takes no pushes; else as `save_poll` does, and remembered as news.
        """
        ...


class Hubs(Protocol):
    """Asks hubs."""

    async def ask(self, order: Order, lease: timedelta) -> str | None:
        """Ask for pushes or, where they are not wanted, for their end; return what went wrong."""
        ...


class OrderStore(Protocol):
    """What is stored of orders; the last part of a callback finds one."""

    async def order_of(self, feed: FeedId) -> Order | None:
        """Return the order that is wanted for a feed, if there is one."""
        ...

    async def find(self, key: str) -> Order | None:
        """Return an order by the last part of its callback; what is wanted no more, too."""
        ...

    async def place(self, feed: FeedId, link: HubLink, base: str, now: datetime) -> None:
        """Want an order, whose callback begins with `base`, and no other for the feed.

        None at all if another feed has one for this topic: what comes would come twice.
        """
        ...

    async def cancel(self, feed: FeedId, now: datetime) -> None:
        """Want no order for a feed any more."""
        ...

    async def due(self, base: str, now: datetime, limit: int) -> tuple[Order, ...]:
        """Return orders whose hubs are to be asked now, each to one process alone.

        Those of feeds that are asked no more, left the config or moved, or of another `base`, are
        cancelled.
        """
        ...

    async def failed(self, order: Order, reason: str) -> None:
        """Note why a hub would not take an order."""
        ...

    async def confirmed(self, order: Order, lease: timedelta, now: datetime) -> None:
        """Note that a hub pushes for so long, and when to ask it again."""
        ...

    async def denied(self, order: Order, reason: str, now: datetime) -> None:
        """Note that a hub does not push, and ask it again in a day."""
        ...

    async def ended(self, order: Order) -> None:
        """Forget an order."""
        ...

    async def pushed(self, order: Order, *, ahead: bool, now: datetime) -> None:
        """Note a push; ahead: it brought a brief that no poll had brought."""
        ...

    async def refused(self, order: Order) -> None:
        """Count a push that was not signed as it should be."""
        ...

    async def missed(self, feed: FeedId) -> None:
        """Note that a poll brought a brief that no push had brought."""
        ...
