"""How a database does what it is asked: its own plans, read for tables that it looks through."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from alertbot.store import Store


@contextmanager
def statements_of(store: Store) -> Iterator[dict[str, Any]]:
    """Note each statement that is executed, with its parameters (the first of many)."""
    noted: dict[str, Any] = {}

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        noted[statement] = values[0] if many else values

    engine = store.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield noted
    event.remove(engine, "before_cursor_execute", note)


async def looked_through(
    store: Store, statements: Mapping[str, Any], tables: Collection[str]
) -> list[str]:
    """Return those of the statements that read a whole table of these, for want of an index."""
    sqlite = not store.database.shared
    whole = re.compile(rf"(?:SCAN|Seq Scan on) (?:{'|'.join(tables)})\b(?! USING)")
    found = []
    async with store.database.writing() as connection:
        if not sqlite:
            # small tables are read through, whatever the indexes
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in statements.items():
            explain = f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}"
            rows = await connection.exec_driver_sql(explain, values)
            if whole.search("\n".join(str(row[-1]) for row in rows)):
                found.append(statement)
    return found
