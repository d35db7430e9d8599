"""The registry of activity kinds: what the ground floor must know of each, told by the package that owns it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Missing:
    """Why an activity is not fulfilled yet, and what comes next: a word of its kind, figures, an activity to open."""

    word: str
    figures: Mapping[str, int] = field(default_factory=dict)
    next_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What the ledger says of one activity and one person. Pure data, oldest line first.

    `parts` are the ids the pinned version consists of (lessons of a course), `done` those of them that are fulfilled;
    `outcomes` and `scores` (percent, None where there is none) are the activity's own lines; `figures` is what the
    kind itself counts of the person (hours signed).
    """

    activity_id: int
    version: int
    parts: tuple[int, ...] = ()
    done: frozenset[int] = frozenset()
    outcomes: tuple[str, ...] = ()
    scores: tuple[float | None, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ActivityKind:
    """A kind such as `courses:course`.

    `measure` is the ledger measure that fulfils it (`completed`, `passed`); a kind with `parts` is fulfilled by them
    and its own line is written by `training.progress`; `hours` are the class hours of each part in a version. A kind
    whose activities are parts tells by `wholes` of which activities they are, in any version of these. `endpoint` opens
    it for a trainee with `activity_id`. `figures` reads, for a person and pairs of activity and version, what the kind
    counts in append-only tables of its own; every change of them comes with a line in the ledger. `explain` is pure;
    `words` turn its `Missing.word` and figures into a sentence in the present language.
    """

    name: str
    label: Any
    measure: str
    endpoint: str | None = None
    parts: Callable[[Sequence[tuple[int, int]]], Mapping[tuple[int, int], tuple[int, ...]]] | None = None
    hours: Callable[[Sequence[tuple[int, int]]], Mapping[tuple[int, int], Mapping[int, Decimal]]] | None = None
    wholes: Callable[[Sequence[int]], Collection[int]] | None = None
    figures: Callable[[int, Sequence[tuple[int, int]]], Mapping[tuple[int, int], Mapping[str, int]]] | None = None
    explain: Callable[[Facts], Missing] = lambda _facts: Missing("not_done")
    words: Mapping[str, Callable[[Mapping[str, int]], str]] = field(default_factory=dict)


_kinds: dict[str, ActivityKind] = {}


def register(kind: ActivityKind) -> None:
    """Make a kind known; called once by the package that owns it."""
    _kinds[kind.name] = kind


def get(name: str) -> ActivityKind:
    """The kind of that name."""
    return _kinds[name]


def names() -> list[str]:
    """The names of every kind known."""
    return sorted(_kinds)
