"""replacements await release: what a batch of one issues in the place of a certificate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from training.core.db import Json

revision = "certificates_009"
down_revision = "certificates_008"
branch_labels = None
depends_on = None

TABLE = "certificate_batch_replacement"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TO = {"batch_id": "certificate_batch", "replaces_id": "certificate", "renewal_id": "certificate_renewal"}
RULES = {
    "renewal_with_request": "(replaced_as = 'renewal') = (renewal_id IS NOT NULL)",
    "stood_in_force": "stood IN ('valid', 'suspended')",
    "reason_not_empty": "reason <> ''",
}


def _kind(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        TABLE,
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("replaces_id", BIG, nullable=False),
        _kind("replaced_as", "replacement", "correction", "duplicate", "renewal"),
        _kind("stood", "certificatestatus", "valid", "suspended", "revoked", "superseded"),
        sa.Column("chosen", Json, nullable=False),
        sa.Column("renewal_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in RULES.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}_{table}"))
            for column, table in TO.items()
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f(f"pk_{TABLE}")),
    )
    for column in ("replaces_id", "renewal_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])


def downgrade() -> None:
    """Go back; what waits is stopped: nothing of it was issued."""
    waiting = f"SELECT batch_id FROM {TABLE}"
    stopped = "status = 'stopped', ended_at = confirmed_at, worker = NULL, lease_until = NULL"
    op.execute(
        f"UPDATE certificate_batch SET {stopped} "
        f"WHERE status IN ('awaiting', 'running', 'paused') AND id IN ({waiting})"
    )
    op.drop_table(TABLE)
