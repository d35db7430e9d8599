"""A backup: every table as it is at one moment, and the stored files, in one archive (`core/archive.py`).

Neither the key that signs sessions nor the one under which identity numbers are sealed goes into it: whoever finds a
backup reads no identity number. The queue stays out too; what is to be done stands in the tables.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Table

from training.core import archive, cells, clock, schema
from training.core.archive import Manifest, Reader, Writer
from training.core.db import Base, connection, reading
from training.core.errors import Conflict

ROWS_AT_ONCE = 200
Told = Callable[[int, int], object]
"""Hears how much more is done, and of how much."""


def tables() -> list[Table]:
    """Every table of the application, parents first."""
    return list(Base.metadata.sorted_tables)


def data_folder() -> Path:
    """The folder in which stored files lie."""
    folder: Path = current_app.extensions["anning_settings"].data_dir
    return folder


def make(path: Path, *, overwrite: bool = False, told: Told = lambda _more, _all: None) -> Manifest:
    """Write a backup to `path`, whole or not at all, and read it again before it takes its name.

    `told` hears of every table that is written. Raises `Conflict` when there is a file already or the schema is not
    this version's, and `OSError` when it cannot be written.
    """
    if path.exists() and not (overwrite and path.is_file()):
        raise Conflict(f"{path} is there already and stays as it is. Give another name, or --force to replace it.")
    with _beside(path) as file:
        with reading(), Writer(file) as writer:
            manifest = _write(writer, told)
        check(Reader(file))
        return manifest


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone that takes the name `path` at the end, and is gone when anything fails."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        Path(temporary).replace(path)
        flush_folder(path.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(writer: Writer, told: Told) -> Manifest:
    heads = schema.heads(connection())
    if heads != schema.newest():
        raise Conflict("The database has not the schema of this version. Run `anning init-db`, then back it up.")
    made_at = clock.now().isoformat(timespec="seconds")
    for table in tables():
        writer.add_table(table.name, table.columns.keys(), _lines(table))
        told(1, len(tables()))
    # after the tables: a file is there before the row that names it
    for name, path in archive.stored_files(data_folder()):
        with path.open("rb") as source:
            writer.add_file(name, source)
    return writer.finish(made_at=made_at, database=connection().dialect.name, heads=heads)


def _lines(table: Table) -> Iterator[str]:
    """The rows of a table as lines, fetched some at a time."""
    codecs = cells.codecs(table)
    statement = cells.statement_of(table).execution_options(yield_per=ROWS_AT_ONCE)
    for some in connection().execute(statement).partitions():
        for row in some:
            yield cells.write_row(codecs, row)


def check(reader: Reader, told: Told = lambda _more, _all: None) -> None:
    """Read the whole archive: every sum agrees and every row can stand in its table. Raises `Damaged`.

    The tables must be those of this version: look at `heads` first. `told` hears of every row, which is half
    of what a restore does.
    """
    by_name = {table.name: table for table in tables()}
    members = {one.table: one for one in reader.manifest.tables}
    if members.keys() != by_name.keys():
        raise archive.Damaged("The backup is damaged: it holds other tables than its schema has.")
    for name, member in members.items():
        for some in some_at_once(values_of(reader, member, by_name[name])):
            told(len(some), 2 * reader.manifest.rows)
    for member in reader.manifest.files:
        for _piece in reader.pieces(member):
            pass


def values_of(reader: Reader, member: archive.Member, table: Table) -> Iterator[dict[str, object]]:
    """The rows of a member as parameters of an INSERT into its table."""
    codecs = cells.codecs(table)
    for number, row in enumerate(reader.rows(member, table.columns.keys()), start=1):
        try:
            yield cells.read_row(table, codecs, row)
        except (ValueError, TypeError) as error:
            raise archive.Damaged(f"The backup is damaged: {member.name}, row {number}: {str(error)[:200]}.") from error


def some_at_once(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    """The rows in lists of bounded length."""
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some
