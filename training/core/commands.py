"""Commands of the ground floor: the schema, serving and working."""

from __future__ import annotations

import click
import psycopg
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from training.core import groundwork, jobs, sample, schema, serving
from training.core.db import db, reading

group = AppGroup("schema", help="The database's schema.")


@group.command("revision")
@click.option("--package", required=True, help="Whose models changed.")
@click.option("-m", "--message", required=True, help="What changes, in a few words.")
def revision(package: str, message: str) -> None:
    """Write the next migration of a package from its models."""
    if package not in schema.packages():
        raise click.UsageError(f"{package!r} is no package; choose one of {', '.join(schema.packages())}.")
    schema.make_revision(package, message)


@group.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema."""
    schema.upgrade()


@group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (`base`: drop everything)."""
    schema.downgrade(revision)


@group.command("check")
def check() -> None:
    """Fail when the models and the database differ."""
    schema.check()


@click.command("init-db")
def init_db() -> None:
    """Create or migrate the database, and add what every installation holds; without sample data."""
    schema.upgrade()
    added = groundwork.bring()
    click.echo("The database has the newest schema.")
    for name, number in added.items():
        click.echo(f"{number} {name} added." if number else f"All {name} are there.")


def _fill(*, small: bool) -> bool:
    """Load the sample with a bar, unless there is something already."""
    with reading():
        if not sample.is_empty():
            return False
    with click.progressbar(length=sample.steps(), label="Filling the empty database with the sample") as bar:
        return sample.load(small=small, done=lambda: bar.update(1))


@click.command("sample-data")
@click.option("--small", is_flag=True, help="The same courses and items, and only the few people who have a story.")
def sample_data(small: bool) -> None:
    """Load the sample into an empty database; refused (status 1) when there is something in it already."""
    schema.upgrade()
    if not _fill(small=small):
        raise click.ClickException("The database is not empty; the sample goes only into an empty one.")
    click.echo("The sample is loaded.")


@click.command("worker")
@click.option("--with-parent", is_flag=True, help="End when the process that started this one ends.")
def worker(with_parent: bool) -> None:
    """Do the work that waits: queued jobs, and every minute a sweep for what was left unfinished."""
    if with_parent:
        serving.end_with_parent()
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("serve")
@click.option("--host", help="Address to listen on (default: HOST, else 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: PORT, else 8000).")
@click.option("--without-worker", is_flag=True, help="Do not start the worker beside the web processes.")
def serve(host: str | None, port: int | None, without_worker: bool) -> None:
    """Migrate the database, fill an empty one with the sample in sample mode, and serve."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings = app.extensions["anning_settings"]
    schema.upgrade()
    groundwork.bring()
    if settings.sample_mode:
        _fill(small=False)
    db.engine.dispose()
    serving.share_metrics(app, settings.data_dir / "metrics")
    host, port = host or settings.host, port or settings.port
    app.config["PUBLIC_URL"] = settings.public_url_on(port)
    click.echo(f"Anning 安宁: http://{host}:{port}/")
    serving.serve(
        app,
        host=host,
        port=port,
        processes=settings.processes,
        threads=settings.threads,
        with_worker=not without_worker,
    )


def told(error: Exception) -> str | None:
    """What to say of a failure of the database or of its schema; None for one that is the programme's own."""
    if isinstance(error, CommandError):
        return f"The schema stays as it is. {error}"
    if isinstance(error, OperationalError | ProgrammingError | psycopg.Error):  # the queue asks psycopg itself
        reason = next(iter(str(getattr(error, "orig", error)).strip().splitlines()), type(error).__name__)
        return f"The database cannot be used: {reason}. Look at DATABASE_URL; `anning init-db` makes what is missing."
    return None


def register(app: Flask) -> None:
    """Plug in the commands."""
    app.cli.add_command(group)
    for command in (init_db, sample_data, worker, serve):
        app.cli.add_command(command)
