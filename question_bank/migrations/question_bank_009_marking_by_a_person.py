"""marking by a person: attempts that wait for it, and the marks; erasing empties comments and what was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "question_bank_009"
down_revision = "question_bank_008"
branch_labels = None
depends_on = None

KEPT = {
    "essay_mark": ("attempt_id", "position", "number", "marker_id", "marked_at", "points", "critical"),
    "answer_event": ("attempt_id", "receipt", "position", "saved_at"),
}
EMPTIED = {"essay_mark": "NEW.comment = ''", "answer_event": "NEW.answer = '[\"\"]'"}
OWNER = (
    "SELECT 1 FROM person JOIN attempt ON attempt.person_id = person.id "
    "WHERE attempt.id = OLD.attempt_id AND person.erased_at IS NOT NULL"
)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _let_empty(table: str, dialect: str) -> list[str]:
    """Nothing of an append-only table changes, but what was written may become empty once the person was erased."""
    same = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    conditions = [f"NEW.{column} {same} OLD.{column}" for column in KEPT[table]]
    allowed = " AND ".join([*conditions, EMPTIED[table], f"EXISTS ({OWNER})"])
    if dialect == "sqlite":
        return [
            f"DROP TRIGGER {table}_no_update",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({allowed}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{table} is append-only'; END $$",
    ]


def _allow(*statuses: str, graded: str) -> None:
    """Let an attempt have those statuses, and a result when `graded` says so."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        for name in ("attemptstatus", "graded_when_closed"):
            batch_op.drop_constraint(batch_op.f(f"ck_attempt_{name}"), type_="check")
        allowed = ", ".join(f"'{one}'" for one in statuses)
        batch_op.create_check_constraint(batch_op.f("ck_attempt_attemptstatus"), sa.text(f"status IN ({allowed})"))
        batch_op.create_check_constraint(batch_op.f("ck_attempt_graded_when_closed"), sa.text(graded))


def upgrade() -> None:
    """Go up."""
    _allow("open", "marking", "handed_in", graded="(status = 'handed_in') = (passed IS NOT NULL)")
    op.create_index(
        "ix_attempt_marking",
        "attempt",
        ["handed_in_at"],
        sqlite_where=sa.text("status = 'marking'"),
        postgresql_where=sa.text("status = 'marking'"),
    )
    op.create_table(
        "essay_mark",
        sa.Column("attempt_id", BIG, autoincrement=False, nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("marker_id", BIG, nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", Json, nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_essay_mark_number")),
        sa.ForeignKeyConstraint(
            ["attempt_id", "position"],
            ["attempt_item.attempt_id", "attempt_item.position"],
            name=op.f("fk_essay_mark_attempt_id_attempt_item"),
        ),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_essay_mark_marker_id_person")),
        sa.PrimaryKeyConstraint("attempt_id", "position", "number", name=op.f("pk_essay_mark")),
    )
    op.create_index(op.f("ix_essay_mark_marker_id"), "essay_mark", ["marker_id"])
    dialect = op.get_bind().dialect.name
    guards = [*append_only("essay_mark", dialect), *_let_empty("essay_mark", dialect)]
    for statement in (*guards, *_let_empty("answer_event", dialect)):
        op.execute(statement)


def downgrade() -> None:
    """Go back; what waits for a mark is open again, and handed in anew by the sweep."""
    dialect = op.get_bind().dialect.name
    strict = [*drop_append_only("answer_event", dialect), *append_only("answer_event", dialect)]
    for statement in (*strict, *drop_append_only("essay_mark", dialect)):
        op.execute(statement)
    op.drop_index(op.f("ix_essay_mark_marker_id"), "essay_mark")
    op.drop_table("essay_mark")
    op.drop_index("ix_attempt_marking", "attempt")
    op.execute("UPDATE attempt SET status = 'open', handed_in_at = NULL, handed_in_by = NULL WHERE status = 'marking'")
    _allow("open", "handed_in", graded="(status = 'open') = (passed IS NULL)")
