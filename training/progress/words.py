"""The state of a step in words: done when, or why not yet and what to open next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from training.activities import kinds
from training.activities.models import Activity
from training.core import i18n
from training.core.access import Actor
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
        url=url_for(kind.endpoint, activity_id=activity.id) if kind.endpoint else None,
        done_at=step.done_at,
    )


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
