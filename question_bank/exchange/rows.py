"""Items as rows of a sheet: the way back from bodies to cells. Pure but for words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from question_bank.exchange import columns, gaps, kinds, labels, spelling
from question_bank.exchange.parsed import Exported, Written
from question_bank.exchange.said import gettext as _
from question_bank.item_types import LANGUAGES, Body

Cells = dict[str, str]
FULL = "100"


class Rows:
    """The rows of one item: the first carries what counts for the whole."""

    def __init__(self, item: Exported, language: str) -> None:
        self.item = item
        self.language = language
        self.written = Written(item.code)
        self.rows: list[Cells] = [{}]

    @property
    def first(self) -> Cells:
        """The first row."""
        return self.rows[0]

    def add(self) -> Cells:
        """Another row."""
        self.rows.append({})
        return self.rows[-1]


def put(row: Cells, name: str, text: object) -> None:
    """Write a text in the languages in which it says something."""
    for language in LANGUAGES:
        value = text.get(language) if isinstance(text, Mapping) else None
        if value:
            row[f"{name}@{language}"] = str(value)


def rows_of(item: Exported, language: str, group: str) -> tuple[list[Cells], Written]:
    """The rows of an item, its cells by field (texts by field and language), and what they cannot carry.

    `group` numbers the rows of a set. Without rows where the item cannot stand in a sheet at all.
    """
    rows = Rows(item, language)
    write = WRITERS.get(item.type)
    if write is None:
        rows.written.refuse(_("Items of this type need more than rows can hold. Export it in another format."))
        return [], rows.written
    write(rows)
    if rows.written.refusals:
        return [], rows.written
    _describe(rows)
    for row in rows.rows:
        row |= {
            "code": item.code,
            "type": labels.type_label(item.type, language, multiple=item.body.get("multiple") is True),
        } | ({"group": group} if item.type in kinds.SETS else {})
    return rows.rows, rows.written


def _describe(rows: Rows) -> None:
    item, row = rows.item, rows.first
    about = item.body.get("about") or {}
    explanation = "shared_explanation" if item.type in kinds.SETS else "explanation"
    put(row, explanation, item.body.get("explanation"))
    plain = {
        "category": spelling.joined(item.category, spelling.PATH),
        "tags": spelling.joined(item.tags, spelling.LISTED),
        "points": item.points,
        "source": item.body.get("source"),
        **{name: about.get(name) for name in ("difficulty", "module", "competency", "review_by")},
        "level": labels.word("level", about.get("level") or "", rows.language),
    }
    row |= {name: str(value) for name, value in plain.items() if value}
    if item.body.get("pictures"):
        rows.written.lose(_("Its pictures stay behind: a sheet carries only their names."))


def _letters(rows: Rows, options: Sequence[Body]) -> dict[str, str] | None:
    """The letter of each option: its id where all are letters, else by its place."""
    ids = [str(one.get("id")) for one in options]
    if len(ids) > len(columns.LETTERS):
        rows.written.refuse(_("It has more than %(max)s options.", max=len(columns.LETTERS)))
        return None
    return {one: one if set(ids) <= set(columns.LETTERS) else columns.LETTERS[place] for place, one in enumerate(ids)}


def _put_options(rows: Rows, row: Cells, options: Sequence[Body]) -> dict[str, str]:
    letters = _letters(rows, options) or {}
    for option in options if letters else ():
        letter = letters[str(option.get("id"))]
        put(row, f"option_{letter}", option.get("text"))
        put(row, f"option_{letter}_why", option.get("explanation"))
    return letters


def _named(letters: Mapping[str, str], ids: Sequence[str]) -> list[str]:
    return sorted(letters[one].upper() for one in ids if one in letters)


def _choosing(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    letters = _put_options(rows, row, body.get("options", []))
    row["key"] = "".join(_named(letters, body.get("key", [])))
    row["critical"] = "、".join(_named(letters, body.get("critical", [])))
    weights = [
        f"{letters[one].upper()}={share}" for one, share in (body.get("weights") or {}).items() if one in letters
    ]
    row["weights"] = "；".join(weights)


def _judgement(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    for option in body.get("options", []):
        put(row, "option_a_why" if option.get("id") == "true" else "option_b_why", option.get("explanation"))
    said = "".join(body.get("key", []))
    row["key"] = labels.word("truth", said, "zh") if rows.language == "zh" else said
    row["critical"] = labels.yes_or_no(True, rows.language) if body.get("critical") else ""


def _ordering(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    letters = _put_options(rows, row, body.get("options", []))
    row["key"] = "".join(letters[str(one.get("id"))].upper() for one in body.get("options", []) if letters)
    pairs = (one.split("<") for one in body.get("critical", []))
    row["critical"] = "；".join("<".join(letters.get(one, one).upper() for one in pair) for pair in pairs)


def _each_part(rows: Rows) -> list[tuple[Body, Cells, list[str]]]:
    """The parts of a set with their rows and critical options; numbers other than 1, 2, 3 … are written."""
    parts = rows.item.body.get("parts", [])
    critical = [one.partition(":") for one in rows.item.body.get("critical", [])]
    found = []
    for place, part in enumerate(parts):
        row = rows.first if place == 0 else rows.add()
        name = str(part.get("id"))
        row["part"] = name
        put(row, "stem", part.get("stem"))
        put(row, "release", part.get("release"))
        put(row, "explanation", part.get("explanation"))
        found.append((part, row, [option for of, _colon, option in critical if of == name]))
    return found


def _one_case(rows: Rows) -> None:
    put(rows.first, "shared_stem", rows.item.body.get("stem"))
    for part, row, critical in _each_part(rows):
        letters = _put_options(rows, row, part.get("options", []))
        row["key"] = "".join(_named(letters, part.get("key", [])))
        row["critical"] = "、".join(_named(letters, critical))
    if rows.item.type == "A4":
        rows.first["back"] = labels.yes_or_no(rows.item.body.get("back"), rows.language)


def _shared_options(rows: Rows) -> None:
    put(rows.first, "shared_stem", rows.item.body.get("stem"))
    letters = _put_options(rows, rows.first, rows.item.body.get("options", []))
    for part, row, critical in _each_part(rows):
        row["key"] = "".join(_named(letters, part.get("key", [])))
        row["critical"] = "、".join(_named(letters, critical))


def _variants(accepted: Sequence[Body]) -> tuple[str, str]:
    """Accepted answers as one cell, and their weights as another, empty where all count fully."""
    texts = "|".join(spelling.escaped(str(one.get("text", ""))) for one in accepted)
    weights = [str(one.get("weight", FULL)) for one in accepted]
    return texts, "|".join(weights) if set(weights) != {FULL} else ""


def _blanks(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    stem = body.get("stem") or {}
    put(row, "stem", {one: gaps.shown(text) for one, text in stem.items()})
    spoken = next((text for one in LANGUAGES if (text := stem.get(one))), "")
    by_id = {str(one.get("id")): one for one in body.get("blanks", [])}
    ordered = [by_id[one] for one in gaps.marked(spoken)[1] if one in by_id]
    cells = [_variants(one.get("accepted", [])) for one in ordered]
    row["key"] = "；".join(texts for texts, _weights in cells)
    weights = "；".join(weights or FULL for _texts, weights in cells)
    row["weights"] = weights if any(shares for _texts, shares in cells) else ""
    cases = [labels.yes_or_no(one.get("case"), rows.language) for one in ordered]
    row["case"] = "；".join(cases) if len(set(cases)) > 1 else "".join(cases[:1])


def _short(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    row["key"], row["weights"] = _variants(body.get("accepted", []))
    row["case"] = labels.yes_or_no(body.get("case"), rows.language)
    row["critical"] = spelling.joined(body.get("critical", []), spelling.BETWEEN + spelling.VARIANT)
    _explain_each(rows, body.get("accepted", []))


def _explain_each(rows: Rows, answers: Sequence[Body]) -> None:
    for letter, answer in zip(columns.LETTERS, answers, strict=False):
        put(rows.first, f"option_{letter}_why", answer.get("explanation"))
    if any(one.get("explanation") for one in answers[len(columns.LETTERS) :]):
        rows.written.lose(_("Explanations stay behind from the %(max)sth answer on.", max=len(columns.LETTERS) + 1))


def _essay(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    for language, form in (("zh", "%s（%s分）"), ("en", "%s (%s points)")):
        lines = [
            form % (text, one.get("points"))
            for one in body.get("rubric", [])
            if (text := (one.get("text") or {}).get(language))
        ]
        if lines:
            row[f"key@{language}"] = "\n".join(lines)
    row["longest"] = str(body.get("longest", ""))


def _numeric(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    answers = body.get("answers", [])
    row["key"] = "|".join(_interval(str(one.get("low")), str(one.get("high"))) for one in answers)
    weights = [str(one.get("weight", FULL)) for one in answers]
    row["weights"] = "|".join(weights) if set(weights) != {FULL} else ""
    row["critical"] = spelling.joined(body.get("critical", []), spelling.BETWEEN + spelling.VARIANT)
    _explain_each(rows, answers)
    _units(rows, row, body)


def _interval(low: str, high: str) -> str:
    return low if low == high else f"{low}~{high}"


def _units(rows: Rows, row: Cells, body: Body) -> None:
    row["unit"] = str(body.get("unit") or "")
    row["units"] = "；".join(f"{spelling.escaped(name)}={factor}" for name, factor in (body.get("units") or {}).items())
    row["unit_required"] = labels.yes_or_no(True, rows.language) if body.get("unit_required") else ""


def _calculated(rows: Rows) -> None:
    body, row = rows.item.body, rows.first
    put(row, "stem", body.get("stem"))
    row["parameters"] = "；".join(map(_parameter, body.get("parameters", [])))
    for name in ("formula", "check", "tolerance", "cap", "decimals"):
        row[name] = str(body.get(name, ""))
    for name in ("constraints", "wrong", "strengths"):
        row[name] = spelling.joined(body.get(name, []), spelling.BETWEEN + spelling.VARIANT)
    _units(rows, row, body)


def _parameter(one: Mapping[str, Any]) -> str:
    if "values" in one:
        return f"{one.get('name')}={'|'.join(map(str, one['values']))}"
    return f"{one.get('name')}={one.get('from')}~{one.get('to')}/{one.get('step')}"


WRITERS: dict[str, Callable[[Rows], None]] = {
    **dict.fromkeys(("A1", "A2", "X", "choice"), _choosing),
    **dict.fromkeys(("A3", "A4", "case"), _one_case),
    **dict.fromkeys(("B1", "matching"), _shared_options),
    "judgement": _judgement,
    "ordering": _ordering,
    "blanks": _blanks,
    "short": _short,
    "essay": _essay,
    "numeric": _numeric,
    "calculated": _calculated,
}
