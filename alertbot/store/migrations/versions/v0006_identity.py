"""What an entry is known by beside its key, its versions, and which briefs tell the same."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.BigInteger
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Give briefs their new columns; those of before are known by key until seen again."""
    with op.batch_alter_table("briefs") as briefs:
        briefs.add_column(sa.Column("link", sa.String))
        briefs.add_column(sa.Column("title", sa.String))
        briefs.add_column(sa.Column("text", sa.String))
        briefs.add_column(sa.Column("published", INSTANT))
        briefs.add_column(sa.Column("revisions", sa.Integer, nullable=False, server_default="0"))
        briefs.add_column(sa.Column("revised_at", INSTANT))
        briefs.add_column(sa.Column("same_as", ID))
        briefs.add_column(sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("briefs") as briefs:
        briefs.alter_column("revisions", server_default=None)
        briefs.alter_column("told", server_default=None)
    op.create_index("ix_briefs_link", "briefs", ["link"])
    op.create_index("ix_briefs_key", "briefs", ["key"])
    op.create_index("ix_briefs_feed_id_title", "briefs", ["feed_id", "title"])
    op.create_index("ix_briefs_feed_id_published", "briefs", ["feed_id", "published"])
    op.create_index("ix_briefs_same_as", "briefs", ["same_as"])
