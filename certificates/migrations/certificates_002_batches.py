"""batches."""

from __future__ import annotations

revision = "certificates_002"
down_revision = "certificates_001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
