"""Looking through a roster's rows: what each cell says, whom it means, and what would be done. Pure.

`look` reads the rows by themselves; `decide` holds them against who is known here. What is wrong is told as a `Fault`
with a code and values; `words.py` makes sentences of them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from training.accounts import id_numbers, logins
from training.core.sheets import Row
from training.core.texts import clean, is_unprintable
from training.programmes.roster import columns
from training.programmes.roster.columns import Field

LONGEST = {Field.NAME: 80, Field.EMAIL: 200, Field.STAFF_NUMBER: 40}
LONGEST_CELL = 400
LOGINS = (Field.MOBILE, Field.EMAIL, Field.STAFF_NUMBER)
BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
DOTS = re.compile("[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65]")


class What(StrEnum):
    """What would be done with a row."""

    NEW = "new"
    ENROL = "enrol"
    FILL = "fill"
    SAME = "same"
    FAULT = "fault"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: the field (None: the row as a whole), a code, and the values of its sentence."""

    row: int
    of: Field | None
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""


@dataclass(frozen=True)
class Entry:
    """A row as it was understood. Values that are at fault are left out; `index` finds an identity number."""

    row: int
    name: str = ""
    id_number: str | None = None
    index: str | None = None
    mobile: str | None = None
    email: str | None = None
    staff_number: str | None = None
    institution_id: int | None = None
    profession: str | None = None

    def keys(self) -> list[tuple[str, Any]]:
        """What a person is found by, the strongest first."""
        staff = (self.institution_id, self.staff_number) if self.institution_id and self.staff_number else None
        found = [("id_number", self.index), ("mobile", self.mobile), ("email", self.email), ("staff_number", staff)]
        return [(kind, value) for kind, value in found if value]


@dataclass(frozen=True)
class Known:
    """Somebody who is here: what they are found by, and what this import may do with them."""

    id: int
    name: str
    mobile: str | None
    email: str | None
    staff_number: str | None
    institution_id: int | None
    index: str | None
    profession: str
    active: bool
    activated: bool
    agreed: bool
    fillable: bool
    in_cohort: bool

    def keys(self) -> list[tuple[str, Any]]:
        """The same as those of an entry."""
        return Entry(
            0, "", None, self.index, self.mobile, self.email, self.staff_number, self.institution_id, None
        ).keys()


@dataclass(frozen=True)
class Decision:
    """What would be done with one row: fields of a known person that would be filled, and those that stay."""

    entry: Entry
    what: What
    person_id: int | None = None
    fills: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an import would do."""

    decisions: tuple[Decision, ...]
    faults: tuple[Fault, ...]

    def counts(self) -> dict[str, int]:
        """How many rows each kind has."""
        counted = Counter(one.what.value for one in self.decisions)
        return {what.value: counted[what.value] for what in What}

    def of(self, *what: What) -> list[Decision]:
        """The rows with which that would be done."""
        return [one for one in self.decisions if one.what in what]

    def digest(self) -> str:
        """A mark of all that would be done: another one says that something is different since somebody looked."""
        told = [f"{one.entry.row} {one.what} {one.person_id} {one.fills} {one.keeps}" for one in self.decisions]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Reading:
    """How the columns are read: the place of each field, what an empty cell means, whom the words for places mean."""

    places: Mapping[Field, int]
    institutions: Mapping[str, int]
    profession: str | None = None
    institution_id: int | None = None

    def cell(self, row: Row, of: Field) -> str:
        """The text of a field's cell; empty where there is no such column."""
        place = self.places.get(of)
        return row.cells[place] if place is not None and place < len(row.cells) else ""


def look(rows: Iterable[Row], reading: Reading, index: Callable[[str], str]) -> tuple[list[Entry], list[Fault]]:
    """Read the rows by themselves: entries, and the faults of their cells; two rows for one person are one, too."""
    entries, faults = [], []
    for row in rows:
        entry, found = _Looking(row, reading, index).entry()
        entries.append(entry)
        faults += found
    return entries, [*faults, *_doubles(entries)]


class _Looking:
    """One row while it is read."""

    def __init__(self, row: Row, reading: Reading, index: Callable[[str], str]) -> None:
        self.row = row
        self.reading = reading
        self.index = index
        self.faults: list[Fault] = []

    def fault(self, of: Field | None, code: str, **values: Any) -> None:
        """Note a fault, once a field."""
        if of is None or all(one.of is not of for one in self.faults):
            shown = self.reading.cell(self.row, of)[:60] if of else ""
            self.faults.append(Fault(self.row.number, of, code, values, shown))

    def entry(self) -> tuple[Entry, list[Fault]]:
        """The row as it is understood."""
        name = BETWEEN_IDEOGRAPHS.sub("", " ".join(self.text(Field.NAME).split()))
        if not name:
            self.fault(Field.NAME, "missing")
        id_number = self.id_number()
        institution_id = self.institution()
        staff_number = logins.normalise_staff_number(self.text(Field.STAFF_NUMBER)) or None
        mobile, email = self.login(Field.MOBILE, logins.is_mobile), self.login(Field.EMAIL, logins.is_email)
        if staff_number and institution_id is None:
            self.fault(Field.INSTITUTION, "staff_needs_institution")
        if not (mobile or email or staff_number) and not any(one.of in LOGINS for one in self.faults):
            self.fault(None, "nothing_to_sign_in_with")
        made = Entry(
            self.row.number,
            name,
            id_number,
            self.index(id_number) if id_number else None,
            mobile,
            email,
            staff_number,
            institution_id,
            self.profession(),
        )
        return made, self.faults

    def text(self, of: Field) -> str:
        """A cell, cleaned; a text that cannot be kept is a fault and counts as none."""
        text = clean(self.reading.cell(self.row, of)) or ""
        most = LONGEST.get(of, LONGEST_CELL)
        if len(text) > most:
            self.fault(of, "too_long", most=most)
            return ""
        for place, character in enumerate(text, start=1):
            if is_unprintable(character):
                self.fault(of, "unprintable", place=place, point=f"{ord(character):04X}")
                return ""
        return text

    def id_number(self) -> str | None:
        number = id_numbers.normalise(self.text(Field.ID_NUMBER))
        if not number:
            return None
        if not id_numbers.is_valid(number):
            cut = number.isdigit() and len(number) == 18 and number.endswith("00")
            self.fault(Field.ID_NUMBER, "id_number_cut" if cut else "id_number")
            return None
        return number

    def login(self, of: Field, is_right: Callable[[str], bool]) -> str | None:
        text = self.text(of)
        if not text:
            return None
        login = logins.normalise(text)
        if not is_right(login):
            self.fault(of, of.value, text=text[:60])
            return None
        return login

    def institution(self) -> int | None:
        text = columns.folded(self.text(Field.INSTITUTION))
        if not text:
            return self.reading.institution_id
        found = self.reading.institutions.get(text)
        if found is None:
            self.fault(Field.INSTITUTION, "institution")
        return found

    def profession(self) -> str | None:
        text = self.text(Field.PROFESSION)
        found = columns.profession(text) if text else self.reading.profession
        if found is None:
            self.fault(Field.PROFESSION, "profession" if text else "no_profession")
        return found


