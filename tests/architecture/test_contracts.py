"""Imports go down only; the contracts stand in `pyproject.toml`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT


def test_import_contracts_hold(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(
        [*command, "--cache-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_contract_can_break(tmp_path: Path) -> None:
    """The contracts would see an import that goes up."""
    package = tmp_path / "house"
    package.mkdir()
    for name, text in {"__init__": "", "above": "", "below": "from house import above\n"}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = house\n[importlinter:contract:1]\nname = ladder\ntype = layers\n"
        "layers =\n    house.above\n    house.below\n",
        encoding="utf-8",
    )
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"
    result = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
