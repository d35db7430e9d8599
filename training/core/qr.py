"""QR codes drawn by attributes alone, as one path; the policy of the pages forbids styles."""

from __future__ import annotations

from dataclasses import dataclass

QUIET = 4
"""Empty modules around the code, which readers need (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Drawing:
    """The side of the drawing in modules, quiet zone included, and the path of its dark modules."""

    side: int
    path: str


def draw(text: str) -> Drawing:
    """The QR code of a text (error correction M)."""
    import segno

    rows = [bytes(row) for row in segno.make_qr(text, error="m", mask=2, boost_error=False).matrix]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                parts.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width or 1
    return Drawing(len(rows) + 2 * QUIET, "".join(parts))
