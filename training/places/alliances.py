"""Alliances (医联体): adding and changing them, and who belongs to them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from training.core import audit, i18n
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.places import queries
from training.places.models import Alliance, AllianceMember, Institution
from training.places.permissions import Permission
from training.places.words import taken_words


def add_alliance(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    lead: Institution,
    members: Iterable[Institution] = (),
    added_by: Actor | None = None,
) -> Alliance:
    """Add an alliance under `lead`, which is a member whether named or not; `added_by` is None for the system itself.

    Raises `NotAllowed`, `Invalid` (an institution has ended) or `Conflict` (code taken); does not commit.
    """
    _require_reach(lead, added_by)
    taken = queries.alliance_of_code(code)
    if taken is not None:
        raise Conflict(taken_words(code, i18n.local(taken, "name")))
    _require_open(lead)
    alliance = Alliance(code=code, name_zh=name_zh, name_en=name_en, lead_id=lead.id)
    db.session.add(alliance)
    db.session.flush()
    for one in {one.id: one for one in (lead, *members)}.values():
        _require_reach(one, added_by)
        _require_open(one)
        let_in(alliance, one)
    if added_by is not None:
        audit.record(added_by, "alliance.add", alliance, name=name_zh, lead_id=lead.id)
    return alliance


def _require_reach(institution: Institution, actor: Actor | None) -> None:
    if actor is not None:
        actor.require(Permission.PLACE_WRITE, queries.scope_of(institution).path)


def _require_open(institution: Institution) -> None:
    if institution.ended_on is not None:
        raise Invalid(
            _("“%(name)s” has ended; an alliance takes only what goes on.", name=i18n.local(institution, "name"))
        )


def let_in(alliance: Alliance, institution: Institution) -> bool:
    """Make an institution a member; returns False, changing nothing, for one that is. Asks nobody's permission."""
    key = {"alliance_id": alliance.id, "institution_id": institution.id}
    if db.session.get(AllianceMember, key) is not None:
        return False
    db.session.add(AllianceMember(**key))
    db.session.flush()
    return True


def join(alliance: Alliance, institution: Institution, *, joined_by: Actor) -> None:
    """Have an institution join; the same sent twice changes nothing.

    Raises `NotAllowed` (the alliance or the institution is a stranger's) or `Invalid` (it has ended); does not commit.
    """
    _require_reach(db.session.get_one(Institution, alliance.lead_id), joined_by)
    _require_reach(institution, joined_by)
    _require_open(institution)
    if let_in(alliance, institution):
        audit.record(joined_by, "alliance.join", alliance, institution_id=institution.id, name=institution.name_zh)


def leave(alliance: Alliance, institution_id: int, *, taken_out_by: Actor) -> None:
    """Take an institution out; the same sent twice changes nothing.

    Raises `NotAllowed` or `Conflict` (it leads the alliance); does not commit.
    """
    _require_reach(db.session.get_one(Institution, alliance.lead_id), taken_out_by)
    if institution_id == alliance.lead_id:
        raise Conflict(_("This institution leads the alliance. Give the alliance another lead first."))
    member = db.session.get(AllianceMember, {"alliance_id": alliance.id, "institution_id": institution_id})
    if member is not None:
        db.session.delete(member)
        db.session.flush()
        audit.record(taken_out_by, "alliance.leave", alliance, institution_id=institution_id)


def change_alliance(alliance: Alliance, *, name_zh: str, name_en: str, lead: Institution, changed_by: Actor) -> None:
    """Give an alliance other names or another lead, which becomes a member.

    Raises `NotAllowed` or `Invalid` (the lead has ended); does not commit.
    """
    _require_reach(db.session.get_one(Institution, alliance.lead_id), changed_by)
    _require_reach(lead, changed_by)
    before = {"name_zh": alliance.name_zh, "name_en": alliance.name_en, "lead_id": alliance.lead_id}
    after = {"name_zh": name_zh, "name_en": name_en, "lead_id": lead.id}
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return
    if "lead_id" in changed:
        _require_open(lead)
        let_in(alliance, lead)
    for name, value in changed.items():
        setattr(alliance, name, value)
    db.session.flush()
    audit.record(changed_by, "alliance.change", alliance, before={one: before[one] for one in changed}, **changed)
