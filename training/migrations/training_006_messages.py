"""messages."""

from __future__ import annotations

revision = "training_006"
down_revision = "training_005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
