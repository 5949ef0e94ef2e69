"""What the rules of chats cost a poll: `python bench/watch.py [--watches N]`.

Three questions, each beside a named baseline of the same run, in CPU seconds: how much longer a
brief takes to be understood with N watches than without any; how long one more watch takes to be
known, beside compiling all of them; and what a poll's look for changes costs when there are none.
The topics of the config are 100 rules of the same sort.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus import Corpus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = 200
TOPICS = 100
SAVES = 200


def _entries(corpus: Corpus) -> list:
    from alertbot.model import Entry, FeedId

    found = []
    for number in range(DOCUMENTS):
        title, *paragraphs = corpus.document()
        found.append(
            Entry(
                feed=FeedId("bench"),
                key=str(number),
                title=title,
                link=None,
                published=NOW,
                content="\n\n".join(paragraphs),
                is_html=False,
            )
        )
    return found


def _config(folder: Path, rules: list[str]) -> Path:
    topics = [
        f"[[topics]]\nid = 't{at}'\nname = 'T{at}'\nrule = '{rule}'\n"
        for at, rule in enumerate(rules)
    ]
    path = folder / "config.toml"
    path.write_text("\n".join(topics))
    return path


async def _put(store, rules: list[str]) -> None:
    """Store the watches at once; ten for each chat."""
    from sqlalchemy import insert

    from alertbot.store.tables import chats, watch_changes, watches

    async with store.database.writing() as connection:
        ids = range(1, len(rules) // 10 + 2)
        rows = [{"id": id_, "opened_at": NOW, "next_send_at": NOW} for id_ in ids]
        await connection.execute(insert(chats), rows)
        saved = [
            {"number": at + 1, "chat_id": at // 10 + 1, "rule": rule, "since": NOW, "saved": True}
            for at, rule in enumerate(rules)
        ]
        await connection.execute(insert(watches), saved)
        await connection.execute(insert(watch_changes).values(scope="all", number=len(rules)))


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    begin = time.process_time()
    await work()
    return time.process_time() - begin


def _understanding(in_force, states: list, entries: list) -> list[float]:
    """Return the milliseconds of CPU that a brief takes in each state, the best of five rounds.

    The states take turns, so that a busy neighbour slows all of them.
    """
    rounds = [[_round(in_force, state, entries) for state in states] for _ in range(5)]
    return [min(costs) / len(entries) * 1000 for costs in zip(*rounds, strict=True)]


def _round(in_force, watches, entries: list) -> float:
    in_force.watches = watches
    begin = time.process_time()
    for entry in entries:
        in_force.understand(entry)
    return time.process_time() - begin


async def measure(count: int, folder: Path) -> None:
    """Measure and print."""
    from alertbot.app.service.edits.snapshot import InForce, take_snapshot
    from alertbot.app.service.watches import Watches
    from alertbot.config import load_config
    from alertbot.model import ChatId
    from alertbot.store import open_store

    corpus = Corpus()
    entries = _entries(corpus)
    rules = corpus.rules(count + SAVES)
    config = replace(load_config(_config(folder, corpus.rules(TOPICS)), {}), token=None)
    in_force = InForce(take_snapshot(config))
    store = await open_store(f"sqlite:///{folder}/bench.db")
    await _put(store, rules[:count])
    watches = Watches(source=store.watches, in_force=in_force)

    everything = await _timed(watches.refresh)
    compiled = in_force.watches
    unchanged = statistics.median([await _timed(watches.refresh) for _ in range(50)])
    saves = []
    for rule in rules[count:]:
        number = await store.watches.propose(ChatId(1), rule, NOW)
        await store.watches.save(ChatId(1), number, NOW, limit=10**6)
        saves.append(await _timed(watches.refresh))
    await store.close()
    states = [None, compiled, in_force.watches]
    without, one_part, parts = _understanding(in_force, states, entries)

    print(f"{count:,} watches, {TOPICS} topics, {DOCUMENTS} briefs of 3,000 characters\n")
    print(f"{'a brief understood':<36} {'CPU ms':>9} {'of none':>9}")
    for name, cost in (
        ("without watches", without),
        ("with all, just compiled", one_part),
        (f"with all and {SAVES} saved since", parts),
    ):
        print(f"{name:<36} {cost:>9.2f} {cost / without:>9.2f}")
    print(f"\n{'a poll looks for changes':<36} {'CPU ms':>9} {'of all':>9}")
    for name, seconds in (
        ("all compiled, as at a start", everything),
        ("one saved, median", statistics.median(saves)),
        ("one saved, mean", statistics.mean(saves)),
        ("one saved, the slowest", max(saves)),
        ("none saved", unchanged),
    ):
        print(f"{name:<36} {seconds * 1000:>9.2f} {seconds / everything:>9.4f}")


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watches", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(arguments.watches, Path(folder)))


if __name__ == "__main__":
    main()
