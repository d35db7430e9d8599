"""What the ledger writes when people are enrolled or withdrawn."""

from __future__ import annotations

from training.activities.models import Activity
from training.core.access import Actor
from training.core.db import db
from training.programmes import services as programmes
from training.programmes.models import Enrolment
from training.progress import queries, services
from training.progress.outcomes import ENROLLED, WITHDRAWN


def enrolled(enrolment: Enrolment, by: Actor | None) -> None:
    """A line for the programme, and the first state of every step (what was learnt before counts at once)."""
    programme = db.session.get_one(Activity, enrolment.programme_id)
    services.record(
        enrolment.person_id,
        programme,
        ENROLLED,
        client_key=f"enrolment:{enrolment.id}:enrolled",
        authority=by,
        enrolment=enrolment,
    )


def withdrawn(enrolment: Enrolment, by: Actor | None) -> None:
    """A line that takes the enrolment back in the counters, unless another one in the same programme stands."""
    if queries.has_other_enrolment(enrolment):
        return
    programme = db.session.get_one(Activity, enrolment.programme_id)
    services.record(
        enrolment.person_id,
        programme,
        WITHDRAWN,
        client_key=f"enrolment:{enrolment.id}:withdrawn",
        authority=by,
        enrolment=enrolment,
    )


def register() -> None:
    """Follow the services of programmes."""
    programmes.when_enrolled(enrolled)
    programmes.when_withdrawn(withdrawn)
