"""What `docs/` says of settings and commands is what there is: nothing more, nothing less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.architecture.sources import ROOT
from training.settings import Settings

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .{15,} \|$", re.MULTILINE)
HEADING = re.compile(r"^## `anning ([^`]+)`$", re.MULTILINE)
COMPUTED = {
    "DATABASE_URL",
    "ANNING_SECRET_KEY",
    "ANNING_IDENTITY_KEY",
    "ANNING_PUBLIC_URL",
}  # their default depends on another setting


def test_settings_are_documented_with_their_defaults() -> None:
    documented = dict(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    assert set(documented) == {spec.metadata["env"] for spec in fields(Settings)}
    for spec in fields(Settings):
        name, default = spec.metadata["env"], spec.default
        if name in COMPUTED:
            continue
        if isinstance(default, bool):
            default = int(default)
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        assert documented[name] == (f"`{default}`" if default != "" else "none"), name


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command with its path."""
    if isinstance(command, click.Group):
        for name, one in sorted(command.commands.items()):
            yield from commands(one, (*path, name))
    else:
        yield " ".join(path), command


def words_of(command: click.Command) -> set[str]:
    """The options in their longest form, and the arguments as `--help` writes them."""
    return {
        max(one.opts, key=len) if isinstance(one, click.Option) else (one.name or "").upper() for one in command.params
    }


@pytest.mark.one_database
def test_commands_are_documented_with_their_options(app: Flask) -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    parts = HEADING.split(text)[1:]
    documented = dict(zip(parts[::2], parts[1::2], strict=True))
    present = dict(commands(app.cli))
    assert set(documented) == set(present)
    for name, command in present.items():
        told = set(re.findall(r"^\| `(--[a-z-]+|[A-Z_]+)[ `]", documented[name], re.MULTILINE))
        assert told == words_of(command), name


@pytest.mark.one_database
def test_every_command_and_option_has_help(app: Flask) -> None:
    for name, command in commands(app.cli):
        assert command.help, name
        for one in command.params:
            assert not isinstance(one, click.Option) or one.help, f"{name} {one.opts}"


@pytest.mark.one_database
def test_help_of_every_command_works(app: Flask) -> None:
    runner = app.test_cli_runner()
    for name, _command in commands(app.cli):
        result = runner.invoke(args=[*name.split(), "--help"])
        assert result.exit_code == 0, f"{name}: {result.output}"
        assert result.output.startswith("Usage:")
        assert runner.invoke(args=[*name.split(), "--no-such-option"]).exit_code == 2
