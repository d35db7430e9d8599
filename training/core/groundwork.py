"""What an installation holds besides its tables, such as the regions of the province: brought after every migration.

A feature registers a step; `anning init-db` and `anning serve` have all of them done. A step adds what is missing, so
that doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from training.core.db import transaction

Step = Callable[[], int]
_steps: dict[str, Step] = {}


def lay(name: str) -> Callable[[Step], Step]:
    """Register a step, which adds what is missing in the open transaction and returns how much it was."""

    def decorate(step: Step) -> Step:
        _steps[name] = step
        return step

    return decorate


def bring() -> dict[str, int]:
    """Do every step in one transaction; returns by name how much was added."""
    with transaction():
        return {name: step() for name, step in _steps.items()}
