"""`anning progress rebuild`: recount state and counters from the ledger."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from training.core.db import db, transaction
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import rollups, states

group = AppGroup("progress", help="The progress ledger.")


@group.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rebuild(as_json: bool) -> None:
    """Recount the steps of every enrolment and every counter from the ledger; says how many rows differed."""
    with transaction():
        rollups.keep_writers_out()
        # who was withdrawn keeps the steps of that day
        standing = select(Enrolment).where(Enrolment.status != EnrolmentStatus.WITHDRAWN).order_by(Enrolment.id)
        steps = sum(states.refresh(one, None) for one in db.session.scalars(standing).all())
        counters = rollups.rebuild()
    if as_json:
        click.echo(json.dumps({"steps_changed": steps, "counters_changed": counters}))
    else:
        click.echo(f"Recounted from the ledger: {steps} steps and {counters} counters differed.")


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
