"""The pages of examinations: the list, setting one, and the invigilator's view of it as it is sat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from question_bank.blueprints import printed
from question_bank.exams import admission, forms, invigilating, services, words
from question_bank.exams import scores as books
from question_bank.exams.forms import AdmitForm, ExtraTimeForm, FindForm, MinutesForm, ReasonForm, SessionForm
from question_bank.exams.queries import sessions as queries
from question_bank.exams.queries import sites
from question_bank.exams.queries.sites import Site
from question_bank.permissions import Permission
from training.accounts.models import Person
from training.core import clock, i18n, paging, printing
from training.core.access import actor, requires
from training.core.db import db, reading
from training.core.downloads import download
from training.core.errors import Conflict, DomainError, Invalid
from training.core.fonts import CannotPrint
from training.core.workbooks import XLSX

bp = Blueprint("exams", __name__, url_prefix="/exams", template_folder="templates")


@bp.get("/")
@requires(Permission.EXAM_READ)
def sessions() -> ResponseReturnValue:
    """The examinations at the actor's places, the latest first."""
    number = paging.number_asked()
    rows, total = sites.sessions_visible_to(actor(), number)
    now = clock.now()
    shown = [(*row, words.state_of(row.ExamSession, now)) for row in rows]
    return render_template(
        "exams/sessions.html", page=paging.Page(shown, number, total), may_set=actor().may(Permission.EXAM_MANAGE)
    )


@bp.get("/new")
@requires(Permission.EXAM_MANAGE)
def new() -> ResponseReturnValue:
    """The empty form."""
    return render_template("exams/form.html", form=_offered(SessionForm()), session=None)


