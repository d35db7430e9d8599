"""A photo of nobody, drawn: for proofs of designs and for the sample. Pure."""

from __future__ import annotations

import io
from functools import lru_cache

from certificates.photos.rules import HEIGHT, WIDTH, normal_form

GROUNDS = ("#e7ecea", "#eee7dc", "#e3e8ef", "#ece3e6")
COATS = ("#1f4e52", "#5b3a4e", "#3b4a63", "#6a5531")


@lru_cache(maxsize=len(GROUNDS))
def silhouette(kind: int = 0) -> bytes:
    """Head and shoulders as two flat shapes, in the normal form; `kind` chooses the colours."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (2 * WIDTH, 2 * HEIGHT), GROUNDS[kind % len(GROUNDS)])
    pen, coat = ImageDraw.Draw(picture), COATS[kind % len(COATS)]
    middle = WIDTH
    pen.ellipse((middle - 230, 540, middle + 230, 1100), fill=coat)
    pen.rounded_rectangle((middle - 48, 420, middle + 48, 600), 40, fill="#b9a995")
    pen.ellipse((middle - 128, 190, middle + 128, 500), fill="#cfc1ae")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return normal_form(kept.getvalue())
