"""batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "certificates_002"
down_revision = "certificates_001"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _status(name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column("status", kind, nullable=False)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "certificate_batch",
        _id("id"),
        sa.Column("key", sa.String(length=64), nullable=False),
        _id("cohort_id"),
        _id("scope_id"),
        _status("batchstatus", "running", "paused", "stopped", "finished"),
        _id("confirmed_by_id"),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('stopped', 'finished')) = (ended_at IS NOT NULL)",
            name=op.f("ck_certificate_batch_ended_with_moment"),
        ),
        sa.CheckConstraint(
            "(worker IS NULL) = (lease_until IS NULL)", name=op.f("ck_certificate_batch_worker_with_lease")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_certificate_batch_cohort_id_cohort")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_certificate_batch_confirmed_by_id_person")
        ),
        sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=op.f("fk_certificate_batch_scope_id_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_certificate_batch_key")),
    )
    op.create_index(op.f("ix_certificate_batch_cohort_id"), "certificate_batch", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_certificate_batch_scope_id"), "certificate_batch", ["scope_id"], unique=False)
    op.create_index(op.f("ix_certificate_batch_status"), "certificate_batch", ["status"], unique=False)
    op.create_table(
        "certificate_batch_line",
        _id("id"),
        _id("batch_id"),
        _id("enrolment_id"),
        _status("linestatus", "waiting", "issued", "refused"),
        _id("certificate_id", nullable=True),
        sa.Column("reason_zh", sa.String(length=1000), nullable=True),
        sa.Column("reason_en", sa.String(length=1000), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'issued') = (certificate_id IS NOT NULL)",
            name=op.f("ck_certificate_batch_line_issued_with_certificate"),
        ),
        sa.CheckConstraint(
            "(status = 'refused') = (reason_zh IS NOT NULL) AND (status = 'refused') = (reason_en IS NOT NULL)",
            name=op.f("ck_certificate_batch_line_refused_with_reason"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (done_at IS NULL)", name=op.f("ck_certificate_batch_line_done_with_moment")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_certificate_batch_line_batch_id_certificate_batch")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_batch_line_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_certificate_batch_line_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch_line")),
        sa.UniqueConstraint("batch_id", "enrolment_id", name=op.f("uq_certificate_batch_line_batch_id_enrolment_id")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certificate_batch_line_certificate_id")),
    )
    op.create_index(
        op.f("ix_certificate_batch_line_enrolment_id"), "certificate_batch_line", ["enrolment_id"], unique=False
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("certificate_batch_line")
    op.drop_table("certificate_batch")
