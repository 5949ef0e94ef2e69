"""In which language a chat is told, and messages for each language."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Leave every chat with English, in which all messages so far were written."""
    op.add_column("chats", sa.Column("language", sa.String))
    op.add_column("chats", sa.Column("spoken", sa.String))
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("language", sa.String, nullable=False, server_default="en"))
        messages.drop_constraint("pk_messages", type_="primary")
        messages.create_primary_key("pk_messages", ["alert_id", "topics", "language"])
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("language", server_default=None)
