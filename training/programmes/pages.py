"""What packages above show on the coordinator's pages, and where a cohort is shown: nothing here may name them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import url_for

from training.core.access import Actor
from training.programmes.models import Cohort

_endpoint: list[str] = []


def show_cohort_at(endpoint: str) -> None:
    """Name the endpoint that shows a cohort; it takes `cohort_id`."""
    _endpoint[:] = [endpoint]


def cohort_url(cohort_id: int) -> str:
    """The address of a cohort's page."""
    return url_for(_endpoint[0], cohort_id=cohort_id)


@dataclass(frozen=True)
class Tool:
    """Something to do with a whole cohort: a button on its page, lowest order first."""

    label: str
    url: str
    order: int = 50


@dataclass(frozen=True)
class Today:
    """A number that waits for somebody at the base, with the page that it leads to."""

    label: str
    count: int
    url: str
    order: int = 50


ToolContributor = Callable[[Actor, Cohort], Sequence[Tool]]
TodayContributor = Callable[[Actor], Sequence[Today]]
_tools: list[ToolContributor] = []
_today: list[TodayContributor] = []


def add_tool(contributor: ToolContributor) -> None:
    """Let a feature offer tools on the cohort's page; it looks at the actor's permissions itself."""
    if contributor not in _tools:
        _tools.append(contributor)


def tools(actor: Actor, cohort: Cohort) -> list[Tool]:
    """What the features offer this actor for this cohort."""
    return sorted((one for ask in _tools for one in ask(actor, cohort)), key=lambda tool: tool.order)


def add_today(contributor: TodayContributor) -> None:
    """Let a feature say what waits at the actor's bases today: one query at most, whatever the number of people."""
    if contributor not in _today:
        _today.append(contributor)


def today(actor: Actor) -> list[Today]:
    """What waits at the actor's bases."""
    return sorted((one for ask in _today for one in ask(actor)), key=lambda one: one.order)
