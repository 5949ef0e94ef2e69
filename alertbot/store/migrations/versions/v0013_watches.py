"""Watches: rules that chats write for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.BigInteger
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Build both tables, empty."""
    op.create_table(
        "watches",
        sa.Column("number", ID, nullable=False, autoincrement=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("saved", sa.Boolean, nullable=False),
        sa.Column("mistake", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_watches"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_watches_chat_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_watches_chat_id", "watches", ["chat_id"])
    op.create_table(
        "watch_changes",
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_watch_changes"),
    )
