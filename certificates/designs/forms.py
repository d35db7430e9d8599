"""The forms of designs."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.fields import SelectChoice

from certificates.design import Design
from certificates.designs.models import CertificateDesign
from certificates.designs.rules import LONGEST
from training.core.forms import Form, long_text
from training.core.i18n import local
from training.core.scopes import Scope


class PlaceForm(Form):
    """The place that a new design is for."""

    scope_id = SelectField(_l("Applies to"), coerce=int)

    def offer(self, places: Sequence[Scope]) -> None:
        """Set the places to choose from."""
        self.scope_id.choices = [SelectChoice(one.id, local(one, "name")) for one in places]


class DesignForm(Form):
    """The three parts of a design; a file, if one is sent, takes the place of the frame."""

    page = long_text(_l("Page (HTML and fields)"), maximum=LONGEST["page"])
    sheet = long_text(_l("Style sheet (CSS)"), maximum=LONGEST["sheet"])
    frame = long_text(_l("Frame (SVG)"), maximum=LONGEST["frame"])
    frame_file = FileField(_l("Or the frame as a file (.svg)"))

    def show(self, design: CertificateDesign) -> None:
        """Fill the form with what is kept."""
        self.page.data, self.sheet.data, self.frame.data = design.page, design.sheet, design.frame

    def look(self) -> Design | None:
        """What was sent, as a design; None when something is wrong, which then stands beside its field."""
        self._take_file()
        if not self.validate():
            return None
        return Design(self.page.data or "", self.sheet.data or "", (self.frame.data or "").encode())

    def _take_file(self) -> None:
        sent = self.frame_file.data
        if not sent or not sent.filename:
            return
        sent.stream.seek(0)
        body = sent.stream.read(LONGEST["frame"] * 4 + 1)
        try:
            self.frame.data = body.decode("utf-8-sig").replace("\r\n", "\n").strip()
        except UnicodeDecodeError:
            self.frame.data = ""
            self.form_errors.append(_("The file is no SVG drawing in UTF-8. Choose another one."))
