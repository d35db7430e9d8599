"""A conversation as pages show it: what was said, the present turn, and the path reviewed with the better replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from courses.dialogues import graph, labels, scoring
from courses.dialogues.graph import Dialogue, Reply, Turn, Words

Path = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Said:
    """One turn that was answered: who said what, and the reply given."""

    number: int
    speaker: str
    turn: Turn
    reply: Reply


@dataclass(frozen=True)
class Option:
    """A reply to choose from; `place` is its place in the file."""

    place: int
    says: Words


@dataclass(frozen=True)
class Present:
    """The turn to be answered now: its name and step number, and the replies in the order shown."""

    name: str
    number: int
    speaker: str
    turn: Turn
    options: list[Option]


@dataclass(frozen=True)
class Reviewed:
    """One turn of the path with what the reply did, and the replies that would have been better, if any."""

    said: Said
    step: str | None
    harm: str | None
    harm_tone: str
    is_best: bool
    better: list[tuple[Words, str | None, Words]]


def said_so_far(dialogue: Dialogue, path: Path) -> list[Said]:
    """Every turn of a path with its reply."""
    return [
        Said(number, _speaker(turn), turn, turn.replies[choice])
        for number, (turn, choice) in enumerate(((dialogue.turns[name], choice) for name, choice in path), start=1)
    ]


def present_turn(dialogue: Dialogue, path: Path, seed: int) -> Present | None:
    """The turn a path has come to, or None at an ending."""
    name, _ending = graph.after_path(dialogue, path)
    if name is None:
        return None
    turn = dialogue.turns[name]
    options = [Option(place, turn.replies[place].says) for place in scoring.order(name, turn, seed)]
    return Present(name, len(path) + 1, _speaker(turn), turn, options)


def reviewed(dialogue: Dialogue, path: Path) -> list[Reviewed]:
    """The path turn by turn, with the better replies at each."""
    best = scoring.best_replies(dialogue)
    return [
        _reviewed(said, choice, best[name])
        for said, (name, choice) in zip(said_so_far(dialogue, path), path, strict=True)
    ]


def _reviewed(said: Said, choice: int, best: Sequence[int]) -> Reviewed:
    better = [] if choice in best else [said.turn.replies[one] for one in best]
    harm = labels.HARMS.get(said.reply.harm.value)
    return Reviewed(
        said=said,
        step=_step(said.reply),
        harm=str(harm) if harm else None,
        harm_tone="bad" if said.reply.harm is graph.Harm.SERIOUS else "warn",
        is_best=choice in best,
        better=[(one.says, _step(one), one.why) for one in better],
    )


def dimensions(score: scoring.Score) -> list[tuple[str, int, int]]:
    """What each dimension came to: name, points, points of the best path; only those that count."""
    return [
        (str(labels.DIMENSIONS[name]), max(0, points), best)
        for name, (points, best) in score.by_dimension.items()
        if best > 0
    ]


def ending_of(dialogue: Dialogue, path: Path) -> Words | None:
    """The words with which a path ends."""
    _name, ending = graph.after_path(dialogue, path)
    return None if ending is None else dialogue.endings[ending]


def review(dialogue: Dialogue, path: Path) -> dict[str, Any]:
    """What the page of a finished conversation shows."""
    score = scoring.score(dialogue, path)
    return {
        "score": score,
        "ending": ending_of(dialogue, path),
        "dimensions": dimensions(score),
        "turns": reviewed(dialogue, path),
    }


def _speaker(turn: Turn) -> str:
    return str(labels.SPEAKERS[turn.speaker])


def _step(reply: Reply) -> str | None:
    return None if reply.step is None else str(labels.STEPS[reply.step])
