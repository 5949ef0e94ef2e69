"""How long the conversation takes beside 100,000 chats with five topics each.

    python bench/talk.py [--chats 100000] [--briefs 100000] [--url ...] [--json PATH]

Measured is our own time for an answer, from what was typed or tapped to the messages to send:
`Commands` over the real store, with random chats. Nothing is sent. "Our own" is the time of this
process (all of SQLite's is in it); the time on the wall beside it has PostgreSQL's, too. The
baseline, in the same run: the same words to the same program beside 100 chats and 100 briefs, so
that the ratio says what the size costs. Without --url a SQLite file is made, and a PostgreSQL
server for the length of the run; a database given has to be empty.
"""

import argparse
import asyncio
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from find import different, fill
from sqlalchemy import insert

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from alertbot.app.service.edits.snapshot import InForce, take_snapshot  # noqa: E402
from alertbot.app.service.office import AdminOffice  # noqa: E402
from alertbot.chat import ChatKind, Commands, Desk, Speaker, open_commands  # noqa: E402
from alertbot.config import load_config  # noqa: E402
from alertbot.model import Brief, ChatId  # noqa: E402
from alertbot.store import Store, open_store  # noqa: E402
from alertbot.store.tables import chats, subscriptions  # noqa: E402
from alertbot.words import ENGLISH  # noqa: E402
from fakes.postgres import postgres_server  # noqa: E402

SEED = 7
TARGET_MS = 50
TOPICS_EACH = 5
SMALL = 100
ROUNDS = 100
BATCH = 5_000
FIRST = 1_000_000
NOW = datetime(2024, 1, 23, 12, tzinfo=UTC)
#: typed, or callback data; what is toggled is toggled back by the next
DOINGS = {
    "/mytopics": ("/mytopics", ""),
    "/topics": ("/topics", ""),
    "follow by a tap": ("", "s:houthis:1"),
    "leave by a tap": ("", "u:houthis:1"),
    "/digest": ("/digest", ""),
    "digest by a tap": ("", "d:d:"),
    "/mute": ("/mute", ""),
    "/latest": ("/latest", ""),
    "/find, common": ("/find iran", ""),
    "/find, rare": ("/find uncommon", ""),
    "/find, three": ("/find iran missile drone", ""),
    "/find, phrase": ('/find "air base"', ""),
    "/find, beginning": ("/find missil*", ""),
    "typed word": ("missile", ""),
    "/mydata": ("/mydata", ""),
}


class FixedClock:
    def now(self) -> datetime:
        return NOW


async def people(store: Store, topics: list[str], count: int) -> None:
    """Put the chats into the store, each with some of the topics."""
    chance = random.Random(SEED)
    for start in range(0, count, BATCH):
        ids = range(FIRST + start, FIRST + min(start + BATCH, count))
        of_chats = [{"id": chat, "opened_at": NOW, "next_send_at": NOW} for chat in ids]
        of_topics = [
            {"chat_id": chat, "topic_id": topic, "since": NOW}
            for chat in ids
            for topic in chance.sample(topics, TOPICS_EACH)
        ]
        async with store.database.writing() as connection:
            await connection.execute(insert(chats), of_chats)
            await connection.execute(insert(subscriptions), of_topics)
    async with store.database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")


async def answer(commands: Commands, chat: int, typed: str, data: str) -> None:
    speaker = Speaker(chat=ChatId(chat), kind=ChatKind.PRIVATE, words=ENGLISH, user=chat)
    await (commands.answer(speaker, typed) if typed else commands.press(speaker, data))


async def measure(
    url: str, made: list[tuple[Brief, str]], count: int, briefs: int
) -> dict[str, tuple[float, float, float]]:
    """Return for each doing the median and the worst time on the wall, and the median of ours."""
    in_force = InForce(take_snapshot(load_config(ROOT / "config.example.toml", {})))
    store = await open_store(url)
    await fill(store, made, briefs)
    await people(store, [topic.id for topic in in_force.offer().topics], count)
    desk = Desk(
        book=store.chats,
        archive=store.archive,
        watches=store.watches,
        offer=in_force.offer,
        clock=FixedClock(),
    )
    office = AdminOffice(store=store, in_force=in_force, clock=FixedClock())
    commands, chance = open_commands(desk, office), random.Random(SEED)
    spent = {}
    for name, (typed, data) in DOINGS.items():
        rounds = []
        for _ in range(ROUNDS):
            chat = FIRST + chance.randrange(count)
            begun, worked = time.perf_counter(), time.process_time()
            await answer(commands, chat, typed, data)
            passed, done = time.perf_counter() - begun, time.process_time() - worked
            rounds.append((passed * 1000, done * 1000))
        walls, ours = zip(*rounds, strict=True)
        spent[name] = (statistics.median(walls), max(walls), statistics.median(ours))
    await store.close()
    return spent


@contextmanager
def databases(given: str | None, folder: Path) -> Iterator[dict[str, tuple[str, str]]]:
    """Yield for each database the URL of a large one and of a small one."""
    if given:
        yield {given.partition(":")[0]: (given, f"sqlite:///{folder}/small.db")}
        return
    with postgres_server() as server:
        yield {
            "sqlite": (f"sqlite:///{folder}/large.db", f"sqlite:///{folder}/small.db"),
            "postgresql": (asyncio.run(server.empty()), asyncio.run(server.empty())),
        }


def show(database: str, rows: dict[str, dict[str, float]]) -> None:
    print(f"\n{database}, target {TARGET_MS} ms of our own")
    print(f"{'':<20}{'wall ms':>9}{'worst':>8}{'ours ms':>9}{'small ms':>10}{'ratio':>7}")
    for name, row in rows.items():
        print(
            f"{name:<20}{row['median_ms']:>9.1f}{row['worst_ms']:>8.1f}{row['cpu_ms']:>9.1f}"
            f"{row['small_ms']:>10.1f}{row['to_baseline']:>7.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=100_000)
    parser.add_argument("--briefs", type=int, default=100_000)
    parser.add_argument("--url", help="of an empty database, instead of both kinds")
    parser.add_argument("--json", type=Path, help="write the result to this file as well")
    arguments = parser.parse_args()
    made = different()
    result: dict[str, object] = {
        "chats": arguments.chats,
        "briefs": arguments.briefs,
        "target_ms": TARGET_MS,
        "python": platform.python_version(),
    }
    print(f"{arguments.chats:,} chats with {TOPICS_EACH} topics, {arguments.briefs:,} briefs")
    with (
        TemporaryDirectory(prefix="alertbot-bench-") as folder,
        databases(arguments.url, Path(folder)) as urls,
    ):
        for database, (large, small) in urls.items():
            baseline = asyncio.run(measure(small, made, SMALL, SMALL))
            spent = asyncio.run(measure(large, made, arguments.chats, arguments.briefs))
            rows = {
                name: {
                    "median_ms": wall,
                    "worst_ms": worst,
                    "cpu_ms": ours,
                    "small_ms": baseline[name][0],
                    "to_baseline": wall / baseline[name][0],
                }
                for name, (wall, worst, ours) in spent.items()
            }
            show(database, rows)
            result[database] = rows
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
