"""Blanks and short answers: texts held against what the author accepts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from question_bank.item_types import about, patterns, sets, texts, weighted
from question_bank.item_types.protocol import Body, Fault, Mark, Shown, ShownPart

BLANK = re.compile(r"\[\[([0-9A-Za-z]{1,20})\]\]")
MOST_ACCEPTED = 30
FULL = Fraction(1)


def accepted_of(row: Body) -> list[tuple[str, Fraction]]:
    """What an author accepts, in order, each with its share."""
    found = []
    for one in texts.rows(row.get("accepted")):
        text, share = one.get("text"), weighted.weight_of(one.get("weight", "100"))
        if isinstance(text, str) and text.strip() and share is not None:
            found.append((text, share))
    return found


def judged(row: Body, answer: str, critical: Sequence[str]) -> Mark:
    """The first accepted text that an answer fits decides what it earns."""
    if not answer.strip():
        return Mark()
    case = row.get("case") is True
    bad = any(patterns.matches(one, answer, case=case) for one in critical)
    for text, share in accepted_of(row):
        if patterns.matches(text, answer, case=case):
            if share == FULL:
                return Mark(hits=1, critical=bad)
            return Mark(wrong=int(share <= 0), written=share, critical=bad)
    return Mark(wrong=1, critical=bad)


def right_answer(row: Body) -> str | None:
    """An answer that earns everything; None where no answer can."""
    for text, share in accepted_of(row):
        one = tidy_text(patterns.example(text))
        if share == FULL and judged(row, one, ()).right:
            return one
    return None


def accepted_faults(row: Body, languages: Sequence[str], blank: str | None = None) -> Iterator[Fault]:
    """No text accepted, too many, one that is empty or too long, weights that fail, none that earns everything."""
    listed = texts.rows(row.get("accepted"))
    if not listed:
        yield Fault("no_answers", "blanks" if blank else "accepted", blank)
    if len(listed) > MOST_ACCEPTED:
        yield Fault("too_many_answers", "blanks" if blank else "accepted", blank, figure=MOST_ACCEPTED)
    sound = True
    for number, one in enumerate(listed, start=1):
        part, place = ("blanks", blank) if blank else ("accepted", str(number))
        for fault in _one_faults(one, languages):
            sound = False
            yield Fault(fault.code, part, place, fault.language, fault.figure)
    if sound and listed and right_answer(row) is None:
        yield Fault("accepted_full", "blanks" if blank else "accepted", blank)


def _one_faults(one: Body, languages: Sequence[str]) -> Iterator[Fault]:
    text = one.get("text")
    if not isinstance(text, str) or not text.strip():
        yield Fault("missing", "accepted")
    elif len(text) > patterns.LONGEST_PATTERN:
        yield Fault("too_long", "accepted", figure=patterns.LONGEST_PATTERN)
    yield from weighted.weight_faults(one.get("weight", "100"))
    yield from texts.optional_faults(one.get("explanation"), "explanation", languages)


def tidy_text(text: str) -> str:
    """A typed text with its line ends made one, and without what no database keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