def _doubles(entries: Sequence[Entry]) -> list[Fault]:
    """Rows that share what only one person can have."""
    by_key: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for entry in entries:
        for key in entry.keys():  # noqa: SIM118 - an entry is no mapping
            by_key[key].append(entry.row)
    told: dict[int, Fault] = {}
    for (kind, _value), rows in by_key.items():
        for row in rows if len(rows) > 1 else ():
            others = [one for one in rows if one != row]
            told.setdefault(row, Fault(row, Field(kind), "twice", {"rows": others[:5]}))
    return list(told.values())


def decide(entries: Sequence[Entry], faults: Sequence[Fault], known: Iterable[Known]) -> Plan:
    """What would be done with each row; a row with a fault is left alone."""
    by_key = {key: one for one in known for key in one.keys()}  # noqa: SIM118
    meant: dict[int, list[int]] = defaultdict(list)
    decisions, more = [], []
    at_fault = {fault.row for fault in faults}
    for entry in entries:
        found = {one.id: one for key in entry.keys() if (one := by_key.get(key))}  # noqa: SIM118
        fault = _about_whom(entry, list(found.values()))
        for person_id in found:
            meant[person_id].append(entry.row)
        if fault and entry.row not in at_fault:
            more.append(fault)
        decisions.append(_decision(entry, next(iter(found.values()), None)))
    for rows in meant.values():
        twice = {row for row in rows if len(rows) > 1} - at_fault - {fault.row for fault in more}
        more += [Fault(row, None, "same_person", {"rows": [one for one in rows if one != row][:5]}) for row in twice]
    everything = sorted([*faults, *more], key=lambda one: one.row)
    wrong = {fault.row for fault in everything}
    return Plan(
        tuple(Decision(one.entry, What.FAULT) if one.entry.row in wrong else one for one in decisions),
        tuple(everything),
    )


def _about_whom(entry: Entry, found: Sequence[Known]) -> Fault | None:
    """What is wrong with whom a row means."""
    if len(found) > 1:
        return Fault(entry.row, None, "two_people")
    if not found:
        return None
    (person,) = found
    if not person.active:
        return Fault(entry.row, None, "closed")
    if entry.index and person.index and entry.index != person.index:
        return Fault(entry.row, Field.ID_NUMBER, "another_id_number", shown="")
    by_id_number = entry.index is not None and entry.index == person.index
    if not by_id_number and comparable(entry.name) != comparable(person.name):
        return Fault(entry.row, Field.NAME, "another_name", shown=entry.name)
    return None


def comparable(name: str) -> str:
    """A name without what writers differ in: width, spaces, kinds of middle dots, case."""
    return re.sub(r"\s+", "", DOTS.sub("\u00b7", unicodedata.normalize("NFKC", DOTS.sub("\u00b7", name)))).casefold()


def _decision(entry: Entry, person: Known | None) -> Decision:
    if person is None:
        return Decision(entry, What.NEW)
    pairs = {
        "name": (entry.name, person.name),
        "id_number": (entry.index, person.index),
        "mobile": (entry.mobile, person.mobile),
        "email": (entry.email, person.email),
        "institution": (entry.institution_id, person.institution_id),
        "staff_number": (entry.staff_number, person.staff_number),
        "profession": (entry.profession, person.profession),
    }
    differing = [name for name, (own, here) in pairs.items() if own and own != here]
    if comparable(entry.name) == comparable(person.name):
        differing = [name for name in differing if name != "name"]
    fills = tuple(name for name in differing if not pairs[name][1] and _may_fill(name, entry, person))
    keeps = tuple(name for name in differing if name not in fills)
    what = What.ENROL if not person.in_cohort else What.FILL if fills else What.SAME
    return Decision(entry, what, person.id, fills, keeps)


def _may_fill(name: str, entry: Entry, person: Known) -> bool:
    """Whether an empty field may be filled.

    What somebody signs in with is theirs once the account is activated: it would be a second way in. A staff number
    goes with the institution it is of. An identity number is kept with the person's own agreement: whoever was asked
    and has none here has left it out.
    """
    if not person.fillable or (name in LOGINS and person.activated):
        return False
    if name == "id_number" and person.agreed:
        return False
    return name != "staff_number" or person.institution_id in {None, entry.institution_id}
