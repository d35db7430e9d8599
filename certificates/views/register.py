"""The register: finding certificates, one certificate with its history, its document, and revoking it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import policies, queries, services, words
from certificates.batches import queries as batches
from certificates.fields import CertificateFields
from certificates.forms import GroundForm, SearchForm, new_key
from certificates.lifecycle import queries as lifecycle
from certificates.lifecycle.history import stands_otherwise
from certificates.lifecycle.queries import Found
from certificates.models import HOLDING
from certificates.numbering import queries as numbers
from certificates.permissions import Permission
from certificates.questions import queries as questions
from certificates.questions.words import OUTCOMES
from certificates.rules import Standing
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.programmes.permissions import Permission as ProgrammePermission

bp = Blueprint("certificates", __name__, url_prefix="/certificates", template_folder="../templates")


@bp.get("/")
@requires(Permission.READ)
def register() -> ResponseReturnValue:
    """The certificates of the actor's scope, newest first."""
    form = SearchForm(request.args)
    usable = form.validate()
    sought = (form.q.data or "") if usable else ""
    page = queries.register_page(
        actor(),
        sought=sought,
        standing=Standing(form.status.data) if usable and form.status.data else None,
        number=max(1, request.args.get("page", 1, type=int)),
    )
    rows = [(one, CertificateFields.from_dict(one.fields), words.mark(one)) for one in page.certificates]
    url = url_for(".register", q=form.q.data or None, status=form.status.data or None)
    return render_template(
        "certificates/register.html",
        form=form,
        page=page,
        rows=rows,
        url=url,
        may_decide=actor().may(Permission.ISSUE) and actor().may(Permission.REVOKE),
        may_revoke=actor().may(Permission.REVOKE),
        may_rule=actor().may(Permission.RELEASE_RULE),
        may_number=actor().may(Permission.NUMBERING),
        local=numbers.look_up(actor(), sought) if sought else None,
        may_design=actor().may(Permission.DESIGN),
    ), 200 if usable else 422


@bp.get("/<int:certificate_id>")
@requires(Permission.OPEN)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One certificate: what it says, where it stands, and what happened to it."""
    entry = queries.entry_visible_to(actor(), certificate_id)
    may_list = actor().may(Permission.READ, entry.scope_path)
    handed_in = entry.was_handed_in and entry.certificate.status in HOLDING
    return render_template(
        "certificates/certificate.html",
        **_shown(entry),
        replacement=batches.replacement_under_way(certificate_id) if may_list and handed_in else None,
        found=lifecycle.chain_of(entry.certificate) if entry.in_chain else Found(entry.certificate, ()),
        events=lifecycle.events_of(certificate_id) if entry.has_history else (),
        replacements=words.REPLACEMENTS,
        may_revoke=policies.may_revoke(actor(), entry.scope_path),
        is_own=entry.certificate.person_id == actor().id,
        may_issue=actor().may(Permission.ISSUE, entry.scope_path),
        may_list=may_list,
        questions=questions.about(certificate_id) if entry.was_asked else (),
        outcomes=OUTCOMES,
        may_open_cohort=actor().may(ProgrammePermission.COHORT_READ, entry.scope_path),
    )


@bp.get("/<int:certificate_id>/document")
@requires(Permission.OPEN)
def document(certificate_id: int) -> ResponseReturnValue:
    """The printed PDF, or a page that says it is being made."""
    entry = queries.entry_visible_to(actor(), certificate_id)
    kept = queries.document_of(certificate_id)
    if kept is None:
        return render_template("certificates/waiting.html", entry=entry), 202
    number, name = entry.certificate.number, str(entry.certificate.fields["person_name"])
    return Response(kept.pdf, mimetype="application/pdf", headers={"Content-Disposition": _attachment(number, name)})


def _attachment(number: str, name: str) -> str:
    """A file name that says whose it is, in UTF-8 for browsers that read it and in ASCII for the others."""
    full = quote(f"{name}-{number}.pdf", safe="")
    return f"attachment; filename=\"{number}.pdf\"; filename*=UTF-8''{full}"


@bp.get("/<int:certificate_id>/revoke")
@requires(Permission.REVOKE)
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Say what revoking does and ask for the reason."""
    entry = queries.entry_visible_to(actor(), certificate_id)
    actor().require(Permission.REVOKE, entry.scope_path)
    return _revoke_page(entry, GroundForm(key=new_key()))


@bp.post("/<int:certificate_id>/revoke")
@requires(Permission.REVOKE)
def revoke_post(certificate_id: int) -> ResponseReturnValue:
    """Revoke the certificate for the reason given."""
    entry = queries.entry_visible_to(actor(), certificate_id)
    form = GroundForm()
    if not form.validate():
        return _revoke_page(entry, form), 422
    try:
        ground = form.ground()
        services.revoke(entry, ground.reason, revoked_by=actor(), authority=ground.authority, key=ground.key)
    except DomainError as error:
        form.form_errors.append(error.message)
        return _revoke_page(entry, form), error.status
    flash(
        _(
            "The certificate %(number)s is revoked; whoever verifies it sees the reason.",
            number=entry.certificate.number,
        ),
        "good",
    )
    return redirect(url_for(".certificate", certificate_id=certificate_id))


def _revoke_page(entry: queries.Entry, form: GroundForm) -> str:
    refused = None if entry.certificate.status in HOLDING else stands_otherwise(entry.certificate)
    return render_template("certificates/revoke.html", **_shown(entry), form=form, refused=refused)


def _shown(entry: queries.Entry) -> dict[str, object]:
    fields = CertificateFields.from_dict(entry.certificate.fields)
    return {
        "entry": entry,
        "certificate": entry.certificate,
        "fields": fields,
        "facts": words.facts(fields, name=fields.person_name),
        "mark": words.mark(entry.certificate),
    }
