"""What a database holds, told the same way on both kinds: rows by table, and triggers."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from training.core.db import db

KEPT_BY_ALEMBIC = "alembic_version"


def tables(connection: Connection) -> set[str]:
    """The tables, without Alembic's own and those in which SQLite keeps an index of words (`…_data`, `…_config` …)."""
    found = set(inspect(connection).get_table_names()) - {KEPT_BY_ALEMBIC}
    if connection.dialect.name != "sqlite":
        return found
    return found - set(connection.execute(text("SELECT name FROM pragma_table_list WHERE type = 'shadow'")).scalars())


def rows() -> dict[str, int]:
    """How many rows each table holds."""
    with db.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables(connection)
        }


def triggers() -> set[tuple[str, str]]:
    """Every trigger of ours, as (table, name)."""
    statement = {
        "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal",
    }
    with db.engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(text(statement[connection.dialect.name]))}


def functions() -> set[str]:
    """The functions of ours that triggers call; none on SQLite."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return set()
        found = connection.execute(
            text("SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        )
        return set(found.scalars())
