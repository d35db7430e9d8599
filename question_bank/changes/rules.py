"""What a change would make of an item, and when it leaves one alone. Pure.

A value that an item has is a list of texts: none, one, or its tags. What a change sets is one text; empty, it takes
the value away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What can be done to many items at once."""

    CATEGORY = "category"
    TAG = "tag"
    UNTAG = "untag"
    MODULE = "module"
    COMPETENCY = "competency"
    LEVEL = "level"
    DIFFICULTY = "difficulty"
    REVIEW_BY = "review_by"
    SOURCE = "source"
    SUBMIT = "submit"
    RETIRE = "retire"


PLACING = frozenset({Act.CATEGORY, Act.TAG, Act.UNTAG})
"""Where an item stands in the bank: no part of any version."""
ABOUT = frozenset({Act.MODULE, Act.COMPETENCY, Act.LEVEL, Act.DIFFICULTY, Act.REVIEW_BY})
WRITING = ABOUT | {Act.SOURCE}
"""What makes the next version of an item."""
MAY_BE_EMPTY = ABOUT | {Act.CATEGORY}
MOST_TAGS = 20


class Reason(StrEnum):
    """Why an item is left alone."""

    NOT_YOURS = "not_yours"
    RETIRED = "retired"
    IN_REVIEW = "in_review"
    SAME = "same"
    NO_DRAFT = "no_draft"
    FAULTY = "faulty"
    OTHER_BANK = "other_bank"
    TOO_MANY_TAGS = "too_many_tags"
    CHANGED = "changed"


@dataclass(frozen=True)
class Seen:
    """An item as it is now: `state` is `draft`, `in_review`, `approved` or `retired`; `has` what the act is about.

    `fits` says that the category to be set belongs to the item's bank, `is_faulty` that its newest version is unsound.
    """

    item_id: int
    version: int
    state: str
    has: Sequence[str] = field(default=())
    is_own: bool = True
    fits: bool = True
    is_faulty: bool = False


def after(act: Act, value: str, has: Sequence[str]) -> list[str]:
    """What an item that has this will have."""
    if act is Act.TAG:
        return [*has, *([] if value in has else [value])]
    if act is Act.UNTAG:
        return [one for one in has if one != value]
    if act is Act.SUBMIT:
        return ["in_review"]
    if act is Act.RETIRE:
        return ["retired"]
    return [value] if value else []


def left_alone(act: Act, value: str, seen: Seen) -> Reason | None:
    """Why an item is left alone; None when it is changed."""
    if not seen.is_own:
        return Reason.NOT_YOURS
    if seen.state == "retired":
        return Reason.SAME if act is Act.RETIRE else Reason.RETIRED
    if act is Act.SUBMIT:
        return _not_submitted(seen)
    if seen.state == "in_review" and act not in PLACING:
        return Reason.IN_REVIEW
    if not seen.fits:
        return Reason.OTHER_BANK
    will_have = after(act, value, seen.has)
    if will_have == list(seen.has):
        return Reason.SAME
    return Reason.TOO_MANY_TAGS if act is Act.TAG and len(will_have) > MOST_TAGS else None


def _not_submitted(seen: Seen) -> Reason | None:
    if seen.state == "in_review":
        return Reason.SAME
    if seen.state != "draft":
        return Reason.NO_DRAFT
    return Reason.FAULTY if seen.is_faulty else None


def not_put_back(act: Act, value: str, had: Sequence[str], now: Seen, then: Seen) -> Reason | None:
    """Why undoing leaves an item alone; `then` is it as the change left it."""
    if not now.is_own:
        return Reason.NOT_YOURS
    if now.state == "retired" and act is not Act.RETIRE:
        return Reason.RETIRED
    if act in {Act.TAG, Act.UNTAG}:
        if (value in now.has) is not (act is Act.TAG):
            return Reason.CHANGED
        return Reason.TOO_MANY_TAGS if act is Act.UNTAG and len(now.has) >= MOST_TAGS else None
    if act is not Act.CATEGORY and (now.version, now.state) != (then.version, then.state):
        return Reason.CHANGED
    return None if list(now.has) == after(act, value, had) else Reason.CHANGED


def body_with(act: Act, has: Sequence[str], body: dict[str, Any]) -> dict[str, Any]:
    """A body that says `has` where the act writes; nothing else of it changes."""
    if act is Act.SOURCE:
        return {**body, "source": has[0] if has else ""}
    told = body.get("about")
    about = {name: value for name, value in (told if isinstance(told, dict) else {}).items() if name != act.value}
    if has:
        about[act.value] = int(has[0]) if act is Act.DIFFICULTY else has[0]
    rest = {name: value for name, value in body.items() if name != "about"}
    return {**rest, "about": about} if about else rest


def said_in(act: Act, body: dict[str, Any]) -> list[str]:
    """What a body says where the act writes."""
    told = body.get("about")
    found = body.get("source") if act is Act.SOURCE else (told if isinstance(told, dict) else {}).get(act.value)
    return [] if found in {None, ""} else [str(found)]
