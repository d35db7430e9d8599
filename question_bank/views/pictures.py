"""Pictures of items: handed out to whoever may see the item or sits it, and taken in with the form of an item."""

from __future__ import annotations

from typing import Any

from flask import request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.forms.items import ItemForm, Received
from question_bank.permissions import Permission
from question_bank.pictures import queries, services
from question_bank.views import attempts, items
from training.core import file_types, storage
from training.core.access import actor, requires
from training.core.db import transaction
from training.core.errors import DomainError
from training.core.web import LARGEST_BODY

WITH_FILES = {"items.new_post", "items.edit_post"}
LARGEST = 8 * file_types.LARGEST["image"] + LARGEST_BODY
MOST_PARTS = 10_000  # fields of a form; a long set has many


@items.bp.url_value_preprocessor
def admit_pictures(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the body of an item's form be as large as its pictures, of somebody signed in alone."""
    if endpoint in WITH_FILES and "_user_id" in session:
        request.max_content_length = LARGEST
        request.max_form_parts = MOST_PARTS


def receive() -> Received:
    """Keep the pictures of the request, and that they were sent: before the transaction of the form, which may fail."""
    received, kept = Received(), []
    for one in request.files.getlist("sent"):
        if not one.filename:
            continue
        try:
            kept.append(storage.keep(one.stream, one.filename, families=services.FAMILY))
        except DomainError as error:
            name = one.filename[-80:]
            received.refusals.append(str(_("%(place)s: %(reason)s", place=name, reason=error.message)))
    if kept:
        with transaction():
            services.note_sent(kept, sent_by=actor())
        received.files.extend((one.sha256, one.name) for one in kept)
    if request.form.get("do") == "send" and not received.files and not received.refusals:
        received.refusals.append(_("Choose a file."))
    return received


def forget_strange(form: ItemForm) -> None:
    """Take out of a sent form what is no picture of its sender's to use."""
    rows = [one.form for one in form.pictures.entries if one.form.file.data]
    usable = queries.usable_by(actor(), {one.file.data for one in rows}) if request.method == "POST" else None
    for one in rows:
        if usable is not None and one.file.data not in usable:
            one.file.data = ""


@items.bp.get("/pictures/<sha256>")
@requires(Permission.ITEM_READ)
def picture(sha256: str) -> ResponseReturnValue:
    """A picture of an item that the reader may see, or one that they sent."""
    return storage.send(queries.picture_visible_to(actor(), sha256))


@attempts.bp.get("/attempts/<int:attempt_id>/pictures/<sha256>", endpoint="picture")
@requires(Permission.ATTEMPT_SIT)
def picture_in_attempt(attempt_id: int, sha256: str) -> ResponseReturnValue:
    """A picture that an item of one's own attempt shows."""
    return storage.send(queries.picture_in_attempt(actor().id, attempt_id, sha256))
