"""What Alembic runs: migrate over the connection that `schema.py` hands in, keeping triggers alive on SQLite."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text

from training.core.db import Base, Json, UTCDateTime
from training.core.schema import package_of

connection: Connection = context.config.attributes["connection"]
only: str | None = context.config.attributes.get("package")
triggers: dict[str, tuple[str, str]] = {}


def include(_object: Any, name: str | None, kind: str, _reflected: bool, compare_to: Any) -> bool:
    """Only our own tables (a queue keeps its own in the same database), and only one package's when asked."""
    if kind != "table":
        return True
    owner = package_of(name or "")
    return owner is not None and (only is None or owner == only)


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write column types of ours as what they are in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        return "Json"
    return False


def restore_triggers(*_arguments: Any, **_details: Any) -> None:
    """After each step: a table that was copied and renamed (batch mode) has lost its triggers; put them back."""
    if connection.dialect.name != "sqlite":
        return
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()
    tables = {row.name for row in rows if row.type == "table"}
    present = {row.name: (row.tbl_name, row.sql) for row in rows if row.type == "trigger"}
    for name, (table, sql) in triggers.items():
        if name not in present and table in tables:
            connection.exec_driver_sql(sql)
    triggers.update(present)


restore_triggers()
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=include,
    render_item=render,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    on_version_apply=restore_triggers,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
