"""Reading the history of a certificate, and the chain of those that took each other's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from certificates.lifecycle.models import CertificateEvent
from certificates.models import Certificate
from training.accounts.models import Person
from training.core.db import db


class Found(NamedTuple):
    """A certificate with the whole chain it stands in, the first issued coming first; alone it is a chain of one."""

    certificate: Certificate
    chain: Sequence[Certificate]

    @property
    def before(self) -> Certificate | None:
        """The one whose place it took."""
        place = self.chain.index(self.certificate)
        return self.chain[place - 1] if place else None

    @property
    def newest(self) -> Certificate:
        """The one that nothing has replaced."""
        return self.chain[-1]


def events_of(certificate_id: int) -> Sequence[Any]:
    """What happened to a certificate, oldest first, as rows `CertificateEvent, name of who did it`; one query."""
    statement = (
        select(CertificateEvent, Person.name)
        .join(Person, Person.id == CertificateEvent.by_id)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.id)
    )
    return db.session.execute(statement).all()


def by_key(key: str | None) -> CertificateEvent | None:
    """What was done by the form of that key."""
    return db.session.scalar(select(CertificateEvent).where(CertificateEvent.key == key)) if key else None


def found(number: str) -> Found | None:
    """The certificate of a canonical number with its chain; one query."""
    own = aliased(Certificate)
    enrolment_id = select(own.enrolment_id).where(own.number == number).scalar_subquery()
    several = db.session.scalars(select(Certificate).where(Certificate.enrolment_id == enrolment_id)).all()
    return next((Found(one, _chain(several, one)) for one in several if one.number == number), None)


def chain_of(certificate: Certificate) -> Found:
    """A certificate at hand with its chain; one query."""
    several = db.session.scalars(select(Certificate).where(Certificate.enrolment_id == certificate.enrolment_id)).all()
    return Found(certificate, _chain(several, certificate))


def _chain(several: Sequence[Certificate], one: Certificate) -> list[Certificate]:
    """The certificates that are linked to `one` by taking each other's place, in order."""
    by_id = {each.id: each for each in several}
    after = {each.replaces_id: each for each in several if each.replaces_id is not None}
    first = one
    while first.replaces_id in by_id:
        first = by_id[first.replaces_id]
    chain = [first]
    while chain[-1].id in after:
        chain.append(after[chain[-1].id])
    return chain
