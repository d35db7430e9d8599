"""What draws, shortages and policies are called, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank import vocabulary
from question_bank import words as bank
from question_bank.blueprints.drawing import Shortage
from question_bank.blueprints.rules import Criteria, Draw

# Each policy that a section may name, with what it does in one line. What an author wrote for an answer goes before it.
POLICY_LABELS = {
    "": _l("Each type's own"),
    "all_or_nothing": _l("All or nothing"),
    "each": _l("Part for what is right, nothing once anything is wrong"),
    "plus_minus": _l("Plus for right, minus for wrong, not below nothing"),
}
FAULTS = {
    "too_many_sections": _l("A quiz takes at most %(max)s sections."),
    "too_many_draws": _l("A quiz takes at most %(max)s draws; put some together."),
    "policy_unknown": _l("Section %(section)s has no such scoring; choose one of the list."),
    "section_unknown": _l("Draw %(draw)s stands in section %(section)s, which there is not; choose another section."),
    "item_section_unknown": _l("Items stand in section %(section)s, which there is not; choose another section."),
    "difficulty_order": _l("Draw %(draw)s: the lowest difficulty is above the highest; exchange them."),
}


def fault(code: str, figures: Mapping[str, int]) -> str:
    """A fault of a blueprint as a sentence."""
    return str(FAULTS[code]) % figures


def asked(criteria: Criteria, categories: Mapping[int, str]) -> str:
    """What a draw asks of its items: "A1: one best answer · Pain · difficulty 2–3"."""
    said = [
        str(bank.TYPE_LABELS.get(criteria.type, criteria.type)),
        vocabulary.name("module", criteria.module),
        vocabulary.name("competency", criteria.competency),
        str(bank.LEVEL_LABELS.get(criteria.level, criteria.level)),
        _difficulty(criteria.difficulty_min, criteria.difficulty_max),
        categories.get(criteria.category_id or 0, ""),
        criteria.tag,
    ]
    return " · ".join(one for one in said if one) or str(_("any item"))


def _difficulty(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if least == most:
        return str(_("difficulty %(number)s", number=least))
    return str(_("difficulty %(least)s–%(most)s", least=least or 1, most=most or 5))


def shortage(short: Shortage, asking: Sequence[Draw], categories: Mapping[int, str]) -> str:
    """Why a blueprint cannot be met, and what to do."""
    named = {one.number: one for one in asking}
    if len(short.cells) == 1:
        draw = named[short.cells[0]]
        return str(
            _(
                "Section %(section)s, draw %(draw)s (%(asked)s): wanted are %(wanted)s items, %(fitting)s fit. Ask for "
                "fewer, loosen what it asks for, or have more items approved.",
                section=draw.section,
                draw=draw.number,
                asked=asked(draw.criteria, categories),
                wanted=short.wanted,
                fitting=short.fitting,
            )
        )
    together = [
        _("%(number)s (%(asked)s)", number=one, asked=asked(named[one].criteria, categories)) for one in short.cells
    ]
    draws = _(", ").join(together)
    return str(
        _(
            "Draws %(draws)s together want %(wanted)s items, and only %(fitting)s fit any of them: they ask for the "
            "same ones. Ask for fewer, loosen one of them, or have more items approved.",
            draws=draws,
            wanted=short.wanted,
            fitting=short.fitting,
        )
    )
