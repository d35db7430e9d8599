"""privacy."""

from __future__ import annotations

revision = "training_008"
down_revision = "training_007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
