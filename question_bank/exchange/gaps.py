"""Gaps in stems (____, （　）, [[1]]) and options that stand in one text. Pure."""

from __future__ import annotations

import re

MARK = re.compile(r"\[\[([^\[\]\s]{1,20})\]\]")
_LINE = re.compile(r"_{2,}|＿+|﹍+|…{2,}_+")
_BRACKETS = re.compile(r"（[\s　_＿]*）|\([\s　_＿]*\)|【[\s　_＿]*】")
_EITHER = re.compile(f"{_LINE.pattern}|{_BRACKETS.pattern}")
SHOWN = "____"
_STRICT = re.compile(r"(?:(?<=^)|(?<=[\s;；]))[（(]?([A-L])\s*[.．、:：)）]\s*", re.MULTILINE)
_LOOSE = re.compile(r"(?<![A-Za-z])[（(]?([A-L])\s*[.．、:：)）]\s*")
_INLINE = re.compile(r"[（(]\s*([A-La-l]{1,12}|[A-La-l](?:\s*[、,，]\s*[A-La-l])+|[√×✓✗对错])\s*[)）]")


def has_gap(stem: str) -> bool:
    """Whether there is something to fill in."""
    return bool(MARK.search(stem) or _EITHER.search(stem))


def marked(stem: str, wanted: int = 0) -> tuple[str, list[str]]:
    """A stem with `[[1]]`, `[[2]]` … for its gaps, and their ids.

    Where it holds both lines and empty brackets, those are gaps of which there are as many as `wanted`.
    """
    if found := MARK.findall(stem):
        return stem, list(dict.fromkeys(found))
    forms = (_EITHER, _LINE, _BRACKETS)
    form = next((one for one in forms if wanted and len(one.findall(stem)) == wanted), _EITHER)
    ids: list[str] = []

    def number(_found: re.Match[str]) -> str:
        ids.append(str(len(ids) + 1))
        return f"[[{ids[-1]}]]"

    return form.sub(number, stem), ids


def shown(stem: str) -> str:
    """A stem with lines for its gaps where they would be found again as the same; else it stays as it is."""
    lined = MARK.sub(SHOWN, stem)
    return lined if marked(lined)[0] == stem else stem


def options(text: str) -> tuple[str, dict[str, str]]:
    """A text that ends in options (`A. … B. …`): what stands before them, and the options by lower-case letter."""
    for form in (_STRICT, _LOOSE):
        found = _sequence(form, text)
        if len(found) > 1:
            ends = [*(one.start() for one in found[1:]), len(text)]
            parts = {
                one[1].lower(): text[one.end() : end].strip().rstrip(";；")
                for one, end in zip(found, ends, strict=True)
            }
            return text[: found[0].start()].strip(), parts
    return text.strip(), {}


def _sequence(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The marks A, B, C … in their order: the longest run that begins at an A."""
    best: list[re.Match[str]] = []
    run: list[re.Match[str]] = []
    for one in form.finditer(text):
        if one[1] == "A":
            best, run = max(best, run, key=len), [one]
        elif run and ord(one[1]) == ord(run[-1][1]) + 1:
            run.append(one)
    return max(best, run, key=len)


def inline_answer(stem: str) -> tuple[str, str]:
    """A stem whose brackets hold the answer （B）, emptied, and the answer; none where that is not so."""
    found = list(_INLINE.finditer(stem))
    if len(found) != 1:
        return stem, ""
    return f"{stem[: found[0].start()]}（　）{stem[found[0].end() :]}", found[0][1]
