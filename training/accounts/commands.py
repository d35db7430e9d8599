"""Commands about people: the first ones of an installation without the sample are added here."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from training.accounts import passwords, services
from training.accounts.models import Profession
from training.core import scopes
from training.core.access import Role
from training.core.db import transaction
from training.core.errors import DomainError

group = AppGroup("users", help="People who can sign in.")
ROLES = [role.value for role in Role if role is not Role.TRAINEE]


@group.command("add")
@click.option("--name", required=True, help="As it is to be printed on certificates.")
@click.option("--login", required=True, help="Mobile number or e-mail address.")
@click.option("--role", type=click.Choice(ROLES), default=Role.ADMINISTRATOR.value, help="Held everywhere.")
@click.option(
    "--profession",
    type=click.Choice([one.value for one in Profession]),
    default=Profession.MANAGER.value,
    help="What the person is by profession.",
)
@click.password_option(help="Asked for when it is left out; at least 10 characters.")
def add(name: str, login: str, role: str, profession: str, password: str) -> None:
    """Add a person who holds ROLE everywhere; give narrower roles on the page of people."""
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise click.BadParameter(f"between {passwords.SHORTEST} and {passwords.LONGEST} characters.")
    if not 1 <= len(name.strip()) <= 80 or not name.isprintable():
        raise click.BadParameter("the name has 1 to 80 printable characters.")
    password_hash = passwords.hash_password(password)
    by_email = "@" in login
    try:
        with transaction():
            person = services.add_person(
                services.PersonData(
                    name=name.strip(),
                    mobile=None if by_email else login,
                    email=login if by_email else None,
                    profession=Profession(profession),
                    institution_id=None,
                ),
                password_hash=password_hash,
                added_by=None,
            )
            services.add_grant(person, Role(role), scopes.root(), granted_by=None)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(f"{person.name} can sign in and holds the role {role} everywhere.")


def register(app: Flask) -> None:
    """Plug in the command group."""
    app.cli.add_command(group)
