"""Commands: writing an issued document to a file, and verifying a number or a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from certificates import queries, serials, tasks
from certificates.models import Certificate
from certificates.rules import standing
from certificates.signing import examine, keyring, offline, published
from certificates.signing import queries as signing
from certificates.signing import status_list as lists
from certificates.signing.keys import KeyFault
from training.core import clock
from training.core.db import reading
from training.core.errors import DomainError
from training.core.fonts import CannotPrint

INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
group = AppGroup("certificates", help="Issued certificates: their documents and whether a number is genuine.")


@group.command("export")
@click.argument("number", required=False)
@click.option("--one", is_flag=True, help="Any certificate that is not revoked, instead of a NUMBER.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def export(number: str | None, one: bool, output: Path) -> None:
    """Write the issued PDF of the certificate NUMBER; it is made now if the worker has not come to it yet."""
    if one == (number is not None):
        raise click.UsageError("Give either a certificate number or --one.")
    certificate = _found(number)
    try:
        tasks.render_document(certificate.id)
    except (CannotPrint, KeyFault, DomainError) as error:
        raise click.ClickException(f"{certificate.number}: {error}") from error
    with reading():
        document = queries.document_of(certificate.id)
    if document is None:
        raise click.ClickException(f"The document of {certificate.number} is not there.")
    try:
        output.write_bytes(document.pdf)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    click.echo(f"{certificate.number}: {len(document.pdf)} bytes, SHA-256 {document.sha256}, written to {output}.")


def _found(number: str | None) -> Certificate:
    with reading():
        certificate = queries.by_number(serials.normalise(number)) if number else queries.any_certificate()
    if certificate is None:
        raise click.ClickException(
            f"There is no certificate {number}." if number else "No certificate has been issued yet."
        )
    return certificate


@group.command("verify")
@click.argument("target")
@click.option("--keys", type=INPUT, help="Published keys (/verify/keys); without it those of this place.")
@click.option("--status-list", type=INPUT, help="List of standings (/verify/status-list); without it the register.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(target: str, keys: Path | None, status_list: Path | None, as_json: bool) -> None:
    """Say where a certificate stands: TARGET is its number, or its PDF. The exit status is 0 only for one in force.

    A file is examined without a database where --keys and --status-list are given.
    """
    if Path(target).is_file():
        holds, answer = _examined(Path(target), keys, status_list)
        sentence = f"{target}: {answer['verdict']}, {answer['number'] or 'no number'}: {answer['status']}"
        if answer["development_key"]:
            sentence += " (signed by a development key, which proves nothing)"
    else:
        if keys or status_list:
            raise click.UsageError(f"There is no file {target}; --keys and --status-list belong to one.")
        answer = _registered(target)
        holds, sentence = answer["status"] == "valid", f"{answer['number']}: {answer['status']}"
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else sentence)
    if not holds:
        raise SystemExit(1)


def _registered(number: str) -> dict[str, object]:
    canonical = serials.normalise(number)
    with reading():
        certificate = queries.by_number(canonical) if serials.is_valid(canonical) else None
    return _told(certificate) if certificate else {"number": canonical or number, "status": "unknown"}


def _examined(file: Path, keys: Path | None, status_list: Path | None) -> tuple[bool, dict[str, Any]]:
    """Whether a file holds, and all that was found; the database is asked for what no option gives, if it is there."""
    try:
        content = _content(file, examine.LARGEST)
        known = published.read(_content(keys, published.LARGEST_FILE)) if keys else _known_here()
        listed = None
        if status_list is not None:
            listed = lists.read(_content(status_list, lists.LARGEST_FILE), known.codes)
            if listed.good_until < clock.now():
                raise lists.ListFault(f"{status_list} was good until {listed.good_until:%Y-%m-%d}; fetch a newer one.")
    except (KeyFault, lists.ListFault) as error:
        raise click.ClickException(str(error)) from error
    today = clock.today()
    if listed is None:
        opinion = offline.judge(content, known, today, asked=_standing_here, is_issued=_is_issued_here)
    else:
        opinion = offline.judge(content, known, today, listed=listed)
    return opinion.holds, opinion.as_dict()


def _content(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise click.ClickException(f"{path} is larger than {most >> 20} MB, and is no such file.")
    return content


def _known_here() -> published.Published:
    try:
        with reading():
            return keyring.accepted()
    except SQLAlchemyError:
        return keyring.in_use()


def _is_issued_here(sha256: str) -> bool:
    try:
        with reading():
            return signing.is_issued(sha256)
    except SQLAlchemyError:
        return False


def _standing_here(number: str) -> str | None:
    try:
        return str(_registered(number)["status"])
    except SQLAlchemyError:
        return None


def _told(certificate: Certificate) -> dict[str, object]:
    return {
        "number": certificate.number,
        "status": standing(certificate.status, valid_until=certificate.valid_until, today=clock.today()).value,
        "issued_at": certificate.issued_at.isoformat(),
        "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
        "revoked_at": certificate.revoked_at.isoformat() if certificate.revoked_at else None,
        "revoked_reason": certificate.revoked_reason,
    }


def register(app: Flask) -> None:
    """Plug in the commands."""
    app.cli.add_command(group)
