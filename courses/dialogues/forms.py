"""The author's form: a file chosen, or its text typed or pasted."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, TextAreaField

from training.core.forms import Form, SeenVersion
from training.core.i18n import local
from training.core.scopes import Scope


class DialogueForm(Form):
    """What a dialogue says, as a file or as text; `version` is the one that the author had before them."""

    file = FileField(_l("A file from your computer"))
    source = TextAreaField(_l("Or the text itself"))
    version = SeenVersion()


class NewDialogueForm(DialogueForm):
    """A new dialogue also needs to belong somewhere."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)

    def offer(self, scopes: Sequence[Scope]) -> None:
        """Set the scopes to choose from."""
        self.scope_id.choices = [(scope.id, local(scope, "name")) for scope in scopes]
