"""The sample's certificates: whoever's stage says so is certified; a few were revoked, the oldest have run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from certificates import queries, services
from training.core import clock, printing, sample
from training.core.access import Actor
from training.programmes.models import EnrolmentStatus
from training.programmes.samples import Learner, acting

AFTER_COMPLETION = timedelta(days=2)
REVOKED_AFTER = timedelta(days=12)
REASON = "姓名录入有误，已通知本人，更正后重新发证（教学示例）。"


@sample.step("certificates", 70)
def add_certificates(shared: dict[str, Any]) -> None:
    """Issue those of the stages `certified` and `revoked`, and revoke the latter's; the worker prints them."""
    site = printing.site()
    for learner in shared["learners"]:
        if learner.stage in {"certified", "revoked"} and learner.enrolment.status is EnrolmentStatus.COMPLETED:
            _certify(learner, acting(shared["staff"][learner.base]), shared["now"], site)


def _certify(learner: Learner, coordinator: Actor, now: datetime, site: str) -> None:
    moment = min((learner.enrolment.completed_at or now) + AFTER_COMPLETION, now)
    with clock.frozen(moment):
        candidate = queries.candidate_for(coordinator, learner.enrolment.id)
        certificate = services.issue(candidate, issued_by=coordinator, typefaces=None, site=site)
    if learner.stage == "revoked":
        with clock.frozen(min(moment + REVOKED_AFTER, now)):
            entry = queries.entry_visible_to(coordinator, certificate.id)
            services.revoke(entry, REASON, revoked_by=coordinator)
