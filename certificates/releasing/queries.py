"""Reading what a place needs before a batch runs, and who may release it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Select, func, select

from certificates.batches.models import Batch, BatchStatus
from certificates.permissions import Permission
from certificates.releasing.models import Needs, ReleaseRule
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.scopes import Scope

RELEASED_BY = {Needs.COLLEAGUE: Permission.RELEASE, Needs.OFFICER: Permission.RELEASE_ABOVE}


def needs(path: str) -> Needs:
    """Whom a batch of that scope needs besides its maker: the nearest rule up the tree, else nobody."""
    found = db.session.scalar(
        select(ReleaseRule.needs)
        .join(Scope, Scope.id == ReleaseRule.scope_id)
        .where(scopes.upward([path]))
        .order_by(func.length(Scope.path).desc())
        .limit(1)
    )
    return found or Needs.NOBODY


def rules_of(actor: Actor) -> Sequence[Any]:
    """The rules of the actor's places from the top, as rows `ReleaseRule, Scope, name of who set it`."""
    return db.session.execute(
        select(ReleaseRule, Scope, Person.name)
        .join(Scope, Scope.id == ReleaseRule.scope_id)
        .join(Person, Person.id == ReleaseRule.set_by_id)
        .where(scopes.within(actor.paths(Permission.RELEASE_RULE)))
        .order_by(func.length(Scope.path), Scope.id)
    ).all()


def may_release(actor: Actor, batch: Batch, path: str) -> bool:
    """Whether the actor is a second person for a batch: never its maker."""
    permission = RELEASED_BY.get(batch.needs)
    return permission is not None and actor.id != batch.confirmed_by_id and actor.may(permission, path)


def releasers(batch: Batch, path: str) -> list[Actor]:
    """Everybody who may release a batch; one query, and none where it needs nobody."""
    permission = RELEASED_BY.get(batch.needs)
    if permission is None:
        return []
    return accounts.actors_holding(permission, scopes.upward([path]), Person.id != batch.confirmed_by_id)


def waiting_for(actor: Actor) -> Select[Any]:
    """A select of how many batches of the actor's scope wait for a release that is theirs to give."""
    mine = [
        (Batch.needs == needed) & scopes.within(actor.paths(permission)) for needed, permission in RELEASED_BY.items()
    ]
    statement = (
        select(func.count(Batch.id))
        .join(Scope, Scope.id == Batch.scope_id)
        .where(Batch.status == BatchStatus.AWAITING, Batch.confirmed_by_id != actor.id, mine[0] | mine[1])
    )
    return cast("Select[Any]", statement)
