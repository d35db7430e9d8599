"""The trainee's practice: rotations, hours, skills, logbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from training.activities import queries as activities
from training.core import clock, i18n
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.practice import scoring, words
from training.practice.forms import EntryForm, LineForm
from training.practice.models import HoursLine, LogbookEntry, Posting
from training.practice.permissions import Permission
from training.practice.queries import hours, logbook, plans, skills
from training.practice.services import hours as hours_services
from training.practice.services import logbook as logbook_services
from training.practice.services.logbook import NamesSomebody
from training.programmes import queries as programmes
from training.programmes.models import EnrolmentStatus

bp = Blueprint("practice", __name__, url_prefix="/practice", template_folder="../templates")
MONTHS_BACK = 12


@bp.get("/")
@requires(Permission.OWN_WRITE)
def home() -> ResponseReturnValue:
    """Everything of one's practice: rotations with their hours, skills, logbook."""
    me = actor().id
    rows = hours.postings_of(me)
    tallies = hours.tallies_of([me], {(row.Posting.rotation_id, row.Posting.version) for row in rows})
    entries = logbook.own_entries(me)
    return render_template(
        "practice/home.html",
        rows=rows,
        meters={rotation: words.meters(tally) for (_person, rotation, _version), tally in tallies.items()},
        today=clock.today(),
        asked=skills.asked_of(me),
        assessments=skills.all_of(skills.own_assessments(me), me),
        entries=entries,
        comments=logbook.comments_on([one.id for one in entries]),
    )


@bp.get("/rotations/<int:rotation_id>")
@requires(Permission.OWN_WRITE)
def lines(rotation_id: int) -> ResponseReturnValue:
    """One rotation: its hours by setting, and every line."""
    me = actor().id
    activity, version = plans.rotation_of_trainee(me, rotation_id)
    return render_template(
        "practice/rotation.html",
        activity=activity,
        meters=words.meters(hours.tally_of(me, rotation_id, version)),
        postings=[row for row in hours.postings_of(me) if row.Posting.rotation_id == rotation_id],
        lines=hours.lines_of(me, rotation_id),
        states=words.STATES,
    )


@bp.get("/rotation/<int:activity_id>")
@requires(Permission.OWN_WRITE)
def rotation(activity_id: int) -> ResponseReturnValue:
    """Where a step of the programme's path leads."""
    activity, _version = plans.rotation_of_trainee(actor().id, activity_id)
    return redirect(url_for(".lines", rotation_id=activity.id))


@bp.get("/skills/<int:activity_id>", endpoint="skills")
@requires(Permission.OWN_WRITE)
def skills_page(activity_id: int) -> ResponseReturnValue:
    """A skills assessment: what will be looked at, and one's results."""
    activity, version = plans.skills_of_trainee(actor().id, activity_id)
    checklist = plans.checklist_version(activity.id, version)
    return render_template(
        "practice/skills.html",
        activity=activity,
        checklist=checklist,
        items=scoring.read(checklist.body),
        assessments=[
            row
            for row in skills.all_of(skills.own_assessments(actor().id), actor().id)
            if row.SkillsAssessment.checklist_id == activity.id
        ],
    )


@bp.get("/assessments/<int:assessment_id>")
@requires(Permission.OWN_WRITE)
def assessment(assessment_id: int) -> ResponseReturnValue:
    """One's own result."""
    row = skills.one_of(skills.own_assessments(actor().id), assessment_id)
    return assessment_page(row, [(_("Practice"), url_for(".home"))])


def assessment_page(row: Any, trail: list[tuple[str, str]]) -> str:
    """An assessment with its items, as trainee and supervisor see it."""
    found, checklist, person = row
    items = scoring.read(checklist.body)
    result = scoring.score(items, found.marks, checklist.pass_percent)
    return render_template(
        "practice/assessment.html",
        assessment=found,
        activity=activities.by_ids([found.checklist_id])[found.checklist_id],
        checklist=checklist,
        person=person,
        items=items,
        result=result,
        own=person.id == actor().id,
        trail=trail,
    )


@bp.get("/postings/<int:posting_id>/hours")
@requires(Permission.OWN_WRITE)
def write(posting_id: int) -> ResponseReturnValue:
    """The form for the hours of a day."""
    posting = hours.posting_of(actor().id, posting_id)
    day = min(clock.today(), posting.ends_on)
    return _line_page(posting, LineForm(worked_on=max(day, posting.starts_on), halves=16), None)


