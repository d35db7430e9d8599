"""Reading exam sessions, who is admitted to them, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, true

from question_bank.exams.models import AttemptEvent, EventKind, ExamCandidate, ExamSession
from question_bank.exams.queries.sites import Site
from question_bank.marking import queries as marking
from question_bank.models import AnswerEvent, Attempt, AttemptItem, AttemptStatus, QuizVersion
from question_bank.permissions import Permission
from question_bank.rechecks.models import Recheck
from question_bank.rechecks.rules import Outcome
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution
from training.programmes.models import Cohort, Enrolment, EnrolmentPin, EnrolmentStatus

PLACES = (
    select(ExamSession, ExamCandidate)
    .join(ExamCandidate, ExamCandidate.session_id == ExamSession.id)
    .where(ExamSession.quiz_id == bindparam("of_quiz"), ExamCandidate.person_id == bindparam("of_person"))
    .order_by(ExamSession.opens_at, ExamSession.id)
)


def places_of(person_id: int, quiz_id: int) -> Sequence[Any]:
    """The sessions of a quiz that admit a person, as rows `ExamSession, ExamCandidate`, the earliest first."""
    return db.session.execute(PLACES, {"of_quiz": quiz_id, "of_person": person_id}).all()


def quizzes_for_sessions(actor: Actor) -> Sequence[Activity]:
    """The supervised quizzes that sessions at the actor's places may be set for: their own, and those from above."""
    paths = actor.paths(Permission.EXAM_MANAGE)
    statement = (
        select(Activity)
        .join(QuizVersion, and_(QuizVersion.quiz_id == Activity.id, QuizVersion.version == Activity.version))
        .join(Scope, Scope.id == Activity.scope_id)
        .where(QuizVersion.supervised, scopes.within(paths) | scopes.upward(paths))
        .order_by(Activity.id)
    )
    return db.session.scalars(statement).all()


def scopes_for_sessions(actor: Actor) -> Sequence[Scope]:
    """The places at which the actor sets sessions."""
    statement = select(Scope).where(scopes.upward(actor.paths(Permission.EXAM_MANAGE)))
    return [
        one for one in db.session.scalars(statement.order_by(Scope.path)) if actor.may(Permission.EXAM_MANAGE, one.path)
    ]


