"""The pages of releases: looking a batch over before it runs, and what each place needs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import drafts, words
from certificates.batches import queries as batches
from certificates.batches.models import BatchStatus
from certificates.batches.queries import BatchEntry
from certificates.batches.services import standing_of
from certificates.fields import CertificateFields
from certificates.lifecycle import replacing
from certificates.lifecycle.words import Row, papers
from certificates.permissions import Permission
from certificates.queries import Candidate
from certificates.releasing import queries, services
from certificates.releasing.forms import RuleForm, SendBackForm
from certificates.releasing.models import Needs
from certificates.releasing.words import NEEDS
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.places.queries import place_visible_to, places_of

bp = Blueprint("releasing", __name__)


@bp.get("/batches/<int:batch_id>/release")
@requires(Permission.RELEASE)
def look(batch_id: int) -> ResponseReturnValue:
    """Look a batch over: for whom, who has dropped out since it was handed in, what is printed."""
    entry = batches.entry_visible_to(actor(), batch_id)
    if entry.batch.status is not BatchStatus.AWAITING:
        return redirect(url_for("certificates.batches.batch", batch_id=batch_id))
    return _page(entry, SendBackForm())


@bp.post("/batches/<int:batch_id>/release")
@requires(Permission.RELEASE)
def release(batch_id: int) -> ResponseReturnValue:
    """Let it run."""
    services.release(batches.entry_visible_to(actor(), batch_id), released_by=actor())
    flash(_("The batch is released; the certificates are being issued."), "good")
    return redirect(url_for("certificates.batches.batch", batch_id=batch_id), 303)


@bp.post("/batches/<int:batch_id>/send-back")
@requires(Permission.RELEASE)
def send_back(batch_id: int) -> ResponseReturnValue:
    """Give it back to its maker for the reason given."""
    entry = batches.entry_visible_to(actor(), batch_id)
    services.require_second(entry.batch, entry, actor())
    form = SendBackForm()
    if not form.validate():
        return _page(entry, form), 422
    try:
        services.send_back(entry, form.reason.data or "", sent_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(entry, form), error.status
    flash(_("The batch is sent back; its maker reads your reason."), "good")
    return redirect(url_for("certificates.batches.batch", batch_id=batch_id), 303)


def _page(entry: BatchEntry, form: SendBackForm) -> str:
    everybody = standing_of(entry.batch)
    ready = [one for one in everybody if one.eligible]
    candidate = (ready or everybody)[0].candidate
    first = drafts.draft(candidate, number="", site="")
    return render_template(
        "certificates/releasing/release.html",
        entry=entry,
        batch=entry.batch,
        form=form,
        ready=ready,
        dropped=[one for one in everybody if not one.eligible],
        example=words.facts(first, name=first.person_name),
        rows=_papers(entry, candidate) if ready else (),
        replacements=words.REPLACEMENTS,
        may_release=queries.may_release(actor(), entry.batch, entry.scope_path),
    )


def _papers(entry: BatchEntry, candidate: Candidate) -> list[Row]:
    """Of a replacement both papers beside each other."""
    asked, old = entry.replacement, entry.replaced
    if asked is None or old is None:
        return []
    new = replacing.plan(candidate, old, asked.replaced_as, number=_("assigned on issue"), chosen=asked.chosen)
    return papers(CertificateFields.from_dict(old.fields), new)


@bp.get("/releases")
@requires(Permission.RELEASE_RULE)
def rules() -> ResponseReturnValue:
    """What each place of the actor needs."""
    return _rules_page(RuleForm(data={"needs": Needs.COLLEAGUE.value}))


@bp.post("/releases")
@requires(Permission.RELEASE_RULE)
def set_rule() -> ResponseReturnValue:
    """Set what a place needs."""
    form = RuleForm()
    form.offer(places_of(actor(), Permission.RELEASE_RULE))
    if not form.validate():
        return _rules_page(form), 422
    scope = place_visible_to(actor(), Permission.RELEASE_RULE, form.scope_id.data)
    services.set_rule(scope, Needs(form.needs.data), set_by=actor())
    flash(_("Set. Batches that wait already keep what they needed."), "good")
    return redirect(url_for(".rules"), 303)


def _rules_page(form: RuleForm) -> str:
    form.offer(places_of(actor(), Permission.RELEASE_RULE))
    return render_template("certificates/releasing/rules.html", form=form, rows=queries.rules_of(actor()), words=NEEDS)
