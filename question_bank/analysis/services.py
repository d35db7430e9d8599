"""Counting the figures of items anew; none of this commits.

A person counts once for what an item asks, with the first attempt, and not at all who wrote a version of it. All that
was handed in is read again, so that counting twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from question_bank import grading, item_types
from question_bank.analysis import queries
from question_bank.analysis.asking import asks
from question_bank.analysis.classical import Figures, Observation, analyse
from question_bank.analysis.models import ItemFigures
from question_bank.analysis.remarks import Remark, is_worth_a_look, remarks
from question_bank.item_types import Body, sets
from question_bank.models import Attempt, ItemVersion
from question_bank.regrading import queries as regrading
from training.core import clock
from training.core.db import batches, db, upsert

KEYS = ("item_id", "version")
COUNTED = (
    "asks",
    "shown",
    "answered",
    "observed",
    "difficulty",
    "discrimination",
    "worth_a_look",
    "details",
)
MOST_CHOSEN, MOST_WRITTEN = 150, 12
"""So many different answers are told of: of those chosen from a list all, of those written the most frequent."""
ITEMS_AT_ONCE = 50


def keep(rows: Sequence[dict[str, Any]]) -> None:
    """Write the figures that `differing` found."""
    for piece in batches(rows):
        db.session.execute(upsert(ItemFigures, piece, keys=KEYS, put=[*COUNTED, "counted_at"]))


def differing(item_ids: Collection[int]) -> list[dict[str, Any]]:
    """The rows of these items, counted now, that are not as they were last counted.

    Counting takes seconds where thousands have sat: it reads only, so that nobody waits who saves an answer.
    """
    before = queries.counted(item_ids)
    return [row for row in _rows(item_ids) if _differs(row, before.get((row["item_id"], row["version"])))]


def mark_counted(attempt_ids: Collection[int]) -> None:
    """Note that the figures know these attempts."""
    db.session.execute(update(Attempt).where(Attempt.id.in_(attempt_ids)).values(counted=True))


def _differs(row: dict[str, Any], known: ItemFigures | None) -> bool:
    return known is None or any(getattr(known, name) != row[name] for name in COUNTED)


def _rows(item_ids: Collection[int]) -> Iterator[dict[str, Any]]:
    answers: dict[int, list[Any]] = defaultdict(list)
    for row in queries.answers_to(item_ids):
        answers[row.item_id].append(row)
    versions: dict[int, list[ItemVersion]] = defaultdict(list)
    for one in queries.versions_of(item_ids):
        versions[one.item_id].append(one)
    held = regrading.keys_held({one.id for own in versions.values() for one in own})
    for item_id, own in versions.items():
        if answers[item_id]:
            yield from _rows_of(own, answers[item_id], held)


def _rows_of(
    versions: Sequence[ItemVersion], answers: Sequence[Any], held: Mapping[tuple[int, int], Body]
) -> Iterator[dict[str, Any]]:
    """The rows of one item, a row a version; versions that ask the same are counted together.

    `held` are bodies by quiz and id of a version whose answers are marked by them.
    """
    kind = item_types.get(answers[0].type)
    bodies = {one.version: one.body for one in versions}

    def marked_by(one: Any) -> Body:
        return held.get((one.quiz_id, one.item_version_id), bodies[one.version])

    writers = {one.author_id for one in versions}
    pools: dict[str, list[int]] = defaultdict(list)
    for number, body in bodies.items():
        pools[asks(body)].append(number)
    now = clock.now()
    for asked, together in pools.items():
        met = [one for one in answers if one.version in together]
        figures = _figures(kind, met, marked_by, writers)
        for number in together:
            own = [one for one in met if one.version == number]
            alone = figures if len(own) == len(met) else _figures(kind, own, marked_by, writers)
            yield {
                "item_id": versions[0].item_id,
                "version": number,
                "asks": asked,
                "shown": len(met),
                "answered": sum(1 for one in met if one.answer),
                "observed": figures.observed,
                "difficulty": figures.difficulty,
                "discrimination": figures.discrimination,
                "worth_a_look": is_worth_a_look(remarks_on(kind, bodies[number], figures)),
                "details": {**_details(figures), "versions": together, "alone": _alone(alone)},
                "counted_at": now,
            }


def _figures(
    kind: item_types.ItemType,
    answers: Sequence[Any],
    marked_by: Callable[[Any], Body],
    writers: Collection[int | None],
) -> Figures:
    most = MOST_WRITTEN if kind.entry == "texts" else MOST_CHOSEN
    return analyse(list(_observed(kind, answers, marked_by, writers)), most)


def _observed(
    kind: item_types.ItemType,
    answers: Iterable[Any],
    marked_by: Callable[[Any], Body],
    writers: Collection[int | None],
) -> Iterator[Observation]:
    """The first answer of each person that counts; none of who wrote the item, none that nobody marked.

    Of an essay its share counts alone: what somebody wrote is copied nowhere.
    """
    seen: set[int] = set()
    for one in answers:
        if one.share is None or one.number != 1 or one.person_id in seen or one.person_id in writers:
            continue
        seen.add(one.person_id)
        told = () if kind.by_hand else one.answer or ()
        chosen = [value for value in told if not value.endswith(f":{sets.CLOSED}")]
        rest = one.rest / one.rest_points if one.rest_points else None
        yield Observation(one.share, rest, chosen, _parts(kind, marked_by(one), one.draw, one.answer or []))


def _parts(kind: item_types.ItemType, body: Any, draw: list[str], answer: list[str]) -> dict[str, float]:
    """The share of each part of a set, by the key that counts."""
    parts = sets.parts_of(body)
    if not parts:
        return {}
    marks = kind.mark(body, draw, answer).parts
    return {str(part["id"]): float(grading.fraction(kind, mark)) for part, mark in zip(parts, marks, strict=False)}


def remarks_on(kind: item_types.ItemType, body: dict[str, Any], figures: Figures) -> list[Remark]:
    """What the figures of a version say about it."""
    about = body.get("about")
    intended = about.get("difficulty") if isinstance(about, dict) else None
    options = [] if sets.parts_of(body) else [str(one.get("id")) for one in item_types.options_of(body)]
    return remarks(figures, intended if isinstance(intended, int) else None, kind.key(body, []), options)


def _details(figures: Figures) -> dict[str, Any]:
    """What the columns do not hold."""
    return {
        "difference": figures.difference,
        "options": {name: [one.share, one.upper, one.lower] for name, one in figures.options.items()},
        "parts": {name: [one.difficulty, one.discrimination] for name, one in figures.parts.items()},
    }


def _alone(figures: Figures) -> dict[str, Any]:
    return {
        "observed": figures.observed,
        "difficulty": figures.difficulty,
        "discrimination": figures.discrimination,
    }
