"""Texts of a body in both languages, and what can be wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from question_bank.item_types.protocol import LANGUAGES, Body, Fault

LONGEST = {"stem": 2000, "text": 500, "explanation": 1000, "release": 1000, "label": 100, "source": 200}


def text_of(value: object, language: str) -> str:
    """One language of a text, without space around it; empty where it is missing or malformed."""
    text = value.get(language) if isinstance(value, dict) else None
    return text.strip() if isinstance(text, str) else ""


def spoken(*values: object) -> tuple[str, ...]:
    """The languages in which any text of a body (or of those parts of one) is filled in; Chinese where none is."""
    found = {language for value in values for language in _filled(value)}
    return tuple(one for one in LANGUAGES if one in found) or LANGUAGES[:1]


def _filled(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if value.keys() <= set(LANGUAGES):
            yield from (language for language in LANGUAGES if text_of(value, language))
        else:
            yield from (language for inner in value.values() for language in _filled(inner))
    elif isinstance(value, list):
        yield from (language for inner in value for language in _filled(inner))


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
    given = any(text_of(value, language) for language in LANGUAGES)
    yield from faults(value, part, languages if given else (), option=option, of=of)


def source_faults(body: Body) -> Iterator[Fault]:
    """A source is one text for both languages, and may be empty."""
    source = body.get("source", "")
    if not isinstance(source, str) or len(source) > LONGEST["source"]:
        yield Fault("too_long", "source", figure=LONGEST["source"])
