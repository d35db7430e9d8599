"""What pages say of attempts that are being marked."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from training.core import i18n


def since(handed_in_at: datetime) -> str:
    """That it is handed in and being marked, to whoever sat it and to whoever looks after them."""
    return str(_("Handed in on %(day)s; it is being marked", day=i18n.show_date(handed_in_at)))
