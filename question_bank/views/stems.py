"""Stems as lists show them: with a line where each blank belongs."""

from __future__ import annotations

from question_bank import item_types
from question_bank.exchange import gaps
from question_bank.models import Item
from training.core import i18n

GAP = "＿＿"


def stem(item: Item) -> str:
    """The item's stem in the reader's language: the filter `stem`."""
    text = i18n.local(item, "stem")
    return gaps.MARK.sub(GAP, text) if item_types.get(item.type).entry == "texts" else text
