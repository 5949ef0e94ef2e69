"""Who looks after which channel."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Build the table, empty."""
    op.create_table(
        "desks",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "number", name="pk_desks"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_desks_chat_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["chats.id"], name="fk_desks_channel_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("chat_id", "channel_id", name="uq_desks_chat_id_channel_id"),
    )
    op.create_index("ix_desks_channel_id", "desks", ["channel_id"])
