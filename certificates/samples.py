"""The sample's certificates: whoever's stage says so is certified; a few were revoked, the oldest have run out.

At the first base one is suspended, one was corrected, one is a duplicate, and a holder waits for a renewal.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from certificates import queries, services
from certificates.lifecycle import replacing
from certificates.lifecycle import services as lifecycle
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, CertificateStatus, Replacement
from certificates.policies import registered_certificates
from certificates.renewals import services as renewals
from training.accounts.models import Person
from training.core import clock, printing, sample
from training.core.access import Actor
from training.core.db import db
from training.programmes.models import EnrolmentStatus
from training.programmes.samples import BASE, Learner, acting

AFTER_COMPLETION = timedelta(days=2)
REVOKED_AFTER = timedelta(days=12)
LOST = "本人申明证书遗失（教学示例）。"
WRONG = "姓名录入有误，已核对身份证件（教学示例）。"
DOUBTED = "实践学时签字待核实（教学示例）。"
DECISION = "示例基地〔2026〕第 3 号"
STATEMENT = "两年来一直在安宁疗护病房工作，参加省级学术会议两次（教学示例）。"
REASON = "姓名录入有误，已通知本人，更正后重新发证（教学示例）。"


@sample.step("certificates", 70)
def add_certificates(shared: dict[str, Any]) -> None:
    """Issue those of the stages `certified` and `revoked`, and revoke the latter's; the worker prints them."""
    site = printing.site()
    for learner in shared["learners"]:
        if learner.stage in {"certified", "revoked"} and learner.enrolment.status is EnrolmentStatus.COMPLETED:
            _certify(learner, acting(shared["staff"][learner.base]), shared["now"], site)
    if not shared["small"]:
        _add_lives(acting(shared["staff"][BASE]), shared["now"], site)


def _add_lives(coordinator: Actor, now: datetime, site: str) -> None:
    """What has become of four certificates of the first base."""
    held = _held(coordinator, now - timedelta(days=60))
    with clock.frozen(now - timedelta(days=20)):
        lost = held.pop()
        _replace(coordinator, lost, Replacement.DUPLICATE, LOST, site)
    with clock.frozen(now - timedelta(days=12)):
        wrong = held.pop()
        holder = db.session.get_one(Person, wrong.person_id)
        holder.name = holder.name[:-1] + ("惠" if holder.name.endswith("慧") else "慧")
        _replace(coordinator, wrong, Replacement.CORRECTION, WRONG, site, chosen=("person_name",))
    with clock.frozen(now - timedelta(days=5)):
        entry = queries.entry_visible_to(coordinator, held.pop().id)
        until = clock.today() + timedelta(days=30)
        lifecycle.suspend(entry, Ground(DOUBTED, DECISION), until=until, suspended_by=coordinator)
    with clock.frozen(now - timedelta(days=2)):
        ending = next((one for one in held if renewals.why_not(one) is None), None)
        if ending is not None:
            holder = db.session.get_one(Person, ending.person_id)
            renewals.ask(ending, STATEMENT, None, asked_by=Actor(id=holder.id, name=holder.name))


def _held(coordinator: Actor, before: datetime) -> list[Certificate]:
    """The valid certificates of the coordinator's base issued before then, those that end last at the end."""
    statement = registered_certificates(coordinator).where(
        Certificate.status == CertificateStatus.VALID, Certificate.issued_at < before
    )
    return list(db.session.scalars(statement.order_by(Certificate.valid_until, Certificate.id)))


def _replace(
    coordinator: Actor, old: Certificate, kind: Replacement, reason: str, site: str, *, chosen: Collection[str] = ()
) -> None:
    candidate = queries.candidate_for(coordinator, old.enrolment_id)
    entry = queries.entry_visible_to(coordinator, old.id)
    ground = Ground(reason)
    replacing.replace(candidate, entry, kind, ground, by=coordinator, typefaces=None, site=site, chosen=chosen)


def _certify(learner: Learner, coordinator: Actor, now: datetime, site: str) -> None:
    moment = min((learner.enrolment.completed_at or now) + AFTER_COMPLETION, now)
    with clock.frozen(moment):
        candidate = queries.candidate_for(coordinator, learner.enrolment.id)
        certificate = services.issue(candidate, issued_by=coordinator, typefaces=None, site=site)
    if learner.stage == "revoked":
        with clock.frozen(min(moment + REVOKED_AFTER, now)):
            entry = queries.entry_visible_to(coordinator, certificate.id)
            services.revoke(entry, REASON, revoked_by=coordinator)
