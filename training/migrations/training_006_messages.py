"""messages: the outbox, everyone's inbox, extended deadlines, and the switch of reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_006"
down_revision = "training_005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "outgoing",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("failed_reason", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_key")),
    )
    op.create_index(op.f("ix_outgoing_address"), "outgoing", ["address"], unique=False)
    op.create_index("ix_outgoing_waiting", "outgoing", ["sent_at", "failed_at", "due_at"], unique=False)


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_outgoing_waiting", table_name="outgoing")
    op.drop_index(op.f("ix_outgoing_address"), table_name="outgoing")
    op.drop_table("outgoing")
