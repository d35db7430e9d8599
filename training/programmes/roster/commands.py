"""The roster on the command line: the same checks as the pages, the same import."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from training.accounts.commands import group
from training.core import sheets
from training.core.db import db, reading, transaction
from training.core.errors import DomainError
from training.programmes.models import Cohort
from training.programmes.roster import contents, queries, services, words
from training.programmes.roster.checking import Plan, What
from training.programmes.roster.columns import Field
from training.programmes.roster.services import Looked


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cohort", required=True, help="The cohort: its id, or BASE/CODE.")
@click.option("--dry-run", is_flag=True, help="Only look; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--only-good", is_flag=True, help="Leave out the rows with faults instead of refusing.")
def import_roster(file: Path, cohort: str, dry_run: bool, as_json: bool, only_good: bool) -> None:
    """Import a roster: add its people and enrol them in a cohort. Faults are printed, and refuse the whole."""
    try:
        with click.progressbar(length=3, label="Reading", file=sys.stderr) as bar:
            data = file.read_bytes()
            looked = _look(data, file.name)
            bar.label = "Checking"
            bar.update(1)
            with reading():
                plan = services.plan(looked, _cohort(cohort), actor=None)
            bar.label = "Writing"
            bar.update(1)
            refusal = _refusal(plan, only_good)
            if refusal is None and not dry_run:
                plan = _write(looked, cohort, only_good, services.File(file.name, hashlib.sha256(data).hexdigest()))
            bar.update(1)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    _tell(plan, dry_run=dry_run, as_json=as_json, refusal=refusal)
    if refusal is not None:
        raise click.exceptions.Exit(1)


def _cohort(text: str) -> Cohort:
    """The cohort that the option names; needs an open transaction."""
    base, slash, code = text.partition("/")
    if slash:
        found = queries.cohort_by_code(base, code)
    else:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        found = db.session.get(Cohort, number)
    if found is None:
        raise click.ClickException(f"There is no cohort {text}; give its id, or the codes of its base and its own.")
    return found


def _look(data: bytes, name: str) -> Looked:
    content = services.content_of(sheets.read(data, name))
    choices = contents.guessed(content)
    if choices.place_of(Field.NAME) is None:
        raise click.ClickException("No column holds the name. Write the head of that column as in the template.")
    with reading():
        return services.look(content, choices)


def _refusal(plan: Plan, only_good: bool) -> str | None:
    try:
        services.require_carriable(plan, only_good=only_good)
    except DomainError as error:
        return str(error.message)
    return None


def _write(looked: Looked, cohort: str, only_good: bool, file: services.File) -> Plan:
    """Look again inside the transaction: somebody may have come meanwhile."""
    with transaction():
        into = _cohort(cohort)
        plan = services.plan(looked, into, actor=None)
        services.require_carriable(plan, only_good=only_good)
        services.carry_out(into, plan, file, by=None)
    return plan


def _tell(plan: Plan, *, dry_run: bool, as_json: bool, refusal: str | None) -> None:
    counts = plan.counts()
    if as_json:
        faults: list[dict[str, Any]] = [
            {"row": one.row, "field": one.of.value if one.of else None, "code": one.code, "text": words.tell(one)}
            for one in plan.faults
        ]
        written = refusal is None and not dry_run
        click.echo(json.dumps({"rows": counts, "faults": faults, "written": written}, ensure_ascii=False))
        return
    for one in plan.faults:
        where = f", {words.FIELDS[one.of]}" if one.of else ""
        click.echo(f"row {one.row}{where}: {words.tell(one)}", err=True)
    for what in What:
        click.echo(f"{counts[what]:6d}  {words.WHAT[what]}")
    if refusal is not None:
        click.echo(f"Nothing was written. {refusal}", err=True)
    elif dry_run:
        click.echo("Nothing was written: this was a dry run.")
