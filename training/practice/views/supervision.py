"""The supervisor's pages: today, lines waiting for a signature, trainees, assessments, their logbooks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from training.accounts.words import told_apart
from training.activities.models import Activity
from training.core import clock, i18n, paging
from training.core.access import actor, requires
from training.core.db import db
from training.core.errors import DomainError, Invalid, NotFound
from training.core.scopes import Scope
from training.practice import scoring, words
from training.practice.forms import AssessForm, CommentForm, ReasonForm, assess_form
from training.practice.kinds import SKILLS
from training.practice.permissions import Permission
from training.practice.queries import hours, logbook, plans, skills
from training.practice.services import hours as hours_services
from training.practice.services import logbook as logbook_services
from training.practice.services import skills as skills_services
from training.practice.services.logbook import NamesSomebody
from training.practice.views.own import assessment_page, chosen_lines
from training.programmes.forms import NameForm
from training.programmes.models import Cohort

bp = Blueprint("supervision", __name__, url_prefix="/supervision", template_folder="../templates")


def _trail() -> list[tuple[str, str]]:
    return [(_("Supervision today"), url_for("supervision.home"))]


@bp.get("/")
@requires(Permission.HOURS_SIGN)
def home() -> ResponseReturnValue:
    """Who practises today, what waits for a signature, and what was written in logbooks."""
    return render_template(
        "practice/supervision.html",
        postings=hours.on_rotation(actor(), clock.today()),
        waiting=hours.lines_waiting(actor()),
        entries=logbook.entries_without_comment(actor()),
        may_assess=actor().may(Permission.SKILLS_ASSESS),
    )


@bp.get("/sign")
@requires(Permission.HOURS_SIGN)
def sign() -> ResponseReturnValue:
    """The chosen lines once more, with how many they are."""
    rows = hours.lines_waiting(actor(), chosen_lines())
    return render_template(
        "practice/sign.html", rows=rows, halves=sum(row.HoursLine.halves for row in rows), trail=_trail()
    )


@bp.post("/sign")
@requires(Permission.HOURS_SIGN)
def sign_post() -> ResponseReturnValue:
    """Sign the chosen lines."""
    ids = chosen_lines()
    if not ids:
        raise Invalid(_("Choose at least one line to sign."))
    signed = hours_services.sign_lines([hours.line_visible_to(actor(), one)[0] for one in ids], signed_by=actor())
    if signed.lines:
        told = words.told_hours(signed.halves)
        flash(
            _n("%(num)s line is signed: %(hours)s.", "%(num)s lines are signed: %(hours)s.", signed.lines, hours=told),
            "good",
        )
    if signed.already:
        flash(_("%(num)s lines had been signed or returned before; they are as they were.", num=signed.already))
    return redirect(url_for(".home"))


@bp.get("/lines/<int:line_id>")
@requires(Permission.HOURS_SIGN)
def line(line_id: int) -> ResponseReturnValue:
    """One line: to sign, or to return with a reason."""
    return _line_page(line_id, ReasonForm())


@bp.post("/lines/<int:line_id>/return")
@requires(Permission.HOURS_SIGN)
def return_post(line_id: int) -> ResponseReturnValue:
    """Give a line back to the trainee."""
    row = hours.line_visible_to(actor(), line_id)
    form = ReasonForm()
    if not form.validate():
        return _line_page(line_id, form), 422
    hours_services.return_line(row.HoursLine, form.reason.data, returned_by=actor())
    flash(_("The line is back with %(name)s, with your reason.", name=row.Person.name), "good")
    return redirect(url_for(".home"))


def _line_page(line_id: int, form: ReasonForm) -> str:
    line, posting, person, rotation = hours.line_visible_to(actor(), line_id)
    return render_template(
        "practice/signing.html",
        line=line,
        posting=posting,
        person=person,
        rotation=rotation,
        form=form,
        trail=_trail(),
    )


@bp.get("/signed/<int:signed_id>/counter")
@requires(Permission.HOURS_SIGN)
def counter(signed_id: int) -> ResponseReturnValue:
    """Ask why signed hours are taken back."""
    return _counter_page(hours.signed_visible_to(actor(), signed_id), ReasonForm())


@bp.post("/signed/<int:signed_id>/counter")
@requires(Permission.HOURS_SIGN)
def counter_post(signed_id: int) -> ResponseReturnValue:
    """Take signed hours back by a line of minus hours."""
    row = hours.signed_visible_to(actor(), signed_id)
    form = ReasonForm()
    if not form.validate():
        return _counter_page(row, form), 422
    hours_services.counter(row[0], form.reason.data, countered_by=actor())
    flash(_("%(hours)s are taken back; both lines stay to be read.", hours=words.told_hours(row[0].halves)), "good")
    return redirect(url_for(".home"))


def _counter_page(row: Any, form: ReasonForm) -> str:
    signed, person, known = row
    return render_template(
        "practice/counter.html", signed=signed, person=person, known=known, form=form, trail=_trail()
    )


@bp.get("/trainees")
@requires(Permission.SKILLS_ASSESS)
def trainees() -> ResponseReturnValue:
    """The trainees at the supervisor's bases, found by name: 50 a page."""
    form = NameForm(request.args)
    name = (form.q.data or "") if form.validate() else ""
    page = skills.trainees_visible_to(actor(), name, paging.number_asked())
    return render_template("practice/trainees.html", page=page, q=name, told_apart=told_apart)


