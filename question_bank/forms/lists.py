"""What to look for in the bank, and the name under which it is kept."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from question_bank import item_types, review_words, words
from question_bank.forms.named import Named
from question_bank.queries.categories import Branch
from question_bank.queries.lists import Wanted
from training.core.forms import Form, text

ONLY_LABELS = {
    "mine": _l("what I wrote"),
    "drafts": _l("my drafts"),
    "waiting": _l("waiting for my review"),
    "due": _l("review due within 60 days"),
    "look": _l("worth a look, as it fared"),
}


def _choice(label: Any) -> SelectField:
    """A choice that may be left open; an unknown value is as good as none."""
    return SelectField(label, validate_choice=False, default="")


class ItemFilter(Form):
    """What to look for in the bank."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Words of the item, or a code"), maximum=80, required=False)
    type = _choice(_l("Type"))
    state = _choice(_l("State"))
    category = _choice(_l("Category"))
    difficulty = _choice(_l("Difficulty"))
    only = _choice(_l("Only"))
    tag = text(_l("Tag"), maximum=40, required=False)
    module = Named(_l("Module"), "module", nothing=_l("any"))
    competency = Named(_l("Competency"), "competency", nothing=_l("any"))

    def offer(self, tree: list[Branch]) -> None:
        """Fill the choices, and forget what is none of them."""
        states = {**{one.value: label for one, label in review_words.STATE_LABELS.items()}, "retired": _l("retired")}
        choices: dict[str, dict[str, Any]] = {
            "type": {one: words.TYPE_LABELS[one] for one in item_types.names()},
            "state": states,
            "category": {str(one.category.id): "\u2003" * one.depth + one.category.name for one in tree},
            "difficulty": {str(one): str(one) for one in range(1, 6)},
            "only": ONLY_LABELS,
        }
        for name, labels in choices.items():
            field = self._fields[name]
            field.choices = [("", _l("any")), *labels.items()]
            field.data = field.data if field.data in labels else ""

    def wanted(self) -> Wanted:
        """What is looked for, once the form is found to be sound."""
        return Wanted(
            words=self.q.data or "",
            type=self.type.data,
            state=self.state.data,
            category=int(self.category.data) if self.category.data else None,
            tag=self.tag.data or "",
            module=self.module.data or "",
            competency=self.competency.data or "",
            difficulty=int(self.difficulty.data) if self.difficulty.data else None,
            only=self.only.data,
        )

    def address(self) -> dict[str, Any]:
        """What is filled in, as arguments of an address."""
        return {name: field.data for name, field in self._fields.items() if field.data}

    def forget(self) -> None:
        """Look for everything: what was typed cannot be looked for."""
        for field in self._fields.values():
            field.data = ""


class SaveSearchForm(Form):
    """A name for what is looked for."""

    name = text(_l("Name of this search"), maximum=60)
