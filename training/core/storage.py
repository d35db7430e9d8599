"""Files that people send, kept by their content: `<data_dir>/files/ab/cdef…` under the SHA-256 of what stands in them.

`keep` is slow and stands before the transaction (`requires(…, prepare=…)`): it streams to a temporary file while it
hashes, flushes it to the disk and renames it. `record` then writes the row, so that there is never a row without its
file. A file whose row was never written is harmless; `anning storage check` finds it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from flask import Response, current_app, send_file
from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, String, delete, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from training.core import clock, file_types
from training.core.db import Base, Id, db, upsert
from training.core.downloads import attachment
from training.core.errors import Invalid, NotFound
from training.core.texts import clean, is_unprintable

PIECE = 256 * 1024
INLINE = frozenset({"image", "audio", "video", "captions"})
LONGEST_NAME = 200


class StoredFile(Base):
    """A file that is kept. `name` is the one it first came under; `media_type` is what its content says."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size >= 1", name="size_from_one"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    stored_at: Mapped[datetime]


@dataclass(frozen=True)
class Kept:
    """A file that lies in its place, before its row is written."""

    sha256: str
    size: int
    type: file_types.FileType
    name: str


def folder() -> Path:
    """Where files lie."""
    path: Path = current_app.extensions["anning_settings"].data_dir / "files"
    return path


def path_of(sha256: str) -> Path:
    """The place of a file by its content's hash."""
    return folder() / sha256[:2] / sha256[2:]


def keep(content: IO[bytes] | bytes, name: str, *, families: Collection[str]) -> Kept:
    """Put a file into its place and say what it is; the same content again is the file that there is.

    Pictures are kept without what is noted beside them (`core/stripping.py`).
    Raises `Invalid` with a sentence when it is none of `families` (see `core/file_types.py`), damaged or too large.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    incoming = folder() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=incoming)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            sha256, size = _copy(stream, file, max(file_types.LARGEST[one] for one in families))
        found = file_types.detect(path)
        _require(found, size, families)
        if found.family == "image":
            sha256, size = _strip(path, sha256, size)
            found = file_types.detect(path)
        _put(path, path_of(sha256))
    finally:
        path.unlink(missing_ok=True)
    return Kept(sha256, size, found, _plain_name(name, found.media_type))


def _copy(stream: IO[bytes], file: IO[bytes], most: int) -> tuple[str, int]:
    """Copy and hash piece by piece, down to the disk; returns hash and size."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > most:
            raise Invalid(_too_large(most))
        digest.update(piece)
        file.write(piece)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


def _strip(path: Path, sha256: str, size: int) -> tuple[str, int]:
    """Take off what is noted beside the picture; returns hash and size, the same where nothing was."""
    before = path.read_bytes()
    content = file_types.without_notes(before)
    if content == before:
        return sha256, size
    with path.open("wb") as file:
        return _copy(io.BytesIO(content), file, len(content))


def _too_large(most: int) -> str:
    return str(_("The file is larger than %(size)d MB. Make it smaller, or split it.", size=most >> 20))


def _require(found: file_types.FileType, size: int, families: Collection[str]) -> None:
    if found.family not in families:
        words = {
            "image": _("a picture"),
            "audio": _("sound"),
            "video": _("a video"),
            "captions": _("captions"),
            "attachment": _("a document"),
        }
        raise Invalid(_("By its content this is %(found)s, which does not belong here.", found=words[found.family]))
    if size > file_types.LARGEST[found.family]:
        raise Invalid(_too_large(file_types.LARGEST[found.family]))


def _put(path: Path, target: Path) -> None:
    """Rename into place and make the rename last; a file that is there already is touched: no one sweeps it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.utime(target)
        return
    path.replace(target)
    for one in (target.parent, target.parent.parent):
        descriptor = os.open(one, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _plain_name(name: str, media_type: str) -> str:
    """The name without a path and unprintable characters, its ending that of what the file is."""
    last = (clean(name) or "").replace("\\", "/").rpartition("/")[2]
    stem = "".join(one for one in last if not is_unprintable(one) and one != "\n").rpartition(".")[0] or last
    ending = file_types.ENDINGS[media_type]
    return f"{stem[: LONGEST_NAME - len(ending)].strip(' .') or 'file'}{ending}"


def record(kept: Kept) -> StoredFile:
    """The row of a kept file, written when there is none. Does not commit."""
    values = {
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kept.type.media_type,
        "width": kept.type.width,
        "height": kept.type.height,
        "name": kept.name,
        "stored_at": clock.now(),
    }
    db.session.execute(upsert(StoredFile, [values], keys=("sha256",)))
    return db.session.scalars(select(StoredFile).where(StoredFile.sha256 == kept.sha256)).one()


def forget_unused(ids: Collection[int]) -> int:
    """Delete those of the rows that nothing refers to any more; returns how many. Does not commit.

    The files themselves stay behind without a row, for `anning storage check --remove-orphans`.
    """
    uses = [
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column is StoredFile.__table__.c.id for key in column.foreign_keys)
    ]
    used = or_(*(exists().where(column == StoredFile.id) for column in uses))
    gone = db.session.scalars(
        delete(StoredFile).where(StoredFile.id.in_(ids), ~used).returning(StoredFile.id),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


def send(stored: StoredFile, name: str = "") -> Response:
    """Hand a file out, whole or by ranges: pictures, sound, video and captions to be shown, all else to be saved.

    Whoever calls this has looked who asks. A browser may keep it but asks each time whether it still may.
    """
    path = path_of(stored.sha256)
    if not path.is_file():
        raise NotFound(_("The file is not in its place on the server. Tell whoever runs this site."))
    response = send_file(path, mimetype=stored.media_type, etag=stored.sha256, last_modified=stored.stored_at)
    if response.status_code == 304:
        response.close()  # nothing of it will be read
    response.cache_control.private = True
    response.cache_control.no_cache = True
    family = file_types.FileType(stored.media_type).family
    disposition = attachment(name or stored.name)
    if family in INLINE:
        disposition = disposition.replace("attachment", "inline", 1)
    response.headers["Content-Disposition"] = disposition
    return response
