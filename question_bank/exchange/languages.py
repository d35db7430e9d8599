"""Which language a file speaks, and Moodle's two ways of writing a text in several languages at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from question_bank.item_types import LANGUAGES

SAMPLE = 200_000
_TAG = re.compile(r"<[^<>]{0,300}>")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_SPAN = re.compile(r"<(?:span|lang)\b([^<>]{0,300})>", re.IGNORECASE)
_SPAN_END = re.compile(r"</(?:span|lang)>", re.IGNORECASE)
_SPAN_LANGUAGE = re.compile(r"""\blang=["']?([A-Za-z_-]{1,20})""")
_MLANG = re.compile(r"\{mlang(?:\s+([A-Za-z_, -]{1,60}))?\}")


def prevailing(text: str) -> str:
    """`zh` where Chinese characters are at least as many as western words, else `en`; tags do not count."""
    sample = _TAG.sub(" ", text[:SAMPLE])
    return "zh" if (chinese := len(_CJK.findall(sample))) and chinese >= len(_WORD.findall(sample)) else "en"


@dataclass(frozen=True)
class _Piece:
    """A stretch of text; `languages` is empty where every reader sees it."""

    text: str
    languages: frozenset[str] = frozenset()


def pick(text: str, language: str) -> str:
    """What a reader of that language sees of a text; of a run that lacks it, its first language."""
    if "mlang" not in text and "multilang" not in text:
        return text
    pieces = _pieces(text)
    shown, place = [], 0
    while place < len(pieces):
        end = place
        while end < len(pieces) and (pieces[end].languages or (end > place and not pieces[end].text.strip())):
            end += 1
        run = [one for one in pieces[place:end] if one.languages]
        if not run:
            shown.append(pieces[place].text)
            place += 1
            continue
        own = [one for one in run if language in one.languages] or [one for one in run if "other" in one.languages]
        shown.extend(one.text for one in own or run[:1])
        place = end
    return "".join(shown)


def _pieces(text: str) -> list[_Piece]:
    if "{mlang" in text:
        return _curly_pieces(text)
    return _span_pieces(text) if "multilang" in text else [_Piece(text)]


def _curly_pieces(text: str) -> list[_Piece]:
    pieces, place = [], 0
    languages: frozenset[str] = frozenset()
    for mark in _MLANG.finditer(text):
        pieces.append(_Piece(text[place : mark.start()], languages))
        languages, place = _names(mark[1] or ""), mark.end()
    pieces.append(_Piece(text[place:], languages))
    return [one for one in pieces if one.text]


def _span_pieces(text: str) -> list[_Piece]:
    pieces, place = [], 0
    while (mark := _SPAN.search(text, place)) is not None:
        found = _SPAN_LANGUAGE.search(mark[1]) if "multilang" in mark[1] else None
        if found is None:
            pieces.append(_Piece(text[place : mark.end()]))
            place = mark.end()
            continue
        end = _SPAN_END.search(text, mark.end())
        if end is None:
            break
        pieces.append(_Piece(text[place : mark.start()]))
        pieces.append(_Piece(text[mark.end() : end.start()], _names(found[1])))
        place = end.end()
    pieces.append(_Piece(text[place:]))
    return [one for one in pieces if one.text]


def _names(written: str) -> frozenset[str]:
    """`zh_cn, en_us` as `{"zh", "en"}`."""
    names = (one.strip().lower().replace("_", "-").split("-")[0] for one in written.split(","))
    return frozenset(one for one in names if one)


def spoken(text: str, language: str) -> tuple[str, ...]:
    """The languages in which a text is to be kept: those it is marked up for, else the file's."""
    if "mlang" not in text and "multilang" not in text:
        return (language,)
    marked = frozenset().union(*(one.languages for one in _pieces(text)))
    return tuple(one for one in LANGUAGES if one in marked) or (language,)
