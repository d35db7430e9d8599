"""imports beside editors: the version a line was looked at beside; places and messages in both languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "question_bank_011"
down_revision = "question_bank_010"
branch_labels = None
depends_on = None

BOTH = {
    "sqlite": "SELECT json_group_array(json_object('zh', value, 'en', value)) FROM json_each(messages)",
    "postgresql": "SELECT jsonb_agg(jsonb_build_object('zh', one, 'en', one)) "
    "FROM jsonb_array_elements_text(messages) AS one",
}
ONE = {
    "sqlite": "SELECT json_group_array(json_extract(value, '$.zh')) FROM json_each(messages)",
    "postgresql": "SELECT jsonb_agg(one -> 'zh') FROM jsonb_array_elements(messages) AS one",
}
SOME = {"sqlite": "json_array_length(messages) > 0", "postgresql": "jsonb_array_length(messages) > 0"}


def upgrade() -> None:
    """Go up."""
    op.drop_index("ix_item_digest", "item")
    op.create_index("ix_item_digest", "item", ["digest", "scope_id"])
    with op.batch_alter_table("item_import_line", schema=None) as batch_op:
        big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        batch_op.add_column(sa.Column("draft_version", big, nullable=True))
        batch_op.add_column(sa.Column("place_en", sa.String(length=200), nullable=True))
        batch_op.alter_column("place", new_column_name="place_zh")
    op.execute("UPDATE item_import_line SET place_en = place_zh")
    with op.batch_alter_table("item_import_line", schema=None) as batch_op:
        batch_op.alter_column("place_en", existing_type=sa.String(length=200), nullable=False)
    _write_messages(BOTH)


def downgrade() -> None:
    """Go back."""
    _write_messages(ONE)
    with op.batch_alter_table("item_import_line", schema=None) as batch_op:
        batch_op.alter_column("place_zh", new_column_name="place")
        batch_op.drop_column("place_en")
        batch_op.drop_column("draft_version")
    op.drop_index("ix_item_digest", "item")
    op.create_index("ix_item_digest", "item", ["digest"])


def _write_messages(anew: dict[str, str]) -> None:
    """Write the messages of lines that have some in another form."""
    dialect = op.get_bind().dialect.name
    op.execute(f"UPDATE item_import_line SET messages = ({anew[dialect]}) WHERE {SOME[dialect]}")
