"""`anning backup` and `anning restore`."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from training.core import backup as backups
from training.core import restore as restoring
from training.core.archive import Manifest
from training.core.db import is_disk_full
from training.core.errors import DomainError

File = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=File)
@click.option("--force", is_flag=True, help="Replace FILE when it is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def backup(file: Path, force: bool, as_json: bool) -> None:
    """Write every table and the stored files, as they are at one moment, into the archive FILE (ZIP).

    The keys are not in it: keep copies of them elsewhere.
    """
    with _refusals(file), _bar("Backing up", as_json) as told:
        manifest = backups.make(file, overwrite=force, told=told)
    if as_json:
        click.echo(json.dumps({"file": str(file), "bytes": file.stat().st_size, **_figures(manifest)}))
        return
    click.echo(
        f"{manifest.rows} rows of {len(manifest.tables)} tables and {len(manifest.files)} stored files are in {file} "
        f"({file.stat().st_size} bytes), read again and sound. The keys are not in it."
    )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def restore(file: Path, as_json: bool) -> None:
    """Restore the backup FILE into a database that holds nothing (refused otherwise, with status 1).

    The database may be of the other kind than the one it was made on.
    """
    with _refusals(file), _bar("Restoring", as_json) as told:
        restored = restoring.restore(file, told=told)
    if as_json:
        click.echo(json.dumps({"file": str(file), **_figures(restored.manifest), "differing": restored.differing}))
        return
    manifest = restored.manifest
    for member in manifest.tables:
        if member.rows:
            click.echo(f"{member.table}: {member.rows}")
    click.echo(
        f"Restored: {manifest.rows} rows and {len(manifest.files)} stored files, as they were at {manifest.made_at} "
        f"on {manifest.database}."
    )
    words = " and ".join(f"{number} {name}" for name, number in restored.differing.items())
    click.echo(f"Counted anew: {words} differed.")


def _figures(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "database": manifest.database,
        "heads": manifest.heads,
        "rows": manifest.rows,
        "tables": {one.table: one.rows for one in manifest.tables},
        "files": len(manifest.files),
    }


@contextmanager
def _bar(label: str, as_json: bool) -> Iterator[backups.Told]:
    """A bar on the terminal; nothing where nobody looks."""
    silent = as_json or not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=silent) as bar:

        def told(more: int, total: int) -> None:
            bar.length = total
            bar.update(more)

        yield told


@contextmanager
def _refusals(file: Path) -> Iterator[None]:
    """Each refusal as a sentence with status 1."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    except OperationalError as error:
        if not is_disk_full(error):
            raise
        raise click.ClickException("The disk of the database is full. Nothing was changed; make room first.") from error
    except OSError as error:
        where = error.filename or file
        advice = " Make room, or choose another disk." if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        raise click.ClickException(f"{where}: {error.strerror}. Nothing was left behind.{advice}") from error


def register(app: Flask) -> None:
    """Plug in the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)
