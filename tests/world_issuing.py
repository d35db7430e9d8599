"""What the small world has of issuing: at each place a draft of a design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from certificates.design import Design
from certificates.designs import queries as design_queries
from certificates.designs import services as designs_of
from certificates.designs.models import CertificateDesign
from training.core.db import db
from training.places.models import TrainingBase

if TYPE_CHECKING:
    from tests.world import Making


def add_issuing(making: Making, place: str) -> None:
    """A draft by the coordinator, which is not sound: the walk asks for its proof, and reading it is enough."""
    coordinator = making.actor(f"coordinator.{place}")
    draft = designs_of.begin(making.base_scopes[place], begun_by=coordinator)
    entry = design_queries.design_visible_to(coordinator, draft.id)
    designs_of.write(entry, Design("<p>{{ nothing }}</p>", "p { color: red; }", b"<svg/>"), written_by=coordinator)


def designs(place: str) -> list[Any]:
    """The designs of a place."""
    statement = select(CertificateDesign.id).join(TrainingBase, TrainingBase.scope_id == CertificateDesign.scope_id)
    return list(db.session.scalars(statement.where(TrainingBase.code == f"B-{place}")))
