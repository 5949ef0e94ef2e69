"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.BigInteger


def upgrade() -> None:
    """Build the tables, those referred to first."""
    _feeds()
    _briefs_and_alerts()
    _chats_and_subscriptions()
    _deliveries()
    _single_rows()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("etag", sa.String),
        sa.Column("last_modified", sa.String),
        sa.Column("body_hash", sa.String),
        sa.Column("next_poll_at", INSTANT, nullable=False),
        sa.Column("token", sa.String),
        sa.Column("lease_until", INSTANT),
        sa.Column("first_read_at", INSTANT),
        sa.Column("last_ok_at", INSTANT),
        sa.Column("last_new_at", INSTANT),
        sa.Column("errors_in_row", sa.Integer, nullable=False),
        sa.Column("error", sa.String),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
    )


def _briefs_and_alerts() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_briefs"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_briefs_feed_id"),
        sa.UniqueConstraint("feed_id", "key", name="uq_briefs_feed_id_key"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("brief_id", ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_alerts_brief_id"),
        sa.UniqueConstraint("brief_id", name="uq_alerts_brief_id"),
    )
    op.create_table(
        "alert_topics",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("topic_id", sa.String, nullable=False),
        sa.Column("via", sa.String, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "position", name="pk_alert_topics"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_topics_alert_id"),
    )
    op.create_index("ix_alert_topics_topic_id_alert_id", "alert_topics", ["topic_id", "alert_id"])


def _chats_and_subscriptions() -> None:
    op.create_table(
        "chats",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("gone_reason", sa.String),
        sa.Column("next_send_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("topic_id", sa.String, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "topic_id", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_subscriptions_chat_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_subscriptions_topic_id_chat_id", "subscriptions", ["topic_id", "chat_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("topics", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("maybe_repeat", sa.Boolean, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("token", sa.String),
        sa.Column("lease_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("message_id", ID),
        sa.Column("reason", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_deliveries_alert_id"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_deliveries_chat_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("alert_id", "chat_id", name="uq_deliveries_alert_id_chat_id"),
    )
    op.create_index("ix_deliveries_state_id", "deliveries", ["state", "id"])
    op.create_index("ix_deliveries_chat_id_state_id", "deliveries", ["chat_id", "state", "id"])
    op.create_index(
        "ix_deliveries_one_sending",
        "deliveries",
        ["chat_id"],
        unique=True,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )


def _single_rows() -> None:
    op.create_table(
        "pace",
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("next_at", INSTANT),
        sa.Column("paused_until", INSTANT),
        sa.PrimaryKeyConstraint("scope", name="pk_pace"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("alive_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_heartbeat"),
    )
