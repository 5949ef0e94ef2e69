"""`make chaos [ROUNDS=n]`: run the scenarios, print a JSON line for each, exit 1 if one broke.

docs/reliability.md says what the scenarios and the lines mean.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chaos import faults, kills
from chaos.arena import Arena, arena
from chaos.parts.databases import Database, Impossible, Postgresql, SmallDisk, Sqlite
from chaos.parts.launcher import understands
from chaos.parts.setting import FREE_RATE, Setting

#: what is asked of the product where it can: more than the free 30 a second, so that more is tried
RATE = 300
PAID = f"[telegram]\npaid_broadcast = {RATE}\n"
#: more than are sent to in a second, each being sent to once a second
MOST_CHATS = 200
AT_MOST_ONCE = 'delivery = "at_most_once"\n'
POSTGRESQL = '[store]\nurl = "postgresql://postgres@/postgres"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario, how often its round is run for each of `--rounds`, and what it needs."""

    play: Callable[[Arena, int], Awaitable[dict[str, Any]]]
    share: float = 1.0
    #: lines of the config that the product must know
    needs: Sequence[str] = ()
    setting: dict[str, Any] = field(default_factory=dict)
    #: whether four of five chats are groups, which a pause of one does not stop
    groups: bool = False
    database: Callable[[Path], Database] = Sqlite


def _postgresql(folder: Path) -> Database:
    return Postgresql(folder / "postgresql")


#: the longest first
SCENARIOS = {
    "api-faults": Scenario(play=faults.api, setting={"lease": 6.0, "slots": 16}, groups=True),
    "freeze-postgresql": Scenario(
        play=kills.freeze_worker,
        share=0.1,
        needs=[POSTGRESQL],
        setting={"lease": 6.0},
        database=_postgresql,
    ),
    "kill-postgresql": Scenario(
        play=kills.kill_workers,
        needs=[POSTGRESQL],
        # short, for each kill leaves chats waiting for the end of one
        setting={"lease": 5.0},
        database=_postgresql,
    ),
    "postgresql-gone": Scenario(
        play=faults.gone,
        share=0.1,
        needs=[POSTGRESQL],
        database=_postgresql,
    ),
    "kill": Scenario(play=kills.kill),
    "kill-at-most-once": Scenario(
        play=kills.kill, needs=[AT_MOST_ONCE], setting={"at_most_once": True}
    ),
    "stop": Scenario(play=kills.stop, share=0.5),
    "freeze": Scenario(play=kills.freeze, share=0.15, setting={"lease": 4.0}),
    "feed-faults": Scenario(
        play=faults.feeds, share=0.5, setting={"feeds": 20, "hosts": 10, "topics": 20}
    ),
    "disk-full": Scenario(play=faults.full, share=0.1, database=SmallDisk),
    "file-locked": Scenario(play=faults.locked, share=0.1),
}


async def play(
    name: str, *, rounds: int, seed: int, folder: Path, mutant: str | None = None
) -> dict[str, Any]:
    """Run a scenario in an empty folder and return its line."""
    scenario = SCENARIOS[name]
    if not all(understands(folder, need) for need in scenario.needs):
        return {"scenario": name, "skipped": "this alertbot has no such thing", "broken": []}
    rate = RATE if understands(folder, PAID) else FREE_RATE
    # a short round cannot afford many: all that is due at its end is sent to its end
    chats = min(30 + 10 * rounds, MOST_CHATS)
    setting = Setting(
        name=name,
        seed=seed,
        rate=rate,
        private_chats=chats // 4 if scenario.groups else chats,
        groups=chats if scenario.groups else 0,
        mutant=mutant,
        patience=20.0 if mutant else 180.0,
    )
    begun = time.monotonic()
    try:
        database = await asyncio.to_thread(scenario.database, folder)
    except Impossible as why:
        return {"scenario": name, "skipped": str(why), "broken": []}
    try:
        async with arena(replace(setting, **scenario.setting), folder, database) as world:
            line = await scenario.play(world, max(1, round(rounds * scenario.share)))
    finally:
        await database.close()
    return {**line, "seconds": round(time.monotonic() - begun, 1), "seed": seed}


async def play_all(asked: argparse.Namespace) -> int:
    """Run what is asked for, a few scenarios at once, and print each line as it comes."""
    turns = asyncio.Semaphore(asked.at_once)

    async def take_turn(name: str) -> bool:
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{name}-", dir=asked.keep))
        async with turns:
            line = await play(name, rounds=asked.rounds, seed=asked.seed, folder=folder)
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        if line["broken"]:
            sys.stderr.write(f"{name}: {'; '.join(line['broken'])}; see {folder}\n")
        elif not asked.keep:
            shutil.rmtree(folder)
        return bool(line["broken"])

    ends = await asyncio.gather(*map(take_turn, asked.only), return_exceptions=True)
    for error in ends:
        if isinstance(error, BaseException):
            traceback.print_exception(error)
    return int(any(ends))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 1 if a promise broke."""
    parser = argparse.ArgumentParser(
        prog="chaos",
        description="Kill, freeze and starve alertbot; print a JSON line for each scenario. "
        "Exits with 1 if a promise broke.",
    )
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="20 unless told")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=SCENARIOS,
        default=list(SCENARIOS),
        metavar="NAME",
        help=", ".join(SCENARIOS),
    )
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="as a line tells it"
    )
    parser.add_argument(
        "--at-once", type=int, default=3, metavar="N", help="scenarios at a time (3)"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave all that was read here")
    return asyncio.run(play_all(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
