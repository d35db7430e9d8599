"""`anning people retention`: who is kept longer than the rule says; with `--erase` they are erased."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup

from training.core.db import reading, transaction
from training.privacy import erasure, retention

group = AppGroup("people", help="People's data.")


@group.command("retention")
@click.option("--years", type=click.IntRange(1, 50), required=True, help="Years without a sign-in.")
@click.option("--erase", is_flag=True, help="Erase them; without it they are only counted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def keep_or_erase(years: int, erase: bool, as_json: bool) -> None:
    """Count, or erase, people who have not come for years and whom nothing keeps."""
    found, erased = 0, 0
    while True:
        with reading():
            people = [person.id for person in retention.forgettable(years)]
        found = max(found, len(people)) if not erase else found + len(people)
        if not erase or not people:
            break
        for person_id in people:
            with transaction():
                erasure.erase(person_id, by=None)
            erased += 1
    if as_json:
        click.echo(json.dumps({"years": years, "found": found, "erased": erased}))
    else:
        click.echo(f"{found} people were not here for {years} years; {erased} were erased.")


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
