"""`anning storage check`: whether every row has its file, whole, and which files nobody has a row for."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from training.core import clock, storage
from training.core.db import db, reading
from training.core.storage import StoredFile

group = AppGroup("storage", help="The files that people have sent.")
OLD = timedelta(days=1)
"""A younger file without a row may belong to an upload that is under way."""


@group.command("check")
@click.option("--contents", is_flag=True, help="Read every file and compare its hash: slow.")
@click.option("--remove-orphans", is_flag=True, help="Delete files without a row that are older than a day.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(contents: bool, remove_orphans: bool, as_json: bool) -> None:
    """Compare the rows with the files; status 1 when a file is missing or damaged."""
    with reading():
        known = {one.sha256: one.size for one in db.session.execute(select(StoredFile.sha256, StoredFile.size))}
    missing = [one for one in known if not storage.path_of(one).is_file()]
    damaged = [one for one in known if one not in missing and not _is_whole(one, known[one], contents)]
    orphans = [path for path in _files() if path.parent.name + path.name not in known]
    if remove_orphans:
        for path in orphans:
            path.unlink()
    told = {
        "files": len(known),
        "missing": missing,
        "damaged": damaged,
        "orphans": [str(one.relative_to(storage.folder())) for one in orphans],
        "removed": len(orphans) if remove_orphans else 0,
    }
    click.echo(json.dumps(told) if as_json else _in_words(told))
    if missing or damaged:
        raise SystemExit(1)


def _in_words(told: dict[str, object]) -> str:
    lines = [
        f"{kind}: {one}"
        for kind in ("missing", "damaged", "orphans")
        for one in told[kind]  # type: ignore[attr-defined]
    ]
    counted = ", ".join(f"{len(told[kind])} {kind}" for kind in ("missing", "damaged", "orphans"))  # type: ignore[arg-type]
    return "\n".join([*lines, f"{told['files']} files known; {counted}; {told['removed']} removed."])


def _is_whole(sha256: str, size: int, contents: bool) -> bool:
    path = storage.path_of(sha256)
    if path.stat().st_size != size:
        return False
    if not contents:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _files() -> list[Path]:
    """Files in their places, and what an upload that was broken off has left, older than a day."""
    before = (clock.now() - OLD).timestamp()
    return sorted(one for one in storage.folder().glob("*/*") if one.is_file() and one.stat().st_mtime < before)


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
