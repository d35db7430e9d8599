"""Everything that is kept of one person, found by the foreign keys themselves, so that no table is forgotten.

A row belongs to a person when its `person_id` names them, or when it hangs on a row that does (the items of an attempt,
the document of a certificate). Secrets (digests, stamps, sealed texts) and binary documents are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, select

from training.core.db import Base, batches, connection

OWNER = "person_id"
SECRET = frozenset({"password_hash", "stamp", "digest", "token", "id_number_sealed", "id_number_index", "client_key"})


def tables_of_people() -> list[tuple[Table, Column[Any], Table | None]]:
    """Each table that holds rows of a person: the column that leads to them, and over which table (None: directly)."""
    person = Base.metadata.tables["person"]
    found: list[tuple[Table, Column[Any], Table | None]] = [(person, person.c.id, None)]
    seen = {person.name}
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    for table in tables:
        if OWNER in table.c and table.c[OWNER].references(person.c.id):
            found.append((table, table.c[OWNER], None))
            seen.add(table.name)
    return [*found, *_hanging(tables, seen)]


def _hanging(tables: Sequence[Table], seen: set[str]) -> Iterator[tuple[Table, Column[Any], Table | None]]:
    """Tables whose primary key is partly a foreign key to a table already found, level by level."""
    grown = True
    while grown:
        grown = False
        for table in tables:
            parent = None if table.name in seen else _parent(table, seen)
            if parent is not None:
                yield table, parent[0], parent[1]
                seen.add(table.name)
                grown = True


def _parent(table: Table, seen: set[str]) -> tuple[Column[Any], Table] | None:
    for column in table.primary_key.columns:
        for key in column.foreign_keys:
            if key.column.table.name in seen - {"person"}:
                return column, key.column.table
    return None


def of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that are this person's, as plain values, by table name; needs an open transaction."""
    ids: dict[str, list[Any]] = {}
    held: dict[str, list[dict[str, Any]]] = {}
    for table, column, over in tables_of_people():
        rows = _rows(table, column, [person_id] if over is None else ids.get(over.name, []))
        key = next(iter(table.primary_key.columns)).name
        ids[table.name] = [row[key] for row in rows]
        if rows:
            held[table.name] = [_told(table, row) for row in rows]
    return held


def _rows(table: Table, column: Column[Any], owners: Sequence[Any]) -> list[Any]:
    rows: list[Any] = []
    for some in batches(owners):
        statement = select(table).where(column.in_(some)).order_by(*table.primary_key.columns)
        rows.extend(connection().execute(statement).mappings())
    return rows


def _told(table: Table, row: Any) -> dict[str, Any]:
    return {
        column.name: _plain(row[column.name])
        for column in table.columns
        if column.name not in SECRET and not isinstance(column.type, LargeBinary)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
