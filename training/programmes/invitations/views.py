"""The coordinator's pages of invitations: making and closing them, the poster, and who waits for a word."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.core import clock, qr
from training.core.access import Actor, actor, requires
from training.core.errors import DomainError
from training.programmes import pages
from training.programmes import queries as programmes
from training.programmes.invitations import queries, services
from training.programmes.invitations.forms import DeclineForm, InvitationForm
from training.programmes.invitations.models import ApplicationStatus
from training.programmes.models import Cohort
from training.programmes.permissions import Permission

bp = Blueprint("invitations", __name__, url_prefix="/cohorts", template_folder="templates")
USUAL = 30
MOST_PAGES = 100_000


@bp.get("/<int:cohort_id>/invitations")
@requires(Permission.INVITATION_OPEN)
def home(cohort_id: int) -> ResponseReturnValue:
    """A cohort's invitations and applications."""
    form = InvitationForm(formdata=None, most=USUAL, last_day=clock.today() + timedelta(days=14))
    return _home(programmes.cohort_visible_to(actor(), cohort_id), form)


@bp.post("/<int:cohort_id>/invitations")
@requires(Permission.INVITATION_OPEN)
def open_invitation(cohort_id: int) -> ResponseReturnValue:
    """Make an invitation, and go on to its poster."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    form = InvitationForm()
    if not form.validate():
        return _home(cohort, form), 422
    try:
        made = services.open_invitation(cohort, last_day=form.last_day.data, most=form.most.data, opened_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _home(cohort, form), error.status
    return redirect(url_for(".poster", cohort_id=cohort.id, invitation_id=made.id))


def _home(cohort: Cohort, form: InvitationForm) -> str:
    asked = request.args.get("status", "")
    status = ApplicationStatus(asked) if asked in set(ApplicationStatus) else ApplicationStatus.WAITING
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, total = queries.applications_of(cohort, status, number)
    invitations = queries.invitations_of(cohort)
    return render_template(
        "invitations/home.html",
        cohort=cohort,
        form=form,
        invitations=invitations,
        why_closed=services.why_closed,
        status=status,
        counts={one: sum(row[1 + place] for row in invitations) for place, one in enumerate(ApplicationStatus)},
        rows=rows,
        page={"number": number, "total": total, "pages": -(-total // queries.PAGE)},
        back=pages.cohort_url(cohort.id),
    )


@bp.get("/<int:cohort_id>/invitations/<int:invitation_id>")
@requires(Permission.INVITATION_OPEN)
def poster(cohort_id: int, invitation_id: int) -> ResponseReturnValue:
    """The invitation as a poster to print, with its link and QR code."""
    cohort, base, programme = programmes.cohort_in_full(actor(), cohort_id)
    invitation = queries.invitation_of(cohort, invitation_id)
    address = current_app.config["PUBLIC_URL"] + url_for("joining.join", token=invitation.token)
    return render_template(
        "invitations/poster.html",
        cohort=cohort,
        base=base,
        programme=programme,
        invitation=invitation,
        closed=services.why_closed(invitation, queries.places_taken(invitation)),
        address=address,
        drawing=qr.draw(address),
        back=url_for(".home", cohort_id=cohort.id),
    )


@bp.post("/<int:cohort_id>/invitations/<int:invitation_id>/close")
@requires(Permission.INVITATION_OPEN)
def close(cohort_id: int, invitation_id: int) -> ResponseReturnValue:
    """Close an invitation."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    services.close(cohort, queries.invitation_of(cohort, invitation_id), closed_by=actor())
    flash(_("The invitation is closed. Whoever has applied is still waiting for your word."), "good")
    return redirect(url_for(".home", cohort_id=cohort.id))


@bp.post("/<int:cohort_id>/applications/<int:application_id>/approve")
@requires(Permission.APPLICATION_DECIDE)
def approve(cohort_id: int, application_id: int) -> ResponseReturnValue:
    """Approve: the person is added and enrolled."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    application = queries.application_of(cohort, application_id)
    person = services.approve(cohort, application, approved_by=actor())
    flash(_("%(name)s is enrolled in %(cohort)s.", name=person.name, cohort=cohort.name), "good")
    return redirect(url_for(".home", cohort_id=cohort.id))


@bp.get("/<int:cohort_id>/applications/<int:application_id>/decline")
@requires(Permission.APPLICATION_DECIDE)
def decline(cohort_id: int, application_id: int) -> ResponseReturnValue:
    """Ask for the reason."""
    return _decline_page(programmes.cohort_visible_to(actor(), cohort_id), application_id, DeclineForm())


@bp.post("/<int:cohort_id>/applications/<int:application_id>/decline")
@requires(Permission.APPLICATION_DECIDE)
def decline_post(cohort_id: int, application_id: int) -> ResponseReturnValue:
    """Decline for the reason given."""
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    application = queries.application_of(cohort, application_id)
    form = DeclineForm()
    if not form.validate() and application.status is ApplicationStatus.WAITING:
        return _decline_page(cohort, application_id, form), 422
    services.decline(cohort, application, form.reason.data or "", declined_by=actor())
    flash(_("The application is declined."), "good")
    return redirect(url_for(".home", cohort_id=cohort.id))


def _decline_page(cohort: Cohort, application_id: int, form: DeclineForm) -> str:
    application = queries.application_of(cohort, application_id)
    back = url_for(".home", cohort_id=cohort.id)
    return render_template("invitations/decline.html", cohort=cohort, application=application, form=form, back=back)


def _tools(who: Actor, cohort: Cohort) -> list[pages.Tool]:
    if not who.may(Permission.INVITATION_OPEN):
        return []
    return [pages.Tool(_("Invitations"), url_for("invitations.home", cohort_id=cohort.id), order=30)]


def _today(who: Actor) -> list[pages.Today]:
    if not who.may(Permission.APPLICATION_DECIDE):
        return []
    return [
        pages.Today(
            _("Applications to “%(cohort)s”", cohort=cohort.name),
            count,
            url_for("invitations.home", cohort_id=cohort.id),
            order=10,
        )
        for cohort, count in queries.waiting_for(who)
    ]


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    pages.add_tool(_tools)
    pages.add_today(_today)
