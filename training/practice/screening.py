"""Whether a text of the logbook could tell who a patient is. Pure: a text in, findings with their places out.

What is certainly an identifier is refused; what only may be one (王某某, Mr Li, a long number) has to be confirmed by
whoever wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Surnames that hardly ever begin another word after 患者 (患者高热 and 患者黄疸 name nobody).
RARELY_WORDS = "王李张刘陈杨赵周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董曹袁邓许傅沈曾彭吕苏卢蒋"
RARELY_WORDS += "蔡贾魏薛叶潘杜姚谭廖邹郝邱秦侯孟尹黎乔贺赖龚"
SURNAME = f"[{RARELY_WORDS}]"
ANY_SURNAME = f"[{RARELY_WORDS}黄高何马于萧程丁阎余戴夏钟汪田任姜范方石熊金陆孔白崔康毛江史顾邵龙万段雷钱汤易常武文]"
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
UNIT = r"(?! ?(?:mg|ml|µg|ug|mcg|h|min|%|次|毫|微|片|小时|分|天|日|周|个|滴|岁|年))"
COUNTED = "[0-9一二三四五六七八九十]"


@dataclass(frozen=True)
class Pattern:
    """What one kind of identifier looks like; `certain` ones are refused."""

    word: str
    certain: bool
    regex: re.Pattern[str]


def _pattern(word: str, certain: bool, text: str) -> Pattern:
    return Pattern(word, certain, re.compile(text, re.IGNORECASE))


PATTERNS = (
    _pattern("identity", True, r"(?<![0-9])(?:[0-9][ -]?){17}[0-9X](?![0-9A-Z])"),
    _pattern("identity", True, r"(?<![0-9])(?:[0-9][ -]?){14}[0-9](?![0-9])"),
    _pattern("mobile", True, r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"),
    _pattern("bed", True, rf"{COUNTED}{{1,3}} ?号?床(?![单垫褥被])"),
    _pattern("bed", True, rf"(?<![卧起离临下上])床[号位]? ?[:是为]? ?[0-9]{{1,4}}(?![0-9]){UNIT}"),
    _pattern("bed", True, r"\bbed ?(?:no\.?|number|#)? ?[0-9]{1,4}\b"),
    _pattern("record", True, r"(?:住院号|病案号|病历号|门诊号|登记号|\bMRN) ?[:是为]? ?[0-9A-Z-]{3,}"),
    _pattern("date", True, r"(?<![0-9])[0-9]{4} ?[-/.年] ?[0-9]{1,2} ?[-/.月] ?[0-9]{1,2}(?![0-9])"),
    _pattern("date", True, r"(?<![0-9])[0-9]{1,2} ?月 ?[0-9]{1,2} ?[日号]"),
    _pattern("date", True, r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十廿]{1,3}[日号]"),
    _pattern("date", True, rf"\b{MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?\b(?!:){UNIT}"),
    _pattern("date", True, rf"\b[0-9]{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}\b"),
    _pattern("name", True, rf"姓名 ?[:是为]? ?{ANY_SURNAME}"),
    _pattern("surname", False, rf"{ANY_SURNAME}(?:某某?|[×*○〇]{{1,2}})"),
    _pattern("surname", False, rf"{ANY_SURNAME}(?:先生|女士|大爷|大娘|大妈|阿姨|奶奶|爷爷|老太太)"),
    _pattern("surname", False, rf"(?:患者|病人|名叫) ?{SURNAME}[\u3400-\u9fff]{{1,2}}"),
    _pattern("surname", False, r"\b(?:Mr|Mrs|Ms|Miss)\b\.? [A-Z]"),
    _pattern("number", False, r"(?<![0-9.])[0-9]{6,}(?![0-9.])"),
    _pattern("day", False, rf"(?<![0-9./-])(?:1[0-2]|0?[1-9])[-/](?:3[01]|[12][0-9]|0[1-9])(?![0-9./-]){UNIT}"),
)


@dataclass(frozen=True)
class Finding:
    """What was found where: a word of `PATTERNS`, the text itself, and from which character to which."""

    word: str
    certain: bool
    text: str
    start: int
    end: int


def findings(text: str) -> list[Finding]:
    """What may tell who a patient is, in the order of the text; a certain finding hides the doubtful ones on it."""
    plain = "".join(_narrow(one) for one in text)
    found: list[Finding] = []
    for pattern in PATTERNS:
        for match in pattern.regex.finditer(plain):
            start, end = match.span()
            if not any(one.start < end and start < one.end for one in found):
                found.append(Finding(pattern.word, pattern.certain, text[start:end], start, end))
    return sorted(found, key=lambda one: one.start)


def _narrow(character: str) -> str:
    """The character as it is compared: full-width digits, letters and colons like plain ones; one stays one."""
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 else character
