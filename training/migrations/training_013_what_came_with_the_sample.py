"""what came with the sample."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_013"
down_revision = "training_012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; a site that holds the sample already keeps its marks in the titles."""
    with op.batch_alter_table("activity") as batch_op:
        batch_op.add_column(sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("activity") as batch_op:
        batch_op.drop_column("sample")
