"""The sample's certificates: two people certified, one of whose certificates was revoked since; see the stages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from certificates import printing, queries, services
from certificates.models import Certificate
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock, sample
from training.core.access import Actor
from training.core.errors import NotFound
from training.programmes.models import Enrolment, EnrolmentStatus

AFTER_COMPLETION = timedelta(days=2)
REVOKED_AFTER = timedelta(days=12)
REASON = "姓名录入有误，已通知本人，更正后重新发证（教学示例）。"


@sample.step("certificates", 70)
def add_certificates(shared: dict[str, Any]) -> None:
    """Issue those of the stages `certified` and `revoked`, and revoke the latter's; the worker prints them."""
    issued = [(one, stage) for one, _person, stage in shared["enrolments"] if stage in {"certified", "revoked"}]
    for enrolment, stage in issued:
        if enrolment.status is EnrolmentStatus.COMPLETED:
            _certify(enrolment, stage, _coordinator_of(shared, enrolment), shared["now"])


def _certify(enrolment: Enrolment, stage: str, coordinator: Actor, now: datetime) -> None:
    moment = min((enrolment.completed_at or now) + AFTER_COMPLETION, now)
    with clock.frozen(moment):
        certificate = _issue(enrolment, coordinator)
    if stage == "revoked":
        with clock.frozen(min(moment + REVOKED_AFTER, now)):
            entry = queries.entry_visible_to(coordinator, certificate.id)
            services.revoke(entry, REASON, revoked_by=coordinator)


def _issue(enrolment: Enrolment, coordinator: Actor) -> Certificate:
    candidate = queries.candidate_for(coordinator, enrolment.id)
    return services.issue(candidate, issued_by=coordinator, typefaces=None, site=printing.site())


def _coordinator_of(shared: dict[str, Any], enrolment: Enrolment) -> Actor:
    base_of = {base.id: code for code, base in shared["bases"].items()}
    person: Person = shared["staff"][base_of[shared["cohort"].base_id]]
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    if actor is None:
        raise NotFound("The sample's coordinator is missing.")
    return actor
