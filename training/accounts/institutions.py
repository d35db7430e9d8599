"""Choosing the institution of a computer, for those who sign in with a staff number: searched, never listed whole."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts import doorway
from training.accounts.forms import InstitutionForm
from training.core import addresses
from training.core.access import public
from training.core.errors import Invalid
from training.places import queries as places

bp = Blueprint("institutions", __name__, template_folder="templates")
MOST = 20


@bp.get("/institution")
@public
def choose() -> ResponseReturnValue:
    """Look for an institution by a part of its name."""
    form = InstitutionForm(request.args)
    back = addresses.safe_next(request.args.get("next"))
    asked = "q" in request.args
    sound = not asked or form.validate()
    found = places.institutions_named(form.q.data, MOST + 1) if asked and sound else None
    page = render_template(
        "accounts/institution.html",
        form=form,
        found=found,
        most=MOST,
        back=back or url_for("accounts.sign_in"),
        chosen=doorway.chosen(),
    )
    return page, 200 if sound else 422


@bp.post("/institution")
@public
def choose_post() -> ResponseReturnValue:
    """Remember it on this computer, and lead back."""
    typed = request.form.get("institution_id", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    if places.open_institution(number) is None:
        raise Invalid(_("There is no such institution here; look for it by a part of its name."))
    response = redirect(addresses.safe_next(request.form.get("next")) or url_for("accounts.sign_in"))
    doorway.keep(response, number)  # type: ignore[arg-type]
    return response


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
