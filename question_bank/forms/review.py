"""The forms beside an item: a comment, the reviewer's decision, retiring and restoring."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from training.core.forms import Form, SeenVersion, long_text, text

LONGEST_NOTE = 1000


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
