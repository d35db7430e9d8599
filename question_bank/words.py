"""What types, faults and refusals are called, in the language of the page."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.item_types import Fault

TYPE_LABELS = {
    "A1": _l("A1: one best answer"),
    "A2": _l("A2: a short case, one best answer"),
    "X": _l("X: several right answers"),
    "judgement": _l("Judgement: true or false"),
}

LANGUAGE_LABELS = {"zh": _l("Chinese"), "en": _l("English")}
PART_LABELS = {
    "stem": _l("Stem"),
    "options": _l("Options"),
    "text": _l("text"),
    "key": _l("Answer key"),
    "explanation": _l("Explanation"),
    "source": _l("Source"),
}


def place(fault: Fault) -> str:
    """Where a fault is: "Option C, text, English"."""
    parts = [_("Option %(letter)s", letter=fault.option.upper())] if fault.option else []
    parts.append(str(PART_LABELS[fault.part]))
    if fault.language:
        parts.append(str(LANGUAGE_LABELS[fault.language]))
    return " · ".join(parts)


def reason(fault: Fault) -> str:
    """What is wrong and what to do."""
    figure = str(fault.figure).upper() if isinstance(fault.figure, str) else fault.figure
    sentences = {
        "missing": _("Fill this in."),
        "too_long": _("At most %(max)s characters; shorten the text.", max=figure),
        "too_few_options": _("Write at least %(min)s options.", min=figure),
        "too_many_options": _("Write at most %(max)s options.", max=figure),
        "same_text": _("Says the same as option %(letter)s; make them differ.", letter=figure),
        "key_one": _("Mark exactly one option as right."),
        "key_two": _("Mark two or more options as right."),
        "key_unknown": _("An option marked as right has no text; write it or take the mark away."),
        "not_true_and_false": _("A judgement has the two options true and false."),
    }
    return str(sentences[fault.code])


def sentence(fault: Fault) -> str:
    """A fault with its place: "Option C, text, English: Fill this in."."""
    return str(_("%(place)s: %(reason)s", place=place(fault), reason=reason(fault)))


def answer_refusal(code: str) -> str:
    """Why an answer was not saved."""
    sentences = {
        "nothing": _("No option was chosen, so nothing was saved. Choose one first."),
        "unknown": _("This is not one of the item's options, so nothing was saved. Reload the page and choose again."),
        "too_many": _("This item takes one option only, so nothing was saved. Choose the best one."),
    }
    return str(sentences[code])


def true_and_false() -> dict[str, dict[str, str]]:
    """The two options of a judgement in both languages."""
    both: dict[str, dict[str, str]] = {"true": {}, "false": {}}
    for language in LANGUAGE_LABELS:
        with force_locale(language):
            both["true"][language], both["false"][language] = _("True"), _("False")
    return both
