"""The state of a step in words: done when, or why not yet and what to open next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from training.activities import kinds
from training.activities import queries as activities
from training.activities.models import Activity
from training.core import i18n
from training.core.access import Actor
from training.programmes.models import Cohort, Enrolment
from training.progress import waiting as waits
from training.progress.models import Standing
from training.progress.queries import Step


@dataclass(frozen=True)
class StepView:
    """A step as pages show it; `state` is `done`, `waived`, `spared`, `waiting`, `current` or `open`."""

    title: str
    kind: str
    state: str
    words: str
    url: str | None
    done_at: datetime | None


Steps = list[tuple[Step, Activity]]
STATES = {Standing.DONE: "done", Standing.WAIVED: "waived", Standing.NOT_NEEDED: "spared"}


def describe(step: Step, activity: Activity, steps: Steps, *, current: bool = False) -> StepView:
    """One of the `steps` of an enrolment in words; `current` marks the one to go on with."""
    kind = kinds.get(activity.kind)
    said = sentence(step, activity, steps)
    return StepView(
        title=i18n.local(activity),
        kind=str(kind.label),
        state=STATES.get(step.standing, "current" if current else "open"),
        words=_("%(choice)s · %(state)s", choice=_choice(step), state=said) if step.choice and step.is_open else said,
        url=_url(activity),
        done_at=step.done_at,
    )


def _choice(step: Step) -> str:
    """Which group of choices it stands in."""
    assert step.choice is not None  # noqa: S101 - asked for only then
    return str(
        ngettext(
            "%(num)d of the group “%(title)s” is enough",
            "%(num)d of the group “%(title)s” are enough",
            step.choice.at_least,
            title=i18n.local(step.choice),
        )
    )


def _url(activity: Activity) -> str | None:
    endpoint = kinds.get(activity.kind).endpoint
    return url_for(endpoint, activity_id=activity.id) if endpoint else None


def sentence(step: Step, activity: Activity, steps: Sequence[tuple[Step, Activity]] = ()) -> str:
    """Done when, waived or spared by what, or why not yet; `steps` are those of the enrolment, for their titles."""
    if step.done_at:
        return str(_("Done on %(day)s", day=i18n.show_date(step.done_at)))
    if step.waived:
        day, by = i18n.show_date(step.waived.at), step.waived.by
        return str(_("Waived on %(day)s by %(name)s: %(reason)s", day=day, name=by, reason=step.waived.reason))
    if step.standing is Standing.NOT_NEEDED:
        chosen = [i18n.local(other) for _other, other in steps if str(other.id) in step.figures]
        return (
            str(_("Not needed: %(titles)s was chosen", titles=_("; ").join(chosen))) if chosen else str(_("Not needed"))
        )
    words = kinds.get(activity.kind).words.get(step.word)
    return words(step.figures) if words else str(_("Not done yet"))


def current(steps: Steps, waiting: waits.Waiting = waits.NOTHING) -> tuple[Step, Activity] | None:
    """The step to go on with: the first open one that counts; of a choice the one that was begun.

    What waits for somebody else comes last.
    """
    opened = [pair for pair in steps if pair[0].standing is Standing.OPEN]
    return min(opened, key=lambda pair: pair[1].id in waiting, default=None)


def path(steps: Steps, waiting: waits.Waiting = waits.NOTHING) -> list[StepView]:
    """All steps of an enrolment, the one to go on with marked as current; `waiting` is what of the person's waits."""
    now = current(steps, waiting)
    here = now[0] if now and now[1].id not in waiting else None
    views = [describe(step, activity, steps, current=step is here) for step, activity in steps]
    return [
        replace(view, state="waiting", words=waiting[activity.id]) if step.is_open and activity.id in waiting else view
        for view, (step, activity) in zip(views, steps, strict=True)
    ]


def underway(steps: Steps, waiting: waits.Waiting = waits.NOTHING) -> list[StepView]:
    """What waits for somebody else, and the step to go on with, where there is one."""
    return [view for view in path(steps, waiting) if view.state in ("current", "waiting")]


@dataclass(frozen=True)
class Stage:
    """Steps of one kind that follow one another (the courses, then the dialogues), under the name of the kind."""

    kind: str
    steps: list[StepView]

    @property
    def cleared(self) -> int:
        """How many of them ask for nothing more."""
        return sum(one.state not in ("current", "waiting", "open") for one in self.steps)


def stages(path: Sequence[StepView]) -> list[Stage]:
    """A path in its order, cut where the kind of step changes."""
    return [Stage(kind, list(several)) for kind, several in groupby(path, key=lambda one: one.kind)]


@dataclass(frozen=True)
class Hours:
    """Class hours done, and in all that counts: neither what was waived nor what another choice makes needless."""

    done: Decimal
    total: Decimal


def hours(steps: Steps) -> Hours:
    """The class hours (学时) of an enrolment."""
    counted = [pair for pair in steps if pair[0].standing in (Standing.DONE, Standing.OPEN)]
    total = sum((activity.class_hours if step.hours is None else step.hours for step, activity in counted), Decimal(0))
    return Hours(sum((_hours_done(step, activity) for step, activity in counted), Decimal(0)), total)


