"""The forms of photos: one of a person, or several at once; each is brought into its form before anything is opened."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import PurePath

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage

from certificates.photos import rules
from certificates.photos.rules import Unfit
from certificates.photos.services import Sent
from training.core.file_types import MEGABYTE
from training.core.forms import Form

ROOM = MEGABYTE // 4
LARGEST_BODY = rules.LARGEST + ROOM
MOST_FILES = 100
LARGEST_BODY_OF_SEVERAL = 100 * MEGABYTE
LONGEST_NAME = 200
_at_once = threading.Semaphore(1)
"""One picture is unpacked at a time in a process: a hostile one takes some 250 MB."""


class PhotoForm(Form):
    """A photo of one person."""

    photo = FileField(
        _l("Choose a photo, or take one"),
        description=_l(
            "Head and shoulders, upright, from the front, before a plain ground. JPEG, PNG or WebP, up to 10 MB; it is "
            "cut to the form of a one-inch photo, and what the camera noted beside it is taken off."
        ),
    )


class PhotosForm(Form):
    """The photos of several people."""

    photos = MultipleFileField(
        _l("Photos, several at once"),
        description=_l(
            "Name each file by identity number, mobile number or full name, for example 13800000000.jpg. At most 100 "
            "files and 100 MB at once."
        ),
    )


def receive() -> Sent | None:
    """The photo of the request; None for none. Slow: before the transaction opens."""
    sent = request.files.get("photo")
    return _received(sent) if sent is not None and sent.filename else None


def receive_several() -> Sequence[Sent]:
    """The photos of the request, no more of them than are taken at once. Slow: before the transaction opens."""
    several = [one for one in request.files.getlist("photos") if one.filename]
    return [_received(one) for one in several[:MOST_FILES]]


def _received(sent: FileStorage) -> Sent:
    name = PurePath((sent.filename or "").replace("\\", "/")).name
    name = "".join(one if one.isprintable() else " " for one in name)[-LONGEST_NAME:]
    try:
        with _at_once:
            return Sent(name, rules.normal_form(sent.stream.read(rules.LARGEST + 1)))
    except Unfit as unfit:
        return Sent(name, problem=unfit.problem)
