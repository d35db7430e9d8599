"""The pages of renewal: the holder asks on the certificate's page, the base decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import queries as register
from certificates import words
from certificates.batches.models import Batch
from certificates.fields import CertificateFields
from certificates.forms import GroundForm, new_key
from certificates.lifecycle import replacing
from certificates.lifecycle import words as lifecycle_words
from certificates.models import Certificate, Replacement
from certificates.permissions import Permission
from certificates.releasing import queries as releasing
from certificates.releasing import replacements as releases
from certificates.renewals import queries, services
from certificates.renewals.forms import AskForm, Received, RefuseForm, receive
from certificates.renewals.queries import Asked
from certificates.renewals.words import STATES, state
from training.core import paging, printing, storage
from training.core.access import actor, requires
from training.core.errors import DomainError, NotFound
from training.core.file_types import MEGABYTE
from training.core.fonts import Typefaces

bp = Blueprint("renewals", __name__)
LARGEST = 10 * MEGABYTE


@bp.url_value_preprocessor
def admit_evidence(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the body of a request to renew be as large as its evidence, of somebody signed in alone."""
    if (endpoint or "").endswith("renewals.ask_post") and "_user_id" in session:
        request.max_content_length = LARGEST


@bp.get("/<int:certificate_id>/renewal")
@requires(Permission.READ_OWN)
def ask(certificate_id: int) -> ResponseReturnValue:
    """What counts since the issue, what was asked before, and the form while renewal is open."""
    return _ask_page(_own(certificate_id), AskForm())


@bp.post("/<int:certificate_id>/renewal")
@requires(Permission.READ_OWN, prepare=receive)
def ask_post(certificate_id: int, prepared: Received) -> ResponseReturnValue:
    """Ask; sent twice it is one request."""
    certificate, form = _own(certificate_id), AskForm()
    if not form.validate() or prepared.refusal:
        form.evidence.errors = [prepared.refusal] if prepared.refusal else form.evidence.errors
        return _ask_page(certificate, form), 422
    try:
        services.ask(certificate, form.statement.data or "", prepared.kept, asked_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _ask_page(certificate, form), error.status
    flash(_("Your request is with your training base. You get a message when it has decided."), "good")
    return redirect(url_for(".ask", certificate_id=certificate_id), 303)


@bp.post("/<int:certificate_id>/renewal/take-back")
@requires(Permission.READ_OWN)
def take_back(certificate_id: int) -> ResponseReturnValue:
    """Take the waiting request back."""
    certificate = _own(certificate_id)
    waiting = queries.waiting_of(certificate.id)
    if waiting is not None:
        services.take_back(waiting, by=actor())
        flash(_("Your request is taken back."), "good")
    return redirect(url_for(".ask", certificate_id=certificate_id), 303)


def _own(certificate_id: int) -> Certificate:
    certificate = register.entry_visible_to(actor(), certificate_id).certificate
    if certificate.person_id != actor().id:
        raise NotFound(_("There is no such certificate, or it is not one of yours to see."))
    return certificate


def _ask_page(certificate: Certificate, form: AskForm) -> str:
    return render_template(
        "certificates/renewals/ask.html",
        certificate=certificate,
        fields=CertificateFields.from_dict(certificate.fields),
        refused=services.why_not(certificate),
        learned=queries.learned_since(certificate),
        asked=queries.of_certificate(certificate.id),
        states=STATES,
        form=form,
    )


@bp.get("/renewals/")
@requires(Permission.ISSUE)
def renewals() -> ResponseReturnValue:
    """What waits for a decision, then what was decided."""
    number = paging.number_asked()
    rows, total, waiting = queries.renewals_visible_to(actor(), number, paging.SIZE)
    return render_template(
        "certificates/renewals/renewals.html", page=paging.Page(rows, number, total), waiting=waiting, state=state
    )


@bp.get("/renewals/<int:renewal_id>")
@requires(Permission.ISSUE)
def renewal(renewal_id: int) -> ResponseReturnValue:
    """One request: what speaks for it, both papers beside each other, and the two ways to decide."""
    asked = queries.renewal_visible_to(actor(), renewal_id)
    return _page(asked, GroundForm(key=new_key()), RefuseForm(prefix="refuse-"))


@bp.get("/renewals/<int:renewal_id>/evidence")
@requires(Permission.ISSUE)
def evidence(renewal_id: int) -> ResponseReturnValue:
    """The file that came with a request."""
    asked = queries.renewal_visible_to(actor(), renewal_id)
    stored = queries.evidence_of(asked.renewal)
    if stored is None:
        raise NotFound(_("No file came with this request."))
    return storage.send(stored, asked.renewal.file_name or "")


@bp.post("/renewals/<int:renewal_id>/grant")
@requires(Permission.ISSUE, prepare=printing.typefaces)
def grant(renewal_id: int, prepared: Typefaces) -> ResponseReturnValue:
    """Renew the certificate; sent twice it is renewed once."""
    asked, form = queries.renewal_visible_to(actor(), renewal_id), GroundForm()
    if not form.validate():
        services.require_waiting(asked.renewal)
        return _page(asked, form, RefuseForm(prefix="refuse-", formdata=None)), 422
    try:
        new = releases.grant(asked, form.ground(), typefaces=prepared, site=printing.site(), granted_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(asked, form, RefuseForm(prefix="refuse-", formdata=None)), error.status
    if isinstance(new, Batch):
        flash(_("Handed in for release. The holder is told when the renewed certificate is issued."), "good")
        return redirect(url_for("certificates.batches.batch", batch_id=new.id), 303)
    flash(_("The certificate %(new)s is issued; the holder is told.", new=new.number), "good")
    return redirect(url_for("certificates.certificate", certificate_id=new.id), 303)


@bp.post("/renewals/<int:renewal_id>/refuse")
@requires(Permission.ISSUE)
def refuse(renewal_id: int) -> ResponseReturnValue:
    """Refuse it for the reason given."""
    asked, form = queries.renewal_visible_to(actor(), renewal_id), RefuseForm(prefix="refuse-")
    if not form.validate():
        services.require_waiting(asked.renewal)
        return _page(asked, GroundForm(formdata=None, key=new_key()), form), 422
    try:
        services.refuse(asked, form.reason.data or "", refused_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(asked, GroundForm(formdata=None, key=new_key()), form), error.status
    flash(_("The request is not granted; the holder is told why."), "good")
    return redirect(url_for(".renewals"), 303)


def _page(asked: Asked, form: GroundForm, refusal: RefuseForm) -> str:
    certificate = asked.certificate
    candidate = register.candidate_for(actor(), certificate.enrolment_id)
    old = CertificateFields.from_dict(certificate.fields)
    new = replacing.plan(candidate, certificate, Replacement.RENEWAL, number=_("assigned on issue"))
    return render_template(
        "certificates/renewals/renewal.html",
        asked=asked,
        certificate=certificate,
        learned=queries.learned_since(certificate),
        rows=lifecycle_words.papers(old, new),
        refused=replacing.why_not(candidate, certificate, Replacement.RENEWAL),
        state=state(asked),
        needs=releasing.needs(asked.scope.path),
        mark=words.mark(certificate),
        form=form,
        refusal=refusal,
    )
