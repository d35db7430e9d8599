"""Marking an attempt: one function of its answers and of the rulings in force. Pure.

A ruling is about an item version in one quiz, or about the pass mark of the quiz; of several about the same the last
one holds. Each attempt is marked from its answers, never from points that were rounded before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from question_bank import grading, item_types
from question_bank.marking import rules as rubrics


class Ruled(StrEnum):
    """What a ruling says.

    `KEY`: the item is marked by what another version of it says, or by its own again. `FULL`: everybody gets its full
    points. `DROPPED`: it counts for nobody, and its points leave the total. `PASS_MARK`: another one passes.
    """

    KEY = "key"
    FULL = "full"
    DROPPED = "dropped"
    PASS_MARK = "pass_mark"  # noqa: S105 - a mark that passes


@dataclass(frozen=True)
class Decision:
    """A ruling as marking sees it.

    `body` is what a `KEY` marks by. A `PASS_MARK` holds for versions of the quiz up to `quiz_version`; `pass_percent`
    None goes back to what each of them says.
    """

    kind: Ruled
    quiz_version: int
    item_version_id: int | None = None
    body: Mapping[str, Any] | None = None
    pass_percent: int | None = None


@dataclass(frozen=True)
class Rulings:
    """The rulings on a quiz that are in force, in the order in which they were decided."""

    decisions: Sequence[Decision] = ()

    def on(self, item_version_id: int) -> Decision | None:
        """What holds for an item version, if anything was decided."""
        return next((one for one in reversed(self.decisions) if one.item_version_id == item_version_id), None)

    def pass_percent(self, quiz_version: int, own: int) -> int:
        """The pass mark of a version of the quiz that says `own` itself."""
        for one in reversed(self.decisions):
            if one.kind is Ruled.PASS_MARK and quiz_version <= one.quiz_version:
                return own if one.pass_percent is None else one.pass_percent
        return own


@dataclass(frozen=True)
class Answered:
    """An item of an attempt with its answer; `policy` is its section's.

    `given` and `critical` are of the mark that counts, where people marked it.
    """

    position: int
    type: str
    item_version_id: int
    points: int
    draw: Sequence[str]
    answer: Sequence[str]
    body: Mapping[str, Any]
    given: Mapping[str, int | Fraction] | None = None
    critical: bool = False
    policy: str = ""


@dataclass(frozen=True)
class Earned:
    """What one position came to; `earned` is None where the item counts for nobody."""

    earned: Decimal | None
    critical: bool


@dataclass(frozen=True)
class Result:
    """What an attempt came to, by position; `points` is the total that was to be had."""

    items: Mapping[int, Earned]
    percent: Decimal
    passed: bool
    points: int


def mark(answers: Sequence[Answered], pass_percent: int, rulings: Rulings, critical_limit: int | None = None) -> Result:
    """Mark an attempt of the answers given, under the rules of its version of the quiz and the rulings.

    With `critical_limit` safety-critical errors or more, as they are after the rulings, nobody passes.
    """
    shares = {one.position: _share(one, rulings.on(one.item_version_id)) for one in answers}
    counting = [one for one in answers if shares[one.position][0] is not None]
    score = grading.score(
        [(one.points, shares[one.position][0] or Fraction(0)) for one in counting],
        pass_percent,
        critical_errors=sum(critical for _share, critical in shares.values()),
        critical_limit=critical_limit,
    )
    earned: dict[int, Decimal] = dict(zip([one.position for one in counting], score.earned, strict=True))
    return Result(
        items={place: Earned(earned.get(place), critical) for place, (_share, critical) in shares.items()},
        percent=score.percent,
        passed=score.passed,
        points=sum(one.points for one in counting),
    )


def _share(one: Answered, ruled: Decision | None) -> tuple[Fraction | None, bool]:
    """The fraction of its points (None: it does not count), and whether the answer is a safety-critical error.

    An item that was ruled out, or given to everybody, holds no error against anybody.
    """
    if ruled is not None and ruled.kind is Ruled.DROPPED:
        return None, False
    if ruled is not None and ruled.kind is Ruled.FULL:
        return Fraction(1), False
    if one.given is not None:
        return rubrics.fraction(one.body["rubric"], one.given), one.critical
    body = one.body if ruled is None or ruled.body is None else ruled.body
    kind = item_types.get(one.type)
    found = kind.mark(body, one.draw, list(one.answer))
    return grading.fraction(kind, found, one.policy), found.critical


class Misfit(StrEnum):
    """Why answers to one version cannot be marked by another."""

    BY_HAND = "by_hand"
    FAULTY = "faulty"
    OPTIONS = "options"
    PARTS = "parts"
    PARAMETERS = "parameters"
    BACK = "back"
    DRAW = "draw"


def misfit(
    type_name: str, body: Mapping[str, Any], other: Mapping[str, Any], draws: Iterable[Sequence[str]] = ()
) -> Misfit | None:
    """What keeps answers to `body` from being marked by `other`, or None: the draws must still have a right answer."""
    kind = item_types.get(type_name)
    if kind.by_hand:
        return Misfit.BY_HAND
    if kind.validate(other):
        return Misfit.FAULTY
    for why, ids in ((Misfit.PARTS, _parts), (Misfit.OPTIONS, _options), (Misfit.PARAMETERS, _parameters)):
        if ids(body) != ids(other):
            return why
    if body.get("back", True) != other.get("back", True):
        return Misfit.BACK
    return next((Misfit.DRAW for draw in draws if not kind.key(other, draw)), None)


def _ids(body: Mapping[str, Any], *names: str) -> Collection[str]:
    """The ids of the rows below those names, in no order."""
    return sorted(f"{name}:{one['id']}" for name in names for one in body.get(name) or () if "id" in one)


def _options(body: Mapping[str, Any]) -> object:
    return [_ids(body, "options", "regions"), [_ids(part, "options") for part in body.get("parts") or ()]]


def _parts(body: Mapping[str, Any]) -> object:
    return [[one["id"] for one in body.get("parts") or ()], _ids(body, "blanks")]


def _parameters(body: Mapping[str, Any]) -> object:
    return sorted(one["name"] for one in body.get("parameters") or ())
