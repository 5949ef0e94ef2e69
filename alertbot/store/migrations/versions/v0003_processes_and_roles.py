"""The processes of the service, and what only one of them at a time may do."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.BigInteger


def upgrade() -> None:
    """Build both tables, empty."""
    op.create_table(
        "roles",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token", sa.String),
        sa.Column("lease_until", INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_roles"),
    )
    op.create_table(
        "processes",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("host", sa.String, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("alive_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
