"""Reading requests for a check of a mark, as whoever asked sees them and as those who answer do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select

from question_bank.exams.models import ExamSession
from question_bank.marking.models import EssayMark
from question_bank.models import Attempt, AttemptItem, AttemptStatus, ItemVersion
from question_bank.permissions import Permission
from question_bank.rechecks import rules
from question_bank.rechecks.models import Recheck
from question_bank.regrading import queries as regrading
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock, paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.progress.models import LedgerLine


class Own(NamedTuple):
    """How an attempt stands: when its result was told, or corrected last, and the request, if there is one."""

    told_at: datetime | None
    recheck: Recheck | None

    @property
    def last_day(self) -> date | None:
        """The last day on which a check may be asked for; None before there is a result."""
        return rules.last_day_to_ask(clock.local(self.told_at).date()) if self.told_at else None

    @property
    def is_open(self) -> bool:
        """Whether a check may be asked for now."""
        return self.recheck is None and self.last_day is not None and clock.today() <= self.last_day

    @property
    def due_on(self) -> date | None:
        """The day by which it is answered."""
        return due_on(self.recheck) if self.recheck else None


def due_on(recheck: Recheck) -> date:
    """The day by which a request is answered."""
    return rules.due_on(clock.local(recheck.asked_at).date())


def own_of(attempt: Attempt) -> Own:
    """How an attempt at an examination stands for whoever sat it; one query."""
    lines = regrading.lines_of_attempt(attempt.person_id, attempt.quiz_id, attempt.id)
    told_at = select(func.max(LedgerLine.occurred_at)).where(lines).scalar_subquery()
    statement = (
        select(told_at, Recheck)
        .select_from(Attempt)
        .outerjoin(Recheck, Recheck.attempt_id == Attempt.id)
        .where(Attempt.id == attempt.id)
    )
    return Own(*db.session.execute(statement).one())


class Found(NamedTuple):
    """A request with what it is about; `scope` is the quiz's, `marked` whether the reader marked an answer of it."""

    recheck: Recheck
    attempt: Attempt
    quiz: Activity
    scope: Scope
    session: str | None
    marked: bool


def visible_rechecks(actor: Actor) -> Select[Any]:
    """A select (`Found`) of the requests about attempts at quizzes that the actor marks; never the actor's own.

    Those about attempts that were made void, and of people who were erased, are left out.
    """
    marked = exists().where(EssayMark.attempt_id == Recheck.attempt_id, EssayMark.marker_id == actor.id)
    return (
        select(Recheck)
        .add_columns(Attempt, Activity, Scope, ExamSession.name.label("session"), marked.label("marked"))
        .join(Attempt, Attempt.id == Recheck.attempt_id)
        .join(Activity, Activity.id == Attempt.quiz_id)
        .join(Scope, Scope.id == Activity.scope_id)
        .join(Person, Person.id == Attempt.person_id)
        .outerjoin(ExamSession, ExamSession.id == Attempt.session_id)
        .where(
            Attempt.status == AttemptStatus.HANDED_IN,
            Attempt.person_id != actor.id,
            Person.erased_at.is_(None),
            scopes.within(actor.paths(Permission.ATTEMPT_MARK)),
        )
    )


def rechecks_visible_to(actor: Actor, number: int, *, answered: bool) -> tuple[Sequence[Found], int]:
    """A page of those that wait, the oldest first, or of those answered, the last first; and how many there are."""
    chosen = visible_rechecks(actor).where(Recheck.outcome.is_not(None) if answered else Recheck.outcome.is_(None))
    order = [Recheck.answered_at.desc()] if answered else [Recheck.asked_at]
    statement = chosen.order_by(*order, Recheck.attempt_id).limit(paging.SIZE).offset(paging.offset(number))
    total = db.session.scalar(chosen.with_only_columns(func.count())) or 0
    return [Found(*row) for row in db.session.execute(statement)], total


def count_waiting(actor: Actor) -> Select[Any]:
    """A select of the number of requests that wait for an answer."""
    return visible_rechecks(actor).where(Recheck.outcome.is_(None)).with_only_columns(func.count())


def recheck_visible_to(actor: Actor, attempt_id: int, *, lock: bool = False) -> Found:
    """The request about an attempt; raises `NotFound`. `lock` keeps others who write of the attempt waiting."""
    statement = visible_rechecks(actor).where(Recheck.attempt_id == attempt_id)
    if lock:
        statement = statement.with_for_update(of=[Attempt, Recheck], key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such request for you to answer."))
    return Found(*row)


def items_of(attempt_id: int) -> Sequence[Any]:
    """The items of an attempt in the order shown, as rows `AttemptItem, ItemVersion`."""
    statement = (
        select(AttemptItem, ItemVersion)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return db.session.execute(statement).all()


def is_another_there(found: Found) -> bool:
    """Whether somebody marks at the quiz's place who marked nothing of the attempt, and has not sat it."""
    marked = select(EssayMark.marker_id).where(EssayMark.attempt_id == found.attempt.id)
    others = accounts.actors_holding(
        Permission.ATTEMPT_MARK,
        scopes.upward([found.scope.path]),
        Person.id != found.attempt.person_id,
        Person.id.not_in(marked),
    )
    return bool(others)


def name_of(person_id: int | None) -> str:
    """Somebody's name; empty for nobody."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or ""
