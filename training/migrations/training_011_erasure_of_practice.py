"""erasure of practice: what was signed or decided about a person gives up its free words once the person was erased.

Hours, marks, days, and the names of those who signed stay: they are the signature.
"""

from __future__ import annotations

from alembic import op

from training.core.db import append_only, drop_append_only

revision = "training_011"
down_revision = "training_010"
branch_labels = None
depends_on = None

WORDS = {"signed_hours": ("what", "reason"), "skills_assessment": ("advice",), "extension": ("reason",)}
KEPT = {
    "signed_hours": (
        *("id", "line_id", "counters_id", "person_id", "posting_id", "rotation_id", "setting", "worked_on", "halves"),
        *("signer_id", "signer_name", "signed_at"),
    ),
    "skills_assessment": (
        *("id", "checklist_id", "version", "enrolment_id", "cohort_id", "person_id", "marks", "percent", "passed"),
        *("assessor_id", "assessor_name", "assessed_at", "client_key"),
    ),
    "extension": ("id", "enrolment_id", "until", "at", "by_id"),
}
OWNER = "SELECT 1 FROM person WHERE person.id = OLD.person_id AND person.erased_at IS NOT NULL"
OWNER_BY_ENROLMENT = (
    "SELECT 1 FROM person JOIN enrolment ON enrolment.person_id = person.id "
    "WHERE enrolment.id = OLD.enrolment_id AND person.erased_at IS NOT NULL"
)


def _allowed(table: str, dialect: str) -> str:
    """The one update that is let through: the words become empty, all else stays, and the person was erased."""
    same = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    conditions = [f"NEW.{column} {same} OLD.{column}" for column in KEPT[table]]
    conditions += [f"COALESCE(NEW.{column}, '') = ''" for column in WORDS[table]]
    owner = OWNER if "person_id" in KEPT[table] else OWNER_BY_ENROLMENT
    return " AND ".join([*conditions, f"EXISTS ({owner})"])


def _guards(table: str, dialect: str) -> list[str]:
    """The triggers keep their names."""
    refused, allowed = f"{table} is append-only", _allowed(table, dialect)
    if dialect == "sqlite":
        return [
            f"DROP TRIGGER {table}_no_update",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({allowed}) "
            f"BEGIN SELECT RAISE(ABORT, '{refused}'); END",
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{refused}'; END $$",
    ]


def upgrade() -> None:
    """Go up."""
    dialect = op.get_bind().dialect.name
    for table in WORDS:
        for statement in _guards(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Go down: nothing may be emptied any more."""
    dialect = op.get_bind().dialect.name
    for table in WORDS:
        for statement in (*drop_append_only(table, dialect), *append_only(table, dialect)):
            op.execute(statement)
