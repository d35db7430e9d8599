"""A dialogue as a typed graph, and what can be wrong with its shape. Pure: plain values in and out.

A dialogue is turns. In a turn somebody says something and the learner chooses one of two to five replies; each reply
leads to another turn or to an ending. The graph has no loops, so every conversation ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

Words = Mapping[str, str]  # {"zh": …, "en": …}
Links = Mapping[str, Sequence[str]]  # for each turn the turns its replies lead to

LANGUAGES = ("zh", "en")
SPEAKERS = ("patient", "spouse", "son", "daughter", "parent", "relative", "friend", "nurse", "physician", "clinician")
FRAMEWORKS = {
    "SPIKES": ("setting", "perception", "invitation", "knowledge", "emotion", "strategy"),
    "NURSE": ("name", "understand", "respect", "support", "explore"),
    "Ask-Tell-Ask": ("ask", "tell", "ask-back"),
}
DIMENSIONS = ("listening", "honesty", "emotion", "plan")
FEWEST_REPLIES, MOST_REPLIES = 2, 5
MOST_TURNS = 200


class Harm(StrEnum):
    """What a reply may do to the person opposite; a serious harm cannot be made good by the rest."""

    NONE = "none"
    MINOR = "minor"
    SERIOUS = "serious"


@dataclass(frozen=True)
class Reply:
    """Something the learner may say. Exactly one of `next` (a turn) and `ending` is set.

    `step` is of the dialogue's framework, or None for a reply that follows none. `why` is shown in the review.
    """

    says: Words
    step: str | None
    points: Mapping[str, int]
    why: Words
    next: str | None = None
    ending: str | None = None
    harm: Harm = Harm.NONE
    harm_reason: Words | None = None

    @property
    def total(self) -> int:
        """The points of all dimensions together."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Turn:
    """What is said to the learner, by whom, with what feeling, and the replies as written.

    `equal` says why several replies are equally good here; needed only where they are.
    """

    speaker: str
    says: Words
    replies: tuple[Reply, ...]
    feeling: Words | None = None
    equal: Words | None = None


@dataclass(frozen=True)
class Dialogue:
    """A whole dialogue; `turns` and `endings` by name, in the order of the file."""

    title: Words
    setting: Words
    aim: Words
    framework: str
    pass_percent: int
    minutes: int
    start: str
    turns: Mapping[str, Turn]
    endings: Mapping[str, Words]
    class_hours: str = "0"
    note: Words | None = None

    @property
    def hours(self) -> Decimal:
        """The class hours it counts for."""
        return Decimal(self.class_hours)

    @property
    def links(self) -> dict[str, list[str]]:
        """For each turn the turns its replies lead to."""
        return {
            name: [reply.next for reply in turn.replies if reply.next is not None] for name, turn in self.turns.items()
        }

    def plain(self) -> dict[str, Any]:
        """The dialogue as JSON holds it. `order` keeps the turns' order, which JSONB does not."""
        return {**asdict(self), "order": list(self.turns)}


def from_plain(body: Mapping[str, Any]) -> Dialogue:
    """The dialogue that `Dialogue.plain` wrote."""
    values = dict(body)
    names = values.pop("order")
    turns = {name: _turn(values["turns"][name]) for name in names}
    return Dialogue(**{**values, "turns": turns})


def _turn(body: Mapping[str, Any]) -> Turn:
    replies = tuple(Reply(**{**one, "harm": Harm(one["harm"])}) for one in body["replies"])
    return Turn(**{**body, "replies": replies})


def reachable(links: Links, start: str) -> set[str]:
    """The turns that a conversation can come to."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in links and name not in found:
            found.add(name)
            waiting.extend(links[name])
    return found


def backwards(links: Links) -> list[str]:
    """The turns of a graph without loops, every turn after all those it leads to; turns of a loop are left out."""
    left = {name: set(after) & set(links) for name, after in links.items()}
    order: list[str] = []
    while ready := [name for name, after in left.items() if not after]:
        order.extend(ready)
        for name in ready:
            del left[name]
        for after in left.values():
            after.difference_update(ready)
    return order


def loops(links: Links) -> list[list[str]]:
    """Loops, each as the turns in it in order; every loop of the graph shares a turn with one of them."""
    found = []
    left = {name: list(after) for name, after in links.items()}
    while circle := _circle(left):
        found.append(circle)
        for name in circle:
            del left[name]
    return found


def _circle(links: Links) -> list[str]:
    """One loop, or nothing."""
    ending = set(backwards(links))
    inside = {name: [one for one in after if one in links and one not in ending] for name, after in links.items()}
    path = [name for name in links if name not in ending][:1]
    while path:
        following = inside[path[-1]][0]
        if following in path:
            return path[path.index(following) :]
        path.append(following)
    return []


def path_turns(dialogue: Dialogue, choices: Iterable[int]) -> list[tuple[str, int]]:
    """The turns on a path with the reply chosen at each; stops at the first choice that is none, and at an ending."""
    path: list[tuple[str, int]] = []
    name: str | None = dialogue.start
    for choice in choices:
        if name is None or not 0 <= choice < len(dialogue.turns[name].replies):
            break
        path.append((name, choice))
        name = dialogue.turns[name].replies[choice].next
    return path


def after_path(dialogue: Dialogue, path: Sequence[tuple[str, int]]) -> tuple[str | None, str | None]:
    """Where a path has come to: (the present turn, None), or (None, the ending)."""
    if not path:
        return dialogue.start, None
    name, choice = path[-1]
    reply = dialogue.turns[name].replies[choice]
    return reply.next, reply.ending
