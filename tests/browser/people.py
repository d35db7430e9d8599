"""The sample's people, found by what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PASSWORD = "anning-2026"
FILE = Path(__file__).resolve().parents[2] / "training/accounts/sample.json"


def _read() -> dict[str, Any]:
    people: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return people


def staff(role: str, base: str | None = None) -> str:
    """The login of the member of staff with that role (at that base)."""
    return next(
        str(one["mobile"]) for one in _read()["staff"] if one["role"] == role and base in (None, one.get("base"))
    )


def trainee(stage: str, name: str | None = None) -> dict[str, Any]:
    """The first trainee at that stage (of that name)."""
    found: dict[str, Any] = next(
        one for one in _read()["trainees"] if one["stage"] == stage and name in (None, one["name"])
    )
    return found
