"""Learners, lessons read, attempts and what happened in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "learner",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "lesson_read",
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("slug", sa.String(200), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "revision",
        sa.Column("question_id", sa.String(200), primary_key=True),
        sa.Column("revision", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("rules", sa.String(20), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("start", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("learner_id", "start", name="one_attempt_a_start"),
    )
    op.create_index("ix_attempt_learner_id", "attempt", ["learner_id"])
    op.create_table(
        "attempt_item",
        sa.Column("attempt_id", sa.String(32), sa.ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("question_id", sa.String(200), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("attempt_id", sa.String(32), sa.ForeignKey("attempt.id", ondelete="CASCADE"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("question_id", sa.String(200), nullable=False),
        sa.Column("look", sa.Integer, nullable=False),
        sa.Column("response", sa.JSON, nullable=False),
        sa.Column("mark", sa.String(40)),
        sa.Column("certainty", sa.String(10)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("attempt_id", "sequence", name="one_event_a_sequence"),
    )
    check = sa.text("act = 'check'")
    op.create_index(
        "one_check_a_look",
        "event",
        ["attempt_id", "question_id", "look"],
        unique=True,
        sqlite_where=check,
        postgresql_where=check,
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("event", "attempt_item", "attempt", "revision", "lesson_read", "learner"):
        op.drop_table(table)
