"""Reading batches, always through the scopes of whoever asks; and what a worker has before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from certificates.batches.models import UNDER_WAY, Batch, BatchLine, BatchReplacement, BatchStatus, LineStatus
from certificates.models import HOLDING, Certificate, CertificateDocument, CertificateStatus
from certificates.permissions import Permission
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import connection, db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus

LISTED = 100
NAMED = 6  # people of a cohort who are named before the rest are counted
DOCUMENTS_AT_ONCE = 10


@dataclass(frozen=True)
class BatchEntry:
    """A batch with the names behind it; where it issues one in the place of a certificate, what was asked, and that."""

    batch: Batch
    cohort: Cohort
    base: TrainingBase
    programme: Activity
    confirmed_by: str
    decided_by: str | None
    scope_path: str
    replacement: BatchReplacement | None
    replaced: Certificate | None


@dataclass(frozen=True)
class Counts:
    """How many lines of a batch stand where; `printed` of the issued have their document."""

    waiting: int = 0
    issued: int = 0
    refused: int = 0
    printed: int = 0
    since: int = 0
    last_at: datetime | None = None

    @property
    def total(self) -> int:
        """All lines."""
        return self.waiting + self.issued + self.refused

    @property
    def done(self) -> int:
        """Lines that wait no longer."""
        return self.issued + self.refused

    @property
    def unprinted(self) -> int:
        """Issued, with the document still to come."""
        return self.issued - self.printed


def visible_batches(actor: Actor) -> Select[Any]:
    """A select of the batches that the actor may see: those of the cohorts whose register they may read."""
    return select(Batch).join(Scope, Scope.id == Batch.scope_id).where(scopes.within(actor.paths(Permission.READ)))


def _entries(actor: Actor) -> Select[Any]:
    decider = aliased(Person)
    return (
        visible_batches(actor)
        .add_columns(
            Cohort, TrainingBase, Activity, Person.name, decider.name, Scope.path, BatchReplacement, Certificate
        )
        .join(Cohort, Cohort.id == Batch.cohort_id)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Activity, Activity.id == Cohort.programme_id)
        .join(Person, Person.id == Batch.confirmed_by_id)
        .outerjoin(decider, decider.id == Batch.decided_by_id)
        .outerjoin(BatchReplacement, BatchReplacement.batch_id == Batch.id)
        .outerjoin(Certificate, Certificate.id == BatchReplacement.replaces_id)
    )


def entry_visible_to(actor: Actor, batch_id: int) -> BatchEntry:
    """One batch; raises `NotFound` for a stranger's."""
    row = db.session.execute(_entries(actor).where(Batch.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such batch, or it is not one of your base."))
    return BatchEntry(*row)


def newest(actor: Actor) -> list[BatchEntry]:
    """The actor's newest batches."""
    return [BatchEntry(*row) for row in db.session.execute(_entries(actor).order_by(Batch.id.desc()).limit(LISTED))]


def counts_of(batches: Collection[Batch]) -> Mapping[int, Counts]:
    """For each batch how its lines stand, in one query."""
    lines = BatchLine.status
    rows = db.session.execute(
        select(
            BatchLine.batch_id,
            func.count().filter(lines == LineStatus.WAITING),
            func.count().filter(lines == LineStatus.ISSUED),
            func.count().filter(lines == LineStatus.REFUSED),
            func.count(CertificateDocument.certificate_id),
            func.count().filter(BatchLine.done_at >= Batch.running_since),
            func.max(BatchLine.done_at),
        )
        .join(Batch, Batch.id == BatchLine.batch_id)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == BatchLine.certificate_id)
        .where(BatchLine.batch_id.in_([one.id for one in batches]))
        .group_by(BatchLine.batch_id)
    )
    found = {row[0]: Counts(*row[1:]) for row in rows}
    return {one.id: found.get(one.id, Counts()) for one in batches}


def refused_lines(batch_id: int) -> Sequence[Any]:
    """Who was refused, by name, as rows `BatchLine, Person`."""
    return db.session.execute(
        select(BatchLine, Person)
        .join(Enrolment, Enrolment.id == BatchLine.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(BatchLine.batch_id == batch_id, BatchLine.status == LineStatus.REFUSED)
        .order_by(Person.name, Person.id)
    ).all()


def issued_certificates(batch_id: int) -> Sequence[Certificate]:
    """The certificates that a batch has issued, and those that took their place since, in the order of issue."""
    lineage = _lineage(batch_id)
    statement = select(Certificate).join(lineage, lineage.c.id == Certificate.id)
    return db.session.scalars(statement.order_by(Certificate.id)).all()


def _lineage(batch_id: int) -> CTE:
    """The ids of what a batch has issued, and of all that took their place."""
    issued = select(BatchLine.certificate_id.label("id")).where(
        BatchLine.batch_id == batch_id, BatchLine.certificate_id.is_not(None)
    )
    lineage = issued.cte("lineage", recursive=True)
    return lineage.union_all(select(Certificate.id).join(lineage, Certificate.replaces_id == lineage.c.id))


def count_documents(batch_id: int) -> int:
    """How many documents `documents` gives."""
    lineage = _lineage(batch_id)
    statement = (
        select(func.count())
        .select_from(lineage)
        .join(Certificate, Certificate.id == lineage.c.id)
        .join(CertificateDocument, CertificateDocument.certificate_id == lineage.c.id)
        .where(Certificate.status == CertificateStatus.VALID)
    )
    return db.session.scalar(statement) or 0


def documents(batch_id: int) -> Iterator[tuple[str, str, bytes]]:
    """Number, name and PDF of each printed certificate that is valid now, in the place of what it replaced.

    A few at a time: a batch may hold more than fits in memory.
    """
    certificate, document = Certificate.__table__.c, CertificateDocument.__table__.c
    lineage = _lineage(batch_id)
    after, full = 0, True
    while full:
        rows = connection().execute(
            select(certificate.id, certificate.number, certificate.fields, document.pdf)
            .join(CertificateDocument, document.certificate_id == certificate.id)
            .join(lineage, lineage.c.id == certificate.id)
            .where(certificate.status == CertificateStatus.VALID, certificate.id > after)
            .order_by(certificate.id)
            .limit(DOCUMENTS_AT_ONCE)
        )
        found = 0
        for certificate_id, number, fields, pdf in rows:
            found, after = found + 1, certificate_id
            yield number, str(fields["person_name"]), pdf
        full = found == DOCUMENTS_AT_ONCE


def batch_of(certificate_id: int) -> Batch | None:
    """The batch that issued a certificate, if one did."""
    return db.session.scalar(
        select(Batch).join(BatchLine, BatchLine.batch_id == Batch.id).where(BatchLine.certificate_id == certificate_id)
    )


def by_key(key: str) -> Batch | None:
    """The batch that was opened with that key."""
    return db.session.scalar(select(Batch).where(Batch.key == key))


def first_waiting(batch_id: int) -> int | None:
    """The id of the line to do next."""
    return db.session.scalar(
        select(func.min(BatchLine.id)).where(BatchLine.batch_id == batch_id, BatchLine.status == LineStatus.WAITING)
    )


def number_waiting(batch_id: int) -> int:
    """How many lines wait."""
    waiting = select(func.count()).where(BatchLine.batch_id == batch_id, BatchLine.status == LineStatus.WAITING)
    return db.session.scalar(waiting) or 0


def unprinted(batch_id: int) -> Sequence[int]:
    """The ids of a batch's certificates without a document: a worker died between issuing and printing."""
    return db.session.scalars(
        select(BatchLine.certificate_id)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == BatchLine.certificate_id)
        .where(
            BatchLine.batch_id == batch_id,
            BatchLine.status == LineStatus.ISSUED,
            CertificateDocument.certificate_id.is_(None),
        )
        .order_by(BatchLine.id)
    ).all()  # type: ignore[return-value]


def left_behind(moment: datetime) -> Sequence[int]:
    """The ids of running batches on which nobody works at that moment."""
    return db.session.scalars(
        select(Batch.id)
        .where(Batch.status == BatchStatus.RUNNING, or_(Batch.lease_until.is_(None), Batch.lease_until < moment))
        .order_by(Batch.id)
    ).all()


def eligible_by_cohort(actor: Actor) -> Sequence[Any]:
    """The cohorts in which the actor may issue now, as rows `Cohort, how many are eligible`, newest first."""
    counted = _eligible(actor).with_only_columns(Cohort, func.count(Enrolment.id))
    return db.session.execute(counted.group_by(Cohort.id).order_by(Cohort.id.desc())).all()


def _eligible(actor: Actor) -> Select[Any]:
    """The enrolments that the actor may issue for now."""
    held = and_(Certificate.enrolment_id == Enrolment.id, Certificate.status.in_(HOLDING))
    return (
        select(Enrolment.cohort_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .outerjoin(Certificate, held)
        .where(
            scopes.within(actor.paths(Permission.ISSUE)),
            Enrolment.status == EnrolmentStatus.COMPLETED,
            Certificate.id.is_(None),
            ~_waits(),
        )
    )


def _waits() -> ColumnElement[bool]:
    """Whether an enrolment waits in a batch already."""
    return exists().where(
        BatchLine.enrolment_id == Enrolment.id,
        BatchLine.status == LineStatus.WAITING,
        BatchLine.batch_id == Batch.id,
        Batch.status.in_(UNDER_WAY),
    )


def eligible_and_waiting(actor: Actor, *waiting: Select[Any]) -> tuple[dict[int, int], list[int]]:
    """By cohort how many are eligible now, and what each of `waiting` (selects of one count) comes to. One query."""
    eligible = _eligible(actor).add_columns(func.count(Enrolment.id)).group_by(Enrolment.cohort_id)
    marked = [select(literal(-place), one.scalar_subquery()) for place, one in enumerate(waiting, start=1)]
    counts = {cohort: number for cohort, number in db.session.execute(eligible.union_all(*marked))}  # noqa: C416
    by_cohort = {cohort: number for cohort, number in counts.items() if cohort > 0}
    return by_cohort, [counts[-place] for place in range(1, len(waiting) + 1)]


def names_of_eligible(cohort_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """By cohort the first `NAMED` names of whom `eligible_by_cohort` counts; one query."""
    held = and_(Certificate.enrolment_id == Enrolment.id, Certificate.status.in_(HOLDING))
    place = func.row_number().over(partition_by=Enrolment.cohort_id, order_by=(Person.name, Person.id))
    ranked = (
        select(Enrolment.cohort_id, Person.name, place.label("place"))
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Certificate, held)
        .where(
            Enrolment.cohort_id.in_(cohort_ids),
            Enrolment.status == EnrolmentStatus.COMPLETED,
            Certificate.id.is_(None),
            ~_waits(),
        )
        .subquery()
    )
    found: dict[int, list[str]] = {one: [] for one in cohort_ids}
    for cohort_id, name, _place in db.session.execute(select(ranked).where(ranked.c.place <= NAMED)):
        found[cohort_id].append(name)
    return found


def numbers_in_force(cohort_id: int) -> Mapping[int, str]:
    """By enrolment the number of the certificate in force, for everybody of a cohort who has one."""
    return numbers_of(cohort_id)[0]


def numbers_of(cohort_id: int) -> tuple[dict[int, str], dict[int, str]]:
    """By enrolment of a cohort the number in force, and that of the newest certificate that was revoked. One query."""
    rows = db.session.execute(
        select(Certificate.enrolment_id, Certificate.number, Certificate.status)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Certificate.status.in_([*HOLDING, CertificateStatus.REVOKED]))
        .order_by(Certificate.id)
    )
    in_force: dict[int, str] = {}
    revoked: dict[int, str] = {}
    for enrolment_id, number, status in rows:
        (in_force if status in HOLDING else revoked)[enrolment_id] = number
    return in_force, revoked


def under_way(cohort_id: int) -> Mapping[int, int]:
    """By enrolment the batch in which it waits already, for everybody of a cohort who does."""
    rows = db.session.execute(
        select(BatchLine.enrolment_id, BatchLine.batch_id)
        .join(Batch, Batch.id == BatchLine.batch_id)
        .where(
            Batch.cohort_id == cohort_id,
            Batch.status.in_(UNDER_WAY),
            BatchLine.status == LineStatus.WAITING,
        )
        .order_by(BatchLine.id)
    )
    return {row[0]: row[1] for row in rows}


def replacement_of(batch_id: int) -> BatchReplacement | None:
    """What a batch issues in the place of a certificate; None for one that issues first certificates."""
    return db.session.get(BatchReplacement, batch_id)


def replacing_now() -> Select[Any]:
    """A select of the replacements (`BatchReplacement`) that wait in a batch."""
    return (
        select(BatchReplacement)
        .join(Batch, Batch.id == BatchReplacement.batch_id)
        .where(Batch.status.in_(UNDER_WAY))
        .order_by(BatchReplacement.batch_id)
    )


def replacement_under_way(certificate_id: int) -> BatchReplacement | None:
    """What waits in a batch to take the place of a certificate, if something does."""
    mine = replacing_now().where(BatchReplacement.replaces_id == certificate_id).limit(1)
    found: BatchReplacement | None = db.session.scalar(mine)
    return found


def enrolments_of(batch_id: int) -> Select[Any]:
    """A select of the ids of the enrolments of a batch."""
    return select(BatchLine.enrolment_id).where(BatchLine.batch_id == batch_id)


def person_of_confirmer(batch: Batch) -> Person:
    """Whoever confirmed a batch."""
    return db.session.get_one(Person, batch.confirmed_by_id, populate_existing=True)


def line(line_id: int) -> BatchLine:
    """One line as it stands."""
    return db.session.get_one(BatchLine, line_id, populate_existing=True)
