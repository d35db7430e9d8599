"""The pages on which a base revokes several certificates for one reason: their numbers, whose they are, and done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from certificates import queries
from certificates.forms import MOST_AT_ONCE, SeveralForm, new_key
from certificates.lifecycle import services
from certificates.lifecycle.history import stands_otherwise
from certificates.models import HOLDING
from certificates.permissions import Permission
from certificates.queries import Entry
from training.core.access import actor, requires
from training.core.errors import DomainError

bp = Blueprint("several", __name__)


@bp.get("/revoke")
@requires(Permission.REVOKE)
def revoke() -> ResponseReturnValue:
    """Ask which ones, why, and on whose authority."""
    return render_template("certificates/lifecycle/several.html", form=SeveralForm(key=new_key()))


@bp.post("/revoke/review")
@requires(Permission.REVOKE)
def review() -> ResponseReturnValue:
    """Whose they are, and which cannot be revoked and why; nothing is written yet."""
    form = SeveralForm()
    if not form.validate() or not _fits(form):
        return render_template("certificates/lifecycle/several.html", form=form), 422
    return _review_page(form)


@bp.post("/revoke")
@requires(Permission.REVOKE)
def revoke_post() -> ResponseReturnValue:
    """Revoke them, all or none; sent twice it is done once."""
    form = SeveralForm()
    if not form.validate() or not _fits(form):
        return render_template("certificates/lifecycle/several.html", form=form), 422
    entries = _mine(form.chosen())
    if len(entries) < len(form.chosen()):
        return _review_page(form), 409
    try:
        services.revoke_all(entries, form.ground(), revoked_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _review_page(form), error.status
    flash(ngettext("%(num)d certificate is revoked.", "%(num)d certificates are revoked.", len(entries)), "good")
    return redirect(url_for("certificates.register"), 303)


def _fits(form: SeveralForm) -> bool:
    """Whether so many can be revoked at once; says so beside the field."""
    if 0 < len(form.chosen()) <= MOST_AT_ONCE:
        return True
    form.numbers.errors = [_("Give at least one number and at most %(most)s.", most=MOST_AT_ONCE)]
    return False


def _mine(numbers: list[str]) -> list[Entry]:
    found = queries.entries_numbered(actor(), numbers)
    return [one for one in found if actor().may(Permission.REVOKE, one.scope_path)]


def _review_page(form: SeveralForm) -> str:
    entries = _mine(form.chosen())
    ready = [one.certificate for one in entries if one.certificate.status in HOLDING]
    known = {one.certificate.number for one in entries}
    left_out = [
        (one, _("There is no such certificate, or it is not one of your base."))
        for one in form.chosen()
        if one not in known
    ]
    left_out += [
        (one.certificate.number, stands_otherwise(one.certificate))
        for one in entries
        if one.certificate.status not in HOLDING
    ]
    return render_template(
        "certificates/lifecycle/review.html",
        form=form,
        ready=ready,
        numbers="\n".join(one.number for one in ready),
        left_out=left_out,
    )
