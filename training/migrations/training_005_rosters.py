"""rosters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "training_005"
down_revision = "training_004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "roster_draft",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("uploaded_by_id", BIG, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("row_count", BIG, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", JSON, nullable=False),
        sa.CheckConstraint("imported_at IS NULL OR sealed = ''", name=op.f("ck_roster_draft_emptied_by_the_import")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_roster_draft_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_roster_draft_uploaded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_draft")),
    )
    for column in ("cohort_id", "uploaded_at", "uploaded_by_id"):
        op.create_index(op.f(f"ix_roster_draft_{column}"), "roster_draft", [column], unique=False)


def downgrade() -> None:
    """Go down."""
    for column in ("cohort_id", "uploaded_at", "uploaded_by_id"):
        op.drop_index(op.f(f"ix_roster_draft_{column}"), table_name="roster_draft")
    op.drop_table("roster_draft")
