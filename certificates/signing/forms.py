"""The form that takes a file to be examined."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from training.core.forms import Form


class FileForm(Form):
    """One PDF."""

    file = FileField(_l("The PDF of the certificate"))
