"""Issuing: what the certificate of one enrolment would say, and the button that issues it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import drafts, queries, services, words
from certificates.batches import services as batches
from certificates.permissions import Permission
from certificates.photos import queries as photos
from certificates.releasing import queries as releasing
from training.core import printing
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.core.fonts import Typefaces
from training.core.printing import PressUnavailable
from training.programmes.pages import cohort_url

bp = Blueprint("issuing", __name__)


def _typefaces() -> Typefaces | PressUnavailable:
    """The typefaces, or why there are none: finding them reads large files, and cuts them at first."""
    try:
        return printing.typefaces()
    except PressUnavailable as missing:
        return missing


@bp.get("/enrolments/<int:enrolment_id>/issue")
@requires(Permission.ISSUE, prepare=_typefaces)
def issue(enrolment_id: int, prepared: Typefaces | PressUnavailable) -> ResponseReturnValue:
    """Show what will be printed, or why nothing can be."""
    candidate = queries.candidate_for(actor(), enrolment_id)
    known = queries.in_force(enrolment_id)
    if known is not None:
        return redirect(url_for("certificates.certificate", certificate_id=known.id))
    return _issue_page(candidate, _refusal(candidate, prepared))


@bp.post("/enrolments/<int:enrolment_id>/issue")
@requires(Permission.ISSUE, prepare=printing.typefaces)
def issue_post(enrolment_id: int, prepared: Typefaces) -> ResponseReturnValue:
    """Issue the certificate; sent twice it leads to the same one."""
    candidate = queries.candidate_for(actor(), enrolment_id)
    try:
        certificate = services.issue(candidate, issued_by=actor(), typefaces=prepared, site=printing.site())
    except services.ReleaseNeeded:
        return _handed_in(candidate, prepared)
    except DomainError as error:
        return _issue_page(candidate, error.message), error.status
    flash(_("The certificate %(number)s is issued.", number=certificate.number), "good")
    return redirect(url_for("certificates.certificate", certificate_id=certificate.id))


def _handed_in(candidate: queries.Candidate, typefaces: Typefaces) -> ResponseReturnValue:
    """A second person releases it: a batch of one."""
    known = queries.in_force(candidate.enrolment.id)
    if known is not None:
        return redirect(url_for("certificates.certificate", certificate_id=known.id))
    refused = _refusal(candidate, typefaces)
    if refused is not None:
        return _issue_page(candidate, refused), 422
    batch = batches.open_for_one(candidate, confirmed_by=actor())
    flash(_("Handed in. Nothing is issued until a second person has released it."), "good")
    return redirect(url_for("certificates.batches.batch", batch_id=batch.id))


def _refusal(candidate: queries.Candidate, typefaces: Typefaces | PressUnavailable) -> str | None:
    """Why the button is not offered; the fonts are asked here too, so that nobody presses it in vain."""
    refused = services.why_not(candidate)
    if refused is not None:
        return refused
    if isinstance(typefaces, PressUnavailable):
        return str(typefaces.message)
    try:
        services.require_printable(drafts.draft(candidate, number="", site=""), typefaces)
    except DomainError as error:
        return str(error.message)
    return None


def _issue_page(candidate: queries.Candidate, refused: Any) -> str:
    fields = drafts.draft(candidate, number="", site="")
    return render_template(
        "certificates/issue.html",
        candidate=candidate,
        refused=refused,
        facts=words.facts(fields, name=fields.person_name),
        has_photo=bool(photos.to_print(candidate)),
        needs=releasing.needs(candidate.scope_path),
        back=cohort_url(candidate.cohort.id),
    )
