"""The pages of a roster: upload, what the columns hold, what would be done, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts.models import Profession
from training.core import i18n, sheets, workbooks
from training.core.access import Actor, actor, requires
from training.core.db import db, reading
from training.core.downloads import download
from training.core.errors import DomainError
from training.places import queries as places
from training.places.models import Region, TrainingBase
from training.programmes import pages
from training.programmes import queries as programmes
from training.programmes.models import Cohort
from training.programmes.pages import cohort_url
from training.programmes.permissions import Permission
from training.programmes.roster import checking, contents, forms, queries, services, words
from training.programmes.roster.checking import Plan, What
from training.programmes.roster.forms import InstitutionForm, RosterForm, Upload
from training.programmes.roster.models import RosterDraft
from training.programmes.roster.services import Looked

bp = Blueprint("roster", __name__, url_prefix="/cohorts/<int:cohort_id>/roster", template_folder="templates")
ROOM_AROUND_THE_FILE = 64 * 1024
MOST_SHOWN = 200


@bp.url_value_preprocessor
def _admit_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload's body alone be larger than others, before anything looks at it."""
    if endpoint == "roster.upload":
        request.max_content_length = sheets.LARGEST_FILE + ROOM_AROUND_THE_FILE


def _cohort(cohort_id: int) -> Cohort:
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    services.require_may_import(cohort, actor())
    return cohort


@bp.get("/")
@requires(Permission.ROSTER_IMPORT)
def home(cohort_id: int) -> ResponseReturnValue:
    """Upload a roster, or go on with one that waits."""
    return _home_page(_cohort(cohort_id), RosterForm())


def _home_page(cohort: Cohort, form: RosterForm) -> str:
    drafts = queries.drafts_of(cohort)
    return render_template("roster/upload.html", cohort=cohort, form=form, drafts=drafts, back=cohort_url(cohort.id))


def _read() -> Upload:
    """Read the file before the transaction opens; what is wrong with it is told beside the field."""
    name, data = "", b""
    try:
        name, data = forms.uploaded()
        return Upload(name, data, services.content_of(sheets.read(data, name)))
    except DomainError as error:
        return Upload(name, data, None, error)


@bp.post("/")
@requires(Permission.ROSTER_IMPORT, prepare=_read)
def upload(cohort_id: int, prepared: Upload) -> ResponseReturnValue:
    """Keep the roster's rows and ask what its columns hold."""
    cohort, form = _cohort(cohort_id), RosterForm()
    if not form.validate() or prepared.content is None:
        if prepared.refused is not None:
            form.file.errors = [prepared.refused.message]
        return _home_page(cohort, form), 422
    draft = services.start(cohort, prepared.content, prepared.data, prepared.name, uploaded_by=actor())
    return redirect(url_for(".columns", cohort_id=cohort.id, draft_id=draft.id))


@bp.get("/template.xlsx")
@requires(Permission.ROSTER_IMPORT)
def template(cohort_id: int) -> ResponseReturnValue:
    """An empty roster to fill in."""
    _cohort(cohort_id)
    return _xlsx(words.template(Profession.NURSE), _("Roster template"))


def _xlsx(made: Sequence[workbooks.SheetOut], name: str) -> ResponseReturnValue:
    return download(workbooks.write_xlsx(made), f"{name}.xlsx", workbooks.XLSX)


