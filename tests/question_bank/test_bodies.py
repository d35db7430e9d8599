"""What versions say is kept by the process: asked for once, and only what was committed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from question_bank.models import ItemVersion
from question_bank.queries import bodies
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench
from training.core.db import db, give_up

pytestmark = pytest.mark.world


def test_what_a_version_says_is_asked_for_once(bench: Bench) -> None:
    with bench.looking():
        ids = list(db.session.scalars(select(ItemVersion.id).where(ItemVersion.item_id.in_(bench.item_ids))))
    for expected in (1, 0):
        with bench.looking(), counting(bench.app) as statements:
            assert bodies.of(ids).keys() == set(ids)
            assert len(statements) == expected


def test_a_version_that_is_taken_back_leaves_nothing_behind(bench: Bench) -> None:
    with bench.writing():
        version = ItemVersion(item_id=bench.item_ids[0], version=99, body={"stem": {}}, created_at=NOW)
        db.session.add(version)
        db.session.flush()
        number = version.id
        assert bodies.of([number]) == {number: {"stem": {}}}
        give_up()
    with bench.looking():
        assert bodies.of([number]) == {}