def cohorts_to_admit(session: ExamSession, scope: Scope) -> Sequence[Any]:
    """The cohorts below the session's place whose people have to pass its quiz, as rows `Cohort, people`."""
    statement = (
        _who_has_to(session)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(scopes.within([scope.path]))
        .with_only_columns(Cohort, func.count(Enrolment.id).label("people"))
        .group_by(Cohort.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    )
    return db.session.execute(statement).all()


def _who_has_to(session: ExamSession) -> Select[Any]:
    """The open enrolments that require the session's quiz."""
    return (
        select(Enrolment.person_id)
        .join(EnrolmentPin, EnrolmentPin.enrolment_id == Enrolment.id)
        .where(EnrolmentPin.activity_id == session.quiz_id, Enrolment.status == EnrolmentStatus.OPEN)
    )


def people_to_admit(session: ExamSession, cohort_id: int) -> Sequence[int]:
    """The people of a cohort who have to pass the session's quiz and have not, and are not admitted yet."""
    there = select(ExamCandidate.person_id).where(ExamCandidate.session_id == session.id)
    passed = select(Attempt.person_id).where(Attempt.quiz_id == session.quiz_id, Attempt.passed.is_(True))
    statement = _who_has_to(session).where(
        Enrolment.cohort_id == cohort_id, Enrolment.person_id.not_in(there), Enrolment.person_id.not_in(passed)
    )
    return db.session.scalars(statement.order_by(Enrolment.person_id)).all()


def candidate_of(site: Site, person_id: int) -> ExamCandidate:
    """The admission of somebody who belongs to a site; raises `NotFound`."""
    own = (ExamCandidate.session_id == site.session.id, ExamCandidate.person_id == person_id)
    statement = select(ExamCandidate).where(*own, site.has(ExamCandidate.person_id))
    found: ExamCandidate | None = db.session.scalar(statement)
    if found is None:
        raise NotFound(_("This person is not admitted to this examination."))
    return found


def sitting_in(session_id: int) -> tuple[int, bool]:
    """The most extra time that anybody in a session has, in minutes, and whether somebody sits it now."""
    sits = exists().where(Attempt.session_id == session_id, Attempt.status == AttemptStatus.OPEN)
    statement = select(func.coalesce(func.max(ExamCandidate.extra_minutes), 0), sits)
    row = db.session.execute(statement.where(ExamCandidate.session_id == session_id)).one()
    return row[0], bool(row[1])


def admitted_to(session: ExamSession) -> Sequence[int]:
    """The people who are admitted to a session."""
    return db.session.scalars(select(ExamCandidate.person_id).where(ExamCandidate.session_id == session.id)).all()


def attempt_in(session: ExamSession, person_id: int) -> Attempt | None:
    """The attempt that counts of somebody in a session, if there is one that was begun or drawn."""
    statement = select(Attempt).where(
        Attempt.session_id == session.id, Attempt.person_id == person_id, Attempt.status != AttemptStatus.VOID
    )
    found: Attempt | None = db.session.scalar(statement.with_for_update(key_share=True))
    return found


def newest_attempt(session: ExamSession, person_id: int) -> Attempt | None:
    """The newest attempt of somebody in a session, a void one too."""
    statement = select(Attempt).where(Attempt.session_id == session.id, Attempt.person_id == person_id)
    found: Attempt | None = db.session.scalar(statement.order_by(Attempt.id.desc()).limit(1))
    return found


def counts_of(site: Site) -> Any:
    """How far a site has come: a row `candidates, drawn, sitting, halted, handed_in, void` of people.

    `halted` are those whose time a site stands still for by itself, whatever the whole session does.
    """
    status = func.count(Attempt.id)
    joined = and_(Attempt.session_id == ExamCandidate.session_id, Attempt.person_id == ExamCandidate.person_id)
    closed = Attempt.status.in_([AttemptStatus.MARKING, AttemptStatus.HANDED_IN])
    statement = (
        select(
            func.count(func.distinct(ExamCandidate.person_id)).label("candidates"),
            status.filter(Attempt.status == AttemptStatus.READY).label("drawn"),
            status.filter(Attempt.status == AttemptStatus.OPEN).label("sitting"),
            status.filter(_halted(site.session)).label("halted"),
            status.filter(closed).label("handed_in"),
            status.filter(Attempt.status == AttemptStatus.VOID).label("void"),
        )
        .select_from(ExamCandidate)
        .outerjoin(Attempt, joined)
        .where(ExamCandidate.session_id == site.session.id, site.has(ExamCandidate.person_id))
    )
    return db.session.execute(statement).one()


def _halted(session: ExamSession) -> ColumnElement[bool]:
    """The condition that an attempt was stopped by its site, before the whole session was, if it is."""
    before = true() if session.paused_at is None else Attempt.paused_at < session.paused_at
    return and_(Attempt.status == AttemptStatus.OPEN, Attempt.paused_at.is_not(None), before)


def people_in(site: Site, number: int, search: str = "") -> tuple[Sequence[Any], int]:
    """A page of who is admitted, by name, and how many there are in all.

    Rows `Person, Institution | None, ExamCandidate, Attempt | None`: the newest attempt in that session.
    """
    chosen = [ExamCandidate.session_id == site.session.id, site.has(ExamCandidate.person_id)]
    if search:
        chosen.append(or_(Person.name.contains(search, autoescape=True), Person.mobile == search))
    base = select(Person).join(ExamCandidate, ExamCandidate.person_id == Person.id).where(*chosen)
    total = db.session.scalar(base.with_only_columns(func.count()))
    statement = (
        base.add_columns(Institution, ExamCandidate, Attempt)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .outerjoin(Attempt, Attempt.id == _newest_in_session())
        .order_by(Person.name, Person.id)
        .limit(paging.SIZE)
        .offset(paging.offset(number))
    )
    return db.session.execute(statement).all(), total or 0


def scores_of(site: Site) -> Sequence[Any]:
    """Everybody admitted at a site, by name, with what they came to.

    Rows `Person, Institution | None, ExamCandidate, Attempt | None, critical, reason, corrected`: the newest attempt,
    the number of safety-critical errors in it, why it was made void, if it was, and whether a check corrected its mark.
    """
    critical = select(func.count()).where(AttemptItem.attempt_id == Attempt.id, AttemptItem.critical_error)
    voided = (
        select(AttemptEvent.detail["reason"].as_string())
        .where(AttemptEvent.attempt_id == Attempt.id, AttemptEvent.kind == EventKind.VOIDED)
        .order_by(AttemptEvent.id.desc())
        .limit(1)
    )
    corrected = exists().where(Recheck.attempt_id == Attempt.id, Recheck.outcome == Outcome.CHANGED)
    statement = (
        select(
            Person,
            Institution,
            ExamCandidate,
            Attempt,
            critical.correlate(Attempt).scalar_subquery().label("critical"),
            voided.correlate(Attempt).scalar_subquery().label("reason"),
            corrected.label("corrected"),
        )
        .join(ExamCandidate, ExamCandidate.person_id == Person.id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .outerjoin(Attempt, Attempt.id == _newest_in_session())
        .where(ExamCandidate.session_id == site.session.id, site.has(ExamCandidate.person_id))
        .order_by(Person.name, Person.id)
    )
    return db.session.execute(statement).all()


def _newest_in_session() -> Any:
    """The id of a candidate's newest attempt in the session that admits them."""
    return (
        select(func.max(Attempt.id))
        .where(Attempt.session_id == ExamCandidate.session_id, Attempt.person_id == ExamCandidate.person_id)
        .correlate(ExamCandidate)
        .scalar_subquery()
    )


def ahead_of(person_id: int, now: datetime) -> Sequence[Any]:
    """The sessions that somebody has before them or sits now, as rows `ExamSession, Activity`, the first one first."""
    statement = (
        select(ExamSession, Activity)
        .join(ExamCandidate, ExamCandidate.session_id == ExamSession.id)
        .join(Activity, Activity.id == ExamSession.quiz_id)
        .where(ExamCandidate.person_id == person_id, ExamSession.closes_at > now, ExamSession.cancelled_at.is_(None))
        .order_by(ExamSession.opens_at)
        .limit(5)
    )
    return db.session.execute(statement).all()


def progress_of(attempt_ids: Sequence[int]) -> dict[int, Any]:
    """By attempt a row `attempt_id, items, answered, seen_at, left`: `seen_at` is the last answer or event."""
    items = (
        select(AttemptItem.attempt_id, func.count().label("items"))
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .group_by(AttemptItem.attempt_id)
        .subquery()
    )
    answers = (
        select(
            AnswerEvent.attempt_id,
            func.count(func.distinct(AnswerEvent.position)).label("answered"),
            func.max(AnswerEvent.saved_at).label("saved_at"),
        )
        .where(AnswerEvent.attempt_id.in_(attempt_ids))
        .group_by(AnswerEvent.attempt_id)
        .subquery()
    )
    events = (
        select(
            AttemptEvent.attempt_id,
            func.count().filter(AttemptEvent.kind == EventKind.LEFT).label("left"),
            func.max(AttemptEvent.at).label("at"),
        )
        .where(AttemptEvent.attempt_id.in_(attempt_ids))
        .group_by(AttemptEvent.attempt_id)
        .subquery()
    )
    statement = (
        select(items.c.attempt_id, items.c["items"], answers.c.answered, answers.c.saved_at, events.c.left, events.c.at)
        .outerjoin(answers, answers.c.attempt_id == items.c.attempt_id)
        .outerjoin(events, events.c.attempt_id == items.c.attempt_id)
    )
    return {row.attempt_id: row for row in db.session.execute(statement)}


def events_of(attempt_id: int) -> Sequence[Any]:
    """What happened in an attempt besides answers, in order, as rows `AttemptEvent, name of the actor | None`."""
    statement = (
        select(AttemptEvent, Person.name)
        .outerjoin(Person, Person.id == AttemptEvent.actor_id)
        .where(AttemptEvent.attempt_id == attempt_id)
        .order_by(AttemptEvent.id)
    )
    return db.session.execute(statement).all()


def sitting_at(site: Site) -> Sequence[Attempt]:
    """The open attempts of a site, kept from other writers."""
    open_now = (Attempt.session_id == site.session.id, Attempt.status == AttemptStatus.OPEN)
    statement = select(Attempt).where(*open_now, site.has(Attempt.person_id))
    return db.session.scalars(statement.order_by(Attempt.id).with_for_update(key_share=True)).all()


def attempts_of(session_id: int, *statuses: AttemptStatus) -> Sequence[Attempt]:
    """The attempts of a session in one of those states, kept from other writers."""
    statement = select(Attempt).where(Attempt.session_id == session_id, Attempt.status.in_(statuses))
    return db.session.scalars(statement.order_by(Attempt.id).with_for_update(key_share=True)).all()


def without_paper(session_id: int, after: int, limit: int) -> Sequence[int]:
    """The next people, by id, who are admitted to a session and have no paper in it."""
    has = select(Attempt.person_id).where(Attempt.session_id == session_id)
    statement = (
        select(ExamCandidate.person_id)
        .where(ExamCandidate.session_id == session_id, ExamCandidate.person_id.not_in(has))
        .where(ExamCandidate.person_id > after)
        .order_by(ExamCandidate.person_id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def about_to_open(now: datetime, until: datetime) -> Sequence[int]:
    """The ids of sessions that open between two moments and are not cancelled."""
    statement = select(ExamSession.id).where(
        ExamSession.opens_at > now, ExamSession.opens_at <= until, ExamSession.cancelled_at.is_(None)
    )
    return db.session.scalars(statement.order_by(ExamSession.opens_at)).all()


def to_release(now: datetime, limit: int) -> Sequence[int]:
    """The ids of attempts that wait for nothing but the release of their session, which has come."""
    statement = (
        select(Attempt.id)
        .join(ExamSession, ExamSession.id == Attempt.session_id)
        .where(
            Attempt.status == AttemptStatus.MARKING,
            ExamSession.held,
            ExamSession.release_at <= now,
            ~marking.waits_for_a_mark(),
        )
    )
    return db.session.scalars(statement.order_by(Attempt.id).limit(limit)).all()
