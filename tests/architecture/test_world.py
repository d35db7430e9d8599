"""The small world stands on both databases."""

import pytest
from flask import Flask

from tests import world


@pytest.mark.world
def test_world_has_everybody_with_their_roles(app: Flask) -> None:
    people = world.people(app)
    assert set(people) == set(world.PEOPLE)
