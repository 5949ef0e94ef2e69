"""A Bot API in a process of its own that writes down what it accepts, when it accepts it.

Faults come by rate. What it did is in its ledger (see `checker`); how far it is, and with what
faults it goes on, is asked and said over HTTP.
"""

import asyncio
import html
import json
import logging
import random
import re
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

BOT = {"id": 123456789, "is_bot": True, "first_name": "Alert Bot", "username": "FlashBriefBot"}
TOKEN = "123456789:FAKE_bot_api_token_for_tests_000000"
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
#: how long a request for updates that are never there is held
NO_NEWS = 20.0
#: seconds for which new connections are refused
OUTAGE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How the server goes wrong; rates are shares of the requests to send."""

    #: seconds from arrival to acceptance, and from there to the answer
    before: tuple[float, float] = (0.002, 0.020)
    after: tuple[float, float] = (0.002, 0.030)
    #: a 429 that stops one group; and one that stops everyone
    throttle_group: float = 0.0
    throttle_all: float = 0.0
    retry_after: tuple[int, int] = (1, 5)
    #: a 5xx, half of them after the message was accepted
    server_error: float = 0.0
    #: accepted, and the answer lost: the connection breaks, or nothing comes for `hang` seconds
    lost_answer: float = 0.0
    hang: float = 3.0
    #: the connection breaks before anything was accepted
    reset: float = 0.0
    #: the server listens no more, for a moment
    outage: float = 0.0


@dataclass(slots=True, eq=False)
class LedgerServer:
    """The server; one bot, and every chat there is."""

    ledger: Path
    seed: int
    faults: Faults = field(default_factory=Faults)
    port: int = 0
    accepted: int = 0
    #: of those, how many had their answer lost
    unanswered: int = 0
    #: requests for updates
    reads: int = 0
    faulty: Counter[str] = field(default_factory=Counter)
    _random: random.Random = field(init=False)
    _file: TextIO = field(init=False)
    _paused: dict[int | None, float] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    #: what the request for updates that waits is woken by
    _newer: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _site: web.TCPSite | None = None
    _out: bool = False
    _outages: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._file = self.ledger.open("a", buffering=1)

    async def start(self) -> None:
        """Listen on 127.0.0.1, always at the same port."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/count", self._count)
        app.router.add_post("/faults", self._set_faults)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()

    async def close(self) -> None:
        """Listen no more."""
        assert self._runner
        await self._runner.cleanup()
        self._file.close()

    async def _listen(self) -> None:
        assert self._runner
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        answer = await self._answer(request)
        if self._out:
            answer.force_close()
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        if method == "sendmessage":
            return await self._send(request, await _form(request))
        if method == "getupdates":
            return await self._no_updates()
        return _result(BOT if method == "getme" else True)

    async def _no_updates(self) -> web.Response:
        """Hold the request, as long as nobody else reads; of two readers the older one loses."""
        self.reads += 1
        me = self.reads
        self._newer.set()
        self._newer = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(NO_NEWS):
                while me == self.reads:
                    await self._newer.wait()
        return _result([]) if me == self.reads else _refused(409, CONFLICT)

    async def _send(self, request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        chat = int(form["chat_id"])
        self._note("request", chat=chat)
        if wait := self._wait(chat):
            return _throttled(wait)
        await asyncio.sleep(self._random.uniform(*self.faults.before))
        if (fault := self._fault(chat)) is None:
            message = self._accept(chat, form)
            await asyncio.sleep(self._random.uniform(*self.faults.after))
            return _result(message)
        self.faulty[fault] += 1
        if fault == "throttle":
            return self._throttle(chat)
        if fault == "outage":
            self._out = True
            self._outages.append(asyncio.create_task(self._outage()))
            return _result(self._accept(chat, form))
        return await self._lose(request, chat, form, fault)

    async def _lose(
        self, request: web.Request, chat: int, form: dict[str, str], fault: str
    ) -> web.StreamResponse:
        if fault == "lost_answer" or (fault == "server_error" and self._random.random() < 0.5):
            self.unanswered += 1
            self._accept(chat, form)
        if fault == "server_error":
            return web.Response(status=self._random.choice([500, 502, 503, 504]), text="<html>")
        if fault == "lost_answer" and self._random.random() < 0.5:
            await asyncio.sleep(self.faults.hang)
        if request.transport:
            request.transport.abort()
        return web.Response()

    def _fault(self, chat: int) -> str | None:
        draw = self._random.random()
        throttle = self.faults.throttle_group if chat < 0 else self.faults.throttle_all
        rates = {
            "throttle": throttle,
            "server_error": self.faults.server_error,
            "lost_answer": self.faults.lost_answer,
            "reset": self.faults.reset,
            "outage": 0.0 if self._out else self.faults.outage,
        }
        for name, rate in rates.items():
            draw -= rate
            if draw < 0:
                return name
        return None

    def _throttle(self, chat: int) -> web.Response:
        seconds = self._random.randint(*self.faults.retry_after)
        scope = chat if chat < 0 else None
        # what was accepted a moment ago is no reason to be milder than an earlier pause
        self._paused[scope] = max(time.time() + seconds, self._paused.get(scope, 0.0))
        self._note("pause", chat=scope, until=self._paused[scope])
        return _throttled(seconds)

    def _wait(self, chat: int) -> int:
        """Return the whole seconds for which a chat must wait; 0 for none."""
        until = max(self._paused.get(chat, 0.0), self._paused.get(None, 0.0))
        return max(0, int(until - time.time() + 1)) if until > time.time() else 0

    async def _outage(self) -> None:
        assert self._site
        await self._site.stop()
        await asyncio.sleep(OUTAGE)
        await self._listen()
        self._out = False

    def _accept(self, chat: int, form: dict[str, str]) -> dict[str, Any]:
        self.accepted += 1
        silent = form.get("disable_notification", "").lower() == "true"
        text = form["text"]
        if form.get("parse_mode"):
            text = html.unescape(re.sub("<[^>]*>", "", text))
        self._note("message", chat=chat, text=text, message_id=self.accepted, silent=silent)
        self._changed.set()
        self._changed = asyncio.Event()
        kind = {"type": "private", "first_name": "Reader"} if chat > 0 else {"type": "supergroup"}
        return {
            "message_id": self.accepted,
            "date": int(time.time()),
            "chat": {"id": chat, **kind},
            "text": text,
        }

    def _note(self, kind: str, **what: object) -> None:
        self._file.write(json.dumps({"kind": kind, "at": time.time(), **what}) + "\n")

    async def _count(self, request: web.Request) -> web.Response:
        """Return how far it is, once `accepted` or after `patience` seconds."""
        wanted = int(request.query.get("accepted", "0"))
        with suppress(TimeoutError):
            async with asyncio.timeout(float(request.query.get("patience", "0"))):
                while self.accepted < wanted:
                    await self._changed.wait()
        return web.json_response(
            {"accepted": self.accepted, "unanswered": self.unanswered, "faulty": self.faulty}
        )

    async def _set_faults(self, request: web.Request) -> web.Response:
        self.faults = Faults(**await request.json())
        return web.json_response({})


def serve(ledger: Path, seed: int, ready: Connection) -> None:
    """Run the server until the process is ended; sends its address through `ready`."""

    # a traceback for each process that is killed in the middle of a request
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)

    async def run() -> None:
        server = LedgerServer(ledger, seed)
        await server.start()
        ready.send(f"http://127.0.0.1:{server.port}")
        await asyncio.Event().wait()

    asyncio.run(run())


async def _form(request: web.Request) -> dict[str, str]:
    if request.content_type == "application/json":
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in (await request.json()).items()
        }
    return {name: str(value) for name, value in (await request.post()).items()}


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _throttled(seconds: int) -> web.Response:
    told = f"Too Many Requests: retry after {seconds}"
    answer = _refused(429, told, parameters={"retry_after": seconds})
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _refused(status: int, description: str, **more: object) -> web.Response:
    answer = {"ok": False, "error_code": status, "description": description, **more}
    return web.json_response(answer, status=status)
