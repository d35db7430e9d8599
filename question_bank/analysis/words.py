"""What figures say, in plain words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from question_bank.analysis.remarks import Remark

# Each takes the letter or the words of the option that it is about as `option`.
REMARKS = {
    "harder": _l("It is much harder than meant: unclear, or not taught?"),
    "easier": _l("It is much easier than meant."),
    "too_easy": _l("Nearly everybody gets it right; it tells nobody apart."),
    "too_hard": _l("Hardly anybody gets it right: unclear, not taught, or a wrong key?"),
    "all_alike": _l("Everybody came out alike, here or in the rest of the paper; it tells nobody apart."),
    "key_first": _l("The weaker ones get it right as often as the stronger, or more often: look at the key."),
    "tells_little": _l("The stronger get it right hardly more often than the weaker: look at the wording."),
    "tells_some": _l("It tells the stronger from the weaker a little."),
    "tells_well": _l("It tells the stronger from the weaker well."),
    "rival": _l("The strongest choose %(option)s more often than the key: could it be right as well?"),
    "idle": _l("Hardly anybody chooses %(option)s; a more tempting one would make the item better."),
}


def sentence(remark: Remark, option: str) -> str:
    """A remark; `option` is what its option is called on the page."""
    return str(REMARKS[remark.code]) % {"option": option}
