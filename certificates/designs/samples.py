"""What the sample has of issuing: a province's design in use, a base's draft, its numbers, and a batch to release."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any

from certificates.batches import services as batches
from certificates.design import Design, house_design
from certificates.designs import queries, services
from certificates.designs.proofs import Proof, Proved
from certificates.numbering import services as numbering
from certificates.queries import candidate_for
from certificates.releasing.models import Needs
from certificates.releasing.services import set_rule
from training.core import clock, sample
from training.core.access import Actor
from training.core.db import db
from training.core.scopes import Scope
from training.programmes.samples import Learner, acting

BASE = "SAMPLE-BASE-QD"
PATTERN = "青安示例证字〔{year}〕{serial:06}{check}号"
SECOND_OFFICER = "13800000074"


@sample.step("issuing", 71)
def add_issuing(shared: dict[str, Any]) -> None:
    """After the certificates, which keep the house's design; a small sample has nobody for a batch."""
    writer, approver = acting(shared["staff"]["officer"]), acting(shared["people"][SECOND_OFFICER])
    coordinator = acting(shared["staff"][BASE])
    base = db.session.get_one(Scope, shared["bases"][BASE].scope_id)
    with clock.frozen(shared["now"] - timedelta(days=3)):
        _approved(shared["province_scope"], writer, approver)
        services.begin_design(base, begun_by=coordinator)
        numbering.begin_scheme(base, PATTERN, begun_by=coordinator, typefaces=None)
    again = [one for one in shared["learners"] if one.stage == "revoked" and not one.story]
    if again:
        _handed_in(shared, again[0], writer)


def _approved(scope: Scope, writer: Actor, approver: Actor) -> None:
    """The province's design: the house's page in colours and a frame of its own, which a test proves."""
    draft = services.begin_design(scope, begun_by=writer)
    services.write(queries.design_visible_to(writer, draft.id), provincial_design(), written_by=writer)
    proved = Proved(draft.look, (), [Proof("ordinary", "")])
    services.approve(queries.design_visible_to(approver, draft.id), proved, approved_by=approver)


def provincial_design() -> Design:
    """The design of the sample province."""
    house, folder = house_design(), files("certificates.designs")
    sheet = house.sheet + folder.joinpath("sample_sheet.css").read_text(encoding="utf-8")
    return Design(house.page, sheet, folder.joinpath("sample_frame.svg").read_bytes())


def _handed_in(shared: dict[str, Any], learner: Learner, officer: Actor) -> None:
    """Whoever's certificate was revoked for a wrong name gets another, once an officer has looked at it."""
    coordinator = acting(shared["staff"][learner.base])
    with clock.frozen(shared["now"] - timedelta(days=3)):
        set_rule(db.session.get_one(Scope, shared["bases"][learner.base].scope_id), Needs.OFFICER, set_by=officer)
    with clock.frozen(shared["now"] - timedelta(hours=3)):
        batches.open_for_one(candidate_for(coordinator, learner.enrolment.id), confirmed_by=coordinator)
