"""certificates whose programme is not fulfilled any more, for their base to decide."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "certificates_004"
down_revision = "certificates_003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = ("open", "kept", "revoked", "regained")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "certificate_question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("because_zh", sa.String(length=1000), nullable=False),
        sa.Column("because_en", sa.String(length=1000), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="questionstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(state = 'kept') = (reason IS NOT NULL)", name=op.f("ck_certificate_question_kept_for_a_reason")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_certificate_question_decided_with_moment")
        ),
        sa.CheckConstraint(
            "(state IN ('kept', 'revoked')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_certificate_question_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_question_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_certificate_question_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_question")),
    )
    op.create_index(op.f("ix_certificate_question_certificate_id"), "certificate_question", ["certificate_id"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_certificate_question_open",
        "certificate_question",
        ["certificate_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("certificate_question")
