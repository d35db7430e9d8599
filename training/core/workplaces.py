"""Where somebody works: each role with its place, to be switched between by name and place without signing in again.

The choice decides which menu and home are shown. It takes nothing away: a link into another role still opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, session

from training.core import i18n
from training.core.access import Actor, Grant, Role

KEY = "workplace"


@dataclass(frozen=True)
class Workplace:
    """A role at a place. All that somebody learns is one workplace, whatever the number of cohorts."""

    role: Role
    scope_id: int
    label: str

    @property
    def key(self) -> str:
        """What the session and the form keep of it."""
        return f"{self.role}:{self.scope_id}"


def of(actor: Actor, order: Sequence[Role]) -> list[Workplace]:
    """The workplaces of somebody, those of the roles in `order` first; one for each role and place."""
    if len(actor.grants) == 1:
        return [_workplace(actor.grants[0])]
    rank = {role: number for number, role in enumerate(order)}
    ranked = sorted(actor.grants, key=lambda grant: rank.get(grant.role, len(rank)))
    found = {place.key: place for place in map(_workplace, ranked)}
    return list(found.values())


def _workplace(grant: Grant) -> Workplace:
    if grant.role is Role.TRAINEE:
        return Workplace(grant.role, 0, grant.role.label)
    place = i18n.local(grant, "name")
    return Workplace(grant.role, grant.scope_id, f"{grant.role.label} · {place}" if place else grant.role.label)


def current(actor: Actor, order: Sequence[Role]) -> Workplace | None:
    """The workplace that was chosen and is still held, else the first; asked once a request."""
    if "workplace" not in g:
        held = of(actor, order)
        chosen: Any = session.get(KEY)
        g.workplace = next((one for one in held if one.key == chosen), held[0] if held else None)
    found: Workplace | None = g.workplace
    return found
