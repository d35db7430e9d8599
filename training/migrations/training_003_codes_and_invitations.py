"""codes and invitations."""

from __future__ import annotations

revision = "training_003"
down_revision = "training_002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
