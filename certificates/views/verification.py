"""Verification by anyone who holds a certificate: one field, one screen, no script, no sign-in.

A number cannot be guessed (forty random bits), so that asking needs no limit; what is shown is what stands on the
paper, with the name masked.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import queries, rules, serials, words
from certificates.fields import CertificateFields
from certificates.forms import VerifyForm
from training.core import clock
from training.core.access import public

bp = Blueprint("verification", __name__, url_prefix="/verify", template_folder="../templates")


@bp.get("/")
@public
def ask() -> ResponseReturnValue:
    """The form; with a number, the way to its page."""
    if "number" not in request.args:
        return render_template("certificates/ask.html", form=VerifyForm())
    form = VerifyForm(request.args)
    if not form.validate():
        return render_template("certificates/ask.html", form=form), 422
    number = serials.normalise(form.number.data)
    if not number:
        form.number.errors = [_("Type the number as it is printed on the certificate.")]
        return render_template("certificates/ask.html", form=form), 422
    return redirect(url_for(".verify", number=number))


@bp.get("/<number>")
@public
def verify(number: str) -> ResponseReturnValue:
    """What the register says of a number; 404 where it holds none, and in words whether it was mistyped."""
    canonical = serials.normalise(number)
    genuine = serials.is_valid(canonical)
    certificate = queries.by_number(canonical) if genuine else None
    if certificate is None:
        return render_template(
            "certificates/unknown.html",
            number=canonical[:40],
            mistyped=not genuine,
            form=VerifyForm() if genuine else VerifyForm(data={"number": canonical[:40]}),
        ), 404
    fields = CertificateFields.from_dict(certificate.fields)
    return render_template(
        "certificates/verify.html",
        certificate=certificate,
        facts=words.facts(fields, name=rules.masked(fields.person_name)),
        mark=words.mark(certificate),
        asked_at=clock.now(),
        form=VerifyForm(),
    )
