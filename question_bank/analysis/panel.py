"""The figures of an item as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from question_bank import item_types
from question_bank.analysis import services, words
from question_bank.analysis.classical import ENOUGH, Figures, OptionFigures, PartFigures
from question_bank.analysis.models import ItemFigures
from question_bank.analysis.remarks import is_worth_a_look
from question_bank.item_types import Shown


@dataclass(frozen=True)
class Row:
    """An option or a written answer: its name, how many in 100 chose it, and of the strongest and the weakest."""

    letter: str
    text: Mapping[str, str]
    right: bool
    all: int
    upper: int | None
    lower: int | None


@dataclass(frozen=True)
class Part:
    """A question of a set with its figures."""

    name: str
    difficulty: float | None
    discrimination: float | None


@dataclass(frozen=True)
class Panel:
    """What is told of a version: how often it was shown, and once enough have answered how it fared.

    `together` are the versions that ask the same, where there are several, and `alone` is this one's own difficulty.
    """

    shown: int
    answered: int
    observed: int
    missing: int
    difficulty: float | None
    discrimination: float | None
    by_hand: bool
    remarks: Sequence[str] = ()
    is_doubtful: bool = False
    rows: Sequence[Row] = ()
    parts: Sequence[Part] = ()
    together: Sequence[int] = ()
    alone: float | None = None


def panel_of(type_name: str, body: dict[str, Any], found: ItemFigures | None, shown: Shown) -> Panel:
    """The panel of a version whose page shows `shown`; `found` is None where nobody has met it yet."""
    kind = item_types.get(type_name)
    if found is None:
        return Panel(0, 0, 0, ENOUGH, None, None, kind.by_hand)
    is_enough = found.is_enough
    figures = _figures(found)
    rows = _rows(figures, shown) if is_enough else []
    names = {row_id: row.letter or _("this answer") for row_id, row in rows}
    remarks = services.remarks_on(kind, body, figures) if is_enough else []
    together = found.details["versions"]
    return Panel(
        shown=found.shown,
        answered=found.answered,
        observed=found.observed,
        missing=max(0, ENOUGH - found.observed),
        difficulty=found.difficulty if is_enough else None,
        discrimination=found.discrimination if is_enough else None,
        by_hand=kind.by_hand,
        remarks=[words.sentence(one, names.get(one.option, one.option)) for one in remarks],
        is_doubtful=is_worth_a_look(remarks),
        rows=[row for _row_id, row in rows],
        parts=[Part(name, one.difficulty, one.discrimination) for name, one in figures.parts.items()]
        if is_enough
        else [],
        together=together if len(together) > 1 else (),
        alone=_alone(found.details["alone"]) if len(together) > 1 else None,
    )


def _alone(kept: Mapping[str, Any]) -> float | None:
    """The difficulty of a version by itself, where enough people met it."""
    return kept["difficulty"] if kept["observed"] >= ENOUGH else None


def _figures(found: ItemFigures) -> Figures:
    """Figures as they were kept."""
    return Figures(
        observed=found.observed,
        difficulty=found.difficulty,
        discrimination=found.discrimination,
        difference=found.details["difference"],
        options={name: OptionFigures(*one) for name, one in found.details["options"].items()},
        parts={name: PartFigures(*one) for name, one in found.details["parts"].items()},
    )


def _rows(figures: Figures, shown: Shown) -> list[tuple[str, Row]]:
    """Every option in the order of the page, chosen or not; else the answers that were written most often."""
    offered = [(one, part) for part in shown.parts for one in part.options]
    if offered:
        return [
            (
                one.value,
                _row(f"{part.id} {one.letter or ''}".strip(), one.text, one.right, figures.options.get(one.value)),
            )
            for one, part in offered
        ]
    return [(name, _row("", {"zh": name, "en": name}, False, one)) for name, one in figures.options.items()]


def _row(letter: str, text: Mapping[str, str], right: bool, found: OptionFigures | None) -> Row:
    one = found or OptionFigures(0, 0, 0)
    return Row(letter, text, right, round(100 * one.share), _percent(one.upper), _percent(one.lower))


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
