"""Restoring a backup into a database that holds nothing, on either kind, whichever kind it was made on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, inspect, literal, select, text
from sqlalchemy.exc import DataError, IntegrityError

from training.core import archive, backup, schema
from training.core.archive import Manifest, Reader
from training.core.backup import Told
from training.core.db import connection, reading, transaction
from training.core.errors import Conflict

Count = Callable[[], dict[str, int]]
_counts: list[Count] = []


@dataclass(frozen=True)
class Restored:
    """What was restored, and what the features counted anew afterwards: how many of what differed."""

    manifest: Manifest
    differing: dict[str, int]


def count_afterwards(count: Count) -> None:
    """Register what counts anew after a restore; it opens its own transaction and says how many differed."""
    if count not in _counts:
        _counts.append(count)


def restore(path: Path, *, told: Told = lambda _more, _all: None) -> Restored:
    """Restore the backup `path`, whole or not at all; `told` hears of every row twice: when checked and when written.

    Raises `Damaged`, `TooNew` or `Conflict` with a sentence; nothing has been changed then.
    """
    with path.open("rb") as file:
        reader = Reader(file)
        _require_same_schema(reader.manifest)
        is_bare = _require_nothing_there()
        backup.check(reader, told)
        if is_bare:
            schema.upgrade()
        with _files_in_place(reader), transaction(), _one_refusal(), _parents_may_follow(connection()):
            _require_empty(connection())
            _insert_everything(reader, told)
            _set_sequences(connection())
    differing = {name: number for count in _counts for name, number in count().items()}
    return Restored(reader.manifest, differing)


def _require_same_schema(manifest: Manifest) -> None:
    newest = schema.newest()
    if manifest.heads == newest:
        return
    known = schema.revisions()
    words = ", ".join(sorted(set(manifest.heads.values()) - set(newest.values())) or sorted(manifest.heads))
    if set(manifest.heads.values()) <= known:
        advice = "Restore it with the version of Anning that made it, then let this version run `anning init-db`."
    else:
        advice = "It was made by a newer version of Anning: install that one, and restore with it."
    raise Conflict(f"The backup has another schema than this version of Anning ({words}). {advice}")


def _require_nothing_there() -> bool:
    """Refuse a target that holds anything; returns whether not even the tables are there."""
    if next(archive.stored_files(backup.data_folder()), None):
        raise Conflict(f"There are stored files in {backup.data_folder() / 'files'} already. Restore elsewhere.")
    with reading():
        heads = schema.heads(connection())
        if not heads:
            return True
        if heads != schema.newest():
            raise Conflict("The database has an older schema. Run `anning init-db` first, or give an empty database.")
        _require_empty(connection())
    return False


def _require_empty(connection: Connection) -> None:
    for table in backup.tables():
        if not table.info.get("by_migration") and connection.scalar(select(literal(1)).select_from(table).limit(1)):
            raise Conflict(
                f"The database is not empty ({table.name} has rows); a backup is restored only into an empty one. "
                "Point DATABASE_URL or ANNING_DATA_DIR at a new one."
            )


@contextmanager
def _one_refusal() -> Iterator[None]:
    """Rows that were read but do not fit each other are a damaged backup, too; their values are not told."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        reason = next(iter(str(error.orig).splitlines()), type(error).__name__)
        raise archive.Damaged(f"The rows of the backup do not fit together: {reason}. Nothing was restored.") from error


@contextmanager
def _parents_may_follow(connection: Connection) -> Iterator[None]:
    """Within a table a row may come before the row it points to; every foreign key is checked at the end."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        faults = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if faults:
            names = ", ".join(sorted({row[0] for row in faults}))
            raise archive.Damaged(f"The rows of the backup do not fit together: {names} point to nothing.")
        return
    to_themselves = _constraints_within_tables(connection)
    for table, name in to_themselves:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in to_themselves:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _constraints_within_tables(connection: Connection) -> list[tuple[str, str]]:
    quote = connection.dialect.identifier_preparer.quote
    inspector = inspect(connection)
    return [
        (quote(table.name), quote(str(key["name"])))
        for table in backup.tables()
        for key in inspector.get_foreign_keys(table.name)
        if key["referred_table"] == table.name
    ]


def _insert_everything(reader: Reader, told: Told) -> None:
    members = {one.table: one for one in reader.manifest.tables}
    for table in reversed(backup.tables()):
        if table.info.get("by_migration"):
            connection().execute(table.delete())
    for table in backup.tables():
        rows = backup.values_of(reader, members[table.name], table)
        for some in backup.some_at_once(rows):
            connection().execute(table.insert(), some)
            told(len(some), 2 * reader.manifest.rows)


def _set_sequences(connection: Connection) -> None:
    """What PostgreSQL numbers by itself goes on after the largest number that was restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in backup.tables():
        for column in table.columns:
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            if sequence:
                following = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                connection.execute(select(func.setval(sequence, following, False)))


@contextmanager
def _files_in_place(reader: Reader) -> Iterator[None]:
    """Unpack the stored files beside their place and rename them into it; taken away when the rows do not follow."""
    folder = backup.data_folder()
    target = folder / "files"
    if not reader.manifest.files:
        yield
        return
    unpacked = Path(tempfile.mkdtemp(dir=folder, prefix="files-"))
    placed = False
    try:
        for member in reader.manifest.files:
            _unpack(reader, member, unpacked)
        shutil.rmtree(target, ignore_errors=True)  # holds no stored file, at most empty folders
        unpacked.replace(target)
        placed = True
        backup.flush_folder(folder)
        yield
    except BaseException:
        shutil.rmtree(target if placed else unpacked, ignore_errors=True)
        raise


def _unpack(reader: Reader, member: archive.Member, folder: Path) -> None:
    path = folder / member.name.removeprefix("files/")
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        for piece in reader.pieces(member):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
