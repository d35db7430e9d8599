"""Texts of items as Moodle shows them: HTML in one language or both, with pictures as embedded files."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from question_bank.item_types import LANGUAGES

Text = Mapping[str, str]
BOTH = "both"
PICTURE = re.compile(r"!\[([^\[\]\n]{1,80})\]")


def in_language(text: Text, language: str) -> str:
    """One language of a text, the other where it is missing; of `both` the first."""
    order = (language, *LANGUAGES) if language in LANGUAGES else LANGUAGES
    return next((text[one] for one in order if text.get(one)), "")


def languages_of(text: Text) -> tuple[str, ...]:
    """The languages in which a text is filled in."""
    return tuple(one for one in LANGUAGES if text.get(one))


def to_html(text: Text, language: str, alts: Mapping[str, Text]) -> str:
    """A text as HTML; `alts` holds the pictures that may be shown, by name, with their words.

    In both languages it stands in spans that Moodle's multi-language filter tells apart.
    """
    spoken = languages_of(text)
    if language == BOTH and len(spoken) == 2 and text["zh"] != text["en"]:
        return "".join(f'<span lang="{one}" class="multilang">{_lines(text[one], one, alts)}</span>' for one in spoken)
    return _lines(in_language(text, language), language, alts)


def pictures_in(text: Text, language: str) -> list[str]:
    """The names of the pictures that a text shows."""
    shown = "\n".join(text.values()) if language == BOTH else in_language(text, language)
    return list(dict.fromkeys(PICTURE.findall(shown)))


def joined(*texts: Text) -> dict[str, str]:
    """Texts below each other; one that a language lacks is taken from the other."""
    spoken = [one for one in LANGUAGES if any(text.get(one) for text in texts)]
    return {one: "\n\n".join(found for found in (in_language(text, one) for text in texts) if found) for one in spoken}


def _lines(text: str, language: str, alts: Mapping[str, Text]) -> str:
    """Line ends as `<br>`, except around a picture, which stands on a line of its own in any case."""
    lines = text.split("\n")
    pieces = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        if number and not _is_picture(before, alts) and (not before or not _is_picture(line, alts)):
            pieces.append("<br>")
        pieces.append(_picture(line, language, alts) if _is_picture(line, alts) else _escaped(line))
    return "".join(pieces)


def _is_picture(line: str, alts: Mapping[str, Text]) -> bool:
    found = PICTURE.fullmatch(line)
    return found is not None and found[1] in alts


def _picture(line: str, language: str, alts: Mapping[str, Text]) -> str:
    name = line[2:-1]
    alt = html.escape(in_language(alts[name], language))
    return f'<img src="@@PLUGINFILE@@/{quote(name)}" alt="{alt}">'


def _escaped(line: str) -> str:
    """Escaped; spaces that HTML would drop are kept."""
    escaped = html.escape(line, quote=False).replace("\t", "    ")
    return re.sub(r"^ +| (?= )", lambda found: "&nbsp;" * len(found[0]), escaped)


def without_pictures(text: Text, names: Sequence[str]) -> dict[str, str]:
    """A text without the marks of its pictures, for a format that holds none."""
    return {
        language: PICTURE.sub(lambda found: "" if found[1] in names else found[0], words).strip()
        for language, words in text.items()
    }
