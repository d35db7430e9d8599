"""photos: of people, and which of them a certificate was printed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "certificates_008"
down_revision = "certificates_007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PORTRAIT, PRINTED = "certificate_portrait", "certificate_printed_portrait"
KEPT = ("id", "person_id", "jpeg", "sha256", "put_by_id", "put_at")
ERASED = (
    "EXISTS (SELECT 1 FROM certificate JOIN person ON person.id = certificate.person_id "
    "WHERE certificate.id = OLD.certificate_id AND person.erased_at IS NOT NULL)"
)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _guards(dialect: str) -> list[str]:
    """A portrait changes in nothing but its end; what was printed with it stays until the holder is erased."""
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in KEPT)
    frozen, append_only = f"{PORTRAIT} is frozen", f"{PRINTED} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {PORTRAIT}_frozen BEFORE UPDATE ON {PORTRAIT} WHEN {changed} "
            f"BEGIN SELECT RAISE(ABORT, '{frozen}'); END",
            f"CREATE TRIGGER {PRINTED}_no_update BEFORE UPDATE ON {PRINTED} "
            f"BEGIN SELECT RAISE(ABORT, '{append_only}'); END",
            f"CREATE TRIGGER {PRINTED}_no_delete BEFORE DELETE ON {PRINTED} WHEN NOT {ERASED} "
            f"BEGIN SELECT RAISE(ABORT, '{append_only}'); END",
        ]
    return [
        f"CREATE FUNCTION {PORTRAIT}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{frozen}'; END $$",
        f"CREATE TRIGGER {PORTRAIT}_frozen BEFORE UPDATE ON {PORTRAIT} FOR EACH ROW WHEN ({changed}) "
        f"EXECUTE FUNCTION {PORTRAIT}_frozen()",
        f"CREATE FUNCTION {PRINTED}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN IF {ERASED} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{append_only}'; END $$",
        f"CREATE TRIGGER {PRINTED}_no_change BEFORE UPDATE OR DELETE ON {PRINTED} "
        f"FOR EACH ROW EXECUTE FUNCTION {PRINTED}_refuse()",
        f"CREATE TRIGGER {PRINTED}_no_truncate BEFORE TRUNCATE ON {PRINTED} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {PRINTED}_refuse()",
    ]


def upgrade() -> None:
    """Go up."""
    op.create_table(
        PORTRAIT,
        *(_id(name) for name in ("id", "person_id")),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _id("put_by_id"),
        sa.Column("put_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _to(PORTRAIT, "person_id", "person"),
        _to(PORTRAIT, "put_by_id", "person"),
        sa.CheckConstraint("length(sha256) = 64", name=op.f(f"ck_{PORTRAIT}_sha256_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PORTRAIT}")),
    )
    in_use = sa.text("ended_at IS NULL")
    op.create_index(
        f"uq_{PORTRAIT}_in_use", PORTRAIT, ["person_id"], unique=True, sqlite_where=in_use, postgresql_where=in_use
    )
    op.create_index(op.f(f"ix_{PORTRAIT}_person_id"), PORTRAIT, ["person_id"])
    op.create_table(
        PRINTED,
        _id("certificate_id"),
        _id("portrait_id"),
        _to(PRINTED, "certificate_id", "certificate"),
        _to(PRINTED, "portrait_id", PORTRAIT),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f(f"pk_{PRINTED}")),
    )
    op.create_index(op.f(f"ix_{PRINTED}_portrait_id"), PRINTED, ["portrait_id"])
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Go back: no certificate has a photo any more."""
    op.drop_table(PRINTED)
    op.drop_table(PORTRAIT)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {PRINTED}_refuse()")
        op.execute(f"DROP FUNCTION {PORTRAIT}_frozen()")
