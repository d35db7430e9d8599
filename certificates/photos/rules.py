"""What anybody sends as a photo becomes one form, and the name of a file says whose photo it is. Pure.

The normal form is what is printed: upright, 5:7, at most 295 x 413 pixels (25 x 35 mm at 300 dpi), a baseline JPEG
without anything noted beside it. The same bytes give the same form.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

WIDTH, HEIGHT = 295, 413
NARROWEST = 200
"""Fewer pixels across than this look coarse on paper."""
ABOVE = 0.35
"""Of what is cut from a tall picture, the part that is cut above: heads stand above the middle."""
LARGEST = 10 * 1024**2
MOST_PIXELS = {"JPEG": 52_000_000, "MPO": 52_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
"""JPEG is unpacked at a fraction of its size; the others are unpacked whole, 4 bytes a pixel."""
MOST_SCANS = 40
"""Pieces of a JPEG, each of which goes over all its pixels; cameras write at most some twenty."""
QUALITY = 85
DOTS = (300, 300)
ORIENTATION = 0x0112  # the tag of EXIF
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
HEIF = frozenset((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"))
SCAN, END = b"\xff\xda", b"\xff\xd9"


class Problem(StrEnum):
    """What is wrong with a picture."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    HEIF = "heif"
    NO_PICTURE = "no_picture"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    MOVING = "moving"


class Unfit(ValueError):
    """No photo for a certificate, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def normal_form(data: bytes) -> bytes:
    """The picture as it is printed; raises `Unfit` for what is no whole JPEG, PNG or WebP, too large or too small."""
    _require_head(data)
    try:
        return _packed(_drawn(data))
    except Unfit:
        raise
    except Exception as error:  # Pillow raises whatever it meets
        raise Unfit(Problem.DAMAGED) from error


def _require_head(data: bytes) -> None:
    """What can be told before anything is unpacked."""
    if not data:
        raise Unfit(Problem.EMPTY)
    if len(data) > LARGEST:
        raise Unfit(Problem.TOO_LARGE)
    if data[4:8] == b"ftyp" and data[8:12] in HEIF:
        raise Unfit(Problem.HEIF)
    if not data.startswith(STARTS):
        raise Unfit(Problem.NO_PICTURE)
    if data.startswith(STARTS[0]) and not (data.count(SCAN) <= MOST_SCANS and data.rfind(END) > data.rfind(SCAN) > 0):
        raise Unfit(Problem.DAMAGED)
    if data.startswith(b"RIFF") and (data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") + 8 > len(data)):
        raise Unfit(Problem.DAMAGED if data[8:12] == b"WEBP" else Problem.NO_PICTURE)


def _drawn(data: bytes) -> Any:
    """The picture, upright, cut and scaled; not more of it is unpacked than that needs."""
    from PIL import Image

    try:
        picture: Any = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit(Problem.TOO_MANY_PIXELS) from error
    with picture:
        whole = picture.size
        if whole[0] * whole[1] > MOST_PIXELS[picture.format]:
            raise Unfit(Problem.TOO_MANY_PIXELS)
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            raise Unfit(Problem.MOVING)
        if min(whole[0], whole[1]) < NARROWEST:
            raise Unfit(Problem.TOO_SMALL)
        if picture.format == "PNG":
            _require_whole(data)
        shrink = 2 * HEIGHT / min(whole)
        if shrink < 1:
            picture.draft(None, (int(whole[0] * shrink), int(whole[1] * shrink)))
        return _scaled(_upright(picture), max(whole))


def _require_whole(data: bytes) -> None:
    """Every piece of a PNG with its sum."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        picture.verify()


