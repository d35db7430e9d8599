"""What pages need of media: addresses and words in the language of the text, from rows of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from courses import figures
from courses.figures import Captions, Shown
from courses.media.models import CourseMedia
from training.core.storage import StoredFile

Address = Callable[[int, str], str]
"""The address of a part (`file`, `zh`, `en`; `place` where it is remembered) of one of the media."""


def shown(
    pairs: Iterable[tuple[CourseMedia, StoredFile]], language: str, address: Address, *, remembers: bool = False
) -> tuple[Shown, ...]:
    """The media for a text in that language."""
    return tuple(_shown(media, stored, language, address, remembers) for media, stored in pairs)


def _shown(media: CourseMedia, stored: StoredFile, language: str, address: Address, remembers: bool) -> Shown:
    other = "en" if language == "zh" else "zh"
    recorded = media.kind in {figures.AUDIO, figures.VIDEO}
    there = {"zh": media.captions_zh_id, "en": media.captions_en_id}
    return Shown(
        name=media.name,
        kind=media.kind,
        media_id=media.id,
        url=address(media.id, "file"),
        alt=getattr(media, f"alt_{language}"),
        caption=getattr(media, f"caption_{language}"),
        file_name=media.file_name,
        media_type=stored.media_type,
        size=stored.size,
        width=stored.width,
        height=stored.height,
        captions=tuple(Captions(one, address(media.id, one)) for one in (language, other) if there[one]),
        transcript=getattr(media, f"transcript_{language}") or getattr(media, f"transcript_{other}"),
        place_url=address(media.id, "place") if recorded and remembers else "",
    )


def words_of_size(size: int) -> str:
    """The size of a file as people read it."""
    for unit, most in (("KB", 1 << 20), ("MB", 1 << 30)):
        if size < most:
            return f"{max(size * 1024 / most, 0.1):.1f} {unit}".replace(".0 ", " ")
    return f"{size / (1 << 30):.1f} GB"


def documents(media: Iterable[Shown]) -> list[Shown]:
    """The documents among them, for the list below a lesson."""
    return [one for one in media if one.kind == figures.ATTACHMENT]
