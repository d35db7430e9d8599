"""Tiny files of every kind, made here: valid enough for headers to be read, small enough for every test."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

from training.core.stripping import ORIENTATION

OFFICE = "application/vnd.openxmlformats-officedocument."


def png(width: int = 4, height: int = 3, shade: int = 120) -> bytes:
    """A grey picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = (b"\x00" + bytes([shade]) * width) * height
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def box(name: bytes, *body: bytes) -> bytes:
    """A box of an MP4 file."""
    inside = b"".join(body)
    return (8 + len(inside)).to_bytes(4, "big") + name + inside


def mp4(handler: bytes = b"vide", brand: bytes = b"isom", content: bytes = b"\x00" * 64) -> bytes:
    """A film (or, with `soun`, a recording) of no frames."""
    track = box(b"trak", box(b"mdia", box(b"hdlr", b"\x00" * 8 + handler + b"\x00" * 12)))
    return box(b"ftyp", brand, b"\x00\x00\x02\x00", brand) + box(b"moov", track) + box(b"mdat", content)


def webm(codec: bytes = b"V_VP9") -> bytes:
    """A WebM file that names one codec."""
    inside = b"\x16\x54\xae\x6b\x85" + codec.ljust(5, b" ")
    head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
    return head + b"\x18\x53\x80\x67" + bytes([0x80 | len(inside)]) + inside


def mp3(tag: bool = True) -> bytes:
    """Two frames of silence at 32 kbit/s, after an empty tag."""
    frame = b"\xff\xfb\x10\xc0" + b"\x00" * (144 * 32000 // 44100 - 4)
    return (b"ID3\x04\x00\x00\x00\x00\x00\x00" if tag else b"") + frame * 2


def office(part: str = f"{OFFICE}wordprocessingml.document.main+xml", extra: str = "") -> bytes:
    """A document with its table of contents alone."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("[Content_Types].xml", f'<Types><Override PartName="/a" ContentType="{part}"/></Types>')
        if extra:
            packed.writestr(extra, b"x")
    return held.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
VTT = "WEBVTT\n\n1\n00:00.000 --> 00:02.000\n<v 王护士>先听。\n\n00:02.000 --> 00:04.000\n再说。\n".encode()
OGG = b"OggS" + b"\x00" * 24 + b"OpusHead" + b"\x00" * 40

SECRETS = (b"SecretCam", b"Ward 3 of a hospital", b"Nurse Zhou", b"36/1, 40/1")
"""What a photograph of `photograph` notes beside the pixels: device, place in words, a name; also in figures."""


def photograph(kind: str = "JPEG", orientation: int = 1, width: int = 48, height: int = 32, **options: Any) -> bytes:
    """A picture in colours as a telephone keeps it, with the place where it was taken, and a name in each field."""
    picture = Image.merge(
        "RGB", [Image.linear_gradient("L").rotate(turn).resize((width, height)) for turn in (0, 90, 200)]
    )
    exif = Image.Exif()
    exif[0x0110] = "SecretCam"
    exif[ORIENTATION] = orientation
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (36.0, 40.0, 12.0), 3: "E", 4: (117.0, 1.0, 5.0), 27: b"Ward 3 of a hospital"}
    )
    notes: dict[str, Any] = {"exif": exif, **options}
    if kind == "PNG":
        notes["pnginfo"] = PngImagePlugin.PngInfo()
        notes["pnginfo"].add_text("Author", "Nurse Zhou")
        notes["pnginfo"].add_text("Comment", "Nurse Zhou", zip=True)
        notes["pnginfo"].add_itxt("XML:com.adobe.xmp", "<gps>36/1, 40/1</gps>")
    else:
        notes["xmp"] = b"<gps>36/1, 40/1</gps>"
    if kind in ("JPEG", "MPO"):
        notes["comment"] = b"Nurse Zhou"
    held = io.BytesIO()
    picture.save(held, kind, **notes)
    return held.getvalue()
