"""The page of standings, the certificates behind a figure, and the downloads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import words as certificate_words
from certificates.fields import CertificateFields
from certificates.permissions import Permission
from certificates.standings import queries, words
from certificates.standings.queries import STANDINGS, Counts, StandingsTable
from training.core import audit, clock
from training.core.access import actor, requires
from training.core.db import reading
from training.core.downloads import download
from training.core.errors import Invalid
from training.core.workbooks import CSV, XLSX, Cell, Column
from training.reports import catalogue, pages
from training.reports import words as report_words
from training.reports.catalogue import Catalogue
from training.reports.exports import Exported
from training.reports.forms import form_for
from training.reports.question import Question, read

bp = Blueprint("standings", __name__, url_prefix="/reports/certificates", template_folder="../templates")
ROWS = 100


@dataclass(frozen=True)
class Asked:
    """The question of the address, and the names it is about."""

    question: Question
    catalogue: Catalogue

    def table(self) -> StandingsTable:
        """What answers it."""
        return queries.standings(actor(), self.question, self.catalogue)

    def filters(self) -> list[tuple[str, str, str]]:
        """The filters in words."""
        return report_words.filters(self.question, self.catalogue.in_words())


@dataclass(frozen=True)
class Links:
    """Where the parts of the page lead."""

    question: Question

    def to(self, question: Question) -> str:
        """The address of another question."""
        return url_for("standings.standings") + question.query()

    def without(self, dimension: str, code: str) -> str:
        """The same without a filter."""
        return self.to(self.question.without(dimension, code))

    def into(self, code: str) -> str | None:
        """One step down from a row."""
        into = self.question.into(code) if self._can_narrow(code) else None
        return self.to(into) if into else None

    def certificates(self, standing: str, code: str = "") -> str | None:
        """The certificates that a figure counts; those without end cannot be told by a month."""
        if code and not self._can_narrow(code):
            return None
        asked = self.question.narrowed(self.question.by, code) if code else self.question
        return url_for("standings.certificates") + asked.query(("standing", standing))

    def page(self, number: int) -> str:
        """Another page of the same."""
        return self.to(replace(self.question, page=number))

    def _can_narrow(self, code: str) -> bool:
        return self.question.by != "month" or code[:1].isdigit()


def _asked() -> Asked:
    question = replace(read(request.args.items(multi=True)), across="", sort="", show="enrolled")
    return Asked(question, catalogue.load(actor().paths(Permission.READ), question))


@bp.get("/")
@requires(Permission.READ)
def standings() -> ResponseReturnValue:
    """Certificates by where they stand, of the actor's register."""
    asked = _asked()
    table = asked.table()
    all_pages = max(1, -(-len(table.rows) // ROWS))
    number = min(asked.question.page, all_pages)
    form = form_for(asked.question, asked.catalogue, queries.months_of_expiry(actor()))
    form.by.choices = list(words.DIMENSION_LABELS.items())
    return render_template(
        "certificates/standings/standings.html",
        question=asked.question,
        table=table,
        rows=table.rows[(number - 1) * ROWS : number * ROWS],
        page={"number": number, "pages": all_pages, "total": len(table.rows)},
        links=Links(asked.question),
        form=form,
        filters=asked.filters(),
        words=words,
        as_of=report_words.as_of(),
        export_url=url_for("standings.export") + replace(asked.question, page=1).query(),
        tabs=pages.tabs(actor()),
    )


@bp.get("/list")
@requires(Permission.READ)
def certificates() -> ResponseReturnValue:
    """The certificates that one figure counts: as many as it says."""
    standing = request.args.get("standing", "issued")
    if standing not in STANDINGS:
        raise Invalid(_("Certificates do not stand so. Go back to the report and choose a figure."))
    asked = _asked()
    page = queries.certificates_counted(actor(), asked.question, asked.catalogue, standing)
    rows = [(one, CertificateFields.from_dict(one.fields), certificate_words.mark(one)) for one in page.certificates]
    return render_template(
        "certificates/standings/certificates.html",
        question=asked.question,
        standing=standing,
        page=page,
        rows=rows,
        links=Links(asked.question),
        filters=asked.filters(),
        words=words,
        url=lambda number: (
            url_for("standings.certificates") + replace(asked.question, page=number).query(("standing", standing))
        ),
    )


def _made_export() -> tuple[bytes, str, str]:
    """The file that the form asked for, made before any write transaction opens."""
    with reading():
        asked = _asked()
        made = _exported(asked, asked.table())
    day = clock.today().isoformat()
    if request.form.get("format") == "csv":
        return made.as_csv(), f"{made.title} {day}.csv", CSV
    return made.as_xlsx(), f"{made.title} {day}.xlsx", XLSX


def _exported(asked: Asked, table: StandingsTable) -> Exported:
    title = words.title(asked.question)
    about = [(_("Report"), title), (_("Figures"), report_words.as_of())]
    about += [(_("Filter"), told) for _dimension, _code, told in asked.filters()]
    heads = [Column(str(label), 18) for label in words.STANDING_LABELS.values()]
    return Exported(
        title=title,
        head=(Column(str(words.DIMENSION_LABELS[asked.question.by]), 28), *heads),
        rows=tuple(_cells(report_words.name_of(label), counts) for label, counts in table.rows),
        total=_cells(_("Total"), table.total),
        notes=(*about, *words.definitions()),
    )


def _cells(name: str, counts: Counts) -> tuple[Cell, ...]:
    return (Cell(name), *(Cell(getattr(counts, one), format="#,##0") for one in STANDINGS))


@bp.post("/export")
@requires(Permission.READ, prepare=_made_export)
def export(prepared: tuple[bytes, str, str]) -> Response:
    """Hand out the table as the screen shows it; who took what is kept."""
    content, name, kind = prepared
    audit.record(actor(), "report.export", StandingsTable(()), file=name, query=request.query_string.decode()[:500])
    return download(content, name, kind)
