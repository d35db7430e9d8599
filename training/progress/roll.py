"""The roll of a cohort: everybody's position in one query, what falls behind, and the filters of the cohort's page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select

from training.accounts.models import Person
from training.core import clock, i18n, scopes
from training.core.access import Actor
from training.core.db import connection, db
from training.core.forms import clean
from training.core.scopes import Scope
from training.places.models import Institution
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.programmes.permissions import Permission
from training.progress import pace, waiting
from training.progress.models import LedgerLine
from training.progress.pace import Pace, Position

Certified = Callable[[int], Collection[int]]
_certified: list[Certified] = []


def add_certified(contributor: Certified) -> None:
    """Let a package say which enrolments of a cohort (by id) hold a certificate in force, in one query."""
    if contributor not in _certified:
        _certified.append(contributor)


@dataclass(frozen=True, slots=True)
class Line:
    """One enrolment of the roll; `pace` says why it falls behind, if it does."""

    enrolment_id: int
    cohort_id: int
    person_id: int
    name: str
    status: EnrolmentStatus
    activated: bool
    position: Position
    pace: Pace | None
    certified: bool = False

    @property
    def open(self) -> bool:
        """Whether the person is still learning."""
        return self.status is EnrolmentStatus.OPEN


def due_on() -> ColumnElement[date]:
    """The last day of an enrolment, in a statement that has its `Cohort`."""
    return func.coalesce(Enrolment.extended_until, Cohort.ends_on)


def _started() -> ColumnElement[bool]:
    """Whether a hurdle is cleared (before enrolling counts too), or anything is recorded of the person since."""
    recorded = exists().where(
        LedgerLine.person_id == Enrolment.person_id,
        LedgerLine.measure != "enrolled",
        LedgerLine.recorded_at >= Enrolment.enrolled_at,
    )
    return case((Enrolment.hurdles_done > 0, literal(1)), (recorded, literal(1)), else_=literal(0))


def statement() -> Select[Any]:
    """The rows of the roll, by name; a condition on `Enrolment`, `Cohort` or `Scope` is added to it."""
    rows = (
        select(
            Enrolment.id,
            Enrolment.cohort_id,
            Enrolment.person_id,
            Enrolment.status,
            Enrolment.hurdles_done,
            Enrolment.hurdles_needed,
            Enrolment.enrolled_at,
            Cohort.starts_on,
            due_on().label("due"),
            Person.name,
            Person.activated_at.is_not(None).label("activated"),
            _started().label("started"),
            waiting.count().label("waiting"),
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Person, Person.id == Enrolment.person_id)
        .order_by(Person.name, Person.id, Enrolment.id)
    )
    return cast("Select[Any]", rows)


def lines(*conditions: ColumnElement[bool]) -> list[Line]:
    """The lines of the enrolments that meet the conditions; one query."""
    return _read(statement().where(*conditions))


def behind_of(actor: Actor) -> list[Line]:
    """Everybody who falls behind in the actor's cohorts: nearest last day first, then days that passed; one query."""
    within = statement().join(Scope, Scope.id == Cohort.scope_id)
    within = within.where(Enrolment.status == EnrolmentStatus.OPEN)
    found = _read(within.where(scopes.within(actor.paths(Permission.COHORT_READ))))
    today = clock.today()
    return sorted((line for line in found if line.pace), key=lambda line: pace.urgency(line.position, today))


def _read(rows: Select[Any]) -> list[Line]:
    today = clock.today()
    return [_line(row, today) for row in connection().execute(rows)]


def _line(row: Any, today: date) -> Line:
    begins = max(row.starts_on, clock.local(row.enrolled_at).date())
    begun = bool(row.started or row.waiting)
    position = Position(row.hurdles_done, row.hurdles_needed, begun, begins, row.due, row.waiting)
    late = pace.pace(position, today) if row.status is EnrolmentStatus.OPEN else None
    return Line(row.id, row.cohort_id, row.person_id, row.name, row.status, bool(row.activated), position, late)


