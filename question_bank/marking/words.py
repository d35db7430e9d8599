"""What pages say of attempts that are being marked."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.marking.rules import MarkKind
from training.core import i18n

MARKS = {
    MarkKind.SOLE: _l("The mark"),
    MarkKind.FIRST: _l("First mark"),
    MarkKind.AGREED: _l("Second mark"),
    MarkKind.DIFFERING: _l("Second mark"),
    MarkKind.ADJUDICATED: _l("Mark of the third person"),
}


def since(handed_in_at: datetime) -> str:
    """That it is handed in and being marked, to whoever sat it and to whoever looks after them."""
    return str(_("Handed in on %(day)s; it is being marked", day=i18n.show_date(handed_in_at)))
