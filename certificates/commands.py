"""Commands: writing an issued document to a file, and verifying a number."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from certificates import queries, serials, tasks
from certificates.models import Certificate
from certificates.rules import standing
from training.core import clock
from training.core.db import reading
from training.core.errors import DomainError
from training.core.fonts import CannotPrint

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
    except (CannotPrint, DomainError) as error:
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
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(number: str, as_json: bool) -> None:
    """Say where the certificate NUMBER stands; the exit status is 0 only for one in force."""
    canonical = serials.normalise(number)
    with reading():
        certificate = queries.by_number(canonical) if serials.is_valid(canonical) else None
    answer = _told(certificate) if certificate else {"number": canonical or number, "status": "unknown"}
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else f"{answer['number']}: {answer['status']}")
    if answer["status"] != "valid":
        raise SystemExit(1)


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
