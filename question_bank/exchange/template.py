"""Anning's own workbook for instructors: a sheet a type with one example, lists to choose from, and notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from flask_babel import gettext as _

from question_bank import vocabulary
from question_bank.exchange import labels, sheet_writer, spelling
from question_bank.exchange.parsed import Exported
from question_bank.exchange.rows import Cells, rows_of
from question_bank.item_types import LANGUAGES
from question_bank.item_types.about import LEVELS
from training.core.i18n import in_both
from training.core.workbooks import Column, SheetOut, write_xlsx

EXAMPLE = {"zh": "示例", "en": "Example"}
ALWAYS = (
    "code",
    "type",
    "category",
    "difficulty",
    "stem",
    "key",
    "explanation",
    "critical",
    "tags",
    "module",
    "competency",
    "level",
    "source",
    "review_by",
)
ONE_OPTION = frozenset({"single", "A3A4", "B1", "matching"})
NOTES_WIDTH = 100


def notes() -> list[Callable[[], str]]:
    """What to know before filling it in, a sentence each."""
    return [
        lambda: _("One sheet for each type; what is not needed may be deleted. Rows coded “Example” are not imported."),
        lambda: _("Options stand in a column each; the answer is letters, such as B or ACD."),
        lambda: _("Judgements are answered true or false."),
        lambda: _("Questions of one case, or with the same options, have the same group number."),
        lambda: _("The case or the shared options need stand only in the first row of their group."),
        lambda: _("Blanks are written ____ in the stem; their answers are parted by semicolons."),
        lambda: _("Answers that are also right are added behind a stroke: 10|ten."),
        lambda: _("Numbers may be a range (9.5~10.5) or have a tolerance (0.5 or 5%); the unit has its own column."),
        lambda: _("The answer of an essay is its rubric: each point on a line, with what it earns."),
        lambda: _("Safety-critical answers would harm a patient: their letters, or yes for every wrong one."),
        lambda: _(
            "Module, competency and level have lists to choose from; modules and competencies may be words of your own."
        ),
        lambda: _("For texts in the other language add columns such as Stem (Chinese) beside the others."),
        lambda: _("Nothing is written into the bank before you have seen what was understood and confirmed it."),
    ]


def write(language: str = "zh") -> bytes:
    """The template as XLSX, its heads and examples in one language, its notes in both."""
    sheets = [_sheet(kind, types, language) for kind, types in labels.SHEETS.items() if kind != "open"]
    titles = in_both(lambda: _("Notes"))
    rows = [list(in_both(one)) for one in notes()]
    heads = [Column(title, NOTES_WIDTH) for title in titles]
    return write_xlsx([*sheets, SheetOut(titles[LANGUAGES.index(language)], heads, rows)])


def _sheet(kind: str, types: Sequence[str], language: str) -> SheetOut:
    rows = [row for item in examples() if item["type"] in types for row in _example(item, language)]
    columns = sheet_writer.used(rows, ALWAYS, language)
    heads = sheet_writer.heads(columns, language)
    cells = [sheet_writer.cells(row, columns) for row in rows]
    lists = {columns.index(name): offered for name, offered in _lists(kind, types, language).items()}
    return SheetOut(labels.sheet_title(kind, language), heads, cells, lists=lists)


def examples() -> list[dict[str, Any]]:
    """The items of the examples: type, category and body in both languages."""
    text = files("question_bank.exchange").joinpath("template_items.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def _example(item: dict[str, Any], language: str) -> list[Cells]:
    about = item["body"].get("about", {})
    named = {name: vocabulary.names_in(language, name)[about[name]] for name in vocabulary.KINDS if name in about}
    body = {**item["body"], "about": {**about, **named}}
    exported = Exported(EXAMPLE[language], item["type"], body, (item["category"][language],))
    rows, _written = rows_of(exported, language, EXAMPLE[language])
    return [
        {name.removesuffix(f"@{language}"): text for name, text in row.items() if _is_shown(name, text, language)}
        for row in rows
    ]


@cache
def example_stems() -> frozenset[str]:
    """The stems of the examples in either language, as the template has them."""
    rows = [row for language in LANGUAGES for item in examples() for row in _example(item, language)]
    return frozenset(spelling.plain(row.get("stem", "")) for row in rows)


def _is_shown(name: str, text: str, language: str) -> bool:
    _name, _at, of = name.partition("@")
    return bool(text) and of in ("", language)


def _lists(kind: str, types: Sequence[str], language: str) -> dict[str, list[str]]:
    """What may be chosen from in the columns of type, difficulty, what an item is about, and answer."""
    found = {
        "type": [labels.type_label(one, language) for one in types],
        "difficulty": ["1", "2", "3", "4", "5"],
        **{name: list(vocabulary.names_in(language, name).values()) for name in vocabulary.KINDS},
        "level": [labels.word("level", one, language) for one in LEVELS],
    }
    if kind in ONE_OPTION:
        found["key"] = list("ABCDE")
    if kind == "judgement":
        found["key"] = [labels.word("truth", one, "zh") if language == "zh" else one for one in ("true", "false")]
    return found
