"""Whether a text of the interface is in the page's language, judged by the catalogues of the packages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("training", "courses", "question_bank", "certificates")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
ENGLISH = re.compile(r"\b[A-Za-z]{2,}(?:[\s,]+[A-Za-z]{2,}){2,}")
PRODUCT = ("Anning 安宁", "安宁 Anning", "Anning", "安宁")


def messages() -> list[tuple[str, str]]:
    """Every message with its Chinese, plural forms one by one."""
    return _messages(tuple(path.stat().st_mtime for path in _catalogues()))


def _catalogues() -> list[Path]:
    paths = (ROOT / package / "translations/zh/LC_MESSAGES/messages.po" for package in PACKAGES)
    return [path for path in paths if path.exists()]


@cache
def _messages(_stamp: tuple[float, ...]) -> list[tuple[str, str]]:
    pairs = []
    for path in _catalogues():
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh")
        for message in catalogue:
            ids = message.id if isinstance(message.id, list | tuple) else [message.id]
            strings = message.string if isinstance(message.string, list | tuple) else [message.string]
            pairs += [(one, str(strings[0] or "")) for one in ids if one]
    return pairs


@cache
def _patterns(_stamp: int) -> tuple[dict[str, str], list[tuple[re.Pattern[str], int]]]:
    """The Chinese of messages without placeholders, and the others as patterns with their weights."""
    plain: dict[str, str] = {}
    filled = []
    for english, chinese in messages():
        if PLACEHOLDER.search(english):
            filled.append((pattern_of(english), _weight(english)))
        else:
            plain[_single(english)] = chinese
    return plain, filled


def pattern_of(message: str) -> re.Pattern[str]:
    """What a message looks like once its placeholders are filled."""
    parts = PLACEHOLDER.split(_single(message).replace("%%", "%"))[::2]
    return re.compile("(.*?)".join(re.escape(part) for part in parts), re.DOTALL)


def _single(text: str) -> str:
    return " ".join(text.split())


def _weight(message: str) -> int:
    return len(re.findall(r"[A-Za-z]", PLACEHOLDER.sub("", message)))


@cache
def fault_of(text: str, language: str) -> str | None:
    """What is wrong with a text of the interface on a page of that language; None when nothing is."""
    text = _single(text)
    for name in PRODUCT:
        text = text.replace(name, "")
    text = text.strip(" ·")
    if not text:
        return None
    return _chinese_in(text) if language == "en" else _english_in(text)


def _chinese_in(text: str, depth: int = 0) -> str | None:
    if not CHINESE.search(text):
        return None
    _plain, filled = _patterns(len(messages()))
    for pattern, weight in filled:
        found = pattern.fullmatch(text)
        if found and (weight >= 3 or (depth < 2 and not any(_chinese_in(v, depth + 1) for v in found.groups()))):
            return None
    return f"Chinese on an English page: {text[:80]!r}"


def _english_in(text: str) -> str | None:
    plain, filled = _patterns(len(messages()))
    chinese = plain.get(text)
    untranslated = chinese is not None and chinese != text
    if untranslated or any(weight >= 8 and pattern.fullmatch(text) for pattern, weight in filled):
        return f"untranslated on a Chinese page: {text[:80]!r}"
    if CHINESE.search(text):
        return None
    if ENGLISH.search(text):
        return f"English on a Chinese page: {text[:80]!r}"
    return None
