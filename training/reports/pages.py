"""The pages of the report area, side by side: packages above plug in theirs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import request, url_for

from training.core.access import Actor


@dataclass(frozen=True)
class Tab:
    """A page of the report area as the row of pages shows it."""

    label: str
    url: str
    active: bool


_tabs: dict[str, tuple[Any, StrEnum]] = {}


def add_tab(label: Any, endpoint: str, permission: StrEnum) -> None:
    """Put a page of figures beside the others, for whoever holds the permission."""
    _tabs[endpoint] = (label, permission)


def tabs(actor: Actor) -> list[Tab]:
    """The pages that this person may open; nothing where there is only one."""
    found = [
        Tab(str(label), url_for(endpoint), endpoint == request.endpoint)
        for endpoint, (label, permission) in _tabs.items()
        if actor.may(permission)
    ]
    return found if len(found) > 1 else []
