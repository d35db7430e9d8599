"""Reading drafts, and in a fixed number of statements everybody whom a roster may mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select, true

from training.accounts.models import Person, RoleGrant
from training.core import clock, scopes
from training.core.access import Actor, Role
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places import queries as places
from training.places.models import Institution, TrainingBase
from training.programmes.models import Cohort, Enrolment
from training.programmes.permissions import Permission
from training.programmes.roster.checking import Entry, Known
from training.programmes.roster.columns import folded
from training.programmes.roster.models import RosterDraft


def drafts_of(cohort: Cohort) -> Sequence[Any]:
    """The rosters of a cohort, newest first, as rows `RosterDraft, Person` who uploaded it."""
    return db.session.execute(
        select(RosterDraft, Person)
        .join(Person, Person.id == RosterDraft.uploaded_by_id)
        .where(RosterDraft.cohort_id == cohort.id)
        .order_by(RosterDraft.id.desc())
        .limit(20)
    ).all()


def draft_of(cohort: Cohort, draft_id: int, *, lock: bool = False) -> RosterDraft:
    """One roster of that cohort, on wish kept from others until the transaction ends; raises `NotFound`."""
    statement = select(RosterDraft).where(RosterDraft.id == draft_id, RosterDraft.cohort_id == cohort.id)
    found = db.session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    if found is None:
        raise NotFound(
            _("There is no such roster here: it was discarded, or is older than two weeks. Upload it again.")
        )
    return found


def has_drafts(*, before: datetime) -> bool:
    """Whether a roster is kept that was uploaded before that moment."""
    return db.session.scalar(select(RosterDraft.id).where(RosterDraft.uploaded_at < before).limit(1)) is not None


def cohort_by_code(base: str, code: str) -> Cohort | None:
    """The cohort of that code at the base of that code."""
    return db.session.scalar(
        select(Cohort)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .where(TrainingBase.code == base, Cohort.code == code)
    )


def institutions_by_word() -> dict[str, int]:
    """The id of each institution by its folded names and code; a name that two share stands for neither."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    for one in places.institutions():
        for word in {folded(text) for text in (one.name_zh, one.name_en, one.code) if text}:
            if found.setdefault(word, one.id) != one.id:
                shared.add(word)
    return {word: one for word, one in found.items() if word not in shared}


def known(entries: Sequence[Entry], cohort: Cohort, actor: Actor | None) -> list[Known]:
    """Everybody whom a key of an entry finds; the number of statements does not grow with the entries."""
    people: dict[int, Person] = {}
    for condition in _conditions(entries):
        people |= {one.id: one for one in db.session.scalars(select(Person).where(condition))}
    elsewhere, here = _enrolled(people, cohort, actor), _in_cohort(cohort)
    staff = _with_other_roles(people)
    return [
        Known(
            id=one.id,
            name=one.name,
            mobile=one.mobile,
            email=one.email,
            staff_number=one.staff_number,
            institution_id=one.institution_id,
            index=one.id_number_index,
            profession=one.profession.value,
            active=one.active,
            activated=one.activated_at is not None,
            agreed=one.notice_version is not None,
            fillable=one.id not in elsewhere and one.id not in staff,
            in_cohort=one.id in here,
        )
        for one in people.values()
    ]


def _conditions(entries: Sequence[Entry]) -> list[ColumnElement[bool]]:
    """One condition for each kind of key that an entry has."""
    values: dict[str, set[Any]] = {}
    for entry in entries:
        for kind, value in entry.keys():  # noqa: SIM118 - an entry is no mapping
            values.setdefault(kind, set()).add(value)
    columns = {"id_number": Person.id_number_index, "mobile": Person.mobile, "email": Person.email}
    found: list[ColumnElement[bool]] = []
    found += [column.in_(sorted(values[kind])) for kind, column in columns.items() if kind in values]
    if "staff_number" in values:
        institutions, numbers = (sorted(set(several)) for several in zip(*values["staff_number"], strict=True))
        found.append(and_(Person.institution_id.in_(institutions), Person.staff_number.in_(numbers)))
    return found


def _enrolled(people: Collection[int], cohort: Cohort, actor: Actor | None) -> set[int]:
    """Those who have an enrolment where the actor enrols nobody; with no actor (a command) there is no such place."""
    if actor is None:
        return set()
    own = scopes.within(actor.paths(Permission.ENROLMENT_ADD))
    return set(
        db.session.scalars(
            select(Enrolment.person_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .join(Scope, Scope.id == Cohort.scope_id)
            .where(Enrolment.person_id.in_(sorted(people)), ~own)
        )
    )


def _in_cohort(cohort: Cohort) -> set[int]:
    return set(db.session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort.id)))


def _with_other_roles(people: Collection[int]) -> set[int]:
    """Those who hold or will hold another role than a trainee's: nobody but an administrator changes their data."""
    today = clock.today()
    return set(
        db.session.scalars(
            select(RoleGrant.person_id).where(
                RoleGrant.person_id.in_(sorted(people)),
                RoleGrant.role != Role.TRAINEE,
                or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
            )
        )
    )


def newest_person_id() -> int:
    """The highest id of a person so far; 0 for none."""
    return db.session.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0


def ids_by_stamp(stamps: Collection[str], *, above: int) -> dict[str, int]:
    """The ids of people added since, by their stamps."""
    rows = db.session.execute(select(Person.stamp, Person.id).where(Person.id > above, Person.stamp.in_(stamps)))
    return {row.stamp: row.id for row in rows}


def institutions_of(city_code: str) -> Sequence[Institution]:
    """The institutions of a city, by name."""
    statement = select(Institution).where(Institution.city_code == city_code if city_code else true())
    return db.session.scalars(statement.order_by(Institution.name_zh)).all()
