"""The form of a mark: points for each criterion of a rubric, a comment, and whether the answer harms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from question_bank.marking.rules import Marked, Rubric
from question_bank.marking.services import Given
from training.core import i18n
from training.core.forms import Form, SeenVersion, long_text

LONGEST_COMMENT = 1000
POINTS = "points_"


class MarkForm(Form):
    """What does not depend on the rubric; `form_for` adds `points_<id>` for each criterion."""

    seen = SeenVersion()
    comment = long_text(_l("Comment for the trainee"), maximum=LONGEST_COMMENT, required=False)
    critical = BooleanField(_l("This answer holds a safety-critical error: acting on it could harm a patient"))

    @property
    def criteria(self) -> list[Any]:
        """The fields of points, in the order of the rubric."""
        return [field for field in self if field.short_name.startswith(POINTS)]

    def given(self) -> Given:
        """The mark as typed."""
        points = {field.short_name.removeprefix(POINTS): int(field.data) for field in self.criteria}
        return Given(points, comment=self.comment.data or "", critical=bool(self.critical.data))


def form_for(rubric: Rubric, before: Marked | Given | None, seen: int, prefix: str = "") -> MarkForm:
    """The form with a field for each criterion, filled from the request, else from the mark that it would replace.

    `prefix` tells the fields of several on one page apart.
    """
    fields = {f"{POINTS}{one['id']}": _points(one) for one in rubric}
    values: dict[str, Any] = {"seen": str(seen)}
    if before is not None:
        values |= {f"{POINTS}{name}": value for name, value in before.points.items()}
        values |= {"comment": before.comment, "critical": before.critical}
    made = cast("type[MarkForm]", type("MarkFormWithPoints", (MarkForm,), fields))
    return made(data=values, prefix=prefix)


def _points(criterion: Mapping[str, Any]) -> IntegerField:
    most = int(criterion["points"])
    fits = NumberRange(0, most, message=_("A whole number from %(min)s to %(max)s.", min=0, max=most))
    text = i18n.local({"zh": "", "en": "", **criterion["text"]})
    return IntegerField(
        text, [InputRequired(_l("Fill this in.")), fits], description=_("0 to %(most)s points", most=most)
    )
