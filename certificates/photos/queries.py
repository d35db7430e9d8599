"""Reading photos: who has one in use, and which stands on a certificate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import undefer

from certificates.designs import queries as designs
from certificates.models import Certificate
from certificates.photos.models import Portrait, PrintedPortrait
from certificates.queries import Candidate
from training.core.db import batches, db


def in_use(person_id: int, *, with_picture: bool = False) -> Portrait | None:
    """The photo that a person's certificates are printed with now, if there is one; its bytes only when asked for."""
    statement = select(Portrait).where(Portrait.person_id == person_id, Portrait.ended_at.is_(None))
    return db.session.scalar(statement.options(undefer(Portrait.jpeg)) if with_picture else statement)


def having(person_ids: Sequence[int]) -> set[int]:
    """Those of the people who have a photo in use."""
    found: set[int] = set()
    for some in batches(person_ids):
        found.update(
            db.session.scalars(
                select(Portrait.person_id).where(Portrait.person_id.in_(some), Portrait.ended_at.is_(None))
            )
        )
    return found


def how_many_without(candidates: Collection[Candidate]) -> int:
    """How many of these people of one cohort have no photo; none where their certificates have no place for one."""
    paths = {one.scope_path for one in candidates}
    if not any(designs.prints_photo(path) for path in paths):
        return 0
    people = [one.person.id for one in candidates]
    return len(set(people) - having(people))


def to_print(candidate: Candidate) -> str:
    """The SHA-256 of the photo that a certificate would print; empty without one, or where the design shows none.

    Ask under the person's lock where it is to be frozen.
    """
    statement = select(Portrait.sha256).where(
        Portrait.person_id == candidate.person.id,
        Portrait.ended_at.is_(None),
        designs.showing_photo(candidate.scope_path),
    )
    return db.session.scalar(statement) or ""


def portrait_of(person_id: int, sha256: str) -> Portrait:
    """The newest portrait of a person with that content; there must be one."""
    statement = select(Portrait).where(Portrait.person_id == person_id, Portrait.sha256 == sha256)
    return db.session.scalars(statement.order_by(Portrait.id.desc()).limit(1)).one()


def is_printed(portrait_id: int) -> bool:
    """Whether a certificate was issued with it."""
    return bool(db.session.scalar(select(exists().where(PrintedPortrait.portrait_id == portrait_id))))


def picture_to_print(certificate_id: int) -> bytes | None:
    """The bytes of the photo that a certificate was issued with; None where it has none."""
    found: bytes | None = db.session.scalar(_printed().where(PrintedPortrait.certificate_id == certificate_id))
    return found


def picture_on(number: str) -> bytes | None:
    """The bytes of the photo on the certificate of a canonical number; None for none."""
    on_number = _printed().join(Certificate, Certificate.id == PrintedPortrait.certificate_id)
    found: bytes | None = db.session.scalar(on_number.where(Certificate.number == number))
    return found


def _printed() -> Select[Any]:
    return select(Portrait.jpeg).join(PrintedPortrait, PrintedPortrait.portrait_id == Portrait.id)
