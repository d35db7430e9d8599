"""rulings on quizzes, and what each of them changed in an attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "question_bank_014"
down_revision = "question_bank_013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FIXED = (
    "quiz_id",
    "quiz_version",
    "item_version_id",
    "kind",
    "by_version_id",
    "pass_percent",
    "reason",
    "drafted_by_id",
    "drafted_at",
)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _guards(dialect: str) -> list[str]:
    """What a ruling says stays, and one that was decided is never deleted."""
    columns = ", ".join(FIXED)
    if dialect == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'ruling is append-only'); END"
        return [
            f"CREATE TRIGGER ruling_fixed BEFORE UPDATE OF {columns} ON ruling {refuse}",
            f"CREATE TRIGGER ruling_kept BEFORE DELETE ON ruling WHEN OLD.status <> 'drafted' {refuse}",
        ]
    return [
        "CREATE FUNCTION ruling_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'ruling is append-only'; END $$",
        f"CREATE TRIGGER ruling_fixed BEFORE UPDATE OF {columns} ON ruling "
        "FOR EACH ROW EXECUTE FUNCTION ruling_refuse()",
        "CREATE TRIGGER ruling_kept BEFORE DELETE ON ruling FOR EACH ROW WHEN (OLD.status <> 'drafted') "
        "EXECUTE FUNCTION ruling_refuse()",
    ]


def upgrade() -> None:
    """Go up."""
    _make_rulings()
    op.create_table(
        "regrade_line",
        sa.Column("ruling_id", BIG, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_regrade_line_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_regrade_line_ruling_id_ruling")),
        sa.PrimaryKeyConstraint("ruling_id", "attempt_id", name=op.f("pk_regrade_line")),
    )
    op.create_index(op.f("ix_regrade_line_attempt_id"), "regrade_line", ["attempt_id"])
    op.add_column("quiz", sa.Column("ruled", sa.Boolean(), server_default=sa.false(), nullable=False))
    dialect = op.get_bind().dialect.name
    for statement in (*append_only("regrade_line", dialect), *_guards(dialect)):
        op.execute(statement)


def _make_rulings() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", BIG, nullable=False),
        sa.Column("quiz_id", BIG, nullable=False),
        sa.Column("quiz_version", BIG, nullable=False),
        sa.Column("item_version_id", BIG, nullable=True),
        sa.Column("kind", _choice("ruled", "key", "full", "dropped", "pass_mark"), nullable=False),
        sa.Column("by_version_id", BIG, nullable=True),
        sa.Column("pass_percent", BIG, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("drafted_by_id", BIG, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("status", _choice("rulingstatus", "drafted", "running", "done"), nullable=False),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("moving", BIG, nullable=False),
        sa.Column("reached", BIG, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("(kind = 'key') = (by_version_id IS NOT NULL)", name=op.f("ck_ruling_key_of_a_version")),
        sa.CheckConstraint(
            "(kind = 'pass_mark') = (item_version_id IS NULL)", name=op.f("ck_ruling_about_an_item_or_the_whole")
        ),
        sa.CheckConstraint("(status = 'done') = (ended_at IS NOT NULL)", name=op.f("ck_ruling_ended_with_moment")),
        sa.CheckConstraint(
            "(status = 'drafted') = (decided_at IS NULL) AND (status = 'drafted') = (decided_by_id IS NULL)",
            name=op.f("ck_ruling_decided_by_whom_and_when"),
        ),
        sa.CheckConstraint("kind = 'pass_mark' OR pass_percent IS NULL", name=op.f("ck_ruling_pass_mark_alone")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_ruling_reason_not_empty")),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_ruling_pass_percent")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.{key}"], name=op.f(f"fk_ruling_{column}_{table}"))
            for column, table, key in (
                ("by_version_id", "item_version", "id"),
                ("decided_by_id", "person", "id"),
                ("drafted_by_id", "person", "id"),
                ("item_version_id", "item_version", "id"),
                ("quiz_id", "quiz", "activity_id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(op.f("ix_ruling_item_version_id"), "ruling", ["item_version_id"])
    op.create_index("ix_ruling_quiz", "ruling", ["quiz_id", "decided_at"])
    op.create_index(op.f("ix_ruling_status"), "ruling", ["status"])
    running = sa.text("status = 'running'")
    op.create_index(
        "uq_ruling_running", "ruling", ["quiz_id"], unique=True, sqlite_where=running, postgresql_where=running
    )


def downgrade() -> None:
    """Go back; results stay as they were corrected."""
    dialect = op.get_bind().dialect.name
    for statement in drop_append_only("regrade_line", dialect):
        op.execute(statement)
    op.drop_table("regrade_line")
    op.drop_table("ruling")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION ruling_refuse()")
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.drop_column("ruled")
