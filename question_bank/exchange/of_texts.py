"""Entries that are answered in words or numbers: blanks, short answers, essays, numbers, calculations."""

from __future__ import annotations

import re
from typing import Any

from question_bank.exchange import gaps, spelling
from question_bank.exchange.columns import LETTERS
from question_bank.exchange.entries import Entry
from question_bank.exchange.making import Making, explain
from question_bank.exchange.of_options import stem_of
from question_bank.exchange.said import gettext as _
from question_bank.item_types import LANGUAGES

Body = dict[str, Any]
LONGEST_SHORT = 30  # a longer model answer is for a person to compare
POINTS = re.compile(r"[（(]\s*(\d{1,3}(?:\.\d)?)\s*(?:分|points?|pts?|marks?)\s*[)）]", re.IGNORECASE)
OWN_POINTS, LONGEST_ESSAY = 10, 2000
MOST_WEIGHT = 100
_PARAMETER = re.compile(r"\s*([A-Za-z_]\w{0,30})\s*[=:]\s*(.+)", re.DOTALL)
_STEPS = re.compile(rf"({spelling.NUMBER})\s*(?:~|\.\.|至|到)\s*({spelling.NUMBER})(?:\s*/\s*({spelling.NUMBER}))?")


def accepted(making: Making, text: str, weights: str) -> list[Body]:
    """`吗啡|morphine` with `100|50` as accepted answers and their weights."""
    shares = spelling.pieces(weights, spelling.VARIANT) if weights else []
    variants = [one for one in spelling.pieces(text, spelling.VARIANT) if one]
    found = []
    for number, variant in enumerate(variants):
        share = spelling.number(shares[number].rstrip("%")) if number < len(shares) and shares[number] else None
        if number < len(shares) and shares[number] and share is None:
            making.lose(_("Write weights in percent, as many as there are answers, such as 100|50."), "weights")
        weight = spelling.written(share) if share is not None else str(MOST_WEIGHT)
        found.append({"text": spelling.unescaped(variant), "weight": weight})
    return found


def blanks(making: Making) -> tuple[str, Body]:
    """A stem with gaps and an answer for each."""
    entry = making.head
    answers = spelling.pieces(entry.get("key"), spelling.BETWEEN)
    while len(answers) > 1 and not answers[-1]:
        answers.pop()
    wanted = len(answers) if entry.has("key") else 0
    stems = {one: gaps.marked(text, wanted) for one, text in stem_of(entry).items()}
    ids = next((found for _text, found in stems.values() if found), [])
    answers = _fitted(answers, len(ids))
    if len(answers) != len(ids):
        counts = {"gaps": len(ids), "answers": len(answers) if entry.has("key") else 0}
        making.lose(
            _("The stem has %(gaps)s blanks and there are %(answers)s answers. Part them by semicolons.", **counts),
            "key",
        )
    weights = spelling.pieces(entry.get("weights"), spelling.BETWEEN)
    rows: list[Body] = [
        {"id": name, "accepted": accepted(making, answer, weights[place] if place < len(weights) else "")}
        for place, (name, answer) in enumerate(zip(ids, answers, strict=False))
    ]
    for row, case in zip(rows, _cases(making, len(rows)), strict=True):
        row["case"] = case
    body: Body = {"stem": {one: text for one, (text, _ids) in stems.items()}, "blanks": rows}
    return "blanks", explain(entry, body)


def _cases(making: Making, wanted: int) -> list[bool]:
    """Whether capitals count: one word for all blanks, or one for each."""
    said = [spelling.truth(one) for one in spelling.pieces(making.first("case"), spelling.BETWEEN)]
    if len(said) == wanted > 1 and None not in said:
        return [one == "true" for one in said]
    return [making.yes("case", default=False)] * wanted


