"""How long a search takes: 100,000 archived briefs, rare words, common ones, phrases, beginnings.

    python bench/find.py [--briefs 100000] [--url sqlite:///find.db] [--json PATH]

Texts are those of bench/backtest.py, each with a few words of bench/corpus.py, so that there are
rare ones; "oldstory" stands in the oldest twentieth alone, which is what an archive is for and what
a search from the newest on would be slow at. Measured is `store.archive.find`, with the loading of
the five briefs to show. The baseline, in the same database, is what one would write without an
index: LIKE over the same words, newest first, five rows. Without --url a SQLite file is made; a
PostgreSQL database has to be empty.
"""

import argparse
import asyncio
import json
import platform
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from backtest import END, FEED, entries
from corpus import Corpus
from sqlalchemy import insert, text

from alertbot.briefs import make_brief
from alertbot.classifier.search import read_search, searchable
from alertbot.model import Brief, Feed
from alertbot.store import Store, open_store
from alertbot.store.alerts import BRIEF
from alertbot.store.tables import brief_words, briefs

SEED = 7
TARGET_MS = 50
DIFFERENT = 2_000
BATCH = 1_000
ROUNDS = 20
#: what is typed, and what the baseline looks for
SEARCHES = {
    "a common word": ("iran", "% iran %"),
    "a rare word": ("uncommon", "% uncommon %"),
    "a word of long ago": ("oldstory", "% oldstory %"),
    "three common words": ("iran missile drone", "% iran %"),
    "common and long ago": ("iran oldstory", "% oldstory %"),
    "a phrase": ('"air base"', "% air base %"),
    "a rare phrase": ('"of the with"', "% of the with %"),
    "a beginning": ("missil*", "% missil%"),
    "a short beginning": ("com*", "% com%"),
    "nothing": ("zzzunknown", "% zzzunknown %"),
}


def different() -> list[tuple[Brief, str]]:
    """Return briefs with the words of each."""
    return [(brief, searchable(brief)) for brief in map(make_brief, entries(DIFFERENT))]


def texts(made: list[tuple[Brief, str]], count: int) -> Iterator[tuple[Brief, str]]:
    """Yield so many of the briefs, again and again, each time with rare words more."""
    chance = random.Random(SEED)
    rare = Corpus(SEED).words[3000:]
    for number in range(count):
        brief, words = made[number % DIFFERENT]
        more = chance.choices(rare, k=8)
        more += ["oldstory"] * (number < count // 20) + ["uncommon"] * (number % 97 == 0)
        yield brief, f"{words} {' '.join(more)}"


async def fill(store: Store, made: list[tuple[Brief, str]], count: int) -> None:
    feed = Feed(
        id=FEED, name="", url="https://a.example/", interval=timedelta(1), min_interval=timedelta(1)
    )
    await store.feeds.register_feeds([feed], END)
    all_of_them = enumerate(texts(made, count), 1)
    while batch := list(islice(all_of_them, BATCH)):
        rows = [
            {
                "id": number,
                "feed_id": FEED,
                "key": str(number),
                "seen_at": END,
                "document": BRIEF.dump_json(brief).decode(),
                "revisions": 0,
                "told": True,
            }
            for number, (brief, _) in batch
        ]
        words = [{"brief_id": number, "words": words} for number, (_, words) in batch]
        async with store.database.writing() as connection:
            await connection.execute(insert(briefs), rows)
            await connection.execute(insert(brief_words), words)
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")


async def milliseconds(
    work: Callable[[], Awaitable[object]], rounds: int
) -> list[tuple[float, float]]:
    """Return the time on the wall and that of this process, which of SQLite is all there is."""
    spent = []
    for _ in range(rounds):
        begun, worked = time.perf_counter(), time.process_time()
        await work()
        passed, done = time.perf_counter() - begun, time.process_time() - worked
        spent.append((passed * 1000, done * 1000))
    return spent


async def measure(url: str, made: list[tuple[Brief, str]], count: int) -> dict[str, object]:
    store = await open_store(url)
    await fill(store, made, count)
    like = text(
        "SELECT brief_id FROM brief_words WHERE ' ' || words || ' ' LIKE :like"
        " ORDER BY brief_id DESC LIMIT 5"
    )
    rows = {}
    for name, (typed, pattern) in SEARCHES.items():
        search = read_search(typed)

        async def find(search=search):  # type: ignore[no-untyped-def]
            return await store.archive.find(search, [], limit=5)

        async def scan(pattern=pattern):  # type: ignore[no-untyped-def]
            async with store.database.reading() as connection:
                return (await connection.execute(like, {"like": pattern})).all()

        found = await find()
        spent = await milliseconds(find, ROUNDS)
        walls, ours = zip(*spent, strict=True)
        baseline = min(wall for wall, _ in await milliseconds(scan, 2))
        rows[name] = {
            "typed": typed,
            "found": len(found.briefs),
            "median_ms": statistics.median(walls),
            "worst_ms": max(walls),
            "cpu_ms": statistics.median(ours),
            "like_ms": baseline,
            "to_baseline": statistics.median(walls) / baseline,
        }
    await store.close()
    return {
        "briefs": count,
        "database": url.partition(":")[0],
        "target_ms": TARGET_MS,
        "searches": rows,
        "python": platform.python_version(),
    }


def show(result: dict[str, object]) -> None:
    print(f"{result['briefs']:,} briefs, {result['database']}, target {result['target_ms']} ms\n")
    print(
        f"{'search':<22}{'typed':<22}{'median ms':>10}{'worst':>8}{'CPU ms':>8}"
        f"{'LIKE ms':>10}{'ratio':>9}"
    )
    for name, row in result["searches"].items():
        print(
            f"{name:<22}{row['typed']:<22}{row['median_ms']:>10.1f}{row['worst_ms']:>8.1f}{row['cpu_ms']:>8.1f}"
            f"{row['like_ms']:>10.1f}{row['to_baseline']:>9.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--briefs", type=int, default=100_000)
    parser.add_argument("--url", help="of an empty database; a SQLite file is made without it")
    parser.add_argument("--json", type=Path, help="write the result to this file as well")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="alertbot-bench-") as folder:
        url = arguments.url or f"sqlite:///{folder}/find.db"
        result = asyncio.run(measure(url, different(), arguments.briefs))
    show(result)

    print(json.dumps(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
