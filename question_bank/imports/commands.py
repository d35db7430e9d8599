"""Items in files on the command line: looking, bringing in, taking out. The same readers and writers as the pages."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from question_bank.exchange import formats, targets
from question_bank.exchange.parsed import Parsed, Written
from question_bank.imports import exporting, queries, services, tasks
from question_bank.imports.models import ItemImport
from question_bank.likeness.files import Twin
from training.core import i18n, scopes
from training.core.db import db, reading, transaction
from training.core.errors import DomainError
from training.core.garbage import uncollected
from training.core.scopes import Scope
from training.places.models import Region, TrainingBase

group = AppGroup("questions", help="Items of the bank in files: look at them, bring them in, take them out.")
file_argument = click.Path(exists=True, dir_okay=False, path_type=Path)
language_option = click.option(
    "--language", type=click.Choice(["zh", "en"]), help="The language of the items; recognised when it is left out."
)
format_option = click.option(
    "--format", "wanted", type=click.Choice(list(formats.READERS)), help="What the file is; recognised when left out."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@group.command("check")
@click.argument("files", type=file_argument, nargs=-1, required=True)
@format_option
@language_option
@json_option
def check(files: Sequence[Path], wanted: str | None, language: str | None, as_json: bool) -> None:
    """Say of every item in FILES how it would come in; nothing is written, no database is needed.

    The exit status is 1 when a file cannot be read or an item would stay out.
    """
    reports = [_looked_at(file, wanted, language) for file in files]
    if as_json:
        click.echo(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False))
    else:
        for report in reports:
            _tell(report)
    if any("error" in report or report["counts"]["refused"] for report in reports):
        raise SystemExit(1)


def _looked_at(file: Path, wanted: str | None, language: str | None) -> dict[str, Any]:
    try:
        found, items = formats.read(file.read_bytes(), file.name, language=language or "", wanted=wanted or "")
    except DomainError as error:
        return {"file": str(file), "error": str(error.message)}
    return {"file": str(file), "format": found, **_report(items)}


def _report(items: Sequence[Parsed]) -> dict[str, Any]:
    counts = Counter(one.status for one in items)
    twins = services.compare(items).twins
    return {
        "counts": {status: counts[status] for status in ("whole", "with_losses", "refused")},
        "types": dict(sorted(Counter(one.type for one in items if one.type).items())),
        "original_types": dict(sorted(Counter(one.original_type for one in items if one.original_type).items())),
        "items": [
            {
                "place": one.where,
                "name": one.name,
                "type": one.type or None,
                "original_type": one.original_type,
                "status": one.status,
                "losses": [problem.message for problem in one.losses],
                "refusals": [problem.message for problem in one.refusals],
                **(_alike(twins[place], items) if place in twins else {}),
            }
            for place, one in enumerate(items)
        ],
    }


def _alike(twin: Twin, items: Sequence[Parsed]) -> dict[str, Any]:
    """Which earlier item of the file an item is like, and how much."""
    likeness = twin.likeness
    return {
        "like": {
            "place": items[twin.place].where,
            "percent": likeness.percent,
            "numbers_differ": likeness.numbers_differ,
            "same": twin.is_same,
        }
    }


def _tell(report: dict[str, Any]) -> None:
    if "error" in report:
        click.echo(f"{report['file']}: {report['error']}", err=True)
        return
    counts = report["counts"]
    click.echo(
        f"{report['file']} ({report['format']}): {counts['whole']} whole, {counts['with_losses']} with losses, "
        f"{counts['refused']} refused"
    )
    for item in report["items"]:
        for message in [*item["refusals"], *item["losses"]]:
            click.echo(f"  {item['place']} [{item['status']}] {message}")
        if "like" in item:
            click.echo(f"  {item['place']} [{item['status']}] {_like(item['like'])}")


def _like(told: dict[str, Any]) -> str:
    if told.get("same"):
        return f"says the same as {told['place']}"
    of = f"item {told['code']}" if "code" in told else told["place"]
    more = (", other numbers" if told["numbers_differ"] else "") + (", retired" if told.get("retired") else "")
    return f"like {of} ({told['percent']} %{more})"


@group.command("import")
@click.argument("file", type=file_argument)
@click.option("--bank", help="Whose bank: the code of a region or of a base; everybody's when it is left out.")
@format_option
@language_option
@click.option("--dry-run", is_flag=True, help="Only look; write nothing.")
@click.option("--with-twins", is_flag=True, help="Bring in items that say the same as one before them, too.")
@json_option
def import_items(
    file: Path,
    bank: str | None,
    wanted: str | None,
    language: str | None,
    dry_run: bool,
    with_twins: bool,
    as_json: bool,
) -> None:
    """Bring the items of FILE into a bank, as drafts; those with faults stay out and are printed.

    An item that says the same as one before it is left out (`--with-twins` brings it in); what is like others is told.

    When it is broken off, `anning worker` goes on where it stopped. The exit status is 1 when an item stayed out.
    """
    data = file.read_bytes()
    try:
        with uncollected():
            found, items = formats.read(data, file.name, language=language or "", wanted=wanted or "")
        if dry_run:
            answer: dict[str, Any] = {"file": str(file), "format": found, **_report(items)}
        else:
            answer = {
                "file": str(file),
                "format": found,
                **_import(data, file.name, found, items, bank, language or "", with_twins),
            }
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif dry_run:
        _tell(answer)
    else:
        click.echo(", ".join(f"{number} {name}" for name, number in answer["counts"].items()))
        for one in answer["alike"]:
            click.echo(f"  {one['place']}{'' if one['chosen'] else ' [left out]'} {_like(one['like'])}")
    if answer["counts"]["refused"]:
        raise SystemExit(1)


def _import(
    data: bytes, name: str, found: str, items: list[Parsed], bank: str | None, language: str, with_twins: bool
) -> dict[str, Any]:
    compared = services.compare(items)
    with transaction():
        scope = _scope_of(bank)
        opened = services.open_import(scope, items, data, name, found, language, sent_by=None, compared=compared)
        if with_twins:
            services.choose_all(opened)
        counts = queries.counts_of(opened)
        if counts.coming:
            services.confirm(opened, scope, confirmed_by=None)
    if counts.coming:
        with click.progressbar(length=len(items), label="Writing", file=sys.stderr) as bar:
            tasks.write(opened, items, told=lambda done: bar.update(done - bar.pos))
    with reading():
        ended = db.session.get_one(ItemImport, opened.id)
        counts = queries.counts_of(ended)
        alike = [_told_alike(row) for row in queries.alike_in(ended)]
    return {
        "import": opened.id,
        "counts": {
            "whole": counts.whole,
            "with_losses": counts.with_losses,
            "refused": counts.refused,
            "there": counts.there,
            "left_out": counts.left_out,
        },
        "alike": alike,
    }


def _told_alike(row: Any) -> dict[str, Any]:
    """A line that is like an item of the bank or an earlier line."""
    line = row.ImportLine
    like = {"percent": line.percent, "numbers_differ": line.numbers_differ}
    if line.like_item_id is not None:
        like |= {"item": line.like_item_id, "code": row.like_code, "retired": row.like_retired is not None}
    else:
        like |= {"place": i18n.local(row, "like_place"), "same": not line.chosen}
    return {"place": i18n.local(line, "place"), "name": line.name, "chosen": line.chosen, "like": like}


def _scope_of(bank: str | None) -> Scope:
    if bank is None:
        return scopes.root()
    for model in (Region, TrainingBase):
        scope = db.session.scalar(select(Scope).join(model, model.scope_id == Scope.id).where(model.code == bank))
        if scope is not None:
            return scope
    raise click.ClickException(f"There is no region and no base with the code {bank}.")


@group.command("export")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--format", "wanted", required=True, type=click.Choice(list(targets.TARGETS)), help="What to write.")
@click.option("--bank", help="Whose bank: the code of a region or of a base; all banks when it is left out.")
@click.option("--type", "type_name", help="Only items of this type.")
@click.option(
    "--language", type=click.Choice(["zh", "en", "both"]), help="Left out: both where the format carries both."
)
@json_option
def export(
    output: Path, wanted: str, bank: str | None, type_name: str | None, language: str | None, as_json: bool
) -> None:
    """Write the items of a bank (their newest versions; retired ones are left out) to a file.

    Says of each item what the format cannot carry; the exit status is 1 when an item could not be written at all.
    """
    target = targets.TARGETS[wanted]
    if language and language not in target.languages:
        raise click.UsageError(f"{target.label} is written in {' or '.join(target.languages)}.")
    with reading():
        scope = _scope_of(bank) if bank else None
        items = list(exporting.items_of(scope, type_name))
    if not items:
        raise click.ClickException("There is no such item.")
    data, written = target.write(items, language or target.languages[0])
    try:
        output.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    _tell_written(output, written, as_json)
    if any(one.status == "refused" for one in written):
        raise SystemExit(1)


def _tell_written(output: Path, written: Sequence[Written], as_json: bool) -> None:
    counts = Counter(one.status for one in written)
    told = {status: counts[status] for status in ("whole", "with_losses", "refused")}
    if as_json:
        items = [
            {
                "code": one.code,
                "status": one.status,
                "losses": [problem.message for problem in one.losses],
                "refusals": [problem.message for problem in one.refusals],
            }
            for one in written
        ]
        click.echo(json.dumps({"file": str(output), "counts": told, "items": items}, ensure_ascii=False))
        return
    click.echo(f"{output}: " + ", ".join(f"{number} {name}" for name, number in told.items()))
    for one in written:
        for problem in [*one.refusals, *one.losses]:
            click.echo(f"  {one.code} [{one.status}] {problem.message}")


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
