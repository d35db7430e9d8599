"""What a paper's form sends for one item, and what is told of it."""

from __future__ import annotations

from typing import Any


def answer(position: int, *choices: str, after: int = 0, **others: Any) -> dict[str, Any]:
    """The fields of one item: what was chosen by somebody who saw the receipt `after` there; others by name."""
    fields: dict[str, Any] = {"after": after, "choice": list(choices), **others}
    return {f"{position}-{name}": value for name, value in fields.items()}


def line(told: Any, position: int) -> dict[str, Any]:
    """What the reply to a script says about one item: its receipt, or why it was refused."""
    found: dict[str, Any] = told["answers"][str(position)]
    return found
