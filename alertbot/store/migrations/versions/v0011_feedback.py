"""What people think of alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Build the table, empty."""
    op.create_table(
        "feedback",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("chat_id", ID),
        sa.Column("user_id", ID),
        sa.Column("topics", sa.String, nullable=False),
        sa.Column("thumb", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_feedback_alert_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name="fk_feedback_chat_id", ondelete="SET NULL"
        ),
        sa.UniqueConstraint(
            "alert_id", "chat_id", "user_id", name="uq_feedback_alert_id_chat_id_user_id"
        ),
    )
    op.create_index("ix_feedback_chat_id", "feedback", ["chat_id"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
