"""The mark of the sample: whatever can be learnt there when the sample is loaded came with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from training.activities.models import Activity
from training.core import sample
from training.core.db import db


@sample.step("marks", 90)
def mark_activities(_shared: dict[str, Any]) -> None:
    """Mark every activity: the sample is only ever loaded where there was nothing."""
    db.session.execute(update(Activity).values(sample=True))
