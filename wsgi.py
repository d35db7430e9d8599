"""The roof: the one module that knows every package. `app` for a web server, `main` for the console script `anning`."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

import certificates
import courses
import question_bank
from training.app import create_app
from training.core import commands, logs
from training.settings import Settings, SettingsError

PACKAGES = (question_bank, courses, certificates)


def make_app() -> Flask:
    """The application with every package, configured by the environment."""
    settings = Settings.from_environ()
    logs.configure(settings.log_level)
    return create_app(settings, PACKAGES)


@click.group(
    cls=FlaskGroup,
    create_app=make_app,
    add_default_commands=False,
    add_version_option=False,
    help="Anning (安宁): training and certification for palliative care.",
)
def cli() -> None:
    """Collect the commands that the packages plug in."""


def main() -> None:
    """Run the console script; a wrong setting or a database that cannot be used stops it with a sentence."""
    try:
        Settings.from_environ()  # before anything else, so that a wrong one is told even for `--help`
        cli.main(prog_name="anning")
    except SettingsError as error:
        click.echo(f"anning: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        sentence = commands.told(error)
        if sentence is None:
            raise
        click.echo(f"anning: {sentence}", err=True)
        sys.exit(1)


def __getattr__(name: str) -> Flask:
    """Make `app` when a web server asks for it, so that the console script makes it only once."""
    if name == "app":
        app = make_app()
        globals()["app"] = app
        return app
    raise AttributeError(name)
