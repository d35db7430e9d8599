"""The heads, type names and sheets of Anning's own workbook: the first words of `words.json` in a language. Pure."""

from __future__ import annotations

from question_bank.exchange.columns import LETTERS, words

# Of the columns; options stand before the key, their explanations before the weights.
ORDER = (
    "code", "type", "group", "part", "category", "difficulty", "shared_stem", "release", "stem", "key",
    "explanation", "shared_explanation", "weights", "case", "parameters", "constraints", "formula", "check",
    "wrong", "tolerance", "decimals", "unit", "units", "unit_required", "cap", "strengths", "back", "longest",
    "critical", "points", "knowledge", "tags", "module", "competency", "level", "source", "review_by",
)  # fmt: skip
SHEETS = {  # by the kind that names them: the types that stand there
    "single": ("A1", "A2"),
    "several": ("X",),
    "judgement": ("judgement",),
    "A3A4": ("A3", "A4"),
    "B1": ("B1",),
    "case": ("case",),
    "blanks": ("blanks",),
    "short": ("short",),
    "essay": ("essay",),
    "numeric": ("numeric",),
    "calculated": ("calculated",),
    "matching": ("matching",),
    "ordering": ("ordering",),
    "open": ("choice",),
}
SUFFIX = {"zh": {"zh": "（中文）", "en": "（英文）"}, "en": {"zh": " (Chinese)", "en": " (English)"}}
OPTION = {"zh": "选项%s", "en": "Option %s"}
WHY = {"zh": "选项%s解析", "en": "Explanation of %s"}
YES_AND_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


def word(kind: str, name: str, language: str) -> str:
    """The first word of a language for what is meant, as `columns.said` reads it; empty for none."""
    return next((one for one in words(kind).get(name, ()) if one.isascii() == (language == "en")), "")


def order() -> list[str]:
    """Every field in the order of the columns."""
    options = {"key": [f"option_{one}" for one in LETTERS], "weights": [f"option_{one}_why" for one in LETTERS]}
    return [one for name in ORDER for one in (*options.get(name, ()), name)]


def label(name: str, language: str) -> str:
    """The head of a column that holds a field (`stem@en`: in English)."""
    plain, _at, of = name.partition("@")
    suffix = SUFFIX[language].get(of, "")
    if plain.startswith("option_"):
        form = WHY if plain.endswith("_why") else OPTION
        return form[language] % plain.removeprefix("option_")[:1].upper() + suffix
    return _capital(word("columns", plain, language)) + suffix


def type_label(type_name: str, language: str, *, multiple: bool = False) -> str:
    """What a type is called in its column."""
    kind = ("choice_many" if multiple else "choice_one") if type_name == "choice" else type_name
    return _capital(word("types", kind, language))


def sheet_title(kind: str, language: str) -> str:
    """What a sheet is called."""
    return _capital(word("types", kind, language))


def yes_or_no(value: object, language: str) -> str:
    """A yes or no."""
    return YES_AND_NO[language][0 if value else 1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
