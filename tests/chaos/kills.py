"""Scenarios in which processes of alertbot, or the database server, end or stand still."""

import asyncio
import signal
import time
from collections.abc import Mapping
from typing import Any

from chaos.arena import EXITS, Arena
from chaos.parts.databases import ROWS, Postgresql
from chaos.parts.processes import Process

#: after this long, what a living worker had on the wire is answered
ANSWERED = 0.3
#: seconds until another takes over: a process that was frozen within a transaction keeps its locks
#: until the server ends that, after 20
TAKE_OVER = 90.0
#: what the log says of a finish that changed nothing: the store refused it, or its connection had
#: been ended meanwhile
REFUSED = ("no longer ours to finish", "is not recorded")
#: seconds for the log to say so
TOLD = 15.0
#: rounds between two restarts of the database server
RESTART_EVERY = 20
#: the exit code of a worker that starts while the server is away
NO_DATABASE = 2
#: one more sends than polls or answers
WORKERS = ("all", "all", "send")


async def kill(world: Arena, rounds: int) -> dict[str, Any]:
    """Kill the only process while it sends, again and again (K1)."""
    for _ in range(rounds):
        process = await _sending(world)
        await process.kill()
        world.kills += 1
        world.hits += bool(await world.tries())
    world.start()
    await world.settle()
    at_risk = world.kills * world.setting.slots
    allowed = "unknown" if world.setting.at_most_once else "repeats"
    return await world.end(hits_wanted=rounds // 2, **{allowed: at_risk})


async def kill_workers(world: Arena, rounds: int) -> dict[str, Any]:
    """Kill one to all of three workers at once; now and then restart the database, too (K2).

    They are frozen first, so that what they hold can be seen.
    """
    workers = [world.start(role) for role in WORKERS]
    restarts = 0
    for number in range(rounds):
        await world.some_sent()
        victims = world.random.sample(workers, world.random.randint(1, len(workers)))
        for victim in victims:
            victim.signal(signal.SIGSTOP)
        held = (await world.tries()).items()
        await asyncio.gather(*(victim.kill() for victim in victims))
        world.kills += len(victims)
        await asyncio.sleep(ANSWERED)
        world.hits += bool(held & (await world.tries()).items())
        if number % RESTART_EVERY == 0:
            assert isinstance(world.database, Postgresql)
            await world.database.restart()
            restarts += 1
        for place, worker in enumerate(workers):
            if not worker.runs:
                workers[place] = world.start(WORKERS[place])
    await world.settle()
    at_risk = (world.kills + restarts * len(workers)) * world.setting.slots
    return await world.end(exits={*EXITS, NO_DATABASE}, repeats=at_risk, hits_wanted=rounds // 2)


async def stop(world: Arena, rounds: int) -> dict[str, Any]:
    """Stop the process well while it sends; nothing may come twice (K4)."""
    for _ in range(rounds):
        process = await _sending(world)
        process.signal(signal.SIGTERM)
        world.kills += 1
        world.hits += bool(await world.tries())
        await world.stop(process)
    world.start()
    await world.settle()
    return await world.end(hits_wanted=rounds // 2)


async def freeze(world: Arena, rounds: int) -> dict[str, Any]:
    """Freeze the only process until its leases have lapsed, and let it go on (K5).

    Up to all slots may come again, whatever the database says is on the wire: a claim that was
    frozen before its commit has lapsed when it is committed.
    """
    process = world.start()
    for _ in range(rounds):
        await world.some_sent()
        process.signal(signal.SIGSTOP)
        await asyncio.sleep(1.2 * world.setting.lease)
        world.kills += 1
        world.hits += bool(await world.tries())
        process.signal(signal.SIGCONT)
    await world.settle()
    at_risk = world.kills * world.setting.slots
    return await world.end(repeats=at_risk, hits_wanted=rounds // 2)


async def freeze_worker(world: Arena, rounds: int) -> dict[str, Any]:
    """Freeze one of two workers until the other took over, and let it finish too late (K5)."""
    workers = [world.start(), world.start()]
    frozen = late = refused = 0
    for _ in range(rounds):
        await world.some_sent()
        sleeper, other = world.random.sample(workers, 2)
        for worker in (sleeper, other):
            worker.signal(signal.SIGSTOP)
        held = await world.tries()
        before = world.logged(*REFUSED)
        other.signal(signal.SIGCONT)
        taken_over = await _taken_over(world, held)
        sleeper.signal(signal.SIGCONT)
        world.kills += 1
        world.hits += bool(taken_over)
        frozen += len(held)
        late += taken_over
        refused += await _refusals(world, before, taken_over)
    await world.settle()
    return await world.end(
        repeats=frozen, hits_wanted=rounds // 4, late_finishes=late, late_refused=refused
    )


async def _sending(world: Arena) -> Process:
    """Start a process and return it at a moment at which it is about to send, or sends."""
    process = world.start()
    await world.some_sent()
    return process


async def _taken_over(world: Arena, held: Mapping[int, int]) -> int:
    """Wait until nothing is held any more; return how much of it was taken from its holder."""
    end = time.monotonic() + TAKE_OVER
    while held.items() & (await world.tries()).items():
        if time.monotonic() > end:
            world.mishaps.append("nobody took over from a frozen worker")
            break
        await asyncio.sleep(0.1)
    rows = [row for row in await world.database.query(ROWS) if row["id"] in held]
    return sum(row["state"] == "pending" or row["attempt"] > held[row["id"]] for row in rows)


async def _refusals(world: Arena, before: int, wanted: int) -> int:
    """Return how many finishes were refused since `before`, once it is as many as wanted."""
    end = time.monotonic() + TOLD
    while (refused := world.logged(*REFUSED) - before) < wanted:
        if time.monotonic() > end:
            break
        await asyncio.sleep(0.05)
    return min(refused, wanted)
