"""What the states of an item, the steps of its review and the places of its body are called."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank import words
from question_bank.differences import Place
from question_bank.models import Item, ItemState, NoteKind

STATE_LABELS = {
    ItemState.DRAFT: _l("draft"),
    ItemState.IN_REVIEW: _l("in review"),
    ItemState.APPROVED: _l("approved"),
}
STATE_TONES = {ItemState.DRAFT: "neutral", ItemState.IN_REVIEW: "info", ItemState.APPROVED: "good"}
NOTE_LABELS = {
    NoteKind.COMMENT: _l("Comment"),
    NoteKind.SUBMITTED: _l("Submitted for review"),
    NoteKind.RETURNED: _l("Returned to the author"),
    NoteKind.APPROVED: _l("Approved"),
    NoteKind.WITHDRAWN: _l("Withdrawn from review"),
    NoteKind.RETIRED: _l("Retired"),
    NoteKind.RESTORED: _l("Restored"),
}
PLACE_LABELS = {
    "about": _l("About the item"),
    "accepted": _l("Accepted answers"),
    "alt": _l("Description"),
    "answers": _l("Answers"),
    "at": _l("Position"),
    "back": _l("Going back"),
    "blanks": _l("Blanks"),
    "cap": _l("Highest dose"),
    "case": _l("Capital letters"),
    "check": _l("Second formula"),
    "competency": _l("Competency"),
    "constraints": _l("Conditions"),
    "critical": _l("Safety-critical"),
    "decimals": _l("Decimals"),
    "difficulty": _l("Difficulty"),
    "file": _l("File"),
    "formula": _l("Formula"),
    "from": _l("From"),
    "high": _l("Highest"),
    "label": _l("Label"),
    "level": _l("Cognitive level"),
    "longest": _l("Greatest length"),
    "low": _l("Lowest"),
    "module": _l("Module"),
    "multiple": _l("Several answers"),
    "name": _l("Name of it"),
    "parameters": _l("Parameters"),
    "parts": _l("Parts"),
    "picture": _l("Picture"),
    "pictures": _l("Pictures"),
    "points": _l("Points"),
    "regions": _l("Regions"),
    "release": _l("Told before it"),
    "review_by": _l("Review by"),
    "rubric": _l("Rubric"),
    "shape": _l("Shape"),
    "step": _l("Step size"),
    "strengths": _l("Strengths"),
    "to": _l("To"),
    "tolerance": _l("Tolerance"),
    "unit": _l("Unit"),
    "unit_required": _l("Unit required"),
    "units": _l("Units"),
    "values": _l("Values"),
    "weight": _l("Weight"),
    "weights": _l("Weights"),
    "wrong": _l("Wrong answers"),
    **words.PART_LABELS,
    **words.LANGUAGE_LABELS,
}


def state(item: Item) -> tuple[str, str]:
    """How far an item has come, as a word and the tone of its tag."""
    if item.retired_at is not None:
        return str(_("superseded") if item.superseded_by_id else _("retired")), "warn"
    return str(STATE_LABELS[item.state]), STATE_TONES[item.state]


def place(path: Place) -> str:
    """Where a text stands: "Options · B · text · Chinese"."""
    return " · ".join(str(PLACE_LABELS.get(one) or one.upper()) for one in path)
