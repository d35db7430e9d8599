"""Reading places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from training.core import clock, paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope, ScopeKind
from training.places.models import Alliance, AllianceMember, Institution, Region, TrainingBase
from training.places.permissions import Permission

City = aliased(Region, name="city")


def cities() -> Sequence[Region]:
    """Every city, by code."""
    return db.session.scalars(select(Region).where(Region.kind == "city").order_by(Region.code)).all()


def region(code: str) -> Region | None:
    """The region of that code, if there is one."""
    return db.session.get(Region, code)


def regions_within(paths: tuple[str, ...]) -> Sequence[Region]:
    """The cities and counties whose scope lies at or below one of `paths`, by code: each city before its counties."""
    statement = select(Region).join(Scope, Scope.id == Region.scope_id)
    statement = statement.where(Region.kind != "province", scopes.within(paths))
    return db.session.scalars(statement.order_by(Region.code)).all()


def scopes_of_counties() -> Select[Any]:
    """A select of the ids of the scopes that counties own, to leave them out of short lists of places."""
    return select(Region.scope_id).where(Region.kind == "county")


def places_of(actor: Actor, permission: StrEnum) -> Sequence[Scope]:
    """The provinces, cities and bases for which the actor holds a permission, from the top."""
    statement = select(Scope).where(
        scopes.within(actor.paths(permission)),
        Scope.kind.in_([ScopeKind.REGION, ScopeKind.BASE]),
        Scope.id.not_in(scopes_of_counties()),
    )
    return db.session.scalars(statement.order_by(func.length(Scope.path), Scope.id)).all()


def place_visible_to(actor: Actor, permission: StrEnum, scope_id: int) -> Scope:
    """One of those places; raises `NotFound`."""
    found = next((one for one in places_of(actor, permission) if one.id == scope_id), None)
    if found is None:
        raise NotFound(_("There is no such place in your area."))
    return found


def open_now() -> ColumnElement[bool]:
    """The condition that an institution has not ended."""
    return or_(Institution.ended_on.is_(None), Institution.ended_on > clock.today())


def institutions(also: int | None = None) -> Sequence[Institution]:
    """Every institution that has not ended, by city and name: what forms offer; `also` is the one named already."""
    statement = select(Institution).where(open_now() if also is None else or_(open_now(), Institution.id == also))
    return db.session.scalars(statement.order_by(Institution.city_code, Institution.name_zh)).all()


def institutions_by_ids(ids: Collection[int]) -> Mapping[int, Institution]:
    """Institutions by their ids, those that have ended too."""
    found = db.session.scalars(select(Institution).where(Institution.id.in_(sorted(ids))))
    return {one.id: one for one in found}


def institution(institution_id: int) -> Institution | None:
    """The institution of that id, if there is one; it may have ended."""
    return db.session.get(Institution, institution_id)


def open_institution(institution_id: int) -> Institution | None:
    """The institution of that id, unless it has ended."""
    return db.session.scalar(select(Institution).where(Institution.id == institution_id, open_now()))


def institutions_named(part: str, at_most: int) -> Sequence[Any]:
    """Institutions open now whose name in either language contains `part`, by name, as rows `Institution, Region`."""
    return db.session.execute(
        select(Institution, Region)
        .join(Region, Region.code == Institution.city_code)
        .where(_named(part), open_now())
        .order_by(Institution.name_zh, Institution.id)
        .limit(at_most)
    ).all()


def _named(part: str) -> ColumnElement[bool]:
    return Institution.name_zh.contains(part, autoescape=True) | func.lower(Institution.name_en).contains(
        part.lower(), autoescape=True
    )


def institution_called(name: str) -> Institution | None:
    """The one institution open now of exactly that name in either language; None for none or several."""
    statement = select(Institution).where(
        (Institution.name_zh == name) | (func.lower(Institution.name_en) == name.lower()), open_now()
    )
    found = db.session.scalars(statement.limit(2)).all()
    return found[0] if len(found) == 1 else None


def institution_of_code(code: str) -> Institution | None:
    """The institution of that code, which may have ended."""
    return db.session.scalar(select(Institution).where(Institution.code == code))


def bases_within(paths: tuple[str, ...]) -> Sequence[TrainingBase]:
    """The training bases whose scope lies at or below one of `paths`, by name."""
    statement = select(TrainingBase).join(Scope, Scope.id == TrainingBase.scope_id).where(scopes.within(paths))
    return db.session.scalars(statement.order_by(TrainingBase.name_zh)).all()


def base_of(cohort_path: str) -> TrainingBase | None:
    """The base on whose scope, or below it, the path lies."""
    return db.session.scalar(
        select(TrainingBase).where(TrainingBase.scope_id.in_([int(part) for part in cohort_path.split("/") if part]))
    )


def base_of_code(code: str) -> TrainingBase | None:
    """The training base of that code."""
    return db.session.scalar(select(TrainingBase).where(TrainingBase.code == code))


def alliance_of_code(code: str) -> Alliance | None:
    """The alliance of that code."""
    return db.session.scalar(select(Alliance).where(Alliance.code == code))


def scope_of_region(code: str) -> Scope:
    """The scope that a region owns."""
    return db.session.scalars(select(Scope).join(Region, Region.scope_id == Scope.id).where(Region.code == code)).one()


def scope_of(institution: Institution) -> Scope:
    """Where an institution lies: its county, or its city when it names none."""
    return scope_of_region(institution.county_code or institution.city_code)


def visible_institutions(actor: Actor) -> Select[Any]:
    """A select of the institutions whose places the actor answers for, as rows `Institution, Region` (its city)."""
    statement = (
        select(Institution, City)
        .join(City, City.code == Institution.city_code)
        .join(Region, Region.code == func.coalesce(Institution.county_code, Institution.city_code))
        .join(Scope, Scope.id == Region.scope_id)
        .where(scopes.within(actor.paths(Permission.PLACE_WRITE)))
    )
    return cast("Select[Any]", statement)


def visible_bases(actor: Actor) -> Select[Any]:
    """A select of the training bases of the actor's places, as rows `TrainingBase, Institution, Region` (its city)."""
    statement = (
        select(TrainingBase, Institution, City)
        .join(Institution, Institution.id == TrainingBase.institution_id)
        .join(City, City.code == TrainingBase.city_code)
        .join(Scope, Scope.id == TrainingBase.scope_id)
        .where(scopes.within(actor.paths(Permission.PLACE_WRITE)))
    )
    return cast("Select[Any]", statement)


