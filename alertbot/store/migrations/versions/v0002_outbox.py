"""How each topic is delivered, whose turn it is, and messages that are written once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.BigInteger
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Give what is there the default: at least once, not urgent, no end, its turn now."""
    for table in ("alert_topics", "deliveries"):
        op.add_column(table, _flag("urgent"))
        op.add_column(table, _flag("at_most_once"))
        op.add_column(table, sa.Column("expires_at", INSTANT))
    op.add_column(
        "deliveries", sa.Column("turn_at", INSTANT, nullable=False, server_default=sa.text("0"))
    )
    _index("ix_deliveries_turn", "urgent", "turn_at", "id")
    _index("ix_deliveries_queue", "chat_id", "urgent", "id")
    _index("ix_deliveries_expiry", "state", "expires_at")
    op.create_table(
        "messages",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("topics", sa.String, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("buttons", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "topics", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_messages_alert_id", ondelete="CASCADE"
        ),
    )


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _index(name: str, *columns: str) -> None:
    op.create_index(
        name, "deliveries", list(columns), sqlite_where=PENDING, postgresql_where=PENDING
    )
