"""What types, faults and refusals are called, in the language of the page."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.item_types import Fault

TYPE_LABELS = {
    "A1": _l("A1: one best answer"),
    "A2": _l("A2: a short case, one best answer"),
    "A3": _l("A3: a case with questions"),
    "A4": _l("A4: a case that goes on"),
    "B1": _l("B1: shared options"),
    "X": _l("X: several right answers"),
    "case": _l("Case analysis"),
    "judgement": _l("Judgement: true or false"),
    "choice": _l("Choice with weights"),
    "blanks": _l("Fill in blanks"),
    "short": _l("Short answer"),
    "numeric": _l("Numeric answer"),
    "calculated": _l("Calculated: values drawn for each attempt"),
    "matching": _l("Matching"),
    "ordering": _l("Ordering"),
    "essay": _l("Essay, marked by hand"),
    "hotspot": _l("Place in a picture"),
}

LEVEL_LABELS = {"remember": _l("Remembering"), "understand": _l("Understanding"), "apply": _l("Applying")}
LANGUAGE_LABELS = {"zh": _l("Chinese"), "en": _l("English")}
PART_LABELS = {
    "stem": _l("Stem"),
    "options": _l("Options"),
    "text": _l("text"),
    "key": _l("Answer key"),
    "explanation": _l("Explanation"),
    "source": _l("Source"),
    "parts": _l("Questions"),
    "release": _l("Facts told first"),
    "pictures": _l("Pictures"),
    "alt": _l("description"),
    "about": _l("About the item"),
    "module": _l("Module"),
    "competency": _l("Competency"),
    "level": _l("Cognitive level"),
    "difficulty": _l("Difficulty"),
    "review_by": _l("Review by"),
    "critical": _l("Safety-critical answers"),
    "weights": _l("Weights"),
    "weight": _l("weight"),
    "blanks": _l("Blanks"),
    "accepted": _l("Accepted answers"),
    "answers": _l("Accepted numbers"),
    "unit": _l("Unit"),
    "units": _l("Other units"),
    "parameters": _l("Parameters"),
    "constraints": _l("Constraints"),
    "formula": _l("Formula"),
    "check": _l("Second formula"),
    "tolerance": _l("Tolerance"),
    "decimals": _l("Decimal places"),
    "cap": _l("Highest dose"),
    "strengths": _l("Marketed strengths"),
    "wrong": _l("Tempting wrong answers"),
    "rubric": _l("Rubric"),
    "longest": _l("Length"),
    "picture": _l("Picture"),
    "regions": _l("Regions"),
    "label": _l("name"),
}
# What `Fault.option` counts in each part; elsewhere it is an option with a letter.
COUNTED = {
    "blanks": _l("Blank %(name)s"),
    "accepted": _l("Accepted answer %(name)s"),
    "answers": _l("Accepted number %(name)s"),
    "units": _l("Unit %(name)s"),
    "parameters": _l("Parameter %(name)s"),
    "constraints": _l("Constraint %(name)s"),
    "wrong": _l("Wrong answer %(name)s"),
    "rubric": _l("Criterion %(name)s"),
    "regions": _l("Region %(name)s"),
    "label": _l("Region %(name)s"),
    "pictures": _l("Picture %(name)s"),
    "alt": _l("Picture %(name)s"),
}
SAID_ALREADY = COUNTED.keys() - {"alt", "label"} | {"text"}

# Each takes the fault's figure under the name that suits it: `max`, `min`, `letter` (in capitals) or `figure`.
REASONS = {
    "missing": _l("Fill this in."),
    "too_long": _l("At most %(max)s characters; shorten the text."),
    "malformed": _l("This is not as an item has it; write it anew."),
    "bad_id": _l("Number %(figure)s needs a short mark of letters and digits."),
    "same_id": _l("“%(figure)s” is there twice; rename one or remove it."),
    "too_few_options": _l("Write at least %(min)s options."),
    "too_many_options": _l("Write at most %(max)s options."),
    "too_few_parts": _l("Write at least %(min)s questions."),
    "too_many_parts": _l("Write at most %(max)s questions."),
    "same_text": _l("Says the same as option %(letter)s; make them differ."),
    "key_one": _l("Mark exactly one option as right."),
    "key_some": _l("Mark at least one option as right."),
    "key_two": _l("Mark two or more options as right."),
    "key_unknown": _l("An option marked as right has no text; write it or take the mark away."),
    "not_true_and_false": _l("A judgement has the two options true and false."),
    "no_file": _l("The picture itself is missing; choose the file again."),
    "picture_unknown": _l("No picture is called “%(figure)s”; add it, or mend the name."),
    "level_unknown": _l("Choose remember, understand or apply."),
    "difficulty_range": _l("Choose a number from 1 (easy) to 5."),
    "not_a_day": _l("Write a day such as 2027-06-30."),
    "critical_unknown": _l("“%(figure)s” is no answer that can be given; mend it or remove it."),
    "critical_right": _l("“%(figure)s” is right, so it cannot be a safety-critical error."),
    "weight_range": _l("A weight is a number from −100 to 100."),
    "weight_unknown": _l("No option is called “%(figure)s”; remove its weight."),
    "weights_full": _l("What is right must add up to 100 percent."),
    "no_blanks": _l("Write at least one blank, [[1]], into the stem."),
    "blank_missing": _l("The stem has no [[%(figure)s]]; put it where the blank belongs."),
    "blank_unknown": _l("Nothing says what is accepted in [[%(figure)s]]; add it, or take it out of the stem."),
    "blank_twice": _l("[[%(figure)s]] is there twice; number the blanks differently."),
    "no_answers": _l("Write at least one accepted answer."),
    "too_many_answers": _l("Write at most %(max)s accepted answers."),
    "accepted_full": _l(
        "No accepted answer earns 100 percent, or an earlier one catches it; mend the order or the weights."
    ),
    "not_a_number": _l("Write a number such as 12.5."),
    "low_above_high": _l("The lower bound is above the upper one; exchange them."),
    "factor_range": _l("Write how many %(figure)s one of it is: a number above 0."),
    "unit_first": _l("Name the item's own unit first."),
    "condition": _l("“%(figure)s” is no condition such as “>= 50”; mend it or remove it."),
    "parameter_name": _l("Name it with letters, such as dose; words of the formula language are taken."),
    "parameter_values": _l("List numbers, or give a lowest and a highest number and a step above 0."),
    "parameter_unused": _l("The stem does not show {%(figure)s}; put it in."),
    "placeholder_unknown": _l("No parameter is called “%(figure)s”; add it, or mend the name in braces."),
    "too_many_draws": _l("More than %(max)s draws are possible; take coarser steps so that each can be checked."),
    "no_draws": _l("The constraints leave no draw at all; loosen them."),
    "check_same": _l("The second formula is the first one again; reckon another way."),
    "formula": _l("The formula cannot be read: %(figure)s."),
    "tolerance_range": _l("A tolerance is a number of 0 or more."),
    "decimals_range": _l("Choose 0 to 6 decimal places."),
    "cap_range": _l("Write a number above 0."),
    "strengths_range": _l("Write strengths as numbers above 0 with at most 3 decimal places."),
    "draw_undefined": _l(
        "There is no value with %(figure)s; change the formula, or exclude this draw by a constraint."
    ),
    "draw_disagree": _l("The two formulas disagree with %(figure)s; one of them is wrong."),
    "draw_above_cap": _l("The result is above the highest dose with %(figure)s; exclude this draw by a constraint."),
    "draw_not_marketed": _l("The result cannot be made of whole marketed units with %(figure)s; exclude this draw."),
    "draw_same_option": _l("Two options are equal with %(figure)s; change a formula, or exclude this draw."),
    "draw_no_end": _l("The result has no end when written out with %(figure)s; give decimal places or a tolerance."),
    "draw_critical": _l("The right answer counts as safety-critical with %(figure)s; mend the condition."),
    "no_rubric": _l("Write at least one criterion for marking."),
    "too_many_rows": _l("At most %(max)s rows; shorten the list."),
    "points_range": _l("Give 1 to 100 points."),
    "longest_range": _l("Give a length of 50 to 20000 characters."),
    "too_few_regions": _l("Mark at least %(min)s regions."),
    "too_many_regions": _l("Mark at most %(max)s regions."),
    "region_shape": _l("Give a rectangle, a circle or a polygon with the numbers it takes."),
    "region_outside": _l("The region lies partly outside the picture; move it inside."),
    "region_empty": _l("The region has no area; draw it anew."),
    "same_region": _l("Covers the same place as region %(figure)s; remove one."),
    # Flaws: hints that leave the decision to the author.
    "flaw_negative": _l(
        "“%(figure)s” is easily overread; ask positively, or mark it: 【…】 in Chinese, capitals in English."
    ),
    "flaw_longest": _l("The right option is the longest by far, which gives it away; make the others as full."),
    "flaw_above": _l("An option about the others tests little and cannot be shuffled; write one of its own."),
    "flaw_absolute": _l("“%(figure)s” tells that the option is wrong; say it without."),
    "flaw_clang": _l("Only the right option repeats “%(figure)s” from the stem; use it in others too, or in none."),
    "flaw_order": _l("Numbers are found sooner in order; sort the options by size."),
    "flaw_overlap": _l("Overlaps with option %(letter)s; make them exclude each other."),
    "flaw_one_language": _l("Not in this language yet; those who read it see the other one."),
    "flaw_no_explanation": _l("Nothing explains the answer; say why it is right."),
    "flaw_no_source": _l("No source is named; say on what the item rests."),
    "flaw_no_review_day": _l("No day of review; say when it must be looked at again."),
    "flaw_no_alt": _l("Describe the picture for those who cannot see it."),
    "flaw_unplaced": _l("No text shows this picture; write ![%(figure)s] on a line of its own where it belongs."),
}


def place(fault: Fault) -> str:
    """Where a fault is: "Question 2 · Option C · English"."""
    parts = [_("Question %(number)s", number=fault.of)] if fault.of else []
    if fault.option:
        counted = COUNTED.get(fault.part)
        letter = _("Option %(letter)s", letter=fault.option.upper())
        parts.append(str(counted) % {"name": fault.option} if counted else letter)
    if not fault.option or fault.part not in SAID_ALREADY:
        parts.append(str(PART_LABELS[fault.part]))
    if fault.language:
        parts.append(str(LANGUAGE_LABELS[fault.language]))
    return " · ".join(parts)


def reason(fault: Fault) -> str:
    """What is wrong and what to do."""
    figure = fault.figure
    named = {"max": figure, "min": figure, "figure": figure, "letter": str(figure).upper()}
    return str(REASONS[fault.code]) % named


def sentence(fault: Fault) -> str:
    """A fault with its place: "Question 2 · Option C · English: Fill this in."."""
    return str(_("%(place)s: %(reason)s", place=place(fault), reason=reason(fault)))


def answer_refusal(code: str) -> str:
    """Why an answer was not saved."""
    sentences = {
        "nothing": _("No option was chosen, so nothing was saved. Choose one first."),
        "unknown": _("This is not one of the item's options, so nothing was saved. Reload the page and choose again."),
        "too_many": _("This item takes one option only, so nothing was saved. Choose the best one."),
        "twice": _("A step is there twice, so nothing was saved. Give each step one place."),
        "too_long": _("This answer is too long, so nothing was saved. Shorten it."),
        "not_a_number": _("This is not a number, so nothing was saved. Write it in digits, such as 12.5 or 1,200."),
        "locked": _("A later question is answered, so this one can no longer change, and nothing was saved."),
        "not_yet": _("An earlier question is still open, so nothing was saved. Answer that one first."),
    }
    return str(sentences[code])


def true_and_false() -> dict[str, dict[str, str]]:
    """The two options of a judgement in both languages."""
    both: dict[str, dict[str, str]] = {"true": {}, "false": {}}
    for language in LANGUAGE_LABELS:
        with force_locale(language):
            both["true"][language], both["false"][language] = _("True"), _("False")
    return both
