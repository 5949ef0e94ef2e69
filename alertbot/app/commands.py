"""One function per command that reports; each takes the parsed arguments, returns the exit code.

0 fine, 1 the thing looked at is not fine, 2 usage or config error.
"""

import asyncio
import json
import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from alertbot.app import FINE, NOT_FINE, UNUSABLE
from alertbot.app import backtest as backtesting
from alertbot.app import preview as previewing
from alertbot.app import status as reporting
from alertbot.app.backtest import Backtest
from alertbot.app.checking import broad_rules, newest_briefs, verdict
from alertbot.app.health import complaints
from alertbot.app.preview.pages import with_whole_texts
from alertbot.config import Config, check_config, load_config, read_store_address
from alertbot.errors import Problem, StoreError
from alertbot.feeds.source import load_source
from alertbot.model import Entry
from alertbot.ports import Ledger, Status
from alertbot.store import Store, copy_store, open_store_readonly
from alertbot.store import upgrade as upgrade_store

T = TypeVar("T")


def check(arguments: Namespace) -> int:
    """Print every mistake in the config; warnings alone are fine."""
    problems = check_config(arguments.config, os.environ)
    broken = any(not problem.warning for problem in problems)
    config = None if broken else _config(arguments)
    if config:
        problems += _of_broad_rules(config)
    if arguments.format == "jsonl":
        _print(json.dumps(asdict(problem), ensure_ascii=False) for problem in problems)
    else:
        _print(map(str, problems))
        _print([f"{arguments.config}: {verdict(config, problems)}"])
        _print(_of_pauses(config) if config else [])
    return FINE if config else UNUSABLE


def preview(arguments: Namespace) -> int:
    """Print what would be sent for each entry of a source."""
    config = _config(arguments)
    shown = previewing.as_json if arguments.format == "jsonl" else previewing.as_text
    preview = previewing.Preview(
        config, publisher_tags=not arguments.ignore_publisher_tags, asked=arguments.topic
    )
    found = _entries(arguments.source, config)
    entries = asyncio.run(with_whole_texts(found, arguments.source, config))
    _print(shown(one, preview.asked, verbose=arguments.verbose) for one in preview.show(entries))
    if preview.asked and arguments.format == "text":
        _print([f"{preview.asked} fires on {preview.fired} of {len(entries)}."])
    return FINE


def backtest(arguments: Namespace) -> int:
    """Print what the topics would have sent, and what an edit of them changes."""
    config = _config(arguments)
    against = load_config(arguments.against, os.environ) if arguments.against else None
    backtest = Backtest(config, against, arguments.topic)
    if arguments.feed:
        trials = backtest.try_entries(_entries(arguments.feed, config))
    else:
        since = datetime.now(UTC) - timedelta(days=arguments.days) if arguments.days else None
        trials = asyncio.run(_look(config, partial(backtest.try_archive, since=since)))
    report = backtest.report(trials)
    if arguments.format == "jsonl":
        _print(backtesting.as_json(report))
    else:
        _print([backtesting.as_text(report, _columns())])
    return FINE


def status(arguments: Namespace) -> int:
    """Print how all is doing; not fine when something needs a person."""
    now = datetime.now(UTC)
    config = _config(arguments)
    seen, ledger = asyncio.run(_look(config, partial(_status_and_ledger, now=now)))
    found = complaints(seen, ledger, now)
    offered = {topic.id for topic in config.topics}
    if arguments.format == "jsonl":
        _print([reporting.as_json(seen, ledger, found, offered)])
    else:
        _print([reporting.as_text(seen, ledger, found, now, offered)])
    return NOT_FINE if found else FINE


def db_upgrade(arguments: Namespace) -> int:
    """Apply the migrations."""
    asyncio.run(upgrade_store(*_config(arguments).store()))
    _print(["The database is up to date."])
    return FINE


def db_copy(arguments: Namespace) -> int:
    """Copy the database to another one, and say what came over."""
    config = _config(arguments)
    address, password = read_store_address(arguments.to)
    target = address, password.reveal() if password else None
    counts = asyncio.run(copy_store(config.store(), target))
    _print([f"Copied {config.store_url}", f"to {address}:"])
    _print(f"    {count:>9,}  {table}" for table, count in counts.items())
    _print(["Every row has arrived. Now name the new address under [store] in the config."])
    return FINE


def _config(arguments: Namespace) -> Config:
    return load_config(arguments.config, os.environ)


def _of_broad_rules(config: Config) -> tuple[Problem, ...]:
    """Return a warning for each rule that fires on most of the archive, if that can be read."""
    try:
        briefs = asyncio.run(_look(config, newest_briefs))
    except (StoreError, OSError):
        return ()
    return broad_rules(config, briefs)


def _of_pauses(config: Config) -> list[str]:
    """Return a line for each feed or topic that an admin has paused, if that can be read."""
    try:
        pauses = asyncio.run(_look(config, lambda store: store.acts.pauses()))
    except (StoreError, OSError):
        return []
    return [f"{pause} is paused by an admin; /resume in the chat ends that" for pause in pauses]


async def _status_and_ledger(store: Store, now: datetime) -> tuple[Status, Ledger]:
    return await store.status.status(), await store.status.ledger(now)


def _entries(source: str, config: Config) -> tuple[Entry, ...]:
    return asyncio.run(
        load_source(
            source,
            allow_private=config.allow_private,
            contact=config.contact,
        )
    )


async def _look(config: Config, at: Callable[[Store], Awaitable[T]]) -> T:
    """Look at the store, which the service may be using."""
    store = await open_store_readonly(*config.store())
    try:
        return await at(store)
    finally:
        await store.close()


def _columns() -> int | None:
    """Return the width of the terminal; None where the output is read by something else."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 (the command line's voice)