def _upright(picture: Any) -> Any:
    """As the camera says that it was held."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    picture.load()
    try:
        turn = turns.get(picture.getexif().get(ORIENTATION))
    except Exception:  # noqa: BLE001 - notes that cannot be read say nothing, and Pillow raises whatever it meets
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _scaled(picture: Any, longest: int) -> Any:
    """The 5:7 of it around the middle, a little above, at most as large as it is printed and never enlarged.

    `longest` is the longer side before the picture was unpacked at a fraction.
    """
    from PIL.Image import Resampling

    width, height = picture.size
    if picture.mode == "P" or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    elif picture.mode not in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        picture = picture.convert("RGB")
    across = min(width, height * WIDTH / HEIGHT)
    down = across * HEIGHT / WIDTH
    real = across * longest / max(width, height)
    if round(real) < NARROWEST:
        raise Unfit(Problem.TOO_SMALL)
    size = min(WIDTH, round(real))
    left, top = (width - across) / 2, max(0.0, (height - down) * ABOVE)  # a hair below nought by rounding
    box = (left, top, min(left + across, width), min(top + down, height))
    return picture.resize((size, round(size * HEIGHT / WIDTH)), Resampling.LANCZOS, box, reducing_gap=3.0)


def _packed(picture: Any) -> bytes:
    """On white, as JPEG; a new picture, so that nothing noted beside the old one comes with it."""
    from PIL import Image

    sheet = Image.new("RGB", picture.size, "white")
    if picture.mode in {"RGBA", "LA"}:
        clear = picture.convert("RGBA")
        sheet.paste(clear, mask=clear.getchannel("A"))
    else:
        sheet.paste(picture.convert("RGB"))
    packed = io.BytesIO()
    sheet.save(packed, "JPEG", quality=QUALITY, subsampling="4:2:0", dpi=DOTS)
    return packed.getvalue()


# ---- whose photo it is ----

ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
BETWEEN = re.compile(r"[\s_\-\u2013\u2014+&,()\[\]\uff0c\u3001\uff08\uff09\u3010\u3011]+")


@dataclass(frozen=True)
class Named:
    """What the name of a file says: numbers that are one's own, and what may be a name, folded."""

    id_numbers: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """Somebody of a cohort. `id_index` is what their identity number is found by (`id_numbers.index`)."""

    id: int
    name: str
    mobile: str | None = None
    id_index: str | None = None


class Doubt(StrEnum):
    """Why a file is nobody's."""

    NUMBER_UNKNOWN = "number_unknown"
    NUMBERS_DIFFER = "numbers_differ"
    NAME_UNKNOWN = "name_unknown"
    NAME_OF_SEVERAL = "name_of_several"


def folded(name: str) -> str:
    """A name without spaces, dots and marks, however wide it is typed."""
    return "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalpha())


def named(file_name: str) -> Named:
    """Read the name of a file, with or without folders and ending."""
    last = unicodedata.normalize("NFKC", file_name[-400:]).replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    rest = MOBILE.sub(" ", ID_NUMBER.sub(" ", stem))
    pieces = {folded(one) for one in (rest, *BETWEEN.split(rest))}
    return Named(
        tuple(one.upper() for one in ID_NUMBER.findall(stem)),
        tuple(MOBILE.findall(ID_NUMBER.sub(" ", stem))),
        frozenset(pieces - {""}),
    )


def whose(said: Named, id_indexes: Collection[str], people: Collection[Known]) -> int | Doubt:
    """The id of whom a file belongs to, or why it cannot be told; `id_indexes` stand for the identity numbers.

    A number that is one's own goes before the name: where it names nobody, or somebody else, the file is nobody's.
    """
    if id_indexes or said.mobiles:
        by_number = [{one.id for one in people if one.id_index == index} for index in id_indexes]
        by_number += [{one.id for one in people if one.mobile == mobile} for mobile in said.mobiles]
        if not any(by_number):
            return Doubt.NUMBER_UNKNOWN
        found = set.intersection(*by_number)
        return found.pop() if len(found) == 1 else Doubt.NUMBERS_DIFFER
    found = {one.id for one in people if folded(one.name) in said.names}
    if len(found) == 1:
        return found.pop()
    return Doubt.NAME_OF_SEVERAL if found else Doubt.NAME_UNKNOWN
