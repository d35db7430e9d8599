"""Beginning a scheme, drawing the next number, and drawing one that is void at once."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates.numbering import queries, rules
from certificates.numbering.models import DrawnNumber, NumberCounter, NumberScheme
from certificates.permissions import Permission
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Conflict, Invalid
from training.core.fonts import Typefaces, describe
from training.core.scopes import Scope

LONGEST_REASON = 500
Reserved = tuple[NumberScheme, int, int]
"""A scheme with a year and a serial, which nobody else draws."""


def begin_scheme(scope: Scope, pattern: str, *, begun_by: Actor, typefaces: Typefaces | None) -> NumberScheme:
    """Number the certificates of a place so from now on, in the place of the scheme before. No commit.

    Raises `NotAllowed`, `Invalid` (the pattern, or a character that no font has; `typefaces` None leaves the fonts
    unasked) or `Conflict` (somebody numbers so already, or did).
    """
    begun_by.require(Permission.NUMBERING, scope.path)
    require_sound(pattern)
    missing = typefaces.missing_characters(pattern) if typefaces is not None else []
    if missing:
        listed = _(", ").join(describe(one) for one in missing)
        raise Invalid(_("No font has %(what)s; write it with other characters.", what=listed))
    scopes.lock(scope)
    if queries.is_taken(pattern):
        raise Conflict(_("Certificates are or were numbered so already; a number must never come twice."))
    before = queries.of_scope(scope.id)
    if before is not None:
        _end(before)
    scheme = NumberScheme(scope_id=scope.id, pattern=pattern, begun_by_id=begun_by.id, begun_at=clock.now())
    db.session.add(scheme)
    db.session.flush()
    audit.record(begun_by, "certificate_number_scheme.begin", scheme, pattern=pattern)
    return scheme


def require_sound(pattern: str) -> None:
    """Raise `Invalid` for a pattern that cannot number."""
    match rules.fault(pattern):
        case rules.Fault.TOO_LONG:
            raise Invalid(_("The pattern has at most %(most)d characters.", most=rules.LONGEST_PATTERN))
        case rules.Fault.FIELDS:
            raise Invalid(_("The pattern needs {year}, {serial} (or {serial:06}) and {check}, each once."))
        case rules.Fault.BRACES:
            raise Invalid(_("The pattern has a brace that belongs to no field; take it out."))
        case rules.Fault.DIGITS:
            raise Invalid(_("The pattern may have no digits of its own: they could be taken for the serial."))


def end(scheme: NumberScheme, scope: Scope, *, ended_by: Actor) -> None:
    """Number no more certificates so; what was drawn stays. No commit. Raises `NotAllowed` or `Conflict`."""
    ended_by.require(Permission.NUMBERING, scope.path)
    scopes.lock(scope)
    db.session.refresh(scheme)
    if scheme.ended_at is not None:
        raise Conflict(_("This numbering has ended already."))
    _end(scheme)
    audit.record(ended_by, "certificate_number_scheme.end", scheme, pattern=scheme.pattern)


def _end(scheme: NumberScheme) -> None:
    scheme.ended_at = clock.now()
    db.session.flush()


def reserve(path: str) -> Reserved | None:
    """The next number of the scope's scheme, its year and serial, held until the transaction ends; None for no scheme.

    Others who draw wait meanwhile, and a transaction that is given up gives it back: there are no gaps.
    """
    scheme = queries.in_use(path)
    return None if scheme is None else (scheme, *_next(scheme))


def _next(scheme: NumberScheme) -> tuple[int, int]:
    year = clock.today().year
    row = {"scheme_id": scheme.id, "year": year, "last": 1}
    counted = upsert(NumberCounter, [row], keys=("scheme_id", "year"), add=("last",))
    serial = db.session.scalar(counted.returning(NumberCounter.last))
    return year, int(serial)


def number_of(reserved: Reserved) -> str:
    """The reserved number as it is printed."""
    scheme, year, serial = reserved
    return rules.written(scheme.pattern, year, serial)


def keep(reserved: Reserved, certificate_id: int, *, drawn_by: Actor) -> None:
    """Write down that a certificate has the number; append-only. Does not commit."""
    scheme, year, serial = reserved
    _add(scheme, year, serial, drawn_by, certificate_id=certificate_id)


def void_next(scheme: NumberScheme, scope: Scope, reason: str, *, voided_by: Actor) -> str:
    """Draw the next number and void it: a numbered paper was spoilt or lost. Returns it. No commit.

    Raises `NotAllowed`, `Invalid` (no reason, or too long a one) or `Conflict` (a scheme that has ended).
    """
    voided_by.require(Permission.NUMBERING, scope.path)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Write why the number is void, in at most %(max)d characters.", max=LONGEST_REASON))
    if scheme.ended_at is not None:
        raise Conflict(_("This numbering has ended already."))
    drawn = _add(scheme, *_next(scheme), voided_by, void_reason=reason)
    audit.record(voided_by, "certificate_number.void", drawn, number=drawn.number, reason=reason)
    return drawn.number


def _add(
    scheme: NumberScheme,
    year: int,
    serial: int,
    by: Actor,
    *,
    certificate_id: int | None = None,
    void_reason: str | None = None,
) -> DrawnNumber:
    drawn = DrawnNumber(
        scheme_id=scheme.id,
        year=year,
        serial=serial,
        number=rules.written(scheme.pattern, year, serial),
        certificate_id=certificate_id,
        drawn_by_id=by.id,
        drawn_at=clock.now(),
        void_reason=void_reason,
    )
    db.session.add(drawn)
    db.session.flush()
    return drawn
