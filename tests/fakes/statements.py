"""Statements compiled once in a process of tests, rather than by each test for its own engine.

SQLAlchemy keeps what it compiled by statement and dialect object. Each engine has a dialect of its
own, and those of one class compile alike here: all talk to the same server, or the same SQLite.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Connection, Engine


def compile_statements_once() -> None:
    """Let all engines of this process use what one of them compiled."""
    compiled: dict[Any, Any] = {}
    for dialect in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
