"""The pages of designs: the list, writing one and looking at it on hard names, approving and retiring it."""

from __future__ import annotations

import base64

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.designs import proofs, queries, rules, services, words
from certificates.designs.forms import DesignForm, PlaceForm
from certificates.designs.models import DesignState
from certificates.designs.proofs import Proved
from certificates.designs.queries import DesignEntry
from certificates.permissions import Permission
from training.core import printing
from training.core.access import actor, requires
from training.core.db import reading
from training.core.errors import DomainError
from training.places.queries import place_visible_to, places_of

bp = Blueprint("designs", __name__, url_prefix="/designs")


@bp.get("/")
@requires(Permission.DESIGN)
def designs() -> ResponseReturnValue:
    """The designs of one's places."""
    return _list(_place_form())


def _place_form() -> PlaceForm:
    form = PlaceForm()
    form.offer(places_of(actor(), Permission.DESIGN))
    return form


def _list(form: PlaceForm) -> str:
    return render_template(
        "certificates/designs/designs.html",
        entries=queries.designs_visible_to(actor()),
        states=words.STATES,
        form=form,
    )


@bp.post("/")
@requires(Permission.DESIGN)
def begin() -> ResponseReturnValue:
    """Begin a design for a place, or go on with its draft."""
    form = _place_form()
    if not form.validate():
        return _list(form), 422
    scope = place_visible_to(actor(), Permission.DESIGN, form.scope_id.data)
    draft = services.begin_design(scope, begun_by=actor())
    return redirect(url_for(".design", design_id=draft.id), 303)


@bp.get("/<int:design_id>")
@requires(Permission.DESIGN)
def design(design_id: int) -> ResponseReturnValue:
    """One design: a draft as a form, any other as it is."""
    entry = queries.design_visible_to(actor(), design_id)
    form = DesignForm()
    form.show(entry.design)
    return _page(entry, form)


@bp.post("/<int:design_id>")
@requires(Permission.DESIGN)
def save(design_id: int) -> ResponseReturnValue:
    """Keep what was written; it need not be sound yet."""
    entry = queries.design_visible_to(actor(), design_id)
    form = DesignForm()
    look = form.look()
    if look is None or form.form_errors:
        return _page(entry, form), 422
    try:
        services.write(entry, look, written_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(entry, form), error.status
    flash(_("The draft is saved. Somebody else approves it."), "good")
    return redirect(url_for(".design", design_id=design_id), 303)


def _as_sent() -> Proved | None:
    """The proof of what the form holds, or else of what is kept; None where the form is wrong or nothing is there."""
    form = DesignForm()
    if not form.page.data:
        return _as_kept()
    look = form.look()
    return proofs.prove(look, printing.typefaces()) if look and not form.form_errors else None


def _as_kept() -> Proved | None:
    """The proof of a design as it is kept."""
    entry = _asked_for()
    return proofs.prove(entry.design.look, printing.typefaces()) if entry else None


def _for_approval() -> Proved | None:
    """The same, unless whoever asks wrote it and is refused anyhow."""
    entry = _asked_for()
    if entry is None or entry.design.written_by_id == actor().id:
        return None
    return proofs.prove(entry.design.look, printing.typefaces())


def _asked_for() -> DesignEntry | None:
    """The design of the address; None for a stranger's, of which the view says so."""
    try:
        with reading():
            return queries.design_visible_to(actor(), (request.view_args or {})["design_id"])
    except DomainError:
        return None


@bp.post("/<int:design_id>/preview")
@requires(Permission.DESIGN, prepare=_as_sent)
def preview(design_id: int, prepared: Proved | None) -> ResponseReturnValue:
    """Show what would be printed for hard names; nothing is kept."""
    entry = queries.design_visible_to(actor(), design_id)
    form = DesignForm()
    if not form.page.data:
        form.show(entry.design)
    elif form.look() is None or form.form_errors:
        return _page(entry, form), 422
    return _page(entry, form, prepared)


@bp.post("/<int:design_id>/approve")
@requires(Permission.DESIGN, prepare=_for_approval)
def approve(design_id: int, prepared: Proved | None) -> ResponseReturnValue:
    """Put a draft in force, once it is printed right for every hard name."""
    entry = queries.design_visible_to(actor(), design_id)
    form = DesignForm()
    form.show(entry.design)
    try:
        services.approve(entry, prepared or Proved(entry.design.look), approved_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(entry, form, prepared), error.status
    flash(_("The design is in use from now on; what was issued before keeps its own."), "good")
    return redirect(url_for(".design", design_id=design_id), 303)


@bp.post("/<int:design_id>/retire")
@requires(Permission.DESIGN)
def retire(design_id: int) -> ResponseReturnValue:
    """Take a design out of use."""
    services.retire(queries.design_visible_to(actor(), design_id), retired_by=actor())
    flash(_("The design is retired. New certificates look as the next place above has it."), "good")
    return redirect(url_for(".design", design_id=design_id), 303)


def _page(entry: DesignEntry, form: DesignForm, proved: Proved | None = None) -> str:
    shown = [
        (
            words.KINDS[one.kind],
            one.name,
            base64.b64encode(one.picture).decode(),
            one.fault and words.sentence(one.fault),
        )
        for one in (proved.proofs if proved else ())
    ]
    return render_template(
        "certificates/designs/design.html",
        entry=entry,
        design=entry.design,
        form=form,
        state=words.STATES[entry.design.state],
        is_draft=entry.design.state is DesignState.DRAFT,
        is_writer=entry.design.written_by_id == actor().id,
        proved=proved,
        faults=[words.sentence(one) for one in (proved.faults if proved else ())],
        proofs=shown,
        fields=sorted(rules.OF_A_CERTIFICATE),
    )
