"""Keeping a roster between its steps, and carrying it out: people added and enrolled together, or nobody."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, update

from training.accounts import id_numbers
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.keys import identity_key
from training.core.scopes import Scope
from training.core.sheets import Sheet
from training.places import services as places
from training.places.models import Institution, TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort
from training.programmes.permissions import Permission
from training.programmes.roster import checking, columns, contents, queries
from training.programmes.roster.checking import Decision, Entry, Fault, Plan, What
from training.programmes.roster.contents import Choices, Content
from training.programmes.roster.models import RosterDraft

KEPT_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Looked:
    """A roster whose cells were looked through: slow, and done before a transaction writes."""

    content: Content
    choices: Choices
    entries: Sequence[Entry]
    faults: Sequence[Fault]


@dataclass(frozen=True)
class File:
    """Where a roster came from, as its audit line says it."""

    name: str
    sha256: str


def require_may_import(cohort: Cohort, actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor may import a roster into the cohort."""
    actor.require(Permission.ROSTER_IMPORT, db.session.get_one(Scope, cohort.scope_id).path)


def content_of(sheets: Sequence[Sheet]) -> Content:
    """The rows of the sheet that reads like a roster; raises `Invalid` when there is nobody below its head."""
    content = contents.of(sheets)
    if not content.rows:
        raise Invalid(
            _("There are no rows below the head of the sheet, so there is nobody to import. Fill in the list.")
        )
    return content


