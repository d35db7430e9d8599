"""Texts of a body in both languages, and what can be wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from question_bank.item_types.protocol import FORWARD, LANGUAGES, Body, Fault

LONGEST = {
    "stem": 2000,
    "text": 500,
    "explanation": 1000,
    "release": 1000,
    "label": 100,
    "alt": 300,
    "rubric": 500,
    "source": 200,
}
ID_LONGEST = 20
HEADS = (FORWARD, "multiple")  # what may head a draw, and so names no option
ALL_LANGUAGES = frozenset(LANGUAGES)


def mapping(value: object) -> Body:
    """The value if it is an object of JSON, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[Body]:
    """The objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def strings(value: object) -> list[str]:
    """The strings of a list; empty for anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def id_of(row: Body) -> str:
    """The id of an option, part, blank or region; empty where it is missing or malformed."""
    name = row.get("id")
    return name if isinstance(name, str) else ""


def id_faults(listed: Sequence[Body], part: str, of: str | None = None) -> Iterator[Fault]:
    """Ids stand in draws and answers: short, of letters and digits, each once in its list."""
    seen: set[str] = set()
    for number, row in enumerate(listed, start=1):
        name = id_of(row)
        if not (name.isascii() and name.isalnum()) or len(name) > ID_LONGEST or name in HEADS:
            yield Fault("bad_id", part, figure=number, of=of)
        elif name in seen:
            yield Fault("same_id", part, figure=name, of=of)
        seen.add(name)


def text_of(value: object, language: str) -> str:
    """One language of a text, without space around it; empty where it is missing or malformed."""
    text = value.get(language) if isinstance(value, dict) else None
    return text.strip() if isinstance(text, str) else ""


def spoken(*values: object) -> tuple[str, ...]:
    """The languages in which any text of a body (or of those parts of one) is filled in; Chinese where none is."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if value.keys() <= ALL_LANGUAGES:
                found |= {language for language in value if language not in found and text_of(value, language)}
            else:
                waiting += value.values()
    return tuple(one for one in LANGUAGES if one in found) or LANGUAGES[:1]


def faults(
    value: object,
    part: str,
    languages: Sequence[str],
    *,
    kind: str = "",
    option: str | None = None,
    of: str | None = None,
) -> Iterator[Fault]:
    """What is wrong with a text that is required in those languages; in the others only too long a text is."""
    limit = LONGEST[kind or part]
    for language in LANGUAGES:
        text = text_of(value, language)
        if not text and language in languages:
            yield Fault("missing", part, option, language, of=of)
        elif len(text) > limit:
            yield Fault("too_long", part, option, language, limit, of)


def optional_faults(
    value: object, part: str, languages: Sequence[str], *, option: str | None = None, of: str | None = None
) -> Iterator[Fault]:
    """The same for a text that may be left out altogether."""
    if any(text_of(value, language) for language in LANGUAGES):
        yield from faults(value, part, languages, option=option, of=of)
