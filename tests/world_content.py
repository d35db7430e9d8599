"""What the packages above the ground add to the small world: lessons, items, attempts, certificates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from training.activities.models import Activity

if TYPE_CHECKING:
    from tests.world import Making


def add_activities(_making: Making, _place: str) -> list[Activity]:
    """The course and the quiz that the programme of a place requires."""
    return []


def add_progress(_making: Making, _place: str) -> None:
    """What the first trainee of a place has done: a lesson, an attempt, a certificate."""


def after_commit() -> None:
    """The jobs that the world's making has left: drawn certificates."""


# The objects behind the arguments of addresses, for the walk over all routes: by name, a function of the place.
SOURCES: dict[str, Callable[[str], list[Any]]] = {}
