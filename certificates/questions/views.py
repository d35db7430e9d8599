"""The pages of a base: certificates to decide about, and one of them with the decision."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.fields import CertificateFields
from certificates.permissions import Permission
from certificates.questions import queries, services
from certificates.questions.queries import Asked
from certificates.questions.words import OUTCOMES
from training.core import paging
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.core.forms import Form, long_text

bp = Blueprint("questions", __name__, url_prefix="/questions")


class KeepForm(Form):
    """Why a certificate stays in force."""

    reason = long_text(_l("Why it stays in force"), maximum=services.LONGEST_REASON)


@bp.get("/")
@requires(Permission.REVOKE)
def questions() -> ResponseReturnValue:
    """What is to be decided, then what was."""
    number = paging.number_asked()
    rows, total = queries.questions_visible_to(actor(), number, paging.SIZE)
    names = {one.certificate.id: CertificateFields.from_dict(one.certificate.fields) for one in rows}
    page = paging.Page(rows, number, total)
    return render_template("certificates/questions/questions.html", page=page, fields=names, outcomes=OUTCOMES)


@bp.get("/<int:question_id>")
@requires(Permission.REVOKE)
def question(question_id: int) -> ResponseReturnValue:
    """What happened, and the two ways to decide."""
    return _page(queries.question_visible_to(actor(), question_id), KeepForm())


@bp.post("/<int:question_id>/keep")
@requires(Permission.REVOKE)
def keep(question_id: int) -> ResponseReturnValue:
    """Keep the certificate in force for the reason given."""
    asked = queries.question_visible_to(actor(), question_id)
    services.require_open(asked.question)
    form = KeepForm()
    if not form.validate():
        return _page(asked, form), 422
    try:
        services.keep(asked, form.reason.data or "", kept_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(asked, form), error.status
    flash(_("The certificate %(number)s stays in force.", number=asked.certificate.number), "good")
    return redirect(url_for("certificates.certificate", certificate_id=asked.certificate.id), 303)


def _page(asked: Asked, form: KeepForm) -> str:
    return render_template(
        "certificates/questions/question.html",
        asked=asked,
        form=form,
        fields=CertificateFields.from_dict(asked.certificate.fields),
        outcome=OUTCOMES[asked.question.state],
    )
