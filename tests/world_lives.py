"""What the first trainee's certificate of each place has gone through: suspended for a day, a duplicate handed in for
release and withdrawn, and asked to be renewed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from certificates import queries
from certificates.batches import queries as batch_queries
from certificates.batches import services as batches
from certificates.lifecycle import services
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, Replacement
from certificates.queries import Entry
from certificates.releasing import replacements as releases
from certificates.releasing.models import Needs
from certificates.releasing.services import set_rule
from certificates.renewals import services as renewals
from certificates.renewals.models import Renewal
from training.core import clock, storage
from training.core.db import db
from training.messages.models import InboxEntry, Message

if TYPE_CHECKING:
    from tests.world import Making

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def add_life(making: Making, place: str) -> None:
    """Suspend and reinstate the certificate; its holder asks for the renewal a month before the end."""
    coordinator, holder = making.actor(f"coordinator.{place}"), making.actor(f"trainee.{place}")
    own = select(Certificate).where(Certificate.person_id == making.people[f"trainee.{place}"].id)
    certificate = db.session.scalars(own).one()
    entry = queries.entry_visible_to(coordinator, certificate.id)
    services.suspend(entry, Ground("核对身份信息。", f"{place}字〔2026〕1号"), until=None, suspended_by=coordinator)
    services.reinstate(entry, Ground("已核对无误。"), reinstated_by=coordinator)
    _hand_in_and_withdraw(making, place, entry)
    kept = storage.keep(PDF, f"{place}.pdf", families=("attachment",))
    assert certificate.valid_until is not None
    with clock.frozen(certificate.issued_at + (certificate.valid_until - clock.today()) - timedelta(days=30)):
        renewals.ask(certificate, "参加了两次学术会议。", kept, asked_by=holder)


def _hand_in_and_withdraw(making: Making, place: str, entry: Entry) -> None:
    coordinator, officer, scope = (
        making.actor(f"coordinator.{place}"),
        making.actor("officer"),
        making.base_scopes[place],
    )
    candidate, ground = queries.candidate_for(coordinator, entry.certificate.enrolment_id), Ground("证书遗失。")
    set_rule(scope, Needs.COLLEAGUE, set_by=officer)
    handed_in = releases.replace(
        candidate, entry, Replacement.DUPLICATE, ground, by=coordinator, typefaces=None, site=""
    )
    batches.stop(batch_queries.entry_visible_to(coordinator, handed_in.id), by=coordinator)
    set_rule(scope, Needs.NOBODY, set_by=officer)
    asked = select(Message.id).where(Message.key == f"certificate-batch:{handed_in.id}:awaiting")
    db.session.execute(delete(InboxEntry).where(InboxEntry.message_id.in_(asked)))  # nobody's inbox tells of it
    db.session.execute(delete(Message).where(Message.id.in_(asked)))


def renewals_of(place: str) -> list[Any]:
    """What the first trainee of a place asked."""
    from tests.world import person_id

    return list(db.session.scalars(select(Renewal.id).where(Renewal.person_id == person_id(f"trainee.{place}"))))