def _hours_done(step: Step, activity: Activity) -> Decimal:
    if step.hours_done is not None:
        return step.hours_done
    return activity.class_hours if step.done_at else Decimal(0)


@dataclass(frozen=True)
class Next:
    """What comes next in an enrolment: the lesson of the course, the quiz itself; `minutes` where known.

    With `waits` it is somebody else's turn.
    """

    title: str
    words: str
    url: str | None
    begun: bool
    minutes: int | None
    waits: bool = False


Minutes = Callable[[Collection[int]], Mapping[int, int]]
_minutes: dict[str, Minutes] = {}


def add_minutes(contributor: Minutes, kind: str) -> None:
    """Let a package say how many minutes activities of a kind take: ids in, minutes by id out, in one query."""
    _minutes[kind] = contributor


def _minutes_of(targets: Mapping[int, Activity]) -> dict[int, int]:
    """By id; each kind is asked for its own alone."""
    found: dict[int, int] = {}
    for kind, contributor in _minutes.items():
        ids = [one.id for one in targets.values() if one.kind == kind]
        found |= contributor(ids) if ids else {}
    return found


def upcoming(steps_of: Mapping[int, Steps], waiting: waits.Waiting = waits.NOTHING) -> dict[int, Next]:
    """What comes next in each enrolment that has an open step; one query, plus one a kind for minutes."""
    first = {enrolment_id: current(steps, waiting) for enrolment_id, steps in steps_of.items()}
    opened = {one: pair for one, pair in first.items() if pair is not None}
    wanted = {step.next_id or activity.id for step, activity in opened.values()}
    targets = activities.by_ids(wanted) if wanted else {}
    minutes = _minutes_of(targets)
    found = {one: _next(step, activity, targets, minutes, steps_of[one]) for one, (step, activity) in opened.items()}
    return {
        one: replace(found[one], words=waiting[activity.id], minutes=None, waits=True)
        if activity.id in waiting
        else found[one]
        for one, (_step, activity) in opened.items()
    }


def _next(
    step: Step,
    activity: Activity,
    targets: Mapping[int, Activity],
    minutes: Mapping[int, int],
    steps: Steps,
) -> Next:
    target = targets.get(step.next_id or activity.id, activity)
    inside = target.id != activity.id
    view = describe(step, activity, steps)
    return Next(
        title=i18n.local(target),
        words=f"{view.title} · {view.words}" if inside else view.words,
        url=_url(target) or view.url,
        begun=bool(step.figures.get("done")) or any(one.done_at for one, _activity in steps),
        minutes=minutes.get(target.id),
    )


CohortAction = tuple[str, str | None, str]
CohortContributor = Callable[[Actor, Cohort, Sequence[Enrolment]], Mapping[int, list[CohortAction]]]
_cohort_actions: list[CohortContributor] = []


def add_cohort_action(contributor: CohortContributor) -> None:
    """Let a package show something beside each person on the cohort's page, asked once for the whole page.

    It returns by enrolment id a list of (label, url, kind). Kinds: `plain` is a link, `primary` and `danger` make it a
    button, `post` is a button that posts, a tone (`good`, `warn`, `bad`, `info`) a mark, with or without a link.
    """
    if contributor not in _cohort_actions:
        _cohort_actions.append(contributor)


def cohort_actions(actor: Actor, cohort: Cohort, enrolments: Sequence[Enrolment]) -> dict[int, list[CohortAction]]:
    """What the packages show beside each enrolment."""
    gathered: dict[int, list[CohortAction]] = {one.id: [] for one in enrolments}
    for contributor in _cohort_actions:
        for enrolment_id, several in contributor(actor, cohort, enrolments).items():
            gathered[enrolment_id].extend(several)
    return gathered


@dataclass(frozen=True)
class Panel:
    """Something a package above shows on the trainee's home: a title and links with words.

    What is only prepared for `later` stands below the programmes.
    """

    title: str
    links: list[tuple[str, str, str]]
    later: bool = False


_panels: list[Callable[[Actor], Panel | None]] = []


def add_panel(contributor: Callable[[Actor], Panel | None]) -> None:
    """Let a package show something on the trainee's home (certificates do)."""
    if contributor not in _panels:
        _panels.append(contributor)


def panels(actor: Actor) -> list[Panel]:
    """What the packages show this trainee."""
    return [panel for contributor in _panels if (panel := contributor(actor)) is not None]


@dataclass(frozen=True)
class Search:
    """A search that a package offers on the trainee's home."""

    label: str
    url: str


_searches: dict[str, tuple[object, StrEnum]] = {}


def add_search(label: object, endpoint: str, permission: StrEnum) -> None:
    """Let a package put a search field on the trainee's home; the page takes `q`."""
    _searches[endpoint] = (label, permission)


def searches(actor: Actor) -> list[Search]:
    """The search fields for this trainee."""
    return [Search(str(label), url_for(one)) for one, (label, permission) in _searches.items() if actor.may(permission)]
