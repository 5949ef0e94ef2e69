"""What may be deleted by age, and the counts that stay of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.BigInteger
KEPT = sa.text("document <> ''")
SENT = sa.text("sent_at IS NOT NULL")


def upgrade() -> None:
    """Add what `retention` and `status` look for, and the table of past deliveries."""
    op.add_column("chats", sa.Column("gone_since", INSTANT))
    op.create_index(
        "ix_briefs_kept", "briefs", ["seen_at"], sqlite_where=KEPT, postgresql_where=KEPT
    )
    op.create_index(
        "ix_deliveries_sent_at",
        "deliveries",
        ["sent_at"],
        sqlite_where=SENT,
        postgresql_where=SENT,
    )
    op.create_index(
        "ix_deliveries_repeated",
        "deliveries",
        ["state"],
        sqlite_where=sa.text("maybe_repeat = 1"),
        postgresql_where=sa.text("maybe_repeat"),
    )
    op.create_table(
        "past_deliveries",
        sa.Column("state", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("repeated", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_past_deliveries"),
    )
