"""For whoever checks: the published keys, the list of standings, and examining a file that was sent."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import queries as register
from certificates import serials, words
from certificates.rules import Standing
from certificates.signing import desk, keyring, published, queries, status_list
from certificates.signing import words as signing_words
from certificates.signing.examine import LARGEST, Finding, examine
from certificates.signing.forms import FileForm
from training.accounts import services as accounts
from training.core import clock, printing
from training.core.access import public, public_unopened
from training.core.db import reading, transaction

bp = Blueprint("proof", __name__, url_prefix="/verify", template_folder="../templates")
FILES_PER_ADDRESS = 60
"""In the window of the sign-in: an office examines a stack of files, a machine does not try out forgeries."""


@bp.get("/keys")
@public
def keys() -> Response:
    """The keys by which documents and codes are checked without a network, also the earlier ones."""
    accepted = keyring.accepted()
    return jsonify(published.write(printing.site(), accepted.documents, accepted.codes))


@bp.get("/status-list")
@public
def standings() -> Response:
    """Where every certificate stands, signed; no number can be found out from it."""
    told, last = queries.standings()
    now = clock.now()
    return jsonify(status_list.write(told, last=last, site=printing.site(), at=now, key=desk.code_key()))


@bp.get("/file")
@public
def file() -> ResponseReturnValue:
    """The form that takes a file."""
    return render_template("certificates/file.html", form=FileForm())


@bp.post("/file")
@public_unopened
def file_post() -> ResponseReturnValue:
    """What the file is: counted first, then examined outside of any transaction. Nothing of it is kept."""
    form = FileForm()
    address = f"file:{(request.remote_addr or '')[:100]}"
    with transaction():
        files = accounts.count({address: 1})[address]
    if files > FILES_PER_ADDRESS:
        return _refused(form, _("Too many files were sent from here. Wait 15 minutes."), 429)
    content = form.file.data.read(LARGEST + 1) if form.file.data else b""
    if not content:
        return _refused(form, _("Choose the PDF of the certificate."), 422)
    if len(content) > LARGEST:
        return _refused(form, _("The file is larger than 2 MB; a certificate is not."), 413)
    with reading():
        accepted, issued = keyring.accepted(), queries.is_issued(hashlib.sha256(content).hexdigest())
    finding = examine(content, accepted.documents, lambda _sha256: issued)
    with reading():
        return _finding_page(finding)


def _finding_page(finding: Finding) -> str:
    number = serials.normalise(finding.number)
    certificate = register.by_number(number) if number else None
    mark = words.mark(certificate) if certificate else None
    in_force = mark is not None and mark.standing is Standing.VALID
    return render_template(
        "certificates/finding.html",
        form=FileForm(),
        finding=finding,
        told=signing_words.told(finding, in_force=in_force),
        number=certificate.number if certificate else "",
        mark=mark,
    )


def _refused(form: FileForm, sentence: str, status: int) -> ResponseReturnValue:
    form.file.errors = [sentence]
    with reading():
        return render_template("certificates/file.html", form=form), status
