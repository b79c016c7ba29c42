"""What was forecast before a mock exam, from what, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "forecast",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("chance", sa.Float, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("inputs", sa.JSON, nullable=False),
        sa.Column("attempt_id", sa.String(32), sa.ForeignKey("attempt.id", ondelete="CASCADE")),
        sa.Column("passed", sa.Boolean),
    )
    op.create_index("ix_forecast_learner_id", "forecast", ["learner_id"])
    op.create_index("ix_forecast_attempt_id", "forecast", ["attempt_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("forecast")
