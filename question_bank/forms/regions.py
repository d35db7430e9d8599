"""The form of an item that is answered by a place in a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from question_bank.forms.choices import ticked
from question_bank.forms.items import ItemForm
from question_bank.forms.rows import LETTERS, Places, Row, Rows, both, hidden_id
from question_bank.item_types.texts import LONGEST

SHAPES = {"rect": _l("Rectangle"), "circle": _l("Circle"), "polygon": _l("Polygon")}


class RegionRow(Row):
    """A region, its name, and whether it is right."""

    apart: ClassVar[frozenset[str]] = frozenset({"right", "critical"})

    id = hidden_id()
    label = both("", LONGEST["label"], rows=1)
    shape = SelectField(
        _l("Shape"),
        choices=[SelectChoice(name, label) for name, label in SHAPES.items()],
        validate_choice=False,
        default="rect",
    )
    at = Places(_l("Place in the picture"))
    right = BooleanField(_l("Right"))
    critical = BooleanField(_l("Safety-critical error"))


class HotspotForm(ItemForm):
    """Regions in a picture."""

    picture = SelectField(_l("Picture"), choices=[], validate_choice=False, default="")
    regions = Rows(
        RegionRow,
        _l("Regions"),
        entry=_l("Region %(name)s"),
        add=_l("Add a region"),
        shown=3,
        most=12,
        ids=LETTERS,
        numbered=True,
        description=_l(
            "In thousandths of the picture's width and height, from the upper left corner. Rectangle: left, top, right,"
            " bottom. Circle: centre across, centre down, radius. Polygon: across, down of each corner."
        ),
    )

    def settle(self) -> None:
        """The pictures that there are."""
        names = [one.form.name.data for one in self.pictures.entries if one.form.name.data]
        self.picture.choices = [SelectChoice("", "—"), *(SelectChoice(one, one) for one in names)]
        if names and not self.picture.data:
            self.picture.data = names[0]

    def body(self) -> dict[str, Any]:
        """The body with its key."""
        return super().body() | {"key": ticked(self.regions, "right")}

    def critical_answers(self) -> Iterable[str]:
        """The regions marked so."""
        return ticked(self.regions, "critical")

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Regions with their ticks."""
        key, critical = body.get("key") or (), body.get("critical") or ()
        regions = [
            {**one, "right": one.get("id") in key, "critical": one.get("id") in critical}
            for one in body.get("regions") or ()
        ]
        return super().values_of(body) | {"regions": regions}
