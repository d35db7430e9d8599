"""What examinations show on pages of the ground floor: the dates on a trainee's home."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from question_bank.exams.queries import sessions as queries
from question_bank.permissions import Permission
from training.core import clock, i18n
from training.core.access import Actor
from training.progress import words as progress
from training.progress.words import Panel


def panel(actor: Actor) -> Panel | None:
    """The examinations that somebody has before them or sits now, with their times; one query."""
    if not actor.may(Permission.ATTEMPT_SIT):
        return None
    rows = queries.ahead_of(actor.id, clock.now())
    links = [
        (
            i18n.local(quiz),
            url_for("quiz.landing", activity_id=quiz.id),
            _(
                "%(name)s, opens %(opens)s, ends %(closes)s",
                name=session.name,
                opens=i18n.show_datetime(session.opens_at),
                closes=i18n.show_datetime(session.closes_at),
            ),
        )
        for session, quiz in rows
    ]
    return Panel(_("My examinations"), links) if links else None


def plug_in() -> None:
    """Tell the ground floor."""
    progress.add_panel(panel)
