"""Who sees what of an exam session: all of it where it is set, elsewhere the people of their own place (考点)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from question_bank.exams.models import ExamCandidate, ExamSession
from question_bank.permissions import Permission
from training.activities.models import Activity
from training.core import paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.programmes.models import Cohort, Enrolment, EnrolmentPin


@dataclass(frozen=True)
class Site:
    """The part of a session that somebody watches over; `scope` is the place of the whole session.

    `paths` are the places whose people belong to it, None for everybody. Somebody belongs to a place by their
    enrolment there in a programme that requires the session's quiz.
    """

    session: ExamSession
    quiz: Activity
    scope: Scope
    paths: tuple[str, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everybody belongs to it."""
        return self.paths is None

    def has(self, person_id: Any) -> ColumnElement[bool]:
        """The condition that a person, by a column, belongs to it."""
        if self.paths is None:
            return true()
        own: ColumnElement[bool] = person_id.in_(
            _people_of(self.paths).where(EnrolmentPin.activity_id == self.session.quiz_id)
        )
        return own

    def require(self, actor: Actor) -> None:
        """Raise `NotAllowed` unless the actor invigilates all of it."""
        for path in (self.scope.path,) if self.paths is None else self.paths:
            actor.require(Permission.EXAM_INVIGILATE, path)


def _people_of(paths: Sequence[str]) -> Select[Any]:
    """Those who are enrolled at places, with what their enrolments require."""
    return (
        select(Enrolment.person_id)
        .join(EnrolmentPin, EnrolmentPin.enrolment_id == Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(scopes.within(paths))
        .correlate(ExamSession)
    )


def _admitted(paths: Sequence[str]) -> ColumnElement[bool]:
    """The condition that somebody is a candidate of the session and belongs to places."""
    own = _people_of(paths).where(EnrolmentPin.activity_id == ExamSession.quiz_id)
    return and_(ExamCandidate.session_id == ExamSession.id, ExamCandidate.person_id.in_(own))


def visible_sessions(actor: Actor) -> Select[Any]:
    """A select of the exam sessions that the actor may see: set at their places, or above with people of theirs."""
    paths = actor.paths(Permission.EXAM_READ)
    has_own = exists(ExamCandidate.person_id).where(_admitted(paths)).correlate(ExamSession)
    statement = select(ExamSession).join(Scope, Scope.id == ExamSession.scope_id)
    return statement.where(or_(scopes.within(paths), and_(scopes.upward(paths), has_own)))


def sessions_visible_to(actor: Actor, number: int = 1) -> tuple[Sequence[Any], int]:
    """A page of them, the latest first, as rows `ExamSession, Activity, Scope, candidates`; and how many there are.

    `candidates` is the number of people that the actor sees there.
    """
    seen = visible_sessions(actor)
    total = db.session.scalar(seen.with_only_columns(func.count()))
    paths = actor.paths(Permission.EXAM_READ)
    every = and_(ExamCandidate.session_id == ExamSession.id, scopes.within(paths))
    people = select(func.count(ExamCandidate.person_id)).where(or_(every, _admitted(paths)))
    statement = (
        seen.add_columns(Activity, Scope, people.correlate(ExamSession, Scope).scalar_subquery().label("candidates"))
        .join(Activity, Activity.id == ExamSession.quiz_id)
        .order_by(ExamSession.opens_at.desc(), ExamSession.id.desc())
        .limit(paging.SIZE)
        .offset(paging.offset(number))
    )
    return db.session.execute(statement).all(), total or 0


def site_visible_to(actor: Actor, session_id: int, *, lock: bool = False) -> Site:
    """What the actor sees of a session; raises `NotFound`. `lock` keeps other writers of the session waiting."""
    statement = (
        visible_sessions(actor)
        .add_columns(Activity, Scope)
        .join(Activity, Activity.id == ExamSession.quiz_id)
        .where(ExamSession.id == session_id)
    )
    if lock:
        statement = statement.with_for_update(of=ExamSession, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such examination of yours."))
    session, quiz, scope = row
    if actor.may(Permission.EXAM_READ, scope.path):
        return Site(session, quiz, scope)
    paths = actor.paths(Permission.EXAM_READ)
    return Site(session, quiz, scope, tuple(one for one in paths if scopes.covers(scope.path, one)))
