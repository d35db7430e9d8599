"""The state of a step in words: done when, or why not yet and what to open next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from training.activities import kinds
from training.activities import queries as activities
from training.activities.models import Activity
from training.core import i18n
from training.core.access import Actor
from training.programmes.models import Cohort, Enrolment
from training.progress.models import EnrolmentStep


@dataclass(frozen=True)
class StepView:
    """A step as pages show it; `state` is `done`, `current` or `open`."""

    title: str
    kind: str
    state: str
    words: str
    url: str | None
    done_at: datetime | None


def describe(step: EnrolmentStep, activity: Activity, *, current: bool = False) -> StepView:
    """One step in words; `current` marks the first that is not done."""
    kind = kinds.get(activity.kind)
    return StepView(
        title=i18n.local(activity),
        kind=str(kind.label),
        state="done" if step.done_at else ("current" if current else "open"),
        words=sentence(step, activity),
        url=_url(activity),
        done_at=step.done_at,
    )


def _url(activity: Activity) -> str | None:
    endpoint = kinds.get(activity.kind).endpoint
    return url_for(endpoint, activity_id=activity.id) if endpoint else None


def sentence(step: EnrolmentStep, activity: Activity) -> str:
    """Done when, or why not yet."""
    if step.done_at:
        return str(_("Done on %(day)s", day=i18n.show_date(step.done_at)))
    words = kinds.get(activity.kind).words.get(step.word)
    return words(step.figures) if words else str(_("Not done yet"))


def path(steps: list[tuple[EnrolmentStep, Activity]]) -> list[StepView]:
    """All steps of an enrolment, the first open one marked as current."""
    views = []
    found = False
    for step, activity in steps:
        current = step.done_at is None and not found
        found = found or current
        views.append(describe(step, activity, current=current))
    return views


@dataclass(frozen=True)
class Next:
    """What comes next in an enrolment: the lesson of the course, the quiz itself; `minutes` where known."""

    title: str
    words: str
    url: str | None
    begun: bool
    minutes: int | None


Steps = list[tuple[EnrolmentStep, Activity]]
_minutes: list[Callable[[Collection[int]], Mapping[int, int]]] = []


def add_minutes(contributor: Callable[[Collection[int]], Mapping[int, int]]) -> None:
    """Let a package say how many minutes its activities take: ids in, minutes by id out, in one query."""
    if contributor not in _minutes:
        _minutes.append(contributor)


def upcoming(steps_of: Mapping[int, Steps]) -> dict[int, Next]:
    """What comes next in each enrolment that has an open step; one query, plus one a package for minutes."""
    first = {
        enrolment_id: next((pair for pair in steps if pair[0].done_at is None), None)
        for enrolment_id, steps in steps_of.items()
    }
    opened = {one: pair for one, pair in first.items() if pair is not None}
    wanted = {step.next_id or activity.id for step, activity in opened.values()}
    targets = activities.by_ids(wanted) if wanted else {}
    minutes = {one: number for contributor in _minutes if wanted for one, number in contributor(wanted).items()}
    return {one: _next(step, activity, targets, minutes, steps_of[one]) for one, (step, activity) in opened.items()}


def _next(
    step: EnrolmentStep,
    activity: Activity,
    targets: Mapping[int, Activity],
    minutes: Mapping[int, int],
    steps: Steps,
) -> Next:
    target = targets.get(step.next_id or activity.id, activity)
    inside = target.id != activity.id
    view = describe(step, activity)
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

    It returns by enrolment id a list of (label, url, kind). Kinds: `primary`, `plain`, `danger` make the link a button,
    `post` a button that posts, a tone (`good`, `warn`, `bad`, `info`, `neutral`) a mark, with or without a link.
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
    """Something a package above shows on the trainee's home: a title and links with words."""

    title: str
    links: list[tuple[str, str, str]]


_panels: list[Callable[[Actor], Panel | None]] = []


def add_panel(contributor: Callable[[Actor], Panel | None]) -> None:
    """Let a package show something on the trainee's home (certificates do)."""
    if contributor not in _panels:
        _panels.append(contributor)


def panels(actor: Actor) -> list[Panel]:
    """What the packages show this trainee."""
    return [panel for contributor in _panels if (panel := contributor(actor)) is not None]
