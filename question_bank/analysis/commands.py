"""`anning questions analyse`: the figures of all items counted anew, and printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from question_bank.analysis import queries, services
from question_bank.analysis.classical import ENOUGH
from question_bank.imports.commands import group, json_option
from training.core.db import batches, reading, transaction


@group.command("analyse")
@click.option("--check", is_flag=True, help="Only say whether anything differs; the exit status is then 1 if it does.")
@json_option
def analyse(check: bool, as_json: bool) -> None:
    """Count difficulty and discrimination of every item anew from the attempts, and say how many figures differed.

    Prints an item a line where enough people have answered (with --json all of them).
    """
    differed = recounted(keep=not check)
    with reading():
        told = list(_figures())
    if as_json:
        click.echo(json.dumps({"differed": differed, "enough": ENOUGH, "items": told}, ensure_ascii=False))
    else:
        for one in told:
            if one["observed"] >= ENOUGH:
                click.echo(
                    f"{one['code']} (version {one['version']}): answers {one['observed']}, "
                    f"difficulty {_number(one['difficulty'])}, discrimination {_number(one['discrimination'])}"
                    f"{', worth a look' if one['worth_a_look'] else ''}"
                )
        click.echo(f"Counted from the attempts: {differed} figures differed.")
    if check and differed:
        raise SystemExit(1)


def recounted(*, keep: bool = True) -> int:
    """Count everything anew; returns how many figures differed. With `keep` false it is not written."""
    with reading():
        items = queries.ever_shown()
    differed = 0
    for some in batches(items, services.ITEMS_AT_ONCE):
        with reading():
            rows = services.differing(some)
        if keep and rows:
            with transaction():
                services.keep(rows)
        differed += len(rows)
    return differed


def _figures() -> Iterator[dict[str, Any]]:
    for code, one in queries.told():
        yield {
            "code": code,
            "item": one.item_id,
            "version": one.version,
            "shown": one.shown,
            "answered": one.answered,
            "observed": one.observed,
            "difficulty": one.difficulty,
            "discrimination": one.discrimination,
            "worth_a_look": one.worth_a_look,
        }


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
