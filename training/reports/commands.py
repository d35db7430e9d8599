"""`anning reports completion`: the officer's report for scripts."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup

from training.core.db import reading
from training.core.errors import DomainError
from training.reports import catalogue, queries
from training.reports.completion import TOTAL, Report
from training.reports.question import DIMENSIONS, Question, read

group = AppGroup("reports", help="Reports for scripts.")


@group.command("completion")
@click.option(
    "--by",
    type=click.Choice(DIMENSIONS),
    multiple=True,
    default=["city"],
    show_default="city",
    help="What a row stands for; a second one gives columns.",
)
@click.option(
    "--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As in the report's address; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def completion(by: tuple[str, ...], filters: tuple[str, ...], as_json: bool) -> None:
    """Enrolled, completed and certified people, with a total."""
    try:
        question = _question(by, filters)
        with reading():
            report = queries.completion(question, catalogue.load(question=question))
    except DomainError as error:
        raise click.UsageError(str(error.message)) from error
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        return
    _print(report)


def _question(by: tuple[str, ...], filters: tuple[str, ...]) -> Question:
    if len(by) > 2:
        raise click.UsageError("A report has rows and columns: give --by once or twice.")
    pairs = [tuple(one.partition("=")[::2]) for one in filters]
    known = {"city", "base", "institution", "profession", "programme", "since", "until", "sort"}
    wrong = next((name for name, value in pairs if name not in known or not value), None)
    if wrong is not None:
        raise click.UsageError(f"--filter takes NAME=VALUE with one of {', '.join(sorted(known))}; not {wrong!r}.")
    return read([("by", by[0]), ("across", by[1] if len(by) == 2 else ""), *((name, value) for name, value in pairs)])


def _print(report: Report) -> None:
    """The rows as a table; with columns a line for each cell."""
    click.echo("\t".join([*report.by, "enrolled", "completed", "certified", "completion_percent"]))
    for row in (*report.rows, report.total):
        cells = zip((label.name_zh for label in report.columns), row.cells, strict=True)
        for name, counts in [*cells, (TOTAL.name_zh, row)] if report.columns else [("", row)]:
            share = "" if counts.completion_percent is None else counts.completion_percent
            names = [row.name_zh, name] if len(report.by) == 2 else [row.name_zh]
            click.echo("\t".join(map(str, [*names, counts.enrolled, counts.completed, counts.certified, share])))


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
