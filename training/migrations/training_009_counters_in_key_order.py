"""The counters lie in the order of their key: on SQLite without a row id, so that a report reads one tree, not two.

PostgreSQL keeps them as they were: it scans and hashes the table whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "training_009"
down_revision = "training_008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = ("activity_id", "measure", "city_code", "base_id", "institution_id", "profession", "month")


def _lay_out(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("rollup", "rollup_before")
    op.create_table(
        "rollup",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("city_code", sa.String(length=6), nullable=False),
        sa.Column("base_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("institution_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_rollup_activity_id_activity")),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_rollup")),
        sqlite_with_rowid=with_rowid,
    )
    columns = ", ".join((*KEY, "people"))
    op.execute(f"INSERT INTO rollup ({columns}) SELECT {columns} FROM rollup_before ORDER BY {', '.join(KEY)}")
    op.drop_table("rollup_before")


def upgrade() -> None:
    """Go up."""
    _lay_out(with_rowid=False)


def downgrade() -> None:
    """Go down."""
    _lay_out(with_rowid=True)
