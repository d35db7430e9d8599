"""What outcomes and states of imports are called, each with the tone of its tag."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.imports.models import ImportLine, ImportStatus, ItemImport, Outcome
from question_bank.likeness import words
from question_bank.likeness.shingles import Likeness
from training.core.i18n import local

OUTCOMES = {
    Outcome.WHOLE: (_l("comes in"), "good"),
    Outcome.WITH_LOSSES: (_l("comes in, with notes"), "warn"),
    Outcome.THERE: (_l("is in the bank already"), "neutral"),
    Outcome.REFUSED: (_l("stays out"), "bad"),
}
BECAME = {
    Outcome.WHOLE: (_l("came in"), "good"),
    Outcome.WITH_LOSSES: (_l("came in, with notes"), "warn"),
    Outcome.THERE: OUTCOMES[Outcome.THERE],
    Outcome.REFUSED: (_l("stayed out"), "bad"),
}
LEFT_OUT = {False: (_l("is left out"), "neutral"), True: (_l("was left out"), "neutral")}
STATUSES = {
    ImportStatus.LOOKED_AT: (_l("waits for your word"), "warn"),
    ImportStatus.RUNNING: (_l("is being written"), "info"),
    ImportStatus.FINISHED: (_l("is in the bank"), "good"),
    ImportStatus.DROPPED: (_l("dropped"), "neutral"),
}
ALIKE = _l("like others")


def outcomes(opened: ItemImport) -> dict[Outcome, tuple[Any, str]]:
    """What becomes of lines, or became, with the tone of its tag."""
    return BECAME if opened.status is ImportStatus.FINISHED else OUTCOMES


def tag_of(opened: ItemImport, line: ImportLine) -> tuple[Any, str]:
    """What becomes or became of one line, with its tone; a line that is written says so while others wait."""
    if not line.chosen:
        return LEFT_OUT[opened.status is ImportStatus.FINISHED]
    return (BECAME if line.item_id else outcomes(opened))[line.outcome]


def like(row: Any) -> str:
    """What a line (a row of `queries.lines_of`) is like; empty for one that is like none."""
    line = row.ImportLine
    if line.percent is None:
        return ""
    if not line.chosen and line.like_line is not None and line.percent == 100:
        return str(_("Says the same as %(place)s of this file", place=local(row, "like_place")))
    what = _("item %(code)s", code=row.like_code) if line.like_item_id is not None else local(row, "like_place")
    return words.like(what, Likeness(line.percent / 100, line.numbers_differ), is_retired=row.like_retired is not None)
