"""The sample's attempts."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.models import Attempt
from training.core.db import db, reading


@pytest.mark.sample
@pytest.mark.one_database
def test_the_sample_has_attempts_of_every_stage(app: Flask) -> None:
    with app.app_context(), reading():
        rows = db.session.execute(select(Attempt.number, Attempt.passed)).all()
    assert (2, True) in rows, "somebody passed a resit"
    assert (1, False) in rows, "somebody failed"
    assert all(passed is not None for _number, passed in rows)
