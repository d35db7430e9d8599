"""The forms beside an item: a comment, the reviewer's decision, retiring and restoring."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from training.core.forms import Form, SeenVersion, long_text, text

LONGEST_NOTE = 1000
SENT = re.compile(r"i([0-9]{1,18})-v([0-9]{1,9})-decision")


class CommentForm(Form):
    """Something said about an item."""

    comment = long_text(_l("Comment"), maximum=LONGEST_NOTE)


class StepForm(Form):
    """A step of the review that the author takes, with what there is to say."""

    message = long_text(_l("To the reviewers"), maximum=LONGEST_NOTE, required=False)


class DecisionForm(Form):
    """What a reviewer says, and the version that was looked at; a button says which way."""

    version = SeenVersion()
    advice = long_text(_l("To the author"), maximum=LONGEST_NOTE, required=False)


class RetireForm(Form):
    """Why an item is retired, and the code of the item that takes its place."""

    reason = text(_l("Reason"), maximum=300)
    successor = text(_l("Code of the item that takes its place"), maximum=40, required=False)


class RestoreForm(Form):
    """Why an item is put back to use."""

    reason = text(_l("Reason"), maximum=300)


class RowDecision(Form):
    """A decision about one of many items on a page; left open by default."""

    class Meta:
        """The form around it carries the token."""

        csrf = False

    decision = RadioField(
        _l("Your decision"),
        choices=[
            SelectChoice("", _l("decide later")),
            SelectChoice("approve", _l("Approve")),
            SelectChoice("return", _l("Return to the author")),
        ],
        default="",
    )
    advice = long_text(_l("To the author"), maximum=LONGEST_NOTE, required=False)

    def validate_advice(self, field: Field) -> None:
        """Nothing is returned without a word."""
        if self.decision.data == "return" and not (field.data or "").strip():
            raise ValidationError(_("Write what should be changed, then return the item."))


def decision_forms(shown: Iterable[tuple[int, int]]) -> dict[tuple[int, int], RowDecision]:
    """A form for each (item, version); the names of its fields say both."""
    return {(item_id, version): RowDecision(prefix=f"i{item_id}-v{version}-") for item_id, version in shown}


def decisions_sent() -> list[tuple[int, int]]:
    """The items and versions that a page was sent about."""
    found = (SENT.fullmatch(name) for name in request.form)
    return [(int(one[1]), int(one[2])) for one in found if one]
