"""requirement groups."""

from __future__ import annotations

revision = "training_004"
down_revision = "training_003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
