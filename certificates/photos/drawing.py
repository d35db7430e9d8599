"""A photo of nobody, drawn: for proofs of designs and for the sample. Pure."""

from __future__ import annotations

import io
from functools import lru_cache

from certificates.photos.rules import HEIGHT, WIDTH, normal_form

GROUNDS = ("#e7ecea", "#eee7dc", "#e3e8ef", "#ece3e6")
SHAPES = ("#7f9a98", "#a08a74", "#8693a8", "#a3858f")


@lru_cache(maxsize=len(GROUNDS))
def silhouette(kind: int = 0) -> bytes:
    """Head and shoulders as flat shapes, in the normal form; `kind` chooses the colours."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (2 * WIDTH, 2 * HEIGHT), GROUNDS[kind % len(GROUNDS)])
    pen, shade = ImageDraw.Draw(picture), SHAPES[kind % len(SHAPES)]
    middle = WIDTH
    pen.ellipse((middle - 255, 545, middle + 255, 1150), fill=shade)
    pen.ellipse((middle - 128, 190, middle + 128, 500), fill=shade)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return normal_form(kept.getvalue())
