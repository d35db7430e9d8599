"""Reading the roll-up counters, and from the ledger the people behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution, TrainingBase
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Programme
from training.progress.models import LedgerLine, Rollup
from training.reports.catalogue import Catalogue, labels_of
from training.reports.completion import MEASURES, Report, tabulate
from training.reports.question import FILTERS, NOT_RECORDED, Question

COLUMNS = {
    "city": "city_code",
    "base": "base_id",
    "institution": "institution_id",
    "profession": "profession",
    "programme": "activity_id",
    "month": "month",
}
UNKNOWN_KEYS: dict[str, Any] = {"city": "", "base": 0, "institution": 0}
PAGE = 50


def completion(question: Question, catalogue: Catalogue) -> Report:
    """The report that answers the question, sorted as asked; one query."""
    dimensions = question.dimensions
    columns = [getattr(Rollup, COLUMNS[one]) for one in dimensions]
    people = func.sum(Rollup.people)
    counted = db.session.execute(
        select(*columns, Rollup.measure, people)
        .where(_of_programmes(Rollup), Rollup.measure.in_(MEASURES), *_counted_in(question, catalogue))
        .group_by(*columns, Rollup.measure)
        .having(people != 0)
    )
    coders = [None if one == "month" else catalogue.names[one].codes() for one in dimensions]
    counts = {}
    for *keys, measure, number in counted:
        codes = [
            key if coder is None else coder.get(key, NOT_RECORDED) for key, coder in zip(keys, coders, strict=True)
        ]
        counts[codes[0], codes[1] if len(codes) > 1 else "", measure] = int(number)
    present = [{codes[place] for codes in counts} for place in range(len(dimensions))]
    heads = [labels_of(catalogue, one, question, present[place]) for place, one in enumerate(dimensions)]
    return tabulate(dimensions, heads[0], heads[1] if question.across else (), counts).sorted_by(question.sort)


def months_counted(catalogue: Catalogue) -> tuple[str, str] | None:
    """The first and the last month in which anything within sight was counted; one query."""
    first, last = db.session.execute(
        select(func.min(Rollup.month), func.max(Rollup.month)).where(
            _of_programmes(Rollup), Rollup.measure.in_(MEASURES), catalogue.sight.condition(Rollup)
        )
    ).one()
    return (first, last) if first else None


def _of_programmes(table: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.activity_id.in_(select(Programme.activity_id))
    return condition


def _counted_in(question: Question, catalogue: Catalogue) -> list[ColumnElement[bool]]:
    """The conditions on the counters: what is in sight, the filters, the months."""
    conditions = [catalogue.sight.condition(Rollup)]
    for dimension, keys in filtered(question, catalogue).items():
        wanted = [UNKNOWN_KEYS.get(dimension, "") if key is None else key for key in keys]
        conditions.append(getattr(Rollup, COLUMNS[dimension]).in_(wanted))
    conditions += [Rollup.month >= question.since] if question.since else []
    conditions += [Rollup.month <= question.until] if question.until else []
    return conditions


def filtered(question: Question, catalogue: Catalogue) -> dict[str, list[Any]]:
    """For each dimension that is filtered the keys wanted, None for what was not recorded.

    Raises `NotFound` for a code that stands for nothing.
    """
    wanted: dict[str, list[Any]] = {}
    for dimension in FILTERS:
        codes = question.codes(dimension)
        if codes:
            known = {**catalogue.names[dimension].keys(), NOT_RECORDED: None}
            strange = next((code for code in codes if code not in known), None)
            if strange is not None:
                raise NotFound(_("The report knows no “%(code)s”. Take that filter away.", code=strange[:40]))
            wanted[dimension] = [known[code] for code in codes]
    return wanted


@dataclass(frozen=True)
class Counted:
    """One person behind a figure: where and as what they were counted, and where they stand in their cohort now."""

    line: LedgerLine
    person: Person
    institution: Institution | None
    base: TrainingBase | None
    programme: Activity
    enrolment: Enrolment | None
    cohort: Cohort | None
    cohort_path: str

    @property
    def at(self) -> datetime:
        """When the measure was reached."""
        return self.line.occurred_at


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people behind a figure."""

    rows: Sequence[Counted]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def people(question: Question, catalogue: Catalogue) -> PeoplePage:
    """The people whom the figure `question.show` counts, by name: as many as it says; three queries."""
    statement = _counted_lines(question, catalogue)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(question.page, max(1, -(-total // PAGE)))
    rows = db.session.execute(
        statement.add_columns(Person, Institution, TrainingBase, Activity)
        .join(Person, Person.id == LedgerLine.person_id)
        .join(Activity, Activity.id == LedgerLine.activity_id)
        .outerjoin(Institution, Institution.id == LedgerLine.institution_id)
        .outerjoin(TrainingBase, TrainingBase.id == LedgerLine.base_id)
        .order_by(Person.name, Person.id, LedgerLine.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    standing = _enrolments([line for line, *_rest in rows])
    return PeoplePage([Counted(*row, *standing.get(row[0].id, (None, None, ""))) for row in rows], number, total)


def _counted_lines(question: Question, catalogue: Catalogue) -> Select[Any]:
    """The ledger lines that the counters count: of each person, programme and measure the one by which it holds."""
    again, back = aliased(LedgerLine), aliased(LedgerLine)
    taken_back = (
        select(func.coalesce(func.max(back.id), 0)).where(_same(back), back.sign == -1).correlate(LedgerLine)
    ).scalar_subquery()
    holds_by = (
        select(func.min(again.id)).where(_same(again), again.sign == 1, again.id > taken_back).correlate(LedgerLine)
    ).scalar_subquery()
    return select(LedgerLine).where(
        _of_programmes(LedgerLine),
        LedgerLine.measure == question.show,
        LedgerLine.sign == 1,
        *_recorded_in(question, catalogue),
        LedgerLine.id == holds_by,
    )


def _same(other: Any) -> ColumnElement[bool]:
    return and_(
        other.person_id == LedgerLine.person_id,
        other.activity_id == LedgerLine.activity_id,
        other.measure == LedgerLine.measure,
    )


def _recorded_in(question: Question, catalogue: Catalogue) -> list[ColumnElement[bool]]:
    """The same conditions as on the counters, on ledger lines."""
    conditions = [catalogue.sight.condition(LedgerLine)]
    for dimension, keys in filtered(question, catalogue).items():
        column = getattr(LedgerLine, COLUMNS[dimension])
        known = column.in_([key for key in keys if key is not None])
        conditions.append(or_(known, column.is_(None)) if None in keys else known)
    if question.since:
        conditions.append(LedgerLine.occurred_at >= clock.first_moment(question.since))
    if question.until:
        conditions.append(LedgerLine.occurred_at < clock.first_moment(question.until, later=1))
    return conditions


def _enrolments(lines: Sequence[LedgerLine]) -> dict[int, tuple[Enrolment, Cohort, str]]:
    """For each line the person's enrolment in that programme at the line's base: one that stands, the newest.

    How they fare at another base is that base's affair, and may lie outside what the reader sees.
    """
    rows = db.session.execute(
        select(Enrolment, Cohort, Scope.path)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(
            Enrolment.person_id.in_({line.person_id for line in lines}),
            Enrolment.programme_id.in_({line.activity_id for line in lines}),
        )
    ).all()
    by_person: dict[tuple[int, int], list[tuple[Enrolment, Cohort, str]]] = {}
    for enrolment, cohort, path in rows:
        by_person.setdefault((enrolment.person_id, enrolment.programme_id), []).append((enrolment, cohort, path))
    found = {}
    for line in lines:
        several = by_person.get((line.person_id, line.activity_id), [])
        here = [one for one in several if one[1].base_id == line.base_id]
        if here:
            found[line.id] = max(here, key=lambda one: _standing(one[0]))
    return found


def _standing(enrolment: Enrolment) -> tuple[bool, int]:
    return (enrolment.status is not EnrolmentStatus.WITHDRAWN, enrolment.id)
