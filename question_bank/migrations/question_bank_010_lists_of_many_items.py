"""lists of many items: indexes that filters and days of review go by; bands without a key to the scope."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "question_bank_010"
down_revision = "question_bank_009"
branch_labels = None
depends_on = None

SCOPE_KEY = "fk_item_band_scope_id_scope"


def upgrade() -> None:
    """Go up."""
    op.drop_index("ix_item_scope_id", "item")
    op.drop_index("ix_item_review_by", "item")
    op.create_index("ix_item_filter", "item", ["scope_id", "type", "state", "retired_at", "code", "id"])
    op.create_index("ix_item_review_by", "item", ["scope_id", "review_by"])
    if op.get_bind().dialect.name == "sqlite":
        _copy_bands()
    else:
        op.drop_constraint(SCOPE_KEY, "item_band", type_="foreignkey")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        _copy_bands(sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=SCOPE_KEY))
    else:
        op.create_foreign_key(SCOPE_KEY, "item_band", "scope", ["scope_id"], ["id"])
    op.drop_index("ix_item_review_by", "item")
    op.drop_index("ix_item_filter", "item")
    op.create_index("ix_item_review_by", "item", ["review_by"])
    op.create_index("ix_item_scope_id", "item", ["scope_id"])


def _copy_bands(*keys: sa.ForeignKeyConstraint) -> None:
    """Copy the table on SQLite, which changes no keys in place, and whose batches forget that it has no row ids."""
    op.drop_index("ix_item_band_band", "item_band")
    op.rename_table("item_band", "item_band_before")
    op.create_table(
        "item_band",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_band_item_id_item"),
        *keys,
        sa.PrimaryKeyConstraint("item_id", "place", name="pk_item_band"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO item_band SELECT item_id, place, scope_id, band FROM item_band_before")
    op.drop_table("item_band_before")
    op.create_index("ix_item_band_band", "item_band", ["band", "scope_id", "item_id"])
