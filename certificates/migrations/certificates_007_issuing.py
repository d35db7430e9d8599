"""issuing: designs by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "certificates_007"
down_revision = "certificates_004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WRITTEN = ("id", "scope_id", "version", "page", "sheet", "frame", "written_by_id", "written_at")
DECIDED = ("approved_by_id", "approved_at")


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _kind(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _one_in_state(table: str, column: str, state: str) -> None:
    condition = sa.text(f"state = '{state}'")
    op.create_index(
        f"uq_{table}_{state}", table, [column], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def _guard(name: str, table: str, event: str, forbidden: str, says: str) -> list[str]:
    """DDL of a trigger that refuses `event` on rows for which `forbidden` holds."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {forbidden} BEGIN SELECT RAISE(ABORT, '{says}'); END"
        ]
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({forbidden}) EXECUTE FUNCTION {name}()",
    ]


def _unguard(name: str, table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS {name}()")


def _changed(*columns: str) -> str:
    differs = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns) + ")"


def _add_designs() -> None:
    op.create_table(
        "certificate_design",
        _id("id"),
        _id("scope_id"),
        _id("version"),
        _kind("state", "designstate", "draft", "approved", "retired"),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        _id("written_by_id"),
        sa.Column("written_at", MOMENT, nullable=False),
        _id("approved_by_id", nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (approved_at IS NULL)", name=op.f("ck_certificate_design_approved_with_moment")
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_certificate_design_approved_by_somebody")
        ),
        sa.CheckConstraint("approved_by_id <> written_by_id", name=op.f("ck_certificate_design_approved_by_another")),
        sa.CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)", name=op.f("ck_certificate_design_retired_with_moment")
        ),
        _to("certificate_design", "scope_id", "scope"),
        _to("certificate_design", "written_by_id", "person"),
        _to("certificate_design", "approved_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_design")),
        sa.UniqueConstraint("scope_id", "version", name=op.f("uq_certificate_design_scope_id_version")),
    )
    for state in ("draft", "approved"):
        _one_in_state("certificate_design", "scope_id", state)
    kept = (
        f"OLD.state = 'retired' OR (OLD.state = 'approved' AND ({_changed(*WRITTEN, *DECIDED)} OR NEW.state = 'draft'))"
    )
    for statement in (
        *_guard("certificate_design_frozen", "certificate_design", "UPDATE", kept, "certificate_design is frozen"),
        *_guard("certificate_design_kept", "certificate_design", "DELETE", "true", "certificate_design is append-only"),
    ):
        op.execute(statement)


def _add_to_certificates() -> None:
    """The design that each was printed with: a column that never changes. Added without copying the table."""
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    name = "fk_certificate_design_id_certificate_design"
    op.execute(
        f"ALTER TABLE certificate ADD COLUMN design_id {kind} CONSTRAINT {name} REFERENCES certificate_design (id)"
    )
    changed = _changed("design_id")
    for statement in _guard("certificate_design_stays", "certificate", "UPDATE", changed, "certificate is frozen"):
        op.execute(statement)


def upgrade() -> None:
    """Go up."""
    _add_designs()
    _add_to_certificates()


def downgrade() -> None:
    """Go back."""
    _unguard("certificate_design_stays", "certificate")
    op.execute("ALTER TABLE certificate DROP COLUMN design_id")
    for name in ("certificate_design_frozen", "certificate_design_kept"):
        _unguard(name, "certificate_design")
    op.drop_table("certificate_design")
