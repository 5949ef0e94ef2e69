"""What all tables are made of: instants as numbers, ids, and the one catalogue of tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TypeVar, cast

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Table, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

#: more than there are rows, and than any row has for an id
ALL = 2**63 - 1

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")


def milliseconds(instant: datetime) -> int:
    """Return the stored form of an instant, rounded down; raises TypeError for a naive one."""
    return (instant - EPOCH) // MILLISECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored form of an instant."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of a stored number, in UTC."""
        return None if value is None else EPOCH + value * MILLISECOND


class FineInstant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored form of an instant."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of a stored number, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

#: SQLite numbers rows by itself only where the type is spelt INTEGER
Id = BigInteger().with_variant(Integer, "sqlite")


def put_together_once(
    make: Callable[[AsyncConnection], T],
) -> Callable[[AsyncConnection], T]:
    """Keep the statement that a function makes, for each kind of database; see `upsert`.

    For those that run often: to put a statement together costs more than to run it.
    """
    made: dict[str, T] = {}

    @wraps(make)
    def once(connection: AsyncConnection) -> T:
        kind = connection.dialect.name
        if kind not in made:
            made[kind] = make(connection)
        return made[kind]

    return once


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Begin an insert that may say what to do `on_conflict`, in the words of the database."""
    if connection.dialect.name == "postgresql":
        # the two classes say the same, each for its own database
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)
