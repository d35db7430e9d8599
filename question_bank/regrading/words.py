"""What rulings are called, why one does not fit, and what became of a result, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.models import AttemptStatus
from question_bank.regrading.models import RulingStatus
from question_bank.regrading.rules import Misfit, Ruled

KINDS = {
    Ruled.KEY: _l("Mark it by the key of another version"),
    Ruled.FULL: _l("Give everybody full points for it"),
    Ruled.DROPPED: _l("Let it count for nobody; its points leave the total"),
    Ruled.PASS_MARK: _l("Another pass mark"),
}
STATUSES = {
    RulingStatus.DRAFTED: (_l("to be decided"), "warn"),
    RulingStatus.RUNNING: (_l("is being carried out"), "info"),
    RulingStatus.DONE: (_l("is carried out"), "good"),
}
WAITING = {
    AttemptStatus.READY: _l("not begun"),
    AttemptStatus.OPEN: _l("open now"),
    AttemptStatus.MARKING: _l("being marked"),
    AttemptStatus.VOID: _l("void"),
}
_misfits = {
    Misfit.BY_HAND: _l("A person marks this item, so it has no key. Give everybody full points, or let it not count."),
    Misfit.FAULTY: _l("Version %(version)s has faults, so nothing can be marked by it; the item's page lists them."),
    Misfit.OPTIONS: _l("Version %(version)s has other options than the one that was answered."),
    Misfit.PARTS: _l("Version %(version)s has other questions or blanks than the one that was answered."),
    Misfit.PARAMETERS: _l("Version %(version)s has other parameters than the one that was answered."),
    Misfit.BACK: _l(
        "Version %(version)s lets people go back where the one that was answered does not, or the reverse."
    ),
    Misfit.DRAW: _l("With version %(version)s some papers that were drawn would have no right answer."),
}


def misfit(why: Misfit, version: int) -> str:
    """Why answers cannot be marked by that version, and that nothing was done."""
    return str(_misfits[why]) % {"version": version}


def ruled(kind: Ruled, code: str, version: int | None, by_version: int | None, pass_percent: int | None) -> str:
    """A ruling as one line: what is done about which item, or the whole quiz."""
    if kind is Ruled.PASS_MARK and pass_percent is None:
        return str(_("The pass mark is again what each version of the quiz says"))
    if kind is Ruled.PASS_MARK:
        return str(_("%(percent)s of 100 points pass", percent=pass_percent))
    if kind is Ruled.FULL:
        return str(_("%(code)s (version %(version)s): full points for everybody", code=code, version=version))
    if kind is Ruled.DROPPED:
        return str(_("%(code)s (version %(version)s): counts for nobody", code=code, version=version))
    if by_version == version:
        return str(_("%(code)s (version %(version)s): by its own key again", code=code, version=version))
    return str(
        _("%(code)s (version %(version)s): by the key of version %(by)s", code=code, version=version, by=by_version)
    )


def of_position(kind: Ruled) -> str:
    """What a trainee reads beside an item that a ruling was about."""
    if kind is Ruled.FULL:
        return str(_("Everybody has full points for this item."))
    if kind is Ruled.DROPPED:
        return str(_("This item counts for nobody; its points are not in the total."))
    return str(_("Marked by a corrected key, which is shown here."))
