"""What certificates show on pages of the ground floor: the trainee's home and the cohort's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from certificates import queries, words
from certificates.batches import queries as batches
from certificates.permissions import Permission
from certificates.questions import queries as questions
from certificates.questions import services as question_services
from certificates.releasing import queries as releasing
from certificates.renewals import queries as renewals
from certificates.renewals import services as renewal_services
from certificates.rules import Standing
from training.core.access import Actor
from training.programmes import pages
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.programmes.pages import Today, Tool
from training.progress import consequences, roll, states
from training.progress import words as progress
from training.progress.words import CohortAction, Panel

GONE = (Standing.REVOKED, Standing.SUPERSEDED)


def panel(actor: Actor) -> Panel | None:
    """The trainee's certificates, each with its document and its public page, and the photo that they show."""
    links = []
    for one in queries.own(actor):
        mark = words.mark(one)
        if mark.standing is Standing.SUPERSEDED:
            continue  # the one in its place is in this list, and its page names it
        links.append((one.number, url_for("certificates.certificate", certificate_id=one.id), mark.label))
        if mark.standing not in GONE:
            links.append((_("Download the PDF"), url_for("certificates.document", certificate_id=one.id), ""))
        if renewal_services.why_not(one) is None:
            links.append((_("Ask for renewal"), url_for("certificates.renewals.ask", certificate_id=one.id), ""))
        links.append((_("Public verification page"), url_for("verification.verify", number=one.number), ""))
    photo = (_("My photo for certificates"), url_for("certificates.photos.own"), "")
    return Panel(_("My certificates"), [*links, photo], later=not links) if actor.may(Permission.READ_OWN) else None


def beside_people(actor: Actor, _cohort: Cohort, enrolments: Sequence[Enrolment]) -> Mapping[int, list[CohortAction]]:
    """Beside each person of a cohort: the certificate, or the way to issue it."""
    newest = queries.newest_of([one.id for one in enrolments])
    shown: dict[int, list[CohortAction]] = {}
    for enrolment in enrolments:
        certificate = newest.get(enrolment.id)
        mark = words.mark(certificate) if certificate else None
        actions: list[CohortAction] = []
        if certificate is not None and mark is not None:
            url = url_for("certificates.certificate", certificate_id=certificate.id)
            actions.append((_("Certificate: %(standing)s", standing=mark.label), url, mark.tone))
        in_force = mark is not None and mark.standing not in GONE
        if enrolment.status is EnrolmentStatus.COMPLETED and not in_force and actor.may(Permission.ISSUE):
            url = url_for("certificates.issuing.issue", enrolment_id=enrolment.id)
            actions.append(
                (_("Issue again"), url, "plain") if certificate else (_("Issue the certificate"), url, "primary")
            )
        shown[enrolment.id] = actions
    return shown


def tools(actor: Actor, cohort: Cohort) -> list[Tool]:
    """On the cohort's page: certificates for everybody who is eligible."""
    if not actor.may(Permission.ISSUE):
        return []
    return [Tool(_("Issue certificates"), url_for("certificates.batches.choose", cohort_id=cohort.id), order=70)]


def waiting_today(actor: Actor) -> list[Today]:
    """At the base: who is eligible for a certificate, and what waits for a decision about one."""
    if not (actor.may(Permission.ISSUE) or actor.may(Permission.REVOKE)):
        return []
    waiting = (releasing.waiting_for(actor), questions.open_ones(actor), renewals.waiting_for(actor))
    eligible, (awaiting, asked, to_renew) = batches.eligible_and_waiting(actor, *waiting)
    one = url_for("certificates.batches.choose", cohort_id=next(iter(eligible))) if len(eligible) == 1 else None
    url = one or url_for("certificates.batches.batches")
    told = [
        Today(_("Eligible for a certificate"), sum(eligible.values()), url, order=60),
        Today(_("Batches to release"), awaiting, url_for("certificates.batches.batches"), order=59),
        Today(_("Certificates to decide about"), asked, url_for("certificates.questions.questions"), order=61),
        Today(_("Requests to renew"), to_renew, url_for("certificates.renewals.renewals"), order=62),
    ]
    return [each for each in told if each.count]


def plug_in() -> None:
    """Tell the ground floor."""
    pages.add_tool(tools)
    pages.add_today(waiting_today)
    states.when_status_changes(question_services.follow)
    consequences.add(question_services.touched)
    progress.add_panel(panel)
    progress.add_cohort_action(beside_people)
    roll.add_certified(batches.numbers_in_force)