@bp.post("/new")
@requires(Permission.EXAM_MANAGE)
def new_post() -> ResponseReturnValue:
    """Set an examination."""
    form = _offered(SessionForm())
    if not form.validate():
        return render_template("exams/form.html", form=form, session=None), 422
    quiz = next(one for one in queries.quizzes_for_sessions(actor()) if one.id == form.quiz_id.data)
    scope = next(one for one in queries.scopes_for_sessions(actor()) if one.id == form.scope_id.data)
    try:
        added = services.add_session(quiz, scope, form.terms(), added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return render_template("exams/form.html", form=form, session=None), error.status
    flash(_("The examination is set. Admit people to it now."), "good")
    return redirect(url_for(".session", session_id=added.id))


@bp.get("/<int:session_id>/edit")
@requires(Permission.EXAM_MANAGE)
def edit(session_id: int) -> ResponseReturnValue:
    """The form with what is agreed on."""
    session = _to_change(session_id).session
    form = _without_places(SessionForm(data=forms.values_of(session)))
    return render_template("exams/form.html", form=form, session=session)


@bp.post("/<int:session_id>/edit")
@requires(Permission.EXAM_MANAGE)
def edit_post(session_id: int) -> ResponseReturnValue:
    """Change what is agreed on."""
    site = _to_change(session_id, lock=True)
    session, form = site.session, _without_places(SessionForm())
    if not form.validate():
        return render_template("exams/form.html", form=form, session=session), 422
    try:
        services.revise_session(session, site.scope, form.terms(), revised_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return render_template("exams/form.html", form=form, session=session), error.status
    flash(_("The examination is changed."), "good")
    return redirect(url_for(".session", session_id=session_id))


@bp.get("/<int:session_id>")
@requires(Permission.EXAM_READ)
def session(session_id: int) -> ResponseReturnValue:
    """Who has begun, how far they are, when they were last seen; anew every few seconds while it goes on."""
    site = sites.site_visible_to(actor(), session_id)
    found, scope = site.session, site.scope
    number = paging.number_asked()
    find = FindForm(request.args)
    search = (find.q.data or "") if find.validate() else ""
    people, total = queries.people_in(site, number, search)
    progress = queries.progress_of([row.Attempt.id for row in people if row.Attempt is not None])
    now = clock.now()
    return render_template(
        "exams/session.html",
        session=found,
        quiz=site.quiz,
        scope=scope,
        is_whole=site.is_whole,
        state=words.state_of(found, now),
        last_entry=admission.window_of(found).last_entry,
        going_on=found.opens_at <= now < found.closes_at,
        counts=queries.counts_of(site),
        page=paging.Page([(*row, words.status(row.Attempt)) for row in people], number, total),
        progress=progress,
        search=search,
        admit=_admitting(found, scope),
        minutes=forms.apart(MinutesForm(formdata=None), "minutes"),
        reason=forms.apart(ReasonForm(formdata=None), "reason"),
        may_manage=actor().may(Permission.EXAM_MANAGE, scope.path),
        may_print=actor().may(Permission.EXAM_MANAGE),
        may_act=actor().may(Permission.EXAM_INVIGILATE),
        held_back=found.held and (found.release_at is None or found.release_at > now),
    )


@bp.get("/<int:session_id>/people/<int:person_id>")
@requires(Permission.EXAM_READ)
def person(session_id: int, person_id: int) -> ResponseReturnValue:
    """Somebody in an examination: what happened, as facts, and what can be done."""
    site = sites.site_visible_to(actor(), session_id)
    candidate = queries.candidate_of(site, person_id)
    attempt = queries.newest_attempt(site.session, person_id)
    return render_template(
        "exams/person.html",
        session=site.session,
        quiz=site.quiz,
        candidate=candidate,
        person=db.session.get_one(Person, person_id),
        attempt=attempt,
        status=words.status(attempt),
        progress=queries.progress_of([attempt.id]).get(attempt.id) if attempt else None,
        events=[(one, words.event(one), name) for one, name in queries.events_of(attempt.id)] if attempt else [],
        minutes=forms.apart(MinutesForm(formdata=None), "minutes"),
        reason=forms.apart(ReasonForm(formdata=None), "reason"),
        extra=forms.apart(
            ExtraTimeForm(formdata=None, data={"minutes": candidate.extra_minutes, "reason": candidate.reason}), "extra"
        ),
        may_manage=actor().may(Permission.EXAM_MANAGE, site.scope.path),
        may_act=actor().may(Permission.EXAM_INVIGILATE),
    )


@bp.get("/<int:session_id>/scores.xlsx")
@requires(Permission.EXAM_MANAGE)
def scores(session_id: int) -> ResponseReturnValue:
    """The score book of the session, once its results are told."""
    site = sites.site_visible_to(actor(), session_id)
    book = books.workbook(site.session, site.quiz, queries.scores_of(site))
    return download(book, f"{site.session.name}.xlsx", XLSX)


def _print_scores() -> tuple[bytes, str]:
    """The score book on paper, and its name; what it says is read first, and set afterwards."""
    typefaces = printing.typefaces()
    with reading():
        site = sites.site_visible_to(actor(), int((request.view_args or {})["session_id"]))
        found, rows = site.session, queries.scores_of(site)
        html = render_template(
            "exams/scores.html",
            session=found,
            quiz=site.quiz,
            head=books.head(),
            lines=books.lines(rows),
            summary=books.summary(rows),
        )
    try:
        return printed.render(html, typefaces, {}, books.SHEET), f"{found.name}.pdf"
    except CannotPrint as error:
        raise Conflict(_("The score book would not come out right: %(reason)s", reason=str(error))) from error


@bp.get("/<int:session_id>/scores.pdf")
@requires(Permission.EXAM_MANAGE, prepare=_print_scores)
def scores_on_paper(session_id: int, prepared: tuple[bytes, str]) -> ResponseReturnValue:
    """The same on paper."""
    return download(*prepared, "application/pdf")


@bp.post("/<int:session_id>/admit")
@requires(Permission.EXAM_MANAGE)
def admit(session_id: int) -> ResponseReturnValue:
    """Admit a cohort."""

    def act(site: Site) -> str:
        form = AdmitForm()
        form.cohort_id.choices = [
            SelectChoice(row.Cohort.id, row.Cohort.name) for row in queries.cohorts_to_admit(site.session, site.scope)
        ]
        if not form.validate():
            raise Invalid(_("Choose a cohort whose people have to pass this quiz."))
        added = services.admit_cohort(site.session, site.scope, form.cohort_id.data, admitted_by=actor())
        return str(_("People newly admitted: %(count)s.", count=added))

    return _done(session_id, act)


@bp.post("/<int:session_id>/cancel")
@requires(Permission.EXAM_MANAGE)
def cancel(session_id: int) -> ResponseReturnValue:
    """Cancel it, while nobody has begun."""

    def act(site: Site) -> str:
        services.cancel(site.session, site.scope, cancelled_by=actor())
        return str(_("The examination is cancelled."))

    return _done(session_id, act)


@bp.post("/<int:session_id>/release")
@requires(Permission.EXAM_MANAGE)
def release(session_id: int) -> ResponseReturnValue:
    """Release its results."""

    def act(site: Site) -> str:
        services.release(site.session, site.scope, released_by=actor())
        return str(_("The results are released; everybody is told within minutes."))

    return _done(session_id, act)


@bp.post("/<int:session_id>/pause")
@requires(Permission.EXAM_INVIGILATE)
def pause(session_id: int) -> ResponseReturnValue:
    """Stop everybody's time."""

    def act(site: Site) -> str:
        invigilating.pause(site, _filled(ReasonForm()).reason.data, paused_by=actor())
        return str(_("Everybody's time stands still."))

    return _done(session_id, act)


@bp.post("/<int:session_id>/resume")
@requires(Permission.EXAM_INVIGILATE)
def resume(session_id: int) -> ResponseReturnValue:
    """Let everybody's time run on."""

    def act(site: Site) -> str:
        invigilating.resume(site, resumed_by=actor())
        if site.session.paused_at is not None:
            return str(_("The whole examination stands still. Your site goes on together with it."))
        return str(_("Time runs on; everybody has as much left as before."))

    return _done(session_id, act)


@bp.post("/<int:session_id>/extend")
@requires(Permission.EXAM_INVIGILATE)
def extend(session_id: int) -> ResponseReturnValue:
    """Give everybody more time."""

    def act(site: Site) -> str:
        form = _filled(MinutesForm())
        count = invigilating.extend(site, None, form.minutes.data, form.reason.data, extended_by=actor())
        return str(_("More time for people who are sitting: %(count)s.", count=count))

    return _done(session_id, act)


@bp.post("/<int:session_id>/people/<int:person_id>/time")
@requires(Permission.EXAM_MANAGE)
def grant_time(session_id: int, person_id: int) -> ResponseReturnValue:
    """Grant somebody extra time."""

    def act(site: Site) -> str:
        form, candidate = _filled(ExtraTimeForm()), queries.candidate_of(site, person_id)
        given = (candidate, form.minutes.data, form.reason.data or "")
        services.grant_time(site.session, site.scope, *given, granted_by=actor())
        return str(_("The extra time is noted."))

    return _done(session_id, act, person_id)


@bp.post("/<int:session_id>/people/<int:person_id>/dismiss")
@requires(Permission.EXAM_MANAGE)
def dismiss(session_id: int, person_id: int) -> ResponseReturnValue:
    """Take back an admission."""

    def act(site: Site) -> str:
        candidate = queries.candidate_of(site, person_id)
        services.dismiss(site.session, site.scope, candidate, dismissed_by=actor())
        return str(_("The admission is taken back."))

    return _done(session_id, act)


@bp.post("/<int:session_id>/people/<int:person_id>/extend")
@requires(Permission.EXAM_INVIGILATE)
def extend_one(session_id: int, person_id: int) -> ResponseReturnValue:
    """Give one person more time."""

    def act(site: Site) -> str:
        form = _filled(MinutesForm())
        invigilating.extend(site, person_id, form.minutes.data, form.reason.data, extended_by=actor())
        return str(_("The person can go on."))

    return _done(session_id, act, person_id)


@bp.post("/<int:session_id>/people/<int:person_id>/reopen")
@requires(Permission.EXAM_INVIGILATE)
def reopen(session_id: int, person_id: int) -> ResponseReturnValue:
    """Open a paper again that was handed in by mistake."""

    def act(site: Site) -> str:
        form = _filled(MinutesForm())
        invigilating.reopen(site, person_id, form.minutes.data, form.reason.data, reopened_by=actor())
        return str(_("The person can go on."))

    return _done(session_id, act, person_id)


@bp.post("/<int:session_id>/people/<int:person_id>/void")
@requires(Permission.EXAM_INVIGILATE)
def void(session_id: int, person_id: int) -> ResponseReturnValue:
    """Make an attempt void."""

    def act(site: Site) -> str:
        invigilating.void(site, person_id, _filled(ReasonForm()).reason.data, voided_by=actor())
        return str(_("The attempt is void."))

    return _done(session_id, act, person_id)


def _done(session_id: int, act: Callable[[Site], str], person_id: int | None = None) -> ResponseReturnValue:
    """Do it to the locked session and go back to the page it was asked for on: the session's, or a person's."""
    flash(act(sites.site_visible_to(actor(), session_id, lock=True)), "good")
    if person_id is None:
        return redirect(url_for(".session", session_id=session_id))
    return redirect(url_for(".person", session_id=session_id, person_id=person_id))


def _to_change(session_id: int, *, lock: bool = False) -> Site:
    """The session for those who set it; raises `NotFound` or `NotAllowed`."""
    site = sites.site_visible_to(actor(), session_id, lock=lock)
    actor().require(Permission.EXAM_MANAGE, site.scope.path)
    return site


def _filled(form: Any) -> Any:
    if not form.validate():
        raise Invalid(forms.refused())
    return form


def _admitting(session: Any, scope: Any) -> AdmitForm | None:
    """The form that admits cohorts, where the actor may and there is one."""
    if not actor().may(Permission.EXAM_MANAGE, scope.path):
        return None
    cohorts = queries.cohorts_to_admit(session, scope)
    form = AdmitForm(formdata=None)
    form.cohort_id.choices = [SelectChoice(row.Cohort.id, f"{row.Cohort.name} · {row.people}") for row in cohorts]
    return form if cohorts else None


def _offered(form: SessionForm) -> SessionForm:
    """The form with the quizzes and places that the actor may choose."""
    form.quiz_id.choices = [SelectChoice(one.id, i18n.local(one)) for one in queries.quizzes_for_sessions(actor())]
    form.scope_id.choices = [
        SelectChoice(one.id, i18n.local(one, "name")) for one in queries.scopes_for_sessions(actor())
    ]
    return form


def _without_places(form: SessionForm) -> SessionForm:
    """A session stays at its place and with its quiz."""
    del form.quiz_id, form.scope_id
    return form
