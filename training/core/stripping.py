"""What cameras and programs write beside a picture (place, device, names) is taken off before it is kept.

The pixels are copied as they are; only a photograph that a camera marked as turned is turned and packed anew, as its
mark goes. Colour profiles, transparency and animation stay. The forms: JPEG (ITU T.81, annex B), PNG (W3C, third
edition), WebP (RFC 9649). Pure.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

PNG, WEBP, JPEG = b"\x89PNG\r\n\x1a\n", b"RIFF", b"\xff\xd8"
ORIENTATION, TURNED = 0x0112, range(2, 9)  # a tag of EXIF, and its values for anything but upright
PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_SAYS_NOTES = 0x08 | 0x04  # the bits of VP8X for EXIF and XMP
JFIF, COLOURS, ADOBE = (0xE0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe")
SOS, EOI, COMMENT = 0xDA, 0xD9, 0xFE
APPLICATION = range(0xE0, 0xF0)
ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers that no segment follows; restarts stand within the pixels
QUALITY = 92


class Damaged(ValueError):
    """The picture is not built as its kind is."""


def without_notes(data: bytes) -> bytes:
    """The same PNG, JPEG or WebP without what is noted beside the picture; raises `Damaged`.

    One without notes comes back byte for byte.
    """
    if data.startswith(PNG):
        return PNG + b"".join(_png(data))
    turned = _turned(data)
    if data.startswith(JPEG):
        return JPEG + b"".join(_jpeg(turned))
    return _webp(turned)


def _turned(data: bytes) -> bytes:
    """The picture upright, if a camera marked it as turned; else as it is. What moves is not turned."""
    from PIL import Image, ImageOps, JpegImagePlugin

    try:
        picture: Any
        with Image.open(io.BytesIO(data), formats=("JPEG", "WEBP")) as picture:
            is_webp = picture.format == "WEBP"  # a photograph with others behind it calls itself MPO
            if _orientation(picture) not in TURNED or (is_webp and getattr(picture, "n_frames", 1) > 1):
                return data
            packing: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile"), "exif": b""}
            if is_webp:
                packing |= {"quality": QUALITY, "lossless": b"VP8L" in dict(_webp_chunks(data))}
            else:
                packing |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
            packed = io.BytesIO()
            ImageOps.exif_transpose(picture).save(packed, "WEBP" if is_webp else "JPEG", **packing)
    except Exception as error:  # Pillow raises whatever it meets
        raise Damaged from error
    return packed.getvalue()


def _orientation(picture: Any) -> object:
    try:
        return picture.getexif().get(ORIENTATION)
    except Exception:  # noqa: BLE001 - notes that cannot be read say nothing, and Pillow raises whatever it meets
        return None


def _png(data: bytes) -> Iterator[bytes]:
    """The chunks that a picture needs, up to its end."""
    place, name = len(PNG), b""
    while name != b"IEND":
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(data):
            raise Damaged
        if name in PNG_KEPT:
            yield data[place:end]
        place = end


def _webp(data: bytes) -> bytes:
    kept = [b"WEBP"]
    for name, chunk in _webp_chunks(data):
        if name == b"VP8X":
            kept.append(chunk[:8] + bytes([chunk[8] & ~WEBP_SAYS_NOTES]) + chunk[9:])
        elif name in WEBP_KEPT:
            kept.append(chunk)
    body = b"".join(kept)
    return WEBP + len(body).to_bytes(4, "little") + body


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name of each chunk, and all of it, up to the end that the head names."""
    place, whole = 12, 8 + int.from_bytes(data[4:8], "little")
    if data[8:12] != b"WEBP" or whole > len(data):
        raise Damaged
    while place + 8 <= whole:
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        end = place + 8 + length
        if end > whole or length < 1:
            raise Damaged
        yield data[place : place + 4], data[place : end + length % 2]
        place = end + length % 2


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments that a picture needs, its pixels among them, up to its end; what follows that is left out.

    A picture whose end is missing is shown by browsers as far as it goes, so it is copied as far.
    """
    place = len(JPEG)
    while place < len(data):
        if data[place] != 0xFF:
            raise Damaged
        while place + 1 < len(data) and data[place + 1] == 0xFF:  # any number of these may stand before a marker
            place += 1
        marker = data[place + 1] if place + 1 < len(data) else EOI
        if marker == EOI:
            yield data[place : place + 2]
            return
        end = place + 2 if marker in ALONE else place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if end > len(data) or (marker not in ALONE and end < place + 4):
            raise Damaged
        if marker == SOS:
            end = _end_of_pixels(data, end)
        if _is_needed(marker, data[place + 4 : end]):
            yield data[place:end]
        place = end


def _end_of_pixels(data: bytes, place: int) -> int:
    """Where the next marker stands that is none of those within the pixels."""
    while (place := data.find(b"\xff", place)) >= 0 and place + 1 < len(data):
        follows = data[place + 1]
        if follows not in (0x00, 0xFF, *ALONE):
            return place
        place += 1 if follows == 0xFF else 2
    return len(data)


def _is_needed(marker: int, body: bytes) -> bool:
    """All that is neither a comment nor an application's, and of these what says how colours are meant."""
    if marker not in APPLICATION:
        return marker != COMMENT
    return any(marker == number and body.startswith(name) for number, name in (JFIF, COLOURS, ADOBE))
