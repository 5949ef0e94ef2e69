"""Asks hubs to push, or to stop; the scheduler calls `HttpHubs` through `ports.Hubs`."""

from datetime import timedelta

from alertbot.errors import FetchError
from alertbot.feeds.http import Downloader
from alertbot.ports import Order


class HttpHubs:
    """Hubs over HTTP, each as guarded as a feed; a `ports.Hubs`."""

    def __init__(self, *, allow_private: bool, contact: str | None) -> None:
        self._downloader = Downloader(allow_private=allow_private, contact=contact)

    async def ask(self, order: Order, lease: timedelta) -> str | None:
        """Send a subscriber's request (https://www.w3.org/TR/websub/, 5.1).

        lease: how long we would like pushes. Returns None where the hub has taken the request,
        which it then verifies at the callback, else what went wrong, in one line.
        """
        form = {
            "hub.callback": order.callback,
            "hub.mode": "subscribe" if order.wanted else "unsubscribe",
            "hub.topic": order.link.topic,
        }
        if order.wanted:
            form["hub.lease_seconds"] = str(int(lease.total_seconds()))
            form["hub.secret"] = order.secret
        try:
            answer = await self._downloader.post(order.link.hub, form)
        except FetchError as exc:
            return " ".join(str(exc).split())[:200]
        return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"

    async def aclose(self) -> None:
        """Close the HTTP client."""
        await self._downloader.aclose()
