"""What is said of items that are alike."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from question_bank.likeness.queries import Alike
from question_bank.likeness.shingles import Likeness


def like(what: str, likeness: Likeness, *, is_retired: bool = False) -> str:
    """ "Like item PC-011 (87%), with other numbers; that one is retired": `what` names the item or the line."""
    said = _("Like %(what)s (%(percent)s%%)", what=what, percent=likeness.percent)
    if likeness.numbers_differ:
        said = _("%(said)s, with other numbers", said=said)
    return str(_("%(said)s; that one is retired", said=said) if is_retired else said)


def sentences(found: Sequence[Alike]) -> list[tuple[int, str]]:
    """The id of each item with what is said of it."""
    return [
        (one.item_id, like(_("item %(code)s", code=one.code), one.likeness, is_retired=one.is_retired)) for one in found
    ]
