"""Forms of the inbox."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from training.core.forms import Form


class MailForm(Form):
    """Whether e-mail comes beside the inbox."""

    wanted = BooleanField(_l("Also send me each message by e-mail"))
