"""Assessing skills by a checklist."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid, NotAllowed
from training.core.scopes import Scope
from training.practice import scoring
from training.practice.kinds import SKILLS, SKILLS_FAILED, SKILLS_PASSED
from training.practice.models import SkillsAssessment
from training.practice.permissions import Permission
from training.practice.queries import plans
from training.practice.queries import skills as queries
from training.programmes.models import Cohort, Enrolment
from training.progress import services as progress


def assess(
    enrolment: Enrolment,
    checklist: Activity,
    marks: Mapping[str, int],
    *,
    version: int,
    advice: str,
    client_key: str,
    assessed_by: Actor,
) -> SkillsAssessment:
    """Save an assessment with its result, once and for ever; the same key again returns the first. Does not commit.

    `version` is the checklist's that was filled in. Raises `NotAllowed` or `Invalid`.
    """
    path = _require_may_assess(enrolment, assessed_by)
    if checklist.kind != SKILLS or checklist.id not in {one.id for one in plans.offered(SKILLS, path)}:
        raise Invalid(_("This checklist does not belong to your base; choose another."))
    accounts.lock(enrolment.person_id)
    known = db.session.scalar(select(SkillsAssessment).where(SkillsAssessment.client_key == client_key))
    if known is not None:
        return known
    if version != queries.version_for(enrolment, checklist):
        raise Invalid(_("The checklist was changed meanwhile. Open it again and fill in the present one."))
    filled = plans.checklist_version(checklist.id, version)
    result = _result(scoring.read(filled.body), marks, filled.pass_percent)
    assessment = SkillsAssessment(
        checklist_id=checklist.id,
        version=version,
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        person_id=enrolment.person_id,
        marks=dict(marks),
        percent=result.percent,
        passed=result.passed,
        advice=advice,
        assessor_id=assessed_by.id,
        assessor_name=assessed_by.name,
        assessed_at=clock.now(),
        client_key=client_key,
    )
    db.session.add(assessment)
    db.session.flush()
    audit.record(assessed_by, "skills.assess", assessment, passed=result.passed)
    _tell_the_ledger(assessment, checklist, enrolment, assessed_by)
    return assessment


def _tell_the_ledger(assessment: SkillsAssessment, checklist: Activity, enrolment: Enrolment, by: Actor) -> None:
    progress.record(
        enrolment.person_id,
        checklist,
        SKILLS_PASSED if assessment.passed else SKILLS_FAILED,
        client_key=f"practice:skills:{assessment.id}",
        authority=by,
        version=assessment.version,
        score_percent=assessment.percent,
        enrolment=enrolment,
    )


def _require_may_assess(enrolment: Enrolment, actor: Actor) -> str:
    """The path of the cohort; raises `NotAllowed` for oneself and for a stranger."""
    path = db.session.scalars(
        select(Scope.path).join(Cohort, Cohort.scope_id == Scope.id).where(Cohort.id == enrolment.cohort_id)
    ).one()
    actor.require(Permission.SKILLS_ASSESS, path)
    if enrolment.person_id == actor.id:
        raise NotAllowed(_("Nobody assesses themselves; another supervisor of the base does."))
    return path


def _result(items: list[scoring.CheckItem], marks: Mapping[str, int], pass_percent: int) -> scoring.Result:
    try:
        return scoring.score(items, marks, pass_percent)
    except ValueError as error:
        raise Invalid(_("Mark every item of the checklist, then save.")) from error
