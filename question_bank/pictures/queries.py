"""Reading pictures: whose they are to see, and how large they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from question_bank.models import Attempt, AttemptItem, Item, ItemVersion
from question_bank.pictures.models import ItemPicture, SentPicture
from question_bank.queries.attempts import visible_attempts
from question_bank.queries.items import visible_items
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.file_types import FAMILIES
from training.core.storage import StoredFile


def visible_pictures(actor: Actor) -> Select[Any]:
    """A select of the files that items show which the actor may read, and of those that they sent themselves."""
    shown = (
        visible_items(actor)
        .with_only_columns(ItemPicture.file_id)
        .select_from(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(ItemPicture, ItemPicture.item_version_id == ItemVersion.id)
        .where(ItemPicture.file_id == StoredFile.id)
    )
    sent = select(SentPicture.file_id).where(SentPicture.person_id == actor.id, SentPicture.file_id == StoredFile.id)
    return select(StoredFile).where(or_(shown.exists(), sent.exists()))


def picture_visible_to(actor: Actor, sha256: str) -> StoredFile:
    """The picture of that hash; raises `NotFound` for a stranger's."""
    return _found(db.session.scalar(visible_pictures(actor).where(StoredFile.sha256 == sha256)))


def usable_by(actor: Actor, hashes: Collection[str]) -> set[str]:
    """Those of the hashes behind which there is a picture that the actor may see, and so put into an item."""
    wanted = visible_pictures(actor).where(StoredFile.sha256.in_(hashes)) if hashes else None
    return {one.sha256 for one in db.session.scalars(wanted)} if wanted is not None else set()


def picture_in_attempt(person_id: int, attempt_id: int, sha256: str) -> StoredFile:
    """A picture that an item of that person's attempt shows; raises `NotFound`."""
    statement = (
        visible_attempts(person_id)
        .with_only_columns(StoredFile)
        .select_from(Attempt)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(ItemPicture, ItemPicture.item_version_id == AttemptItem.item_version_id)
        .join(StoredFile, StoredFile.id == ItemPicture.file_id)
        .where(Attempt.id == attempt_id, StoredFile.sha256 == sha256)
    )
    return _found(db.session.scalar(statement.limit(1)))


def _found(picture: StoredFile | None) -> StoredFile:
    if picture is None:
        raise NotFound(_("There is no such picture here."))
    return picture


def pictures_by_hash(hashes: Collection[str]) -> dict[str, StoredFile]:
    """The stored pictures of those hashes; no query where there are none."""
    if not hashes:
        return {}
    statement = select(StoredFile).where(
        StoredFile.sha256.in_(hashes), StoredFile.media_type.in_(sorted(FAMILIES["image"]))
    )
    return {one.sha256: one for one in db.session.scalars(statement)}


def newest_versions(item_ids: Sequence[int]) -> dict[int, int]:
    """The id of the newest version of each item."""
    found: dict[int, int] = {}
    for some in batches(item_ids):
        statement = select(ItemVersion.item_id, func.max(ItemVersion.id)).where(ItemVersion.item_id.in_(some))
        for item_id, newest in db.session.execute(statement.group_by(ItemVersion.item_id)):
            found[item_id] = newest
    return found


def sent_before(moment: datetime) -> set[int]:
    """The files that were sent before a moment and that nobody sent again since."""
    since = select(SentPicture.file_id).where(SentPicture.sent_at >= moment)
    old = select(SentPicture.file_id).where(SentPicture.sent_at < moment, SentPicture.file_id.not_in(since))
    return set(db.session.scalars(old))
