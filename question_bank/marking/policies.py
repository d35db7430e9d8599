"""Who may mark a written answer: whoever marks for the quiz's place, and nobody their own."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.marking.queries import Answer
from question_bank.permissions import Permission
from training.core.access import Actor
from training.core.errors import NotAllowed


def require_may_mark(actor: Actor, answer: Answer) -> None:
    """Raise `NotAllowed` for whoever wrote the answer, and for whoever may not mark for the quiz's place."""
    actor.require(Permission.ATTEMPT_MARK, answer.scope.path)
    if answer.attempt.person_id == actor.id:
        raise NotAllowed(_("This answer is your own; somebody else marks it."))
