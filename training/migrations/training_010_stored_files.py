"""files that people sent, by their content."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "training_010"
down_revision = "training_009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "stored_file",
        sa.Column("id", _number(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", _number(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("width", _number(), nullable=True),
        sa.Column("height", _number(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256_whole")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_stored_file_size_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("stored_file")
