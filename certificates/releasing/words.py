"""Releases in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.releasing.models import Needs

NEEDS = {
    Needs.NOBODY: _l("nobody else: it runs at once"),
    Needs.COLLEAGUE: _l("a second person of the base, or an officer"),
    Needs.OFFICER: _l("an officer of the area"),
}
