"""Telling those who are admitted to an examination: when it is, when that changes, and when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask_babel import gettext as _

from question_bank.exams.models import ExamSession
from training.activities.models import Activity
from training.core import i18n
from training.messages import services as messages


def admitted(session: ExamSession, quiz: Activity, person_ids: Collection[int]) -> None:
    """You are admitted; once for each time that is set. Does not commit."""
    key = f"exam:{session.id}:{session.opens_at.isoformat()}"
    _send(session, quiz, person_ids, key, lambda: _("You are admitted to an examination"), lambda: _when(session, quiz))


def cancelled(session: ExamSession, quiz: Activity, person_ids: Collection[int]) -> None:
    """It is cancelled. Does not commit."""

    def body() -> str:
        words = _("“%(title)s” (%(name)s) does not take place. Your base tells you of another date.")
        return words % {"title": i18n.local(quiz), "name": session.name}

    _send(session, quiz, person_ids, f"exam:{session.id}:cancelled", lambda: _("An examination is cancelled"), body)


def _when(session: ExamSession, quiz: Activity) -> str:
    return str(
        _(
            "“%(title)s” (%(name)s) opens %(opens)s and ends %(closes)s. Sign in a few minutes before.",
            title=i18n.local(quiz),
            name=session.name,
            opens=i18n.show_datetime(session.opens_at),
            closes=i18n.show_datetime(session.closes_at),
        )
    )


def _send(
    session: ExamSession,
    quiz: Activity,
    person_ids: Collection[int],
    key: str,
    title: Callable[[], str],
    body: Callable[[], str],
) -> None:
    title_zh, title_en = i18n.in_both(title)
    body_zh, body_en = i18n.in_both(body)
    messages.send(
        person_ids,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=key,
        url=f"/quiz/{quiz.id}",
        quiet=True,
    )
