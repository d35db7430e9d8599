"""What changes are called, and the values that they set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import format_date
from flask_babel import lazy_gettext as _l

from question_bank import review_words, vocabulary, words
from question_bank.changes.models import ChangeStatus, Fate
from question_bank.changes.rules import Act, Reason

ACTS = {
    Act.CATEGORY: _l("Put into a category"),
    Act.TAG: _l("Add a tag"),
    Act.UNTAG: _l("Remove a tag"),
    Act.MODULE: _l("Set the module"),
    Act.COMPETENCY: _l("Set the competency"),
    Act.LEVEL: _l("Set the cognitive level"),
    Act.DIFFICULTY: _l("Set the intended difficulty"),
    Act.REVIEW_BY: _l("Set the day of the next review"),
    Act.SOURCE: _l("Set the source"),
    Act.SUBMIT: _l("Submit for review"),
    Act.RETIRE: _l("Retire"),
}
REASONS = {
    Reason.NOT_YOURS: _l("you do not write in this bank"),
    Reason.RETIRED: _l("is retired"),
    Reason.IN_REVIEW: _l("is being reviewed"),
    Reason.SAME: _l("is so already"),
    Reason.NO_DRAFT: _l("is approved already"),
    Reason.FAULTY: _l("has faults; its page lists them"),
    Reason.OTHER_BANK: _l("belongs to another bank than the category"),
    Reason.TOO_MANY_TAGS: _l("has as many tags as it can have"),
    Reason.CHANGED: _l("was changed meanwhile"),
}
FATES = {
    Fate.WILL: (_l("will be changed"), "info"),
    Fate.DONE: (_l("changed"), "good"),
    Fate.BACK: (_l("put back"), "good"),
    Fate.KEPT: (_l("not put back"), "warn"),
    Fate.LEFT: (_l("left alone"), "neutral"),
}
STATUSES = {
    ChangeStatus.LOOKED_AT: (_l("waits for your word"), "warn"),
    ChangeStatus.RUNNING: (_l("is being carried out"), "info"),
    ChangeStatus.FINISHED: (_l("is carried out"), "good"),
    ChangeStatus.UNDOING: (_l("is being undone"), "info"),
    ChangeStatus.UNDONE: (_l("undone"), "neutral"),
}
STATES = {**{one.value: label for one, label in review_words.STATE_LABELS.items()}, "retired": _l("retired")}


def value(act: Act, one: str, categories: Mapping[str, str]) -> str:
    """One value as people read it; `categories` are the paths of categories by id."""
    if act is Act.CATEGORY:
        return categories.get(one, "")
    if act is Act.LEVEL:
        return str(words.LEVEL_LABELS.get(one, one))
    if act in {Act.MODULE, Act.COMPETENCY}:
        return vocabulary.name(act.value, one)
    if act in {Act.SUBMIT, Act.RETIRE}:
        return str(STATES.get(one, one))
    return _day(one) if act is Act.REVIEW_BY else one


def values(act: Act, several: Sequence[str], categories: Mapping[str, str]) -> str:
    """What an item has as people read it: a dash for nothing."""
    return " · ".join(value(act, one, categories) for one in several) or "—"


def set_to(act: Act, one: str, categories: Mapping[str, str]) -> str:
    """What a change sets, as people read it: a dash for nothing, the reason for retiring."""
    if act in {Act.SUBMIT, Act.RETIRE}:
        return one
    return values(act, [one] if one else [], categories)


def _day(text: str) -> str:
    try:
        return str(format_date(date.fromisoformat(text)))
    except ValueError:
        return text
