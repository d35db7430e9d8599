"""A choice among the names of the vocabulary that keeps a value of somebody's own."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from question_bank import vocabulary
from training.core.forms import NotLonger, PrintableText, clean

LONGEST = 40


class Named(SelectField):
    """A module or a competency. What an item holds beside the vocabulary stays one of the choices."""

    def __init__(self, label: Any, kind: str, nothing: Any = "—", **options: Any) -> None:
        too_long = NotLonger(max=LONGEST, message=_l("At most %(max)d characters; shorten the text."))
        super().__init__(
            label,
            [too_long, PrintableText()],
            choices=[],
            validate_choice=False,
            default="",
            filters=[clean],
            **options,
        )
        self.kind, self.nothing = kind, nothing

    def iter_choices(self) -> Any:
        """Nothing, what the vocabulary has, and the value that there is."""
        names = {"": self.nothing, **vocabulary.names(self.kind)}
        own = {} if not self.data or self.data in names else {self.data: self.data}
        self.choices = [SelectChoice(key, name) for key, name in (names | own).items()]
        return super().iter_choices()
