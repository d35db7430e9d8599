"""The score book (成绩册) of an exam session, as a workbook and on paper: everybody admitted, and what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from question_bank.exams import words
from question_bank.exams.models import ExamSession
from question_bank.models import AttemptStatus
from training.activities.models import Activity
from training.core import i18n, workbooks
from training.core.workbooks import Column, SheetOut, Value

SHEET = Path(__file__).parent / "templates" / "exams" / "scores.css"


def head() -> list[Column]:
    """The columns."""
    return [
        Column(_("Number"), 8),
        Column(_("Name"), 16),
        Column(_("Institution"), 30),
        Column(_("Attempt"), 10),
        Column(_("Begun"), 18),
        Column(_("Handed in"), 18),
        Column(_("Score"), 10),
        Column(_("Outcome"), 12),
        Column(_("Safety-critical errors"), 12),
        Column(_("Remarks"), 40),
    ]


def summary(rows: Sequence[Any]) -> str:
    """How many results are told, and how many passed."""
    told = [row for row in rows if row.Attempt is not None and row.Attempt.status is AttemptStatus.HANDED_IN]
    passed = sum(bool(row.Attempt.passed) for row in told)
    return str(_("Results told: %(told)s, passed: %(passed)s.", told=len(told), passed=passed))


def lines(rows: Sequence[Any]) -> list[list[Value]]:
    """A line a person, in the order of `rows` (`queries.scores_of`); a score that is not told yet stays empty."""
    return [_row(place, row) for place, row in enumerate(rows, start=1)]


def workbook(session: ExamSession, quiz: Activity, rows: Sequence[Any]) -> bytes:
    """The book as one sheet."""
    sheet = SheetOut(
        _("Score book"),
        head(),
        lines(rows),
        notes=[summary(rows)],
        above=[[session.name], [i18n.local(quiz), "", session.opens_at]],
    )
    return workbooks.write_xlsx([sheet])


def _row(place: int, row: Any) -> list[Value]:
    attempt = row.Attempt
    begun = attempt is not None and attempt.status is not AttemptStatus.READY
    decided = begun and attempt.status is AttemptStatus.HANDED_IN
    resit = _("Resit %(number)s", number=attempt.number - 1) if begun and attempt.number > 1 else _("First attempt")
    extra = row.ExamCandidate.extra_minutes
    remarks = [
        _("Extra time: %(minutes)s min", minutes=extra) if extra else "",
        _("Mark corrected after a check") if row.corrected else "",
        row.reason or "",
    ]
    return [
        place,
        row.Person.name,
        i18n.local(row.Institution, "name") if row.Institution else "",
        resit if begun else "",
        attempt.started_at if begun else None,
        attempt.handed_in_at if begun else None,
        attempt.score_percent if decided else None,
        (_("passed") if attempt.passed else _("not passed")) if decided else words.status(attempt)[0],
        row.critical if decided else None,
        "；".join(one for one in remarks if one),
    ]
