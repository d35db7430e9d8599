"""requests for a check of a mark, with their answers; erasing empties the words of both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "question_bank_016"
down_revision = "question_bank_015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PERCENT = sa.Numeric(5, 2)
ASKED = ("attempt_id", "positions", "asked_at", "score_before", "passed_before")
ANSWERED = ("outcome", "answered_by_id", "answered_at", "score_after", "passed_after")
ERASED = (
    "EXISTS (SELECT 1 FROM person JOIN attempt ON attempt.person_id = person.id "
    "WHERE attempt.id = OLD.attempt_id AND person.erased_at IS NOT NULL)"
)


def _guards(dialect: str) -> list[str]:
    """What was asked stays, and is answered once; the words may become empty once the person was erased."""
    same = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    kept = [f"NEW.{one} {same} OLD.{one}" for one in ASKED]
    answering = [*kept, "NEW.reason = OLD.reason", "OLD.outcome IS NULL", "NEW.outcome IS NOT NULL"]
    settled = [f"NEW.{one} {same} OLD.{one}" for one in ANSWERED]
    gone = f"(NEW.answer {same} OLD.answer OR (NEW.answer = '' AND OLD.answer IS NOT NULL))"
    emptied = [*kept, *settled, "NEW.reason = ''", gone, ERASED]
    allowed = f"({' AND '.join(answering)}) OR ({' AND '.join(emptied)})"
    if dialect == "sqlite":
        return [
            "DROP TRIGGER recheck_no_update",
            f"CREATE TRIGGER recheck_no_update BEFORE UPDATE ON recheck WHEN NOT ({allowed}) "
            "BEGIN SELECT RAISE(ABORT, 'recheck is append-only'); END",
        ]
    return [
        "CREATE OR REPLACE FUNCTION recheck_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'recheck is append-only'; END $$",
    ]


def upgrade() -> None:
    """Go up."""
    whole = " AND ".join(
        f"(outcome IS NULL) = ({one} IS NULL)"
        for one in ("answer", "answered_by_id", "answered_at", "score_after", "passed_after")
    )
    op.create_table(
        "recheck",
        sa.Column("attempt_id", BIG, autoincrement=False, nullable=False),
        sa.Column("positions", Json, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("score_before", PERCENT, nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("upheld", "changed", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by_id", BIG, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("score_after", PERCENT, nullable=True),
        sa.Column("passed_after", sa.Boolean(), nullable=True),
        sa.CheckConstraint(whole, name=op.f("ck_recheck_answered_as_a_whole")),
        sa.CheckConstraint("score_before BETWEEN 0 AND 100", name=op.f("ck_recheck_score_before")),
        sa.CheckConstraint("score_after BETWEEN 0 AND 100", name=op.f("ck_recheck_score_after")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_recheck_answered_by_id_person")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_recheck_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_recheck")),
    )
    op.create_index(op.f("ix_recheck_answered_by_id"), "recheck", ["answered_by_id"])
    waiting = sa.text("outcome IS NULL")
    op.create_index("ix_recheck_waiting", "recheck", ["asked_at"], sqlite_where=waiting, postgresql_where=waiting)
    dialect = op.get_bind().dialect.name
    for statement in (*append_only("recheck", dialect), *_guards(dialect)):
        op.execute(statement)


def downgrade() -> None:
    """Go back; marks stay as they were corrected."""
    for statement in drop_append_only("recheck", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("recheck")