class Short:
    """One text (简答), with variants and stars; what is critical is written as accepted texts are."""

    name = "short"
    entry = "texts"
    staged = False
    policy = "all_or_nothing"
    by_hand = False

    def validate(self, body: Body) -> list[Fault]:
        """Stem, accepted texts, explanation, and what stands beside them."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *accepted_faults(body, languages),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *_critical_faults(body, [(body, one, one) for one in texts.strings(body.get("critical"))]),
        ]

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Nothing is drawn."""
        return []

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part with a text to be written."""
        part = ShownPart(accepted=_accepted_words(body))
        return Shown(body.get("stem") or {}, [part], body.get("explanation") or {})

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """Without space around it; an empty text is no answer."""
        return [text for text in map(tidy_text, answer) if text]

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """One text of bounded length, or none, which takes back what was written."""
        if len(answer) > 1:
            return "too_many"
        return "too_long" if any(len(one) > patterns.LONGEST_ANSWER for one in answer) else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """The text against those accepted."""
        body = texts.mapping(body)
        return judged(body, "".join(texts.strings(answer)[:1]), texts.strings(body.get("critical")))

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """A text that earns everything."""
        right = right_answer(texts.mapping(body))
        return [] if right is None else [right]


class Blanks:
    """Blanks (填空) in a stem, each with texts that are accepted in it."""

    name = "blanks"
    entry = "texts"
    staged = False
    policy = "all_or_nothing"
    by_hand = False

    def validate(self, body: Body) -> list[Fault]:
        """Stem with its blanks, what each accepts, explanation, and what stands beside them."""
        body = texts.mapping(body)
        blanks = texts.rows(body.get("blanks"))
        languages = texts.spoken(body)
        named = {texts.id_of(one): one for one in blanks}
        split = [(one, *one.partition(":")[::2]) for one in texts.strings(body.get("critical"))]
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *texts.id_faults(blanks, "blanks"),
            *(fault for language in languages for fault in _stem_faults(body, list(named), language)),
            *(fault for one in blanks for fault in accepted_faults(one, languages, texts.id_of(one) or "?")),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *_critical_faults(body, [(named.get(blank), one, text) for one, blank, text in split]),
        ]

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The blanks."""
        return [texts.id_of(one) for one in texts.rows(body.get("blanks"))]

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """A part for each blank; the stem keeps `[[1]]` where it belongs."""
        blanks = texts.rows(body.get("blanks"))
        parts = [ShownPart(id=texts.id_of(one), accepted=_accepted_words(one)) for one in blanks]
        return Shown(body.get("stem") or {}, parts, body.get("explanation") or {})

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """Without space around the texts, sorted; an empty text is no answer."""
        parted = [one.partition(":") for one in answer]
        return sorted(f"{name.strip()}{colon}{tidy_text(text)}" for name, colon, text in parted if tidy_text(text))

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """One text of bounded length in any of the blanks; what is left out is taken back."""
        given = sets.by_part(answer)
        if not given.keys() <= set(draw) or sum(map(len, given.values())) < len(answer):
            return "unknown"
        if any(len(one) > 1 for one in given.values()):
            return "too_many"
        return "too_long" if any(len(one[0]) > patterns.LONGEST_ANSWER for one in given.values()) else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """A mark for each blank, and their sums."""
        body = texts.mapping(body)
        given = sets.by_part(texts.strings(answer))
        critical = sets.by_part(texts.strings(body.get("critical")))
        marks = []
        for blank in texts.rows(body.get("blanks")):
            name = texts.id_of(blank)
            marks.append(judged(blank, "".join(given.get(name, [])[:1]), critical.get(name, [])))
        return sets.total(marks)

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """A text that earns everything in each blank, sorted."""
        found = {texts.id_of(one): right_answer(one) for one in texts.rows(body.get("blanks"))}
        return sorted(f"{name}:{text}" for name, text in found.items() if text is not None)


def _stem_faults(body: Body, named: Sequence[str], language: str) -> Iterator[Fault]:
    found = BLANK.findall(texts.text_of(body.get("stem"), language))
    if not found and not named:
        yield Fault("no_blanks", "stem", language=language)
    for name in dict.fromkeys(found):
        if name not in named:
            yield Fault("blank_unknown", "stem", language=language, figure=name)
        if found.count(name) > 1:
            yield Fault("blank_twice", "stem", language=language, figure=name)
    for name in named:
        if name not in found:
            yield Fault("blank_missing", "stem", language=language, figure=name)


def _accepted_words(row: Body) -> list[str]:
    return [text for text, share in accepted_of(row) if share == FULL]


def _critical_faults(body: Body, listed: Sequence[tuple[Body | None, str, str]]) -> Iterator[Fault]:
    """Critical texts (as written, and without their blank) that belong nowhere, or that catch what is right."""
    if not isinstance(body.get("critical", []), list):
        yield Fault("malformed", "critical")
    for row, whole, text in listed:
        right = right_answer(row) if row is not None else None
        if row is None or not text.strip() or len(text) > patterns.LONGEST_PATTERN:
            yield Fault("critical_unknown", "critical", figure=whole)
        elif right is not None and patterns.matches(text, right, case=row.get("case") is True):
            yield Fault("critical_right", "critical", figure=whole)
