"""What a coordinator writes to people of a cohort."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from training.core import audit
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid
from training.core.scopes import Scope
from training.messages import services as messages
from training.programmes.models import Cohort
from training.programmes.permissions import Permission


def announce(cohort: Cohort, person_ids: Collection[int], title: str, body: str, *, token: str, sent_by: Actor) -> int:
    """Send one message to people of the cohort, inbox and e-mail; returns how many got it now. Does not commit.

    The same `token` of the same sender sends once. Raises `NotAllowed`, or `Invalid` when nobody is chosen.
    """
    sent_by.require(Permission.COHORT_MESSAGE, db.session.get_one(Scope, cohort.scope_id).path)
    if not person_ids:
        raise Invalid(_("Nobody is chosen; go back to the cohort and choose people first."))
    sent = messages.send(
        person_ids,
        title_zh=title,
        title_en=title,
        body_zh=body,
        body_en=body,
        key=f"cohort:{cohort.id}:{sent_by.id}:{token}",
        sender=sent_by,
    )
    if sent:
        audit.record(sent_by, "cohort.message", cohort, title=title, people=sent)
    return sent
