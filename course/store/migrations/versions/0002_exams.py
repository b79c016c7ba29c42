"""The time an exam may take, the terms it was begun on, and how long a question was on the screen."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; attempts made before have no limit and no terms."""
    op.add_column("attempt", sa.Column("limit_seconds", sa.Integer))
    op.add_column("attempt", sa.Column("grace_seconds", sa.Integer, nullable=False, server_default="0"))
    op.add_column("attempt", sa.Column("terms", sa.JSON))
    op.add_column("event", sa.Column("seconds", sa.Integer))
    op.create_index("events_of_a_question", "event", ["attempt_id", "question_id", "act", "look"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("events_of_a_question", "event")
    op.drop_column("event", "seconds")
    for column in ("terms", "grace_seconds", "limit_seconds"):
        op.drop_column("attempt", column)
