"""What attempts and questions come to, so that pages need not read every answer again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables; they are filled when somebody looks."""
    op.create_table(
        "attempt_sum",
        sa.Column("attempt_id", sa.String(32), sa.ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("first", sa.String(40)),
        sa.Column("best", sa.String(40)),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "question_sum",
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rules", sa.String(20), primary_key=True),
        sa.Column("question_id", sa.String(200), primary_key=True),
        sa.Column("looked_mark", sa.String(40), nullable=False),
        sa.Column("looked_at", sa.DateTime, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("first_mark", sa.String(40)),
        sa.Column("first_at", sa.DateTime),
        sa.Column("last_mark", sa.String(40)),
        sa.Column("last_at", sa.DateTime),
        sa.Column("last_right_at", sa.DateTime),
        sa.Column("certain", sa.JSON, nullable=False),
        sa.Column("fooled_in", sa.String(32)),
        sa.Column("fooled_number", sa.Integer),
        sa.Column("fooled_at", sa.DateTime),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("question_sum")
    op.drop_table("attempt_sum")
