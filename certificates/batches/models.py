"""A batch of certificates and its lines, one an enrolment: the truth about what is still to be issued."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from certificates.models import CertificateStatus, Replacement
from certificates.releasing.models import Needs
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class BatchStatus(StrEnum):
    """Where a batch stands; what is returned, stopped or finished stays so."""

    AWAITING = "awaiting"
    RETURNED = "returned"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


UNDER_WAY = (BatchStatus.AWAITING, BatchStatus.RUNNING, BatchStatus.PAUSED)


class Batch(Base):
    """What one coordinator confirmed at one moment for one cohort.

    `worker` names who works on it until `lease_until`; a worker that died is taken over after that. `key` comes from
    the form, so that what is sent twice is one batch. `running_since` is when it was confirmed or last resumed.
    What its place `needs` is frozen when it is handed in; who released it or sent it back has `decided`.
    """

    __tablename__ = "certificate_batch"
    __table_args__ = (
        CheckConstraint(
            "(status IN ('returned', 'stopped', 'finished')) = (ended_at IS NOT NULL)", name="ended_with_moment"
        ),
        CheckConstraint("(status = 'returned') = (returned_reason IS NOT NULL)", name="returned_for_a_reason"),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_with_moment"),
        CheckConstraint("decided_by_id <> confirmed_by_id", name="decided_by_another"),
        CheckConstraint(
            "needs = 'nobody' OR status IN ('awaiting', 'stopped') OR decided_by_id IS NOT NULL",
            name="released_by_somebody",
        ),
        CheckConstraint("(worker IS NULL) = (lease_until IS NULL)", name="worker_with_lease"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    status: Mapped[BatchStatus] = mapped_column(enum_of(BatchStatus), index=True)
    confirmed_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]
    running_since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    needs: Mapped[Needs] = mapped_column(enum_of(Needs), server_default="nobody")
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(String(500))
    worker: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]


class LineStatus(StrEnum):
    """What has become of one enrolment of a batch."""

    WAITING = "waiting"
    ISSUED = "issued"
    REFUSED = "refused"


class BatchLine(Base):
    """One enrolment of a batch: waiting, issued with its certificate, or refused with the reason in both languages."""

    __tablename__ = "certificate_batch_line"
    __table_args__ = (
        UniqueConstraint("batch_id", "enrolment_id"),
        CheckConstraint("(status = 'issued') = (certificate_id IS NOT NULL)", name="issued_with_certificate"),
        CheckConstraint(
            "(status = 'refused') = (reason_zh IS NOT NULL) AND (status = 'refused') = (reason_en IS NOT NULL)",
            name="refused_with_reason",
        ),
        CheckConstraint("(status = 'waiting') = (done_at IS NULL)", name="done_with_moment"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_batch.id"))
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    status: Mapped[LineStatus] = mapped_column(enum_of(LineStatus))
    certificate_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("certificate.id"), unique=True)
    reason_zh: Mapped[str | None] = mapped_column(String(1000))
    reason_en: Mapped[str | None] = mapped_column(String(1000))
    done_at: Mapped[datetime | None]


class BatchReplacement(Base):
    """What the one line of a batch issues in the place of a certificate, as it was handed in for release.

    `stood` is where that certificate stood then: at the release it has to stand so still. `chosen` are the fields that
    a correction prints anew, `renewal_id` is the request that a renewal grants.
    """

    __tablename__ = "certificate_batch_replacement"
    __table_args__ = (
        CheckConstraint("(replaced_as = 'renewal') = (renewal_id IS NOT NULL)", name="renewal_with_request"),
        CheckConstraint("stood IN ('valid', 'suspended')", name="stood_in_force"),
        CheckConstraint("reason <> ''", name="reason_not_empty"),
    )

    batch_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_batch.id"), primary_key=True)
    replaces_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), index=True)
    replaced_as: Mapped[Replacement] = mapped_column(enum_of(Replacement))
    stood: Mapped[CertificateStatus] = mapped_column(enum_of(CertificateStatus))
    chosen: Mapped[list[str]]
    renewal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("certificate_renewal.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    authority: Mapped[str] = mapped_column(String(200))
