"""An attempt as its pages show it: items in their order with their options, answers and receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from flask_babel import gettext as _

from question_bank import item_types
from question_bank.item_types import ShownOption
from question_bank.models import AnswerEvent, Attempt, AttemptItem
from question_bank.queries import attempts as queries
from training.core import clock


@dataclass(frozen=True)
class PaperItem:
    """One item on a paper; `saved_at` is a local clock time, `right` is None until graded."""

    number: int
    type: str
    multiple: bool
    stem: Mapping[str, str]
    options: Sequence[ShownOption]
    explanation: Mapping[str, str]
    chosen: list[str]
    receipt: int | None
    saved_at: str | None
    right: bool | None

    @property
    def answered(self) -> bool:
        """Whether an option is chosen."""
        return bool(self.chosen)

    @property
    def hint(self) -> str:
        """How many options to choose."""
        return str(_("Choose every correct answer") if self.multiple else _("Choose one"))


def paper_of(attempt: Attempt) -> list[PaperItem]:
    """The items of an attempt in the order shown, each with its newest answer; two queries."""
    answers = queries.answers_in(attempt)
    return [_paper_item(item, body, answers.get(item.position)) for item, body in queries.paper_of(attempt)]


def _paper_item(item: AttemptItem, body: dict[str, Any], event: AnswerEvent | None) -> PaperItem:
    shown = item_types.get(item.type).show(body, item.option_order)
    return PaperItem(
        number=item.position,
        type=item.type,
        multiple=shown.parts[0].multiple,
        stem=shown.stem,
        options=shown.parts[0].options,
        explanation=shown.explanation,
        chosen=event.answer if event else [],
        receipt=event.receipt if event else None,
        saved_at=clock_time(event) if event else None,
        right=None if item.earned is None else item.earned >= item.points,
    )


def preview_of(type_name: str, body: dict[str, Any]) -> PaperItem:
    """An item as a trainee would see it, with its options as written and nothing chosen."""
    kind = item_types.get(type_name)
    shown = kind.show(body, kind.draw(body, Random(0), shuffle=False))  # noqa: S311 - nothing is shuffled
    return PaperItem(
        number=1,
        type=type_name,
        multiple=shown.parts[0].multiple,
        stem=shown.stem,
        options=shown.parts[0].options,
        explanation=shown.explanation,
        chosen=[],
        receipt=None,
        saved_at=None,
        right=None,
    )


def clock_time(event: Any) -> str:
    """The moment of saving as a clock shows it, to the second."""
    return clock.local(event.saved_at).strftime("%H:%M:%S")
