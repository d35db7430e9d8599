"""erasure: a certificate may give up its holder's name, and its document, once the person was erased."""

from __future__ import annotations

from alembic import op

from training.core.db import append_only, drop_append_only

revision = "certificates_003"
down_revision = "certificates_002"
branch_labels = None
depends_on = "training_008"

KEPT = ("id", "number", "enrolment_id", "person_id", "programme_id", "base_id", "scope_id", "issued_at", "issued_by_id")
KEPT_TOO = ("valid_until", "status", "revoked_at", "revoked_by_id", "revoked_reason")
FROZEN = (*KEPT, "valid_until", "fields")
ERASED = "EXISTS (SELECT 1 FROM person WHERE person.id = OLD.person_id AND person.erased_at IS NOT NULL)"
ERASED_HOLDER = (
    "EXISTS (SELECT 1 FROM certificate JOIN person ON person.id = certificate.person_id "
    "WHERE certificate.id = OLD.certificate_id AND person.erased_at IS NOT NULL)"
)


def _changed(columns: tuple[str, ...], dialect: str) -> str:
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)


def _forbidden(dialect: str, *, erasable: bool) -> str:
    revoking = f"OLD.status <> 'valid' OR NEW.status <> 'revoked' OR {_changed(FROZEN, dialect)}"
    if not erasable:
        return revoking
    return f"({revoking}) AND (({_changed((*KEPT, *KEPT_TOO), dialect)}) OR NOT {ERASED})"


def _guards(dialect: str, *, erasable: bool) -> list[str]:
    """The guard of updates and that of a document's deletion, with or without the exception for the erased."""
    forbidden = _forbidden(dialect, erasable=erasable)
    if dialect == "sqlite":
        frozen = (
            f"CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate WHEN {forbidden} "
            "BEGIN SELECT RAISE(ABORT, 'certificate is frozen'); END"
        )
        document = (
            f"CREATE TRIGGER certificate_document_no_delete BEFORE DELETE ON certificate_document "
            f"WHEN NOT {ERASED_HOLDER} BEGIN SELECT RAISE(ABORT, 'certificate_document is append-only'); END"
        )
        return ["DROP TRIGGER certificate_frozen", frozen] + (
            ["DROP TRIGGER certificate_document_no_delete", document] if erasable else []
        )
    return _postgresql(forbidden, erasable=erasable)


def _postgresql(forbidden: str, *, erasable: bool) -> list[str]:
    """A condition with a look into another table stands in the function: `WHEN` of a trigger knows its own row alone."""
    statements = [
        "DROP TRIGGER certificate_frozen ON certificate",
        "CREATE OR REPLACE FUNCTION certificate_guard() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {forbidden} THEN RAISE EXCEPTION 'certificate is frozen'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate "
        "FOR EACH ROW EXECUTE FUNCTION certificate_guard()",
    ]
    if erasable:
        statements.append(
            "CREATE OR REPLACE FUNCTION certificate_document_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN IF {ERASED_HOLDER} THEN RETURN OLD; END IF; END IF; "
            "RAISE EXCEPTION 'certificate_document is append-only'; END $$"
        )
    return statements


def upgrade() -> None:
    """Go up."""
    for statement in _guards(op.get_bind().dialect.name, erasable=True):
        op.execute(statement)


def downgrade() -> None:
    """Go down: nothing may give up a name any more."""
    dialect = op.get_bind().dialect.name
    for statement in (
        *drop_append_only("certificate_document", dialect),
        *append_only("certificate_document", dialect),
    ):
        op.execute(statement)
    if dialect == "sqlite":
        for statement in _guards(dialect, erasable=False):
            op.execute(statement)
        return
    op.execute("DROP TRIGGER certificate_frozen ON certificate")
    op.execute("DROP FUNCTION certificate_guard()")
    op.execute(
        f"CREATE TRIGGER certificate_frozen BEFORE UPDATE ON certificate FOR EACH ROW "
        f"WHEN ({_forbidden(dialect, erasable=False)}) EXECUTE FUNCTION certificate_refuse()"
    )
