"""`anning dialogues check`: what is wrong with an author's file, for an editor or a script."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale

from courses.dialogues import authoring, nodes, scoring
from courses.dialogues.graph import Dialogue
from courses.dialogues.nodes import Fault

group = AppGroup("dialogues", help="Files of dialogues.")


@group.command("check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, as_json: bool) -> None:
    """Say whether FILE could be published; status 1 with one line a fault, FILE:line:column: message."""
    with force_locale("en"):
        result = authoring.parse(_read(file))
    faults = [] if isinstance(result, Dialogue) else result
    if as_json:
        told = [{"line": one.line, "column": one.column, "where": one.where, "message": one.message} for one in faults]
        click.echo(json.dumps({"file": str(file), "faults": told, **_figures(result)}, ensure_ascii=False))
    else:
        for one in faults:
            click.echo(f"{file}:{one.line}:{one.column}: {one.where + ': ' if one.where else ''}{one.message}")
        if isinstance(result, Dialogue):
            figures = _figures(result)
            click.echo(f"{file}: {figures['turns']} turns, {figures['best_points']} points at best, nothing wrong.")
    if faults:
        raise SystemExit(1)


def _figures(result: Dialogue | list[Fault]) -> dict[str, int | None]:
    if not isinstance(result, Dialogue):
        return {}
    return {
        "turns": len(result.turns),
        "best_points": scoring.best_points(result),
        "pass_percent": result.pass_percent,
    }


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(nodes.LARGEST + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
