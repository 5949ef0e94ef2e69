"""What hubs were asked to push (WebSub)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.BigInteger


def upgrade() -> None:
    """Add the table of orders."""
    op.create_table(
        "orders",
        sa.Column("callback_key", sa.String, nullable=False),
        sa.Column("feed_id", sa.String, nullable=False),
        sa.Column("feed_url", sa.String, nullable=False),
        sa.Column("base", sa.String, nullable=False),
        sa.Column("hub", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("secret", sa.String, nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("ask_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("ahead", sa.Integer, nullable=False),
        sa.Column("pushes", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("pushed_at", INSTANT),
        sa.Column("error", sa.String),
        sa.PrimaryKeyConstraint("callback_key", name="pk_orders"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_orders_feed_id"),
    )
    wanted = sa.text("wanted")
    for name, column in (("ix_orders_wanted", "feed_id"), ("ix_orders_topic", "topic")):
        op.create_index(
            name, "orders", [column], unique=True, sqlite_where=wanted, postgresql_where=wanted
        )
