"""The words of each brief as rows, and the index of the database that finds briefs by them.

Both databases get the same folded words, and part them at blanks alone: SQLite has an FTS5 table,
PostgreSQL a tsvector with a GIN index, which triggers that the migration made keep up to date.
`alerts` and `retention` write, the archive asks.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Insert, TextClause, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.classifier.search import Search, Term, searchable
from alertbot.model import Brief
from alertbot.store.tables import ALL, brief_words, put_together_once, upsert

# The newest first and not the likeliest: the newest are what one reads, every word asked for stands
# in them, and to weigh a common word takes SQLite up to 300 ms among 100,000 briefs.
FTS5 = text(
    "SELECT rowid FROM brief_index WHERE brief_index MATCH :wanted AND rowid < :before"
    " ORDER BY rowid DESC LIMIT :limit"
)
# GIN has no order, so that it has to fetch all that has a common word (1 s), and to look through
# the newest for a rare one takes as long: hence first the one, for a little while, then the other.
NEWEST = text(
    "SELECT brief_id FROM ("
    "SELECT brief_id, vector FROM brief_words WHERE brief_id < :before"
    " ORDER BY brief_id DESC LIMIT 2000"
    ") AS newest WHERE vector @@ CAST(:wanted AS tsquery) ORDER BY brief_id DESC LIMIT :limit"
)
GIN = text(
    "WITH found AS MATERIALIZED ("
    "SELECT brief_id FROM brief_words WHERE vector @@ CAST(:wanted AS tsquery)"
    ") SELECT brief_id FROM found WHERE brief_id < :before ORDER BY brief_id DESC LIMIT :limit"
)


async def keep_words(connection: AsyncConnection, brief_row: int, brief: Brief) -> None:
    """Have a brief found by the words that it has now."""
    values = {"brief_id": brief_row, "words": searchable(brief)}
    await connection.execute(_keep(connection), values)


@put_together_once
def _keep(connection: AsyncConnection) -> Insert:
    added = upsert(connection, brief_words)
    changed = {"words": added.excluded.words}
    return added.on_conflict_do_update(index_elements=["brief_id"], set_=changed)


async def drop_words(connection: AsyncConnection, which: Collection[int]) -> None:
    """Have some briefs found no more."""
    await connection.execute(delete(brief_words).where(brief_words.c.brief_id.in_(which)))


async def find_rows(
    connection: AsyncConnection, search: Search, before: int | None, limit: int
) -> Sequence[int]:
    """Return the newest briefs with all the terms, newest first; before: only older rows."""
    if not search.terms:
        return ()
    postgresql = connection.dialect.name == "postgresql"
    wanted = {
        "wanted": (tsquery if postgresql else fts5)(search),
        "before": ALL if before is None else before,
        "limit": limit,
    }
    if not postgresql:
        return await _rows(connection, FTS5, wanted)
    found = await _rows(connection, NEWEST, wanted)
    return found if len(found) == limit else await _rows(connection, GIN, wanted)


async def _rows(
    connection: AsyncConnection, statement: TextClause, wanted: dict[str, object]
) -> Sequence[int]:
    return (await connection.execute(statement, wanted)).scalars().all()


def fts5(search: Search) -> str:
    """Write a search for FTS5 (sqlite.org/fts5.html#full_text_query_syntax).

    Folded words hold letters and digits alone, so that quotes keep them from being read otherwise.
    """
    return " AND ".join(f"({_fts5_term(term)})" for term in search.terms)


def tsquery(search: Search) -> str:
    """Write a search as a tsquery (postgresql.org/docs/current/datatype-textsearch.html)."""
    return " & ".join(f"({_tsquery_term(term)})" for term in search.terms)


def _fts5_term(term: Term) -> str:
    if len(term.words) == 1 and not term.beginning:
        return " OR ".join(f'"{word}"' for word in term.spellings())
    phrase = " ".join(term.words)
    return f'"{phrase}" *' if term.beginning else f'"{phrase}"'


def _tsquery_term(term: Term) -> str:
    if len(term.words) == 1 and not term.beginning:
        return " | ".join(f"'{word}'" for word in term.spellings())
    phrase = " <-> ".join(f"'{word}'" for word in term.words)
    return f"{phrase}:*" if term.beginning else phrase
