"""Scenarios in which what alertbot talks to goes wrong: the Bot API, feeds, the database."""

import asyncio
from typing import Any

from chaos.arena import Arena
from chaos.parts import ledger_server, publisher
from chaos.parts.databases import Postgresql, SmallDisk, Sqlite

#: of the requests to send, as shares
API_FAULTS = ledger_server.Faults(
    throttle_group=0.10,
    throttle_all=0.01,
    server_error=0.05,
    lost_answer=0.02,
    reset=0.01,
    outage=0.02,
)
FEED_FAULTS = publisher.Faults(
    server_error=0.1,
    slow=0.1,
    cut_off=0.1,
    shortened=0.1,
    shuffled=0.1,
    redated=0.1,
    new_id=0.1,
)
#: one outage in so many is a long one
LONG_EVERY = 10
LONG_OUTAGE = 30.0


async def api(world: Arena, rounds: int) -> dict[str, Any]:
    """Send through a Bot API that refuses, stalls and forgets (K6)."""
    await world.api_faults(API_FAULTS)
    world.start()
    for _ in range(rounds):
        await world.some_sent()
    await world.settle()
    counted = await world.counted()
    world.kills = sum(counted["faulty"].values())
    world.hits = world.kills
    return await world.end(repeats=counted["unanswered"], hits_wanted=rounds)


async def feeds(world: Arena, rounds: int) -> dict[str, Any]:
    """Kill the process between reading feeds and saving them, with feeds that go wrong (K7)."""
    for _ in range(rounds):
        await world.feed_faults(FEED_FAULTS)
        process = world.start()
        for _ in range(world.setting.feeds // 2):
            await world.publish()
        await world.a_feed_asked()
        await asyncio.sleep(world.random.uniform(0.0, 0.3))
        world.kills += 1
        await process.kill()
        world.hits += await world.read_but_not_stored()
    await world.feed_faults(publisher.Faults())
    world.start()
    await world.settle()
    return await world.end(
        repeats=rounds * world.setting.slots, ordered=False, hits_wanted=rounds // 2
    )


async def full(world: Arena, rounds: int) -> dict[str, Any]:
    """Fill the disk under the database while messages are sent (K8)."""
    assert isinstance(world.database, SmallDisk)
    process = world.start()
    for _ in range(rounds):
        await world.some_sent()
        before = world.logged("disk is full")
        await asyncio.to_thread(world.database.fill)
        world.kills += 1
        await world.publish()
        await asyncio.sleep(world.random.uniform(1.0, 3.0))
        world.hits += world.logged("disk is full") > before
        world.database.make_room()
        if not process.runs:
            world.mishaps.append("a full disk ended the process")
            process = world.start()
    await world.settle()
    return await world.end(hits_wanted=rounds // 2)


async def locked(world: Arena, rounds: int) -> dict[str, Any]:
    """Have another process keep the file to itself while messages are sent (K8)."""
    assert isinstance(world.database, Sqlite)
    world.start()
    for number in range(1, rounds + 1):
        await world.some_sent()
        seconds = 15.0 if number % LONG_EVERY == 0 else world.random.uniform(0.5, 2.0)
        await world.database.hold(seconds)
        world.kills += 1
        world.hits += 1
    await world.settle()
    return await world.end()


async def gone(world: Arena, rounds: int) -> dict[str, Any]:
    """Have the database server go away, now and then for half a minute (K8)."""
    assert isinstance(world.database, Postgresql)
    world.start()
    for number in range(1, rounds + 1):
        await world.some_sent()
        on_the_wire = await world.tries()
        long = number % LONG_EVERY == 0
        await world.database.restart(gone=LONG_OUTAGE if long else world.random.uniform(0.0, 2.0))
        world.kills += 1
        world.hits += bool(on_the_wire)
    await world.settle()
    return await world.end(hits_wanted=rounds // 2)
