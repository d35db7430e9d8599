"""`anning reports completion`: the officer's report for scripts."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup

from training.core.db import reading
from training.reports import queries

group = AppGroup("reports", help="Reports for scripts.")


@group.command("completion")
@click.option("--by", type=click.Choice(["city"]), default="city", show_default=True, help="What a row stands for.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def completion(by: str, as_json: bool) -> None:
    """Enrolled, completed and certified people, with a total."""
    with reading():
        report = queries.completion_by_city()
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        return
    click.echo(f"{by}\tenrolled\tcompleted\tcertified\tcompletion_percent")
    for row in (*report.rows, report.total):
        share = "" if row.completion_percent is None else row.completion_percent
        click.echo(f"{row.name_zh}\t{row.enrolled}\t{row.completed}\t{row.certified}\t{share}")


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
