"""The database: base class of models, the one place that commits, and what differs between SQLite and PostgreSQL.

Rules held here (see `docs/patterns.md`): `transaction()` is the only place that commits, and opens the write
transaction before the first query; everything else reads in a transaction that the database itself keeps read-only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
WRITE = {"anning_write": True}
# A page sees one state of the data throughout: what SQLite's snapshot gives, PostgreSQL gives when it is asked to.
READ: dict[str, dict[str, Any]] = {
    "sqlite": {"anning_write": False},
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored UTC: `timestamptz` on PostgreSQL, a sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; hand SQLite naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(postgresql.JSONB, "postgresql")

BY_MIGRATION: dict[str, Any] = {"info": {"by_migration": True}}
"""Marks a table whose rows a migration or `anning init-db` brings: an empty database has them already."""

Id = Annotated[int, mapped_column(BigId, primary_key=True)]

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime, dict[str, Any]: Json, list[str]: Json, int: BigId},
    )


class WorkingSession(FlaskSession):
    """The session of a request, command or job: it works on the connection of the transaction that is open."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """The open transaction's connection; without one an engine that can only read."""
        return connection() if is_open() else _engines()[False]


db = SQLAlchemy(session_options={"class_": WorkingSession, "expire_on_commit": False})


def init_app(app: Flask) -> None:
    """Attach the engines of `app` and the events that make both databases keep the house's rules."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    app.extensions["anning_engines"] = {
        True: engine.execution_options(**WRITE),
        False: engine.execution_options(**READ[engine.dialect.name]),
    }
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def engine_options(database_url: str) -> dict[str, Any]:
    """Options of `create_engine` for that database; its errors, which are logged, quote nobody's data."""
    if database_url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 20, "isolation_level": None}}
    return {"hide_parameters": True, "pool_size": 8, "max_overflow": 8}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Open the transaction ourselves: sqlite3 would begin late and deferred, and fail on a write after a read."""
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101 - a pooled connection that began has one
    if connection.get_execution_options().get("anning_write"):
        raw.execute("PRAGMA query_only=0")
        raw.execute("BEGIN IMMEDIATE")
    else:
        raw.execute("PRAGMA query_only=1")
        raw.execute("BEGIN")


@dataclass(slots=True)
class Unit:
    """A transaction that is open: its connection, what to do after its commit, and whether it is to be given up."""

    connection: Connection
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    given_up: bool = False


@contextmanager
def transaction() -> Iterator[Connection]:
    """One write transaction: begins at once, commits at the end, rolls back on any error; does not nest.

    What was handed to `after_commit` runs only when the commit has succeeded. After `give_up()` the end rolls back.
    """
    with _opened(writes=True) as unit:
        yield unit.connection
        if unit.given_up:
            return
        if db.session.registry.has():
            db.session.flush()
        unit.connection.commit()
    for callback in unit.afterwards:
        callback()


@contextmanager
def reading() -> Iterator[Connection]:
    """One transaction that the database keeps read-only.

    It ends as a commit, of nothing: after a rollback psycopg forgets which statements the server has prepared, and
    PostgreSQL plans each of them anew, which costs ten times as much as running it.
    """
    with _opened(writes=False) as unit:
        yield unit.connection
        unit.connection.commit()


@contextmanager
def _opened(*, writes: bool) -> Iterator[Unit]:
    """A connection that has begun; the session works on it from its first use. Uncommitted work is rolled back."""
    if is_open():
        raise RuntimeError("a transaction is already open: services never open one")
    with _engines()[writes].connect() as connection:
        connection.begin()
        g.unit = Unit(connection)
        try:
            yield g.unit
        finally:
            if db.session.registry.has():
                db.session.close()
            del g.unit


def _engines() -> dict[bool, Engine]:
    return cast("dict[bool, Engine]", current_app.extensions["anning_engines"])


def connection() -> Connection:
    """The connection of the open transaction, for statements that need no objects."""
    return cast(Unit, g.unit).connection


def once_committed(callback: Callable[[], None]) -> None:
    """Run `callback` when what this transaction has read is sure: now if it only reads, else after its commit."""
    if connection().get_execution_options().get("anning_write"):
        after_commit(callback)
    else:
        callback()


def give_up() -> None:
    """Have the present transaction roll back at its end: what a refusal had begun is not kept."""
    g.unit.given_up = True


def is_open() -> bool:
    """Whether a transaction is open already."""
    return "unit" in g


def after_commit(callback: Callable[[], None]) -> None:
    """Run `callback` once the present transaction has committed; never when it has not."""
    g.unit.afterwards.append(callback)


def insert(table: Any) -> Any:
    """The `INSERT` of the dialect in use, which knows `ON CONFLICT`."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(table)


def upsert(
    table: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str],
    add: Sequence[str] = (),
    put: Sequence[str] = (),
) -> Any:
    """An `INSERT … ON CONFLICT` of `rows` for the dialect in use.

    On a conflict over `keys` the columns in `add` grow by the new value and those in `put` take it; with neither the
    row stays as it is.
    """
    statement = insert(table).values(list(rows))
    changes = {name: getattr(table, name) + statement.excluded[name] for name in add}
    changes |= {name: statement.excluded[name] for name in put}
    if not changes:
        return statement.on_conflict_do_nothing(index_elements=list(keys))
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changes)


def insert_many(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns, all that have no default of the database, and break no rule.

    They go to the driver as they are; PostgreSQL copies them, in half of the time.
    """
    if not rows:
        return
    db.session.flush()
    table, dialect = model.__table__, db.engine.dialect
    statement = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    names = statement.positiontup if dialect.name == "sqlite" else list(rows[0])
    kinds = [table.c[name].type.dialect_impl(dialect) for name in names]
    made = [kind.bind_processor(dialect) or _as_it_is for kind in kinds]
    values = ([make(row[name]) for name, make in zip(names, made, strict=True)] for row in rows)
    raw = connection().connection.cursor()
    if dialect.name == "sqlite":
        raw.executemany(str(statement), list(values))
        return
    with raw.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def look_again(*models: Any) -> None:
    """Have PostgreSQL look again at tables that have grown by much: what it plans, it plans by what it knows of them.

    Its own rounds come a minute later. Outside of any transaction; SQLite plans without.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
            opened.execute(text(f"VACUUM (ANALYZE) {', '.join(one.__tablename__ for one in models)}"))


def _as_it_is(value: object) -> object:
    return value


MANY = 500


def batches(items: Sequence[T], size: int = MANY) -> Iterator[Sequence[T]]:
    """`items` in pieces that one statement can carry: databases bound the number of its parameters."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def append_only(table: str, dialect: str) -> list[str]:
    """DDL after which `table` refuses UPDATE and DELETE (and TRUNCATE on PostgreSQL); used by migrations."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def drop_append_only(table: str, dialect: str) -> list[str]:
    """DDL that takes `append_only` back; run it before the table is dropped."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_update", f"DROP TRIGGER IF EXISTS {table}_no_delete"]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]


def is_disk_full(error: OperationalError) -> bool:
    """Whether the database could not write for want of room."""
    number = getattr(error.orig, "sqlite_errorcode", None)
    return number == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", None) == "53100"


def is_ready(engine: Engine) -> bool:
    """Whether the database answers."""
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT 1").scalar() == 1
