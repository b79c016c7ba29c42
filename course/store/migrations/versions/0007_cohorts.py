"""Cohorts and how one joins them, the log, letters to a new address, and the time somebody takes in exams."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# The log is only added to: the database itself refuses anything else.
KEEP = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        (
            "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the log is only added to'; END $$"
        ),
        (
            "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
        ),
    ],
}


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("teacher_id", sa.String(32), sa.ForeignKey("account.learner_id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_cohort_teacher_id", "cohort", ["teacher_id"])
    op.create_table(
        "member",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("cohort_id", sa.String(32), sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False),
        sa.Column("learner_id", sa.String(32), sa.ForeignKey("learner.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("joined_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("cohort_id", "learner_id", name="once_in_a_cohort"),
    )
    op.create_index("ix_member_learner_id", "member", ["learner_id"])
    op.create_table(
        "invitation",
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("cohort_id", sa.String(32), sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("ends_at", sa.DateTime, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
    op.create_index("ix_invitation_cohort_id", "invitation", ["cohort_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("who", sa.String(32)),
        sa.Column("whom", sa.String(32)),
        sa.Column("detail", sa.String(200), nullable=False),
    )
    op.create_index("ix_audit_who", "audit", ["who"])
    op.create_index("ix_audit_whom", "audit", ["whom"])
    op.add_column("letter", sa.Column("learner_id", sa.String(32)))
    op.add_column("learner", sa.Column("exam_time", sa.String(10)))
    for statement in KEEP.get(op.get_bind().dialect.name, []):
        op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("learner", "exam_time")
    op.drop_column("letter", "learner_id")
    for table in ("audit", "invitation", "member", "cohort"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_kept()")
