"""The pages on which a base suspends, reinstates, corrects a certificate or makes a duplicate of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import queries
from certificates.batches.models import Batch
from certificates.fields import CertificateFields
from certificates.forms import GroundForm, SuspendForm, new_key
from certificates.lifecycle import replacing, services
from certificates.lifecycle import words as lifecycle_words
from certificates.lifecycle.history import stands_otherwise
from certificates.models import CertificateStatus, Replacement
from certificates.permissions import Permission
from certificates.queries import Candidate, Entry
from certificates.releasing import queries as releasing
from certificates.releasing import replacements as releases
from training.core import printing
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.core.fonts import Typefaces
from training.privacy.permissions import Permission as PrivacyPermission

bp = Blueprint("lifecycle", __name__)


@bp.get("/<int:certificate_id>/suspend")
@requires(Permission.REVOKE)
def suspend(certificate_id: int) -> ResponseReturnValue:
    """Say what suspending does, and ask why and until when."""
    return _status_page("suspend", _entry(certificate_id, Permission.REVOKE), SuspendForm(key=new_key()))


@bp.post("/<int:certificate_id>/suspend")
@requires(Permission.REVOKE)
def suspend_post(certificate_id: int) -> ResponseReturnValue:
    """Suspend it; sent twice it is done once."""
    entry, form = _entry(certificate_id, Permission.REVOKE), SuspendForm()
    if not form.validate():
        return _status_page("suspend", entry, form), 422
    try:
        services.suspend(entry, form.ground(), until=form.until.data, suspended_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _status_page("suspend", entry, form), error.status
    flash(
        _("The certificate %(number)s is suspended; whoever verifies it sees that.", number=entry.certificate.number),
        "good",
    )
    return redirect(url_for("certificates.certificate", certificate_id=certificate_id), 303)


@bp.get("/<int:certificate_id>/reinstate")
@requires(Permission.REVOKE)
def reinstate(certificate_id: int) -> ResponseReturnValue:
    """Ask why it is put into force again."""
    return _status_page("reinstate", _entry(certificate_id, Permission.REVOKE), GroundForm(key=new_key()))


@bp.post("/<int:certificate_id>/reinstate")
@requires(Permission.REVOKE)
def reinstate_post(certificate_id: int) -> ResponseReturnValue:
    """Put it into force again; sent twice it is done once."""
    entry, form = _entry(certificate_id, Permission.REVOKE), GroundForm()
    if not form.validate():
        return _status_page("reinstate", entry, form), 422
    try:
        services.reinstate(entry, form.ground(), reinstated_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _status_page("reinstate", entry, form), error.status
    flash(_("The certificate %(number)s is in force again.", number=entry.certificate.number), "good")
    return redirect(url_for("certificates.certificate", certificate_id=certificate_id), 303)


@bp.get("/<int:certificate_id>/correct")
@requires(Permission.ISSUE)
def correct(certificate_id: int) -> ResponseReturnValue:
    """Choose what is printed anew; then both papers beside each other."""
    entry, candidate = _with_candidate(certificate_id)
    return _replace_page(entry, candidate, Replacement.CORRECTION, GroundForm(key=new_key()))


@bp.post("/<int:certificate_id>/correct")
@requires(Permission.ISSUE, prepare=printing.typefaces)
def correct_post(certificate_id: int, prepared: Typefaces) -> ResponseReturnValue:
    """Issue the corrected certificate."""
    return _replaced(certificate_id, Replacement.CORRECTION, prepared)


@bp.get("/<int:certificate_id>/duplicate")
@requires(Permission.ISSUE)
def duplicate(certificate_id: int) -> ResponseReturnValue:
    """Both papers beside each other, and why a duplicate is needed."""
    entry, candidate = _with_candidate(certificate_id)
    return _replace_page(entry, candidate, Replacement.DUPLICATE, GroundForm(key=new_key()))


@bp.post("/<int:certificate_id>/duplicate")
@requires(Permission.ISSUE, prepare=printing.typefaces)
def duplicate_post(certificate_id: int, prepared: Typefaces) -> ResponseReturnValue:
    """Issue the duplicate."""
    return _replaced(certificate_id, Replacement.DUPLICATE, prepared)


def _entry(certificate_id: int, permission: Permission) -> Entry:
    entry = queries.entry_visible_to(actor(), certificate_id)
    actor().require(permission, entry.scope_path)
    return entry


def _with_candidate(certificate_id: int) -> tuple[Entry, Candidate]:
    entry = _entry(certificate_id, Permission.ISSUE)
    return entry, queries.candidate_for(actor(), entry.certificate.enrolment_id)


def _chosen() -> list[str]:
    return [one for one in request.values.getlist("field") if one in replacing.CORRECTABLE]


def _replaced(certificate_id: int, kind: Replacement, typefaces: Typefaces) -> ResponseReturnValue:
    entry, candidate = _with_candidate(certificate_id)
    form = GroundForm()
    if not form.validate():
        return _replace_page(entry, candidate, kind, form), 422
    try:
        new = releases.replace(
            candidate,
            entry,
            kind,
            form.ground(),
            by=actor(),
            typefaces=typefaces,
            site=printing.site(),
            chosen=_chosen(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _replace_page(entry, candidate, kind, form), error.status
    if isinstance(new, Batch):
        flash(_("Handed in for release. Until then the old certificate stays as it is."), "good")
        return redirect(url_for("certificates.batches.batch", batch_id=new.id), 303)
    old = entry.certificate.number
    flash(_("The certificate %(new)s is issued; %(old)s does not count any more.", new=new.number, old=old), "good")
    return redirect(url_for("certificates.certificate", certificate_id=new.id), 303)


def _status_page(act: str, entry: Entry, form: GroundForm) -> str:
    fitting = {"suspend": CertificateStatus.VALID, "reinstate": CertificateStatus.SUSPENDED}[act]
    status = entry.certificate.status
    return render_template(
        f"certificates/lifecycle/{act}.html",
        certificate=entry.certificate,
        fields=CertificateFields.from_dict(entry.certificate.fields),
        refused=None if status is fitting else stands_otherwise(entry.certificate),
        form=form,
    )


def _replace_page(entry: Entry, candidate: Candidate, kind: Replacement, form: GroundForm) -> str:
    """Without a choice of what to correct the step before: what differs from the records."""
    certificate, chosen = entry.certificate, _chosen()
    old = CertificateFields.from_dict(certificate.fields)
    differing = replacing.corrected(candidate, certificate) if kind is Replacement.CORRECTION else {}
    fields = replacing.plan(candidate, certificate, kind, number=_("assigned on issue"), chosen=chosen)
    shown: dict[str, Any] = {
        "certificate": certificate,
        "fields": old,
        "kind": kind,
        "form": form,
        "refused": replacing.why_not(candidate, certificate, kind),
        "needs": releasing.needs(entry.scope_path),
        "chosen": chosen,
    }
    if kind is Replacement.CORRECTION and not chosen:
        value = lifecycle_words.value
        choices = [
            (name, lifecycle_words.FIELDS[name], value(old, name), value(one, name, old))
            for name, one in differing.items()
        ]
        may_revise = actor().may(PrivacyPermission.PERSON_REVISE, entry.scope_path)
        return render_template("certificates/lifecycle/choose.html", choices=choices, may_revise=may_revise, **shown)
    rows = lifecycle_words.papers(old, fields)
    return render_template("certificates/lifecycle/replace.html", rows=rows, **shown)