def _fitted(answers: list[str], wanted: int) -> list[str]:
    """Answers as many as blanks: several for one blank are variants; one for several may be parted otherwise."""
    if wanted == 1 and len(answers) > 1:
        return ["|".join(answers)]
    if wanted > 1 and len(answers) == 1:
        for form in (r"(?<!\\)[|｜]", r"\n+", r"[、,，]", r"\s+"):
            parts = [one.strip() for one in re.split(form, answers[0]) if one.strip()]
            if len(parts) == wanted:
                return parts
    return answers


def short(making: Making) -> tuple[str, Body]:
    """A short answer with its variants."""
    entry = making.head
    rows = accepted(making, entry.get("key"), entry.get("weights"))
    for letter, row in zip(LETTERS, rows, strict=False):
        explain(entry, row, f"option_{letter}_why")
    body: Body = {"stem": stem_of(entry), "accepted": rows, "case": making.yes("case", default=False)}
    return "short", _with_critical(entry, explain(entry, body))


def brief(making: Making) -> tuple[str, Body]:
    """简答: an answer of a few words is compared, a longer one is marked by a person."""
    variants = spelling.pieces(making.head.get("key"), spelling.VARIANT)
    fits = all(0 < len(one) <= LONGEST_SHORT and not re.search(r"[\n；;。]", one) for one in variants)
    return short(making) if fits else essay(making)


def essay(making: Making) -> tuple[str, Body]:
    """An essay; the answer is its rubric: each thing to be named with its points, `…（4分）`."""
    entry = making.head
    by_language = {one: _criteria(_key_in(entry, one)) for one in LANGUAGES}
    count = max(map(len, by_language.values()))
    rubric = []
    for place in range(count):
        rows = {one: found[place] for one, found in by_language.items() if place < len(found)}
        points = next((points for _text, points in rows.values() if points), None) or _whole_points(entry)
        texts = {one: rows[one][0] if one in rows else "" for one in LANGUAGES}
        rubric.append({"id": str(place + 1), "text": texts, "points": points})
    body: Body = {"stem": stem_of(entry), "rubric": rubric, "longest": LONGEST_ESSAY}
    if text := entry.get("longest"):
        value = spelling.number(text)
        if value is None or value != int(value):
            making.lose(_("Write a whole number."), "longest")
        else:
            body["longest"] = int(value)
    return "essay", explain(entry, body)


def _key_in(entry: Entry, language: str) -> str:
    plain = entry.cells.get("key", "") if language == entry.table.language else ""
    return entry.cells.get(f"key@{language}", "") or plain


def _whole_points(entry: Entry) -> int:
    value = spelling.number(entry.get("points").rstrip("分"))
    return int(value) if value is not None and value == int(value) and 0 < value <= 100 else OWN_POINTS


def _criteria(text: str) -> list[tuple[str, int | None]]:
    """What a model answer asks for: the stretches that end in their points, else the whole."""
    found, start = [], 0
    for mark in POINTS.finditer(text):
        stretch = text[start : mark.start()].strip(" ;；,，。\n\t")
        if stretch:
            found.append((stretch, int(float(mark[1])) or None))
        start = mark.end()
    rest = text[start:].strip(" ;；,，。\n\t")
    if found and rest:
        return [*found[:-1], (f"{found[-1][0]}\n{rest}", found[-1][1])]
    return found or ([(rest, None)] if rest else [])


def numeric(making: Making) -> tuple[str, Body]:
    """A number with its tolerance and unit."""
    entry = making.head
    answers, unit = _answers(making, entry)
    body: Body = {"stem": stem_of(entry), "answers": answers, "unit": entry.get("unit") or unit}
    return "numeric", _with_critical(entry, explain(entry, _with_units(making, body)))