@bp.post("/postings/<int:posting_id>/hours")
@requires(Permission.OWN_WRITE)
def write_post(posting_id: int) -> ResponseReturnValue:
    """Keep the hours of a day as a draft, or send them at once."""
    posting = hours.posting_of(actor().id, posting_id)
    form = LineForm()
    if not form.validate():
        return _line_page(posting, form, None), 422
    try:
        line = hours_services.write_line(posting, form.line(), client_key=form.key.data, written_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _line_page(posting, form, None), error.status
    return _written(posting, line)


@bp.get("/hours/<int:line_id>")
@requires(Permission.OWN_WRITE)
def change(line_id: int) -> ResponseReturnValue:
    """A line of one's own: to change while it is a draft, to read later."""
    line = hours.own_line(actor().id, line_id)
    posting = hours.posting_of(actor().id, line.posting_id)
    return _line_page(posting, LineForm(worked_on=line.worked_on, halves=line.halves, what=line.what), line)


@bp.post("/hours/<int:line_id>")
@requires(Permission.OWN_WRITE)
def change_post(line_id: int) -> ResponseReturnValue:
    """Change a draft or a returned line."""
    line = hours.own_line(actor().id, line_id)
    posting = hours.posting_of(actor().id, line.posting_id)
    form = LineForm()
    if not form.validate():
        return _line_page(posting, form, line), 422
    try:
        hours_services.change_line(line, form.line(), changed_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _line_page(posting, form, line), error.status
    return _written(posting, line)


def _written(posting: Posting, line: HoursLine) -> ResponseReturnValue:
    if request.form.get("send"):
        hours_services.send_lines(line.person_id, [line.id], sent_by=actor())
        flash(_("%(hours)s are sent for signature.", hours=words.told_hours(line.halves)), "good")
    else:
        flash(_("%(hours)s are kept as a draft. Send them when they are right.", hours=words.told_hours(line.halves)))
    return redirect(url_for(".lines", rotation_id=posting.rotation_id))


def _line_page(posting: Posting, form: LineForm, line: HoursLine | None) -> str:
    return render_template("practice/line.html", posting=posting, form=form, line=line, states=words.STATES)


@bp.post("/hours/<int:line_id>/remove")
@requires(Permission.OWN_WRITE)
def remove(line_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    line = hours.own_line(actor().id, line_id)
    posting = hours.posting_of(actor().id, line.posting_id)
    hours_services.remove_line(line, removed_by=actor())
    flash(_("The draft is gone."), "good")
    return redirect(url_for(".lines", rotation_id=posting.rotation_id))


@bp.post("/rotations/<int:rotation_id>/send")
@requires(Permission.OWN_WRITE)
def send(rotation_id: int) -> ResponseReturnValue:
    """Send the chosen drafts for signature."""
    activity, _version = plans.rotation_of_trainee(actor().id, rotation_id)
    sent = hours_services.send_lines(actor().id, chosen_lines(), sent_by=actor())
    if sent:
        flash(_n("%(num)s line is sent for signature.", "%(num)s lines are sent for signature.", sent), "good")
    else:
        flash(_("Nothing was sent: choose drafts first."), "warn")
    return redirect(url_for(".lines", rotation_id=activity.id))


def chosen_lines() -> list[int]:
    """The ids of lines that a form or an address names; what is no id is left aside."""
    sent = [*request.args.getlist("line"), *request.form.getlist("line")]
    return [int(one) for one in sent[:500] if one.isascii() and one.isdecimal() and len(one) < 19]


@bp.get("/logbook/new")
@requires(Permission.OWN_WRITE)
def entry_new() -> ResponseReturnValue:
    """An empty page of the logbook."""
    return _entry_page(_entry_form(), None)


@bp.post("/logbook/new")
@requires(Permission.OWN_WRITE)
def entry_new_post() -> ResponseReturnValue:
    """Add an entry."""
    form = _entry_form()
    if not form.validate():
        return _entry_page(form, None), 422
    enrolment = next(row[0] for row in _enrolments() if row[0].id == form.enrolment_id.data)
    try:
        logbook_services.write_entry(
            enrolment,
            form.entry(),
            client_key=form.key.data,
            confirmed=form.confirmed.data,
            written_by=actor(),
        )
    except DomainError as error:
        return _refused(form, None, error)
    flash(_("The entry is in your logbook."), "good")
    return redirect(url_for(".home") + "#logbook")


@bp.get("/logbook/<int:entry_id>")
@requires(Permission.OWN_WRITE)
def entry(entry_id: int) -> ResponseReturnValue:
    """An entry of one's own, with what supervisors wrote to it."""
    found = logbook.own_entry(actor().id, entry_id)
    names = ("enrolment_id", "month", "setting", "situation", "did", "learnt")
    return _entry_page(_entry_form(found, **{name: getattr(found, name) for name in names}), found)


@bp.post("/logbook/<int:entry_id>")
@requires(Permission.OWN_WRITE)
def entry_post(entry_id: int) -> ResponseReturnValue:
    """Change an entry."""
    found = logbook.own_entry(actor().id, entry_id)
    form = _entry_form(found)
    if not form.validate():
        return _entry_page(form, found), 422
    try:
        logbook_services.change_entry(found, form.entry(), confirmed=form.confirmed.data, changed_by=actor())
    except DomainError as error:
        return _refused(form, found, error)
    flash(_("The entry is changed."), "good")
    return redirect(url_for(".home") + "#logbook")


def _refused(form: EntryForm, found: LogbookEntry | None, error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NamesSomebody):
        form.tell(error)
    else:
        form.form_errors.append(error.message)
    doubtful = isinstance(error, NamesSomebody) and not error.certain
    return _entry_page(form, found, doubtful=doubtful), error.status


def _enrolments() -> list[Any]:
    return [row for row in programmes.enrolments_of(actor().id) if row[0].status is not EnrolmentStatus.WITHDRAWN]


def _entry_form(found: LogbookEntry | None = None, **values: Any) -> EntryForm:
    form = EntryForm(**values)
    form.enrolment_id.choices = [(row[0].id, f"{row[1].name} · {i18n.local(row[2], 'name')}") for row in _enrolments()]
    if found is not None or len(form.enrolment_id.choices) == 1:
        form.enrolment_id.data = found.enrolment_id if found else form.enrolment_id.choices[0][0]
    months = _months(clock.today())
    if found is not None and found.month not in months:
        months.append(found.month)
    form.month.choices = [(one, one) for one in months]
    return form


def _months(day: date) -> list[str]:
    """This month and those before it, as `2026-11`."""
    count = day.year * 12 + day.month - 1
    return [f"{one // 12}-{one % 12 + 1:02d}" for one in range(count, count - MONTHS_BACK, -1)]


def _entry_page(form: EntryForm, found: LogbookEntry | None, *, doubtful: bool = False) -> str:
    return render_template(
        "practice/entry_form.html",
        form=form,
        entry=found,
        doubtful=doubtful,
        comments=logbook.comments_on([found.id])[found.id] if found else [],
    )
