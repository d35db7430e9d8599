"""The base of every form and the fields that keep bad text out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from training.core.texts import clean as clean
from training.core.texts import is_unprintable


class Form(FlaskForm):
    """A form with CSRF protection whose texts are cleaned and bounded."""


class NotLonger(Length):
    """Refuse a text of more than `max` characters before anything looks at each of them."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise, and leave out the rules that follow."""
        try:
            super().__call__(form, field)
        except ValidationError as error:
            raise StopValidation(error.args[0]) from error


class PrintableText:
    """Refuse control characters, which no database and no paper keeps (U+0000 above all)."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Raise with the character's code point and its place; the form shown again has U+FFFD there."""
        typed = field.data or ""
        for place, character in enumerate(typed, start=1):
            if is_unprintable(character):
                field.data = "".join("\ufffd" if is_unprintable(one) else one for one in typed)
                raise StopValidation(
                    _l(
                        "Character %(place)d (U+%(code)s) cannot be printed; delete it.",
                        place=place,
                        code=f"{ord(character):04X}",
                    )
                )


class SeenVersion(HiddenField):
    """The version that a form was opened with, sent back unseen."""

    @property
    def number(self) -> int:
        """The version's number; 0 for whatever is none."""
        typed = str(self.data)
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def text(label: Any, *, maximum: int, required: bool = True, **options: Any) -> StringField:
    """A one-line text of at most `maximum` characters."""
    return StringField(label, validators=_rules(maximum, required, options), filters=[clean], **options)


def long_text(label: Any, *, maximum: int, required: bool = True, **options: Any) -> TextAreaField:
    """A text of several lines of at most `maximum` characters."""
    return TextAreaField(label, validators=_rules(maximum, required, options), filters=[clean], **options)


def _rules(maximum: int, required: bool, options: dict[str, Any]) -> list[Any]:
    rules: list[Any] = [DataRequired(_l("Fill this in."))] if required else []
    rules.append(NotLonger(max=maximum, message=_l("At most %(max)d characters; shorten the text.")))
    return [*rules, PrintableText(), *options.pop("validators", [])]
