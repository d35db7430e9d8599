"""A migration that rebuilds a table on SQLite keeps its children and its triggers: tried with throw-away migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.migrations import databases
from training.core import schema
from training.core.db import db, reading, transaction

MIGRATION = '''"""Thrown away."""
import sqlalchemy as sa
from alembic import op
revision = "training_thrown_away"
down_revision = "{head}"
branch_labels = None
depends_on = None
def upgrade():
{upgrade}
def downgrade():
{downgrade}
'''
REBUILD = """
    for table in {tables}:
        with op.batch_alter_table(table, recreate="always" if op.get_bind().dialect.name == "sqlite" else "auto") as batch:
            batch.{change}
"""
TABLES = ("person", "activity", "scope", "enrolment", "ledger_line", "audit_line")


@pytest.fixture
def extra(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that puts one more migration on top of training's."""
    folder = tmp_path / "versions"
    folder.mkdir()
    real = schema.config

    def config(*arguments: Any, **options: Any) -> Any:
        made = real(*arguments, **options)
        made.set_main_option("version_locations", f"{made.get_main_option('version_locations')} {folder}")
        return made

    def write(upgrade: str, downgrade: str = "    pass") -> None:
        with app.app_context():
            heads = ScriptDirectory.from_config(real()).get_revisions("training@head")
        text_of_it = MIGRATION.format(head=heads[0].revision, upgrade=upgrade, downgrade=downgrade)
        (folder / "thrown_away.py").write_text(text_of_it, encoding="utf-8")
        monkeypatch.setattr(schema, "config", config)

    return write


@pytest.mark.world
def test_rebuilt_tables_keep_rows_children_and_triggers(app: Flask, extra: Any) -> None:
    up = REBUILD.format(tables=TABLES, change='add_column(sa.Column("added", sa.String(10), nullable=True))')
    extra(up, REBUILD.format(tables=TABLES, change='drop_column("added")'))
    with app.app_context():
        before, guarded = databases.rows(), databases.triggers()
        assert all(before[name] for name in TABLES)
        schema.upgrade()
        _added(TABLES)
        assert databases.rows() == before
        assert databases.triggers() == guarded
        for statement in ("UPDATE ledger_line SET added = 'x'", "DELETE FROM audit_line"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))
        with pytest.raises(DBAPIError), transaction():
            db.session.execute(text("DELETE FROM person"))  # children still hold on to their parents
        schema.downgrade("training@-1")
        assert databases.rows() == before
        assert databases.triggers() == guarded


def _added(tables: tuple[str, ...]) -> None:
    with reading():
        for name in tables:
            db.session.execute(text(f"SELECT added FROM {name}"))


@pytest.mark.world
def test_a_migration_that_fails_half_way_leaves_nothing(app: Flask, extra: Any) -> None:
    extra('    op.add_column("person", sa.Column("added", sa.String(10)))\n    op.execute("SELECT * FROM nowhere")')
    with app.app_context():
        before = databases.rows()
        with pytest.raises(DBAPIError):
            schema.upgrade()
        with pytest.raises(DBAPIError):
            _added(("person",))
        db.session.close()
        assert databases.rows() == before
        assert not schema.is_current()


@pytest.mark.world
def test_a_migration_that_orphans_rows_is_refused(app: Flask, extra: Any) -> None:
    extra('    op.execute("DELETE FROM institution")')
    with app.app_context():
        before = databases.rows()
        with pytest.raises((RuntimeError, DBAPIError)):
            schema.upgrade()
        assert databases.rows() == before
