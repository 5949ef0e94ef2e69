"""The world of one scenario: publisher, Bot API, database, chats, and processes of alertbot."""

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from chaos.checker import judge
from chaos.parts import launcher, ledger_server, publisher
from chaos.parts.databases import BRIEFS, DUE, ROWS, SENDING, Database
from chaos.parts.launcher import Launch
from chaos.parts.processes import FORKS, Process
from chaos.parts.setting import Setting
from chaos.trial import Allowed, read_trial

#: seconds for a server to start, and for it to answer, on a machine that is busy
START = 60.0
#: seconds for the service to get something sent; what is never sent, the end of the round tells
PATIENCE = 25.0
#: exit codes: stopped well, or killed by us
EXITS: Set[int] = {0, -signal.SIGKILL}


@dataclass(slots=True, eq=False)
class Arena:
    """The world of a scenario, and what has been done in it."""

    setting: Setting
    folder: Path
    database: Database
    random: random.Random
    session: aiohttp.ClientSession
    #: addresses
    feeds_at: str = ""
    telegram_at: str = ""
    processes: list[Process] = field(default_factory=list)
    #: deliveries that were published
    wanted: int = 0
    kills: int = 0
    hits: int = 0
    mishaps: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Return what all processes of the service wrote."""
        return self.folder / "service.log"

    def start(self, role: str = "all") -> Process:
        """Start a process of the service."""
        process = Process(
            Launch(
                config=self.folder / "config.toml",
                log=self.log,
                role=role,
                slots=self.setting.slots,
                lease=self.setting.lease,
                mutant=self.setting.mutant,
            )
        )
        self.processes.append(process)
        return process

    async def publish(self) -> None:
        """Publish an entry on one or two topics in a feed at random."""
        feed, topics = self.random.randrange(self.setting.feeds), self.setting.topics
        both = self.random.random() < 0.5
        on = {f"topic-{n % topics}" for n in range(feed, feed + 1 + both)}
        wish = {"feed": f"feed-{feed}", "topics": sorted(on)}
        await self._post(self.feeds_at, "publish", wish)
        followed = self.setting.subscribers().values()
        self.wanted += sum(not on.isdisjoint(topics) for topics in followed)

    async def publish_until(self, due: int) -> None:
        """Publish until so many messages are still to be sent."""
        while self.wanted - await self.accepted() < due:
            await self.publish()

    async def accepted(self, at_least: int = 0, patience: float = 0.0) -> int:
        """Return how many messages were accepted, once that many are or patience ends."""
        return int((await self.counted(at_least, patience))["accepted"])

    async def counted(self, at_least: int = 0, patience: float = 0.0) -> dict[str, Any]:
        """Return what the Bot API counts."""
        query = {"accepted": str(at_least), "patience": str(patience)}
        async with self.session.get(f"{self.telegram_at}/count", params=query) as answer:
            counted: dict[str, Any] = await answer.json()
            return counted

    async def api_faults(self, faults: ledger_server.Faults) -> None:
        """Let the Bot API go wrong from now on."""
        await self._post(self.telegram_at, "faults", asdict(faults))

    async def feed_faults(self, faults: publisher.Faults) -> None:
        """Let the feeds go wrong from now on."""
        await self._post(self.feeds_at, "faults", asdict(faults))

    async def feeds_asked(self, times: int) -> None:
        """Wait until each feed was asked so many times more."""
        await self._asked([f"feed-{n}" for n in range(self.setting.feeds)], times)

    async def a_feed_asked(self) -> None:
        """Wait until a feed at random was answered once or twice."""
        feed = f"feed-{self.random.randrange(self.setting.feeds)}"
        await self._asked([feed], self.random.randint(1, 2))

    async def some_sent(self) -> None:
        """Wait until a few more messages were accepted, with many more to come."""
        # about what a second can bring
        reach = min(self.setting.rate, len(self.setting.chats())) * 3 // 4
        await self.publish_until(due=2 * reach)
        before = await self.accepted()
        await self.accepted(before + self.random.randint(1, reach), patience=PATIENCE)
        await asyncio.sleep(self.random.uniform(0.0, 0.03))

    async def all_stored(self) -> bool:
        """Tell whether all that was published is in the database."""
        [known] = await self.database.query(BRIEFS)
        published = (self.folder / "origin.jsonl").read_text().splitlines()
        return bool(known["count"] >= len(published))

    async def read_but_not_stored(self) -> bool:
        """Tell whether an entry was in a feed's answer that is not in the database."""
        async with self.session.get(f"{self.feeds_at}/read") as answer:
            read = await answer.json()
        [known] = await self.database.query(BRIEFS)
        return bool(known["count"] < read)

    async def due(self) -> int:
        """Return how many deliveries are due or on the wire."""
        [due] = await self.database.query(DUE)
        return int(due["count"])

    async def tries(self) -> dict[int, int]:
        """Return the deliveries on the wire, by the database, and at which try each is."""
        rows = await self.database.query(SENDING)
        return {row["id"]: row["attempt"] for row in rows}

    async def stop(self, process: Process) -> None:
        """Tell a process to stop, and wait until it has."""
        process.signal(signal.SIGTERM)
        await process.ended()

    async def settle(self) -> None:
        """Wait until all that was published is in the database, and nothing of it is due.

        Patience ends when for so long there was no less to do.
        """
        end = time.monotonic() + self.setting.patience
        least: int | None = None
        while time.monotonic() < end:
            # in this order: what is stored later brings more that is due
            if await self.all_stored():
                due = await self.due()
                if not due:
                    return
                if least is None or due < least:
                    least, end = due, time.monotonic() + self.setting.patience
            if not any(process.runs for process in self.processes):
                self.mishaps.append("no process is left")
                return
            await asyncio.sleep(0.1)

    async def end(self, *, exits: Set[int] = EXITS, **allowed: Any) -> dict[str, Any]:
        """Stop everything well, and return what the checker says; exits: how processes may end."""
        for process in self.processes:
            if process.runs:
                await self.stop(process)
        self.mishaps += [
            f"a process ended with {process.exit_code}"
            for process in self.processes
            if process.exit_code not in exits
        ]
        rows = await self.database.query(ROWS)
        trial = Allowed(
            scenario=self.setting.name,
            kills=self.kills,
            hits=self.hits,
            integrity=await self.database.integrity(),
            mishaps=tuple(self.mishaps),
            per_second=self.setting.rate * 1.1 + self.setting.slots,
            **allowed,
        )
        (self.folder / "rows.json").write_text(json.dumps(rows))
        (self.folder / "trial.json").write_text(json.dumps(asdict(trial)))
        return judge(read_trial(self.folder))

    def logged(self, *words: str) -> int:
        """Return how often the service wrote any of these words."""
        log = self.log.read_text()
        return sum(map(log.count, words))

    async def _asked(self, feeds: Sequence[str], times: int) -> None:
        query = {"feeds": ",".join(feeds), "times": str(times)}
        async with self.session.get(f"{self.feeds_at}/asked", params=query) as answer:
            answer.raise_for_status()

    async def _post(self, server: str, path: str, wish: object) -> None:
        async with self.session.post(f"{server}/{path}", json=wish) as answer:
            answer.raise_for_status()


