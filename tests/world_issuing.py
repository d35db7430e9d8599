"""What the small world has of issuing: at each place designs, photos and what its batches need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from certificates.design import Design
from certificates.designs import queries as design_queries
from certificates.designs import services as designs_of
from certificates.designs.models import CertificateDesign, DesignState
from certificates.designs.proofs import Proof, Proved
from certificates.numbering import services as numbering
from certificates.numbering.models import NumberScheme
from certificates.photos import services as photos
from certificates.photos.drawing import silhouette
from certificates.releasing.models import Needs
from certificates.releasing.services import set_rule
from training.core.db import db
from training.places.models import TrainingBase

if TYPE_CHECKING:
    from tests.world import Making


def add_rules(making: Making, place: str) -> None:
    """Before anything is issued: photos, a copy of the house's design, approved, and that batches run at once."""
    coordinator, officer = making.actor(f"coordinator.{place}"), making.actor("officer")
    scheme = numbering.begin_scheme(
        making.base_scopes[place],
        f"{place}证字〔{{year}}〕{{serial:06}}{{check}}号",
        begun_by=coordinator,
        typefaces=None,
    )
    numbering.void_next(scheme, making.base_scopes[place], "打印损坏", voided_by=coordinator)
    set_rule(making.base_scopes[place], Needs.NOBODY, set_by=officer)
    design = designs_of.begin_design(making.base_scopes[place], begun_by=coordinator)
    proved = Proved(design.look, (), [Proof("ordinary", "")])
    designs_of.approve(design_queries.design_visible_to(officer, design.id), proved, approved_by=officer)
    for kind, name in enumerate((f"trainee.{place}", f"other_trainee.{place}")):
        photos.put(making.people[name].id, silhouette(kind), put_by=making.actor(name))


def add_issuing(making: Making, place: str) -> None:
    """A draft by the coordinator, which is not sound: the walk asks for its proof, and reading it is enough."""
    coordinator = making.actor(f"coordinator.{place}")
    draft = designs_of.begin_design(making.base_scopes[place], begun_by=coordinator)
    entry = design_queries.design_visible_to(coordinator, draft.id)
    designs_of.write(entry, Design("<p>{{ nothing }}</p>", "p { color: red; }", b"<svg/>"), written_by=coordinator)


def schemes(place: str) -> list[Any]:
    """The scheme of numbers of a place."""
    statement = select(NumberScheme.id).join(TrainingBase, TrainingBase.scope_id == NumberScheme.scope_id)
    return list(db.session.scalars(statement.where(TrainingBase.code == f"B-{place}")))


def designs(place: str) -> list[Any]:
    """The designs of a place."""
    statement = select(CertificateDesign.id).join(TrainingBase, TrainingBase.scope_id == CertificateDesign.scope_id)
    return list(
        db.session.scalars(
            statement.where(TrainingBase.code == f"B-{place}", CertificateDesign.state == DesignState.DRAFT)
        )
    )


SOURCES = {"design_id": designs, "scheme_id": schemes}
"""Where the walk over all routes finds what these address."""
