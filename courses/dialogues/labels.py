"""What speakers, frameworks, steps, dimensions and harms are called, in the language of the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SPEAKERS = {
    "patient": _l("Patient"),
    "spouse": _l("Husband or wife"),
    "son": _l("Son"),
    "daughter": _l("Daughter"),
    "parent": _l("Parent"),
    "relative": _l("Relative"),
    "friend": _l("Friend"),
    "nurse": _l("Nurse"),
    "physician": _l("Physician"),
    "clinician": _l("Colleague"),
}
STEPS = {
    "setting": _l("Setting the scene"),
    "perception": _l("Asking what they know"),
    "invitation": _l("Asking what they want to know"),
    "knowledge": _l("Giving information"),
    "emotion": _l("Answering feelings"),
    "strategy": _l("Agreeing on what comes next"),
    "name": _l("Naming the feeling"),
    "understand": _l("Showing understanding"),
    "respect": _l("Showing respect"),
    "support": _l("Offering support"),
    "explore": _l("Exploring further"),
    "ask": _l("Asking first"),
    "tell": _l("Telling in small pieces"),
    "ask-back": _l("Asking what was understood"),
}
DIMENSIONS = {
    "listening": _l("Listening"),
    "honesty": _l("Honesty"),
    "emotion": _l("Answering feelings"),
    "plan": _l("Next steps"),
}
HARMS = {"minor": _l("Hurts a little"), "serious": _l("Does serious harm")}