def _answers(making: Making, entry: Entry) -> tuple[list[Body], str]:
    weights = spelling.pieces(entry.get("weights"), spelling.VARIANT) if entry.has("weights") else []
    rows, units = [], []
    for place, text in enumerate(filter(None, spelling.pieces(entry.get("key"), spelling.VARIANT))):
        found = spelling.interval(spelling.unescaped(text), entry.get("tolerance"))
        if found is None:
            making.lose(
                _("“%(text)s” is no number. Write one such as 12.5, or a range such as 12~13.", text=text[:40]),
                "key",
                "tolerance",
            )
            continue
        share = spelling.number(weights[place].rstrip("%")) if place < len(weights) else None
        weight = spelling.written(share) if share is not None else str(MOST_WEIGHT)
        row: Body = {"low": found[0], "high": found[1], "weight": weight}
        rows.append(explain(entry, row, f"option_{LETTERS[place]}_why") if place < len(LETTERS) else row)
        units.append(found[2])
    return rows, next(filter(None, units), "")


def _with_units(making: Making, body: Body) -> Body:
    """Other units and whether one must be written, if the entry says so."""
    units: dict[str, str] = {}
    for piece in filter(None, spelling.pieces(making.first("units"), spelling.BETWEEN)):
        name, _equals, factor = spelling.unescaped(piece).rpartition("=")
        value = spelling.number(factor)
        if value is None or not name.strip():
            making.lose(
                _("Write other units with how many of the item's unit each one is: g=1000; mcg=0.001."), "units"
            )
        else:
            units[name.strip()] = spelling.written(value)
    return body | {"units": units, "unit_required": making.yes("unit_required", default=False)}


def reckoning(making: Making) -> tuple[str, Body]:
    """计算: calculated where it has a formula, numeric where the answer is a number, else marked by a person."""
    entry = making.head
    if entry.has("formula", "parameters"):
        return calculated(making)
    texts = [one for one in spelling.pieces(entry.get("key"), spelling.VARIANT) if one]
    is_number = texts and all(spelling.interval(spelling.unescaped(one), entry.get("tolerance")) for one in texts)
    return numeric(making) if is_number or not texts else essay(making)


def calculated(making: Making) -> tuple[str, Body]:
    """A calculation whose numbers are drawn anew for each attempt."""
    entry = making.head
    body: Body = {"stem": stem_of(entry), "parameters": _parameters(making, entry)}
    for name in ("formula", "check", "tolerance", "cap"):
        if text := entry.get(name):
            body[name] = spelling.plain(text)
    for name in ("constraints", "wrong", "strengths"):
        if parts := [
            spelling.plain(spelling.unescaped(one)) for one in spelling.pieces(entry.get(name), spelling.BETWEEN) if one
        ]:
            body[name] = parts
    if text := entry.get("decimals"):
        value = spelling.number(text)
        if value is None or value != int(value):
            making.lose(_("Write a whole number."), "decimals")
        else:
            body["decimals"] = int(value)
    body["unit"] = entry.get("unit")
    return "calculated", explain(entry, _with_units(making, body))


def _parameters(making: Making, entry: Entry) -> list[Body]:
    """`dose=10|20|40；weight=50~80/5`: a list of values, or from, to and step."""
    found: list[Body] = []
    for piece in filter(None, spelling.pieces(entry.get("parameters"), spelling.BETWEEN)):
        named = _PARAMETER.fullmatch(spelling.plain(piece))
        if named is None:
            making.lose(_("Write parameters as dose=10|20|40; weight=50~80/5 (from, to, step)."), "parameters")
            continue
        steps = _STEPS.fullmatch(named[2].strip())
        if steps:
            found.append({"name": named[1], "from": steps[1], "to": steps[2], "step": steps[3] or "1"})
        else:
            values = [one.strip() for one in re.split(r"[|,，、\s]+", named[2]) if one.strip()]
            found.append({"name": named[1], "values": values})
    return found


def _with_critical(entry: Entry, body: Body) -> Body:
    """Conditions that make an answer a critical error: `>= 50；< 1`."""
    critical = [one for one in spelling.pieces(spelling.plain(entry.get("critical")), spelling.BETWEEN) if one]
    return body | ({"critical": [spelling.unescaped(one) for one in critical]} if critical else {})
