"""The pages: the register and issuing for those who keep it, verification for the public."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from certificates.batches import views as batches
from certificates.designs import views as designs
from certificates.lifecycle import several
from certificates.lifecycle import views as lifecycle
from certificates.numbering import views as numbering
from certificates.permissions import Permission
from certificates.photos import views as photos
from certificates.questions import views as questions
from certificates.releasing import views as releasing
from certificates.renewals import views as renewals
from certificates.signing import views as proof
from certificates.standings import views as standings
from certificates.views import issuing, register, verification
from training.core import web
from training.reports import pages

for _part in (
    issuing.bp,
    batches.bp,
    designs.bp,
    questions.bp,
    lifecycle.bp,
    several.bp,
    renewals.bp,
    photos.bp,
    releasing.bp,
    numbering.bp,
):  # here: a blueprint is put together once, however many apps there are
    register.bp.register_blueprint(_part)


def plug_in(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(register.bp)
    app.register_blueprint(proof.bp)
    app.register_blueprint(verification.bp)
    app.register_blueprint(standings.bp)
    pages.add_tab(_l("Certificates"), "standings.standings", Permission.READ)
    web.add_entry(_l("Certificates"), "certificates.register", Permission.READ, order=60)
    web.add_footer(_l("Verify a certificate"), "verification.ask")