@bp.get("/<int:draft_id>")
@requires(Permission.ROSTER_IMPORT)
def columns(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """What each column holds, as it was guessed or chosen, with two examples."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id)
    if draft.imported_at is not None:
        return redirect(url_for(".done", cohort_id=cohort.id, draft_id=draft.id))
    content = services.opened(draft)
    return _columns_page(cohort, draft, content, contents.choices_from(draft.choices))


def _columns_page(
    cohort: Cohort, draft: RosterDraft, content: contents.Content, choices: contents.Choices, fault: str = ""
) -> str:
    everywhere = places.institutions()
    base = db.session.get_one(TrainingBase, cohort.base_id)
    return render_template(
        "roster/columns.html",
        cohort=cohort,
        draft=draft,
        columns=forms.column_views(content, choices),
        options=forms.options(),
        choices=choices,
        unknown=forms.unknown_words(content, choices, queries.institutions_by_word(), everywhere),
        in_city=forms.named([one for one in everywhere if one.city_code == base.city_code]),
        elsewhere=forms.named([one for one in everywhere if one.city_code != base.city_code]),
        professions=forms.professions(),
        fault=fault,
        back=cohort_url(cohort.id),
    )


@bp.post("/<int:draft_id>")
@requires(Permission.ROSTER_IMPORT)
def columns_post(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """Keep what the columns hold; a word for a place that was not asked for yet is asked for now."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id, lock=True)
    content = services.opened(draft)
    before = contents.choices_from(draft.choices)
    everywhere = places.institutions()
    try:
        choices = forms.chosen(content, before, everywhere)
    except DomainError as error:
        return _columns_page(cohort, draft, content, before, str(error.message)), error.status
    services.choose(cohort, draft, choices, chosen_by=actor())
    unknown = forms.unknown_words(content, choices, queries.institutions_by_word(), everywhere)
    if not forms.asked_before(unknown, request.form):
        flash(_("Some institutions are not known here. Say below which ones are meant."), "info")
        return redirect(url_for(".columns", cohort_id=cohort.id, draft_id=draft.id))
    return redirect(url_for(".check", cohort_id=cohort.id, draft_id=draft.id))


@bp.get("/<int:draft_id>/institution")
@requires(Permission.INSTITUTION_ADD)
def institution(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """The form for an institution that is not known yet."""
    cohort = _cohort(cohort_id)
    return _institution_page(cohort, queries.draft_of(cohort, draft_id), InstitutionForm())


def _institution_page(cohort: Cohort, draft: RosterDraft, form: InstitutionForm) -> str:
    base = db.session.get_one(TrainingBase, cohort.base_id)
    city = db.session.get_one(Region, base.city_code)
    return render_template(
        "roster/institution.html", cohort=cohort, draft=draft, form=form, city=city, back=cohort_url(cohort.id)
    )


@bp.post("/<int:draft_id>/institution")
@requires(Permission.INSTITUTION_ADD)
def institution_post(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """Add an institution in the base's city."""
    cohort, form = _cohort(cohort_id), InstitutionForm()
    draft = queries.draft_of(cohort, draft_id)
    if not form.validate():
        return _institution_page(cohort, draft, form), 422
    base = db.session.get_one(TrainingBase, cohort.base_id)
    try:
        made = services.add_institution(base, name_zh=form.name_zh.data, name_en=form.name_en.data, added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _institution_page(cohort, draft, form), error.status
    flash(_("%(name)s is known here now.", name=i18n.local(made, "name")), "good")
    return redirect(url_for(".columns", cohort_id=cohort.id, draft_id=draft.id))


@bp.get("/<int:draft_id>/check")
@requires(Permission.ROSTER_IMPORT)
def check(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """What would be done, and what is wrong, cell by cell; nothing is written yet."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id)
    if draft.imported_at is not None:
        return redirect(url_for(".done", cohort_id=cohort.id, draft_id=draft.id))
    looked = _looked(draft)
    return _check_page(cohort, draft, looked, services.plan(looked, cohort, actor=actor()))


def _looked(draft: RosterDraft) -> Looked:
    return services.look(services.opened(draft), contents.choices_from(draft.choices))


def _check_page(
    cohort: Cohort, draft: RosterDraft, looked: Looked, plan: Plan, *, fault: str = "", changed: bool = False
) -> str:
    counts = plan.counts()
    return render_template(
        "roster/check.html",
        cohort=cohort,
        draft=draft,
        plan=plan,
        counts=[(str(words.WHAT[what]), counts[what], what.value) for what in What],
        faulty=counts[What.FAULT],
        good=len(plan.decisions) - counts[What.FAULT],
        changes=sum(counts[what] for what in (What.NEW, What.ENROL, What.FILL)),
        faults=[(one, _head(looked, one), words.shown(one), words.tell(one)) for one in plan.faults[:MOST_SHOWN]],
        told=_told(plan),
        most=MOST_SHOWN,
        fault=fault,
        changed=changed,
        before={name: request.form.get(f"seen-{name}", "") for name in counts} if changed else {},
        back=cohort_url(cohort.id),
    )


def _head(looked: Looked, fault: checking.Fault) -> str:
    """The head of the column at fault, as it stands in the sheet."""
    if fault.of is None:
        return ""
    place = looked.choices.place_of(fault.of)
    return str(words.FIELDS[fault.of]) if place is None else words.visible(looked.content.head.cells[place])


def _told(plan: Plan) -> list[tuple[int, str, str]]:
    """Rows of known people whose data differs: the row, the name in the file, what is filled and what stays."""
    known = [one for one in plan.of(What.ENROL, What.FILL, What.SAME) if one.fills or one.keeps]
    return [(one.entry.row, one.entry.name, "; ".join(words.notes(one))) for one in known[:MOST_SHOWN]]


@bp.get("/<int:draft_id>/faults.xlsx")
@requires(Permission.ROSTER_IMPORT)
def returned(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """The person's own rows with the faults marked, to be corrected and uploaded again."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id)
    looked = _looked(draft)
    plan = services.plan(looked, cohort, actor=actor())
    return _xlsx([words.returned_sheet(looked.content, looked.choices, plan.faults)], _("Roster to correct"))


def _look_through() -> Looked | None:
    """Read every cell before the write transaction opens; None for what is not there or was imported."""
    with reading():
        return _look_as(actor(), **(request.view_args or {}))


def _look_as(who: Actor, cohort_id: int, draft_id: int) -> Looked | None:
    try:
        return _looked(queries.draft_of(programmes.cohort_visible_to(who, cohort_id), draft_id))
    except DomainError:
        return None  # the view says it


@bp.post("/<int:draft_id>/check")
@requires(Permission.ROSTER_IMPORT, prepare=_look_through)
def confirm(cohort_id: int, draft_id: int, prepared: Looked | None) -> ResponseReturnValue:
    """Import what was seen; what is different now is shown again first."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id, lock=True)
    if draft.imported_at is None and prepared is not None:
        seen, only_good = request.form.get("seen", ""), request.form.get("rows") == "good"
        try:
            different = services.confirm(cohort, draft, prepared, seen=seen, only_good=only_good, confirmed_by=actor())
        except DomainError as error:
            if error.status != 422:
                raise
            plan = services.plan(prepared, cohort, actor=actor())
            return _check_page(cohort, draft, prepared, plan, fault=str(error.message)), 422
        if different is not None:
            return _check_page(cohort, draft, prepared, different, changed=True), 409
    return redirect(url_for(".done", cohort_id=cohort.id, draft_id=draft.id))


@bp.get("/<int:draft_id>/done")
@requires(Permission.ROSTER_IMPORT)
def done(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """What was done, and what to do next."""
    cohort = _cohort(cohort_id)
    draft = queries.draft_of(cohort, draft_id)
    if draft.imported_at is None:
        return redirect(url_for(".columns", cohort_id=cohort.id, draft_id=draft.id))
    return render_template(
        "roster/done.html",
        cohort=cohort,
        draft=draft,
        counts=[(str(label), draft.result.get(what.value, 0), what.value) for what, label in words.WHAT.items()],
        tools=[one for one in pages.tools(actor(), cohort) if one.url != url_for(".home", cohort_id=cohort.id)],
        back=cohort_url(cohort.id),
    )


@bp.post("/<int:draft_id>/discard")
@requires(Permission.ROSTER_IMPORT)
def discard(cohort_id: int, draft_id: int) -> ResponseReturnValue:
    """Delete a roster that is not to be imported."""
    cohort = _cohort(cohort_id)
    services.discard(cohort, queries.draft_of(cohort, draft_id, lock=True), discarded_by=actor())
    flash(_("The roster is discarded; nothing of it was imported."), "good")
    return redirect(url_for(".home", cohort_id=cohort.id))


def _tools(who: Actor, cohort: Cohort) -> list[pages.Tool]:
    if not who.may(Permission.ROSTER_IMPORT):
        return []
    return [pages.Tool(_("Import a roster"), url_for("roster.home", cohort_id=cohort.id), order=10)]


def register(app: Flask) -> None:
    """Plug in the pages, and the button on the cohort's page."""
    app.register_blueprint(bp)
    pages.add_tool(_tools)