@bp.get("/trainees/<int:enrolment_id>")
@requires(Permission.SKILLS_ASSESS)
def trainee(enrolment_id: int) -> ResponseReturnValue:
    """One trainee: hours, assessments, logbook."""
    enrolment, person, institution, cohort, scope = skills.trainee_visible_to(actor(), enrolment_id)
    postings = [row for row in hours.postings_of(person.id) if row.Posting.cohort_id == cohort.id]
    pairs = {(row.Posting.rotation_id, row.Posting.version) for row in postings}
    tallies = hours.tallies_of([person.id], pairs)
    return render_template(
        "practice/trainee.html",
        enrolment=enrolment,
        person=person,
        about=told_apart(person, institution),
        cohort=cohort,
        titles={row.Posting.rotation_id: i18n.local(row.Activity) for row in postings},
        meters={rotation: words.meters(tally) for (_person, rotation, _version), tally in tallies.items()},
        signed=hours.signed_of(person.id, cohort.id),
        checklists=plans.offered(SKILLS, scope.path),
        assessments=skills.all_of(skills.visible_assessments(actor()), person.id),
        entries=logbook.entries_of(actor(), person.id),
        trail=_trail(),
    )


@bp.get("/trainees/<int:enrolment_id>/skills/<int:checklist_id>")
@requires(Permission.SKILLS_ASSESS)
def assess(enrolment_id: int, checklist_id: int) -> ResponseReturnValue:
    """The checklist to fill in."""
    row = skills.trainee_visible_to(actor(), enrolment_id)
    checklist, version = _checklist(row, checklist_id)
    return _assess_page(row, checklist, version, None)


@bp.post("/trainees/<int:enrolment_id>/skills/<int:checklist_id>")
@requires(Permission.SKILLS_ASSESS)
def assess_post(enrolment_id: int, checklist_id: int) -> ResponseReturnValue:
    """Save the assessment."""
    row = skills.trainee_visible_to(actor(), enrolment_id)
    checklist, version = _checklist(row, checklist_id)
    items = scoring.read(plans.checklist_version(checklist.id, version).body)
    form = assess_form(items, _labels(items))
    if not form.validate():
        return _assess_page(row, checklist, version, form), 422
    try:
        saved = skills_services.assess(
            row[0],
            checklist,
            form.marks(items),
            version=form.version.number,
            advice=form.advice.data or "",
            client_key=form.key.data,
            assessed_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _assess_page(row, checklist, version, form), error.status
    flash(
        _("The assessment is saved: passed.") if saved.passed else _("The assessment is saved: not passed yet."), "good"
    )
    return redirect(url_for(".assessment", assessment_id=saved.id))


def _checklist(row: Any, checklist_id: int) -> tuple[Activity, int]:
    """The checklist as the trainee's base may use it, with the version that counts for the trainee."""
    checklist = next((one for one in plans.offered(SKILLS, row.Scope.path) if one.id == checklist_id), None)
    if checklist is None:
        raise NotFound(_("There is no such checklist at your base."))
    return checklist, skills.version_for(row[0], checklist)


def _labels(items: list[scoring.CheckItem]) -> list[str]:
    return [i18n.local(one, "text") for one in items]


def _assess_page(row: Any, checklist: Activity, version: int, form: AssessForm | None) -> str:
    filled = plans.checklist_version(checklist.id, version)
    items = scoring.read(filled.body)
    return render_template(
        "practice/assess.html",
        enrolment=row[0],
        person=row.Person,
        activity=checklist,
        checklist=filled,
        items=items,
        form=form or assess_form(items, _labels(items), version=str(version)),
        trail=[*_trail(), (words.typed(row.Person.name), url_for(".trainee", enrolment_id=row[0].id))],
    )


@bp.get("/assessments/<int:assessment_id>")
@requires(Permission.SKILLS_ASSESS)
def assessment(assessment_id: int) -> ResponseReturnValue:
    """An assessment at one's base."""
    return assessment_page(skills.one_of(skills.visible_assessments(actor()), assessment_id), _trail())


@bp.get("/logbook/<int:entry_id>")
@requires(Permission.LOGBOOK_COMMENT)
def entry(entry_id: int) -> ResponseReturnValue:
    """An entry of a trainee at one's base."""
    return _entry_page(entry_id, CommentForm())


@bp.post("/logbook/<int:entry_id>")
@requires(Permission.LOGBOOK_COMMENT)
def comment_post(entry_id: int) -> ResponseReturnValue:
    """Write to an entry."""
    found = logbook.entry_visible_to(actor(), entry_id)[0]
    form = CommentForm()
    if not form.validate():
        return _entry_page(entry_id, form), 422
    scope = db.session.get_one(Scope, db.session.get_one(Cohort, found.cohort_id).scope_id)
    try:
        logbook_services.comment(found, scope.path, form.text.data, client_key=form.key.data, written_by=actor())
    except NamesSomebody as error:
        form.tell(error)
        return _entry_page(entry_id, form), error.status
    flash(_("Your comment stands beside the entry."), "good")
    return redirect(url_for(".entry", entry_id=found.id))


def _entry_page(entry_id: int, form: CommentForm) -> str:
    found, person = logbook.entry_visible_to(actor(), entry_id)
    return render_template(
        "practice/entry.html",
        entry=found,
        person=person,
        comments=logbook.comments_on([found.id])[found.id],
        form=form,
        trail=_trail(),
    )
