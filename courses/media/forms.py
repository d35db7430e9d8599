"""The form by which an author adds a picture, a recording or a document to a course."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage

from courses.media import captions
from courses.media.services import Upload
from training.core import file_types, storage
from training.core.errors import DomainError
from training.core.forms import Form, text
from training.core.storage import Kept

FAMILIES = ("image", "audio", "video", "attachment")
LARGEST_BODY = file_types.LARGEST["video"] + 4 * file_types.MEGABYTE


class MediaForm(Form):
    """A file with its name in the text and its words in both languages; captions for sound and video."""

    media_file = FileField(_l("File"))
    media_name = text(_l("Name in the text"), maximum=40, required=False)
    media_alt_zh = text(_l("What is to be seen or heard, in Chinese"), maximum=300)
    media_alt_en = text(_l("What is to be seen or heard, in English"), maximum=300)
    media_caption_zh = text(_l("Caption below it, in Chinese"), maximum=300, required=False)
    media_caption_en = text(_l("Caption below it, in English"), maximum=300, required=False)
    media_captions_zh = FileField(_l("Spoken words in Chinese (WebVTT)"))
    media_captions_en = FileField(_l("Spoken words in English (WebVTT)"))


@dataclass
class Received:
    """The files of a sent form, kept already, or why not, by field."""

    kept: dict[str, Kept] = field(default_factory=dict)
    transcripts: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)


def receive() -> Received:
    """Keep the files of the request. Slow: before the transaction opens."""
    received = Received()
    for name, families in (
        ("media_file", FAMILIES),
        ("media_captions_zh", ("captions",)),
        ("media_captions_en", ("captions",)),
    ):
        sent = request.files.get(name)
        if sent is None or not sent.filename:
            continue
        try:
            received.kept[name] = storage.keep(sent.stream, sent.filename, families=families)
            if families == ("captions",):
                received.transcripts[name] = _transcript(sent)
        except DomainError as refusal:
            received.refusals[name] = str(refusal.message)
    if "media_file" not in received.kept and "media_file" not in received.refusals:
        received.refusals["media_file"] = _("Choose a file.")
    return received


def _transcript(sent: FileStorage) -> str:
    sent.stream.seek(0)
    return captions.transcript(sent.stream.read().decode("utf-8-sig"))


def upload_of(form: MediaForm, received: Received) -> Upload | None:
    """What is to be added; None when something is wrong, which then stands beside its field."""
    form.validate()
    for name, refusal in received.refusals.items():
        form[name].errors = [refusal]
    if form.errors:
        return None
    typed: dict[str, Any] = {
        name: form[f"media_{name}"].data or "" for name in ("name", "alt_zh", "alt_en", "caption_zh", "caption_en")
    }
    return Upload(
        kept=received.kept["media_file"],
        captions_zh=received.kept.get("media_captions_zh"),
        captions_en=received.kept.get("media_captions_en"),
        transcript_zh=received.transcripts.get("media_captions_zh", ""),
        transcript_en=received.transcripts.get("media_captions_en", ""),
        **typed,
    )
