"""What is done to many items: the act and the items of the address, and the value that a change sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from question_bank import words
from question_bank.changes.rules import Act
from question_bank.forms.categories import BETWEEN_TAGS, TOP, indented
from question_bank.forms.named import Named
from question_bank.forms.review import LONGEST_NOTE
from question_bank.item_types.texts import LONGEST
from question_bank.queries.categories import Branch
from question_bank.services.categories import LONGEST_TAG
from training.core.forms import Form, long_text, text


class ChangeForm(Form):
    """The one value that a change sets."""

    def said(self) -> str:
        """The value as changes keep it; empty for none."""
        found = self._fields["value"].data
        return "" if found in {None, "", TOP} else str(found)


def form_for(act: Act, tree: Sequence[Branch]) -> ChangeForm:
    """The form of an act."""
    made: Any = type("ChangeFormOfAct", (ChangeForm,), {"value": _field(act, tree)})
    form: ChangeForm = made()
    return form


def _one_tag(_form: Any, field: Field) -> None:
    if BETWEEN_TAGS.search(field.data or ""):
        raise ValidationError(_("One tag at a time; take the commas out."))


def _field(act: Act, tree: Sequence[Branch]) -> Any:
    if act is Act.CATEGORY:
        return SelectField(
            _l("Category"), coerce=int, choices=[SelectChoice(TOP, _l("no category")), *indented(tree)], default=TOP
        )
    if act in {Act.TAG, Act.UNTAG}:
        return text(_l("Tag"), maximum=LONGEST_TAG, validators=[_one_tag])
    if act is Act.LEVEL:
        return SelectField(_l("Cognitive level"), choices=_choices(words.LEVEL_LABELS))
    if act is Act.DIFFICULTY:
        labels = {str(one): str(one) for one in range(1, 6)}
        return SelectField(_l("Intended difficulty, 1 easy to 5 hard"), choices=_choices(labels))
    if act is Act.REVIEW_BY:
        return DateField(_l("Review by"), [Optional()], description=_l("Leave it empty to take the day away."))
    if act is Act.SOURCE:
        return text(_l("Source"), maximum=LONGEST["source"])
    if act is Act.RETIRE:
        return text(_l("Reason"), maximum=300)
    if act is Act.SUBMIT:
        return long_text(_l("To the reviewers"), maximum=LONGEST_NOTE, required=False)
    return Named(_l("Module") if act is Act.MODULE else _l("Competency"), act.value)


def _choices(labels: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice("", "—"), *(SelectChoice(name, label) for name, label in labels.items())]
