"""One's own data: what is kept, a copy, a correction, erasure. Everybody signed in has these, whatever the role."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts import queries as accounts
from training.accounts import revising
from training.core import audit, clock, i18n, web
from training.core.access import public
from training.core.errors import DomainError
from training.places import queries as places
from training.privacy import holdings, queries, services
from training.privacy.forms import CorrectionForm
from training.privacy.models import ConsentSubject
from training.privacy.views.consent import signed_in

bp = Blueprint("own_data", __name__, url_prefix="/account/data", template_folder="../templates")


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """What is kept, and what can be done about it."""
    actor = signed_in()
    person, institution = accounts.person_with_institution(actor.id)
    return render_template(
        "privacy/own.html",
        person=person,
        institution=institution,
        id_number=services.masked_id_number(person),
        agreed=queries.has_agreed(actor.id, ConsentSubject.ID_NUMBER),
        corrections=queries.corrections_of(actor.id),
        erasure=queries.open_erasure(actor.id),
    )


@bp.post("/copy")
@public
def copy() -> ResponseReturnValue:
    """Everything that is kept, as one JSON file; the download is recorded."""
    actor = signed_in()
    person = accounts.person(actor.id)
    held: dict[str, Any] = {
        "made_at": clock.now().isoformat(),
        "identity_number": revising.id_number_of(person),
        "data": holdings.of(actor.id),
    }
    audit.record(actor, "person.export", person)
    text = json.dumps(held, ensure_ascii=False, indent=1)
    name = f"anning-{clock.today().isoformat()}.json"
    return Response(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@bp.get("/correction")
@public
def correction() -> ResponseReturnValue:
    """The form, filled with what is kept."""
    return _correction_page(_correction_form(present=True))


@bp.post("/correction")
@public
def correction_post() -> ResponseReturnValue:
    """Ask for a correction."""
    actor = signed_in()
    form = _correction_form(present=False)
    if not form.validate():
        return _correction_page(form), 422
    wanted = {
        "name": form.name.data,
        "profession": form.profession.data,
        "institution_id": form.institution_id.data or None,
        "staff_number": form.staff_number.data or None,
    }
    try:
        services.ask_correction(wanted, form.reason.data, asked_by=actor)
    except DomainError as error:
        form.form_errors.append(error.message)
        return _correction_page(form), error.status
    flash(_("Your wish waits for your coordinator; you find the answer here."), "good")
    return redirect(url_for(".home"))


def _correction_form(*, present: bool) -> CorrectionForm:
    person = accounts.person(signed_in().id)
    form = CorrectionForm(obj=person) if present else CorrectionForm()
    form.offer([(one.id, i18n.local(one, "name")) for one in places.institutions(also=person.institution_id)])
    if present:
        form.profession.data, form.institution_id.data = person.profession.value, person.institution_id or 0
    return form


def _correction_page(form: CorrectionForm) -> str:
    return render_template("privacy/correction.html", form=form)


@bp.post("/id-number/forget")
@public
def forget_id_number() -> ResponseReturnValue:
    """Withdraw the consent to keep the identity number, which is forgotten."""
    actor = signed_in()
    services.agree_to_id_number(accounts.person(actor.id), given=False, by=actor)
    flash(_("Your identity number is no longer kept."), "good")
    return redirect(url_for(".home"))


@bp.post("/erasure")
@public
def erasure() -> ResponseReturnValue:
    """Ask to be erased."""
    wish = services.ask_erasure(asked_by=signed_in())
    flash(
        _("You will be erased on %(day)s. Until then you can take it back here.", day=i18n.show_date(wish.due_at)),
        "warn",
    )
    return redirect(url_for(".home"))


@bp.post("/erasure/take-back")
@public
def stay() -> ResponseReturnValue:
    """Stay after all."""
    services.take_back_erasure(by=signed_in())
    flash(_("Good that you stay. Nothing was erased."), "good")
    return redirect(url_for(".home"))


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_personal(_l("My data"), "own_data.home")
