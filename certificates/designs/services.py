"""Writing a design, having it approved by somebody else, and retiring it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from certificates.design import Design, house_design
from certificates.designs import queries, rules
from certificates.designs.models import CertificateDesign, DesignState
from certificates.designs.proofs import Proved
from certificates.designs.queries import DesignEntry
from certificates.permissions import Permission
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope


def begin_design(scope: Scope, *, begun_by: Actor) -> CertificateDesign:
    """The draft of a scope: the one that there is, or a new one that copies what is in force there. No commit.

    Raises `NotAllowed`.
    """
    begun_by.require(Permission.DESIGN, scope.path)
    scopes.lock(scope)
    known = queries.of_scope(scope.id, DesignState.DRAFT)
    if known is not None:
        return known
    approved = queries.in_force(scope.path)
    look = approved.look if approved is not None else house_design()
    draft = CertificateDesign(
        scope_id=scope.id,
        version=queries.last_version(scope.id) + 1,
        state=DesignState.DRAFT,
        page=look.page,
        sheet=look.sheet,
        frame=look.frame.decode(),
        written_by_id=begun_by.id,
        written_at=clock.now(),
    )
    db.session.add(draft)
    db.session.flush()
    audit.record(begun_by, "certificate_design.begin", draft, version=draft.version)
    return draft


def write(entry: DesignEntry, look: Design, *, written_by: Actor) -> None:
    """Change a draft; it need not be sound yet. No commit. Raises `NotAllowed`, `Invalid` (too large) or `Conflict`."""
    written_by.require(Permission.DESIGN, entry.scope.path)
    design = _locked(entry.design.id)
    if design.state is not DesignState.DRAFT:
        raise Conflict(_("This version is approved and stays as it is. Begin a new version of the design."))
    for name, longest in rules.LONGEST.items():
        text = getattr(look, name)
        if len(text) > longest:
            raise Invalid(_("A part of the design is too long: at most %(most)s characters.", most=longest))
    design.page, design.sheet, design.frame = look.page, look.sheet, look.frame.decode()
    design.written_by_id, design.written_at = written_by.id, clock.now()
    db.session.flush()
    audit.record(written_by, "certificate_design.write", design, version=design.version)


def approve(entry: DesignEntry, proved: Proved, *, approved_by: Actor) -> None:
    """Put a draft in force in the place of the version before it. No commit.

    Raises `NotAllowed`, `Conflict` (who wrote it, no draft any more, changed since it was proved) or `Invalid` (the
    proof found something).
    """
    approved_by.require(Permission.DESIGN, entry.scope.path)
    scopes.lock(entry.scope)
    design = _locked(entry.design.id)
    if design.state is not DesignState.DRAFT:
        raise Conflict(_("This version is no draft any more; look at its page again."))
    if design.written_by_id == approved_by.id:
        raise Conflict(_("You wrote this version: somebody else approves it."))
    if proved.design != design.look:
        raise Conflict(_("The design was changed a moment ago. Look at it again before you approve it."))
    if not proved.sound:
        raise Invalid(_("Certificates would not come out right with this design; nothing was approved."))
    before = queries.of_scope(design.scope_id, DesignState.APPROVED)
    if before is not None:
        _retire(before)
    design.state, design.approved_by_id, design.approved_at = DesignState.APPROVED, approved_by.id, clock.now()
    db.session.flush()
    audit.record(approved_by, "certificate_design.approve", design, version=design.version)


def retire(entry: DesignEntry, *, retired_by: Actor) -> None:
    """Take an approved design out of use: certificates of the scope look as one step up the tree. No commit.

    Raises `NotAllowed` or `Conflict`.
    """
    retired_by.require(Permission.DESIGN, entry.scope.path)
    design = _locked(entry.design.id)
    if design.state is not DesignState.APPROVED:
        raise Conflict(_("This version is not in use; look at its page again."))
    _retire(design)
    audit.record(retired_by, "certificate_design.retire", design, version=design.version)


def _retire(design: CertificateDesign) -> None:
    design.state, design.retired_at = DesignState.RETIRED, clock.now()
    db.session.flush()


def _locked(design_id: int) -> CertificateDesign:
    statement = select(CertificateDesign).where(CertificateDesign.id == design_id).with_for_update(key_share=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()
