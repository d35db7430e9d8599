"""What printing needs of this process: the typefaces, found once, and the address that QR codes lead to."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from training.core import fonts
from training.core.errors import DomainError
from training.core.fonts import FontsMissing, Typefaces
from training.core.logs import log

for _talkative in ("weasyprint.progress", "fontTools"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)  # a line for each step of each document helps nobody

_found: dict[Path, Typefaces] = {}
_finding = threading.Lock()


class PressUnavailable(DomainError):
    """A typeface is missing on this machine: nothing can be printed until it is installed."""

    status = 503


def typefaces() -> Typefaces:
    """The typefaces, found (and cut, some seconds) at the first call in a process; raises `PressUnavailable`."""
    settings = current_app.extensions["anning_settings"]
    with _finding:
        if settings.fonts_dir not in _found:
            try:
                faces = fonts.find_typefaces(settings.fonts_dir, settings.data_dir / "fonts")
            except FontsMissing as missing:
                log.error("fonts missing", error=str(missing))
                raise PressUnavailable(
                    _("Nothing can be printed here: a font is missing on the server. Tell its administrator.")
                ) from missing
            faces.coverage()
            _found[settings.fonts_dir] = faces
        return _found[settings.fonts_dir]


def site() -> str:
    """The address under which the public reaches this place; the QR codes lead there."""
    return str(current_app.config["PUBLIC_URL"])
