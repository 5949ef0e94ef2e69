"""What is remembered of feeds from poll to poll, and what admins are to be told of them."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.BigInteger
#: what the config says unless told otherwise, in milliseconds; the next start knows better
MIN_INTERVAL = 120_000


def upgrade() -> None:
    """Give feeds their new columns, filled in for those that are there; add the notices."""
    with op.batch_alter_table("feeds") as feeds:
        feeds.add_column(sa.Column("address", sa.String))
        feeds.add_column(sa.Column("host", sa.String))
        feeds.add_column(sa.Column("min_interval", sa.BigInteger))
        feeds.add_column(sa.Column("asked_at", INSTANT))
        feeds.add_column(sa.Column("why", sa.String))
        feeds.add_column(sa.Column("stopped", sa.String))
        feeds.add_column(sa.Column("memory", sa.Text))
    _fill_in(op.get_bind())
    with op.batch_alter_table("feeds") as feeds:
        feeds.alter_column("address", nullable=False)
        feeds.alter_column("host", nullable=False)
        feeds.alter_column("min_interval", nullable=False)
        feeds.alter_column("why", nullable=False)
        feeds.drop_column("gone")
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("feed_id", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_notices_feed_id"),
    )


def _fill_in(connection: sa.Connection) -> None:
    text, flag = sa.String, sa.Boolean
    feeds = sa.table(
        "feeds",
        *(sa.column(name, text) for name in ("id", "url", "address", "host", "why", "stopped")),
        sa.column("min_interval", sa.BigInteger),
        sa.column("gone", flag),
    )
    for row in connection.execute(sa.select(feeds.c.id, feeds.c.url, feeds.c.gone)).all():
        values = {
            "address": row.url,
            "host": urlsplit(row.url).hostname or "",
            "min_interval": MIN_INTERVAL,
            "why": "interval",
            "stopped": "gone" if row.gone else None,
        }
        connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(values))
