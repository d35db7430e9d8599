"""Who may answer a request: whoever marks at the quiz's place; not about oneself, nor about one's own mark."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.permissions import Permission
from question_bank.rechecks import queries
from question_bank.rechecks.queries import Found
from training.core.access import Actor
from training.core.errors import NotAllowed


def may_answer(actor: Actor, found: Found) -> bool:
    """Whether the actor may; who marked an answer of the attempt may only where nobody else marks there."""
    if not actor.may(Permission.ATTEMPT_MARK, found.scope.path) or found.attempt.person_id == actor.id:
        return False
    return not found.marked or not queries.is_another_there(found)


def require_may_answer(actor: Actor, found: Found) -> None:
    """Raise `NotAllowed` unless they may."""
    actor.require(Permission.ATTEMPT_MARK, found.scope.path)
    if not may_answer(actor, found):
        raise NotAllowed(_("You marked an answer of this attempt, so a colleague checks it. Nothing was changed."))
