"""search of items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "question_bank_003"
down_revision = "question_bank_002"
branch_labels = None
depends_on = None

SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE item_search USING fts5(lead, rest, content='item_terms', content_rowid='item_id', "
        "tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER item_terms_added AFTER INSERT ON item_terms BEGIN "
        "INSERT INTO item_search (rowid, lead, rest) VALUES (new.item_id, new.lead, new.rest); END",
        "CREATE TRIGGER item_terms_gone AFTER DELETE ON item_terms BEGIN "
        "INSERT INTO item_search (item_search, rowid, lead, rest) "
        "VALUES ('delete', old.item_id, old.lead, old.rest); END",
        "CREATE TRIGGER item_terms_changed AFTER UPDATE ON item_terms BEGIN "
        "INSERT INTO item_search (item_search, rowid, lead, rest) "
        "VALUES ('delete', old.item_id, old.lead, old.rest); "
        "INSERT INTO item_search (rowid, lead, rest) VALUES (new.item_id, new.lead, new.rest); END",
    ),
    "postgresql": (
        "CREATE TABLE item_search (item_id bigint PRIMARY KEY, terms tsvector NOT NULL)",
        "CREATE INDEX ix_item_search_terms ON item_search USING gin (terms)",
        "CREATE FUNCTION item_terms_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP <> 'INSERT' THEN DELETE FROM item_search WHERE item_id = old.item_id; END IF; "
        "IF TG_OP <> 'DELETE' THEN INSERT INTO item_search VALUES (new.item_id, "
        "setweight(to_tsvector('simple', new.lead), 'A') || setweight(to_tsvector('simple', new.rest), 'D')); "
        "END IF; RETURN NULL; END $$",
        "CREATE TRIGGER item_terms_changed AFTER INSERT OR UPDATE OR DELETE ON item_terms "
        "FOR EACH ROW EXECUTE FUNCTION item_terms_search()",
    ),
}
UNDO = {
    "sqlite": (
        "DROP TRIGGER item_terms_added",
        "DROP TRIGGER item_terms_gone",
        "DROP TRIGGER item_terms_changed",
        "DROP TABLE item_search",
    ),
    "postgresql": (
        "DROP TRIGGER item_terms_changed ON item_terms",
        "DROP FUNCTION item_terms_search()",
        "DROP TABLE item_search",
    ),
}


def upgrade() -> None:
    """Go up."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "item_terms",
        sa.Column("item_id", big, autoincrement=False, nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_terms_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_terms")),
    )
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "saved_search",
        sa.Column("id", big, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_search_person_id_name")),
    )
    op.create_index("ix_item_list", "item", ["code", "id", "scope_id"])
    op.create_index(op.f("ix_item_state"), "item", ["state"])
    op.create_index(op.f("ix_item_review_by"), "item", ["review_by"])
    op.create_index(op.f("ix_item_version_author_id"), "item_version", ["author_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_item_version_author_id"), "item_version")
    for name in ("ix_item_review_by", "ix_item_state", "ix_item_list"):
        op.drop_index(name, "item")
    op.drop_table("saved_search")
    for statement in UNDO[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("item_terms")
