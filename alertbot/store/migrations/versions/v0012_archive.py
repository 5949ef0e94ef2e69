"""The words that briefs are found by, and the index of each database that finds them."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from alertbot.classifier.search import searchable_text

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
BATCH = 200
UNSEARCHED = {"byline", "related"}

#: https://www.sqlite.org/fts5.html#external_content_tables; ascii parts at blanks alone, as all
#: that is no letter or digit is a blank by then
SQLITE = (
    """
    CREATE VIRTUAL TABLE brief_index
    USING fts5(words, content='brief_words', content_rowid='brief_id', tokenize='ascii')
    """,
    """
    CREATE TRIGGER brief_words_added AFTER INSERT ON brief_words BEGIN
        INSERT INTO brief_index(rowid, words) VALUES (new.brief_id, new.words);
    END
    """,
    """
    CREATE TRIGGER brief_words_dropped AFTER DELETE ON brief_words BEGIN
        INSERT INTO brief_index(brief_index, rowid, words)
        VALUES ('delete', old.brief_id, old.words);
    END
    """,
    """
    CREATE TRIGGER brief_words_changed AFTER UPDATE ON brief_words BEGIN
        INSERT INTO brief_index(brief_index, rowid, words)
        VALUES ('delete', old.brief_id, old.words);
        INSERT INTO brief_index(rowid, words) VALUES (new.brief_id, new.words);
    END
    """,
)

#: https://www.postgresql.org/docs/current/textsearch-features.html#TEXTSEARCH-UPDATE-TRIGGERS
POSTGRESQL = (
    "ALTER TABLE brief_words ADD COLUMN vector tsvector",
    """
    CREATE TRIGGER brief_words_kept BEFORE INSERT OR UPDATE ON brief_words FOR EACH ROW
    EXECUTE FUNCTION tsvector_update_trigger(vector, 'pg_catalog.simple', words)
    """,
    "CREATE INDEX brief_index ON brief_words USING gin (vector) WITH (fastupdate = off)",
)


def upgrade() -> None:
    """Make the table and its index, and put in what briefs there are."""
    op.create_table(
        "brief_words",
        sa.Column("brief_id", ID, sa.ForeignKey("briefs.id"), primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.execute(statement)
    insert = sa.text("INSERT INTO brief_words (brief_id, words) VALUES (:id, :words)")
    for batch in _briefs():
        op.get_bind().execute(insert, batch)


def _briefs() -> Iterator[list[dict[str, object]]]:
    kept = sa.text(
        "SELECT id, document FROM briefs WHERE document <> '' AND id > :after"
        " ORDER BY id LIMIT :batch"
    )
    after = 0
    while rows := op.get_bind().execute(kept, {"after": after, "batch": BATCH}).all():
        after = rows[-1].id
        yield [{"id": row.id, "words": _words(row.document)} for row in rows]


def _words(document: str) -> str:
    """Return what a brief is found by; nothing where it cannot be read."""
    try:
        brief = json.loads(document)
        wanted = (block for block in brief["blocks"] if block["zone"] not in UNSEARCHED)
        return searchable_text(brief["text"], [(block["start"], block["end"]) for block in wanted])
    except (ValueError, KeyError, TypeError):
        return ""
