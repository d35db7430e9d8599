"""Adding and changing institutions and training bases; each place that roles can be granted on gets its scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from training.core import audit, i18n, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope, ScopeKind
from training.places import alliances, queries, regions
from training.places.models import Institution, TrainingBase
from training.places.permissions import Permission
from training.places.words import taken_words

load_regions = regions.load_regions
add_alliance = alliances.add_alliance


def add_institution(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    city_code: str,
    kind: str,
    beds: int,
    county_code: str | None = None,
    added_by: Actor | None = None,
) -> Institution:
    """Add an institution in a city and, on wish, in one of its counties; `added_by` is None for the system itself.

    Raises `NotAllowed`, `Invalid` (the county lies elsewhere) or `Conflict` (code taken); does not commit.
    """
    require_county_in_city(county_code, city_code)
    if added_by is not None:
        added_by.require(Permission.PLACE_WRITE, queries.scope_of_region(county_code or city_code).path)
    _require_free_code(code)
    institution = Institution(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        city_code=city_code,
        county_code=county_code,
        kind=kind,
        beds=beds,
    )
    db.session.add(institution)
    db.session.flush()
    if added_by is not None:
        audit.record(added_by, "institution.add", institution, name=name_zh, city=city_code)
    return institution


def require_county_in_city(county_code: str | None, city_code: str) -> None:
    """Raise `Invalid` for a county of another city, and for a city that is none."""
    city = queries.region(city_code)
    if city is None or city.kind != "city":
        raise Invalid(_("There is no city with the code %(code)s. Choose a city of the list.", code=city_code))
    county = queries.region(county_code) if county_code else None
    if county_code and (county is None or county.parent_code != city_code):
        raise Invalid(_("The county does not lie in the city. Choose one of the counties of that city."))


def _require_free_code(code: str, own_id: int | None = None) -> None:
    taken = queries.institution_of_code(code)
    if taken is not None and taken.id != own_id:
        raise Conflict(taken_words(code, i18n.local(taken, "name")))


@dataclass(frozen=True)
class Facts:
    """What can be changed of an institution."""

    code: str
    name_zh: str
    name_en: str
    city_code: str
    county_code: str | None
    kind: str
    beds: int


def change_institution(institution: Institution, facts: Facts, *, changed_by: Actor) -> None:
    """Change an institution; the audit line keeps what was there before.

    A training base at it moves along into another county; into another city it does not, because its figures are
    counted in the old one. Raises `NotAllowed`, `Invalid` or `Conflict`; does not commit.
    """
    changed_by.require(Permission.PLACE_WRITE, queries.scope_of(institution).path)
    require_county_in_city(facts.county_code, facts.city_code)
    to = queries.scope_of_region(facts.county_code or facts.city_code)
    changed_by.require(Permission.PLACE_WRITE, to.path)
    _require_free_code(facts.code, institution.id)
    bases = queries.bases_at([institution.id])[institution.id]
    if bases and facts.city_code != institution.city_code:
        raise Conflict(_("A training base is at this institution, and its figures are counted in its city: it stays."))
    before = {name: getattr(institution, name) for name in vars(facts)}
    changed = {name: value for name, value in vars(facts).items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(institution, name, value)
    db.session.flush()
    for base in bases:
        scopes.move(db.session.get_one(Scope, base.scope_id), to)
    audit.record(changed_by, "institution.change", institution, before={one: before[one] for one in changed}, **changed)


def end_institution(
    institution: Institution, ended_on: date, successor: Institution | None, *, ended_by: Actor
) -> None:
    """Have an institution be offered no more from a day on; its people and its history stay.

    What it holds (a training base, an alliance that it leads) goes to its successor. Raises `NotAllowed`, `Conflict`
    (ended already, or it holds something and names no successor) or `Invalid` (successor); does not commit.
    """
    ended_by.require(Permission.PLACE_WRITE, queries.scope_of(institution).path)
    if institution.ended_on is not None:
        raise Conflict(_("This institution has ended already. To correct the day, open it again first."))
    bases = queries.bases_at([institution.id])[institution.id]
    led = queries.led_by(institution.id)
    if successor is None and (bases or led):
        raise Conflict(_("A training base is here, or an alliance is led from here: name the successor that goes on."))
    if successor is not None:
        require_fit_to_succeed(institution, successor)
        _hand_over(bases, led, successor)
    institution.ended_on = ended_on
    institution.successor_id = successor.id if successor else None
    db.session.flush()
    told = {"ended_on": ended_on.isoformat(), "successor_id": institution.successor_id}
    audit.record(ended_by, "institution.end", institution, **told)


def require_fit_to_succeed(institution: Institution, successor: Institution) -> None:
    """Raise `Invalid` for a successor that is the institution itself, has ended, or lies where its base cannot go."""
    if successor.id == institution.id:
        raise Invalid(_("An institution cannot succeed itself. Name another one."))
    if successor.ended_on is not None:
        raise Invalid(_("The successor has ended itself. Name one that goes on."))
    if queries.bases_at([institution.id])[institution.id] and successor.city_code != institution.city_code:
        raise Invalid(_("A training base is here, and stays in its city: name a successor in the same city."))


def _hand_over(bases: list[TrainingBase], led: Any, successor: Institution) -> None:
    for base in bases:
        base.institution_id = successor.id
        scopes.move(db.session.get_one(Scope, base.scope_id), queries.scope_of(successor))
    for alliance in led:
        alliance.lead_id = successor.id
        alliances.let_in(alliance, successor)
    db.session.flush()


def reopen_institution(institution: Institution, *, reopened_by: Actor) -> None:
    """Take the end of an institution back; what its successor took over stays there.

    Raises `NotAllowed` or `Conflict` (it has not ended); does not commit.
    """
    reopened_by.require(Permission.PLACE_WRITE, queries.scope_of(institution).path)
    if institution.ended_on is None:
        raise Conflict(_("This institution has not ended: there is nothing to take back."))
    audit.record(reopened_by, "institution.reopen", institution, ended_on=institution.ended_on.isoformat())
    institution.ended_on = institution.successor_id = None
    db.session.flush()


def add_base(
    institution: Institution, *, code: str, name_zh: str, name_en: str, added_by: Actor | None = None
) -> TrainingBase:
    """Make an institution a training base with a scope below its county's, or its city's where it names no county.

    `added_by` is None for the system itself. Raises `NotAllowed`, `Invalid` (it has ended) or `Conflict` (code taken);
    does not commit.
    """
    above = queries.scope_of(institution)
    if added_by is not None:
        added_by.require(Permission.PLACE_WRITE, above.path)
    if institution.ended_on is not None:
        raise Invalid(_("This institution has ended. A training base needs one that goes on."))
    taken = queries.base_of_code(code)
    if taken is not None:
        raise Conflict(taken_words(code, i18n.local(taken, "name")))
    scope = scopes.add_scope(ScopeKind.BASE, above, name_zh, name_en)
    base = TrainingBase(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        institution_id=institution.id,
        city_code=institution.city_code,
        scope_id=scope.id,
    )
    db.session.add(base)
    db.session.flush()
    if added_by is not None:
        audit.record(added_by, "base.add", base, name=name_zh, institution_id=institution.id)
    return base


def rename_base(base: TrainingBase, *, name_zh: str, name_en: str, renamed_by: Actor) -> None:
    """Give a training base other names, its scope too; certificates keep what they printed.

    Raises `NotAllowed`; does not commit.
    """
    scope = db.session.get_one(Scope, base.scope_id)
    renamed_by.require(Permission.PLACE_WRITE, scope.path)
    if (base.name_zh, base.name_en) == (name_zh, name_en):
        return
    audit.record(renamed_by, "base.change", base, before=[base.name_zh, base.name_en], after=[name_zh, name_en])
    base.name_zh = scope.name_zh = name_zh
    base.name_en = scope.name_en = name_en
    db.session.flush()
