"""People and the roles they hold."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.core.access import Role
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class Profession(StrEnum):
    """What a person is by profession."""

    NURSE = "nurse"
    PHYSICIAN = "physician"
    SOCIAL_WORKER = "social_worker"
    CARE_WORKER = "care_worker"
    PHARMACIST = "pharmacist"
    VOLUNTEER = "volunteer"
    MANAGER = "manager"

    @property
    def label(self) -> str:
        """The profession's name for people."""
        return str(PROFESSION_LABELS[self])


PROFESSION_LABELS = {
    Profession.NURSE: _l("Nurse"),
    Profession.PHYSICIAN: _l("Physician"),
    Profession.SOCIAL_WORKER: _l("Social worker"),
    Profession.CARE_WORKER: _l("Care worker"),
    Profession.PHARMACIST: _l("Pharmacist"),
    Profession.VOLUNTEER: _l("Volunteer"),
    Profession.MANAGER: _l("Manager"),
}


NOTICE = 1
"""The version of the notice on data that people must have agreed to (`training/privacy/notices`)."""


class Person(Base):
    """Somebody who can sign in: by mobile number, e-mail address, or staff number (工号) within an institution.

    Names may be shared by many. `password_hash` is empty until the person has activated the account (`activated_at`).
    An identity number is kept sealed, with a keyed index to find it by (`id_numbers.py`). Whoever was erased has
    neither a name nor anything to sign in with.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("institution_id", "staff_number"),
        CheckConstraint(
            "mobile IS NOT NULL OR email IS NOT NULL OR erased_at IS NOT NULL "
            "OR (staff_number IS NOT NULL AND institution_id IS NOT NULL)",
            name="can_sign_in",
        ),
        CheckConstraint("(id_number_sealed IS NULL) = (id_number_index IS NULL)", name="sealed_with_index"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), index=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(32))
    profession: Mapped[Profession] = mapped_column(enum_of(Profession))
    institution_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("institution.id"), index=True)
    staff_number: Mapped[str | None] = mapped_column(String(40))
    id_number_sealed: Mapped[str | None] = mapped_column(String(200))
    id_number_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    notice_version: Mapped[int | None]


class RoleGrant(Base):
    """A role given to a person on a scope from a day on; `ends_on` is the first day without it (None: open).

    `delegated_from_id` is the grant whose holder lent the role for a period; it holds no longer than that one does.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "scope_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_of(Role))
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    delegated_from_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("role_grant.id"), index=True)


class CodePurpose(StrEnum):
    """What a one-time code was made for."""

    ACTIVATION = "activation"
    RESET = "reset"


class AccessCode(Base):
    """A one-time code with which a person sets a password; only its keyed digest is kept.

    The newest of its purpose is the one that counts. `used_at` is set by its use, or when another code was used first.
    """

    __tablename__ = "access_code"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    purpose: Mapped[CodePurpose] = mapped_column(enum_of(CodePurpose))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    tries: Mapped[int] = mapped_column(default=0)


class Throttle(Base):
    """How often a key (a login or an address) was tried since `since`."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[datetime]
    tries: Mapped[int]
