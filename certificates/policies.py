"""Who may see a certificate.

An officer or a coordinator: those of the cohorts within the scope of that role (`Permission.READ`), nobody else's.
A trainee: their own (`Permission.READ_OWN`), wherever it was issued. Nobody else sees one; the public verifies a number
and is shown what the paper says with the name masked (`views/verification.py`).

Lists, single pages and documents all start from `visible_certificates`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, literal, or_, select

from certificates.models import Certificate
from certificates.permissions import Permission
from training.core import scopes
from training.core.access import Actor
from training.core.scopes import Scope


def visible_certificates(actor: Actor) -> Select[Any]:
    """A select of the certificates that the actor may see."""
    own = and_(literal(actor.may(Permission.READ_OWN)), Certificate.person_id == actor.id)
    return (
        select(Certificate)
        .join(Scope, Scope.id == Certificate.scope_id)
        .where(or_(scopes.within(actor.paths(Permission.READ)), own))
    )


def registered_certificates(actor: Actor) -> Select[Any]:
    """Of the visible ones those that the actor keeps the register of; their own are on their home page."""
    return visible_certificates(actor).where(scopes.within(actor.paths(Permission.READ)))


def may_revoke(actor: Actor, scope_path: str) -> bool:
    """Whether the actor may revoke certificates of that cohort's scope."""
    return actor.may(Permission.REVOKE, scope_path)
