"""The pages of local numbers: the schemes of one's places, and one of them with its void numbers."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.numbering import queries, rules, services
from certificates.numbering.forms import SchemeForm, VoidForm
from certificates.numbering.models import NumberCounter
from certificates.permissions import Permission
from training.core import clock, printing
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.core.fonts import Typefaces
from training.places.queries import place_visible_to, places_of

bp = Blueprint("numbering", __name__, url_prefix="/numbering")


@bp.get("/")
@requires(Permission.NUMBERING)
def schemes() -> ResponseReturnValue:
    """How certificates of one's places are numbered beside their own number."""
    return _list(_form())


@bp.post("/")
@requires(Permission.NUMBERING, prepare=printing.typefaces)
def begin(prepared: Typefaces) -> ResponseReturnValue:
    """Number the certificates of a place so from now on."""
    form = _form()
    if not form.validate():
        return _list(form), 422
    scope = place_visible_to(actor(), Permission.NUMBERING, form.scope_id.data)
    try:
        scheme = services.begin_scheme(scope, form.pattern.data or "", begun_by=actor(), typefaces=prepared)
    except DomainError as error:
        form.form_errors.append(error.message)
        return _list(form), error.status
    flash(_("Certificates issued from now on have such a number."), "good")
    return redirect(url_for(".scheme", scheme_id=scheme.id), 303)


@bp.get("/<int:scheme_id>")
@requires(Permission.NUMBERING)
def scheme(scheme_id: int) -> ResponseReturnValue:
    """One scheme: how far it has come, and which numbers are void and why."""
    return _page(scheme_id, VoidForm())


@bp.post("/<int:scheme_id>/void")
@requires(Permission.NUMBERING)
def void(scheme_id: int) -> ResponseReturnValue:
    """Draw the next number and void it."""
    found, scope = queries.scheme_visible_to(actor(), scheme_id)
    form = VoidForm()
    if not form.validate():
        return _page(scheme_id, form), 422
    number = services.void_next(found, scope, form.reason.data or "", voided_by=actor())
    flash(_("The number %(number)s is void and will never be given out.", number=number), "good")
    return redirect(url_for(".scheme", scheme_id=scheme_id), 303)


@bp.post("/<int:scheme_id>/end")
@requires(Permission.NUMBERING)
def end(scheme_id: int) -> ResponseReturnValue:
    """Number no more certificates so."""
    found, scope = queries.scheme_visible_to(actor(), scheme_id)
    services.end(found, scope, ended_by=actor())
    flash(_("The numbering has ended; what was given out stays."), "good")
    return redirect(url_for(".scheme", scheme_id=scheme_id), 303)


def _form() -> SchemeForm:
    form = SchemeForm()
    form.offer(places_of(actor(), Permission.NUMBERING))
    return form


def _list(form: SchemeForm) -> str:
    rows = [
        (one, scope, drawn, rules.written(one.pattern, clock.today().year, 1))
        for one, scope, drawn in queries.schemes_visible_to(actor())
    ]
    return render_template("certificates/numbering/schemes.html", form=form, rows=rows)


def _page(scheme_id: int, form: VoidForm) -> str:
    found, scope = queries.scheme_visible_to(actor(), scheme_id)
    counts = queries.counts_of(scheme_id)
    return render_template(
        "certificates/numbering/scheme.html",
        scheme=found,
        scope=scope,
        form=form,
        counts=[(one, rules.written(found.pattern, one.year, one.last)) for one in counts],
        next_number=_next(found.pattern, counts),
        voids=queries.voids_of(scheme_id),
        most=queries.LISTED,
    )


def _next(pattern: str, counts: Sequence[NumberCounter]) -> str:
    year = clock.today().year
    last = next((one.last for one in counts if one.year == year), 0)
    return rules.written(pattern, year, last + 1)
