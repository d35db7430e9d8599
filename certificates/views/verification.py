"""Verification by anyone who holds a certificate: one field, one screen, no script, no sign-in.

What is shown is what stands on the paper, its photo too, with the name masked, and what of its history is public: the
present standing with its reason, not a suspension that is over. A number cannot be guessed (forty random bits); who
tries all the same is stopped by address: a number that was never given out weighs much more than one that is there.
Counting is all that these pages write, and is forgotten after 15 minutes; a register that cannot write now answers
without it.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from certificates import rules, serials, words
from certificates.fields import CertificateFields
from certificates.forms import VerifyForm
from certificates.lifecycle import queries
from certificates.lifecycle.queries import Found
from certificates.models import CertificateStatus
from certificates.photos import queries as photos
from training.accounts import services as accounts
from training.core import clock
from training.core.access import public, public_unopened
from training.core.db import reading, transaction
from training.core.errors import NotFound

bp = Blueprint("verification", __name__, url_prefix="/verify", template_folder="../templates")

POINTS = 600
"""What one address may use up in 15 minutes: a classroom or a ward shares one."""
KNOWN, MISTYPED, UNKNOWN = 1, 3, 20


@bp.get("/")
@public
def ask() -> ResponseReturnValue:
    """The form; with a number, the way to its page."""
    if "number" not in request.args:
        return render_template("certificates/ask.html", form=VerifyForm())
    form = VerifyForm(request.args)
    if not form.validate():
        return render_template("certificates/ask.html", form=form), 422
    number = serials.normalise(form.number.data)
    if not number:
        form.number.errors = [_("Type the number as it is printed on the certificate.")]
        return render_template("certificates/ask.html", form=form), 422
    return redirect(url_for(".verify", number=number))


@bp.get("/<number>")
@public_unopened
def verify(number: str) -> ResponseReturnValue:
    """What the register says of a number; 404 where it holds none, and in words whether it was mistyped.

    Counted before it is looked up, so that numbers tried side by side count as well.
    """
    canonical = serials.normalise(number)
    genuine = serials.is_valid(canonical)
    if not _within_limits(KNOWN if genuine else MISTYPED):
        return render_template("certificates/too_many.html"), 429, {"Retry-After": "900"}
    with reading():
        found = queries.found(canonical) if genuine else None
        if found is not None:
            return _found_page(found)
    if genuine:
        _within_limits(UNKNOWN - KNOWN)
    return render_template(
        "certificates/unknown.html",
        number=canonical[:40],
        mistyped=not genuine,
        form=VerifyForm() if genuine else VerifyForm(data={"number": canonical[:40]}),
    ), 404


@bp.get("/<number>/photo.jpg")
@public_unopened
def photo(number: str) -> ResponseReturnValue:
    """The photo that stands on the paper; counted as its page is. Nobody keeps it: it goes with its holder."""
    canonical = serials.normalise(number)
    genuine = serials.is_valid(canonical)
    if not _within_limits(KNOWN if genuine else MISTYPED):
        return render_template("certificates/too_many.html"), 429, {"Retry-After": "900"}
    with reading():
        picture = photos.picture_on(canonical) if genuine else None
    if picture is not None:
        return Response(picture, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})
    if genuine:
        _within_limits(UNKNOWN - KNOWN)
    raise NotFound(_("There is no photo."))


def _within_limits(points: int) -> bool:
    key = f"verify:{(request.remote_addr or '')[:100]}"
    try:
        with transaction():
            return accounts.count({key: points})[key] <= POINTS
    except OperationalError:
        return True


def _found_page(found: Found) -> str:
    """Three queries with the counting; of a certificate in force there is no history to read."""
    certificate = found.certificate
    fields = CertificateFields.from_dict(certificate.fields)
    in_force = certificate.status is CertificateStatus.VALID
    events = [] if in_force else queries.events_of(certificate.id)
    return render_template(
        "certificates/verify.html",
        certificate=certificate,
        facts=words.facts(fields, name=rules.masked(fields.person_name)),
        photo=url_for(".photo", number=certificate.number) if fields.photo else None,
        mark=words.mark(certificate),
        event=events[-1][0] if events else None,
        found=found,
        newest=words.mark(found.newest),
        replacements=words.REPLACEMENTS,
        asked_at=clock.now(),
        form=VerifyForm(),
    )
