"""dialogues."""

from __future__ import annotations

revision = "courses_003"
down_revision = "courses_002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
