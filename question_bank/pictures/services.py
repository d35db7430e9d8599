"""Keeping what was sent, pinning what a version shows, forgetting what nobody used. None of these commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert

from question_bank.item_types.about import files_of
from question_bank.pictures import queries
from question_bank.pictures.models import ItemPicture, SentPicture
from training.core import clock, storage
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.storage import Kept

FAMILY = ("image",)
FORGOTTEN_AFTER = timedelta(days=14)
"""So long may a form stay open in which a picture was sent."""


def note_sent(kept: Sequence[Kept], *, sent_by: Actor) -> None:
    """Write down files that are kept already as sent by somebody who writes an item."""
    now = clock.now()
    ids = {storage.record(one).id for one in kept}
    rows = [{"person_id": sent_by.id, "file_id": file_id, "sent_at": now} for file_id in sorted(ids)]
    if rows:
        db.session.execute(upsert(SentPicture, rows, keys=("person_id", "file_id"), put=("sent_at",)))


def pin(versions: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write down which files versions of items (id, body) show, for ever; what is no stored picture is passed by."""
    wanted = [(version_id, sha256) for version_id, body in versions for sha256 in {*files_of(body).values()}]
    known = queries.pictures_by_hash({sha256 for _version_id, sha256 in wanted})
    rows = [
        {"item_version_id": version_id, "file_id": known[sha256].id} for version_id, sha256 in wanted if sha256 in known
    ]
    if rows:
        db.session.execute(insert(ItemPicture), rows)


def pin_newest(bodies: Mapping[int, Mapping[str, Any]]) -> None:
    """The same for the newest versions of items (body by item id); no query where no body has a picture."""
    versions = queries.newest_versions([item_id for item_id, body in bodies.items() if files_of(body)])
    pin((version_id, bodies[item_id]) for item_id, version_id in versions.items())


def forget(file_ids: Collection[int]) -> int:
    """Forget files that were sent and, where no item nor anything else shows them, that they are stored.

    Returns how many were forgotten altogether.
    """
    db.session.execute(delete(SentPicture).where(SentPicture.file_id.in_(file_ids)))
    return storage.forget_unused(file_ids)
