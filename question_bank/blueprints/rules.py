"""What a blueprint (命题蓝图) asks for, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from question_bank.grading import POLICIES

MOST_SECTIONS = 12
MOST_DRAWS = 40


@dataclass(frozen=True)
class Criteria:
    """What an item must be to fit; what is empty or None is not asked for. A category takes in those below it."""

    type: str = ""
    module: str = ""
    competency: str = ""
    level: str = ""
    difficulty_min: int | None = None
    difficulty_max: int | None = None
    category_id: int | None = None
    tag: str = ""


@dataclass(frozen=True)
class Section:
    """A section (大题) of a quiz; `policy` is a key of `grading.POLICIES`, empty where each type has its own."""

    number: int
    title_zh: str = ""
    title_en: str = ""
    policy: str = ""


@dataclass(frozen=True)
class Draw:
    """So many items of a section that are drawn for each person, each with its points."""

    number: int
    section: int
    count: int
    points: int = 1
    criteria: Criteria = Criteria()


@dataclass(frozen=True)
class Blueprint:
    """The plan of a quiz beside its fixed items; `placed` is the section of those that do not stand in the first."""

    sections: tuple[Section, ...] = ()
    draws: tuple[Draw, ...] = ()
    placed: Mapping[int, int] = field(default_factory=dict)

    @property
    def drawn(self) -> int:
        """How many items are drawn in all."""
        return sum(one.count for one in self.draws)

    def section_of(self, item_id: int) -> int:
        """The section of a fixed item."""
        return self.placed.get(item_id, 1)


def faults(blueprint: Blueprint) -> list[tuple[str, dict[str, int]]]:
    """What is wrong with a plan before anybody asks whether it can be met, as codes with their figures."""
    found: list[tuple[str, dict[str, int]]] = []
    known = {one.number for one in blueprint.sections} or {1}
    if len(blueprint.sections) > MOST_SECTIONS:
        found.append(("too_many_sections", {"max": MOST_SECTIONS}))
    if len(blueprint.draws) > MOST_DRAWS:
        found.append(("too_many_draws", {"max": MOST_DRAWS}))
    for section in blueprint.sections:
        if section.policy and section.policy not in POLICIES:
            found.append(("policy_unknown", {"section": section.number}))
    for draw in blueprint.draws:
        easiest, hardest = draw.criteria.difficulty_min, draw.criteria.difficulty_max
        if draw.section not in known:
            found.append(("section_unknown", {"draw": draw.number, "section": draw.section}))
        if easiest is not None and hardest is not None and easiest > hardest:
            found.append(("difficulty_order", {"draw": draw.number}))
    found += [("item_section_unknown", {"section": one}) for one in sorted(set(blueprint.placed.values()) - known)]
    return found
