"""How many answers to a delivery were lost, apart from the tries that were refused for now."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Count those that are marked as maybe repeats as one."""
    lost_answers = sa.Column("lost_answers", sa.Integer, nullable=False, server_default="0")
    op.add_column("deliveries", lost_answers)
    op.execute("UPDATE deliveries SET lost_answers = 1 WHERE maybe_repeat")
