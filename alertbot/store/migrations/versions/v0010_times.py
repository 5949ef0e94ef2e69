"""When chats want to be told, in which thread, and what is held until then."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.BigInteger


def upgrade() -> None:
    """Give what is there the default: told at once, in the chat itself, never quiet."""
    _chats_own()
    with op.batch_alter_table("subscriptions") as subscriptions:
        subscriptions.add_column(
            sa.Column("mode", sa.String, nullable=False, server_default="instant")
        )
        subscriptions.add_column(sa.Column("thread", ID, nullable=False, server_default="0"))
        subscriptions.add_column(sa.Column("muted_until", INSTANT))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("thread", ID, nullable=False, server_default="0"))
        deliveries.add_column(sa.Column("hold", sa.String))
        deliveries.add_column(sa.Column("released_at", INSTANT))
        deliveries.add_column(
            sa.Column("carrier", sa.Boolean, nullable=False, server_default=sa.false())
        )
        deliveries.add_column(sa.Column("carried_by", ID))
        deliveries.drop_constraint("uq_deliveries_alert_id_chat_id", type_="unique")
        deliveries.create_unique_constraint(
            "uq_deliveries_alert_id_chat_id_thread", ["alert_id", "chat_id", "thread"]
        )
    _index("held", "chat_id", "hold", "id")
    _index("carried", "state", "carried_by")


def _chats_own() -> None:
    op.create_table(
        "settings",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("quiet_start", sa.Integer),
        sa.Column("quiet_end", sa.Integer),
        sa.Column("quiet_but_urgent", sa.Boolean, nullable=False),
        sa.Column("quiet_from", INSTANT),
        sa.Column("quiet_until", INSTANT),
        sa.Column("digest_time", sa.Integer, nullable=False),
        sa.Column("digest_weekday", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_settings"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_settings_chat_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "schedules",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("hold", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "hold", name="pk_schedules"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_schedules_chat_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_schedules_at", "schedules", ["at"])


def _index(state: str, *columns: str) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(
        f"ix_deliveries_{state}",
        "deliveries",
        list(columns),
        sqlite_where=where,
        postgresql_where=where,
    )
