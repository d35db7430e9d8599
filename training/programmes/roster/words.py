"""What is wrong with a row, and what would be done with it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts import id_numbers
from training.accounts.models import Profession
from training.core.texts import is_unprintable
from training.core.workbooks import Cell, Column, SheetOut, Value
from training.programmes.roster.checking import Decision, Fault, What
from training.programmes.roster.columns import Field
from training.programmes.roster.contents import Choices, Content

FIELDS = {
    Field.NAME: _l("Name"),
    Field.ID_NUMBER: _l("Identity number"),
    Field.MOBILE: _l("Mobile number"),
    Field.EMAIL: _l("E-mail address"),
    Field.STAFF_NUMBER: _l("Staff number"),
    Field.INSTITUTION: _l("Institution"),
    Field.PROFESSION: _l("Profession"),
}
WHAT = {
    What.NEW: _l("New here: added and enrolled"),
    What.ENROL: _l("Known here: enrolled"),
    What.FILL: _l("In this cohort already: empty fields filled"),
    What.SAME: _l("In this cohort already: nothing changes"),
    What.FAULT: _l("With a fault"),
}
SENTENCES = {
    "missing": _l("It is empty. Write the name."),
    "too_long": _l("At most %(most)s characters; shorten the text."),
    "unprintable": _l("Character %(place)s (U+%(point)s) cannot be printed; delete it and type it anew."),
    "id_number": _l("This is no valid identity number. Compare all 18 characters with the card."),
    "id_number_cut": _l(
        "The last digits are lost: Excel took it for a number. Make the column text, then type it anew."
    ),
    "mobile": _l("This is no mobile number of 11 digits. Correct it, or empty the cell."),
    "email": _l("This is no e-mail address. Correct it, or empty the cell."),
    "institution": _l(
        "No institution of this name is known here. Choose the one that is meant on the page of the columns."
    ),
    "staff_needs_institution": _l("A staff number counts only within an institution. Write the institution."),
    "profession": _l("This profession is not known. Write one of: %(allowed)s."),
    "no_profession": _l("The profession is missing. Write one of: %(allowed)s."),
    "nothing_to_sign_in_with": _l(
        "There is nothing to sign in with. Give a mobile number, an e-mail address, or a staff number."
    ),
    "twice": _l("The same stands in row %(rows)s. One person belongs in one row: correct or delete one of them."),
    "same_person": _l("This is the same person as in row %(rows)s. Delete one of them."),
    "two_people": _l(
        "The numbers and addresses of this row belong to two different people here. Find out which one is wrong."
    ),
    "closed": _l("This person's account is closed. Ask an administrator to open it, or leave the row out."),
    "another_id_number": _l(
        "Somebody with another identity number signs in with these. Compare the numbers with the card."
    ),
    "another_name": _l("Somebody of another name has this number or address here. Correct the name or the number."),
}
DIFFERENT = {
    "name": _l("keeps the name known here"),
    "id_number": _l("the identity number stays as it is here"),
    "mobile": _l("keeps the mobile number known here"),
    "email": _l("keeps the e-mail address known here"),
    "institution": _l("keeps the institution known here"),
    "staff_number": _l("keeps the staff number known here"),
    "profession": _l("keeps the profession known here"),
}


def tell(fault: Fault) -> str:
    """What is wrong and what to do."""
    values: dict[str, Any] = dict(fault.values)
    if "rows" in values:
        values["rows"] = ", ".join(map(str, values["rows"]))
    values["allowed"] = _(", ").join(one.label for one in Profession)
    return str(SENTENCES[fault.code]) % values


def shown(fault: Fault) -> str:
    """What stood there; an identity number is masked, for the page may be read over a shoulder."""
    long_enough = fault.of is Field.ID_NUMBER and len(fault.shown) >= 14
    return id_numbers.masked(fault.shown) if long_enough else visible(fault.shown)


def visible(text: str) -> str:
    """A text with a stand-in for every character that no page may hold."""
    return "".join("\ufffd" if is_unprintable(one) else one for one in text)


def notes(decision: Decision) -> list[str]:
    """What happens to the data of somebody known: what is filled and what stays."""
    filled = [str(FIELDS[Field(name)]) for name in decision.fills]
    told = [_("filled: %(fields)s", fields=_(", ").join(filled))] if filled else []
    return told + [str(DIFFERENT[name]) for name in decision.keeps]


def returned_sheet(content: Content, choices: Choices, faults: Iterable[Fault]) -> SheetOut:
    """The person's own rows with every faulty cell marked, and a column that says in words what to do."""
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    heads = [*(Column(text, 18) for text in content.head.cells), Column(_("To correct"), 60)]
    rows = [_returned_row(row.cells, by_row.get(row.number, []), choices) for row in content.rows]
    return SheetOut(_("Roster"), heads, rows)


def _returned_row(cells: Sequence[str], faults: Sequence[Fault], choices: Choices) -> list[Value | Cell]:
    told: dict[int, str] = {}
    for fault in faults:
        place = choices.place_of(fault.of) if fault.of else None
        if place is not None:
            told[place] = tell(fault)
    marked: list[Value | Cell] = [Cell(text, told.get(place, ""), "@") for place, text in enumerate(cells)]
    return [*marked, " ".join(dict.fromkeys(map(tell, faults)))]


def template(profession: Profession) -> list[SheetOut]:
    """An empty roster to fill in: the heads, one example, and on a second sheet what to know."""
    heads = [Column(str(label), 20) for label in FIELDS.values()]
    example: list[Value | Cell] = [
        _("Example: Wang Fang"), "", "13800138000", "", "", _("Name of the hospital"), profession.label
    ]  # fmt: skip
    about = [
        _("One row for each person. Replace the example."),
        _("Needed: the name, the profession, and a mobile number, an e-mail address or a staff number."),
        _("A staff number counts only together with the institution."),
        _("Make the columns of numbers text before you type, so that Excel keeps every digit."),
        _("Professions: %(allowed)s.", allowed=_(", ").join(one.label for one in Profession)),
    ]
    return [
        SheetOut(_("Roster"), heads, [[Cell(value, format="@") for value in example]]),  # type: ignore[arg-type]
        SheetOut(_("Notes"), [Column(_("What to know"), 90)], [[one] for one in about]),
    ]
