"""The e-mail beside a message: plain text in both languages, for nobody's language is known away from their browser."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from training.core import i18n
from training.core.outbox import Letter
from training.messages.models import Message


def beside(message: Message, entry_id: int, address: str, *, quiet: bool) -> Letter:
    """The letter that tells of one inbox entry; its link leads there."""
    link = f"{current_app.config['PUBLIC_URL']}/inbox/{entry_id}"
    return Letter(
        channel="email",
        address=address,
        subject=one_or_both(message.title_zh, message.title_en, " · "),
        text=text(message, link),
        key=f"inbox:{entry_id}",
        quiet=quiet,
    )


def text(message: Message, link: str) -> str:
    """What the letter says: the message, the link, and how to have no more e-mail."""
    said = one_or_both(message.body_zh, message.body_en, "\n\n")
    foot = one_or_both(*i18n.in_both(_foot), "\n")
    return f"{said}\n\n{link}\n\n-- \n{foot}\n"


def one_or_both(chinese: str, english: str, between: str) -> str:
    """Both texts, or the one where they are the same or one is missing."""
    return between.join(dict.fromkeys(each.strip() for each in (chinese, english) if each.strip()))


def _foot() -> str:
    return str(_("Sent by Anning. To receive no more e-mail, switch it off at the end of your inbox page."))
