"""Where hubs reach us (WebSub); off unless `[websub]` is set."""

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from alertbot.ports import Order, Push
from alertbot.web.serving import serve

#: as of a poll
LONGEST_PUSH = 5 * 1024 * 1024
#: seconds in which a push has to be here
PATIENCE = 20.0

_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What is done with what hubs send; an order is found by the last part of its callback."""

    find: Callable[[str], Awaitable[Order | None]]
    #: given the key and the parameters, returns the answer; None if we did not ask for that
    confirm: Callable[[str, Mapping[str, str]], Awaitable[str | None]]
    #: takes a signed push; False if it cannot now
    accept: Callable[[Push], bool]
    refused: Callable[[Order], Awaitable[None]]


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Return whether a body has the signature of who knows the secret.

    header: X-Hub-Signature, such as "sha256=…" (https://www.w3.org/TR/websub/, 7.1).
    """
    parts = _SIGNATURE.fullmatch((header or "").strip())
    if not parts:
        return False
    expected = hmac.new(secret.encode(), body, parts[1]).hexdigest()
    return hmac.compare_digest(expected, parts[2].lower())


class CallbackServer:
    """Answers GET and POST below one path.

    A push is answered before it is read: hubs give their subscribers seconds. One without the right
    signature is answered likewise, as the standard allows, so that nobody learns by trying. A
    Content-Encoding is not believed: flask-websub passes on that of the publisher's answer with a
    body that it has unpacked.
    """

    def __init__(self, host: str, port: int, path: str, callbacks: Callbacks) -> None:
        self._host = host
        self._port = port
        self._path = path
        self._callbacks = callbacks

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raises AlertbotError if the address cannot be bound."""
        app = web.Application(client_max_size=LONGEST_PUSH)
        app.router.add_get(f"{self._path}/{{key}}", self._answer_question)
        app.router.add_post(f"{self._path}/{{key}}", self._answer_push)
        await serve(
            app,
            self._host,
            self._port,
            stop,
            table="websub",
            lingering_time=0,
            auto_decompress=False,
        )

    async def _answer_question(self, request: web.Request) -> web.Response:
        answer = await self._callbacks.confirm(request.match_info["key"], request.query)
        if answer is None:
            raise web.HTTPNotFound
        return web.Response(text=answer)

    async def _answer_push(self, request: web.Request) -> web.Response:
        order = await self._callbacks.find(request.match_info["key"])
        if order is None:
            raise web.HTTPNotFound
        if not order.wanted:
            raise web.HTTPGone
        try:
            async with asyncio.timeout(PATIENCE):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        if not is_signed(body, request.headers.get("X-Hub-Signature"), order.secret):
            await self._callbacks.refused(order)
            return web.Response(status=202)
        push = Push(order=order, body=body, content_type=request.headers.get("Content-Type"))
        if not self._callbacks.accept(push):
            return web.Response(status=503, headers={"Retry-After": "10"})
        return web.Response(status=202)
