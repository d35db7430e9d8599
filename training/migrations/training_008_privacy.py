"""privacy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json, append_only, drop_append_only

revision = "training_008"
down_revision = "training_007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
OPEN = "taken_back_at IS NULL AND done_at IS NULL"


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _one_a_person(name: str, table: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, ["person_id"], unique=True, sqlite_where=where, postgresql_where=where)


def _to_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}_person"))


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("notice_version", BIG, nullable=True))
    op.create_table(
        "consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("subject", _choice("consentsubject", "notice", "id_number"), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", AT, nullable=False),
        _to_person("consent", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"])
    op.create_table(
        "correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("status", _choice("correctionstatus", "waiting", "accepted", "declined"), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_correction_decided_with_a_moment")
        ),
        _to_person("correction", "person_id"),
        _to_person("correction", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_person_id"), "correction", ["person_id"])
    _one_a_person("uq_correction_one_waiting", "correction", "status = 'waiting'")
    op.create_table(
        "erasure_request",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("taken_back_at", AT, nullable=True),
        sa.Column("done_at", AT, nullable=True),
        _to_person("erasure_request", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    op.create_index(op.f("ix_erasure_request_person_id"), "erasure_request", ["person_id"])
    op.create_index(op.f("ix_erasure_request_due_at"), "erasure_request", ["due_at"])
    _one_a_person("uq_erasure_request_one_open", "erasure_request", OPEN)
    for statement in append_only("consent", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Go down."""
    for statement in drop_append_only("consent", op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("erasure_request", "correction", "consent"):
        op.drop_table(table)
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("notice_version")
