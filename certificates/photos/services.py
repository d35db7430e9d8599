"""Putting a photo, withdrawing it, and forgetting those of an erased holder. None of these commits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from certificates import drafts
from certificates.models import Certificate
from certificates.permissions import Permission
from certificates.photos import queries, rules, words
from certificates.photos.models import Portrait, PrintedPortrait
from certificates.photos.rules import Doubt, Known, Problem
from certificates.queries import Candidate
from training.accounts import id_numbers
from training.accounts import services as accounts
from training.accounts.models import Person
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, NotAllowed
from training.core.keys import identity_key
from training.messages import services as messages


@dataclass(frozen=True)
class Sent:
    """A file that came: in the normal form, or what is wrong with it."""

    file_name: str
    form: bytes | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one of several files: for whom it was taken, or why for nobody."""

    file_name: str
    person: Person | None = None
    refused: str = ""


def put(person_id: int, form: bytes, *, put_by: Actor, scope_path: str | None = None) -> Portrait:
    """Make a photo, in the normal form, that of a person in the place of the one before; the same changes nothing.

    One's own, or that of somebody in the cohort of `scope_path` for which the actor may issue, who is told; else
    `NotAllowed`. `Conflict` for somebody who was erased.
    """
    _require_may(person_id, put_by, scope_path)
    person = accounts.lock(person_id)
    if person.erased_at is not None:
        raise Conflict(_("This person was erased; nothing can be kept of them any more."))
    before, sha256 = queries.in_use(person_id), hashlib.sha256(form).hexdigest()
    if before is not None and before.sha256 == sha256:
        return before
    if before is not None:
        _end(before)
    portrait = Portrait(
        person_id=person_id, jpeg=form, sha256=sha256, put_by_id=put_by.id, put_at=clock.now(), ended_at=None
    )
    db.session.add(portrait)
    db.session.flush()
    audit.record(put_by, "certificate_portrait.put", portrait, person_id=person_id)
    if put_by.id != person_id:
        _tell(portrait, put_by)
    return portrait


def _tell(portrait: Portrait, put_by: Actor) -> None:
    """A message to whose photo somebody else has put: they can look at it, and withdraw it."""
    title = drafts.in_both(lambda: _("A photo for your certificates"))
    body = drafts.in_both(
        lambda: _(
            "Your training base has put a photo with which your certificates are printed from now on. Look whether it "
            "is yours; you can replace or withdraw it."
        )
    )
    messages.send(
        [portrait.person_id],
        title_zh=title.zh,
        title_en=title.en,
        body_zh=body.zh,
        body_en=body.en,
        key=f"certificate-portrait:{portrait.person_id}:{portrait.put_at.isoformat()}",
        url="/certificates/photo",
        sender=put_by,
    )


def withdraw(person_id: int, *, by: Actor, scope_path: str | None = None) -> bool:
    """Take a person's photo out of use; False where there is none. Raises `NotAllowed` as `put` does."""
    _require_may(person_id, by, scope_path)
    accounts.lock(person_id)
    before = queries.in_use(person_id)
    if before is None:
        return False
    audit.record(by, "certificate_portrait.withdraw", before, person_id=person_id)
    _end(before)
    return True


def put_several(candidates: Sequence[Candidate], several: Sequence[Sent], *, put_by: Actor) -> list[Outcome]:
    """Put the photos of people of one cohort, each for whom its file is named after; one refused stops no other.

    Raises `NotAllowed` for a cohort for which the actor may not issue.
    """
    people = {one.person.id: one.person for one in candidates if one.person.erased_at is None}
    known = [Known(one.id, one.name, one.mobile, one.id_number_index) for one in people.values()]
    owners = [_owner(one, known) for one in several]
    accounts.lock_all([one for one in owners if isinstance(one, int)])
    outcomes, taken = [], set()
    for sent, owner in zip(several, owners, strict=True):
        if isinstance(owner, str):
            outcomes.append(Outcome(sent.file_name, None, owner))
        elif owner in taken:
            refused = _("Another file of these was taken for %(name)s already.", name=people[owner].name)
            outcomes.append(Outcome(sent.file_name, None, refused))
        elif sent.form is not None:
            taken.add(owner)
            put(owner, sent.form, put_by=put_by, scope_path=candidates[0].scope_path)
            outcomes.append(Outcome(sent.file_name, people[owner]))
    return outcomes


def _owner(sent: Sent, known: Sequence[Known]) -> int | str:
    """Whose photo it is, or why it is nobody's, in words."""
    if sent.problem is not None:
        return str(words.PROBLEMS[sent.problem])
    said = rules.named(sent.file_name)
    indexes = [id_numbers.index(one, identity_key()) for one in said.id_numbers]
    found = rules.whose(said, indexes, known)
    return str(words.DOUBTS[found]) if isinstance(found, Doubt) else found


def _require_may(person_id: int, by: Actor, scope_path: str | None) -> None:
    if scope_path is not None:
        by.require(Permission.ISSUE, scope_path)
    elif by.id != person_id:
        raise NotAllowed(_("Only they themselves, or their training base, can put the photo of a person."))


def _end(portrait: Portrait) -> None:
    """What stands on a certificate is kept for it; anything else is not kept."""
    if queries.is_printed(portrait.id):
        portrait.ended_at = clock.now()
    else:
        db.session.delete(portrait)
    db.session.flush()


def pin(certificate: Certificate, sha256: str) -> None:
    """Write down which photo a certificate is printed with, for as long as its holder is not erased."""
    portrait = queries.portrait_of(certificate.person_id, sha256)
    db.session.add(PrintedPortrait(certificate_id=certificate.id, portrait_id=portrait.id))


def forget(person: Person) -> None:
    """Delete every photo of somebody who is being erased, those on certificates too."""
    own = select(Portrait.id).where(Portrait.person_id == person.id)
    for statement in (
        delete(PrintedPortrait).where(PrintedPortrait.portrait_id.in_(own)),
        delete(Portrait).where(Portrait.person_id == person.id),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