def start(cohort: Cohort, content: Content, data: bytes, name: str, *, uploaded_by: Actor) -> RosterDraft:
    """Keep an uploaded roster for the next steps; raises `NotAllowed`; does not commit."""
    require_may_import(cohort, uploaded_by)
    draft = RosterDraft(
        cohort_id=cohort.id,
        uploaded_by_id=uploaded_by.id,
        uploaded_at=clock.now(),
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        row_count=len(content.rows),
        sealed=content.sealed(identity_key()),
        choices=contents.guessed(content).kept(),
        imported_at=None,
        result={},
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(uploaded_by, "roster.upload", draft, cohort_id=cohort.id, rows=draft.row_count, sha256=draft.sha256)
    return draft


def opened(draft: RosterDraft) -> Content:
    """The rows of a draft; raises `Conflict` when it has been imported."""
    if draft.imported_at is not None:
        raise Conflict(_("This roster has been imported; its rows are not kept. The cohort's page shows its people."))
    return contents.unsealed(draft.sealed, identity_key())


def choose(cohort: Cohort, draft: RosterDraft, choices: Choices, *, chosen_by: Actor) -> None:
    """Keep what the columns hold; raises `NotAllowed` or `Conflict` (imported); does not commit."""
    require_may_import(cohort, chosen_by)
    if draft.imported_at is not None:
        raise Conflict(_("This roster has been imported; its columns cannot be changed any more."))
    draft.choices = choices.kept()
    db.session.flush()


def look(content: Content, choices: Choices) -> Looked:
    """Look through every cell, by the institutions known here."""
    reading = choices.as_read(queries.institutions_by_word())
    key = identity_key()
    entries, faults = checking.look(content.rows, reading, lambda number: id_numbers.index(number, key))
    return Looked(content, choices, entries, faults)


def plan(looked: Looked, cohort: Cohort, *, actor: Actor | None) -> Plan:
    """What an import would do now."""
    return checking.decide(looked.entries, looked.faults, queries.known(looked.entries, cohort, actor))


def confirm(
    cohort: Cohort, draft: RosterDraft, looked: Looked, *, seen: str, only_good: bool, confirmed_by: Actor
) -> Plan | None:
    """Import a roster as it was seen; does not commit. Twice is once.

    `draft` is locked. Returns the plan as it stands now, and does nothing, when it is not the one that was seen.
    Raises `NotAllowed`, or `Invalid` (faults are left and nobody said to leave them out; nothing to import).
    """
    require_may_import(cohort, confirmed_by)
    if draft.imported_at is not None:
        return None
    scopes.lock(db.session.get_one(Scope, cohort.scope_id))
    now = plan(looked, cohort, actor=confirmed_by)
    if draft.choices != looked.choices.kept() or now.digest() != seen:
        return now
    require_carriable(now, only_good=only_good)
    result = carry_out(cohort, now, File(draft.file_name, draft.sha256), by=confirmed_by)
    draft.sealed, draft.imported_at, draft.result = "", clock.now(), result
    draft.choices = Choices(()).kept()
    db.session.flush()
    return None


def require_carriable(plan: Plan, *, only_good: bool) -> None:
    """Raise `Invalid` when rows are at fault and nobody said to leave them out, or when no row is left."""
    counts = plan.counts()
    if counts[What.FAULT] and not only_good:
        raise Invalid(
            _("Rows with faults are left. Correct the file, or choose to import only the rows without faults.")
        )
    if counts[What.FAULT] == len(plan.decisions):
        raise Invalid(_("Every row has a fault, so there is nobody to import. Correct the file and upload it again."))


def carry_out(cohort: Cohort, plan: Plan, file: File, *, by: Actor | None) -> dict[str, int]:
    """Add, complete and enrol the people of a plan, in statements whose number does not grow with them.

    Raises `NotAllowed`; a number that somebody took meanwhile breaks a constraint. Does not commit.
    """
    added = _add_people([one.entry for one in plan.of(What.NEW)], by)
    _fill([one for one in plan.of(What.ENROL, What.FILL) if one.fills], by)
    enrolled = [*added, *(one.person_id for one in plan.of(What.ENROL) if one.person_id is not None)]
    if enrolled:
        programmes.enrol_all(cohort, enrolled, enrolled_by=by)
    counts = plan.counts()
    audit.record(by, "roster.import", cohort, sha256=file.sha256, **counts)
    return counts


def _add_people(entries: Sequence[Entry], by: Actor | None) -> list[int]:
    """Write new people together and return their ids; the database gives ids, their stamps tell whose they are."""
    if not entries:
        return []
    people = [accounts.new_person(_data(entry)) for entry in entries]
    names = [column.key for column in Person.__table__.columns if column.key != "id"]
    newest = queries.newest_person_id()
    rows = [{name: getattr(one, name) for name in names} for one in people]
    db.session.execute(insert(Person), rows, execution_options={"render_nulls": True})  # else rows alike are grouped
    ids = queries.ids_by_stamp([one.stamp for one in people], above=newest)
    for one in people:
        one.id = ids[one.stamp]
    audit.record_all(by, "person.add", ((one, {}) for one in people))
    return [one.id for one in people]


def _data(entry: Entry) -> accounts.PersonData:
    return accounts.PersonData(
        name=entry.name,
        profession=Profession(entry.profession or ""),
        mobile=entry.mobile,
        email=entry.email,
        institution_id=entry.institution_id,
        staff_number=entry.staff_number,
        id_number=entry.id_number,
    )


def _fill(decisions: Sequence[Decision], by: Actor | None) -> None:
    """Fill empty fields of known people; those with the same fields are written together."""
    if not decisions:
        return
    people = {one.id: one for one in accounts.lock_all([one.person_id for one in decisions if one.person_id])}
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in decisions:
        values = _values(one)
        groups[tuple(values)].append({"id": one.person_id, **values})
    for rows in groups.values():
        db.session.execute(update(Person), rows)
    audit.record_all(
        by, "person.fill", ((people[one.person_id or 0], {"fields": list(one.fills)}) for one in decisions)
    )


def _values(decision: Decision) -> dict[str, Any]:
    """The columns that a decision fills."""
    entry = decision.entry
    found: dict[str, Any] = {}
    for name in decision.fills:
        if name == columns.Field.ID_NUMBER and entry.id_number:
            found["id_number_sealed"] = id_numbers.seal(entry.id_number, identity_key())
            found["id_number_index"] = entry.index
        elif name == columns.Field.INSTITUTION:
            found["institution_id"] = entry.institution_id
        else:
            found[name] = getattr(entry, name)
    return found


def discard(cohort: Cohort, draft: RosterDraft, *, discarded_by: Actor) -> None:
    """Delete a roster that is not to be imported; raises `NotAllowed`; does not commit."""
    require_may_import(cohort, discarded_by)
    audit.record(discarded_by, "roster.discard", draft, cohort_id=cohort.id)
    db.session.delete(draft)
    db.session.flush()


def add_institution(base: TrainingBase, *, name_zh: str, name_en: str, added_by: Actor) -> Institution:
    """Add an institution in the city of a base; raises `NotAllowed` or `Conflict` (known); does not commit."""
    added_by.require(Permission.INSTITUTION_ADD, db.session.get_one(Scope, base.scope_id).path)
    known = queries.institutions_by_word()
    if columns.folded(name_zh) in known or columns.folded(name_en) in known:
        raise Conflict(_("An institution of this name is here already; choose it on the page of the columns."))
    made = places.add_institution(
        code=f"{base.city_code}-{secrets.token_hex(4).upper()}",
        name_zh=name_zh,
        name_en=name_en,
        city_code=base.city_code,
        kind="other",
        beds=0,
    )
    audit.record(added_by, "institution.add", made, name=name_zh, city=base.city_code)
    return made


def kept_since() -> datetime:
    """The moment before which a roster's draft is old."""
    return clock.now() - KEPT_FOR


def forget_old_drafts() -> int:
    """Delete the drafts that are older than two weeks, imported or not; returns how many. Does not commit."""
    old = delete(RosterDraft).where(RosterDraft.uploaded_at < kept_since()).returning(RosterDraft.id)
    return len(db.session.execute(old).all())
