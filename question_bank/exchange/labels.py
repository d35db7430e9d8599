"""The heads, type names and sheets of Anning's own workbook, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.exchange.columns import LETTERS

FIELDS = {
    "code": _l("Item code"),
    "serial": _l("Serial number"),
    "type": _l("Item type"),
    "group": _l("Group number"),
    "part": _l("Part number"),
    "category": _l("Category"),
    "difficulty": _l("Difficulty"),
    "shared_stem": _l("Shared stem"),
    "release": _l("New information"),
    "stem": _l("Stem"),
    "options": _l("Options"),
    "key": _l("Correct answer"),
    "explanation": _l("Explanation"),
    "shared_explanation": _l("Explanation of the set"),
    "weights": _l("Partial credit"),
    "case": _l("Case sensitive"),
    "parameters": _l("Parameters"),
    "constraints": _l("Constraints"),
    "formula": _l("Formula"),
    "check": _l("Second formula"),
    "wrong": _l("Distractor formulas"),
    "tolerance": _l("Tolerance"),
    "decimals": _l("Decimal places"),
    "unit": _l("Unit"),
    "units": _l("Other units"),
    "unit_required": _l("Unit required"),
    "cap": _l("Dose cap"),
    "strengths": _l("Marketed strengths"),
    "back": _l("Going back"),
    "longest": _l("Most characters"),
    "critical": _l("Safety-critical answers"),
    "points": _l("Points"),
    "knowledge": _l("Knowledge points"),
    "tags": _l("Tags"),
    "module": _l("Module"),
    "competency": _l("Competency"),
    "level": _l("Cognitive level"),
    "source": _l("Source"),
    "review_by": _l("Review by"),
}
BEFORE_OPTIONS, BEFORE_WHYS = "key", "weights"  # where options and their explanations stand among the fields
TYPES = {
    "A1": _l("A1"),
    "A2": _l("A2"),
    "X": _l("X"),
    "judgement": _l("Judgement"),
    "A3": _l("A3"),
    "A4": _l("A4"),
    "B1": _l("B1"),
    "case": _l("Case analysis"),
    "blanks": _l("Blanks"),
    "short": _l("Short answer"),
    "essay": _l("Essay"),
    "numeric": _l("Numeric"),
    "calculated": _l("Calculated"),
    "matching": _l("Matching"),
    "ordering": _l("Ordering"),
}
CHOICE = {False: _l("Choice, one answer"), True: _l("Choice, several answers")}
SHEETS = (
    (_l("One best answer"), ("A1", "A2")),
    (_l("Several answers"), ("X",)),
    (_l("Judgement"), ("judgement",)),
    (_l("A3, A4"), ("A3", "A4")),
    (_l("B1"), ("B1",)),
    (_l("Case analysis"), ("case",)),
    (_l("Blanks"), ("blanks",)),
    (_l("Short answer"), ("short",)),
    (_l("Essay"), ("essay",)),
    (_l("Numeric"), ("numeric",)),
    (_l("Calculated"), ("calculated",)),
    (_l("Matching"), ("matching",)),
    (_l("Ordering"), ("ordering",)),
    (_l("Choice"), ("choice",)),
)


def order() -> list[str]:
    """Every field in the order of the columns."""
    found: list[str] = []
    for name in FIELDS:
        if name == BEFORE_OPTIONS:
            found += [f"option_{one}" for one in LETTERS]
        if name == BEFORE_WHYS:
            found += [f"option_{one}_why" for one in LETTERS]
        if name != "options":
            found.append(name)
    return found


def label(name: str) -> str:
    """The head of a column that holds a field."""
    plain, _at, language = name.partition("@")
    if language == "zh":
        return _("%(head)s (Chinese)", head=label(plain))
    if language == "en":
        return _("%(head)s (English)", head=label(plain))
    if plain.startswith("option_"):
        letter = plain.removeprefix("option_")[:1].upper()
        if plain.endswith("_why"):
            return _("Explanation of %(letter)s", letter=letter)
        return _("Option %(letter)s", letter=letter)
    return str(FIELDS[plain])
