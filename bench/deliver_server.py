"""A Bot API on loopback in a process of its own, for bench/deliver.py: as slow and strict as told.

    python bench/deliver_server.py [--latency 0.1] [--per-second 30]

Prints its port. A message is accepted, or refused with a 429, when it arrives; the answer leaves
`latency` seconds later. With --per-second it also allows a private chat one message a second and a
group 20 a minute; each window is taken 5 % shorter, for what the way does to the spacing.
GET /ledger returns what was accepted and refused.
"""

import argparse
import asyncio
import re
import time
from collections import defaultdict, deque

from aiohttp import web

CHAT = re.compile(rb"(?:^|&)chat_id=(-?\d+)")
TIMEOUT = re.compile(rb"(?:^|&)timeout=(\d+)")
TEXT = "Houthis fire two missiles at a ship in the Red Sea, and a drone. " * 5
TOLERANCE = 0.95
ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}

EVERYONE = 0


class BotApi:
    """Answers the few methods that a sender, and a bot that nobody talks to, need."""

    def __init__(self, latency: float, per_second: int | None) -> None:
        self._latency = latency
        self._per_second = per_second
        self._recent: dict[int, deque[float]] = defaultdict(deque)
        #: when, and to whom
        self._accepted: list[tuple[float, int]] = []
        self._refused = 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        method = request.path.rpartition("/")[2]
        body = await request.read()
        if method == "ledger":
            return _json({"accepted": self._accepted, "refused": self._refused})
        if method == "sendMessage":
            return await self._send(body)
        if method == "getUpdates":
            told = TIMEOUT.search(body)
            await asyncio.sleep(float(told[1]) if told else 0)
            return _json({"ok": True, "result": []})
        return _json({"ok": True, "result": ME if method == "getMe" else True})

    async def _send(self, body: bytes) -> web.Response:
        found = CHAT.search(body)
        assert found, body
        chat, now = int(found[1]), time.time()
        if wait := self._too_fast(chat, now):
            self._refused += 1
            await asyncio.sleep(self._latency)
            said = f"Too Many Requests: retry after {wait}"
            refusal = {"ok": False, "error_code": 429, "description": said}
            return _json({**refusal, "parameters": {"retry_after": wait}}, 429)
        self._accepted.append((now, chat))
        message = {
            "message_id": len(self._accepted),
            "date": int(now),
            "chat": {"id": chat, "type": "private" if chat > 0 else "group", "title": "x"},
            "text": TEXT,
        }
        await asyncio.sleep(self._latency)
        return _json({"ok": True, "result": message})

    def _too_fast(self, chat: int, now: float) -> int:
        """Return how many seconds to wait; 0 if the message may pass, which then counts."""
        if self._per_second is None:
            return 0
        limits = [(EVERYONE, self._per_second, 1.0), (chat, *((1, 1.0) if chat > 0 else (20, 60)))]
        for scope, most, window in limits:
            recent = self._recent[scope]
            while recent and recent[0] <= now - TOLERANCE * window:
                recent.popleft()
            if len(recent) >= most:
                return 1 + int(window * TOLERANCE - (now - recent[0]))
        for scope, _, _ in limits:
            self._recent[scope].append(now)
        return 0


def _json(answer: object, status: int = 200) -> web.Response:
    return web.json_response(answer, status=status)


async def serve(api: BotApi) -> None:
    runner = web.ServerRunner(web.Server(api.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--per-second", type=int)
    arguments = parser.parse_args()
    asyncio.run(serve(BotApi(arguments.latency, arguments.per_second)))


if __name__ == "__main__":
    main()