def words(line: Line) -> str:
    """Why the line falls behind, in a few words; empty when it does not."""
    today, position = clock.today(), line.position
    if line.pace is Pace.OVERDUE:
        return str(_("Last day was %(day)s", day=i18n.show_date(position.due)))
    if line.pace is Pace.DEADLINE:
        left = pace.days_left(position, today)
        return str(ngettext("%(num)d day left", "%(num)d days left", left)) if left else str(_("Last day is today"))
    if line.pace is Pace.NOT_STARTED:
        idle = (today - position.begins).days
        return str(ngettext("Not started, %(num)d day on", "Not started, %(num)d days on", idle))
    if line.pace is Pace.BEHIND:
        wanted = pace.expected(position, today)
        return str(_("%(done)s steps done, %(expected)s expected by now", done=position.done, expected=wanted))
    return ""


SHOWN: Mapping[str, tuple[Any, Callable[[Line], bool]]] = {
    "all": (_l("All people"), lambda _line: True),
    "behind": (_l("Falling behind"), lambda line: line.pace is not None),
    "not_started": (_l("Not started"), lambda line: line.open and not line.position.started),
    "not_activated": (_l("Not activated"), lambda line: line.open and not line.activated),
    "eligible": (
        _l("Completed, no certificate"),
        lambda line: line.status is EnrolmentStatus.COMPLETED and not line.certified,
    ),
    "completed": (_l("Completed"), lambda line: line.status is EnrolmentStatus.COMPLETED),
    "withdrawn": (_l("Withdrawn"), lambda line: line.status is EnrolmentStatus.WITHDRAWN),
}
SORTS: Mapping[str, Callable[[Line], Any]] = {
    "name": lambda _line: 0,  # as the database has sorted
    "progress": lambda line: line.position.done / (line.position.needed or 1),
    "due": lambda line: line.position.due,
}


@dataclass(frozen=True)
class Filter:
    """What the address of a cohort's page asks for."""

    show: str = "all"
    search: str = ""
    sort: str = "name"

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Filter:
        """The filter in the address; what is not known there counts as not given."""
        show, sort = arguments.get("show", ""), arguments.get("sort", "")
        search = (clean(arguments.get("q", "")[:80]) or "").replace("\x00", "")
        return cls(show if show in SHOWN else "all", search, sort if sort in SORTS else "name")

    def arguments(self, **changes: str) -> dict[str, str]:
        """The same, changed, as arguments of an address; what is usual is left out."""
        wanted = replace(self, **changes)
        values = {"show": wanted.show, "q": wanted.search, "sort": wanted.sort}
        return {name: value for name, value in values.items() if value not in {"", "all", "name"}}


@dataclass(frozen=True)
class Roll:
    """Who is on the roll after a filter, and how many each filter would show."""

    matching: Sequence[Line]
    counts: Mapping[str, int]
    total: int


def roll(cohort: Cohort, chosen: Filter) -> Roll:
    """The cohort's roll; two queries, however many people."""
    everybody = lines(Enrolment.cohort_id == cohort.id)
    certified = {one for ask in _certified for one in ask(cohort.id)}
    found = [
        replace(line, certified=line.enrolment_id in certified)
        for line in everybody
        if chosen.search.casefold() in line.name.casefold()
    ]
    counts = {name: sum(map(holds, found)) for name, (_label, holds) in SHOWN.items()}
    if not _certified:
        del counts["eligible"]
    matching = sorted(filter(SHOWN[chosen.show][1], found), key=SORTS[chosen.sort])
    return Roll(matching, counts, len(everybody))


def people_on(shown: Sequence[Line]) -> list[Any]:
    """For each of the lines, in their order, a row `Enrolment, Person, Institution | None`; one query."""
    rows = db.session.execute(
        select(Enrolment, Person, Institution)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Enrolment.id.in_([line.enrolment_id for line in shown]))
    )
    by_id = {row.Enrolment.id: row for row in rows}
    return [by_id[line.enrolment_id] for line in shown]


def cohort_names(cohort_ids: Collection[int]) -> dict[int, str]:
    """The names of those cohorts."""
    rows = db.session.execute(select(Cohort.id, Cohort.name).where(Cohort.id.in_(cohort_ids)))
    return {row.id: row.name for row in rows}
