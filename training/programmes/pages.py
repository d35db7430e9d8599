"""Where a cohort is shown: the package that knows its people's progress says so, for nothing below may name it."""

from __future__ import annotations

from flask import url_for

_endpoint: list[str] = []


def show_cohort_at(endpoint: str) -> None:
    """Name the endpoint that shows a cohort; it takes `cohort_id`."""
    _endpoint[:] = [endpoint]


def cohort_url(cohort_id: int) -> str:
    """The address of a cohort's page."""
    return url_for(_endpoint[0], cohort_id=cohort_id)
