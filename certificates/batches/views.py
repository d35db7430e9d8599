"""The pages of batches: choosing, reviewing and confirming; watching one, steering it, and taking away what it made."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import drafts, words
from certificates.batches import deliveries, queries, services
from certificates.batches import words as batch_words
from certificates.batches.models import BatchStatus
from certificates.batches.queries import BatchEntry
from certificates.batches.services import Choice
from certificates.permissions import Permission
from certificates.photos import queries as photos
from certificates.queries import candidates_of
from certificates.releasing import queries as releasing
from training.core import clock, printing
from training.core.access import Actor, actor, requires
from training.core.downloads import attachment, download
from training.core.errors import Invalid
from training.core.fonts import Typefaces
from training.core.workbooks import XLSX
from training.programmes import queries as programmes
from training.programmes.models import Cohort
from training.programmes.pages import cohort_url

bp = Blueprint("batches", __name__)
LONGEST_ID = 18


@bp.get("/cohorts/<int:cohort_id>/issue")
@requires(Permission.ISSUE)
def choose(cohort_id: int) -> ResponseReturnValue:
    """The first step: who is eligible, and who is not and why."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    return _choose_page(cohort, services.choices(candidates_of(actor(), cohort.id)), None)


@bp.post("/cohorts/<int:cohort_id>/issue/review")
@requires(Permission.ISSUE, prepare=printing.typefaces)
def review(cohort_id: int, prepared: Typefaces) -> ResponseReturnValue:
    """The second step: what will be printed for how many, and who is left out; nothing is written yet."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    everybody = services.choices(candidates_of(actor(), cohort.id))
    chosen = _chosen()
    wanted = [one for one in everybody if one.candidate.enrolment.id in chosen and one.eligible]
    if not wanted:
        return _choose_page(cohort, everybody, _("Nobody is chosen. Choose at least one person.")), 422
    refused = [(one, services.unprintable(one.candidate, prepared)) for one in wanted]
    ready = [one for one, reason in refused if reason is None]
    first = drafts.draft((ready or wanted)[0].candidate, number="", site="")
    return render_template(
        "certificates/batches/review.html",
        cohort=cohort,
        ready=ready,
        without_photo=photos.how_many_without([one.candidate for one in ready]),
        left_out=[(one, reason) for one, reason in refused if reason is not None],
        example=words.facts(first, name=first.person_name),
        programme=first.programme._asdict(),
        valid_until=first.valid_until,
        key=secrets.token_hex(16),
        needs=releasing.needs((ready or wanted)[0].candidate.scope_path),
        back=cohort_url(cohort.id),
    )


@bp.post("/cohorts/<int:cohort_id>/batches")
@requires(Permission.ISSUE)
def confirm(cohort_id: int) -> ResponseReturnValue:
    """The third step: open the batch; sent twice it is one."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    key = request.form.get("key", "")
    if not (key.isascii() and key.isalnum() and len(key) == 32):
        raise Invalid(_("This form was not complete. Begin again on the cohort's page."))
    batch = services.open_batch(cohort, _chosen(), key=key, confirmed_by=actor())
    return redirect(url_for(".batch", batch_id=batch.id))


def _chosen() -> list[int]:
    """The enrolments that the form names, each once and in its order; what is no id is left out."""
    sent = request.form.getlist("enrolment")
    return list(dict.fromkeys(int(one) for one in sent if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID))


def _choose_page(cohort: Cohort, everybody: list[Choice], fault: str | None) -> str:
    eligible = [one for one in everybody if one.eligible]
    return render_template(
        "certificates/batches/choose.html",
        cohort=cohort,
        eligible=eligible,
        without_photo=photos.how_many_without([one.candidate for one in eligible]),
        others=[one for one in everybody if not one.eligible],
        fault=fault,
        back=cohort_url(cohort.id),
    )


