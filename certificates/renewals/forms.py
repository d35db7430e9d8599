"""The forms of renewal: the holder's evidence, and the base's refusal."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from certificates.renewals.services import LONGEST_REASON, LONGEST_STATEMENT
from training.core import storage
from training.core.errors import DomainError
from training.core.forms import Form, long_text
from training.core.storage import Kept

FAMILIES = ("image", "attachment")


class AskForm(Form):
    """What speaks for a renewal beside what the ledger counts."""

    statement = long_text(
        _l("What you did since, in a few sentences"),
        maximum=LONGEST_STATEMENT,
        required=False,
        description=_l("Congresses, courses elsewhere, teaching, practice. Name no patient."),
    )
    evidence = FileField(
        _l("A file that shows it"), description=_l("A PDF, an Office document or a picture, up to 10 MB.")
    )


class RefuseForm(Form):
    """Why a certificate is not renewed."""

    reason = long_text(_l("Why it is not renewed"), maximum=LONGEST_REASON)


@dataclass(frozen=True)
class Received:
    """The file of a sent form, kept already, or why not."""

    kept: Kept | None = None
    refusal: str | None = None


def receive() -> Received:
    """Keep the file of the request. Slow: before the transaction opens."""
    sent = request.files.get("evidence")
    if sent is None or not sent.filename:
        return Received()
    try:
        return Received(kept=storage.keep(sent.stream, sent.filename, families=FAMILIES))
    except DomainError as refusal:
        return Received(refusal=str(refusal.message))
