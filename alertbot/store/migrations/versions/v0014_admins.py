"""What admins do: their acts, what they pause, what they tell all chats."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.BigInteger


def upgrade() -> None:
    """Build the tables, empty, and let a delivery be of a broadcast instead of an alert."""
    op.create_table(
        "acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_acts"),
    )
    op.create_index("ix_acts_at", "acts", ["at"])
    op.create_table(
        "pauses",
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_pauses"),
    )
    op.create_table(
        "broadcasts",
        sa.Column("id", ID, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("reached", ID),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    _index("ix_broadcasts_under_way", "broadcasts", ["id"], "stage = 'under way'")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("alert_id", existing_type=ID, nullable=True)
        deliveries.add_column(sa.Column("broadcast_id", ID))
        deliveries.create_foreign_key(
            "fk_deliveries_broadcast_id", "broadcasts", ["broadcast_id"], ["id"]
        )
        deliveries.create_unique_constraint(
            "uq_deliveries_broadcast_id_chat_id_thread", ["broadcast_id", "chat_id", "thread"]
        )


def _index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
