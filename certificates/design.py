"""How a certificate looks: the template of its page, its style sheet and the drawing of its frame. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PHOTO = "anning:photo.jpg"
"""Where a page finds the holder's photo, within `{% if c.photo %}`."""
_FOLDER = Path(__file__).parent / "templates" / "certificates"


@dataclass(frozen=True)
class Design:
    """A look, as plain values: `page` is Jinja for a sandbox, `sheet` CSS, `frame` an SVG (`anning:frame.svg`)."""

    page: str
    sheet: str
    frame: bytes

    @property
    def prints_photo(self) -> bool:
        """Whether it has a place for the holder's photo."""
        return PHOTO in self.page


@lru_cache(maxsize=1)
def house_design() -> Design:
    """The design that the house brings."""
    return Design(
        page=(_FOLDER / "document.html").read_text(encoding="utf-8"),
        sheet=(_FOLDER / "document.css").read_text(encoding="utf-8"),
        frame=(_FOLDER / "frame.svg").read_bytes(),
    )
