"""Accounts, where they are signed in, the letters that were sent, and how often something may be done."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "account",
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("account.learner_id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
    )
    op.create_index("ix_sign_in_learner_id", "sign_in", ["learner_id"])
    op.create_table(
        "letter",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("ends_at", sa.DateTime, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
    )
    op.create_table(
        "allowance",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("allowance", "letter", "sign_in", "account"):
        op.drop_table(table)
