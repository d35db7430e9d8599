"""Sets from several entries: A3, A4, case analysis (one case), B1 and matching (the same options)."""

from __future__ import annotations

import re
from typing import Any

from question_bank.exchange import kinds
from question_bank.exchange.entries import Entry, filled
from question_bank.exchange.making import Making, explain
from question_bank.exchange.of_options import critical_of, is_case, key_of, options_of
from question_bank.exchange.said import gettext as _

Body = dict[str, Any]
PART_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
MOST_OF_A3 = 3


def of_one_case(making: Making) -> tuple[str, Body]:
    """A3, A4 or case analysis."""
    first = making.head
    shared = making.first_text("shared_stem")
    if not filled(shared) and len(making.entries) > 1 and is_case(first):
        shared, making.parts = first.text("stem"), making.entries[1:]
    else:
        making.parts = list(making.entries)
    _name_parts(making)
    type_name = _case_type(making)
    body: Body = {"stem": shared, "parts": [], "critical": []}
    for name, entry in zip(making.part_ids, making.parts, strict=True):
        part: Body = {"id": name, "stem": entry.text("stem"), "options": options_of(entry)}
        part["key"] = key_of(making, entry)
        if type_name != "A3" and entry.has("release"):
            part["release"] = entry.text("release")
        body["parts"].append(explain(entry, part))
        body["critical"] += [f"{name}:{one}" for one in critical_of(making, entry, part["key"], entry.letters)]
    if type_name == "A4":
        body["back"] = making.yes("back", default=not any(one.has("release") for one in making.parts))
    return type_name, _finished(making, body)


def _case_type(making: Making) -> str:
    if making.kind != "A3A4":
        return making.kind
    is_staged = any(one.has("release") for one in making.parts)
    return "A4" if is_staged or len(making.parts) > MOST_OF_A3 else "A3"


def of_shared_options(making: Making) -> tuple[str, Body]:
    """B1 or matching."""
    first = making.head
    is_carrier = first.letters and not first.has("stem") and not first.has("key") and len(making.entries) > 1
    making.parts = making.entries[1:] if is_carrier else list(making.entries)
    _name_parts(making)
    holder = next((one for one in making.entries if one.letters), first)
    body: Body = {"stem": making.first_text("shared_stem"), "options": options_of(holder), "parts": [], "critical": []}
    for name, entry in zip(making.part_ids, making.parts, strict=True):
        if entry.letters and shared_options(entry) != shared_options(holder):
            making.lose(
                _("These options are not those of row %(row)s, which count for the whole group.", row=holder.row),
                "option_a", "options", entry=entry,
            )  # fmt: skip
        part: Body = {"id": name, "stem": entry.text("stem"), "key": key_of(making, entry, holder)}
        body["parts"].append(explain(entry, part))
        body["critical"] += [f"{name}:{one}" for one in critical_of(making, entry, part["key"], holder.letters)]
    return making.kind, _finished(making, body)


def _name_parts(making: Making) -> None:
    """The numbers that the parts have in the sheet, if they tell them apart; else 1, 2, 3 …"""
    own = [one.get("part") for one in making.parts]
    if len(set(own)) == len(own) and all(map(PART_ID.fullmatch, own)):
        making.part_ids = own
    else:
        making.part_ids = [str(number) for number in range(1, len(own) + 1)]


def _finished(making: Making, body: Body) -> Body:
    if not body["critical"]:
        del body["critical"]
    explanation = making.first_text("shared_explanation")
    return body | ({"explanation": explanation} if filled(explanation) else {})


def shared_options(entry: Entry) -> list[str]:
    """The options of an entry, to be compared."""
    return [f"{one} {sorted(entry.text(f'option_{one}').items())}" for one in entry.letters]


def same_set(first: Entry, entry: Entry, kind: str) -> bool:
    """Whether an entry shares what the first one of a set shares, or says nothing against it."""
    if kind in kinds.SHARED_OPTIONS and entry.letters and first.letters:
        return shared_options(entry) == shared_options(first)
    case = entry.text("shared_stem")
    return not filled(case) or case == first.text("shared_stem")


def opens(entry: Entry, kind: str) -> bool:
    """Whether an entry without a group begins a set: it brings the case, or the options."""
    if kind in kinds.SHARED_OPTIONS:
        return bool(entry.letters)
    return entry.has("shared_stem") or is_case(entry)
