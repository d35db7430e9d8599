"""Essays (论述题), marked by a person along a rubric. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from question_bank.item_types import about, texts
from question_bank.item_types.protocol import Body, Fault, Mark, Shown, ShownPart
from question_bank.item_types.written import tidy_text

MOST_CRITERIA, MOST_POINTS = 20, 100
SHORTEST, LONGEST, USUAL = 50, 20_000, 2_000


class Essay:
    """A text in own words; its draw is the length it may have, so that saving needs no body."""

    name = "essay"
    entry = "essay"
    staged = False
    policy = "all_or_nothing"
    by_hand = True

    def validate(self, body: Body) -> list[Fault]:
        """Stem, rubric, length, explanation, and what stands beside them."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        longest = body.get("longest", USUAL)
        sound = type(longest) is int and SHORTEST <= longest <= LONGEST
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *self._rubric_faults(texts.rows(body.get("rubric")), languages),
            *([] if sound else [Fault("longest_range", "longest")]),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *about.critical_faults(body, ()),
        ]

    def _rubric_faults(self, rubric: Sequence[Body], languages: Sequence[str]) -> Iterator[Fault]:
        if not rubric:
            yield Fault("no_rubric", "rubric")
        if len(rubric) > MOST_CRITERIA:
            yield Fault("too_many_rows", "rubric", figure=MOST_CRITERIA)
        yield from texts.id_faults(rubric, "rubric")
        for number, one in enumerate(rubric, start=1):
            for fault in texts.faults(one.get("text"), "rubric", languages):
                yield Fault(fault.code, "rubric", str(number), fault.language, fault.figure)
            points = one.get("points")
            if type(points) is not int or not 1 <= points <= MOST_POINTS:
                yield Fault("points_range", "rubric", str(number))

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The length that an answer may have."""
        longest = body.get("longest", USUAL)
        return [str(longest if type(longest) is int else USUAL)]

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part with a text to be written."""
        return Shown(body.get("stem") or {}, [ShownPart(longest=_longest(draw))], body.get("explanation") or {})

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """Without space around it; an empty text is no answer."""
        return [text for text in map(tidy_text, answer) if text]

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """One text of the drawn length, or none, which takes back what was written."""
        if len(answer) > 1:
            return "too_many"
        return "too_long" if any(len(one) > _longest(draw) for one in answer) else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """Nothing, until a person has marked it."""
        return Mark()

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """None: the rubric says what is right."""
        return []


def _longest(draw: Sequence[str]) -> int:
    return min(int(draw[0]), LONGEST) if draw and draw[0].isdecimal() else LONGEST