@asynccontextmanager
async def arena(setting: Setting, folder: Path, database: Database) -> AsyncIterator[Arena]:
    """Open the world of a scenario: everybody subscribed, every feed read once, nothing running."""
    servers: list[Any] = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(START)) as session:
        world = Arena(setting, folder, database, random.Random(setting.seed), session)
        try:
            for name, serve, file in (
                ("feeds_at", partial(publisher.serve, hosts=setting.hosts), "origin.jsonl"),
                ("telegram_at", ledger_server.serve, "ledger.jsonl"),
            ):
                address = await _serve(servers, serve, folder / file, setting.seed)
                setattr(world, name, address)
            await _furnish(world)
            yield world
        finally:
            for process in world.processes:
                process.signal(signal.SIGCONT)
                await process.kill()
            for server in servers:
                server.kill()
                await asyncio.to_thread(server.join)


async def _serve(servers: list[Any], serve: Callable[..., None], file: Path, seed: int) -> str:
    here, there = FORKS.Pipe(duplex=False)
    server = FORKS.Process(target=serve, args=(file, seed, there))
    server.start()
    servers.append(server)
    if not await asyncio.to_thread(here.poll, START):
        raise RuntimeError(f"no server for {file}")
    return str(here.recv())


async def _furnish(world: Arena) -> None:
    """Write the config, subscribe the chats, and have every feed read for the first time."""
    setting = world.setting
    config = setting.config(world.database.url, world.telegram_at, world.feeds_at)
    (world.folder / "config.toml").write_text(config)
    subscribers = setting.subscribers()
    (world.folder / "subscribers.json").write_text(json.dumps(subscribers))
    seeding = FORKS.Process(target=launcher.seed, args=(world.database.url, subscribers, world.log))
    seeding.start()
    await asyncio.to_thread(seeding.join)
    if seeding.exitcode:
        raise RuntimeError(f"no database: {world.log.read_text()}")
    process = world.start()
    await world.feeds_asked(2)
    await world.stop(process)
