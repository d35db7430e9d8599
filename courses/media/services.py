"""Adding media to a course, pinning what a lesson version shows, and remembering where somebody stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from courses import figures, markdown
from courses.media import queries
from courses.media.models import CourseMedia, LessonMedia, MediaPlace
from courses.permissions import Permission
from courses.queries import course_of_author
from training.activities.models import Activity
from training.core import audit, clock, storage
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Invalid
from training.core.storage import Kept

KIND_OF = {"image": figures.FIGURE, "audio": figures.AUDIO, "video": figures.VIDEO, "attachment": figures.ATTACHMENT}
LONGEST_RECORDING = 24 * 60 * 60
MOST_MEDIA = 300


@dataclass(frozen=True)
class Upload:
    """A file that is kept already, with its name in texts and its words; a name left empty is made."""

    kept: Kept
    name: str
    alt_zh: str
    alt_en: str
    caption_zh: str = ""
    caption_en: str = ""
    captions_zh: Kept | None = None
    captions_en: Kept | None = None
    transcript_zh: str = ""
    transcript_en: str = ""


def add(course_id: int, upload: Upload, *, added_by: Actor) -> CourseMedia:
    """Put a file into a course under its name; one under the same name is replaced, and stays where it was published.

    The same again changes nothing. Raises `NotFound`, or `Invalid` with a sentence. Does not commit.
    """
    row = course_of_author(added_by, course_id, Permission.COURSE_WRITE)
    added_by.require(Permission.COURSE_WRITE, row.Scope.path)
    _lock(course_id)
    return put(row.Activity, upload, added_by)


def _lock(course_id: int) -> None:
    """Serialise those who add to one course."""
    db.session.get(Activity, course_id, with_for_update={"key_share": True})


def put(course: Activity, upload: Upload, author: Actor) -> CourseMedia:
    """The same without asking who may: for whoever makes the course."""
    if not (upload.alt_zh and upload.alt_en):
        raise Invalid(_("Say in both languages what is to be seen or heard: people who cannot see it read that."))
    kind = KIND_OF[upload.kept.type.family]
    known = queries.kinds(course.id)
    name = upload.name or _free_name(kind, known)
    if not figures.NAME.fullmatch(name):
        raise Invalid(
            _("A name begins with a small letter; then follow small letters, digits and hyphens, 40 at most.")
        )
    if name not in known and len(known) >= MOST_MEDIA:
        raise Invalid(_("The course has %(max)d pictures and recordings already; open another course.", max=MOST_MEDIA))
    before = queries.current(course.id, name)
    values = _values(upload, kind)
    if before is not None and all(getattr(before, key) == value for key, value in values.items()):
        return before
    if before is not None and before.kind != kind:
        raise Invalid(_("“%(name)s” is another kind of file already; choose another name.", name=name))
    if before is not None:
        before.replaced_at = clock.now()
        db.session.flush()
    media = CourseMedia(course_id=course.id, name=name, added_by_id=author.id, added_at=clock.now(), **values)
    db.session.add(media)
    db.session.flush()
    audit.record(author, "media.add", media, course_id=course.id, name=name, sha256=upload.kept.sha256)
    return media


def _values(upload: Upload, kind: str) -> dict[str, Any]:
    recorded = kind in {figures.AUDIO, figures.VIDEO}
    captions = {"zh": upload.captions_zh, "en": upload.captions_en} if recorded else {}
    kept = {language: storage.record(one).id if one else None for language, one in captions.items()}
    return {
        "kind": kind,
        "file_id": storage.record(upload.kept).id,
        "file_name": upload.kept.name,
        "alt_zh": upload.alt_zh,
        "alt_en": upload.alt_en,
        "caption_zh": upload.caption_zh,
        "caption_en": upload.caption_en,
        "captions_zh_id": kept.get("zh"),
        "captions_en_id": kept.get("en"),
        "transcript_zh": upload.transcript_zh if recorded else "",
        "transcript_en": upload.transcript_en if recorded else "",
    }


def _free_name(kind: str, known: dict[str, str]) -> str:
    number = 1
    while f"{kind}-{number}" in known:
        number += 1
    return f"{kind}-{number}"


def faults(course_id: int, body: str) -> list[str]:
    """What an author is to mend in a text of that course before it is published."""
    return markdown.faults(body, queries.kinds(course_id))


def to_pin(course_id: int, *bodies: str) -> dict[str, int]:
    """What a lesson version with these texts shows, as media id by name."""
    names = {name for body in bodies for _kind, name in markdown.references(body)}
    return dict(queries.ids(course_id, names)) if names else {}


def pin(lesson_id: int, version: int, media: dict[str, int]) -> None:
    """Write down what a lesson version shows, for ever. Does not commit."""
    db.session.add_all(
        LessonMedia(lesson_id=lesson_id, lesson_version=version, name=name, media_id=media_id)
        for name, media_id in sorted(media.items())
    )
    db.session.flush()


def keep_position(media: CourseMedia, seconds: int, *, listener: Actor) -> None:
    """Remember where somebody stopped in a recording. Does not commit."""
    values = {
        "person_id": listener.id,
        "media_id": media.id,
        "seconds": max(0, min(seconds, LONGEST_RECORDING)),
        "updated_at": clock.now(),
    }
    db.session.execute(upsert(MediaPlace, [values], keys=("person_id", "media_id"), put=("seconds", "updated_at")))
