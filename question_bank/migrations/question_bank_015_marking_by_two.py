"""marking by two people, what each mark is among those of its answer, and who is at which answer now."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from training.core.db import append_only, drop_append_only

revision = "question_bank_015"
down_revision = "question_bank_014"
branch_labels = None
depends_on = None

KEPT = ("attempt_id", "position", "number", "marker_id", "marked_at", "points", "critical")
OWNER = (
    "SELECT 1 FROM person JOIN attempt ON attempt.person_id = person.id "
    "WHERE attempt.id = OLD.attempt_id AND person.erased_at IS NOT NULL"
)
KINDS = ("sole", "first", "agreed", "differing", "adjudicated")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _guards(kept: Sequence[str], dialect: str) -> list[str]:
    """No mark changes, but its comment may become empty once the person was erased."""
    same = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    conditions = [f"NEW.{column} {same} OLD.{column}" for column in kept]
    allowed = " AND ".join([*conditions, "NEW.comment = ''", f"EXISTS ({OWNER})"])
    if dialect == "sqlite":
        return [
            *append_only("essay_mark", dialect),
            "DROP TRIGGER essay_mark_no_update",
            f"CREATE TRIGGER essay_mark_no_update BEFORE UPDATE ON essay_mark WHEN NOT ({allowed}) "
            "BEGIN SELECT RAISE(ABORT, 'essay_mark is append-only'); END",
        ]
    return [
        *append_only("essay_mark", dialect),
        "CREATE OR REPLACE FUNCTION essay_mark_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'essay_mark is append-only'; END $$",
    ]


def upgrade() -> None:
    """Go up; marks that there are were given by one person alone."""
    dialect = op.get_bind().dialect.name
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        for name, default, bounds in (("markers", "1", "1 AND 2"), ("tolerance", "10", "0 AND 100")):
            batch_op.add_column(sa.Column(name, BIG, server_default=default, nullable=False))
            batch_op.create_check_constraint(batch_op.f(f"ck_quiz_version_{name}"), sa.text(f"{name} BETWEEN {bounds}"))
    for statement in drop_append_only("essay_mark", dialect):
        op.execute(statement)
    with op.batch_alter_table("essay_mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=40), server_default="sole", nullable=False))
        allowed = ", ".join(f"'{one}'" for one in KINDS)
        batch_op.create_check_constraint(batch_op.f("ck_essay_mark_markkind"), sa.text(f"kind IN ({allowed})"))
    for statement in _guards((*KEPT, "kind"), dialect):
        op.execute(statement)
    op.create_table(
        "marking_claim",
        sa.Column("marker_id", BIG, autoincrement=False, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "position"],
            ["attempt_item.attempt_id", "attempt_item.position"],
            name=op.f("fk_marking_claim_attempt_id_attempt_item"),
        ),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_marking_claim_marker_id_person")),
        sa.PrimaryKeyConstraint("marker_id", name=op.f("pk_marking_claim")),
    )


def downgrade() -> None:
    """Go back; all marks stay, and of each answer the last one counts."""
    dialect = op.get_bind().dialect.name
    op.drop_table("marking_claim")
    for statement in drop_append_only("essay_mark", dialect):
        op.execute(statement)
    with op.batch_alter_table("essay_mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_essay_mark_markkind"), type_="check")
        batch_op.drop_column("kind")
    for statement in _guards(KEPT, dialect):
        op.execute(statement)
    with op.batch_alter_table("quiz_version", schema=None) as batch_op:
        for name in ("markers", "tolerance"):
            batch_op.drop_constraint(batch_op.f(f"ck_quiz_version_{name}"), type_="check")
            batch_op.drop_column(name)