def visible_alliances(actor: Actor) -> Select[Any]:
    """A select of the alliances led from the actor's places, as rows `Alliance, Institution` (its lead)`, Region`."""
    statement = visible_institutions(actor).join(Alliance, Alliance.lead_id == Institution.id)
    return cast("Select[Any]", statement.with_only_columns(Alliance, Institution, City))


def institution_visible_to(actor: Actor, institution_id: int) -> Any:
    """The row `Institution, Region` of one institution; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_institutions(actor).where(Institution.id == institution_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such institution in your area."))
    return row


def base_visible_to(actor: Actor, base_id: int) -> Any:
    """The row `TrainingBase, Institution, Region` of one base; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_bases(actor).where(TrainingBase.id == base_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such training base in your area."))
    return row


def alliance_visible_to(actor: Actor, alliance_id: int) -> Any:
    """The row `Alliance, Institution` (its lead)`, Region` of one alliance; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_alliances(actor).where(Alliance.id == alliance_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such alliance in your area."))
    return row


def institutions_page(actor: Actor, *, text: str, city: str, kind: str, ended: bool, number: int) -> paging.Page:
    """A page of the actor's institutions by city and name; empty filters leave nothing out."""
    conditions = [~open_now() if ended else open_now()]
    conditions += [or_(_named(text), Institution.code.contains(text, autoescape=True))] if text else []
    conditions += [Institution.city_code == city] if city else []
    conditions += [Institution.kind == kind] if kind else []
    statement = visible_institutions(actor).where(*conditions)
    total = db.session.scalar(statement.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    statement = statement.order_by(Institution.city_code, Institution.name_zh, Institution.id)
    rows = db.session.execute(statement.limit(paging.SIZE).offset(paging.offset(number))).all()
    return paging.Page(rows, number, total)


def bases_visible_to(actor: Actor) -> Sequence[Any]:
    """The actor's training bases by city and name, as rows `TrainingBase, Institution, Region`."""
    return db.session.execute(visible_bases(actor).order_by(TrainingBase.city_code, TrainingBase.name_zh)).all()


def alliances_visible_to(actor: Actor) -> Sequence[Any]:
    """The actor's alliances by name, as rows `Alliance, Institution, Region, int`: lead, city, number of members."""
    count = select(func.count()).where(AllianceMember.alliance_id == Alliance.id).scalar_subquery()
    return db.session.execute(visible_alliances(actor).add_columns(count).order_by(Alliance.name_zh)).all()


def members_of(alliance_id: int) -> Sequence[Any]:
    """The members of an alliance by city and name, as rows `Institution, Region`."""
    return db.session.execute(
        select(Institution, City)
        .join(AllianceMember, AllianceMember.institution_id == Institution.id)
        .join(City, City.code == Institution.city_code)
        .where(AllianceMember.alliance_id == alliance_id)
        .order_by(Institution.city_code, Institution.name_zh, Institution.id)
    ).all()


def alliances_of(ids: Collection[int]) -> Mapping[int, list[Alliance]]:
    """For each institution the alliances that it is a member of, by name; one query."""
    rows = db.session.execute(
        select(AllianceMember.institution_id, Alliance)
        .join(Alliance, Alliance.id == AllianceMember.alliance_id)
        .where(AllianceMember.institution_id.in_(sorted(ids)))
        .order_by(Alliance.name_zh)
    )
    found: dict[int, list[Alliance]] = {one: [] for one in ids}
    for institution_id, alliance in rows:
        found[institution_id].append(alliance)
    return found


def bases_at(ids: Collection[int]) -> Mapping[int, list[TrainingBase]]:
    """For each institution the training bases at it, by name; one query."""
    rows = db.session.scalars(
        select(TrainingBase).where(TrainingBase.institution_id.in_(sorted(ids))).order_by(TrainingBase.name_zh)
    )
    found: dict[int, list[TrainingBase]] = {one: [] for one in ids}
    for base in rows:
        found[base.institution_id].append(base)
    return found


def led_by(institution_id: int) -> Sequence[Alliance]:
    """The alliances that an institution leads, by name."""
    return db.session.scalars(
        select(Alliance).where(Alliance.lead_id == institution_id).order_by(Alliance.name_zh)
    ).all()


def institutions_by_word(actor: Actor, word: str) -> Sequence[Institution]:
    """The actor's open institutions of that code, or else of that whole name in either language; two at most."""
    mine = visible_institutions(actor).with_only_columns(Institution, maintain_column_froms=True).where(open_now())
    by_code = db.session.scalars(mine.where(func.lower(Institution.code) == word.lower()).limit(2)).all()
    named = mine.where((Institution.name_zh == word) | (func.lower(Institution.name_en) == word.lower()))
    return by_code or db.session.scalars(named.limit(2)).all()


def institutions_like(actor: Actor, part: str, at_most: int) -> Sequence[Institution]:
    """The actor's open institutions whose name contains `part`, by name."""
    mine = visible_institutions(actor).with_only_columns(Institution, maintain_column_froms=True)
    mine = mine.where(open_now(), _named(part)).order_by(Institution.name_zh, Institution.id)
    return db.session.scalars(mine.limit(at_most)).all()


def offered_to(actor: Actor, city_code: str | None = None, *, at_most: int = 100) -> Sequence[Institution]:
    """The actor's open institutions, on wish of one city, by name: what a field proposes while somebody types."""
    mine = visible_institutions(actor).with_only_columns(Institution, maintain_column_froms=True).where(open_now())
    mine = mine.where(Institution.city_code == city_code) if city_code else mine
    return db.session.scalars(mine.order_by(Institution.name_zh, Institution.id).limit(at_most)).all()


def succeeded_by(institution_id: int) -> Sequence[Institution]:
    """The institutions that named this one as their successor, by name."""
    return db.session.scalars(
        select(Institution).where(Institution.successor_id == institution_id).order_by(Institution.name_zh)
    ).all()
