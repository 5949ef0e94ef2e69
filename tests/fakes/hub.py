"""A hub on 127.0.0.1, written from https://www.w3.org/TR/websub/, for the length of a test."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from fakes.loopback import Loopback

PATIENCE = 20.0


@dataclass(kw_only=True)
class Request:
    """What a subscriber asked, and what came of its verification."""

    callback: str
    mode: str
    topic: str
    lease: str | None
    secret: str | None = field(repr=False)
    #: the subscriber meant it
    verified: bool = False


class Hub(Loopback):
    """Takes requests, verifies them at once, and pushes what a test tells it to."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        #: seconds that it pushes; None: what was asked
        self.lease: int | None = None
        #: a status instead of an order taken
        self.refuses: int | None = None
        #: says no when the request was taken
        self.denies: str | None = None
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        """Return the address of the hub."""
        return f"{self.origin}/hub"

    @property
    def subscriber(self) -> Request:
        """Return who was verified last and has not left."""
        return [each for each in self.requests if each.verified][-1]

    async def asked(self, condition: Callable[[Request], bool] = lambda _: True) -> Request:
        """Wait for a request, dealt with, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [each for each in self.requests if condition(each)]):
                await self._changed.wait()
        return found[-1]

    async def verified(self, mode: str = "subscribe") -> Request:
        """Wait until somebody was verified and return the request."""
        return await self.asked(lambda each: each.verified and each.mode == mode)

    async def push(
        self,
        body: bytes,
        *,
        to: Request | None = None,
        method: str = "sha256",
        signature: str | None = "",
        **headers: str,
    ) -> int:
        """Push to a subscriber and return the status of its answer.

        signature: another than the right one; None for none.
        """
        subscriber = to or self.subscriber
        secret = (subscriber.secret or "").encode()
        right = f"{method}={hmac.new(secret, body, method).hexdigest()}"
        if signature is not None:
            headers["X-Hub-Signature"] = signature or right
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with aiohttp.ClientSession() as session:
            answer = await session.post(subscriber.callback, data=body, headers=named)
            return answer.status

    async def ask(self, callback: str, **parameters: str) -> tuple[int, str]:
        """Ask a callback whether it was meant; the parameters without "hub."."""
        query = {f"hub.{name}": value for name, value in parameters.items()}
        async with aiohttp.ClientSession() as session:
            answer = await session.get(callback, params=query)
            return answer.status, await answer.text()

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/hub", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = Request(
            callback=str(form["hub.callback"]),
            mode=str(form["hub.mode"]),
            topic=str(form["hub.topic"]),
            lease=form.get("hub.lease_seconds"),
            secret=form.get("hub.secret"),
        )
        try:
            if self.refuses:
                return web.Response(status=self.refuses)
            await self._verify(asked)
            return web.Response(status=202)
        finally:
            self.requests.append(asked)
            self._changed.set()
            self._changed = asyncio.Event()

    async def _verify(self, asked: Request) -> None:
        about = {"mode": asked.mode, "topic": asked.topic}
        if self.denies:
            await self.ask(asked.callback, **(about | {"mode": "denied"}), reason=self.denies)
            return
        if asked.mode == "subscribe":
            about["lease_seconds"] = str(self.lease or asked.lease)
        answer = await self.ask(asked.callback, **about, challenge="ch4llenge")
        asked.verified = answer == (200, "ch4llenge")
