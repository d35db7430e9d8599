"""What every body may have beside the item itself: source, pictures, what it is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from question_bank.item_types import texts
from question_bank.item_types.protocol import LANGUAGES, Body, Fault

LEVELS = ("remember", "understand", "apply")
LONGEST_KEY = 40
MOST_PICTURES = 8
PLACED = re.compile(r"^!\[([^\]\n]{1,80})\]$", re.MULTILINE)
HASH = re.compile(r"[0-9a-f]{64}")


def faults(body: Body) -> Iterator[Fault]:
    """What is wrong with the source, the pictures and the notes on an item."""
    source = body.get("source", "")
    if not isinstance(source, str) or len(source) > texts.LONGEST["source"]:
        yield Fault("too_long", "source", figure=texts.LONGEST["source"])
    yield from _picture_faults(body)
    about = body.get("about", {})
    if not isinstance(about, dict):
        yield Fault("malformed", "about")
    else:
        yield from _about_faults(about)


def pictures_of(body: Body) -> list[str]:
    """The names of an item's pictures."""
    return [str(one.get("name", "")) for one in texts.rows(body.get("pictures"))]


def files_of(body: Body) -> dict[str, str]:
    """The hashes of an item's pictures by name; those without a file are left out."""
    rows = [(str(one.get("name", "")), str(one.get("file", ""))) for one in texts.rows(body.get("pictures"))]
    return {name: sha256 for name, sha256 in rows if HASH.fullmatch(sha256)}


def placed_in(value: object) -> Iterator[str]:
    """The names of the pictures that any text of a body shows, in order."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "![" in one:
                yield from PLACED.findall(one)
        elif isinstance(one, dict):
            waiting += reversed(one.values())
        elif isinstance(one, list | tuple):
            waiting += reversed(one)


def _picture_faults(body: Body) -> Iterator[Fault]:
    names = pictures_of(body)
    for number, picture in enumerate(texts.rows(body.get("pictures"))):
        name = names[number]
        if not PLACED.match(f"![{name}]"):
            yield Fault("malformed", "pictures", figure=number + 1)
        elif name in names[:number]:
            yield Fault("same_id", "pictures", figure=name)
        if not HASH.fullmatch(str(picture.get("file", ""))):
            yield Fault("no_file", "pictures", name)
        yield from texts.faults(picture.get("alt"), "alt", (), option=name)
    yield from _placing_faults(body, names)


def _placing_faults(body: Body, names: Collection[str]) -> Iterator[Fault]:
    """Too many pictures, and texts that show what is no picture of the item."""
    if len(names) > MOST_PICTURES:
        yield Fault("too_many_rows", "pictures", figure=MOST_PICTURES)
    in_stem = set()
    for language in LANGUAGES:
        for name in PLACED.findall(texts.text_of(body.get("stem"), language)):
            in_stem.add(name)
            if name not in names:
                yield Fault("picture_unknown", "stem", language=language, figure=name)
    for name in dict.fromkeys(placed_in(body)):
        if name not in names and name not in in_stem:
            yield Fault("picture_unknown", "pictures", figure=name)


def _about_faults(about: Body) -> Iterator[Fault]:
    for name in ("module", "competency"):
        value = about.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_KEY:
            yield Fault("too_long", name, figure=LONGEST_KEY)
    if about.get("level") not in (None, "", *LEVELS):
        yield Fault("level_unknown", "level")
    difficulty = about.get("difficulty")
    if difficulty is not None and (type(difficulty) is not int or not 1 <= difficulty <= 5):
        yield Fault("difficulty_range", "difficulty")
    if about.get("review_by") not in (None, "") and review_day(about) is None:
        yield Fault("not_a_day", "review_by")


def review_day(about: Body) -> date | None:
    """The day by which an item must be looked at again; None where none is written, or no day."""
    try:
        return date.fromisoformat(about.get("review_by", ""))
    except (TypeError, ValueError):
        return None


def critical_faults(body: Body, known: Collection[str], right: Collection[str] = ()) -> Iterator[Fault]:
    """A safety-critical answer must be one that can be given, and none that is right."""
    critical = body.get("critical", [])
    if not isinstance(critical, list):
        yield Fault("malformed", "critical")
    for one in texts.strings(critical):
        if one not in known:
            yield Fault("critical_unknown", "critical", figure=one)
        elif one in right:
            yield Fault("critical_right", "critical", figure=one)
