"""The forms of authors. Texts are asked for in both languages: a lesson is one thing, whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation
from wtforms.widgets import HiddenInput

from courses import markdown
from courses.services import Draft
from training.core.forms import Form, long_text, text
from training.core.i18n import local
from training.core.scopes import Scope


class TenthOfAnHour:
    """Refuse what is finer than a tenth: certificates print class hours with one decimal."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Raise for a second decimal, and for what is no number."""
        value = field.data
        if value is None or not value.is_finite() or value != value.quantize(Decimal("0.1")):
            raise StopValidation(_l("Give the class hours with at most one decimal, such as 1.5."))


class LessonForm(Form):
    """A lesson in both languages; `version` is the one that the author had before them."""

    title_zh = text(_l("Title in Chinese"), maximum=200)
    title_en = text(_l("Title in English"), maximum=200)
    minutes = IntegerField(
        _l("Minutes to read"),
        validators=[
            InputRequired(_l("Give a whole number of minutes.")),
            NumberRange(1, 600, _l("Between 1 and 600 minutes.")),
        ],
        default=20,
    )
    class_hours = DecimalField(
        _l("Class hours"),
        places=1,
        validators=[
            InputRequired(_l("Give the class hours as a number; 0 if there are none.")),
            TenthOfAnHour(),
            NumberRange(0, 99, _l("Between 0 and 99 class hours.")),
        ],
        default=Decimal(1),
    )
    body_zh = long_text(_l("Text in Chinese"), maximum=markdown.LONGEST)
    body_en = long_text(_l("Text in English"), maximum=markdown.LONGEST)
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def draft(self) -> Draft:
        """What was typed, once it is valid."""
        return Draft(
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            body_zh=self.body_zh.data or "",
            body_en=self.body_en.data or "",
            minutes=self.minutes.data or 1,
            class_hours=self.class_hours.data or Decimal(0),
        )


class CourseForm(LessonForm):
    """A new course with its first lesson."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    course_title_zh = text(_l("Course title in Chinese"), maximum=200)
    course_title_en = text(_l("Course title in English"), maximum=200)
    summary_zh = long_text(_l("What it is about, in Chinese"), maximum=1000)
    summary_en = long_text(_l("What it is about, in English"), maximum=1000)

    def offer(self, scopes: Sequence[Scope]) -> None:
        """Set the scopes to choose from."""
        self.scope_id.choices = [(scope.id, local(scope, "name")) for scope in scopes]
