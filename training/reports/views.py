"""The province's home, the report on completion, its downloads, and the people behind a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from training.core import audit, clock, web
from training.core.access import actor, requires
from training.core.db import reading
from training.core.downloads import download
from training.core.workbooks import CSV, XLSX
from training.programmes.pages import cohort_url
from training.programmes.permissions import Permission as ProgrammePermission
from training.reports import catalogue, exports, pages, queries, tiles, words
from training.reports.catalogue import Catalogue
from training.reports.completion import Report, Row
from training.reports.forms import form_for
from training.reports.permissions import Permission
from training.reports.question import Question, read

bp = Blueprint("reports", __name__, template_folder="templates")
ROWS = 100


@dataclass(frozen=True)
class View:
    """What is asked and what answers it."""

    question: Question
    catalogue: Catalogue
    report: Report

    def filters(self) -> list[tuple[str, str, str]]:
        """The filters in words."""
        return words.filters(self.question, self.catalogue.in_words())


def _view() -> View:
    """The report of the request's address within the actor's scopes."""
    question = read(request.args.items(multi=True))
    known = catalogue.load(actor().paths(Permission.COMPLETION_READ), question)
    return View(question, known, queries.completion(question, known))


@bp.get("/province/")
@requires(Permission.PROVINCE_READ)
def home() -> ResponseReturnValue:
    """Four numbers with their change, and completion by city, within the officer's scopes."""
    question = Question()
    known = catalogue.load(actor().paths(Permission.PROVINCE_READ), question)
    now = clock.month(clock.now())
    before = clock.month(clock.first_moment(now, later=-1))
    recent = queries.completion(Question(by="month", since=before, until=now), known)
    months = {row.code: row for row in recent.rows}
    report = queries.completion(question, known)
    return render_template(
        "reports/home.html",
        report=report,
        tiles=tiles.tiles(report.rows),
        this_month=months.get(now),
        month_before=months.get(before),
        definitions=words.definitions(question),
        as_of=words.as_of(),
    )


@bp.get("/reports/completion")
@requires(Permission.COMPLETION_READ)
def completion() -> ResponseReturnValue:
    """The report that the address asks for; long ones a page at a time."""
    view = _view()
    question, report = view.question, view.report
    pages_of_rows = max(1, -(-len(report.rows) // ROWS))
    number = min(question.page, pages_of_rows)
    shown = report.rows[(number - 1) * ROWS : number * ROWS]
    return render_template(
        "reports/completion.html",
        question=question,
        report=report,
        rows=shown,
        page={"number": number, "pages": pages_of_rows, "total": len(report.rows)},
        links=Links(question, actor().may(Permission.PEOPLE_READ)),
        form=form_for(question, view.catalogue, queries.months_counted(view.catalogue)),
        filters=view.filters(),
        words=words,
        tabs=pages.tabs(actor()),
    )


@dataclass(frozen=True)
class Links:
    """Where the parts of a report lead: every one is the same report asked a little differently."""

    question: Question
    may_read_people: bool

    def to(self, question: Question) -> str:
        """The address of another question."""
        return url_for("reports.completion") + question.query()

    def change(self, **values: Any) -> str:
        """The same with other values, from its first page."""
        return self.to(replace(self.question, **{"page": 1, **values}))

    def export(self) -> str:
        """Where the downloads of this very view are made."""
        return url_for("reports.export") + replace(self.question, page=1).query()

    def page(self, number: int) -> str:
        """Another page of the same."""
        return self.to(replace(self.question, page=number))

    def without(self, dimension: str, code: str) -> str:
        """The same without a filter."""
        return self.to(self.question.without(dimension, code))

    def sort(self, key: str) -> str:
        """Sorted by a column: figures from the largest, turned at the second press."""
        first, second = ("name", "-name") if key == "name" else (f"-{key}", key)
        present = self.question.sort or "name"
        return self.change(sort="" if (chosen := second if present == first else first) == "name" else chosen)

    def sorted_as(self, key: str) -> str | None:
        """For `aria-sort` of a column's head."""
        present = self.question.sort or "name"
        if present.removeprefix("-") != key:
            return None
        return "descending" if present.startswith("-") else "ascending"

    def into(self, row: Row) -> str | None:
        """One step down from a row; to the people where no dimension is left."""
        into = self.question.into(row.code)
        return self.to(into) if into else None

    def people(self, show: str, row: str = "", column: str = "") -> str | None:
        """The people whom a figure counts; nowhere for a share, or for those who may not see them."""
        if not self.may_read_people or show == "share":
            return None
        asked = self.question.narrowed(self.question.by, row) if row else self.question
        asked = asked.narrowed(self.question.across, column) if column else asked
        return url_for("reports.people") + replace(asked, show=show, sort="", page=1).query()


@bp.get("/reports/completion/people")
@requires(Permission.PEOPLE_READ)
def people() -> ResponseReturnValue:
    """The people whom one figure counts: as many as it says."""
    question = read(request.args.items(multi=True))
    question = replace(question, show="completed") if question.show == "share" else question
    known = catalogue.load(actor().paths(Permission.PEOPLE_READ), question)
    page = queries.people(question, known)
    view = View(question, known, Report((), ()))
    return render_template(
        "reports/people.html",
        question=question,
        page=page,
        filters=view.filters(),
        links=Links(question, may_read_people=True),
        url=lambda number: url_for("reports.people") + replace(question, page=number).query(),
        cohort_url=lambda one: (
            cohort_url(one.cohort.id) if actor().may(ProgrammePermission.COHORT_READ, one.cohort_path) else None
        ),
        words=words,
    )


def _made_export() -> tuple[bytes, str, str]:
    """The file that the form asked for, made before any write transaction opens."""
    with reading():
        view = _view()
        made = exports.exported(view.question, view.report, view.filters())
    day = clock.today().isoformat()
    if request.form.get("format") == "csv":
        return made.as_csv(), f"{made.title} {day}.csv", CSV
    return made.as_xlsx(), f"{made.title} {day}.xlsx", XLSX


@bp.post("/reports/completion/export")
@requires(Permission.COMPLETION_READ, prepare=_made_export)
def export(prepared: tuple[bytes, str, str]) -> Response:
    """Hand out the report as the screen shows it, all pages in one; who took what is kept."""
    content, name, kind = prepared
    audit.record(actor(), "report.export", Report((), ()), file=name, query=request.query_string.decode()[:500])
    return download(content, name, kind)


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    pages.add_tab(_l("Completion"), "reports.completion", Permission.COMPLETION_READ)
    web.add_entry(_l("Province"), "reports.home", Permission.PROVINCE_READ, order=40, home=True)
    web.add_entry(_l("Reports"), "reports.completion", Permission.COMPLETION_READ, order=45, also=("/reports/",))
