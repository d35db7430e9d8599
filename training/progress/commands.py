"""`anning progress rebuild`: recount state and counters from the ledger."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from training.core import restore
from training.core.db import db, transaction
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import rollups, states

group = AppGroup("progress", help="The progress ledger.")


@group.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rebuild(as_json: bool) -> None:
    """Recount the steps of every enrolment and every counter from the ledger; says how many rows differed."""
    differing = _recounted()
    if as_json:
        click.echo(json.dumps({f"{name}_changed": number for name, number in differing.items()}))
    else:
        words = " and ".join(f"{number} {name}" for name, number in differing.items())
        click.echo(f"Recounted from the ledger: {words} differed.")


def _recounted() -> dict[str, int]:
    """Recount everything; how many steps and counters differed."""
    with transaction():
        rollups.keep_writers_out()
        # who was withdrawn keeps the steps of that day
        standing = select(Enrolment).where(Enrolment.status != EnrolmentStatus.WITHDRAWN).order_by(Enrolment.id)
        steps = sum(states.refresh(one, None) for one in db.session.scalars(standing).all())
        return {"steps": steps, "counters": rollups.rebuild()}


def register(app: Flask) -> None:
    """Plug in the command group; what was restored is recounted, too."""
    app.cli.add_command(group)
    restore.count_afterwards(_recounted)
