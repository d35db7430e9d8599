"""Designs in words: their states, the hard names, and every fault as a sentence."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.designs.models import DesignState
from certificates.designs.rules import LONGEST, Fault, Problem

STATES = {
    DesignState.DRAFT: (_l("draft"), "info"),
    DesignState.APPROVED: (_l("in use"), "good"),
    DesignState.RETIRED: (_l("retired"), "neutral"),
}
KINDS = {
    "ordinary": _l("An ordinary name"),
    "rare": _l("Rare characters"),
    "long": _l("Twenty characters"),
    "minority": _l("A name with a middle dot"),
    "latin": _l("A name in Latin letters"),
    "junk": _l("200 characters of junk"),
    "bare": _l("Without a photo"),
    "duplicate": _l("A duplicate"),
}
PARTS = {"page": _l("Page"), "sheet": _l("Style sheet"), "frame": _l("Frame")}


def sentence(fault: Fault) -> str:
    """What is wrong, where, and what to do."""
    said = _said(fault)
    part = str(PARTS[fault.part]) if fault.part else ""
    if part and fault.line:
        return _("%(part)s, line %(line)s: %(fault)s", part=part, line=fault.line, fault=said)
    return _("%(part)s: %(fault)s", part=part, fault=said) if part else said


def _said(fault: Fault) -> str:
    what = fault.detail
    match fault.problem:
        case Problem.TOO_LARGE:
            return _("it is too large; at most %(most)s.", most=what or LONGEST.get(fault.part, ""))
        case Problem.SYNTAX:
            return _("it cannot be read: %(what)s", what=what)
        case Problem.NOT_OFFERED:
            return _("“%(what)s” is not offered in designs; take it out.", what=what)
        case Problem.UNKNOWN:
            return _("there is no field “%(what)s”; look at the list of fields.", what=what)
        case Problem.TOO_MUCH:
            return _("it could print far more than a page holds; take loops or macros out.")
        case Problem.RESOURCE:
            return _(
                "“%(what)s” may not be loaded or linked: only the frame, the QR code and the photo may.", what=what
            )
        case Problem.ELEMENT:
            return _("the element “%(what)s” is not taken; take it out.", what=what)
    return _on_paper(fault.problem, what)


def _on_paper(problem: Problem, what: str) -> str:
    match problem:
        case Problem.GLYPH:
            return _("No font has %(what)s; write it with other characters.", what=what)
        case Problem.OVERFLOW:
            return _("It does not fit on one page; make texts or spaces smaller.")
        case Problem.LACKING:
            return _("“%(what)s” is not on the paper; show the number, and every row of “facts”.", what=what)
        case Problem.TOO_LONG:
            return _("It took too long or too much memory and was stopped; make the design simpler.")
    return _("It cannot be printed: %(what)s", what=what)
