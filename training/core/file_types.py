"""What a file is, found by what stands in it: never by its name, nor by what the sender says of it.

Each look reads headers only, so that a video of half a gigabyte costs no memory. What is no file of a known kind, or is
cut off, is refused with a sentence.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import gettext as _

from training.core import stripping
from training.core.errors import Invalid

MEGABYTE = 1024 * 1024
LONGEST_SIDE = 8_000
MOST_PIXELS = 40_000_000
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "WEBP": "image/webp"}
"""Pictures by the names of Pillow; MPO is a photograph with others behind it, which are taken off."""
ORIENTATION, LYING = 0x0112, frozenset({5, 6, 7, 8})  # a tag of EXIF, and its values for a quarter turn
OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE_PARTS = {
    f"{OFFICE}wordprocessingml.document.main+xml": f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}spreadsheetml.sheet.main+xml": f"{OFFICE}spreadsheetml.sheet",
    f"{OFFICE}presentationml.presentation.main+xml": f"{OFFICE}presentationml.presentation",
}
FAMILIES: dict[str, frozenset[str]] = {
    "image": frozenset({"image/png", "image/jpeg", "image/webp"}),
    "audio": frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm"}),
    "video": frozenset({"video/mp4", "video/webm"}),
    "captions": frozenset({"text/vtt"}),
    "attachment": frozenset({"application/pdf", *OFFICE_PARTS.values()}),
}
LARGEST = {
    "image": 5 * MEGABYTE,
    "audio": 50 * MEGABYTE,
    "video": 500 * MEGABYTE,
    "captions": MEGABYTE,
    "attachment": 20 * MEGABYTE,
}
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/webm": ".weba",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "text/vtt": ".vtt",
    "application/pdf": ".pdf",
    f"{OFFICE}wordprocessingml.document": ".docx",
    f"{OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{OFFICE}presentationml.presentation": ".pptx",
}


@dataclass(frozen=True)
class FileType:
    """A media type; width and height in pixels where it is a picture."""

    media_type: str
    width: int | None = None
    height: int | None = None

    @property
    def family(self) -> str:
        """`image`, `audio`, `video`, `captions` or `attachment`."""
        return next(name for name, types in FAMILIES.items() if self.media_type in types)


def detect(path: Path) -> FileType:
    """What the file at `path` is; raises `Invalid` for what is none of the kinds kept here, or is damaged."""
    with path.open("rb") as file:
        return _detect(file, path.stat().st_size)


def detect_bytes(data: bytes) -> FileType:
    """The same for a file that is in memory."""
    return _detect(io.BytesIO(data), len(data))


def _detect(file: BinaryIO, size: int) -> FileType:
    head = file.read(4096)
    for fits, look in LOOKS:
        if fits(head):
            file.seek(0)
            return look(file, size)
    raise Invalid(_refusal(head))


def _refusal(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if not head:
        return _("The file is empty. Choose another one.")
    if head.startswith(b"GIF8"):
        return _("GIF pictures are not taken. Save it as PNG or WebP; a moving picture as an MP4 video.")
    if b"<svg" in head[:1000].lower():
        return _("SVG pictures are not taken, because they may carry programs. Save it as PNG or WebP.")
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<script")):
        return _("This is a web page or another text, whatever its name says. Choose the file itself.")
    if b"-->" in head and start[:1].isdigit():
        return _("This looks like SRT captions. Save them as WebVTT (.vtt).")
    return _(
        "This is no file of a kind that is taken here: pictures as PNG, JPEG or WebP; sound as MP3, M4A or OGG; video"
        " as MP4 or WebM; captions as WebVTT; documents as PDF, DOCX, XLSX or PPTX."
    )


def _cut_off() -> Invalid:
    return Invalid(_("The file is cut off or damaged. Open it on your own computer, then send it again whole."))


# ---- pictures ----


def _picture(file: BinaryIO, _size: int) -> FileType:
    """The header's word on kind and size; the pixels are not unpacked."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as picture:
            (width, height), name = picture.size, KINDS.get(picture.format or "", "")
            if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
                raise Invalid(
                    _(
                        "The picture has %(width)d × %(height)d pixels. Make it smaller: at most %(side)d on a side.",
                        width=width,
                        height=height,
                        side=LONGEST_SIDE,
                    )
                )
            if name == "image/png":
                picture.verify()
            elif _is_turned(picture):
                width, height = height, width
    except Image.DecompressionBombError as error:
        raise Invalid(_("The picture has far too many pixels. Make it smaller.")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _cut_off() from error
    return FileType(name, width, height)


def without_notes(picture: bytes) -> bytes:
    """A picture without place, device and what else is noted beside it; raises `Invalid` for one that is damaged."""
    try:
        return stripping.without_notes(picture)
    except stripping.Damaged as error:
        raise _cut_off() from error


def _is_turned(picture: Any) -> bool:
    """Whether a camera says that the picture lies on its side, so that browsers show its width as height (EXIF)."""
    try:
        return picture.getexif().get(ORIENTATION) in LYING
    except Exception:  # noqa: BLE001 - notes that cannot be read say nothing, and Pillow raises whatever it meets
        return False


# ---- MP4 and M4A: boxes of a length and a name ----


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and end of each box between two places; raises `Invalid` when one reaches beyond the end."""
    while start < end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            raise _cut_off()
        length, name, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1:
            length, body = int.from_bytes(head[8:16], "big"), start + 16
        elif length == 0:
            length = end - start
        if length < body - start or start + length > end:
            raise _cut_off()
        yield name, body, start + length
        start += length


def _mp4(file: BinaryIO, size: int) -> FileType:
    """Video or sound by its tracks; every box must be there to its last byte."""
    file.seek(8)
    if file.read(4) == b"qt  ":
        raise Invalid(_("This is a QuickTime video, which most phones here cannot play. Save it as MP4 (H.264)."))
    tracks: set[bytes] = set()
    names = set()
    for name, start, end in _boxes(file, 0, size):
        names.add(name)
        if name == b"moov":
            tracks |= set(_handlers(file, start, end, deep=2))
    if not {b"moov", b"mdat"} <= names:
        raise _cut_off()
    if b"vide" in tracks:
        return FileType("video/mp4")
    if b"soun" in tracks:
        return FileType("audio/mp4")
    raise Invalid(_("The file holds neither a picture track nor a sound track."))


def _handlers(file: BinaryIO, start: int, end: int, deep: int) -> Iterator[bytes]:
    """What each track is: the word in moov/trak/mdia/hdlr; boxes within boxes are followed so `deep` and no deeper."""
    for name, inner, inner_end in _boxes(file, start, end):
        if name in {b"trak", b"mdia"} and deep:
            yield from _handlers(file, inner, inner_end, deep - 1)
        elif name == b"hdlr":
            file.seek(inner + 8)
            yield file.read(4)


# ---- WebM ----

CODECS_OF_PICTURES = (b"V_VP8", b"V_VP9", b"V_AV1")
CODECS_OF_SOUND = (b"A_OPUS", b"A_VORBIS")
TRACKS_STAND_WITHIN = MEGABYTE


def _webm(file: BinaryIO, size: int) -> FileType:
    head = file.read(min(size, TRACKS_STAND_WITHIN))
    if b"webm" not in head[:64]:
        raise Invalid(_("This is a Matroska video that browsers do not play. Save it as MP4 (H.264) or WebM."))
    segment = head.find(b"\x18\x53\x80\x67")
    if segment < 0:
        raise _cut_off()
    length, unknown, after = _ebml_length(head, segment + 4)
    if not unknown and after + length > size:
        raise _cut_off()
    if any(codec in head for codec in CODECS_OF_PICTURES):
        return FileType("video/webm")
    if any(codec in head for codec in CODECS_OF_SOUND):
        return FileType("audio/webm")
    raise _cut_off()


def _ebml_length(data: bytes, place: int) -> tuple[int, bool, int]:
    """A length as EBML writes it, whether it says "unknown", and the place after it."""
    if place >= len(data) or not data[place]:
        raise _cut_off()
    width = 9 - data[place].bit_length()
    value = int.from_bytes(data[place : place + width], "big") & ((1 << (7 * width)) - 1)
    return value, value == (1 << (7 * width)) - 1, place + width


# ---- sound ----

BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _mp3_frame(header: bytes) -> int:
    """The length in bytes of the layer III frame that begins with these four; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (header[1] >> 3) & 3, (header[1] >> 1) & 3
    bits, rate = header[2] >> 4, (header[2] >> 2) & 3
    if version not in RATES or layer != 1 or bits in {0, 15} or rate == 3:
        return 0
    kilobits = (BITRATES if version == 3 else BITRATES_2)[bits]
    return (144 if version == 3 else 72) * kilobits * 1000 // RATES[version][rate] + ((header[2] >> 1) & 1)


def _mp3(file: BinaryIO, _size: int) -> FileType:
    """After a tag, two frames of sound one after the other."""
    head, place = file.read(10), 0
    if head.startswith(b"ID3"):
        if len(head) < 10:
            raise _cut_off()
        place = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    for _turn in range(2):
        file.seek(place)
        length = _mp3_frame(file.read(4))
        if not length:
            raise _cut_off()
        place += length
    return FileType("audio/mpeg")


def _ogg(file: BinaryIO, _size: int) -> FileType:
    head = file.read(256)
    if b"OpusHead" in head or b"\x01vorbis" in head:
        return FileType("audio/ogg")
    raise Invalid(_("Of OGG files only sound (Opus or Vorbis) is taken. Save a video as MP4 or WebM."))


# ---- texts and documents ----


def _captions(file: BinaryIO, size: int) -> FileType:
    if size > LARGEST["captions"]:
        raise Invalid(_("Captions have at most 1 MB."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("The captions are not written in UTF-8. Save them again in UTF-8.")) from error
    if "\0" in text or "-->" not in text:
        raise Invalid(_("The captions hold no line such as 00:01.000 --> 00:04.000."))
    return FileType("text/vtt")


def _pdf(file: BinaryIO, size: int) -> FileType:
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read():
        raise _cut_off()
    return FileType("application/pdf")


def _office(file: BinaryIO, _size: int) -> FileType:
    """DOCX, XLSX or PPTX by its table of contents; none with macros or controls."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = [one.filename.lower() for one in packed.infolist()]
            with packed.open("[Content_Types].xml") as listed:
                contents = listed.read(MEGABYTE).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError) as error:
        raise Invalid(
            _("Of packed files only DOCX, XLSX and PPTX are taken, without a password. Send single files instead.")
        ) from error
    if "macroenabled" in contents.lower() or any("vbaproject" in one or "activex/" in one for one in names):
        raise Invalid(_("The document carries macros. Save it without them, as DOCX, XLSX or PPTX, or as PDF."))
    for part, media_type in OFFICE_PARTS.items():
        if f'"{part}"' in contents:
            return FileType(media_type)
    raise Invalid(
        _("Of packed files only DOCX, XLSX and PPTX are taken, without a password. Send single files instead.")
    )


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


def _is_vtt(head: bytes) -> bool:
    plain = head.removeprefix(b"\xef\xbb\xbf")
    return plain.startswith(b"WEBVTT") and plain[6:7] in {b"", b" ", b"\t", b"\n", b"\r"}


LOOKS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, int], FileType]], ...] = (
    (_begins(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"), _picture),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", _picture),
    (lambda head: head[4:8] == b"ftyp", _mp4),
    (_begins(b"\x1a\x45\xdf\xa3"), _webm),
    (_begins(b"OggS"), _ogg),
    (_begins(b"%PDF-"), _pdf),
    (_begins(b"PK\x03\x04"), _office),
    (_is_vtt, _captions),
    (lambda head: head.startswith(b"ID3") or bool(_mp3_frame(head[:4])), _mp3),
)
