"""Questions to be asked again, up to which answer they are worked out, and the date of a learner's exam."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add table and columns; cards of earlier answers are made when somebody looks at what is due."""
    op.add_column("learner", sa.Column("reviewed_event", sa.Integer, nullable=False, server_default="0"))
    op.add_column("learner", sa.Column("exam_on", sa.Date))
    op.create_table(
        "memory",
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("question_id", sa.String(200), primary_key=True),
        sa.Column("stability", sa.Float, nullable=False),
        sa.Column("difficulty", sa.Float, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("last", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("memory")
    op.drop_column("learner", "exam_on")
    op.drop_column("learner", "reviewed_event")
