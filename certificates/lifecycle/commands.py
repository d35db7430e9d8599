"""`anning certificates revoke`: the same as on the certificate's page, for whoever works by script."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from certificates import commands as certificate_commands
from certificates import queries, serials, services
from certificates.lifecycle import queries as lifecycle
from training.accounts import logins
from training.accounts import queries as accounts
from training.core.access import Actor
from training.core.db import transaction
from training.core.errors import DomainError


@click.command("revoke")
@click.argument("number")
@click.option("--reason", required=True, help="Why; anyone who verifies the number reads it.")
@click.option("--authority", default="", help="On whose authority, such as a decision's number; else the issuer's.")
@click.option("--by", "login", required=True, help="Login of whoever revokes: they must hold the permission there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def revoke(number: str, reason: str, authority: str, login: str, as_json: bool) -> None:
    """Revoke the certificate NUMBER for ever; its number stays in the register."""
    try:
        with transaction(), force_locale("en"):
            told = _revoked(number, reason, authority, login)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{told['number']}: {told['status']}")


def _revoked(number: str, reason: str, authority: str, login: str) -> dict[str, str | None]:
    person = accounts.by_login(logins.normalise(login))
    actor: Actor | None = accounts.load_actor(f"{person.id}:{person.stamp}") if person else None
    certificate = queries.by_number(serials.normalise(number))
    if actor is None or certificate is None:
        missing = f"certificate {number}" if actor is not None else f"active person with the login {login!r}"
        raise click.ClickException(f"There is no {missing}.")
    services.revoke(queries.entry_visible_to(actor, certificate.id), reason, revoked_by=actor, authority=authority)
    event = lifecycle.events_of(certificate.id)[-1][0]
    return {
        "number": certificate.number,
        "status": certificate.status.value,
        "revoked_at": event.at.isoformat(),
        "revoked_reason": event.reason,
        "authority": event.authority,
    }


def register() -> None:
    """Plug in the command beside the others about certificates."""
    if "revoke" not in certificate_commands.group.commands:
        certificate_commands.group.add_command(revoke)
