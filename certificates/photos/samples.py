"""The sample's photos: a drawn one of some who have a story, so that pages and papers show where one stands."""

from __future__ import annotations

from typing import Any

from certificates.photos import drawing, services
from training.core import sample
from training.core.access import Actor

SOME = 8
EVERY = 2  # the others have none, as in any cohort


@sample.step("photos", 69)
def add_photos(shared: dict[str, Any]) -> None:
    """Put them before certificates are issued: each by the person themself."""
    told = {one.person.id: one.person for one in shared["learners"] if one.story}
    for number, person in enumerate([*told.values()][::EVERY][:SOME]):
        services.put(
            person.id, drawing.silhouette(number % len(drawing.GROUNDS)), put_by=Actor(id=person.id, name=person.name)
        )
