"""The forms of the tree of categories, and of an item's place in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from question_bank.queries.categories import Branch
from training.core.forms import Form, text

BETWEEN_TAGS = re.compile(r"[,，;；、\n]")
TOP = 0


def indented(tree: Iterable[Branch]) -> list[SelectChoice]:
    """The tree as choices of a field."""
    return [SelectChoice(one.category.id, "\u2003" * one.depth + one.category.name) for one in tree]


class AddCategoryForm(Form):
    """A new category, and where it goes."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    parent = SelectField(_l("Below"), coerce=int, default=TOP)
    name = text(_l("Name of the category"), maximum=80)

    def offer(self, scopes: list[tuple[int, str]], tree: list[Branch]) -> None:
        """Fill the choices."""
        self.scope_id.choices = [SelectChoice(value, label) for value, label in scopes]
        self.parent.choices = [SelectChoice(TOP, _l("at the top")), *indented(tree)]


class RenameForm(Form):
    """Another name of a category."""

    name = text(_l("Name of the category"), maximum=80)


class PlaceForm(Form):
    """Where an item stands: its category and its tags."""

    category = SelectField(_l("Category"), coerce=int, default=TOP)
    tags = text(_l("Tags"), maximum=900, required=False, description=_l("Separated by commas."))

    def offer(self, tree: Iterable[Branch]) -> None:
        """Fill the choice of categories."""
        self.category.choices = [SelectChoice(TOP, _l("no category")), *indented(tree)]

    def chosen_tags(self) -> list[str]:
        """The tags as typed, apart."""
        return BETWEEN_TAGS.split(self.tags.data or "")
