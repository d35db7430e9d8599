"""Entries in their order become items: kinds told or guessed, sets gathered, each item made by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from question_bank.exchange import gaps, kinds, of_options, of_sets, of_texts, spelling
from question_bank.exchange.entries import Entry, filled
from question_bank.exchange.making import Making, describe, judge
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import gettext as _

LONGEST_CELL = 10_000  # a stem with twelve options, each as long as can be
MAKERS: dict[str, Callable[[Making], tuple[str, dict[str, Any]]]] = {
    **dict.fromkeys(kinds.CHOOSING, of_options.choosing),
    **dict.fromkeys(kinds.SHARED_STEM, of_sets.of_one_case),
    **dict.fromkeys(kinds.SHARED_OPTIONS, of_sets.of_shared_options),
    "judgement": of_options.judgement,
    "ordering": of_options.ordering,
    "blanks": of_texts.blanks,
    "short": of_texts.short,
    "brief": of_texts.brief,
    "essay": of_texts.essay,
    "numeric": of_texts.numeric,
    "reckoning": of_texts.reckoning,
    "calculated": of_texts.calculated,
}


@dataclass
class Group:
    """Entries that make one item; `refusal` says why they cannot."""

    kind: str
    entries: list[Entry]
    refusal: str = ""
    name: str = field(default="", repr=False)


def items(entries: Iterable[Entry], default: str | None) -> list[Parsed]:
    """The items of entries that stand together; `default` is the kind of those that name none."""
    return [_made(one) for one in _grouped(entries, default)]


def _grouped(entries: Iterable[Entry], default: str | None) -> Iterator[Group]:
    groups: list[Group] = []
    named: dict[tuple[str, str], Group] = {}
    opened: Group | None = None
    for entry in entries:
        if any(len(text) > LONGEST_CELL for text in entry.cells.values()):
            groups.append(Group("", [entry], _("It has a text of more than %(max)s characters.", max=LONGEST_CELL)))
            continue
        of_options.spread(entry, entry.kind or kinds.kind_of(entry.get("type")) or default)
        kind, refusal = _kind(entry, default, opened)
        kind = kind or ("" if refusal else _guessed(entry))
        if kind in kinds.SETS:
            found = _joined(entry, kind, named, opened)
            if found is None:
                opened = _opened(entry, kind, named)
                groups.append(opened)
            else:
                opened = found
        else:
            groups.append(Group(kind, [entry], refusal or ("" if kind else _no_kind())))
            opened = None
    return iter(groups)


def _kind(entry: Entry, default: str | None, opened: Group | None) -> tuple[str, str]:
    """The kind of an entry, or why it is refused; both empty where it must be guessed."""
    text = entry.get("type")
    if entry.kind:
        return entry.kind, ""
    if text:
        kind = kinds.kind_of(text)
        return (
            (kind, "")
            if kind
            else ("", _("The type “%(type)s” is not known. Write one of the template's types.", type=text[:40]))
        )
    if default is not None:
        return default, ""
    return (opened.kind, "") if opened is not None and _follows(entry, opened) else ("", "")


def _follows(entry: Entry, opened: Group) -> bool:
    """Whether an entry without a type belongs to the set above it: it has its number, or shares its case or options."""
    if entry.has("group"):
        return entry.get("group") == opened.name
    shares = bool(entry.letters) != (opened.kind in kinds.SHARED_OPTIONS)
    return shares and entry.has("stem") and not entry.has("shared_stem")


def _no_kind() -> str:
    return str(_("It has no type, and none can be told from what stands here. Write its type."))


def _guessed(entry: Entry) -> str:
    if entry.has("shared_stem", "group") and entry.letters:
        return "A3A4"
    key = spelling.letters(entry.get("key"))
    truth = spelling.truth(entry.get("key"))
    kind = kinds.guess(
        has_options=bool(entry.letters), key=key, is_truth=truth is not None, has_gap=gaps.has_gap(entry.get("stem"))
    )
    return kind or ""


def _joined(entry: Entry, kind: str, named: dict[tuple[str, str], Group], opened: Group | None) -> Group | None:
    """The set to which an entry belongs, the entry added to it; None where it begins one."""
    name = entry.get("group")
    found = named.get((kind, name)) if name else opened
    if found is None or found.kind != kind:
        return None
    goes_on = bool(name) and found is opened and kind in kinds.SHARED_OPTIONS
    if not goes_on and not of_sets.same_set(found.entries[0], entry, kind):
        return None
    if not name and of_options.is_case(entry) and kind in kinds.SHARED_STEM:
        return None
    if not name and found is opened and filled(entry.text("shared_stem")) and found.name:
        return None
    found.entries.append(entry)
    return found


def _opened(entry: Entry, kind: str, named: dict[tuple[str, str], Group]) -> Group:
    name = entry.get("group")
    is_alone = not name and not of_sets.opens(entry, kind)
    refusal = _("It belongs to no group. Give the questions of one case or of the same options one group number.")
    group = Group(kind, [entry], str(refusal) if is_alone else "", name)
    if name:
        named[kind, name] = group
    return group


def _made(group: Group) -> Parsed:
    making = Making(group.kind, group.entries)
    if group.refusal:
        fields = ("type", "stem") if not group.kind else ("group", "stem")
        making.refuse(group.refusal, *fields)
        making.parsed.name = making.first("stem") or making.first("code") or making.first("serial")
        return making.parsed
    type_name, body = MAKERS[group.kind](making)
    describe(making, body)
    return judge(making, type_name, body)
