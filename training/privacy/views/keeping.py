"""The data of people one looks after: corrections, the identity number in full, closing and erasing accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts.models import Person, Profession
from training.accounts.services import PersonData
from training.core import i18n
from training.core.access import Actor, actor, requires
from training.core.errors import Conflict, DomainError
from training.places import queries as places
from training.privacy import erasure, queries, services
from training.privacy.forms import AnswerForm, ReasonForm, ReviseForm
from training.privacy.permissions import Permission
from training.programmes import pages
from training.programmes.models import Cohort, Enrolment
from training.progress import words as progress

bp = Blueprint("keeping", __name__, url_prefix="/people-data", template_folder="../templates")


@bp.get("/<int:person_id>")
@requires(Permission.PERSON_REVISE)
def person(person_id: int) -> ResponseReturnValue:
    """What is kept of a person, to be corrected."""
    return _page(queries.person_visible_to(actor(), person_id, Permission.PERSON_REVISE), None)


@bp.post("/<int:person_id>")
@requires(Permission.PERSON_REVISE)
def revise(person_id: int) -> ResponseReturnValue:
    """Correct it."""
    found = queries.person_visible_to(actor(), person_id, Permission.PERSON_REVISE)
    form = _form(found, typed=True)
    if not form.validate():
        return _page(found, form), 422
    data = PersonData(
        name=form.name.data,
        profession=Profession(form.profession.data),
        mobile=form.mobile.data or None,
        email=form.email.data or None,
        institution_id=form.institution_id.data or None,
        staff_number=form.staff_number.data or None,
    )
    try:
        services.revise(found, data, by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(found, form), error.status
    flash(_("The data of %(name)s is corrected.", name=found.name), "good")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/<int:person_id>/id-number")
@requires(Permission.ID_NUMBER_READ)
def id_number(person_id: int) -> ResponseReturnValue:
    """Show the identity number in full, once, for a reason that is recorded."""
    found = queries.person_visible_to(actor(), person_id, Permission.ID_NUMBER_READ)
    number = services.view_id_number(found, _reason(), viewed_by=actor())
    return render_template("privacy/id_number.html", person=found, number=number)


def _reason() -> str:
    """The reason as the form took it; what cannot be kept (too long, unprintable) counts as none."""
    form = ReasonForm()
    return (form.reason.data or "") if form.validate() else ""


@bp.post("/<int:person_id>/<any(close,reopen):act>")
@requires(Permission.PERSON_ERASE)
def set_active(person_id: int, act: str) -> ResponseReturnValue:
    """Close an account, or open it again."""
    found = queries.person_visible_to(actor(), person_id, Permission.PERSON_ERASE)
    services.set_active(found, active=act == "reopen", reason=_reason(), by=actor())
    flash(_("The account is open again.") if found.active else _("The account is closed."), "good")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/<int:person_id>/erase")
@requires(Permission.PERSON_ERASE)
def erase(person_id: int) -> ResponseReturnValue:
    """Erase a person at once, as they asked on paper."""
    found = queries.person_visible_to(actor(), person_id, Permission.PERSON_ERASE)
    if found.id == actor().id:
        raise Conflict(_("You cannot erase yourself here; ask for it on the page of your own data."))
    token = erasure.erase(found.id, by=actor())
    flash(_("Erased. The token %(token)s stands for this person from now on.", token=token), "good")
    return redirect(url_for("people.home"))


@bp.get("/corrections")
@requires(Permission.CORRECTION_DECIDE)
def corrections() -> ResponseReturnValue:
    """What people want corrected."""
    rows = queries.corrections_for(actor())
    named = {key for wish, who, _of in rows for key in (wish.wanted.get("institution_id"), who.institution_id) if key}
    institutions = {key: i18n.local(one, "name") for key, one in places.institutions_by_ids(named).items()}
    return render_template(
        "privacy/corrections.html",
        rows=rows,
        institutions=institutions,
        professions={one.value: one.label for one in Profession},
    )


@bp.post("/corrections/<int:correction_id>/<any(accept,decline):act>")
@requires(Permission.CORRECTION_DECIDE)
def decide(correction_id: int, act: str) -> ResponseReturnValue:
    """Accept or decline one."""
    wish = queries.correction_for(actor(), correction_id)
    form = AnswerForm()
    answer = form.answer.data if form.validate() else ""
    services.decide_correction(wish, accept=act == "accept", answer=answer or "", decided_by=actor())
    flash(_("Corrected.") if act == "accept" else _("Declined; the person reads your answer."), "good")
    return redirect(url_for(".corrections"))


def _form(found: Person, *, typed: bool = False) -> ReviseForm:
    form = ReviseForm() if typed else ReviseForm(obj=found)
    form.offer([(one.id, i18n.local(one, "name")) for one in places.institutions(also=found.institution_id)])
    if not typed:
        form.profession.data, form.institution_id.data = found.profession.value, found.institution_id or 0
    return form


def _page(found: Person, form: ReviseForm | None) -> str:
    return render_template(
        "privacy/person.html",
        person=found,
        form=form or _form(found),
        id_number=services.masked_id_number(found),
        reason=ReasonForm(prefix="why"),
        may_erase=actor().may(Permission.PERSON_ERASE),
    )


def _beside(
    someone: Actor, _cohort: Cohort, enrolments: Sequence[Enrolment]
) -> Mapping[int, list[progress.CohortAction]]:
    if not someone.may(Permission.PERSON_REVISE):
        return {}
    return {
        one.id: [(_("Personal data"), url_for("keeping.person", person_id=one.person_id), "plain")]
        for one in enrolments
    }


def _waiting(someone: Actor) -> Sequence[pages.Today]:
    if not someone.may(Permission.CORRECTION_DECIDE):
        return []
    count = queries.count_corrections_for(someone)
    return [pages.Today(_("Corrections asked for"), count, url_for("keeping.corrections"), 80)] if count else []


def register(app: Flask) -> None:
    """Plug in the pages, the link beside each person of a cohort, and what waits."""
    app.register_blueprint(bp)
    progress.add_cohort_action(_beside)
    pages.add_today(_waiting)