@bp.get("/batches/")
@requires(Permission.READ)
def batches() -> ResponseReturnValue:
    """The batches of the actor's scope, newest first, and where people are eligible now."""
    entries = queries.newest(actor())
    eligible = queries.eligible_by_cohort(actor()) if actor().may(Permission.ISSUE) else []
    return render_template(
        "certificates/batches/batches.html",
        entries=entries,
        counts=queries.counts_of([one.batch for one in entries]),
        replacements=words.REPLACEMENTS,
        statuses=batch_words.STATUSES,
        tones=batch_words.TONES,
        eligible=eligible,
        people=queries.names_of_eligible([cohort.id for cohort, _count in eligible]),
        most=queries.LISTED,
    )


@bp.get("/batches/<int:batch_id>")
@requires(Permission.READ)
def batch(batch_id: int) -> ResponseReturnValue:
    """One batch: how far it is, what could not be issued and why, and what to take away."""
    entry = queries.entry_visible_to(actor(), batch_id)
    counts = queries.counts_of([entry.batch])[batch_id]
    return render_template(
        "certificates/batches/batch.html",
        entry=entry,
        batch=entry.batch,
        counts=counts,
        replacements=words.REPLACEMENTS,
        status=batch_words.STATUSES[entry.batch.status],
        tone=batch_words.TONES[entry.batch.status],
        minutes_left=batch_words.minutes_left(entry.batch, counts),
        documents=queries.count_documents(batch_id) if counts.printed else 0,
        refused=queries.refused_lines(batch_id),
        may_release=releasing.may_release(actor(), entry.batch, entry.scope_path),
        releasers=releasing.releasers(entry.batch, entry.scope_path) if entry.batch.status == "awaiting" else (),
        may_steer=actor().may(Permission.ISSUE, entry.scope_path),
        working=entry.batch.status is BatchStatus.RUNNING or counts.unprinted > 0,
        cohort_url=cohort_url(entry.cohort.id) if actor().may(Permission.ISSUE, entry.scope_path) else None,
    )


@bp.post("/batches/<int:batch_id>/pause")
@requires(Permission.ISSUE)
def pause(batch_id: int) -> ResponseReturnValue:
    """Let it rest."""
    return _steered(batch_id, services.pause, _("The batch rests. What is issued stays; go on whenever you like."))


@bp.post("/batches/<int:batch_id>/resume")
@requires(Permission.ISSUE)
def resume(batch_id: int) -> ResponseReturnValue:
    """Go on."""
    return _steered(batch_id, services.resume, _("The batch goes on."))


@bp.post("/batches/<int:batch_id>/stop")
@requires(Permission.ISSUE)
def stop(batch_id: int) -> ResponseReturnValue:
    """End it."""
    return _steered(batch_id, services.stop, _("The batch is stopped. What is issued stays; the rest stays unissued."))


def _steered(batch_id: int, act: Callable[..., None], told: str) -> ResponseReturnValue:
    by: Actor = actor()
    entry: BatchEntry = queries.entry_visible_to(by, batch_id)
    act(entry, by=by)
    flash(told, "good")
    return redirect(url_for(".batch", batch_id=batch_id))


@bp.get("/batches/<int:batch_id>/documents.zip")
@requires(Permission.READ)
def archive(batch_id: int) -> ResponseReturnValue:
    """Every document of the batch that is valid now in one ZIP, handed out from a file."""
    entry = queries.entry_visible_to(actor(), batch_id)
    size, pieces = deliveries.archive(batch_id)
    named = {"Content-Disposition": attachment(f"{_name(entry)}.zip"), "Content-Length": str(size)}
    return Response(pieces, mimetype="application/zip", headers=named)


@bp.get("/batches/<int:batch_id>/certificates.xlsx")
@requires(Permission.READ)
def sheet(batch_id: int) -> ResponseReturnValue:
    """The certificates of the batch as a sheet."""
    entry = queries.entry_visible_to(actor(), batch_id)
    return download(deliveries.sheet(batch_id), f"{_name(entry)}.xlsx", XLSX)


def _name(entry: BatchEntry) -> str:
    day = clock.local(entry.batch.confirmed_at).date().isoformat()
    return f"{entry.cohort.code} {day} {entry.batch.id}".translate(deliveries.FORBIDDEN_IN_NAMES)
