"""How long a brief takes from its publisher's ping to the first send, through a real hub.

    make bench-push     or: python bench/push.py [--rounds 20] [--hub-python PATH] [--json PATH]

The publisher pings the hub of flask-websub (bench/push_hub.py), which fetches the feed and pushes
it; alertbot, the whole service on a SQLite file, has asked it to. The time ends when the Bot API,
on 127.0.0.1 too, has the message. "relay" is what one would write in an afternoon: it checks the
signature and sends the newest title at once, without reading, matching or storing anything.
"""

import argparse
import asyncio
import hmac
import io
import json
import logging
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from aiohttp import web

from alertbot.app.service import Terminal, open_service
from alertbot.config import load_config
from alertbot.model import ChatId, TopicId

HERE = Path(__file__).resolve().parent
TOKEN = "123456789:FAKE_bot_api_token_for_benchmarks_00"
ENTRIES = 20
#: a chat gets one message a second
APART = 1.2
PATIENCE = 30
TEXT = "<p>Iran fired 12 ballistic missiles at a base on Sunday, killing two people.</p>" * 5
CONFIG = """
[store]
url = "sqlite:///bench.db"
[telegram]
base_url = "{origin}/bot"
[network]
allow_private = true
[websub]
callback = "http://{listen}/websub"
listen = "{listen}"
[[feeds]]
id = "bench"
url = "{origin}/alertbot"
interval = "1d"
[[topics]]
id = "iran"
name = "Iran"
rule = "Iran*"
"""


class World:
    """The publisher and the Bot API: one feed for each contender, and when messages arrived."""

    def __init__(self, hub: str) -> None:
        self.hub = hub
        self.origin = ""
        self.newest = ENTRIES
        self._sent: asyncio.Event = asyncio.Event()
        self.session: aiohttp.ClientSession

    async def feed(self, request: web.Request) -> web.Response:
        url = f"{self.origin}{request.path}"
        items = "".join(
            f"<item><title>Iran fires {n} missiles</title><guid>b-{n}</guid>"
            f"<description><![CDATA[{TEXT}]]></description></item>"
            for n in range(self.newest, self.newest - ENTRIES, -1)
        )
        body = f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'
        link = f'<{self.hub}>; rel="hub", <{url}>; rel="self"'
        return web.Response(text=body, content_type="application/rss+xml", headers={"Link": link})

    async def telegram(self, request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2]
        if method == "getUpdates":
            await asyncio.sleep(5)
            return web.json_response({"ok": True, "result": []})
        if method != "sendMessage":
            me = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            return web.json_response({"ok": True, "result": me if method == "getMe" else True})
        self._sent.set()
        chat = {"id": 7, "type": "private", "first_name": "x"}
        result = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": "x"}
        return web.json_response({"ok": True, "result": result})

    async def publish(self, path: str) -> float:
        """Publish a brief, ping the hub, and return how many seconds its message took."""
        self.newest += 1
        self._sent.clear()
        began = time.perf_counter()
        form = {"hub.mode": "publish", "hub.topic": f"{self.origin}{path}"}
        ping = asyncio.create_task(self.session.post(self.hub, data=form))
        await asyncio.wait_for(self._sent.wait(), PATIENCE)
        taken = time.perf_counter() - began
        (await ping).release()
        return taken


class Relay:
    """The baseline."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def question(self, request: web.Request) -> web.Response:
        return web.Response(text=request.query["hub.challenge"])

    async def push(self, request: web.Request) -> web.Response:
        body = await request.read()
        signed = hmac.new(b"secret", body, "sha512").hexdigest()
        if hmac.compare_digest(f"sha512={signed}", request.headers["X-Hub-Signature"]):
            form = {"chat_id": "7", "text": body.partition(b"<item><title>")[2][:30].decode()}
            url = f"{self._world.origin}/bot{TOKEN}/sendMessage"
            async with self._world.session.post(url, data=form) as answer:
                await answer.read()
        return web.Response()

    async def begin(self) -> None:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": f"{self._world.origin}/relay",
            "hub.callback": f"{self._world.origin}/relay/callback",
            "hub.secret": "secret",
        }
        async with self._world.session.post(self._world.hub, data=form) as answer:
            answer.raise_for_status()


@asynccontextmanager
async def world(hub: str) -> AsyncIterator[World]:
    made = World(hub)
    relay = Relay(made)
    app = web.Application()
    app.router.add_get("/alertbot", made.feed)
    app.router.add_get("/relay", made.feed)
    app.router.add_get("/relay/callback", relay.question)
    app.router.add_post("/relay/callback", relay.push)
    app.router.add_route("*", "/bot{token}/{method}", made.telegram)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as made.session:
        await relay.begin()
        yield made
    await runner.cleanup()


@asynccontextmanager
async def alertbot(there: World, folder: Path) -> AsyncIterator[None]:
    """Run the service until its hub has been confirmed, and on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    path = folder / "config.toml"
    path.write_text(CONFIG.format(origin=there.origin, listen=listen))
    config = load_config(path, {"ALERTBOT_TELEGRAM_TOKEN": TOKEN})
    stop = asyncio.Event()
    async with open_service(config, Terminal(shown=io.StringIO(), typed=None)) as service:
        await service.store.chats.subscribe(ChatId(7), TopicId("iran"), datetime.now(UTC))
        running = asyncio.create_task(service.run(stop))
        async with asyncio.timeout(PATIENCE):
            while not await _confirmed(service.store.orders.order_of):
                pass
        yield
        stop.set()
        await running


async def _confirmed(order_of: Callable[..., Awaitable[object]]) -> bool:
    order = await order_of("bench")
    return order is not None and order.lease_until is not None  # type: ignore[attr-defined]


async def measure(hub: str, rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {"alertbot": [], "relay": []}
    with TemporaryDirectory() as folder:
        async with world(hub) as there, alertbot(there, Path(folder)):
            for _ in range(rounds + 1):  # the first is for warming up
                for name, times in taken.items():
                    times.append(await there.publish(f"/{name}"))
                    await asyncio.sleep(APART)
    return {name: times[1:] for name, times in taken.items()}


def show(taken: dict[str, list[float]]) -> None:
    base = statistics.median(taken["relay"])
    print("from ping to first send, milliseconds        median   worst   × relay")
    for name, times in taken.items():
        middle = statistics.median(times)
        row = f"{1000 * middle:9.0f} {1000 * max(times):7.0f} {middle / base:9.1f}"
        print(f"{name:<42}{row}")
    verdict = "met" if max(taken["alertbot"]) < 1 else "MISSED"
    print(f"aim: each under a second: {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--hub-python", default=sys.executable, help="has flask-websub[celery]")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    logging.disable()
    command = [arguments.hub_python, str(HERE / "push_hub.py")]
    hub = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert hub.stdout
        port = int(hub.stdout.readline())
        taken = asyncio.run(measure(f"http://127.0.0.1:{port}/hub", arguments.rounds))
    finally:
        hub.terminate()
        hub.wait()
    show(taken)
    if arguments.json:
        arguments.json.write_text(json.dumps(taken, indent=1) + "\n")


if __name__ == "__main__":
    main()
