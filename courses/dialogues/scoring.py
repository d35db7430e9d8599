"""What a conversation is worth, and whether a dialogue can be passed without listening. Pure.

- The points of a path are the sum of its replies' points over all dimensions.
- The best path is the one of most points that holds no serious harm; it is found backwards over the graph, which has
  no loops. Percent is points of the path / points of the best path, cut (not rounded) to two places, never below 0.
- A serious harm keeps the score below the pass mark, whatever the points. A minor one costs what its points say.
- The better reply at a turn is the one from which most can still be reached, the reply's own points included.
- Nobody passes by a habit: always taking the first, the last, the longest or the shortest reply, as written, must
  fail. Where replies are equally long, every way of choosing among them must fail.
- Replies are shown in an order drawn from the attempt's seed. Seeds with which "always the first shown" or "always the
  last shown" would pass are not given out (`fair_seed`); seed 0 is the order as written, proven at publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from courses.dialogues.graph import DIMENSIONS, LANGUAGES, Dialogue, Harm, Reply, Turn, backwards, reachable

Allowed = Callable[[str, Turn], Sequence[int]]
AS_WRITTEN = 0
SEED_BITS = 31
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Score:
    """What a path came to; `by_dimension` holds (points, points of the best path) of each dimension."""

    points: int
    best: int
    percent: Decimal
    passed: bool
    serious: bool
    by_dimension: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Habit:
    """A way of choosing without listening that passes: `first`, `last`, `longest` or `shortest`, and its score."""

    name: str
    language: str | None
    percent: Decimal


def _every(_name: str, turn: Turn) -> Sequence[int]:
    return range(len(turn.replies))


def _most(dialogue: Dialogue, allowed: Allowed = _every, *, pick: Callable[..., Any] = max) -> dict[str, int | None]:
    """For each turn the most points reachable from it by allowed replies without serious harm; None where none is.

    `pick=min` finds the fewest instead.
    """
    most: dict[str, int | None] = {}
    for name in backwards(dialogue.links):
        turn = dialogue.turns[name]
        values = [_value(turn.replies[index], most) for index in allowed(name, turn)]
        most[name] = pick((one for one in values if one is not None), default=None)
    return most


def _value(reply: Reply, most: Mapping[str, int | None]) -> int | None:
    """The points of a reply with the most that can follow it; None for a serious harm and what leads only to one."""
    if reply.harm is Harm.SERIOUS:
        return None
    if reply.next is None:
        return reply.total
    after = most[reply.next]
    return None if after is None else reply.total + after


def best_points(dialogue: Dialogue) -> int | None:
    """The points of the best path; None when every path holds a serious harm."""
    return _most(dialogue)[dialogue.start]


def best_replies(dialogue: Dialogue) -> dict[str, tuple[int, ...]]:
    """For each turn the replies from which most can be reached; nothing where only serious harm is left."""
    most = _most(dialogue)
    return {
        name: tuple(
            index
            for index, reply in enumerate(turn.replies)
            if most[name] is not None and _value(reply, most) == most[name]
        )
        for name, turn in dialogue.turns.items()
    }


def best_path(dialogue: Dialogue) -> list[tuple[str, int]]:
    """One best path, the first written where several are equal."""
    best = best_replies(dialogue)
    path: list[tuple[str, int]] = []
    name: str | None = dialogue.start
    while name is not None and best[name]:
        path.append((name, best[name][0]))
        name = dialogue.turns[name].replies[best[name][0]].next
    return path


def percent_of(points: int, best: int) -> Decimal:
    """The share of the best path in percent, cut to two places."""
    return Decimal(0) if best <= 0 else max(Decimal(0), (Decimal(100 * points) / best).quantize(HUNDREDTH, ROUND_DOWN))


def score(dialogue: Dialogue, path: Sequence[tuple[str, int]]) -> Score:
    """The score of a path from the start to an ending."""
    replies = [dialogue.turns[name].replies[choice] for name, choice in path]
    best = best_points(dialogue) or 0
    points = sum(reply.total for reply in replies)
    percent = percent_of(points, best)
    serious = any(reply.harm is Harm.SERIOUS for reply in replies)
    if serious:
        percent = min(percent, Decimal(dialogue.pass_percent - 1))
    model = [dialogue.turns[name].replies[choice] for name, choice in best_path(dialogue)]
    return Score(
        points=points,
        best=best,
        percent=percent,
        passed=best > 0 and percent >= dialogue.pass_percent,
        serious=serious,
        by_dimension={one: (_in_dimension(replies, one), _in_dimension(model, one)) for one in DIMENSIONS},
    )


def _in_dimension(replies: Sequence[Reply], dimension: str) -> int:
    return sum(reply.points.get(dimension, 0) for reply in replies)


def _ends(last: bool) -> Allowed:
    return lambda _name, turn: [len(turn.replies) - 1 if last else 0]


def _by_length(language: str, pick: Callable[..., int]) -> Allowed:
    def allowed(_name: str, turn: Turn) -> Sequence[int]:
        lengths = [len(reply.says[language]) for reply in turn.replies]
        return [index for index, length in enumerate(lengths) if length == pick(lengths)]

    return allowed


def habits(dialogue: Dialogue) -> list[Habit]:
    """Every habit, with the most percent it can come to; 0 where it always ends in a serious harm."""
    ways: list[tuple[str, str | None, Allowed]] = [("first", None, _ends(False)), ("last", None, _ends(True))]
    for language in LANGUAGES:
        ways += [("longest", language, _by_length(language, max)), ("shortest", language, _by_length(language, min))]
    best = best_points(dialogue) or 0
    return [
        Habit(name, language, percent_of(_most(dialogue, allowed)[dialogue.start] or 0, best))
        for name, language, allowed in ways
    ]


def passing_habits(dialogue: Dialogue) -> list[Habit]:
    """The habits with which somebody would pass."""
    return [one for one in habits(dialogue) if one.percent >= dialogue.pass_percent]


def tells_apart(dialogue: Dialogue) -> bool:
    """Whether two reasonable paths (without any harm) score differently, with a reason given where they part.

    They part at a turn with two harmless replies of different worth whose feedback differs in both languages.
    """
    fewest, most = (_most(dialogue, _harmless, pick=pick) for pick in (min, max))
    links = {name: [] if most[name] is None else _harmless_links(turn) for name, turn in dialogue.turns.items()}
    for name in reachable(links, dialogue.start):
        turn = dialogue.turns[name]
        values = [
            (turn.replies[index].why, value)
            for index in _harmless(name, turn)
            for bound in (fewest, most)
            if (value := _value(turn.replies[index], bound)) is not None
        ]
        if any(_reasons_differ(a, b) for a, one in values for b, other in values if one != other):
            return True
    return False


def _harmless(_name: str, turn: Turn) -> Sequence[int]:
    return [index for index, reply in enumerate(turn.replies) if reply.harm is Harm.NONE]


def _harmless_links(turn: Turn) -> list[str]:
    return [reply.next for reply in turn.replies if reply.harm is Harm.NONE and reply.next is not None]


def _reasons_differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(one[language] != other[language] for language in LANGUAGES)


def order(name: str, turn: Turn, seed: int) -> list[int]:
    """The replies of a turn in the order in which an attempt with this seed shows them."""
    places = list(range(len(turn.replies)))
    if seed != AS_WRITTEN:
        Random(f"{seed}:{name}").shuffle(places)  # noqa: S311 - an order, not a secret
    return places


def is_fair(dialogue: Dialogue, seed: int) -> bool:
    """Whether neither the first nor the last reply shown, all the way, passes with this seed."""
    best = best_points(dialogue) or 0
    for place in (0, -1):
        reached = _most(dialogue, lambda name, turn, place=place: [order(name, turn, seed)[place]])[dialogue.start]  # type: ignore[misc]
        if percent_of(reached or 0, best) >= dialogue.pass_percent:
            return False
    return True


def fair_seed(dialogue: Dialogue, chance: Random, tries: int = 50) -> int:
    """A seed with which neither the first nor the last reply shown passes; after `tries` the order as written."""
    for _try in range(tries):
        seed = chance.getrandbits(SEED_BITS)
        if seed != AS_WRITTEN and is_fair(dialogue, seed):
            return seed
    return AS_WRITTEN
