"""Wires what hubs push: the orders with them, the callback's server, and what comes of a push."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from alertbot.config import Config, Websub
from alertbot.feeds.websub.hubs import HttpHubs
from alertbot.model import Feed, FeedId
from alertbot.ports import Clock
from alertbot.scheduler import Orders, Poller, Pushes
from alertbot.store import Store
from alertbot.web import Callbacks, CallbackServer


async def open_orders(
    config: Config, opened: AsyncExitStack, store: Store, clock: Clock
) -> Orders | None:
    """Return what orders pushes of hubs; None where feeds are only polled. Raises StoreError."""
    if config.websub is None:
        await store.orders.forget_all()
        return None
    hubs = HttpHubs(allow_private=config.allow_private, contact=config.contact)
    opened.push_async_callback(hubs.aclose)
    return Orders(store=store.orders, hubs=hubs, base=config.websub.callback, clock=clock)


def pushing(
    websub: Websub,
    orders: Orders,
    poller: Poller,
    store: Store,
    feed: Callable[[FeedId], Feed | None],
    on_deliveries: Callable[[], None],
) -> Sequence[Callable[[asyncio.Event], Awaitable[None]]]:
    """Return the workers that ask hubs, hear them, and save what they push."""
    pushes = Pushes(poller, store.orders, feed=feed, on_deliveries=on_deliveries)
    callbacks = Callbacks(
        find=store.orders.find,
        confirm=orders.confirm,
        accept=pushes.accept,
        refused=orders.refused,
    )
    server = CallbackServer(*websub.listen, urlsplit(websub.callback).path, callbacks)
    return orders.run, pushes.run, server.run
