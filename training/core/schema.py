"""The database's schema by migrations: each package keeps its own branch in `<package>/migrations/`.

One run is one transaction on either database. On SQLite foreign keys are off meanwhile (switched outside the
transaction, as it must be) and checked before the end, because a table that is copied would take its children along.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection

from training.core.db import WRITE, Base, db

HEADS = "heads"


def _folder(package: str) -> Path:
    return Path(current_app.root_path) / package / "migrations"


def package_of(table: str) -> str | None:
    """The package whose model keeps that table, or None for a table that is not ours."""
    for mapper in Base.registry.mappers:
        if getattr(mapper.local_table, "name", None) == table:
            return mapper.class_.__module__.partition(".")[0]
    return None


def packages() -> tuple[str, ...]:
    """The packages of the running application, ground floor first."""
    return tuple(current_app.extensions["anning_packages"])


def config(connection: Connection | None = None, package: str | None = None) -> Config:
    """Alembic's configuration, made here instead of in a file of its own."""
    made = Config(stdout=io.StringIO())
    made.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    made.set_main_option("path_separator", "space")
    made.set_main_option("version_locations", " ".join(str(_folder(name)) for name in packages()))
    made.attributes["connection"] = connection
    made.attributes["package"] = package
    return made


@contextmanager
def _connection() -> Iterator[Connection]:
    with db.engine.connect() as plain:
        connection = plain.execution_options(**WRITE)
        raw = connection.connection.dbapi_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            raw.execute("PRAGMA legacy_alter_table=ON")  # type: ignore[union-attr]  # else a trigger that names the table stops its copy
        try:
            with connection.begin():
                yield connection
                if sqlite:
                    faults = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if faults:
                        raise RuntimeError(f"the migration leaves rows without their parents: {faults[:5]}")
        finally:
            if sqlite:
                raw.execute("PRAGMA legacy_alter_table=OFF")  # type: ignore[union-attr]
                raw.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def upgrade(revision: str = HEADS) -> None:
    """Migrate up to `revision`; all heads by default."""
    with _connection() as connection:
        command.upgrade(config(connection), revision)


def downgrade(revision: str) -> None:
    """Migrate back to `revision` (`base` for nothing at all)."""
    with _connection() as connection:
        command.downgrade(config(connection), revision)


def is_current() -> bool:
    """Whether the database has every migration."""
    scripts = ScriptDirectory.from_config(config())
    with db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    applied = {one.revision for one in scripts.get_all_current(heads)}  # with those that a branch above rests on
    return set(scripts.get_heads()) <= applied and bool(applied)


def heads(connection: Connection) -> dict[str, str]:
    """The newest migration of each package that the database has; empty for a database without our tables."""
    scripts = ScriptDirectory.from_config(config())
    applied = scripts.get_all_current(MigrationContext.configure(connection).get_current_heads())
    return _by_package(one.revision for one in applied)


def newest() -> dict[str, str]:
    """The newest migration of each package that there is."""
    return _by_package(revisions())


def revisions() -> set[str]:
    """Every migration that there is."""
    return {one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()}


def _by_package(revisions: Iterable[str]) -> dict[str, str]:
    """Revisions are numbered within their package: the last of each."""
    return {one.rpartition("_")[0]: one for one in sorted(revisions)}


def check() -> None:
    """Raise when the models and the migrated database differ."""
    with _connection() as connection:
        command.check(config(connection))


def make_revision(package: str, message: str) -> None:
    """Write the next migration of one package from the difference between its models and the database."""
    with _connection() as connection:
        made = config(connection, package)
        count = len(list(_folder(package).glob("*.py"))) + 1
        first = count == 1
        command.revision(
            made,
            message=message,
            autogenerate=True,
            rev_id=f"{package}_{count:03d}",
            head="base" if first else f"{package}@head",
            branch_label=package if first else None,
            version_path=str(_folder(package)),
            depends_on="training_001" if first and package != "training" else None,
        )
