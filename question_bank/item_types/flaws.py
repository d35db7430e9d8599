"""Warnings about known flaws in the writing of items. Pure.

The rules are those of Haladyna, Downing and Rodriguez, "A review of multiple-choice item-writing guidelines for
classroom assessment", Applied Measurement in Education 15 (2002) 309–333, as far as a program can tell: they are
hints, and the author decides. Added are what this bank wants of every item: source, review date, both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from question_bank.item_types import about, choice, numbers, sets, texts
from question_bank.item_types.protocol import LANGUAGES, Body, Fault

OF_ABOVE = {
    "zh": re.compile(r"(以上|上述|前述).{0,4}(都|均|皆|全)|^(都|均|皆)(不?是|不?对|非|正确|错误)"),
    "en": re.compile(r"\b(all|none|both|neither) of (the above|these|them|those|the others)\b", re.IGNORECASE),
}
NEGATIVE = {
    "zh": re.compile(
        r"不(?:正确|恰当|适当|适宜|合适|妥|宜|应|该|属于|包括|包含|是|符合|需要|必|可|能|会|存在|支持|推荐|主张|准确|对|合理|建议|考虑)"
        r"|错误|除外|除了|有误|欠妥"
    ),
    "en": re.compile(r"\b(not|except|incorrect|false|wrong|never|(?<!at )least)\b", re.IGNORECASE),
}
ABSOLUTE = {
    "zh": re.compile(r"总是|从不|从来|绝不|绝对|一定|永远|完全|所有|任何"),
    "en": re.compile(r"\b(always|never|completely|absolutely)\b", re.IGNORECASE),
}
SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?:\s|$)")
QUOTED = re.compile(r"【[^】]*】|「[^」]*」|“[^”]*”|\"[^\"]*\"|\*\*[^*]+\*\*")
WORD = re.compile(r"[A-Za-z]{5,}")
COMMON = frozenset(
    ["about", "after", "again", "before", "could", "every", "other", "patient", "patients", "should", "their", "there"]
    + ["these", "those", "under", "where", "which", "while", "without", "would"]
)
HAN = re.compile(r"[\u4e00-\u9fff]{3,}")
PARTICLE = re.compile(r"[的了是在和与及或者患]")
ELEMENTS = re.compile(r"[、，,；;]|和|及|与|\band\b")
SPAN = re.compile(r"(.*?)([0-9.]+)\s*(?:[-–~～至到]|to)\s*([0-9.]+)(.*)", re.DOTALL)
LONGER, LONGER_BY = Fraction(5, 4), 4  # than the longest other option, by a quarter and by some letters
MOST_OPTIONS = 12  # of any type; more is a fault
NO_STEMS = ("judgement",)  # a statement may deny something; that is what is judged


@dataclass(frozen=True)
class _Question:
    """A stem with its options in one language, in an item or in a part of it."""

    of: str | None
    language: str
    stem: str
    options: dict[str, str]
    key: frozenset[str]

    @property
    def others(self) -> dict[str, str]:
        return {name: text for name, text in self.options.items() if name not in self.key}

    def flaw(self, code: str, part: str, option: str | None = None, figure: str | None = None) -> Fault:
        return Fault(code, part, option, self.language, figure, self.of)


def find(type_name: str, body: Body) -> list[Fault]:
    """The flaws of an item of that type, each with its place; an item with faults may be asked as well."""
    body = texts.mapping(body)
    rules = [rule for rule in RULES if not (type_name in NO_STEMS and rule is _unmarked_negative)]
    questions = list(_questions(body))
    return [flaw for one in questions for rule in rules for flaw in rule(one)] + list(_beside(body))


def _questions(body: Body) -> Iterator[_Question]:
    for part in sets.parts_of(body) or [body]:
        options = (choice.options_of(part) or choice.options_of(body))[:MOST_OPTIONS]
        of = texts.id_of(part) if part is not body else None
        for language in LANGUAGES:
            written = {texts.id_of(one): texts.text_of(one.get("text"), language) for one in options}
            stem = texts.text_of(part.get("stem"), language)
            filled = {name: text for name, text in written.items() if name and text}
            yield _Question(of, language, stem, filled, frozenset(choice.key_of(part)))


def _longest_is_key(question: _Question) -> Iterator[Fault]:
    """Keep the length of options about equal."""
    lengths = [len(text) for text in question.others.values()]
    if len(lengths) < 2 or len(question.key) != 1:
        return
    for name in question.key & question.options.keys():
        length = len(question.options[name])
        if length >= max(lengths) * LONGER and length >= max(lengths) + LONGER_BY:
            yield question.flaw("flaw_longest", "text", name)


def _of_above(question: _Question) -> Iterator[Fault]:
    """Avoid all-of-the-above; use none-of-the-above with care: neither can be shuffled."""
    for name, text in question.options.items():
        if OF_ABOVE[question.language].search(text):
            yield question.flaw("flaw_above", "text", name)


def _unmarked_negative(question: _Question) -> Iterator[Fault]:
    """Word the stem positively; if negative words are used, make them stand out."""
    sentences = [one for one in SENTENCE_END.split(QUOTED.sub("", question.stem)) if one.strip()]
    for found in NEGATIVE[question.language].finditer(sentences[-1] if sentences else ""):
        if not found[0].isupper():
            yield question.flaw("flaw_negative", "stem", figure=found[0])
            return


def _absolute_words(question: _Question) -> Iterator[Fault]:
    """Avoid specific determiners such as always and never, by which a wrong option is known."""
    found = ABSOLUTE[question.language]
    if any(found.search(text) for name, text in question.options.items() if name in question.key):
        return
    for name, text in question.others.items():
        word = found.search(text)
        if word:
            yield question.flaw("flaw_absolute", "text", name, word[0])


def _word_of_stem(question: _Question) -> Iterator[Fault]:
    """Avoid clang associations: a word of the stem that only the key repeats."""
    if len(question.key) != 1 or not question.others:
        return
    others = " ".join(question.others.values()).casefold()
    for name in question.key & question.options.keys():
        for word in _words(question.options[name]):
            if word in question.stem.casefold() and word not in others:
                yield question.flaw("flaw_clang", "text", name, word)
                break


def _words(text: str) -> Iterator[str]:
    yield from (one.casefold() for one in WORD.findall(text) if one.casefold() not in COMMON)
    for run in HAN.findall(text):
        pieces = (run[start : start + 3] for start in range(len(run) - 2))
        yield from (one for one in pieces if not PARTICLE.search(one))


def _numbers_in_order(question: _Question) -> Iterator[Fault]:
    """Place choices in logical or numerical order."""
    found = [numbers.split(text) for text in question.options.values()]
    values = [one[0] for one in found if one is not None]
    if len(values) < max(3, len(found)) or len({one[1] for one in found if one}) > 1:
        return
    if values not in (sorted(values), sorted(values, reverse=True)):
        yield question.flaw("flaw_order", "options")


def _overlapping(question: _Question) -> Iterator[Fault]:
    """Keep choices independent: ranges that share values, lists of which one holds another."""
    names = list(question.options)
    for place, name in enumerate(names):
        for earlier in names[:place]:
            one, other = question.options[name], question.options[earlier]
            if _share_values(one, other) or _holds(one, other) or _holds(other, one):
                yield question.flaw("flaw_overlap", "text", name, earlier)
                break


def _share_values(one: str, other: str) -> bool:
    if max(len(one), len(other)) > numbers.LONGEST:
        return False
    spans = [SPAN.fullmatch(numbers.fold(text)) for text in (one, other)]
    if not spans[0] or not spans[1] or (spans[0][1], spans[0][4]) != (spans[1][1], spans[1][4]):
        return False
    low, high = numbers.plain_number(spans[0][2]), numbers.plain_number(spans[0][3])
    least, most = numbers.plain_number(spans[1][2]), numbers.plain_number(spans[1][3])
    if low is None or high is None or least is None or most is None:
        return False
    return low <= most and least <= high


def _holds(one: str, other: str) -> bool:
    """Whether every element of the other list is one of the first, which has more."""
    more, fewer = ({part.strip() for part in ELEMENTS.split(text) if part.strip()} for text in (one, other))
    return bool(fewer) and fewer < more


def _beside(body: Body) -> Iterator[Fault]:
    parts = sets.parts_of(body)
    stems = [body.get("stem"), *(part.get("stem") for part in parts)]
    filled = [one for one in LANGUAGES if any(texts.text_of(stem, one) for stem in stems)]
    if len(filled) == 1:
        yield Fault("flaw_one_language", "stem", language=next(one for one in LANGUAGES if one not in filled))
    if not any(_is_filled(one.get("explanation")) for one in (body, *parts, *choice.options_of(body))):
        yield Fault("flaw_no_explanation", "explanation")
    source = body.get("source")
    if not isinstance(source, str) or not source.strip():
        yield Fault("flaw_no_source", "source")
    if about.review_day(texts.mapping(body.get("about"))) is None:
        yield Fault("flaw_no_review_day", "review_by")
    yield from _of_pictures(body)


def _of_pictures(body: Body) -> Iterator[Fault]:
    """Descriptions that are missing in a language, and pictures that nobody would see."""
    placed = {*about.placed_in(body), body.get("picture")}
    for picture in texts.rows(body.get("pictures")):
        name = str(picture.get("name", ""))
        for language in LANGUAGES:
            if not texts.text_of(picture.get("alt"), language):
                yield Fault("flaw_no_alt", "alt", name, language)
        if name not in placed:
            yield Fault("flaw_unplaced", "pictures", name, figure=name)


def _is_filled(text: object) -> bool:
    return any(texts.text_of(text, language) for language in LANGUAGES)


RULES: tuple[Callable[[_Question], Iterator[Fault]], ...] = (
    _unmarked_negative,
    _longest_is_key,
    _of_above,
    _absolute_words,
    _word_of_stem,
    _numbers_in_order,
    _overlapping,
)
CODES: Sequence[str] = (
    *("flaw_negative", "flaw_longest", "flaw_above", "flaw_absolute", "flaw_clang", "flaw_order", "flaw_overlap"),
    *("flaw_one_language", "flaw_no_explanation", "flaw_no_source", "flaw_no_review_day", "flaw_no_alt"),
    "flaw_unplaced",
)
